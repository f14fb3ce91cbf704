"""P7 of performance.md: what a cycle does costs the same with 2,000 deals and with 200,000."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.fakes.clock import FakeClock
from tests.unit.journal.factories import (
    ACCOUNT,
    NOON,
    a_client,
    a_comment,
    a_deal,
    a_page,
    a_task,
    an_intent,
)
from westsync.domain.episodes import Episode, Phase
from westsync.domain.intents import ObjectRef
from westsync.domain.records import Detail, Details, Payer, Touch, TouchKind
from westsync.journal.codec import encode, to_us
from westsync.journal.cursors import TASKS, Cursor
from westsync.journal.entries import IntentState
from westsync.journal.opening import open_scratch
from westsync.journal.store import SqliteStore
from westsync.ports import Receipt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from westsync.journal.database import Database

SMALL, LARGE = 2_000, 200_000
CHANGED = 100


def fill(database: Database, deals: int) -> None:
    """Put in so many deals, each with a client, a task, an episode, a timer and a done intent."""
    numbers = f"WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {deals})"  # noqa: S608 - a number
    with database.transaction():
        for table, columns in (
            ("deal", "?1, i, '14', '127', 'c' || i, '3', ?2, 1, 0, x'00', ?3"),
            ("client", "?1, 'c' || i, ?2 - i, 0, x'00', ?4"),
            ("client_key", "?1, 'c' || i, CAST('k' || (i / 2) AS BLOB), 'phone'"),
            ("payer", "?1, 'p' || i, 'c' || i, 'inn' || i, x'00', ?7"),
            ("task", "?1, 't' || i, '3', 'assigned', 'm' || i, ?2 - i, ?2, 1, 0, x'00', ?5"),
            ("task_deal", "?1, i, 't' || i, 'task'"),
            ("episode", "?1, 'deal', i, 'first-contact', 'open', x'00', ?6"),
            ("timer", "?1, 'deal', i, ?2 + 1000000 * (i - 20)"),
        ):
            used = max(number for number in range(1, 8) if f"?{number}" in columns)
            database.write(
                f"INSERT INTO {table} {numbers} SELECT {columns} FROM n",  # noqa: S608 - constants
                (
                    ACCOUNT,
                    to_us(NOON),
                    encode(a_deal()),
                    encode(a_client()),
                    encode(a_task()),
                    encode(an_episode()),
                    encode(Payer(id="1", client_id="1", inn="7701234560", kpp=None)),
                )[:used],
            )
        database.write(
            "INSERT INTO intent (key, account, rule, rule_hash, step, repeat, kind, object, action,"  # noqa: S608 - constants
            " target, marker, payload, payload_hash, policy, state, decided_at, not_before,"
            f" finished_at, ref, trace, epoch) {numbers} SELECT"
            " 'main:r:deal-' || i || ':20261124T070000Z:s:0:task.ensure', ?1, 'r' || (i % 20),"
            " 'h', 's', 0, 'deal', i, 'task.ensure', 'crm', 'm' || i,"
            " ?2, x'00', 'resend', 'done', ?3 - i * 1000000, ?3 - i * 1000000, ?3, 't' || i, '', 1"
            " FROM n",
            (ACCOUNT, encode(an_intent().action), to_us(NOON)),
        )


def an_episode() -> Episode:
    return Episode(
        rule="first-contact", phase=Phase.OPEN, started_at=NOON, noticed_at=NOON, fired={"call": 1}
    )


@pytest.fixture(scope="module")
def small() -> Iterator[Database]:
    yield from a_filled_database(SMALL)


@pytest.fixture(scope="module")
def large() -> Iterator[Database]:
    yield from a_filled_database(LARGE)


def a_filled_database(deals: int) -> Iterator[Database]:
    database = open_scratch(FakeClock())
    fill(database, deals)
    yield database
    database.close()


def changed_pages(store: SqliteStore) -> None:
    ids = [str(number) for number in range(1000, 1000 + CHANGED)]
    store.mirror.keep_page(
        a_page(*(a_deal(one, client=f"c{one}", name="Иначе") for one in ids)), NOON
    )
    store.mirror.keep_page(a_page(*(a_task(f"t{one}", deals=(one,)) for one in ids)), NOON)
    store.mirror.keep_page(a_page(*(a_client(f"c{one}", phones=(f"7{one}",)) for one in ids)), NOON)


def unchanged_page(store: SqliteStore) -> None:
    ids = [str(number) for number in range(1000, 1000 + CHANGED)]
    store.mirror.keep_page(
        a_page(*(a_deal(one, client=f"c{one}", name="Иначе") for one in ids)), NOON
    )


def decisions(store: SqliteStore) -> None:
    for obj in (*store.episodes.due_objects(NOON, 500), *store.mirror.dirty.objects(50)):
        deal = store.mirror.deal(obj.id)
        if deal is None:
            continue
        store.mirror.tasks_of(obj.id)
        store.mirror.details(obj)
        store.mirror.client(f"c{obj.id}")
        store.mirror.twins(f"c{obj.id}")
        store.mirror.deals_of(f"c{obj.id}")
        store.outbox.of_object(obj)
        store.outbox.tasks_made(obj)
        known = store.episodes.of(obj)
        with store.transaction():
            store.episodes.save_decision(
                obj,
                [replace(episode, fired={"call": 2}) for episode in known.values()],
                NOON + timedelta(hours=1),
            )
            store.outbox.record([an_intent(a_comment(), obj=obj, step="say")], NOON)


def details(store: SqliteStore) -> None:
    touch = Touch(id="1", at=NOON, kind=TouchKind.COMMENT, author_id="3")
    for number in range(1000, 1010):
        store.mirror.keep_details(
            ObjectRef(kind="deal", id=str(number)),
            Details(touches=(touch,), failed={Detail.TODOS: "403"}),
            NOON,
        )


def sending(store: SqliteStore) -> None:
    store.delivery.find_interrupted(timedelta(seconds=180), NOON)
    for entry in store.delivery.due(NOON, 100):
        marked = store.delivery.mark_acting(entry, NOON)
        store.delivery.mark_done(marked, Receipt(ref="1"), NOON)
    store.delivery.next_due()


def bookkeeping(store: SqliteStore) -> None:
    store.mirror.open_deals_count()
    store.mirror.open_deals(after="1000", limit=100)
    store.mirror.marked_tasks(NOON - timedelta(milliseconds=1))
    store.mirror.clients_without_deals(NOON - timedelta(milliseconds=1))
    store.mirror.payers_with("inn77")
    store.episodes.next_due()
    store.outbox.count_recent("r7", NOON - timedelta(minutes=10))
    store.outbox.in_state(IntentState.FAILED)
    store.silences.quiet(NOON)
    with store.transaction():
        store.cursors.save(TASKS, Cursor(position=NOON, at=NOON))


PARTS = [changed_pages, unchanged_page, details, decisions, sending, bookkeeping]


def steps(database: Database, work: Callable[[SqliteStore], None]) -> int:
    taken = 0

    def step() -> None:
        nonlocal taken
        taken += 1

    database._connection.set_progress_handler(step, 1)
    work(SqliteStore(database, ACCOUNT))
    database._connection.set_progress_handler(None, 0)
    return taken


def test_a_hundred_times_more_deals_cost_at_most_a_seventh_more_steps(
    small: Database, large: Database
) -> None:
    taken = {part.__name__: (steps(small, part), steps(large, part)) for part in PARTS}

    assert all(few > 100 for few, _ in taken.values())
    assert {name: (few, many) for name, (few, many) in taken.items() if many > 1.15 * few} == {}


def test_no_statement_of_a_cycle_scans_a_table(small: Database) -> None:
    said: dict[str, str] = {}
    small._connection.set_trace_callback(lambda sql: said.setdefault(shape(sql), sql))
    for part in PARTS:
        part(SqliteStore(small, ACCOUNT))
    small._connection.set_trace_callback(None)

    plans = {
        sql: [row[3] for row in small._connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
        for sql in said.values()
        if sql.startswith(("SELECT", "UPDATE", "DELETE", "INSERT"))
    }

    assert len(plans) >= 25
    scans = {
        sql: step
        for sql, steps_ in plans.items()
        for step in steps_
        if step.startswith("SCAN") and not step.startswith("SCAN json_each")  # a list we gave
    }
    assert scans == {}


def shape(sql: str) -> str:
    """Return a statement without its values."""
    return re.sub(r"'[^']*'|\b\d+\b|x?'[^']*'", "?", sql, flags=re.IGNORECASE)

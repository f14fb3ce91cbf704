"""A state that tracks many deals and is at rest: everything is decided, few timers come."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from benchmarks.generation import FIELDS, NEWEST, PROGRAM, Generator, deal_id
from westsync.connectors.megaplan.clients import client_record
from westsync.connectors.megaplan.deals import deal_record
from westsync.connectors.megaplan.envelope import read_list
from westsync.domain.intents import ObjectRef
from westsync.domain.records import Employee, Page, Program, State
from westsync.jobs.observe import CLIENTS, DEALS, ME, PAYERS, STAFF, SWEEP
from westsync.journal.cursors import TASKS, Cursor
from westsync.transport import Reply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from westsync.journal.store import SqliteStore

START = NEWEST + timedelta(hours=1)
"""When the first cycle runs: later than every change, early on a working day."""

BETWEEN = timedelta(minutes=11)
"""From one cycle to the next: more than the overlap, so that a change is listed once."""

DUE_PER_CYCLE = 10
_PAGE = 100
_FAR = timedelta(days=3650)


def pages(count: int, seed: int) -> Iterator[Page]:
    """Yield pages of deals, and of their clients, as the connector reads them."""
    generator = Generator(seed=seed)
    for begin in range(0, count, _PAGE):
        page = b",".join(generator.deal(index) for index in range(begin, min(begin + _PAGE, count)))
        body = b'{"meta":{"status":200},"data":[' + page + b"]}"
        found = read_list(Reply(status=200, headers={}, body=body)).data
        if not isinstance(found, list):
            raise TypeError("a list was rendered")
        items = [item for item in found if isinstance(item, dict)]
        clients = {item["contractor"]["id"]: item["contractor"] for item in items}  # type: ignore[index,call-overload]  # rendered so
        yield Page(
            deals=tuple(deal_record(item, FIELDS) for item in items),
            clients=tuple(client_record(client, None) for client in clients.values()),  # type: ignore[arg-type]  # rendered so
        )


def fill(store: SqliteStore, count: int, seed: int) -> None:
    """Put in so many deals through `Mirror.keep_page`, decided, with a few timers per cycle."""
    mirror = store.mirror
    mirror.keep_employees(
        [
            Employee(id=f"10000{number:02}", name=f"Сотрудник {number}", is_working=True)
            for number in (1, 2, 3, 4, 10, 11, 12, 13, 99)
        ]
    )
    states: tuple[State, ...] = ()  # the deals tell what their stages mean
    mirror.keep_programs([Program(id=PROGRAM, name="Продажи", states=states, fields=())])
    for page in pages(count, seed):
        with store.transaction():
            for ref in mirror.keep_page(page, START):
                store.episodes.save_decision(ref, (), START + _FAR)
    with store.transaction():
        for number in range(min(count, 100 * DUE_PER_CYCLE)):
            ref = ObjectRef(kind="deal", id=deal_id(number * (count // 1000 or 1)))
            store.episodes.set_timer(ref, START + BETWEEN * (number // DUE_PER_CYCLE))
        for source in (DEALS, TASKS, CLIENTS, STAFF, SWEEP, PAYERS):
            store.cursors.save(source, Cursor(position=NEWEST, at=START - BETWEEN))
    store.keepsakes.put(ME, "1000099")

"""A person's order reaches the one account that it is about, whichever account that is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.unit.journal.factories import ACCOUNT, DEAL, NOON, an_intent
from westsync.jobs.act import Limits, act
from westsync.jobs.orders import Refusal, carry_out, leave, take
from westsync.journal.entries import IntentState
from westsync.journal.opening import open_scratch
from westsync.journal.store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.fakes.clock import FakeClock
    from tests.fakes.crm import FakeCrm
    from westsync.domain.intents import Key
    from westsync.jobs.effects import Writers
    from westsync.journal.database import Database

HOUR = timedelta(hours=1)


@pytest.fixture
def database(clock: FakeClock) -> Iterator[Database]:
    database = open_scratch(clock)
    yield database
    database.close()


@pytest.fixture
def store(database: Database) -> SqliteStore:
    return SqliteStore(database, ACCOUNT)


@pytest.fixture
def other(database: Database) -> SqliteStore:
    """A second account of the same state file."""
    return SqliteStore(database, "branch")


@pytest.fixture
def dead(store: SqliteStore, crm: FakeCrm, writers: Writers, clock: FakeClock) -> Key:
    """The key of a dead letter of the first account."""
    intent = an_intent()
    store.outbox.record([intent], clock.now())
    crm.break_next("rejected", operation="create_task")
    act(store, writers, clock, Limits())
    assert store.outbox.known([intent.key]) == {intent.key: IntentState.FAILED}
    return intent.key


@pytest.mark.parametrize("first", [True, False], ids=["its account first", "its account last"])
def test_an_intent_is_dropped_in_the_account_that_has_it(
    store: SqliteStore, other: SqliteStore, clock: FakeClock, dead: Key, *, first: bool
) -> None:
    stores = [store, other] if first else [other, store]

    told = carry_out(stores, {"order": "drop", "by": "orlov", "key": dead}, clock.now())

    assert told == [f"{dead}: given up"]
    assert [row.actor for row in store.audit.of_key(dead)][-1] == "orlov"
    assert other.audit.of_key(dead) == store.audit.of_key(dead)[:0]


def test_an_intent_that_no_account_has_is_refused_with_the_way_to_find_one(
    store: SqliteStore, other: SqliteStore
) -> None:
    with pytest.raises(Refusal, match=r"no intent 'nonsense'.*journal list"):
        carry_out([store, other], {"order": "retry", "by": "orlov", "key": "nonsense"}, NOON)


def test_a_silence_with_an_account_leaves_the_others_loud(
    store: SqliteStore, other: SqliteStore
) -> None:
    order = {
        "order": "ack",
        "by": "orlov",
        "rule": "first-contact",
        "object": str(DEAL),
        "seconds": 3600,
        "account": "branch",
    }

    told = carry_out([store, other], order, NOON)

    assert len(told) == 1
    assert told[0].startswith("branch: first-contact is silent about")
    assert other.silences.quiet(NOON).ack("first-contact", DEAL) is not None
    assert store.silences.quiet(NOON).ack("first-contact", DEAL) is None


def test_an_order_that_was_left_is_carried_out_once_in_the_account_that_has_the_intent(
    store: SqliteStore, other: SqliteStore, clock: FakeClock, dead: Key, tmp_path: Path
) -> None:
    state = tmp_path / "state.db"
    leave(state, {"order": "retry", "by": "orlov", "key": dead, "account": None})

    first = take(state, [other, store], clock.now())
    again = take(state, [other, store], clock.now())

    assert (first, again) == (1, 0)
    assert [row.what for row in store.audit.of_key(dead)].count("retry") == 1

"""Promises of kept hints: one row per object, repetitions known, nothing lost while it is read."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.unit.journal.factories import ACCOUNT
from westsync.domain.hints import Arrival, Happened
from westsync.domain.intents import ObjectRef
from westsync.journal import hints as module
from westsync.journal.hints import Taken
from westsync.journal.store import SqliteStore

if TYPE_CHECKING:
    import pytest

    from tests.fakes.clock import FakeClock
    from westsync.journal.database import Database

DEAL = ObjectRef(kind="deal", id="501")


def an_arrival(
    identity: str, obj: ObjectRef | None = DEAL, happened: Happened = Happened.UPDATED
) -> Arrival:
    return Arrival(identity=identity.encode(), obj=obj, happened=happened)


def test_a_hundred_repetitions_are_one_hint(store: SqliteStore, clock: FakeClock) -> None:
    outcomes = store.hints.keep([an_arrival("a")] * 100, clock.now())

    assert outcomes == (Taken.NEW, *[Taken.REPEATED] * 99)
    assert [hint.obj for hint in store.hints.waiting()] == [DEAL]


def test_a_repetition_after_the_reading_is_known_for_ten_minutes(
    store: SqliteStore, clock: FakeClock
) -> None:
    store.hints.keep([an_arrival("a")], clock.now())
    store.hints.settle(store.hints.waiting())

    clock.advance(timedelta(minutes=10))
    within = store.hints.keep([an_arrival("a")], clock.now())
    clock.advance(timedelta(seconds=1))
    after = store.hints.keep([an_arrival("a")], clock.now())

    assert (within, after) == ((Taken.REPEATED,), (Taken.NEW,))


def test_events_about_one_object_are_one_hint_with_the_gravest(
    store: SqliteStore, clock: FakeClock
) -> None:
    store.hints.keep([an_arrival("a", happened=Happened.DROPPED)], clock.now())
    clock.advance(timedelta(seconds=1))
    store.hints.keep([an_arrival("b", happened=Happened.CREATED)], clock.now())

    (hint,) = store.hints.waiting()
    assert hint.happened is Happened.DROPPED
    assert hint.received_at == clock.now()


def test_an_event_that_comes_while_its_object_is_read_stays(
    store: SqliteStore, clock: FakeClock
) -> None:
    store.hints.keep([an_arrival("a")], clock.now())
    being_read = store.hints.waiting()
    clock.advance(timedelta(seconds=1))
    store.hints.keep([an_arrival("b")], clock.now())

    store.hints.settle(being_read)

    assert store.hints.count() == 1


def test_where_too_many_wait_new_objects_are_refused_and_known_ones_taken(
    store: SqliteStore, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 2)
    others = [ObjectRef(kind="deal", id=str(number)) for number in range(2)]

    outcomes = store.hints.keep(
        [
            an_arrival("a", others[0]),
            an_arrival("b", others[1]),
            an_arrival("c"),
            an_arrival("d", others[0]),
            an_arrival("e", None),
        ],
        clock.now(),
    )
    store.hints.settle(store.hints.waiting())
    again = store.hints.keep([an_arrival("c")], clock.now())

    assert outcomes == (Taken.NEW, Taken.NEW, Taken.FULL, Taken.NEW, Taken.IGNORED)
    assert again == (Taken.NEW,)


def test_an_event_about_nothing_is_heard_all_the_same(store: SqliteStore, clock: FakeClock) -> None:
    before = store.hints.last_at()

    store.hints.keep([an_arrival("a", None)], clock.now())

    assert before is None
    assert store.hints.last_at() == clock.now()
    assert store.hints.count() == 0


def test_what_was_seen_long_ago_leaves_no_rows(
    store: SqliteStore, database: Database, clock: FakeClock
) -> None:
    store.hints.keep([an_arrival(str(number)) for number in range(50)], clock.now())
    clock.advance(timedelta(minutes=11))

    store.hints.keep([an_arrival("later")], clock.now())

    assert database.rows("SELECT count(*) FROM hint_event") == [(1,)]


def test_accounts_do_not_share_hints(
    store: SqliteStore, database: Database, clock: FakeClock
) -> None:
    other = SqliteStore(database, f"{ACCOUNT}2")

    other.hints.keep([an_arrival("a")], clock.now())

    assert store.hints.count() == 0
    assert store.hints.last_at() is None


def test_failed_readings_are_counted_until_a_new_event(
    store: SqliteStore, clock: FakeClock
) -> None:
    store.hints.keep([an_arrival("a")], clock.now())
    store.hints.tried(store.hints.waiting())
    tried = store.hints.waiting()[0].tries
    store.hints.keep([an_arrival("b")], clock.now())

    assert (tried, store.hints.waiting()[0].tries) == (1, 0)

"""What the daily look heals, and what it leaves to people."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.unit.journal.factories import a_call, a_page, a_task, an_intent
from westsync.jobs.act import Limits, act
from westsync.jobs.reconcile import Reconciliation, reconcile
from westsync.journal.entries import IntentState

if TYPE_CHECKING:
    from tests.fakes.clock import FakeClock
    from tests.fakes.crm import FakeCrm
    from westsync.domain.intents import Key
    from westsync.jobs.effects import Writers
    from westsync.journal.store import SqliteStore

NOTHING = Reconciliation(adopted=(), closed=(), left=(), strangers=())


def look(store: SqliteStore, crm: FakeCrm, writers: Writers, clock: FakeClock) -> Reconciliation:
    for page in crm.changed_tasks(None):
        store.mirror.keep_page(page, clock.now())
    return reconcile(store, writers, clock, twin_note="Такая задача уже есть")


@pytest.fixture
def done(store: SqliteStore, writers: Writers, clock: FakeClock) -> Key:
    """The key of a task that was made."""
    intent = an_intent()
    store.outbox.record([intent], clock.now())
    act(store, writers, clock, Limits())
    return intent.key


def make_twin(store: SqliteStore, crm: FakeCrm, clock: FakeClock, key: Key) -> str:
    entry = store.outbox.entry(key)
    assert entry is not None
    clock.advance(timedelta(minutes=1))
    return crm.create_task(a_call(), entry.marker).ref


def test_nothing_wrong_is_left_as_it_is(
    store: SqliteStore, crm: FakeCrm, writers: Writers, clock: FakeClock, done: Key
) -> None:
    assert look(store, crm, writers, clock) == NOTHING
    assert store.outbox.known([done]) == {done: IntentState.DONE}


def test_of_two_tasks_with_one_marker_the_one_not_recorded_is_closed(
    store: SqliteStore, crm: FakeCrm, writers: Writers, clock: FakeClock
) -> None:
    intent = an_intent()
    store.outbox.record([intent], clock.now())
    act(store, writers, clock, Limits())
    twin = make_twin(store, crm, clock, intent.key)

    found = look(store, crm, writers, clock)

    assert found.closed == (twin,)
    assert len(crm.open_titles) == 1
    assert look(store, crm, writers, clock) == NOTHING
    assert "twin_closed" in [row.what for row in store.audit.of_key(intent.key)]


def test_a_twin_in_which_a_person_worked_is_left_and_reported(
    store: SqliteStore, crm: FakeCrm, writers: Writers, clock: FakeClock
) -> None:
    intent = an_intent()
    store.outbox.record([intent], clock.now())
    act(store, writers, clock, Limits())
    twin = make_twin(store, crm, clock, intent.key)
    crm.edit_task(twin, by="1000003")

    found = look(store, crm, writers, clock)

    assert found.left == ((twin, "left alone: edited by 1000003"),)
    assert len(crm.open_titles) == 2


def test_a_twin_that_cannot_be_closed_now_is_reported(
    store: SqliteStore, crm: FakeCrm, writers: Writers, clock: FakeClock
) -> None:
    intent = an_intent()
    store.outbox.record([intent], clock.now())
    act(store, writers, clock, Limits())
    twin = make_twin(store, crm, clock, intent.key)
    crm.break_next("before", operation="close_task")

    ((left, why),) = look(store, crm, writers, clock).left

    assert left == twin
    assert "told to break" in why


def test_a_held_task_that_was_made_after_all_is_adopted(
    store: SqliteStore, crm: FakeCrm, writers: Writers, clock: FakeClock
) -> None:
    intent = an_intent()
    store.outbox.record([intent], clock.now())
    (entry,) = store.delivery.due(clock.now(), 1)
    store.delivery.mark_held(entry, clock.now(), cause="not found")
    made = crm.create_task(a_call(), entry.marker).ref

    found = look(store, crm, writers, clock)

    adopted = store.outbox.entry(intent.key)
    assert found.adopted == (intent.key,)
    assert adopted is not None
    assert (adopted.state, adopted.ref) == (IntentState.DONE, made)


def test_a_marker_that_nobody_here_made_is_reported(
    store: SqliteStore, crm: FakeCrm, writers: Writers, clock: FakeClock
) -> None:
    crm.put_task(a_task(marker="7k3m9q2x4r8t6v5w"))

    found = look(store, crm, writers, clock)

    assert found.strangers == ("7k3m9q2x4r8t6v5w",)


def test_a_twin_whose_content_is_forgotten_is_left(
    store: SqliteStore, writers: Writers, clock: FakeClock
) -> None:
    intent = an_intent()
    store.outbox.record([intent], clock.now())
    act(store, writers, clock, Limits())
    entry = store.outbox.entry(intent.key)
    assert entry is not None
    clock.advance(timedelta(days=31))
    store.mirror.keep_page(
        a_page(
            a_task("1", marker=entry.marker, created_at=clock.now()),
            a_task("2", marker=entry.marker, created_at=clock.now()),
        ),
        clock.now(),
    )
    store.outbox.clear_payloads(clock.now())

    found = reconcile(store, writers, clock, twin_note="")

    assert found.left == (("2", "too old to see who edited it"),)

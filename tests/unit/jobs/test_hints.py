"""Promises of acting on hints: what they name is read again, once, and only that is believed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.unit.jobs.past_company import shipped
from tests.unit.journal.factories import a_client, a_deal, a_task
from westsync.domain.hints import Arrival, Happened
from westsync.domain.intents import ObjectRef
from westsync.errors import UnexpectedReply
from westsync.jobs.cycle import idle
from westsync.jobs.hint_silence import note_silence, silent_since
from westsync.jobs.observe import DEALS, HINTS, Observation, Observer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from tests.fakes.clock import FakeClock
    from tests.fakes.crm import FakeCrm
    from westsync.domain.records import Page
    from westsync.journal.store import SqliteStore

COMPANY = shipped()
DEAL = ObjectRef(kind="deal", id="43")


@pytest.fixture
def look(store: SqliteStore, crm: FakeCrm, clock: FakeClock) -> Look:
    # Others that stay, and are newer: a list that is suddenly empty would be a fault.
    later = clock.now() + timedelta(minutes=1)
    crm.put_deal(replace(a_deal("1"), updated_at=later))
    crm.put_task(replace(a_task("2", deals=("1",)), active_at=later))
    look = Look(store, crm, clock)
    look()
    clock.advance(timedelta(hours=1))
    look()  # the staff, the sweep and the clients are read
    clock.advance(timedelta(minutes=1))
    crm.calls.clear()
    return look


class Look:
    """One look after the other, with hints before it."""

    def __init__(self, store: SqliteStore, crm: FakeCrm, clock: FakeClock) -> None:
        self.store = store
        self.crm = crm
        self.clock = clock
        self._events = 0

    def __call__(self, *hints: ObjectRef, happened: Happened = Happened.UPDATED) -> Observation:
        arrivals = []
        for obj in hints:
            self._events += 1
            identity = str(self._events).encode()
            arrivals.append(Arrival(identity=identity, obj=obj, happened=happened))
        if arrivals:
            self.store.hints.keep(arrivals, self.clock.now())
        return Observer(self.store, self.crm, self.clock, COMPANY, idle).observe()


def change(crm: FakeCrm, at: datetime) -> None:
    crm.put_deal(replace(crm.deal_records["43"], name="Изменена", updated_at=at))


def test_a_change_that_the_walk_shows_needs_no_request_more(look: Look) -> None:
    change(look.crm, look.clock.now())

    look(DEAL)

    assert look.crm.calls["objects"] == 0
    assert look.store.hints.count() == 0
    assert look.store.mirror.deal("43") == look.crm.deal_records["43"]


def test_a_change_that_the_list_does_not_show_yet_is_read_by_id(look: Look) -> None:
    long_ago = look.clock.now() - timedelta(days=1)
    change(look.crm, long_ago)  # behind the watermark: the walk ends before it

    look(DEAL)

    assert look.crm.calls["objects"] == 1
    assert look.store.hints.count() == 0
    assert look.store.mirror.deal("43") == look.crm.deal_records["43"]


def test_an_object_that_looks_unchanged_is_decided_again(look: Look) -> None:
    with look.store.transaction():
        look.store.mirror.dirty.clear(DEAL)

    look(DEAL)

    assert DEAL in look.store.mirror.dirty.objects(10)


@pytest.mark.parametrize("kind", ["deal", "task", "client"])
def test_what_was_dropped_is_gone_only_if_megaplan_says_so(look: Look, kind: str) -> None:
    crm, now = look.crm, look.clock.now()
    for task in ("8", "9"):
        crm.put_task(replace(a_task(task), active_at=now))
    crm.put_client(replace(a_client("777"), updated_at=now))
    look(ObjectRef(kind="client", id="777"))
    id_, drop = {
        "deal": ("43", crm.drop_deal),
        "task": ("9", crm.drop_task),
        "client": ("777", crm.drop_client),
    }[kind]
    obj = ObjectRef(kind=kind, id=id_)

    look(obj, happened=Happened.DROPPED)
    still_there = is_gone(look.store, obj)
    drop(id_)
    look(obj, happened=Happened.DROPPED)

    assert (still_there, is_gone(look.store, obj)) == (False, True)
    assert look.store.hints.count() == 0


def test_what_was_changed_and_then_dropped_is_asked_for_although_the_list_shows_it(
    look: Look,
) -> None:
    change(look.crm, look.clock.now())  # a list that lags behind the deletion

    look(DEAL, happened=Happened.DROPPED)

    assert look.crm.calls["objects"] == 1


def is_gone(store: SqliteStore, obj: ObjectRef) -> bool:
    mirror = store.mirror
    found = {"deal": mirror.deal, "task": mirror.task, "client": mirror.client}[obj.kind](obj.id)
    assert found is not None
    return found.gone


@pytest.mark.parametrize("happened", [Happened.UPDATED, Happened.DROPPED])
def test_what_is_not_ours_costs_nothing(look: Look, happened: Happened) -> None:
    look(ObjectRef(kind="deal", id="999"), happened=happened)

    assert look.crm.calls["objects"] == 0
    assert look.store.hints.count() == 0
    assert look.store.mirror.deal("999") is None


def test_a_new_object_is_read_before_any_list_shows_it(look: Look) -> None:
    new = replace(a_deal("44"), updated_at=look.clock.now() - timedelta(days=1))
    look.crm.put_deal(new)

    look(ObjectRef(kind="deal", id="44"), happened=Happened.CREATED)

    assert look.store.mirror.deal("44") == new


def test_a_hint_at_a_client_has_the_clients_walked_although_they_are_not_due(look: Look) -> None:
    look.crm.put_client(replace(a_client("777"), updated_at=look.clock.now()))

    look(ObjectRef(kind="client", id="777"))

    assert look.crm.calls["changed_clients"] == 1
    assert look.crm.calls["objects"] == 0
    assert look.store.mirror.client("777") is not None


def test_a_hundred_hints_are_read_twenty_at_a_time(look: Look) -> None:
    refs = [ObjectRef(kind="deal", id=str(number)) for number in range(1000, 1100)]

    look(*refs, happened=Happened.CREATED)

    assert look.crm.calls["objects"] == 5
    assert look.store.hints.count() == 0


def test_hints_wait_while_megaplan_does_not_answer(look: Look) -> None:
    for _ in range(5):
        look.crm.break_next("before", operation="changed_deals")
        look(DEAL)

    assert look.store.hints.count() == 1
    look()
    assert look.store.hints.count() == 0


def test_an_object_that_cannot_be_read_is_left_to_the_polls_after_three_tries(
    look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    def misfit(_refs: Sequence[ObjectRef]) -> Iterator[Page]:
        raise UnexpectedReply("megaplan", "GET /deal/43", "no deal")
        yield

    monkeypatch.setattr(look.crm, "objects", misfit)
    failed, counts = [], []
    for hints in ((DEAL,), (), (), ()):
        seen = look(*hints)
        failed.append(HINTS in dict(seen.unavailable))
        counts.append(look.store.hints.count())

    assert counts == [1, 1, 0, 0]
    assert failed == [True, True, True, False]
    assert seen.is_whole


# -- silence ---------------------------------------------------------------------------------------


def test_changes_without_events_are_a_silence_after_a_working_hour(look: Look) -> None:
    look.clock.advance(timedelta(hours=1))  # the office has had its lunch
    look()
    began = look.clock.now()

    def minutes_later(minutes: int, *hints: ObjectRef) -> datetime | None:
        look.clock.advance(timedelta(minutes=minutes))
        before = look.store.cursors.get(DEALS)
        change(look.crm, look.clock.now())
        seen = look(*hints)
        now = look.clock.now()
        note_silence(
            look.store,
            COMPANY.calendar,
            now,
            changed=bool(seen.counts.get(DEALS)),
            looked_before=before,
        )
        return silent_since(look.store, COMPANY.calendar, now)

    heard = minutes_later(1, DEAL)
    still_near = minutes_later(10)  # the look before was that of the event
    first_missed = minutes_later(10)
    not_yet = minutes_later(59)
    silent = minutes_later(2)
    heard_again = minutes_later(1, DEAL)

    assert [heard, still_near, first_missed, not_yet, heard_again] == [None] * 5
    assert silent == began + timedelta(minutes=21)


def test_a_quiet_office_is_no_silence(look: Look) -> None:
    for _ in range(10):
        look.clock.advance(timedelta(minutes=30))
        before = look.store.cursors.get(DEALS)
        now = look.clock.now()
        note_silence(look.store, COMPANY.calendar, now, changed=False, looked_before=before)

    assert silent_since(look.store, COMPANY.calendar, look.clock.now()) is None

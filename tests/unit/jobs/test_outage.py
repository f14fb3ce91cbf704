"""After an outage: no burst, one digest a person, and nothing lost (reliability 43, 46)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.crm import FakeCrm
from tests.unit.journal.factories import ACCOUNT, a_deal
from westsync.app.configuration import read_configuration
from westsync.domain.intents import ObjectRef
from westsync.jobs.act import Limits
from westsync.jobs.company import Guards
from westsync.jobs.cycle import Cycle, CycleReport, Desk
from westsync.jobs.effects import Writers
from westsync.journal.entries import IntentState
from westsync.journal.opening import open_scratch
from westsync.journal.store import SqliteStore
from westsync.ports import Receipt, nothing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from westsync.domain.actions import AskSupplier, Notify
    from westsync.domain.records import FieldValue
    from westsync.jobs.company import Company

SHIPPED = Path(__file__).parents[3] / "config"
FRIDAY = datetime(2026, 11, 20, 17, 0, tzinfo=ZoneInfo("Europe/Moscow"))
MONDAY = datetime(2026, 11, 23, 17, 30, tzinfo=ZoneInfo("Europe/Moscow"))


class Mailbox:
    """A messenger that keeps what it sent."""

    def __init__(self) -> None:
        self.sent: list[Notify] = []

    def ask(
        self, request: AskSupplier, marker: str, leaving: Callable[[], None] = nothing
    ) -> Receipt:
        raise AssertionError(
            f"no rule of this office asks {request.supplier} ({marker}, {leaving})"
        )

    def send(self, notice: Notify, marker: str, leaving: Callable[[], None] = nothing) -> Receipt:
        leaving()
        self.sent.append(notice)
        return Receipt(ref=marker)


class Office:
    """The shipped rules, a CRM in memory, and a daemon that may sleep."""

    def __init__(self, store: SqliteStore, clock: FakeClock) -> None:
        self.store, self.clock = store, clock
        self.crm, self.mail = FakeCrm(clock), Mailbox()
        self._company = _company()

    def request(self, number: int) -> None:
        at = self.clock.now()
        deal = a_deal(str(number), name=f"Заявка {number}")
        filled: dict[str, FieldValue] = {"source": "Сайт", "city": "Москва", "urgent": False}
        self.crm.put_deal(
            replace(deal, created_at=at, updated_at=at, stage_entered_at=at, custom=filled)
        )

    def cycle(self, at: datetime) -> CycleReport:
        self.clock.advance(at - self.clock.now())
        desk = Desk(
            store=self.store,
            reader=self.crm,
            writers=Writers(crm=self.crm, messenger=self.mail),
            clock=self.clock,
            company=self._company,
            limits=Limits(),
        )
        return Cycle(desk).run()

    def open_intents(self) -> int:
        counts = self.store.outbox.counts()
        return sum(
            counts.get(state, 0)
            for state in (IntentState.WAITING, IntentState.POSTPONED, IntentState.IN_DOUBT)
        )


def _company() -> Company:
    configuration = read_configuration(SHIPPED, {}).must_be_right()
    company = configuration.companies[ACCOUNT]
    guards = Guards(new_intents_per_cycle=50, per_rule_per_hour=30)
    return replace(company, guards=guards, sends_mail=True, active_from=FRIDAY)


@pytest.fixture
def office() -> Iterator[Office]:
    clock = FakeClock(FRIDAY)
    database = open_scratch(clock)
    yield Office(SqliteStore(database, ACCOUNT), clock)
    database.close()


def fall_asleep(office: Office, requests: int) -> None:
    """Have requests come in on Friday that nobody calls about, and sleep until Monday."""
    for number in range(1, requests + 1):
        office.request(number)
    office.cycle(FRIDAY + timedelta(minutes=1))


def test_a_host_that_slept_tells_each_person_once_and_forgets_nobody(office: Office) -> None:
    fall_asleep(office, requests=400)
    quiet_before = (len(office.mail.sent), len(office.crm.tasks))

    report = office.cycle(MONDAY)

    assert quiet_before == (0, 0)
    assert report.guard is None
    receivers = [letter.to for letter in office.mail.sent]
    assert len(receivers) == len(set(receivers))
    assert office.crm.comments == {}  # not one escalation by itself
    told = {
        number
        for letter in office.mail.sent
        for number in re.findall(r"deals/(\d+)/card", letter.text)
    }
    assert told == {str(number) for number in range(1, 401)}


def test_what_was_told_in_a_digest_is_done_and_not_told_again(office: Office) -> None:
    fall_asleep(office, requests=60)
    office.cycle(MONDAY)
    letters, tasks = len(office.mail.sent), len(office.crm.tasks)

    office.cycle(MONDAY + timedelta(minutes=1))

    assert office.open_intents() == 0
    assert (len(office.mail.sent), len(office.crm.tasks)) == (letters, tasks)
    joined = [
        entry.note
        for entry in office.store.outbox.of_object(ObjectRef(kind="deal", id="1"))
        if entry.action == "digest.join"
    ]
    assert joined
    assert all("in digest" in str(note) for note in joined)


def test_a_small_outage_still_makes_the_tasks_and_gathers_the_escalations(office: Office) -> None:
    fall_asleep(office, requests=3)

    office.cycle(MONDAY)

    assert office.crm.comments == {}
    assert len({letter.to for letter in office.mail.sent}) == len(office.mail.sent) > 0


def test_a_daemon_that_never_slept_escalates_one_by_one(office: Office) -> None:
    fall_asleep(office, requests=3)

    for minute in range(2, 22):
        office.cycle(FRIDAY + timedelta(minutes=minute))

    assert len(office.crm.tasks) == 3
    assert len(office.crm.comments) == 3
    assert office.mail.sent == []

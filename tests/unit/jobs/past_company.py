"""A company whose daemon runs every minute on a CRM in memory, and whose past is then looked at."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tests.fakes.clock import FakeClock
from tests.fakes.crm import FakeCrm
from tests.unit.journal.factories import ACCOUNT, a_deal
from westsync.app.configuration import read_configuration
from westsync.domain.intents import ObjectRef
from westsync.domain.records import Employee, FieldValue, Touch, TouchKind
from westsync.jobs.act import Limits
from westsync.jobs.cycle import Cycle, CycleReport, Desk
from westsync.jobs.effects import Writers
from westsync.jobs.past import Past
from westsync.jobs.remember import senses_of
from westsync.jobs.simulate import Simulated, Span, simulate
from westsync.journal.opening import open_scratch
from westsync.journal.store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from westsync.jobs.company import Company

MSK = ZoneInfo("Europe/Moscow")
TUESDAY = datetime(2026, 11, 24, 9, 0, tzinfo=MSK)
MINUTE = timedelta(minutes=1)
SHIPPED = Path(__file__).parents[3] / "config"
FILLED: dict[str, FieldValue] = {"source": "Сайт", "city": "Москва", "urgent": False}
STAFF = ("1000001", "1000002", "1000003", "1000004", "1000010", "1000011", "1000013")


@cache
def shipped() -> Company:
    """Return the shipped company, acting from the Tuesday on."""
    company = read_configuration(SHIPPED, {}).must_be_right().companies[ACCOUNT]
    return replace(company, active_from=TUESDAY)


def with_rules(company: Company, *ids: str) -> Company:
    """Return a company with only these rules."""
    rules = tuple(rule for rule in company.ruleset.rules if rule.id in ids)
    return replace(company, ruleset=replace(company.ruleset, rules=rules))


class Shop:
    """The CRM, the daemon and their clock.

    Attributes:
        company: Whose rules the daemon works by.
    """

    def __init__(self, store: SqliteStore, clock: FakeClock, company: Company) -> None:
        """Begin with the staff and without deals."""
        self.store, self.clock, self.company = store, clock, company
        self.crm = FakeCrm(clock)
        for id_ in STAFF:
            self.crm.put_employee(Employee(id=id_, name=f"Сотрудник {id_}", is_working=True))
        store.mirror.history.keep_senses(senses_of(company.setup))
        self._touches = 0

    def desk(self, *, writes: bool = True) -> Desk:
        """Return what the daemon works with."""
        return Desk(
            store=self.store,
            reader=self.crm,
            writers=Writers(crm=self.crm) if writes else None,
            clock=self.clock,
            company=self.company,
            limits=Limits(),
        )

    def cycle(self) -> CycleReport:
        """Run one cycle now."""
        return Cycle(self.desk()).run()

    def run(self, minutes: int) -> None:
        """Let so many minutes pass, with a cycle in each."""
        for _ in range(minutes):
            self.clock.advance(MINUTE)
            self.cycle()

    def request(self, id_: str = "43", state: str = "127") -> None:
        """Let a request come in now."""
        now = self.clock.now()
        deal = replace(a_deal(id_, state=state), custom={**FILLED}, manager_id="1000003")
        self.crm.put_deal(replace(deal, created_at=now, updated_at=now, stage_entered_at=now))

    def move(self, id_: str, state: str) -> None:
        """Let the manager move a deal."""
        now, deal = self.clock.now(), self.crm.deal_records[id_]
        self.crm.put_deal(replace(deal, state_id=state, stage_entered_at=now, updated_at=now))
        self._touch(id_, TouchKind.STAGE, fields=(f"state={state}",))

    def comment(self, id_: str, text: str) -> None:
        """Let the manager write a comment, which changes the deal."""
        deal = self.crm.deal_records[id_]
        self.crm.put_deal(replace(deal, updated_at=self.clock.now()))
        self._touch(id_, TouchKind.COMMENT, text=text)

    def past(self, company: Company | None = None) -> Past:
        """Return what was recorded, for the rules of a company."""
        return Past(self.store, self.known(company))

    def known(self, company: Company | None = None) -> Company:
        """Return a company with the staff that was observed."""
        return replace(self.desk(), company=company or self.company).known_company()

    def simulate(self, since: datetime, company: Company | None = None) -> Simulated:
        """Replay everything from a moment to now."""
        past = self.past(company)
        span = Span(since=since, until=self.clock.now() + timedelta(microseconds=1))
        return simulate(past, self.known(company), past.objects(), span, lambda: None)

    def _touch(
        self, id_: str, kind: TouchKind, *, text: str = "", fields: tuple[str, ...] = ()
    ) -> None:
        self._touches += 1
        self.crm.touch(
            id_,
            Touch(
                id=str(self._touches),
                at=self.clock.now(),
                kind=kind,
                author_id="1000003",
                text=text,
                fields=fields,
            ),
        )


@contextmanager
def a_shop(company: Company, at: datetime = TUESDAY) -> Iterator[Shop]:
    """Open a shop at a moment."""
    clock = FakeClock(at)
    database = open_scratch(clock)
    yield Shop(SqliteStore(database, ACCOUNT), clock, company)
    database.close()


def deal(id_: str = "43") -> ObjectRef:
    """Return the reference of a deal."""
    return ObjectRef(kind="deal", id=id_)

"""One account's company as the jobs need it: rules, names, people, patience."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from westsync.domain.absences import Absence, Absences
from westsync.domain.people import Person, Staff
from westsync.rules.texts import Formatter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from westsync.domain.records import Employee, Program
    from westsync.domain.working_time import WorkingCalendar
    from westsync.rules.billing import Billing
    from westsync.rules.fact_setup import FactSetup
    from westsync.rules.ruleset import RuleSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
    """Brakes before anything is written (design 1).

    Attributes:
        new_intents_per_cycle: More than this in one cycle and nothing is recorded.
        per_rule_per_hour: More than this of one rule within an hour and the rest waits.
        open_deals_drop: Share of open deals that may vanish from one sweep to the next.
    """

    new_intents_per_cycle: int = 50
    per_rule_per_hour: int = 30
    open_deals_drop: float = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often what is read.

    Attributes:
        clients: Seconds between polls of changed clients.
        recheck: Least age at which the details of an open episode are read again.
        sweep_at: ``HH:MM`` of the nightly full reconciliation, office zone.
        overlap: How far behind the watermark a poll reaches (contract 2.10).
        details_per_cycle: Objects whose details are read in one cycle at most.
    """

    clients: timedelta = timedelta(minutes=5)
    recheck: timedelta = timedelta(minutes=5)
    sweep_at: str = "03:30"
    overlap: timedelta = timedelta(minutes=10)
    details_per_cycle: int = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Everything that the configuration says about one account.

    Attributes:
        account: Its name.
        version: Hash of the configuration; a new one has everything decided again.
        ruleset: The rules.
        setup: How to read this company's Megaplan; ``staff``, ``me`` and ``stage_types`` in it are
            filled in by `with_observed`.
        people, roles: Staff by the configuration.
        absences: Absences by the configuration; Megaplan's own are added.
        zone: IANA name of the office zone.
        active_from: Nothing that began earlier is acted on (UTC).
        stage_ids: (pipeline, stage) -> state id.
        calendar: Office hours, for what has no rule of its own.
        sends_mail: Mail is configured.
        asks_stock: Sources of supplier stock are configured.
        hears_events: Megaplan's events are configured to come in.
        billing: How invoices are made in 1C; None without 1C.
        only_planned: Names of actions that are not done now -> why.
    """

    account: str
    version: str
    ruleset: RuleSet
    setup: FactSetup
    people: Sequence[Person]
    roles: Mapping[str, Sequence[str]]
    absences: Sequence[Absence]
    zone: str
    active_from: datetime
    guards: Guards
    pace: Pace
    stage_ids: Mapping[tuple[str, str], str]
    calendar: WorkingCalendar
    sends_mail: bool = False
    asks_stock: bool = False
    hears_events: bool = False
    billing: Billing | None = None
    only_planned: Mapping[str, str] = field(default_factory=dict)

    @property
    def staff(self) -> Staff:
        """The staff as far as it is known."""
        return self.setup.staff

    @property
    def formatter(self) -> Formatter:
        """How values are shown to this company's people."""
        return Formatter(self.setup.zone, self.ruleset.words, self.staff.names)

    def with_observed(
        self, me: str, employees: Iterable[Employee], programs: Iterable[Program]
    ) -> Company:
        """Return the company with what Megaplan says of its staff and programs.

        Args:
            me: Employee id of the daemon's own account.
            employees: All employees; those that the configuration does not name are added as
                ``#id``, dismissed ones are marked.
            programs: For the meaning of stages.
        """
        known = {person.crm_id: person for person in self.people}
        by_login = {person.login: person for person in self.people}
        absences = list(self.absences)
        for employee in employees:
            person = known.get(employee.id)
            if person is None:
                person = Person(login=f"#{employee.id}", name=employee.name, crm_id=employee.id)
            person = replace(
                person,
                is_working=employee.is_working,
                email=person.email or employee.email,
            )
            by_login[person.login] = person
            for first, last in employee.away:
                absences.append(Absence.on_dates(person.login, first, last, zone=self.zone))
        staff = Staff(tuple(by_login.values()), self.roles, Absences(absences))
        types = {state.id: state.type for program in programs for state in program.states}
        return replace(self, setup=replace(self.setup, me=me, staff=staff, stage_types=types))

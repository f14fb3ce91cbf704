"""Naming deals, people and clients in reports, as they are when the report is built."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from westsync.domain.intents import ObjectRef
from westsync.domain.records import StageType
from westsync.jobs.facts import FactBook
from westsync.reports.gathered import DealLine, Fate

if TYPE_CHECKING:
    from westsync.domain.records import DealRecord
    from westsync.jobs.report_sources import Sources

SOURCE = "source"
SECRETARY = "secretary"
_ENTRY_STAGE = "new"  # serves until the programs were read


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """How an object of any kind is called.

    Attributes:
        url: Its card; empty if it has none.
        manager: Name of its responsible; empty if nobody is.
    """

    shown: str
    url: str
    manager: str


class DealBook:
    """Reads what reports say of deals, and of what else rules watch."""

    def __init__(self, sources: Sources) -> None:
        """Look up entry stages once."""
        self._sources = sources
        self._setup = sources.company.setup
        self._facts = FactBook(sources.store, sources.company)
        self._entries = self._entry_states()
        self._secretaries = frozenset(self._setup.staff.members(SECRETARY))

    def line(self, deal: DealRecord) -> DealLine:
        """Return how a deal is named, with its responsible and channel."""
        return DealLine(
            ref=ObjectRef(kind="deal", id=deal.id),
            number=deal.number,
            name=deal.name,
            url=f"{self._setup.url}/deals/{deal.id}/card/",
            manager=self.person(deal.manager_id),
            channel=self._sources.settings.channel_of(deal.custom.get(SOURCE)),
        )

    def line_of(self, deal_id: str | None) -> DealLine | None:
        """Return how a deal is named; None if it was never seen or is gone."""
        deal = self._sources.store.mirror.deal(deal_id) if deal_id is not None else None
        return None if deal is None or deal.gone else self.line(deal)

    def named(self, ref: ObjectRef) -> Named | None:
        """Return how a watched object is called; None if it was never seen or is gone."""
        mirror = self._sources.store.mirror
        match ref.kind:
            case "deal":
                line = self.line_of(ref.id)
                if line is None:
                    return None
                return Named(shown=line.shown, url=line.url, manager=line.manager)
            case "client":
                client = mirror.client(ref.id)
                responsible = client.responsible_id if client is not None else None
            case _:
                task = mirror.task(ref.id)
                responsible = task.responsible_id if task is not None else None
        facts = self._facts.facts(ref, self._sources.now, self._sources.now)
        if facts is None:
            return None
        return Named(
            shown=str(facts.values.get("name") or ref),
            url=str(facts.values.get("url") or ""),
            manager=self.person(responsible),
        )

    def person(self, employee_id: str | None) -> str:
        """Return an employee's name; empty for nobody."""
        if employee_id is None:
            return ""
        login = self._setup.staff.login_of(employee_id)
        return self._setup.staff.names.get(login, login)

    def source(self, deal: DealRecord) -> str:
        """Return the words of the field ``source``; empty if it is not filled or hidden."""
        value = deal.custom.get(SOURCE)
        words = value if isinstance(value, tuple) else (value,)
        return ", ".join(word.strip() for word in words if isinstance(word, str) and word.strip())

    def fate(self, deal: DealRecord) -> Fate:
        """Return what became of a request until now."""
        match deal.stage_type or self._setup.stage_types.get(deal.state_id):
            case StageType.NEGATIVE:
                return Fate.LOST
            case StageType.POSITIVE:
                return Fate.DEAL
            case _:
                entry = self._entries.get(deal.program_id, frozenset())
                return Fate.WAITING if deal.state_id in entry else Fate.DEAL

    def is_passed(self, deal: DealRecord) -> bool:
        """Return whether somebody else than a secretary is responsible."""
        if deal.manager_id is None:
            return False
        return self._setup.staff.login_of(deal.manager_id) not in self._secretaries

    def client_is_new(self, deal: DealRecord) -> bool | None:
        """Return whether the client was entered on the deal's day or later; None if not known."""
        client = self._sources.store.mirror.client(deal.client_id) if deal.client_id else None
        if client is None:
            return None
        zone = self._setup.zone
        day = deal.created_at.astimezone(zone).date()
        return client.created_at >= datetime.combine(day, time(), zone).astimezone(UTC)

    def _entry_states(self) -> dict[str, frozenset[str]]:
        """Return program id -> ids of the states in which deals begin."""
        found = {
            program.id: frozenset(state.id for state in program.states if state.is_entry)
            for program in self._sources.store.mirror.programs()
        }
        for (program_id, state_id), stage in self._setup.stages.items():
            if stage == _ENTRY_STAGE and not found.get(program_id):
                found[program_id] = frozenset({state_id})
        return found

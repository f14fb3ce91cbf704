"""One cycle: observe, decide, act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from westsync.domain.intents import ObjectRef
from westsync.errors import ConnectorError, GuardTripped, StateError
from westsync.jobs.act import act, never
from westsync.jobs.decide import Decider, Deliberation
from westsync.jobs.hint_silence import note_silence
from westsync.jobs.judge import SCHEDULE
from westsync.jobs.observe import DEALS, ME, Observation, Observer
from westsync.jobs.schedule_start import note_schedules
from westsync.jobs.standing import LOADED_VERSION
from westsync.journal.cursors import TASKS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from westsync.jobs.act import Limits
    from westsync.jobs.acted import Acted
    from westsync.jobs.company import Company
    from westsync.jobs.effects import Writers
    from westsync.jobs.ledger import LedgerObservation, LedgerScan
    from westsync.jobs.stock_sources import SupplierStock
    from westsync.journal.port import Store
    from westsync.ports import Clock, CrmReader

LAST_CYCLE = "cycle.last"
GUARD = "cycle.guard"
_READABLE = frozenset({"deal", "task", "client"})

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleReport:
    """What a cycle came to.

    Attributes:
        guard: Why nothing was recorded; None if no guard tripped.
        ledger: What 1C brought; None if it is not configured.
        seconds: How long it took, by the monotonic clock.
    """

    observed: Observation
    decided: Deliberation
    ledger: LedgerObservation | None = None
    acted: tuple[Acted, ...] = ()
    guard: str | None = None
    seconds: float = 0.0

    @property
    def unavailable(self) -> tuple[tuple[str, str], ...]:
        """(source, why) of what could not be read."""
        of_ledger = self.ledger.unavailable if self.ledger is not None else ()
        return (*self.observed.unavailable, *of_ledger)

    @property
    def counts(self) -> Mapping[str, int]:
        """Source -> how many objects of it are new or changed."""
        return self.observed.counts | (self.ledger.counts if self.ledger is not None else {})


def idle() -> None:
    """Do nothing; nobody watches the progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything that works on one account.

    Attributes:
        writers: None builds a program that cannot write: it observes and decides only.
        limits: How patient acting is.
        progress: Called whenever something was done, as a sign of life.
        books: What reads 1C; None if it is not configured.
        stock: What asks supplier stock; None if no supplier is enabled.
    """

    store: Store
    reader: CrmReader
    writers: Writers | None
    clock: Clock
    company: Company
    limits: Limits
    progress: Callable[[], None] = idle
    books: LedgerScan | None = None
    stock: SupplierStock | None = None

    def known_company(self) -> Company:
        """Return the company with the staff and programs that were observed."""
        me = self.company.setup.me or self.store.keepsakes.get(ME) or ""
        mirror = self.store.mirror
        return self.company.with_observed(me, mirror.employees(), mirror.programs())


class Cycle:
    """Runs cycles for one account."""

    def __init__(self, desk: Desk) -> None:
        """Bind the ends."""
        self._desk = desk
        self._store = desk.store
        self._clock = desk.clock

    def run(self, stopping: Callable[[], bool] = never) -> CycleReport:
        """Run one cycle.

        Args:
            stopping: Asked before each send; True leaves the rest for the next time.

        Raises:
            AccessDenied: The CRM refused our credentials.
        """
        began = self._clock.monotonic()
        self._clock_must_go_on()
        looked_before = self._store.cursors.get(DEALS)
        observed = self._observer().observe()
        if self._desk.company.hears_events:
            note_silence(
                self._store,
                self._desk.company.calendar,
                self._clock.now(),
                changed=bool(observed.counts.get(DEALS) or observed.counts.get(TASKS)),
                looked_before=looked_before,
            )
        books = self._desk.books
        ledger = None if books is None else books.run(self._clock.now())
        decided, guard = Deliberation(), None
        if observed.is_whole:
            self._decide_all_after_a_change_of_rules()
            self._ask_suppliers()
            try:
                decided = self._decider().decide_due()
            except GuardTripped as exc:
                guard = str(exc)
                log.warning("guard.tripped", error=guard)
        self._store.keepsakes.put(GUARD, guard or "")
        acted = self._act(stopping)
        if self._store.recovery is not None and observed.is_whole and guard is None:
            self._store.end_recovery()  # every object was read and decided with look-ups on
        self._store.keepsakes.put(LAST_CYCLE, self._clock.now().isoformat())
        report = CycleReport(
            observed=observed,
            ledger=ledger,
            decided=decided,
            acted=acted,
            guard=guard,
            seconds=self._clock.monotonic() - began,
        )
        log.info(
            "cycle.finished",
            changed=sum(report.counts.values()),
            decided=decided.objects,
            intents=len(decided.new),
            acted=len(acted),
            unavailable=len(report.unavailable),
            seconds=round(report.seconds, 3),
        )
        return report

    def _ask_suppliers(self) -> None:
        """Look at sources, answer lines of deals; a memory that fails only makes both old."""
        desk = self._desk
        if desk.stock is None:
            return
        try:
            company = desk.known_company()
            desk.stock.run(self._store, company, self._clock.now(), desk.progress)
        except (ConnectorError, StateError) as exc:
            log.warning("source.unavailable", source="stock", error=str(exc))

    def _observer(self) -> Observer:
        desk = self._desk
        return Observer(desk.store, desk.reader, desk.clock, desk.company, desk.progress)

    def _decider(self) -> Decider:
        desk = self._desk
        return Decider(desk.store, desk.reader, desk.clock, desk.known_company(), desk.progress)

    def _decide_all_after_a_change_of_rules(self) -> None:
        """Have every open object looked at again when the configuration is another one."""
        version = self._desk.company.version
        if self._store.keepsakes.get(LOADED_VERSION) == version:
            return
        now, mirror = self._clock.now(), self._store.mirror
        after = ""
        while batch := mirror.open_deals(after):
            with self._store.transaction():
                mirror.dirty.mark((ObjectRef(kind="deal", id=id_) for id_ in batch), now)
            after = batch[-1]
            self._desk.progress()
        clients = mirror.clients_without_deals(self._desk.company.active_from)
        with self._store.transaction():
            mirror.dirty.mark((ObjectRef(kind="client", id=c.id) for c in clients), now)
        note_schedules(self._store, self._desk.company.ruleset.rules, now)
        clock_rules = [rule.id for rule in self._desk.company.ruleset.rules if rule.schedule]
        with self._store.transaction():
            mirror.dirty.mark((ObjectRef(kind=SCHEDULE, id=id_) for id_ in clock_rules), now)
        self._store.keepsakes.put(LOADED_VERSION, version)

    def _act(self, stopping: Callable[[], bool]) -> tuple[Acted, ...]:
        if self._desk.writers is None:
            return ()
        summary = act(
            self._store, self._desk.writers, self._clock, self._desk.limits, stopping=stopping
        )
        self._read_again([obj for obj in summary.recheck if obj.kind in _READABLE])
        return summary.acted

    def _read_again(self, objects: Sequence[ObjectRef]) -> None:
        """Read objects that the CRM called gone or hidden when we wrote to them."""
        try:
            for page in self._desk.reader.objects(objects) if objects else ():
                self._store.mirror.keep_page(page, self._clock.now())
        except ConnectorError as exc:
            log.warning("source.unavailable", source="megaplan.deals", error=str(exc))

    def _clock_must_go_on(self) -> None:
        """Refuse to work when the clock went back: due times would be judged twice."""
        last = self._store.keepsakes.get(LAST_CYCLE)
        if last is None:
            return
        if self._clock.now() < datetime.fromisoformat(last) - timedelta(minutes=5):
            raise GuardTripped(
                f"the clock went back behind the last cycle ({last}); correct it, or wait"
            )

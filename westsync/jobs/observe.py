"""Observing: what changed in the CRM since the last look goes into the mirror.

Deals and tasks are walked newest change first, back to the watermark minus an overlap; so an idle
poll costs one small page each. A source that cannot be read leaves its watermark where it was.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import structlog

from westsync.domain.intents import ObjectRef
from westsync.errors import AccessDenied, ConnectorError, UnexpectedReply
from westsync.jobs.hints import Hinted
from westsync.journal.cursors import TASKS, Cursor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from westsync.domain.records import Page
    from westsync.jobs.company import Company
    from westsync.journal.port import Store
    from westsync.ports import Clock, CrmReader

DEALS = "megaplan.deals"
CLIENTS = "megaplan.clients"
STAFF = "megaplan.staff"
HINTS = "megaplan.hints"
SWEEP = "megaplan.sweep"
PAYERS = "megaplan.payers"
ME = "megaplan.me"

STAFF_EVERY = timedelta(days=1)
_ID_BATCH = 20
_PLAUSIBLE_FROM = 20
_REST = timedelta(minutes=5)

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class Observation:
    """What one look brought.

    Attributes:
        counts: Source -> objects that must be decided again because of it.
        unavailable: (source, why) of what could not be read; decisions need deals and tasks.
        quarantined: Items that did not fit our model; the rest of their pages was used.
        touched: What must be decided again because of it.
    """

    counts: dict[str, int] = field(default_factory=dict)
    unavailable: list[tuple[str, str]] = field(default_factory=list)
    quarantined: int = 0
    touched: set[ObjectRef] = field(default_factory=set)

    @property
    def is_whole(self) -> bool:
        """Whether deals and tasks were seen; half a picture is not acted on."""
        return not any(source in {DEALS, TASKS, STAFF} for source, _ in self.unavailable)


class Observer:
    """Reads one account."""

    def __init__(
        self,
        store: Store,
        reader: CrmReader,
        clock: Clock,
        company: Company,
        progress: Callable[[], None],
    ) -> None:
        """Bind the ends; ``progress`` is called for each page."""
        self._progress = progress
        self._store = store
        self._reader = reader
        self._clock = clock
        self._company = company
        self._hinted = Hinted(store)

    def observe(self) -> Observation:
        """Read everything that is due to be read.

        Raises:
            AccessDenied: The CRM refused our credentials; a person acts.
        """
        seen = Observation()
        self._guarded(STAFF, seen, self._staff)
        self._guarded(DEALS, seen, lambda: self._walk(DEALS, self._reader.changed_deals, seen))
        self._guarded(TASKS, seen, lambda: self._walk(TASKS, self._reader.changed_tasks, seen))
        if self._clients_are_due(seen):
            self._guarded(
                CLIENTS, seen, lambda: self._walk(CLIENTS, self._reader.changed_clients, seen)
            )
        if seen.is_whole:
            self._hinted.settle()
            self._guarded(HINTS, seen, lambda: self._read_hinted(seen))
        if seen.is_whole and self._store.cursors.get(PAYERS) is not None:
            self._guarded(PAYERS, seen, lambda: self._requisites(seen))
        if seen.is_whole and self._sweep_is_due():
            self._guarded(SWEEP, seen, lambda: self._sweep(seen))
        return seen

    def _clients_are_due(self, seen: Observation) -> bool:
        """Return whether to ask for changed clients: it is time, or an event or a deal names one.

        The client of a new deal is often new himself, and people need his name and phone at once.
        """
        if self._is_due(CLIENTS, self._company.pace.clients) or self._hinted.names("client"):
            return True
        mirror = self._store.mirror
        deals = (mirror.deal(ref.id) for ref in seen.touched if ref.kind == "deal")
        clients = {deal.client_id for deal in deals if deal is not None} - {None}
        return any(client and mirror.client(client) is None for client in clients)

    def _read_hinted(self, seen: Observation) -> None:
        """Read by id what events named and no walk has shown changed.

        It is decided again although it may look unchanged: what changed can be a detail.
        """
        for page, hint in self._hinted.read(self._reader):
            self._keep(HINTS, page, seen)
            known = not page.gone and (page.deals or page.tasks or page.clients)
            with self._store.transaction():
                self._store.mirror.dirty.mark([hint.obj] if known else [], self._clock.now())

    # -- one source ----------------------------------------------------------------------------

    def _guarded(self, source: str, seen: Observation, read: Callable[[], None]) -> None:
        try:
            read()
        except AccessDenied:
            raise
        except ConnectorError as exc:
            seen.unavailable.append((source, str(exc)))
            self._store.keepsakes.put(_failed_key(source), self._clock.now().isoformat())
            log.warning("source.unavailable", source=source, error=str(exc))

    def _walk(
        self,
        source: str,
        changed: Callable[[datetime | None], Iterator[Page]],
        seen: Observation,
    ) -> None:
        """Walk changes back to the watermark; the cursor moves with the last page."""
        now = self._clock.now()
        cursor = self._store.cursors.get(source)
        position = cursor.position if cursor is not None else None
        newest = position
        listed = 0
        since = None if position is None else position - self._company.pace.overlap
        for page in changed(since):
            size = len(page.deals) + len(page.tasks) + len(page.clients)
            if size == 0 and listed == 0 and position is not None and not page.quarantined:
                # A walk always shows the newest objects again; none at all is a fault of the
                # server (contract 6), and nothing may be concluded from it.
                raise UnexpectedReply(source, "list", "the list is suddenly empty")
            listed += size
            newest = max(filter(None, (newest, page.newest_at)), default=None)
            with self._store.transaction():
                self._keep(source, page, seen)
                if page.is_last:
                    cursor = Cursor(position=newest, at=now, listed_count=listed)
                    self._store.cursors.save(source, cursor)

    def _keep(self, source: str, page: Page, seen: Observation) -> None:
        touched = self._store.mirror.keep_page(page, self._clock.now())
        seen.touched.update(touched)
        self._hinted.shown(page, touched)
        seen.counts[source] = seen.counts.get(source, 0) + len(touched)
        seen.quarantined += len(page.quarantined)
        self._progress()
        for item, why in page.quarantined:
            log.warning("item.quarantined", source=source, object=item, error=why)

    def _is_due(self, source: str, every: timedelta) -> bool:
        """Return whether a source was not read for so long; a failure is let rest as well."""
        now = self._clock.now()
        failed = self._store.keepsakes.get(_failed_key(source))
        if failed is not None and now - datetime.fromisoformat(failed) < min(every, _REST):
            return False
        cursor = self._store.cursors.get(source)
        return cursor is None or now - cursor.at >= every

    # -- staff and payers ----------------------------------------------------------------------

    def _staff(self) -> None:
        """Read who works here and what the programs are, once a day."""
        if not self._is_due(STAFF, STAFF_EVERY):
            return
        now = self._clock.now()
        employees = self._reader.employees()
        programs = self._reader.programs()
        me = self._reader.me()
        with self._store.transaction():
            self._store.mirror.keep_employees(employees)
            self._store.mirror.keep_programs(programs)
            self._store.cursors.save(
                STAFF, Cursor(position=None, at=now, listed_count=len(employees))
            )
        self._store.keepsakes.put(ME, me.id)

    def _payers(self) -> None:
        now = self._clock.now()
        count = 0
        for payers in self._reader.payers():
            self._store.mirror.keep_payers(payers, now)
            count += len(payers)
        with self._store.transaction():
            self._store.cursors.save(PAYERS, Cursor(position=None, at=now, listed_count=count))

    def _requisites(self, seen: Observation) -> None:
        """Read the payers of organisations whose INN is missed by a deal that moves (contract 4.7).

        No list shows a new payer, and all of them are walked only at night.
        """
        lacking = self._store.mirror.clients_lacking_inn(seen.touched)
        for payers in self._reader.payers_of(lacking) if lacking else ():
            if payers:
                self._store.mirror.keep_payers(payers, self._clock.now())
            self._progress()

    # -- the nightly sweep ---------------------------------------------------------------------

    def _sweep_is_due(self) -> bool:
        """Return whether ``full_sweep_at`` has passed since the last sweep."""
        cursor = self._store.cursors.get(SWEEP)
        if cursor is None or not self._is_due(SWEEP, timedelta(hours=1)):
            return self._is_due(SWEEP, timedelta(hours=1))
        zone = self._company.setup.zone
        now = self._clock.now().astimezone(zone)
        at = time.fromisoformat(self._company.pace.sweep_at)
        latest = datetime.combine(now.date(), at, zone)
        if latest > now:
            latest -= timedelta(days=1)
        return cursor.at < latest.astimezone(UTC)

    def _sweep(self, seen: Observation) -> None:
        """Read everything once: what the lists no longer show is asked for one by one."""
        now = self._clock.now()
        if self._store.cursors.get(SWEEP) is not None:  # else everything was read just now
            self._sweep_deals(seen)
            for page in self._reader.changed_clients(None):
                self._keep(CLIENTS, page, seen)
        self._payers()
        with self._store.transaction():
            self._store.cursors.save(SWEEP, Cursor(position=None, at=now))

    def _sweep_deals(self, seen: Observation) -> None:
        listed: set[str] = set()
        for page in self._reader.changed_deals(None):
            self._keep(DEALS, page, seen)
            listed |= {deal.id for deal in page.deals}
        vanished = [deal_id for deal_id in self._open_deals() if deal_id not in listed]
        self._must_be_plausible(len(vanished))
        for begin in range(0, len(vanished), _ID_BATCH):
            batch = vanished[begin : begin + _ID_BATCH]
            refs = [ObjectRef(kind="deal", id=deal_id) for deal_id in batch]
            for page in self._reader.objects(refs):
                self._store.mirror.keep_page(page, self._clock.now())

    def _open_deals(self) -> Iterator[str]:
        after = ""
        while batch := self._store.mirror.open_deals(after):
            yield from batch
            after = batch[-1]

    def _must_be_plausible(self, vanished: int) -> None:
        known = self._store.mirror.open_deals_count()
        if known >= _PLAUSIBLE_FROM and vanished > known * self._company.guards.open_deals_drop:
            raise UnexpectedReply(
                DEALS, "sweep", f"{vanished} of {known} open deals are suddenly not listed"
            )


def _failed_key(source: str) -> str:
    return f"{source}.failed_at"

"""Observing the money: windows of 1C's documents go into the ledger mirror (1C contract 4.11).

1C tells no moments of change, so windows are read again and compared. A window is read to its end
or nothing of it is kept; one that had documents and shows none is not believed. Payments are read
before invoices: the invoice that a payment names is then always there when money is placed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog

from westsync.domain.settlement.values import Terms
from westsync.errors import AccessDenied, ConnectorError, Unavailable
from westsync.jobs.awaited_papers import AwaitedPapers
from westsync.jobs.ledger_mended import retry_posted
from westsync.jobs.ledger_standing import keep_recovery, keep_trouble
from westsync.jobs.ledger_walk import KEYS_AT_ONCE, SOURCE, Walker, source_of
from westsync.jobs.ledger_windows import KINDS, Pace, Tier
from westsync.jobs.settle import settle_changed
from westsync.journal.cursors import Cursor
from westsync.journal.ledger import CLIENT, Kind, Pass
from westsync.ports import nothing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    from westsync.domain.settlement.values import PaymentChange
    from westsync.journal.port import Store
    from westsync.ports import Clock
    from westsync.ports.ledger import LedgerReader

_BY_KEY = f"{SOURCE}.by_key"
_FAILED, _DENIED = f"{SOURCE}.failed_at", f"{SOURCE}.denied"
_DENIED_LOGIN = f"{SOURCE}.denied_login"
_TERMS = f"{SOURCE}.terms"
# After a failure 1C is let rest; a password that was refused twice may lock the user (2.2).
_REST, _REST_DENIED = timedelta(minutes=2), timedelta(hours=6)
_DENIALS = 2

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class LedgerObservation:
    """What one look at 1C brought.

    Attributes:
        tier: Which windows were read; None if nothing was due.
        counts: Source -> documents that are new, changed or gone.
        unavailable: (source, why) of what could not be read; nothing of it was kept.
        changes: Invoices that are paid otherwise than before (``invoice.payment_changed``).
        questions: How many payments of the clients that were settled nobody could place.
    """

    tier: Tier | None = None
    counts: dict[str, int] = field(default_factory=dict)
    unavailable: list[tuple[str, str]] = field(default_factory=list)
    changes: list[PaymentChange] = field(default_factory=list)
    questions: int = 0


class LedgerScan:
    """Reads one account's 1C."""

    def __init__(
        self,
        store: Store,
        reader: LedgerReader,
        clock: Clock,
        *,
        pace: Pace | None = None,
        terms: Terms | None = None,
        kinds: Sequence[Kind] = KINDS,
        papers: AwaitedPapers | None = None,
        login: str = "",
        progress: Callable[[], None] = nothing,
    ) -> None:
        """Bind the ends.

        Args:
            store: One account's.
            reader: 1C by its configured channels.
            clock: For the moment a document was seen.
            pace: How often and how far back.
            terms: How strictly money is matched.
            kinds: What the channels tell; the facts of the others stay unknown.
            papers: Tells who waits for shipping papers; None: nobody ever does.
            login: Sign of the user and the password: a refusal of others does not count.
            progress: Called for each page and each party.
        """
        self._store = store
        self._reader = reader
        self._clock = clock
        self._pace = pace or Pace()
        self._terms = terms or Terms()
        self._kinds = frozenset(kinds)
        self._papers = papers or AwaitedPapers(store)
        self._login = login
        self._progress = progress
        self._walker = Walker(store, reader, clock, self._pace, progress)

    @property
    def reader(self) -> LedgerReader:
        """1C by its configured channels, for who reads other windows."""
        return self._reader

    @property
    def terms(self) -> Terms:
        """How strictly money is matched."""
        return self._terms

    @property
    def zone(self) -> ZoneInfo:
        """Of the 1C server."""
        return self._pace.zone

    @property
    def kinds(self) -> frozenset[Kind]:
        """What the channels tell."""
        return self._kinds

    def run(self, now: datetime) -> LedgerObservation:
        """Read what is due, place the money, and mark the deals that it concerns.

        Args:
            now: The present (aware).

        Returns:
            What came of it; 1C being away is no error here, it leaves everything as it was.
        """
        seen = LedgerObservation()
        self._settle_anew_by_other_terms()
        resting = self._rests_until(now)
        if resting is not None:
            seen.unavailable.append((SOURCE, f"failed, and is let rest until {resting:%H:%M:%S}Z"))
            return seen
        tier = self._due(now)
        if tier is not None:
            self._scan(tier, now, seen)
        if seen.counts.get(source_of(Kind.INVOICES)):
            retry_posted(self._store, now)
        # Money without its invoices, or the other way round, is half a picture.
        if not seen.unavailable and self._store.ledger.unsettled(1):
            placed = settle_changed(self._store, self._terms, now, self._progress)
            seen.changes, seen.questions = placed.changes, placed.questions
        return seen

    def _settle_anew_by_other_terms(self) -> None:
        """Have all money placed again when the settings of matching are others than before."""
        terms = f"{self._terms.tolerance} {self._terms.match_by_amount}"
        if self._store.keepsakes.get(_TERMS) != terms:
            self._store.ledger.unsettle_all()
            self._store.keepsakes.put(_TERMS, terms)

    # -- what is due ---------------------------------------------------------------------------

    def is_due(self, now: datetime) -> bool:
        """Return whether a run would ask 1C for anything now."""
        return self._rests_until(now) is None and self._due(now) is not None

    def _due(self, now: datetime) -> Tier | None:
        """Return the widest windows whose time has come; wider ones contain the others."""
        for tier in (Tier.COLD, Tier.WARM, Tier.HOT):
            cursor = self._store.cursors.get(f"{SOURCE}.{tier}")
            if cursor is None or cursor.at < self._pace.last_due(tier, now):
                return tier
        return None

    def _rests_until(self, now: datetime) -> datetime | None:
        """Return until when 1C is not asked because it failed; None if it may be asked."""
        failed = self._store.keepsakes.get(_FAILED)
        if not failed:
            return None
        is_locked = self._denials() >= _DENIALS
        until = datetime.fromisoformat(failed) + (_REST_DENIED if is_locked else _REST)
        return until if now < until else None

    def _denials(self) -> int:
        """Return how often in a row this user and password were refused."""
        if self._store.keepsakes.get(_DENIED_LOGIN) != self._login:
            return 0
        return int(self._store.keepsakes.get(_DENIED) or 0)

    # -- one scan ------------------------------------------------------------------------------

    def _scan(self, tier: Tier, now: datetime, seen: LedgerObservation) -> None:
        seen.tier = tier
        for kind in KINDS:
            if kind in self._kinds and kind in tier.kinds and not seen.unavailable:
                read = partial(self._walk, kind, tier, now, seen)
                self._guarded(source_of(kind), seen, read)
        if tier is Tier.HOT and Kind.SHIPMENTS in self._kinds and not seen.unavailable:
            awaited = self._papers.back_to(now)
            if awaited is not None:
                read = partial(self._walk, Kind.SHIPMENTS, tier, now, seen, awaited)
                self._guarded(source_of(Kind.SHIPMENTS), seen, read)
        if not seen.unavailable and Kind.INVOICES in self._kinds:
            self._guarded(_BY_KEY, seen, partial(self._by_key, now, seen))
        if not seen.unavailable:
            self._finish(tier, now)

    def _finish(self, tier: Tier, now: datetime) -> None:
        with self._store.transaction():
            for covered in tier.covers:
                self._store.cursors.save(f"{SOURCE}.{covered}", Cursor(position=None, at=now))
        for key in (_FAILED, _DENIED):
            self._store.keepsakes.put(key, "")
        keep_recovery(self._store, now)

    def _guarded(self, source: str, seen: LedgerObservation, read: Callable[[], None]) -> None:
        try:
            read()
        except ConnectorError as exc:
            seen.unavailable.append((source, str(exc)))
            if isinstance(exc, AccessDenied):
                self._store.keepsakes.put(_DENIED, str(self._denials() + 1))
                self._store.keepsakes.put(_DENIED_LOGIN, self._login)
            failed_at = self._clock.now()
            self._store.keepsakes.put(_FAILED, failed_at.isoformat())
            keep_trouble(self._store, exc, failed_at)
            if isinstance(exc, Unavailable):
                log.warning("source.unavailable", source=source, error=str(exc))
            else:
                log.error("source.refused", source=source, error=str(exc))  # noqa: TRY400 - rights or composition: a person acts (contract 4.6); no stack helps

    def _walk(
        self,
        kind: Kind,
        tier: Tier,
        now: datetime,
        seen: LedgerObservation,
        back_to: date | None = None,
    ) -> None:
        """Read a window to its end, and only then keep what is new of it."""
        began = self._clock.now()
        walked, listed = self._walker.walk(kind, tier, now, back_to)
        source = source_of(kind)
        with self._store.transaction():
            new, gone = self._store.ledger.keep(walked, began)
            self._store.cursors.save(source, Cursor(position=None, at=began, listed_count=listed))
        seen.counts[source] = seen.counts.get(source, 0) + new + gone

    def _by_key(self, now: datetime, seen: LedgerObservation) -> None:
        """Read open invoices that the warm window does not reach, a few every hour."""
        cursor = self._store.cursors.get(_BY_KEY)
        if cursor is not None and now - cursor.at < self._pace.warm:
            return
        before = self._pace.window(Tier.WARM, now).since
        refs = self._store.ledger.open_invoices(CLIENT, before, KEYS_AT_ONCE)
        found = {ref: self._reader.invoice(ref) for ref in refs}
        fresh = [invoice for invoice in found.values() if invoice is not None]
        walked = Pass(
            kind=Kind.INVOICES,
            changed=tuple(self._store.ledger.changed(Kind.INVOICES, fresh)),
            deleted=[ref for ref in refs if found[ref] is None],
        )
        with self._store.transaction():
            new, gone = self._store.ledger.keep(walked, self._clock.now())
            self._store.ledger.note_looked_at(refs, now)
            self._store.cursors.save(_BY_KEY, Cursor(position=None, at=now))
        source = source_of(Kind.INVOICES)
        seen.counts[source] = seen.counts.get(source, 0) + new + gone

"""Walking one window of 1C's documents: what is new, what is gone, and whether to believe it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from westsync.errors import Unavailable
from westsync.jobs.ledger_windows import Pace, Tier, Window
from westsync.journal.ledger import Kind, Pass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from westsync.domain.ledger import LedgerInvoice, LedgerRef
    from westsync.journal.ledger_documents import Document
    from westsync.journal.port import Store
    from westsync.ports import Clock
    from westsync.ports.ledger import LedgerReader

SOURCE = "onec"
KEYS_AT_ONCE = 50
_PLAUSIBLE_FROM, _PLAUSIBLE_SHARE = 20, 0.5
_BELIEVED_AFTER = timedelta(hours=1)


def source_of(kind: Kind) -> str:
    """Return the name under which a kind of document has its age, e.g. ``onec.payments``."""
    return f"{SOURCE}.{kind}"


class _Reading:
    """What a walk through a window showed, beside what is kept of it."""

    def __init__(self, known: frozenset[LedgerRef]) -> None:
        self.known = known
        self.shown: set[LedgerRef] = set()
        self.changed: dict[LedgerRef, Document] = {}

    @property
    def lost(self) -> frozenset[LedgerRef]:
        return self.known - self.shown

    @property
    def is_empty(self) -> bool:
        return 0 < len(self.known) == len(self.lost)

    @property
    def lacks_many(self) -> bool:
        lost = len(self.lost)
        return lost >= _PLAUSIBLE_FROM and lost > len(self.known) * _PLAUSIBLE_SHARE


def _asks_for_more(kind: Kind, reading: _Reading) -> bool:
    """Return whether what a window does not show may stand in a wider one (1C contract 4.11).

    An invoice is asked for by its key instead; money that got another date must not look lost.
    """
    is_moved = kind is not Kind.INVOICES and bool(reading.lost)
    return is_moved or reading.is_empty or reading.lacks_many


class Walker:
    """Walks windows of one account's 1C and compares them with the mirror."""

    def __init__(
        self,
        store: Store,
        reader: LedgerReader,
        clock: Clock,
        pace: Pace,
        progress: Callable[[], None],
    ) -> None:
        """Bind the ends; ``progress`` is called for each page."""
        self._store = store
        self._reader = reader
        self._clock = clock
        self._pace = pace
        self._progress = progress

    def walk(
        self, kind: Kind, tier: Tier, now: datetime, back_to: date | None = None
    ) -> tuple[Pass, int]:
        """Return what is to be kept of a whole walk, and how many documents it showed.

        Args:
            kind: Which documents.
            tier: How wide the window is.
            now: The present (aware).
            back_to: The window begins no later than this, though never before that of the next
                wider tier; None leaves it as wide as its tier.

        Raises:
            Unavailable: 1C is away, or what it shows is not believed.
        """
        reading = self._read(kind, self._window(tier, now, back_to))
        while _asks_for_more(kind, reading) and tier is not Tier.COLD:
            # Perhaps the last document of a few days was deleted, or one got another date; a
            # wider look tells.
            tier = tier.wider
            reading = self._read(kind, self._pace.window(tier, now))
        self._must_be_plausible(kind, reading)
        deleted, moved = self._look_up(kind, reading.lost)
        fresh = {one.ref: one for one in self._store.ledger.changed(kind, moved)}
        walked = Pass(
            kind=kind,
            changed=tuple((reading.changed | fresh).values()),
            deleted=deleted,
            missing=reading.lost - deleted - {one.ref for one in moved},
        )
        return walked, len(reading.shown)

    def _window(self, tier: Tier, now: datetime, back_to: date | None) -> Window:
        window = self._pace.window(tier, now)
        if back_to is None:
            return window
        earliest = max(back_to, self._pace.window(tier.wider, now).since)
        return replace(window, since=min(window.since, earliest))

    def _read(self, kind: Kind, window: Window) -> _Reading:
        reading = _Reading(self._store.ledger.refs(kind, window.since, window.until))
        for page in self._pages(kind, window):
            reading.shown |= {document.ref for document in page}
            reading.changed |= {one.ref: one for one in self._store.ledger.changed(kind, page)}
            self._progress()
        return reading

    def _pages(self, kind: Kind, window: Window) -> Iterator[Sequence[Document]]:
        match kind:
            case Kind.PAYMENTS:
                yield from self._reader.payments(window.since, window.until)
            case Kind.INVOICES:
                yield from self._reader.invoices(window.since, window.until)
            case Kind.SUPPLIER_INVOICES:
                yield from self._reader.supplier_invoices(window.since, window.until)
            case Kind.SHIPMENTS:
                yield from self._reader.shipments(window.since, window.until)

    def _must_be_plausible(self, kind: Kind, reading: _Reading) -> None:
        """Refuse the widest window if it is suddenly empty: rights were lost (1C contract 8.3).

        A few documents may really have been deleted: a small window that stays empty for an hour,
        while the base says that it is well, is believed.
        """
        key = f"{source_of(kind)}.doubted_at"
        if not reading.is_empty and not reading.lacks_many:
            self._store.keepsakes.put(key, "")
            return
        now = self._clock.now()
        doubted = self._store.keepsakes.get(key) or now.isoformat()
        self._store.keepsakes.put(key, doubted)
        self._reader.health()  # says by itself what is wrong, if it knows
        is_old = now - datetime.fromisoformat(doubted) >= _BELIEVED_AFTER
        if is_old and not reading.lacks_many:
            return
        raise Unavailable(
            SOURCE,
            f"read {kind}",
            f"{len(reading.lost)} of {len(reading.known)} documents are suddenly not shown; look "
            "whether the user still has his rights and the objects are still in the composition "
            "of the OData interface",
        )

    def _look_up(
        self, kind: Kind, lost: frozenset[LedgerRef]
    ) -> tuple[frozenset[LedgerRef], list[LedgerInvoice]]:
        """Ask by key for invoices that a window no longer shows: deleted, or of another date."""
        if kind is not Kind.INVOICES:
            return frozenset(), []
        asked = sorted(lost)[:KEYS_AT_ONCE]
        found = {ref: self._reader.invoice(ref) for ref in asked}
        moved = [invoice for invoice in found.values() if invoice is not None]
        return frozenset(ref for ref in asked if found[ref] is None), moved

"""A stock memory and staged price lists for its tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.fakes.clock import NOON
from westsync.domain.stock import Availability, Offer, SourceId, StockStatus, Verdict
from westsync.journal.stock_loading import Arrival
from westsync.ports.staged_rows import write_rows
from westsync.ports.stock import Finding, ReadingSummary
from westsync.ports.stock_rows import COLUMNS, row_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from westsync.domain.stock import SnapshotId
    from westsync.journal.stock import StockStore

LIRA = SourceId("lira")
IN_STOCK = Availability(status=StockStatus.IN_STOCK, qty_min=5, qty_max=5)


def an_offer(**fields: Any) -> Offer:
    return Offer(**{"availability": IN_STOCK, **fields})


def staged(path: Path, offers: Iterable[Offer]) -> Path:
    """Write offers as a reader's child does."""
    return write_rows(path, (tuple(row_of(offer)[name] for name in COLUMNS) for offer in offers))


def loaded(
    store: StockStore,
    offers: Sequence[Offer],
    *,
    source: SourceId = LIRA,
    verdict: Verdict = Verdict.ACCEPTED,
    findings: Sequence[Finding] = (),
    sha256: str = "aa",
    at: datetime = NOON,
    stated: bool = True,
    manual: bool = False,
) -> SnapshotId:
    """Load a list as the job does."""
    path = staged(store.folder / "staging.db", offers)
    snapshot = store.loading.begin(
        Arrival(source=source, fetched_at=at, sha256=sha256, size=1, manual=manual, revision="r1")
    )
    in_stock = sum(offer.availability == IN_STOCK for offer in offers)
    summary = ReadingSummary(staging=path, kind="csv", items=len(offers), in_stock=in_stock)
    store.loading.stage(snapshot, summary, as_of=at, stated=stated)
    store.loading.decide(snapshot, verdict, findings, by="guards", at=at)
    return snapshot

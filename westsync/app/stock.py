"""Supplier stock of a configuration: its sources, its memory, who fetches, reads and answers."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from westsync.app.stock_reading import ProfileReader, source_of
from westsync.connectors.suppliers.reading.results import Reading
from westsync.connectors.suppliers.reading.staging import offers
from westsync.domain.places import did_you_mean
from westsync.jobs.stock import StockRefresh
from westsync.jobs.stock_lookup import StockLookup
from westsync.journal.stock import open_stock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from westsync.connectors.suppliers.profile import Profile
    from westsync.connectors.suppliers.reading.results import Refusal
    from westsync.domain.matching.brands import BrandTable
    from westsync.domain.stock import Offer, SourceId
    from westsync.jobs.portal_questions import PortalQuestions
    from westsync.journal.stock import StockStore
    from westsync.ports import Clock
    from westsync.ports.stock import Judgement, PortalKeeper, SourceFetcher, StockSource

_SAMPLE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierAccess:
    """What a configuration says of suppliers, and how they are reached.

    Attributes:
        profiles: One per file of ``config/suppliers``.
        brands: The spellings of brands.
        fetcher: Gets files.
        by_brand: Canonical key of a brand -> ids of sources or suppliers that carry it.
        portal: Searches portals; None if no source has one.
        zone: Of the office, on whose clock sources have their hours.
    """

    profiles: Sequence[Profile]
    brands: BrandTable
    fetcher: SourceFetcher
    zone: ZoneInfo
    by_brand: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    portal: PortalKeeper | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """How a file of a source is read, without keeping it (suppliers contract 13).

    Attributes:
        outcome: The reading with its header, texts and counts; or why the file is unusable.
        judgement: What the guards would say.
        sample: The first offers.
    """

    source: StockSource
    outcome: Reading | Refusal
    judgement: Judgement
    sample: tuple[Offer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StockDesk:
    """Everything that works with supplier stock.

    Attributes:
        sources: By id, in the order of the files.
        refresh: Loads sources.
        lookup: Answers questions.
    """

    suppliers: SupplierAccess
    sources: Mapping[SourceId, StockSource]
    store: StockStore
    refresh: StockRefresh
    lookup: StockLookup
    reader: ProfileReader
    clock: Clock

    def source(self, name: str) -> StockSource:
        """Return the source with an id.

        Raises:
            LookupError: There is none; the text names the nearest.
        """
        for source in self.sources.values():
            if source.id == name:
                return source
        known = [str(id_) for id_ in self.sources]
        hint = did_you_mean(name, known) or f"known are: {', '.join(known) or 'none'}"
        raise LookupError(f"there is no source '{name}'; {hint}")

    def check(self, source: StockSource, path: Path | None = None) -> Checked:
        """Read a file of a source and keep nothing of it.

        Args:
            source: By whose profile it is read.
            path: The file; None: fetch it.

        Raises:
            ConnectorError: It cannot be fetched.
        """
        with tempfile.TemporaryDirectory(prefix="check-") as folder:
            work = Path(folder)
            name, modified_at, sha256 = (path.name if path else ""), None, ""
            if path is None:
                file = self.suppliers.fetcher.fetch(source.id, into=work, state="")
                if file is None:
                    raise LookupError(f"{source.id}: the source gave no file; try again")
                path, name = file.path, file.name
                modified_at, sha256 = file.modified_at, file.sha256
            read = self.reader.read(source.id, path, name=name, staging=work / "staging.rows")
            now = self.clock.now()
            as_of = read.outcome.as_of if isinstance(read.outcome, Reading) else None
            judgement = read.judge(
                self.store.snapshots.past(source.id, sha256),
                as_of=as_of or modified_at or now,
                now=now,
            )
            sample: tuple[Offer, ...] = ()
            if isinstance(read.outcome, Reading):
                sample = tuple(offers(work / "staging.rows", limit=_SAMPLE))
            return Checked(source=source, outcome=read.outcome, judgement=judgement, sample=sample)


@contextmanager
def open_desk(
    suppliers: SupplierAccess,
    folder: Path,
    clock: Clock,
    questions: PortalQuestions | None = None,
) -> Iterator[StockDesk]:
    """Open the stock memory and everything that works with it.

    Args:
        suppliers: Who they are and how they are reached.
        folder: Of the state file; ``stock.db`` stands beside it.
        clock: For ages.
        questions: Where look-ups leave what only portals can answer.

    Raises:
        StateError: The stock file is damaged, too new or not ours.
        Unavailable: The disk is full or fails.
    """
    profiles = {profile.id: profile for profile in suppliers.profiles}
    sources = {id_: source_of(profile) for id_, profile in profiles.items()}
    reader = ProfileReader(profiles, clock)
    # Answers come over a connection of their own: a load on the other one is not waited for.
    with (
        open_stock(folder, suppliers.brands) as store,
        open_stock(folder, suppliers.brands) as answering,
    ):
        yield StockDesk(
            suppliers=suppliers,
            sources=sources,
            store=store,
            refresh=StockRefresh(store, suppliers.fetcher, reader, clock),
            lookup=StockLookup(answering, sources.values(), clock, suppliers.portal, questions),
            reader=reader,
            clock=clock,
        )

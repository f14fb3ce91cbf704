"""What the inside asks of suppliers: their files, the reading of a file, their portals.

Every method raises only the errors of `westsync.errors`. What is wrong with a file is no error but
a verdict: the last good snapshot stays and a person is told.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import TYPE_CHECKING, Protocol

from westsync.domain.matching.questions import MatchPolicy

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from westsync.domain.matching.questions import Question
    from westsync.domain.stock import Offer, SourceId, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierContact:
    """The supplier's manager, whom a person asks when the data do not answer.

    Attributes:
        hours: As people say it: ``Mon-Fri 10:00-18:00``.
    """

    name: str = ""
    email: str = ""
    phone: str = ""
    messenger: str = ""
    hours: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """When a source is fetched.

    Attributes:
        every: Pause between two fetches; None: by hand or on demand only.
        window: Opening and end of the hours of fetching, wall clock of the office; None: always.
        days: Weekdays, 0 is Monday.
    """

    every: timedelta | None = None
    window: tuple[time, time] | None = None
    days: frozenset[int] = frozenset(range(7))


@dataclass(frozen=True, slots=True, kw_only=True)
class Borrowing:
    """Fields that another source of the same supplier completes (suppliers contract 13.5).

    Attributes:
        source: The other source.
        on: Field that is equal in both.
        take: Fields that are taken from there where ours are empty.
    """

    source: SourceId
    on: str = "supplier_code"
    take: tuple[str, ...] = ("prices",)


@dataclass(frozen=True, slots=True, kw_only=True)
class StockSource:
    """What the jobs know of one source; the rest of its profile is the connectors'.

    Attributes:
        supplier: Id of the supplier several sources belong to.
        names: What our products call the supplier, besides id, supplier and title.
        revision: Hash of the profile.
        fetches: It has files, or an interface, and so snapshots.
        by_hand: A person brings the files; nothing is fetched.
        asks_portal: It has a portal that can be searched.
        is_api: What is fetched comes from an interface, not as a file.
        max_age: Older data promise nothing.
        max_unchanged: The same bytes for longer are worth a warning.
        absence: What a missing row says: ``out``, ``unknown`` or ``unchanged``.
        cache: How long a portal's answer is reused.
    """

    id: SourceId
    title: str = ""
    supplier: str = ""
    names: tuple[str, ...] = ()
    revision: str = ""
    enabled: bool = True
    fetches: bool = True
    by_hand: bool = False
    asks_portal: bool = False
    is_api: bool = False
    timing: Timing = Timing()
    policy: MatchPolicy = field(default_factory=MatchPolicy)
    max_age: timedelta = timedelta(days=3)
    max_unchanged: timedelta = timedelta(days=4)
    absence: str = "unknown"
    cache: timedelta = timedelta(hours=2)
    borrows: Borrowing | None = None
    contact: SupplierContact = SupplierContact()


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedFile:
    """One file as it came.

    Attributes:
        name: What it was called where it came from; it may hold the moment of the data.
        sha256: Hex hash of its bytes.
        size: Bytes.
        modified_at: When the other side changed it (UTC); None if it does not say.
        state: What the fetcher wants to be told the next time (ETag, bookmark); opaque text.
    """

    path: Path
    name: str
    sha256: str
    size: int
    modified_at: datetime | None = None
    state: str = ""


class SourceFetcher(Protocol):
    """Gets the file of a source."""

    def fetch(self, source: SourceId, *, into: Path, state: str) -> FetchedFile | None:
        """Fetch the file into a folder; None: it did not change since `state`.

        Raises:
            Unavailable: Nobody answered, or the upload is in progress; try later.
            AccessDenied: A password or token was refused; a person acts.
            Rejected: The address is wrong.
            UnexpectedReply: What came is no file (a log-in page).
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What is known of the snapshots of a source that were accepted (suppliers contract 10).

    Attributes:
        items: Of the last five, newest first.
        in_stock: Of the last one.
        fingerprint: Of its headers. `revision`: of the profile it was read by.
        former: Walks its rows once: strict key (the supplier's, else the maker's) and the JSON of
            its prices.
        unchanged_since: Since when (UTC) the very same bytes come; None: they are new.
    """

    items: tuple[int, ...]
    in_stock: int
    fingerprint: str = ""
    revision: str = ""
    former: Iterable[tuple[str, str | None]] = ()
    unchanged_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing a guard found: its code, what it alone leads to, figures and cure in English."""

    code: str
    verdict: Verdict
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The verdict on a reading, with its findings, the worst first."""

    verdict: Verdict
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingSummary:
    """What a reading counts to.

    Attributes:
        staging: The file with the offers (`westsync.ports.staged_rows`).
        kind: What the file is by its content.
        fingerprint: Hash of its headers.
        as_of: Moment (UTC) the supplier states; None if none is stated.
        is_delta: Rows that are missing are unchanged.
    """

    staging: Path
    kind: str = ""
    items: int = 0
    in_stock: int = 0
    fingerprint: str = ""
    as_of: datetime | None = None
    is_delta: bool = False


class FileReading(Protocol):
    """One file, read or found unusable.

    Attributes:
        summary: None if the file is unusable; `judge` then says why.
    """

    @property
    def summary(self) -> ReadingSummary | None:
        """What it counts to; None if the file is unusable."""
        ...

    def judge(self, past: Past | None, *, as_of: datetime, now: datetime) -> Judgement:
        """Return the verdict beside the past; `past` is None before the first acceptance."""
        ...


class SourceReader(Protocol):
    """Reads a fetched file in a process that cannot harm us."""

    def read(self, source: SourceId, path: Path, *, name: str, staging: Path) -> FileReading:
        """Read a file; whatever is in it, this raises nothing.

        Args:
            source: By whose profile it is read.
            path: The file.
            name: What it was called where it came from.
            staging: File to create.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalRows:
    """What a portal showed for one question.

    Attributes:
        rows: Offers as its search returned them; a single one is no match by itself.
        as_of: Moment (UTC) of the answer.
    """

    rows: tuple[Offer, ...]
    as_of: datetime


class PortalReader(Protocol):
    """Searches a supplier's web portal, slowly."""

    def look_up(self, source: SourceId, question: Question) -> PortalRows:
        """Search by article, then by name.

        Raises:
            Unavailable: Maintenance, too many requests, outside its hours; try later.
            AccessDenied: The password was refused, a captcha or a block; the source stops until
                a person acts.
            UnexpectedReply: The page does not look as it did; a person corrects the profile.
        """
        ...


class PortalKeeper(PortalReader, Protocol):
    """A portal reader that a person helps on."""

    def resume(self, source: SourceId) -> bool:
        """Ask a stopped portal again from now on; False if it was not stopped."""
        ...

    def use_cookies(self, source: SourceId, path: Path) -> int:
        """Take the cookies a browser exported (Netscape's form); return how many.

        Raises:
            OSError: The file cannot be read, or is of another form.
        """
        ...

"""The watched folder: which files are statements, and the payments of all of them together.

Files are only ever read. One that is not finished is left for two minutes; one that stays so, or
cannot be read, is quarantined: named in the log and in `quarantined`, and not used until somebody
replaces it. Statements overlap, so a payment counts by its key and never by its file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import structlog

from westsync.connectors.bank_files.encoding import Undecodable, decode
from westsync.connectors.bank_files.parser import Statement, parse
from westsync.connectors.bank_files.payments import BadDocument, payment_of
from westsync.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from westsync.domain.ledger import Payment
    from westsync.ports import Clock

SYSTEM = "bank"
PATIENCE = timedelta(minutes=2)  # a file without its last line may still be being written
_LARGEST = 64 * 1024 * 1024
_READ_AT_ONCE = 64  # parsed files that are kept: a year of daily statements is read once a night
_SUFFIXES = frozenset({".txt", ".1c"})
_PAGE = 500

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """A file, or a document in it, that is not used.

    Attributes:
        line: 1-based line of the document; None if it is the whole file.
        why: What is wrong and what to do.
    """

    name: str
    why: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class _Stamp:
    """A file as it is now; a changed one is read again."""

    path: Path
    changed_ns: int
    size: int

    @property
    def changed_at(self) -> datetime:
        return datetime.fromtimestamp(self.changed_ns / 1e9, UTC)


@dataclass(frozen=True, slots=True)
class _Reading:
    payments: tuple[Payment, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    is_whole: bool = True


class BankFolder:
    """The payments of one folder: the part ``payments`` of `westsync.ports.ledger.LedgerReader`.

    Attributes:
        quarantined: What the last walk could not use.
    """

    def __init__(self, folder: Path, zone: ZoneInfo, clock: Clock) -> None:
        """Watch a folder.

        Args:
            folder: Where the bank client or the accountant puts the files.
            zone: Zone of the dates in them: that of the 1C server.
            clock: Tells how long a file has been unfinished.
        """
        self._folder = folder
        self._zone = zone
        self._clock = clock
        self._parsed = lru_cache(maxsize=_READ_AT_ONCE)(self._read)
        self._spans: dict[_Stamp, tuple[date, date] | None] = {}
        self._told: set[Quarantined] = set()
        self.quarantined: tuple[Quarantined, ...] = ()

    def payments(self, since: date, until: date) -> Iterator[Sequence[Payment]]:
        """Walk the payments of a window, each once, oldest first.

        Args:
            since: First day on which money moved.
            until: The day after the last.

        Raises:
            Unavailable: The folder or a file in it cannot be read now.
        """
        found: dict[str, Payment] = {}
        refused: list[Quarantined] = []
        for stamp in self._files():
            span = self._spans.get(stamp)
            if stamp in self._spans and (span is None or span[1] < since or span[0] >= until):
                continue
            reading = self._parsed(stamp)
            if not reading.is_whole and self._clock.now() - stamp.changed_at < PATIENCE:
                continue
            refused += reading.quarantined
            days = [payment.dated for payment in reading.payments]
            if not reading.quarantined:  # a file that is refused is told of in every walk
                self._spans[stamp] = (min(days), max(days)) if days else None
            for payment in reading.payments:
                if since <= payment.dated < until:
                    found.setdefault(payment.ref, payment)
        self._tell(refused)
        in_order = sorted(found.values(), key=lambda one: (one.dated, one.ref))
        for begin in range(0, len(in_order), _PAGE):
            yield in_order[begin : begin + _PAGE]

    def _files(self) -> list[_Stamp]:
        """Return the files of the folder, in the order of their names."""
        try:
            paths = sorted(self._folder.iterdir())
            stamps = [
                _Stamp(path, found.st_mtime_ns, found.st_size)
                for path in paths
                if path.suffix.lower() in _SUFFIXES and path.is_file()
                for found in (path.stat(),)
            ]
        except OSError as exc:
            raise Unavailable(
                SYSTEM,
                f"list {self._folder}",
                f"{exc.strerror}; check bank_folder and its rights",
            ) from exc
        gone = self._spans.keys() - set(stamps)
        for stamp in gone:
            del self._spans[stamp]
        return stamps

    def _read(self, stamp: _Stamp) -> _Reading:
        if stamp.size > _LARGEST:
            return _refused(stamp, f"the file has {stamp.size} bytes; no statement is so large")
        try:
            statement = parse(decode(stamp.path.read_bytes()))
        except OSError as exc:
            raise Unavailable(SYSTEM, f"read {stamp.path.name}", str(exc.strerror)) from exc
        except Undecodable as exc:
            return _refused(stamp, f"{exc}; export the statement for 1C again")
        if not statement.is_whole:
            return _refused(stamp, "КонецФайла is missing: export the statement again")
        for line, what in statement.remarks:
            log.warning("bank_file.remarked", file=stamp.path.name, line=line, error=what)
        return self._payments_of(stamp, statement)

    def _payments_of(self, stamp: _Stamp, statement: Statement) -> _Reading:
        payments: list[Payment] = []
        refused: list[Quarantined] = []
        for document in statement.documents:
            try:
                payment = payment_of(document, statement.accounts, self._zone)
            except BadDocument as exc:
                refused.append(Quarantined(name=stamp.path.name, why=str(exc), line=document.line))
                continue
            if payment is not None:
                payments.append(payment)
        return _Reading(tuple(payments), tuple(refused))

    def _tell(self, refused: list[Quarantined]) -> None:
        """Log what is new in the quarantine; what was told is not told again."""
        self.quarantined = tuple(refused)
        for one in refused:
            if one not in self._told:
                log.error("bank_file.quarantined", file=one.name, line=one.line, error=one.why)
        self._told = set(refused)


def _refused(stamp: _Stamp, why: str) -> _Reading:
    return _Reading(quarantined=(Quarantined(name=stamp.path.name, why=why),), is_whole=False)

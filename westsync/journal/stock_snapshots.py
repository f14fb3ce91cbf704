"""What is known of the snapshots: the current one, those a person must look at, the past."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from westsync.domain.stock import SnapshotId, SourceId, Verdict
from westsync.journal.stock_database import read_moment
from westsync.ports.stock import Finding, Past

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from westsync.journal.stock_database import Row, StockDatabase

_FIELDS = (
    "id, source_id, fetched_at, first_at, as_of, stated, sha256, bytes, kind, origin, file_name,"
    " items, in_stock, header_fp, profile_hash, verdict, reasons, decided_by, decided_at, emptied"
)
_USUAL = 5
_CHUNK = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One reading of one source (suppliers contract 12).

    Attributes:
        fetched_at: When (UTC) the source last gave these bytes. `first_at`: when it first did.
        as_of: Moment (UTC) of the data; None while it is being read.
        stated: The supplier stated that moment; else it is when we fetched.
        manual: A person brought the file.
        revision: Of the profile it was read by.
        findings: What the guards found.
        has_rows: Its offers are still there.
    """

    id: SnapshotId
    source: SourceId
    fetched_at: datetime
    first_at: datetime
    as_of: datetime | None
    stated: bool
    sha256: str
    size: int
    kind: str
    manual: bool
    file_name: str
    items: int
    in_stock: int
    fingerprint: str
    revision: str
    verdict: Verdict
    findings: tuple[Finding, ...]
    decided_by: str
    decided_at: datetime | None
    has_rows: bool


class StockSnapshots:
    """Reads the snapshots of a stock file."""

    def __init__(self, database: StockDatabase) -> None:
        """Read a stock file."""
        self._database = database

    def current(self, source: SourceId) -> Snapshot | None:
        """Return the snapshot that answers questions; None before the first acceptance."""
        return self._first(
            "id = (SELECT snapshot_id FROM supplier_current WHERE source_id = ?)", source
        )

    def newest(self, source: SourceId, verdict: Verdict | None = None) -> Snapshot | None:
        """Return the newest snapshot that is decided, or the newest with this verdict."""
        if verdict is None:
            return self._first("source_id = ? AND verdict <> 'staged' ORDER BY id DESC", source)
        return self._first("source_id = ? AND verdict = ? ORDER BY id DESC", source, verdict)

    def waiting(self, source: SourceId) -> Snapshot | None:
        """Return the held snapshot a person should look at: newer than the current one."""
        held = self.newest(source, Verdict.HELD)
        current = self.current(source)
        if held is None or not held.has_rows or (current is not None and current.id > held.id):
            return None
        return held

    def before(self, snapshot: Snapshot) -> Snapshot | None:
        """Return the accepted snapshot before this one, if its rows are still there."""
        return self._first(
            "source_id = ? AND verdict = 'accepted' AND NOT emptied AND id < ? ORDER BY id DESC",
            snapshot.source,
            snapshot.id,
        )

    def with_id(self, snapshot: int) -> Snapshot | None:
        """Return one snapshot."""
        return self._first("id = ?", snapshot)

    def fetched_before_manual(self, manual: Snapshot) -> Snapshot | None:
        """Return the last file that was fetched before a person brought one."""
        return self._first(
            "source_id = ? AND origin = 'fetched' AND verdict <> 'staged' AND id < ?"
            " ORDER BY id DESC",
            manual.source,
            manual.id,
        )

    def past(self, source: SourceId, sha256: str) -> Past | None:
        """Return what a new file is compared with; None before the first acceptance.

        Args:
            source: The source.
            sha256: Of the new file's bytes.
        """
        current = self.current(source)
        if current is None:
            return None
        usual = self._database.rows(
            "SELECT items FROM supplier_snapshot WHERE source_id = ? AND verdict = 'accepted'"
            " ORDER BY id DESC LIMIT ?",
            (source, _USUAL),
        )
        return Past(
            items=tuple(items or 0 for (items,) in usual),
            in_stock=current.in_stock,
            fingerprint=current.fingerprint,
            revision=current.revision,
            former=self._codes(current.id),
            unchanged_since=current.first_at if sha256 == current.sha256 else None,
        )

    def _codes(self, snapshot: SnapshotId) -> Iterator[tuple[str, str | None]]:
        """Walk key and prices of the rows of a snapshot that have a code."""
        last = (0, -1)
        while True:
            rows = self._database.rows(
                "SELECT offer_id, row_no, coalesce(supplier_key, vendor_key), prices"
                " FROM supplier_listed CROSS JOIN supplier_offer ON id = offer_id"
                " WHERE snapshot_id = ? AND (offer_id, row_no) > (?, ?)"
                " ORDER BY offer_id, row_no LIMIT ?",
                (snapshot, *last, _CHUNK),
            )
            for _, _, key, prices in rows:
                if key is not None:
                    yield key, prices
            if len(rows) < _CHUNK:
                return
            last = rows[-1][:2]

    def _first(self, where: str, *values: str | int) -> Snapshot | None:
        row = self._database.row(
            f"SELECT {_FIELDS} FROM supplier_snapshot WHERE {where} LIMIT 1",  # noqa: S608 - our own words
            values,
        )
        return None if row is None else _snapshot(row)


def _snapshot(row: Row) -> Snapshot:
    """Return the snapshot of a row of `_FIELDS`."""
    (
        id_, source, fetched_at, first_at, as_of, stated, sha256, size, kind, origin, file_name,
        items, in_stock, fingerprint, revision, verdict, reasons, decided_by, decided_at, emptied,
    ) = row  # fmt: skip
    fetched, first = read_moment(fetched_at), read_moment(first_at)
    assert fetched is not None  # noqa: S101 - the columns are NOT NULL
    assert first is not None  # noqa: S101 - as above
    return Snapshot(
        id=SnapshotId(id_),
        source=SourceId(source),
        fetched_at=fetched,
        first_at=first,
        as_of=read_moment(as_of),
        stated=bool(stated),
        sha256=sha256 or "",
        size=size or 0,
        kind=kind or "",
        manual=origin == "manual",
        file_name=file_name or "",
        items=items or 0,
        in_stock=in_stock or 0,
        fingerprint=fingerprint or "",
        revision=revision or "",
        verdict=Verdict(verdict),
        findings=tuple(
            Finding(code=code, verdict=Verdict(what), detail=detail)
            for code, what, detail in msgspec.json.decode(reasons or "[]")
        ),
        decided_by=decided_by or "",
        decided_at=read_moment(decided_at),
        has_rows=not emptied,
    )

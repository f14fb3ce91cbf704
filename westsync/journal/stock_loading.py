"""Loading a snapshot: staged in chunks, published in one short transaction (suppliers contract 12).

Rows of a snapshot that is still being staged are seen by nobody: every look-up starts from
``supplier_current``. What a kill leaves behind is swept by the next load of the same source.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from westsync.domain.stock import SnapshotId, Verdict
from westsync.failpoints import failpoint
from westsync.journal.stock_database import written
from westsync.journal.stock_listing import ListedRows
from westsync.ports.staged_rows import staged_rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from westsync.domain.matching.brands import BrandTable
    from westsync.domain.stock import SourceId
    from westsync.journal.stock_database import StockDatabase
    from westsync.ports.stock import Finding, ReadingSummary

CHUNK = 20_000
"""Rows per transaction, so that another writer waits some tenths of a second at most."""

_MENTIONED = (
    "SELECT 1 FROM supplier_offer AS n CROSS JOIN supplier_listed AS m"
    " WHERE m.snapshot_id = ?1 AND m.offer_id = n.id AND n.source_id = ?5"
)
_INHERIT = (
    "INSERT OR IGNORE INTO supplier_listed (snapshot_id, offer_id, row_no)"  # noqa: S608 - our own words
    " SELECT ?1, l.offer_id, l.row_no FROM supplier_listed AS l JOIN supplier_offer AS o"
    " ON o.id = l.offer_id WHERE l.snapshot_id = ?2 AND l.offer_id > ?3 AND l.offer_id <= ?4"
    f" AND NOT EXISTS ({_MENTIONED} AND n.supplier_loose = o.supplier_loose)"
    " AND (o.supplier_loose IS NOT NULL OR NOT EXISTS"
    f" ({_MENTIONED} AND n.vendor_loose = o.vendor_loose))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A file that came, before it was read.

    Attributes:
        fetched_at: When (UTC).
        sha256, size: Of its bytes.
        file_name: What it was called.
        manual: A person brought it.
        revision: Of the profile it is read by.
    """

    source: SourceId
    fetched_at: datetime
    sha256: str
    size: int
    file_name: str = ""
    manual: bool = False
    revision: str = ""


class StockLoading:
    """Writes snapshots. One process at a time loads one source; its lock sees to that."""

    def __init__(self, database: StockDatabase, brands: BrandTable) -> None:
        """Work on a stock file.

        Args:
            database: The file.
            brands: For the model keys of names.
        """
        self._database = database
        self._rows = ListedRows(database, brands)

    def begin(self, arrival: Arrival) -> SnapshotId:
        """Record that a file came; return the snapshot it may become."""
        with self._database.transaction():
            at = written(arrival.fetched_at)
            return SnapshotId(
                self._database.insert(
                    "INSERT INTO supplier_snapshot (source_id, fetched_at, first_at, sha256, bytes,"
                    " origin, file_name, profile_hash, verdict)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'staged')",
                    (
                        arrival.source,
                        at,
                        at,
                        arrival.sha256,
                        arrival.size,
                        "manual" if arrival.manual else "fetched",
                        arrival.file_name,
                        arrival.revision,
                    ),
                )
            )

    def stage(
        self, snapshot: SnapshotId, summary: ReadingSummary, *, as_of: datetime, stated: bool
    ) -> None:
        """Take the offers of a reading; nobody sees them yet.

        Rows whose content the source has in another snapshot are not written again.

        Args:
            snapshot: Of `begin`.
            summary: Of the reading.
            as_of: Moment (UTC) of the data.
            stated: The supplier stated it; otherwise it is only when we fetched.
        """
        source = self._source(snapshot)
        rows = staged_rows(summary.staging)
        while chunk := list(itertools.islice(rows, CHUNK)):
            self._rows.enter(source, snapshot, chunk)
            failpoint("stock.stage.chunk")
        with self._database.transaction():
            self._database.write(
                "UPDATE supplier_snapshot SET as_of = ?, stated = ?, kind = ?, items = ?,"
                " in_stock = ?, header_fp = ? WHERE id = ?",
                (
                    written(as_of),
                    int(stated),
                    summary.kind,
                    summary.items,
                    summary.in_stock,
                    summary.fingerprint,
                    snapshot,
                ),
            )

    def inherit(self, snapshot: SnapshotId, earlier: SnapshotId) -> None:
        """Add the rows of an earlier snapshot whose codes a delta does not mention.

        A row is known again by its supplier's code, else by the maker's article.
        """
        source = self._source(snapshot)
        done = 0
        while True:
            row = self._database.row(
                "SELECT max(offer_id) FROM (SELECT offer_id FROM supplier_listed"
                " WHERE snapshot_id = ? AND offer_id > ? ORDER BY offer_id LIMIT ?)",
                (earlier, done, CHUNK),
            )
            last: int | None = row[0] if row else None
            if last is None:
                break
            with self._database.transaction():
                self._database.write(_INHERIT, (snapshot, earlier, done, last, source))
            done = last
        self._recount(snapshot)

    def decide(
        self,
        snapshot: SnapshotId,
        verdict: Verdict,
        findings: Sequence[Finding],
        *,
        by: str,
        at: datetime,
    ) -> None:
        """Give the snapshot its verdict; an accepted one is the current one from here on.

        Args:
            snapshot: Staged, or held before.
            verdict: Anything but staged.
            findings: What the guards found.
            by: Who decided: ``guards``, or a person.
            at: When, UTC.

        Raises:
            ValueError: The snapshot cannot be decided any more: its rows are gone.
        """
        if verdict is Verdict.STAGED:
            raise ValueError("a snapshot that is staged has no verdict yet")
        with self._database.transaction(durable=True):
            changed = self._database.write(
                "UPDATE supplier_snapshot SET verdict = ?, reasons = ?, decided_by = ?,"
                " decided_at = ? WHERE id = ? AND NOT emptied",
                (verdict, _reasons(findings), by, written(at), snapshot),
            )
            if not changed:
                raise ValueError(f"snapshot {snapshot} has no rows any more; fetch the source anew")
            if verdict is Verdict.ACCEPTED:
                self._database.write(
                    "INSERT INTO supplier_current (source_id, snapshot_id) SELECT source_id, id"
                    " FROM supplier_snapshot WHERE id = ?"
                    " ON CONFLICT (source_id) DO UPDATE SET snapshot_id = excluded.snapshot_id",
                    (snapshot,),
                )

    def confirm(self, snapshot: SnapshotId, at: datetime) -> None:
        """Record that the source still gives the bytes of this snapshot, at a moment (UTC).

        Data whose moment the supplier does not state are as of the last time we fetched them.
        """
        with self._database.transaction():
            self._database.write(
                "UPDATE supplier_snapshot SET fetched_at = ?,"
                " as_of = CASE WHEN stated THEN as_of ELSE ? END WHERE id = ?",
                (written(at), written(at), snapshot),
            )

    # -- parts ---------------------------------------------------------------------------------

    def _source(self, snapshot: SnapshotId) -> str:
        """Return whose a snapshot is."""
        row = self._database.row(
            "SELECT source_id FROM supplier_snapshot WHERE id = ?", (snapshot,)
        )
        assert row is not None  # noqa: S101 - `begin` wrote it
        source: str = row[0]
        return source

    def _recount(self, snapshot: SnapshotId) -> None:
        """Count a snapshot that was completed from an earlier one."""
        with self._database.transaction():
            self._database.write(
                "UPDATE supplier_snapshot SET (items, in_stock) = (SELECT count(*),"
                " coalesce(sum(status IN ('in_stock', 'low')), 0) FROM supplier_listed"
                " JOIN supplier_offer ON id = offer_id WHERE snapshot_id = ?1) WHERE id = ?1",
                (snapshot,),
            )


def _reasons(findings: Sequence[Finding]) -> str:
    """Return findings as the table holds them."""
    return msgspec.json.encode(
        [[finding.code, str(finding.verdict), finding.detail] for finding in findings]
    ).decode()

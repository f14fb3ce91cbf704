"""Loading a snapshot: staged in chunks, published in one short transaction (suppliers contract 12).

Rows of a snapshot that is still being staged are seen by nobody: every look-up starts from
``supplier_current``. What a kill leaves behind is swept by the next load of the same source.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from westsync.domain.matching.names import search_keys
from westsync.domain.stock import SnapshotId, Verdict
from westsync.failpoints import failpoint
from westsync.journal.stock_database import written
from westsync.ports.staged_rows import staged_rows
from westsync.ports.stock_rows import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from westsync.domain.matching.brands import BrandTable
    from westsync.domain.stock import SourceId
    from westsync.journal.stock_database import StockDatabase
    from westsync.ports.staged_rows import Row
    from westsync.ports.stock import Finding, ReadingSummary

CHUNK = 20_000
"""Rows per transaction, so that another writer waits some tenths of a second at most."""

_NAMES = ", ".join(COLUMNS)
_INSERT = (
    f"INSERT INTO supplier_offer (id, snapshot_id, {_NAMES})"  # noqa: S608 - our own names
    f" VALUES ({', '.join('?' * (2 + len(COLUMNS)))})"
)
_BRAND, _NAME, _SUPPLIER_CODE, _VENDOR_CODE = map(
    COLUMNS.index, ("brand", "name", "supplier_code", "vendor_code")
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
        self._brands = brands

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
        """Copy the offers of a reading; nobody sees them yet.

        Args:
            snapshot: Of `begin`.
            summary: Of the reading.
            as_of: Moment (UTC) of the data.
            stated: The supplier stated it; otherwise it is only when we fetched.
        """
        rows = staged_rows(summary.staging)
        while chunk := list(itertools.islice(rows, CHUNK)):
            self._copy(snapshot, chunk)
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
        top = self._database.row(
            "SELECT coalesce(max(id), 0) FROM supplier_offer WHERE snapshot_id = ?", (earlier,)
        )
        last, done = (top or (0,))[0], 0
        while done < last:
            rows = self._database.rows(
                f"SELECT id, {_NAMES} FROM supplier_offer"  # noqa: S608 - our own names
                " AS o WHERE snapshot_id = ? AND id > ? AND NOT EXISTS (SELECT 1 FROM"
                " supplier_offer AS n WHERE n.snapshot_id = ? AND CASE WHEN o.supplier_loose IS"
                " NULL THEN n.vendor_loose = o.vendor_loose ELSE n.supplier_loose ="
                " o.supplier_loose END) ORDER BY id LIMIT ?",
                (earlier, done, snapshot, CHUNK),
            )
            if not rows:
                break
            done = rows[-1][0]
            self._copy(snapshot, [row[1:] for row in rows])
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

    def _copy(self, snapshot: SnapshotId, rows: Sequence[Row]) -> None:
        """Write a chunk of rows with their model keys and words."""
        keys = [*map(self._keys, rows)]  # The costly part, so it is done outside the transaction.
        with self._database.transaction():
            first = self._last_id() + 1
            self._database.write_many(
                _INSERT, ((at, snapshot, *row) for at, row in enumerate(rows, start=first))
            )
            self._database.write_many(
                "INSERT INTO supplier_model (snapshot_id, model_key, offer_id) VALUES (?, ?, ?)",
                (
                    (snapshot, model, at)
                    for at, (models, _) in enumerate(keys, start=first)
                    for model in models
                ),
            )
            self._database.write_many(
                "INSERT INTO supplier_words (rowid, words) VALUES (?, ?)",
                ((at, words) for at, (_, words) in enumerate(keys, start=first)),
            )

    def _keys(self, row: Row) -> tuple[list[str], str]:
        """Return the model keys and the words of a row."""
        brand, name = row[_BRAND], row[_NAME]
        models = sorted(search_keys(name or "", self._brands, brand=brand or ""))
        texts = filter(None, (name, brand, row[_SUPPLIER_CODE], row[_VENDOR_CODE]))
        words = " ".join(texts).upper().replace("Ё", "Е")
        return models, " ".join((words, *models))

    def _last_id(self) -> int:
        found = self._database.row("SELECT coalesce(max(id), 0) FROM supplier_offer")
        last: int = (found or (0,))[0]
        return last

    def _recount(self, snapshot: SnapshotId) -> None:
        """Count a snapshot that was completed from an earlier one."""
        with self._database.transaction():
            self._database.write(
                "UPDATE supplier_snapshot SET (items, in_stock) = (SELECT count(*),"
                " coalesce(sum(status IN ('in_stock', 'low')), 0) FROM supplier_offer"
                " WHERE snapshot_id = ?1) WHERE id = ?1",
                (snapshot,),
            )


def _reasons(findings: Sequence[Finding]) -> str:
    """Return findings as the table holds them."""
    return msgspec.json.encode(
        [[finding.code, str(finding.verdict), finding.detail] for finding in findings]
    ).decode()

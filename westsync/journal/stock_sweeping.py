"""Sweeping the stock file: half-staged rows, and snapshots past their time (contract 12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.domain.stock import Verdict
from westsync.journal.stock_loading import CHUNK

if TYPE_CHECKING:
    from westsync.domain.stock import SnapshotId, SourceId
    from westsync.journal.stock_database import StockDatabase

_KEPT = {Verdict.ACCEPTED: 2, Verdict.HELD: 3, Verdict.REJECTED: 0}
"""How many snapshots of each verdict keep their rows (suppliers contract 12)."""

_REMEMBERED = 200
"""How many snapshots of a source are remembered at all, without rows."""

_INTERRUPTED = '[["interrupted","rejected","loading was cut off; the next fetch loads it anew"]]'


class StockSweeping:
    """Takes rows away that nobody needs. Only whoever owns a source sweeps it."""

    def __init__(self, database: StockDatabase) -> None:
        """Sweep a stock file."""
        self._database = database

    def sweep(self, source: SourceId) -> int:
        """Remove what nobody needs of a source: half-staged rows, and snapshots past their time.

        Returns:
            How many snapshots lost their rows.
        """
        found = self._database.rows(
            "SELECT id, verdict FROM supplier_snapshot WHERE source_id = ? AND NOT emptied"
            " AND id NOT IN (SELECT snapshot_id FROM supplier_current) ORDER BY id DESC",
            (source,),
        )
        # The current one is one of the accepted ones that keep their rows.
        left = {**_KEPT, Verdict.ACCEPTED: _KEPT[Verdict.ACCEPTED] - 1}
        swept = 0
        for snapshot, verdict in found:
            if left.get(Verdict(verdict), 0) > 0:
                left[Verdict(verdict)] -= 1
                continue
            self._empty(source, snapshot)
            swept += 1
        with self._database.transaction():
            self._database.write(
                "DELETE FROM supplier_snapshot WHERE source_id = ? AND emptied AND id NOT IN"
                " (SELECT id FROM supplier_snapshot WHERE source_id = ? ORDER BY id DESC LIMIT ?)",
                (source, source, _REMEMBERED),
            )
        return swept

    def _empty(self, source: SourceId, snapshot: SnapshotId) -> None:
        """Take what a snapshot lists away, a chunk at a time."""
        while self._unlist(source, snapshot):
            pass
        with self._database.transaction():
            self._database.write(
                "UPDATE supplier_snapshot SET emptied = 1,"
                " verdict = CASE verdict WHEN 'staged' THEN 'rejected' ELSE verdict END,"
                " reasons = CASE verdict WHEN 'staged' THEN ? ELSE reasons END WHERE id = ?",
                (_INTERRUPTED, snapshot),
            )

    def _unlist(self, source: SourceId, snapshot: SnapshotId) -> bool:
        """Take a chunk away, with the rows that no other snapshot lists; False: nothing is left."""
        with self._database.transaction():
            span = self._database.row(
                "SELECT min(offer_id), max(offer_id) FROM (SELECT offer_id FROM supplier_listed"
                " WHERE snapshot_id = ? ORDER BY offer_id LIMIT ?)",
                (snapshot, CHUNK),
            )
            if span is None or span[0] is None:
                return False
            gone = self._database.rows(
                "SELECT id, models FROM supplier_offer AS o WHERE id IN (SELECT offer_id"
                " FROM supplier_listed WHERE snapshot_id = ?1 AND offer_id BETWEEN ?2 AND ?3)"
                " AND NOT EXISTS (SELECT 1 FROM supplier_snapshot AS s CROSS JOIN supplier_listed"
                " AS l ON l.snapshot_id = s.id AND l.offer_id = o.id"
                " WHERE s.source_id = ?4 AND NOT s.emptied AND s.id <> ?1)",
                (snapshot, *span, source),
            )
            ids = [(row,) for row, _ in gone]
            self._database.write_many("DELETE FROM supplier_words WHERE rowid = ?", ids)
            self._database.write_many(
                "DELETE FROM supplier_model WHERE source_id = ? AND model_key = ? AND offer_id = ?",
                ((source, key, row) for row, models in gone for key in (models or "").split()),
            )
            self._database.write_many("DELETE FROM supplier_offer WHERE id = ?", ids)
            self._database.write(
                "DELETE FROM supplier_listed WHERE snapshot_id = ? AND offer_id BETWEEN ? AND ?",
                (snapshot, *span),
            )
            return True

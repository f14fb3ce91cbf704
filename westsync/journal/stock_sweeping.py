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
            self._empty(snapshot)
            swept += 1
        with self._database.transaction():
            self._database.write(
                "DELETE FROM supplier_snapshot WHERE source_id = ? AND emptied AND id NOT IN"
                " (SELECT id FROM supplier_snapshot WHERE source_id = ? ORDER BY id DESC LIMIT ?)",
                (source, source, _REMEMBERED),
            )
        return swept

    def _empty(self, snapshot: SnapshotId) -> None:
        """Take the rows of a snapshot away, a chunk at a time."""
        gone = CHUNK
        while gone == CHUNK:
            with self._database.transaction():
                rows = self._database.rows(
                    "SELECT id FROM supplier_offer WHERE snapshot_id = ? LIMIT ?", (snapshot, CHUNK)
                )
                gone = len(rows)
                self._database.write_many("DELETE FROM supplier_words WHERE rowid = ?", rows)
                self._database.write_many("DELETE FROM supplier_offer WHERE id = ?", rows)
        gone = CHUNK
        while gone == CHUNK:
            with self._database.transaction():
                gone = self._database.write(
                    "DELETE FROM supplier_model WHERE snapshot_id = ?1 AND (model_key, offer_id) IN"
                    " (SELECT model_key, offer_id FROM supplier_model WHERE snapshot_id = ?1"
                    " LIMIT ?2)",
                    (snapshot, CHUNK),
                )
        with self._database.transaction():
            self._database.write(
                "UPDATE supplier_snapshot SET emptied = 1,"
                " verdict = CASE verdict WHEN 'staged' THEN 'rejected' ELSE verdict END,"
                " reasons = CASE verdict WHEN 'staged' THEN ? ELSE reasons END WHERE id = ?",
                (_INTERRUPTED, snapshot),
            )

"""The rows that snapshots list: each content is written once for a source (suppliers contract 12).

A price list repeats nearly all of the one before. A row is known again by a digest of its content,
so a new list costs its changes, and one small entry for each row that it lists.
"""

from __future__ import annotations

import itertools
from hashlib import blake2b
from typing import TYPE_CHECKING

import msgspec

from westsync import __version__
from westsync.domain.matching.names import search_keys
from westsync.ports.stock_rows import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from westsync.domain.matching.brands import BrandTable
    from westsync.domain.stock import SnapshotId
    from westsync.journal.stock_database import StockDatabase
    from westsync.ports.staged_rows import Row

_KEPT = ("source_id", "digest", "models", *COLUMNS[1:])  # all but the row's number
_INSERT = (
    f"INSERT INTO supplier_offer (id, {', '.join(_KEPT)})"  # noqa: S608 - our own names
    f" VALUES (?, {', '.join('?' * len(_KEPT))})"
)
_BRAND, _NAME, _SUPPLIER_CODE, _VENDOR_CODE = map(
    COLUMNS.index, ("brand", "name", "supplier_code", "vendor_code")
)

_encode = msgspec.msgpack.Encoder().encode


class ListedRows:
    """Writes rows with their model keys and words, and says which snapshot lists them."""

    def __init__(self, database: StockDatabase, brands: BrandTable) -> None:
        """Work on a stock file.

        Args:
            database: The file.
            brands: For the model keys of names.
        """
        self._database = database
        self._brands = brands
        # Model keys depend on the spellings and on the program: after a change of either, rows
        # are written anew.
        self._salt = blake2b(
            f"{__version__} {brands.fingerprint}".encode(), digest_size=blake2b.SALT_SIZE
        ).digest()

    def enter(self, source: str, snapshot: SnapshotId, rows: Sequence[Row]) -> None:
        """Say that a snapshot lists rows, and write those that are new to the source.

        Args:
            source: Whose they are; nobody else writes its rows meanwhile.
            snapshot: Of that source.
            rows: So many as one transaction should hold.
        """
        digests = [*map(self._digest, rows)]
        known = self._known(source, digests)
        fresh = {
            digest: row for digest, row in zip(digests, rows, strict=True) if digest not in known
        }
        keys = [*map(self._keys, fresh.values())]  # Costly, so it is done outside the transaction.
        with self._database.transaction():
            first = self._last_id() + 1
            self._database.write_many(
                _INSERT,
                (
                    (at, source, digest, " ".join(models), *row[1:])
                    for at, (digest, row), (models, _) in zip(
                        itertools.count(first), fresh.items(), keys, strict=False
                    )
                ),
            )
            self._database.write_many(
                "INSERT INTO supplier_model (source_id, model_key, offer_id) VALUES (?, ?, ?)",
                (
                    (source, model, at)
                    for at, (models, _) in enumerate(keys, start=first)
                    for model in models
                ),
            )
            self._database.write_many(
                "INSERT INTO supplier_words (rowid, words) VALUES (?, ?)",
                ((at, words) for at, (_, words) in enumerate(keys, start=first)),
            )
            known.update(zip(fresh, itertools.count(first), strict=False))
            self._database.write_many(
                "INSERT OR IGNORE INTO supplier_listed (snapshot_id, offer_id, row_no)"
                " VALUES (?, ?, ?)",
                (
                    (snapshot, known[digest], row[0] or 0)
                    for digest, row in zip(digests, rows, strict=True)
                ),
            )

    def _digest(self, row: Row) -> bytes:
        """Return what tells a row's content from any other; where it stands does not matter."""
        return blake2b(_encode(row[1:]), digest_size=16, salt=self._salt).digest()

    def _known(self, source: str, digests: Sequence[bytes]) -> dict[bytes, int]:
        """Return the ids of the rows that the source has already."""
        marks = ", ".join("?" * len(digests))
        return dict(
            self._database.rows(
                f"SELECT digest, id FROM supplier_offer WHERE source_id = ? AND digest IN ({marks})",  # noqa: S608, E501 - marks only
                (source, *digests),
            )
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

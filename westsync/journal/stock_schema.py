"""The tables of ``stock.db``: snapshots of supplier stock (suppliers contract 12).

A file of its own beside the state, so that loading a price list never makes the journal wait.
Moments are ISO 8601 texts in UTC, all of one length, so that they sort as they are; days are
``YYYY-MM-DD``. The number of the newest applied migration stands in ``user_version``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

APPLICATION_ID = 0x77737331  # "wss1": tells a stock file of ours from any other SQLite file
VERSION = 2

_FIRST = (
    """CREATE TABLE supplier_snapshot (
        id INTEGER PRIMARY KEY AUTOINCREMENT, source_id TEXT NOT NULL, fetched_at TEXT NOT NULL,
        first_at TEXT NOT NULL,
        as_of TEXT, stated INTEGER NOT NULL DEFAULT 0, sha256 TEXT, bytes INT, kind TEXT,
        origin TEXT NOT NULL DEFAULT 'fetched' CHECK (origin IN ('fetched', 'manual')),
        file_name TEXT, items INT, in_stock INT, header_fp TEXT, profile_hash TEXT,
        verdict TEXT NOT NULL CHECK (verdict IN ('staged', 'accepted', 'held', 'rejected')),
        reasons TEXT, decided_by TEXT, decided_at TEXT, emptied INTEGER NOT NULL DEFAULT 0
    )""",
    "CREATE INDEX snapshot_of_source ON supplier_snapshot (source_id, verdict, id)",
    """CREATE TABLE supplier_current (
        source_id TEXT PRIMARY KEY,
        snapshot_id INT NOT NULL REFERENCES supplier_snapshot (id)
    )""",
    """CREATE TABLE supplier_offer (
        id INTEGER PRIMARY KEY, snapshot_id INT NOT NULL, row_no INT, sheet TEXT,
        supplier_code TEXT, vendor_code TEXT, supplier_key TEXT, supplier_loose TEXT,
        vendor_key TEXT, vendor_loose TEXT, barcode TEXT, brand TEXT, name TEXT, category TEXT,
        unit TEXT, pack TEXT, status TEXT NOT NULL, qty_min INT, qty_max INT, eta_from TEXT,
        eta_to TEXT, note TEXT, raw_qty TEXT, places TEXT, prices TEXT, flags TEXT, raw TEXT
    )""",
    "CREATE INDEX so_sk ON supplier_offer (snapshot_id, supplier_loose)",
    "CREATE INDEX so_vk ON supplier_offer (snapshot_id, vendor_loose)",
    """CREATE INDEX so_bc ON supplier_offer (snapshot_id, barcode) WHERE barcode IS NOT NULL""",
    """CREATE TABLE supplier_model (
        snapshot_id INT, model_key TEXT, offer_id INT,
        PRIMARY KEY (snapshot_id, model_key, offer_id)
    ) WITHOUT ROWID""",
    # For people only: matching never asks it. It keeps its own copy of the words, so that rows can
    # leave it without the words they came with.
    "CREATE VIRTUAL TABLE supplier_words USING fts5 (words, tokenize = 'unicode61')",
    """CREATE TABLE supplier_link (
        id INTEGER PRIMARY KEY, our_key TEXT NOT NULL, source_id TEXT NOT NULL, code TEXT,
        brand TEXT, model_key TEXT, by TEXT, at TEXT, state TEXT NOT NULL DEFAULT 'active'
            CHECK (state IN ('active', 'suspended', 'replaced'))
    )""",
    """CREATE UNIQUE INDEX link_in_force ON supplier_link (our_key, source_id)
        WHERE state = 'active'""",
    """CREATE TABLE supplier_lookup (
        id INTEGER PRIMARY KEY, at TEXT, asked TEXT, source_id TEXT, level TEXT, decision TEXT,
        offer_id INT, answer TEXT
    )""",
    "CREATE INDEX lookup_age ON supplier_lookup (at)",
    """CREATE TABLE supplier_state (
        source_id TEXT PRIMARY KEY, tried_at TEXT, reached_at TEXT, outcome TEXT, detail TEXT,
        failures INT NOT NULL DEFAULT 0, not_before TEXT, fetch_state TEXT NOT NULL DEFAULT '',
        fetch_revision TEXT NOT NULL DEFAULT ''
    )""",
    """CREATE TABLE supplier_portal (
        source_id TEXT NOT NULL, asked TEXT NOT NULL, at TEXT NOT NULL, rows TEXT NOT NULL,
        PRIMARY KEY (source_id, asked)
    ) WITHOUT ROWID""",
)

# Snapshots share their rows: a row that a list repeats is written once, with its model keys and
# words, and each snapshot says which rows it lists and where.
_SECOND = (
    "ALTER TABLE supplier_offer RENAME TO old_offer",
    "ALTER TABLE supplier_model RENAME TO old_model",
    "CREATE INDEX old_model_of_offer ON old_model (offer_id)",
    """CREATE TABLE supplier_offer (
        id INTEGER PRIMARY KEY, source_id TEXT NOT NULL, digest BLOB NOT NULL, models TEXT,
        sheet TEXT, supplier_code TEXT, vendor_code TEXT, supplier_key TEXT, supplier_loose TEXT,
        vendor_key TEXT, vendor_loose TEXT, barcode TEXT, brand TEXT, name TEXT, category TEXT,
        unit TEXT, pack TEXT, status TEXT NOT NULL, qty_min INT, qty_max INT, eta_from TEXT,
        eta_to TEXT, note TEXT, raw_qty TEXT, places TEXT, prices TEXT, flags TEXT, raw TEXT
    )""",
    """CREATE TABLE supplier_listed (
        snapshot_id INT, offer_id INT, row_no INT, PRIMARY KEY (snapshot_id, offer_id, row_no)
    ) WITHOUT ROWID""",
    """CREATE TABLE supplier_model (
        source_id TEXT, model_key TEXT, offer_id INT, PRIMARY KEY (source_id, model_key, offer_id)
    ) WITHOUT ROWID""",
    # No content has a random digest, so the next load writes these rows anew.
    """INSERT INTO supplier_offer SELECT o.id, s.source_id, randomblob(16),
        (SELECT group_concat(model_key, ' ') FROM old_model WHERE offer_id = o.id),
        sheet, supplier_code, vendor_code, supplier_key, supplier_loose, vendor_key, vendor_loose,
        barcode, brand, name, category, unit, pack, status, qty_min, qty_max, eta_from, eta_to,
        note, raw_qty, places, prices, flags, raw
        FROM old_offer AS o JOIN supplier_snapshot AS s ON s.id = o.snapshot_id""",
    "INSERT INTO supplier_listed SELECT snapshot_id, id, coalesce(row_no, 0) FROM old_offer",
    """INSERT INTO supplier_model SELECT s.source_id, m.model_key, m.offer_id
        FROM old_model AS m JOIN supplier_snapshot AS s ON s.id = m.snapshot_id""",
    "DROP TABLE old_offer",
    "DROP TABLE old_model",
    "CREATE UNIQUE INDEX so_content ON supplier_offer (source_id, digest)",
    "CREATE INDEX so_sk ON supplier_offer (source_id, supplier_loose)",
    "CREATE INDEX so_vk ON supplier_offer (source_id, vendor_loose)",
    """CREATE INDEX so_bc ON supplier_offer (source_id, barcode) WHERE barcode IS NOT NULL""",
)
_STEPS = (_FIRST, _SECOND)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a stock file to the newest version, in one transaction."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
        for step in _STEPS[version:]:
            for statement in step:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")

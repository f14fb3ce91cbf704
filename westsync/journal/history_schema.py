"""The table of what was: one row for each version of a part of an object.

A row stands alone: it holds the whole part (of a CRM history only what was new), so that rows of
any age can be dropped. ``size`` stands in the index, so that weighing the history reads no record.
"""

HISTORY = (
    """CREATE TABLE history (
        account TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, part TEXT NOT NULL,
        at INTEGER NOT NULL, size INTEGER NOT NULL, record BLOB NOT NULL,
        PRIMARY KEY (account, kind, id, part, at)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX history_age ON history (account, at, size)",
)
"""Statements of the migration."""

"""The tables of hints: what waits to be read again, and which events were seen lately."""

HINTS = (
    """CREATE TABLE hint (
        account TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
        happened INTEGER NOT NULL, received_at INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (account, kind, id)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX hint_received ON hint (account, received_at)",
    """CREATE TABLE hint_event (
        account TEXT NOT NULL, identity BLOB NOT NULL, received_at INTEGER NOT NULL,
        PRIMARY KEY (account, identity)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX hint_event_received ON hint_event (account, received_at)",
)

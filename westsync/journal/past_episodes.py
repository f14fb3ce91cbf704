"""Episodes that left the rules' memory, kept for the weekly report.

The memory has one row for a rule and object. When another start takes that row, or the rule forgets
it (a possible situation that never came to pass), triggers keep the old record; so no decision has
to know of it, and what a decision does not change costs nothing. Ten weeks of them are kept,
counted back from the youngest.
"""

# How a record's JSON names the start; a schema that is not trusted may not use json_extract().
_MARK = '"started_at":"'
_LENGTH = len("2026-11-24T06:00:00")


def _start(row: str) -> str:
    """Return the expression for the start of a record in ISO 8601, less fraction and zone."""
    record = f"CAST({row}.record AS TEXT)"
    return f"substr({record}, instr({record}, '{_MARK}') + {len(_MARK)}, {_LENGTH})"


_OLD, _NEW = _start("old"), _start("new")
_KEEP = f"""
    INSERT OR REPLACE INTO episode_past VALUES
        (old.account, old.rule, {_OLD}, old.kind, old.id, old.record);
    DELETE FROM episode_past WHERE account = old.account AND rule = old.rule
        AND started_at < date({_OLD}, '-70 days');
"""  # noqa: S608 - our own words

PAST_EPISODES = (
    """CREATE TABLE episode_past (
        account TEXT NOT NULL, rule TEXT NOT NULL, started_at TEXT NOT NULL,
        kind TEXT NOT NULL, id TEXT NOT NULL, record BLOB NOT NULL,
        PRIMARY KEY (account, rule, started_at, kind, id)
    ) STRICT, WITHOUT ROWID""",
    f"""CREATE TRIGGER episode_replaced AFTER UPDATE OF record ON episode
        WHEN {_OLD} <> {_NEW} BEGIN {_KEEP} END""",
    f"CREATE TRIGGER episode_forgotten AFTER DELETE ON episode BEGIN {_KEEP} END",
)
"""Statements of the migration."""

"""The tables of the state file, as numbered migrations.

Moments are whole microseconds since 1970 UTC. Every table carries the account. Tables that a
cycle asks have an index for each question, so that nothing it does grows with the number of deals.
The number of the newest applied migration stands in ``user_version``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.journal.hints_schema import HINTS
from westsync.journal.history_schema import HISTORY
from westsync.journal.ledger_schema import LEDGER
from westsync.journal.past_episodes import PAST_EPISODES

if TYPE_CHECKING:
    import sqlite3

    import sqlite_utils

APPLICATION_ID = 0x77736A31  # "wsj1": tells a state file of ours from any other SQLite file
VERSION = 9

_META = (
    """CREATE TABLE meta (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        installation BLOB NOT NULL CHECK (length(installation) >= 16),
        machine TEXT NOT NULL,
        epoch INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        clean INTEGER NOT NULL,
        saved_at INTEGER NOT NULL,
        recovery_since INTEGER,
        recovery_reason TEXT
    ) STRICT""",
    """CREATE TABLE setting (
        account TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
        PRIMARY KEY (account, key)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE token (
        account TEXT PRIMARY KEY, pair BLOB NOT NULL
    ) STRICT, WITHOUT ROWID""",
)

_MIRROR = (
    """CREATE TABLE deal (
        account TEXT NOT NULL, id TEXT NOT NULL,
        program TEXT NOT NULL, state TEXT NOT NULL, client TEXT, manager TEXT,
        updated_at INTEGER NOT NULL, open INTEGER NOT NULL, gone INTEGER NOT NULL,
        hash BLOB NOT NULL, record BLOB NOT NULL,
        PRIMARY KEY (account, id)
    ) STRICT""",
    "CREATE INDEX deal_of_client ON deal (account, client, open)",
    "CREATE INDEX deal_open ON deal (account, id) WHERE open",
    # A running count: the guard asks for it in every cycle, and counting would be a scan.
    """CREATE TABLE tally (
        account TEXT PRIMARY KEY, open_deals INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TRIGGER deal_came AFTER INSERT ON deal WHEN new.open BEGIN
        INSERT INTO tally VALUES (new.account, 1)
        ON CONFLICT (account) DO UPDATE SET open_deals = open_deals + 1;
    END""",
    """CREATE TRIGGER deal_turned AFTER UPDATE OF open ON deal WHEN new.open <> old.open BEGIN
        INSERT INTO tally VALUES (new.account, new.open - old.open)
        ON CONFLICT (account) DO UPDATE SET open_deals = open_deals + new.open - old.open;
    END""",
    """CREATE TABLE task (
        account TEXT NOT NULL, id TEXT NOT NULL,
        responsible TEXT, status TEXT NOT NULL, marker TEXT,
        created_at INTEGER NOT NULL, active_at INTEGER NOT NULL,
        open INTEGER NOT NULL, gone INTEGER NOT NULL,
        hash BLOB NOT NULL, record BLOB NOT NULL,
        PRIMARY KEY (account, id)
    ) STRICT""",
    "CREATE INDEX task_marked ON task (account, created_at) WHERE marker IS NOT NULL",
    # ``seen_on`` says which list showed the link: the task's own, or the deal's linked tasks.
    """CREATE TABLE task_deal (
        account TEXT NOT NULL, deal TEXT NOT NULL, task TEXT NOT NULL, seen_on TEXT NOT NULL,
        PRIMARY KEY (account, deal, task, seen_on)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX task_deal_of_task ON task_deal (account, task)",
    """CREATE TABLE client (
        account TEXT NOT NULL, id TEXT NOT NULL, created_at INTEGER NOT NULL,
        gone INTEGER NOT NULL, hash BLOB NOT NULL, record BLOB NOT NULL,
        PRIMARY KEY (account, id)
    ) STRICT""",
    "CREATE INDEX client_created ON client (account, created_at)",
    """CREATE TABLE payer (
        account TEXT NOT NULL, id TEXT NOT NULL, client TEXT NOT NULL, inn TEXT,
        hash BLOB NOT NULL, record BLOB NOT NULL,
        PRIMARY KEY (account, id)
    ) STRICT""",
    "CREATE INDEX payer_of_client ON payer (account, client, id)",
    "CREATE INDEX payer_of_inn ON payer (account, inn, id) WHERE inn IS NOT NULL",
    """CREATE TABLE client_key (
        account TEXT NOT NULL, client TEXT NOT NULL, digest BLOB NOT NULL, kind TEXT NOT NULL,
        PRIMARY KEY (account, client, digest)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX client_key_shared ON client_key (account, digest, client)",
    """CREATE TABLE employee (
        account TEXT NOT NULL, id TEXT NOT NULL, record BLOB NOT NULL,
        PRIMARY KEY (account, id)
    ) STRICT""",
    """CREATE TABLE program (
        account TEXT NOT NULL, id TEXT NOT NULL, record BLOB NOT NULL,
        PRIMARY KEY (account, id)
    ) STRICT""",
    """CREATE TABLE detail (
        account TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, part TEXT NOT NULL,
        read_at INTEGER NOT NULL, failed TEXT, hash BLOB, record BLOB,
        PRIMARY KEY (account, kind, id, part)
    ) STRICT""",
    """CREATE TABLE dirty (
        account TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, since INTEGER NOT NULL,
        PRIMARY KEY (account, kind, id)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX dirty_since ON dirty (account, since)",
)

_DECISIONS = (
    """CREATE TABLE cursor (
        account TEXT NOT NULL, source TEXT NOT NULL,
        position INTEGER, walk_mark INTEGER, listed_count INTEGER NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (account, source)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE episode (
        account TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, rule TEXT NOT NULL,
        phase TEXT NOT NULL, hash BLOB NOT NULL, record BLOB NOT NULL,
        PRIMARY KEY (account, kind, id, rule)
    ) STRICT""",
    """CREATE TABLE timer (
        account TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (account, kind, id)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX timer_at ON timer (account, at)",
    """CREATE TABLE silence (
        account TEXT NOT NULL, what TEXT NOT NULL, scope TEXT NOT NULL,
        until INTEGER NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (account, what, scope)
    ) STRICT, WITHOUT ROWID""",
)

_OUTBOX = (
    """CREATE TABLE intent (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        key TEXT NOT NULL UNIQUE,
        account TEXT NOT NULL, rule TEXT NOT NULL, rule_hash TEXT NOT NULL,
        step TEXT NOT NULL, repeat INTEGER NOT NULL,
        kind TEXT NOT NULL, object TEXT NOT NULL,
        action TEXT NOT NULL, target TEXT NOT NULL, marker TEXT NOT NULL,
        payload BLOB, payload_hash BLOB NOT NULL, policy TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('waiting', 'acting', 'in_doubt', 'postponed', 'held',
            'done', 'failed', 'withdrawn', 'shadowed')),
        attempts INTEGER NOT NULL DEFAULT 0, doubts INTEGER NOT NULL DEFAULT 0,
        decided_at INTEGER NOT NULL, not_before INTEGER NOT NULL,
        first_sent_at INTEGER, last_sent_at INTEGER, hwm INTEGER, finished_at INTEGER,
        ref TEXT, note TEXT, cause TEXT, dropped_by TEXT, trace TEXT NOT NULL,
        epoch INTEGER NOT NULL
    ) STRICT""",
    """CREATE INDEX intent_due ON intent (account, not_before, number)
        WHERE state IN ('waiting', 'acting', 'in_doubt', 'postponed')""",
    """CREATE INDEX intent_before ON intent (account, kind, object, target, number)
        WHERE state IN ('waiting', 'acting', 'in_doubt', 'postponed')""",
    "CREATE INDEX intent_of_object ON intent (account, kind, object)",
    "CREATE INDEX intent_of_state ON intent (account, state, number)",
    "CREATE INDEX intent_of_rule ON intent (account, rule, decided_at)",
    "CREATE INDEX intent_marker ON intent (account, marker)",
    """CREATE INDEX intent_payload ON intent (account, finished_at)
        WHERE state = 'done' AND payload IS NOT NULL""",
    """CREATE TABLE audit (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        account TEXT NOT NULL, at INTEGER NOT NULL, what TEXT NOT NULL, actor TEXT NOT NULL,
        rule TEXT NOT NULL, rule_hash TEXT NOT NULL, key TEXT NOT NULL, target TEXT NOT NULL,
        ref TEXT NOT NULL, detail TEXT NOT NULL, hash BLOB NOT NULL
    ) STRICT""",
    "CREATE INDEX audit_of_key ON audit (account, key)",
    """CREATE TRIGGER audit_keeps BEFORE UPDATE ON audit BEGIN
        SELECT raise(ABORT, 'the audit log is append-only');
    END""",
    """CREATE TRIGGER audit_stays BEFORE DELETE ON audit BEGIN
        SELECT raise(ABORT, 'the audit log is append-only');
    END""",
)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a state file to the newest version; each migration is one transaction.

    sqlite-utils is imported here and not above: only a first start or an upgrade needs it.
    """
    import sqlite_utils  # noqa: PLC0415 - costs 50 ms that no other start should pay
    from sqlite_utils.migrations import Migrations  # noqa: PLC0415 - as above

    migrations = Migrations("westsync")

    @migrations(name="001_first_tables")
    def first_tables(database: sqlite_utils.Database) -> None:
        for statement in (*_META, *_MIRROR, *_DECISIONS, *_OUTBOX):
            database.execute(statement)
        database.execute("PRAGMA user_version = 1")

    @migrations(name="002_how_a_send_ended")
    def how_a_send_ended(database: sqlite_utils.Database) -> None:
        for column in ("deaths", "leaving"):
            database.execute(f"ALTER TABLE intent ADD COLUMN {column} INTEGER NOT NULL DEFAULT 0")
        database.execute("PRAGMA user_version = 2")

    @migrations(name="003_ledger")
    def ledger(database: sqlite_utils.Database) -> None:
        for statement in LEDGER:
            database.execute(statement)
        database.execute("PRAGMA user_version = 3")

    @migrations(name="004_past_episodes")
    def past_episodes(database: sqlite_utils.Database) -> None:
        for statement in PAST_EPISODES:
            database.execute(statement)
        database.execute("PRAGMA user_version = 4")

    @migrations(name="005_history")
    def history(database: sqlite_utils.Database) -> None:
        for statement in HISTORY:
            database.execute(statement)
        database.execute("PRAGMA user_version = 5")

    @migrations(name="006_hints")
    def hints(database: sqlite_utils.Database) -> None:
        for statement in HINTS:
            database.execute(statement)
        database.execute("PRAGMA user_version = 6")

    @migrations(name="007_open_episodes")
    def open_episodes(database: sqlite_utils.Database) -> None:
        database.execute(
            "CREATE INDEX episode_open ON episode (account, rule) WHERE phase <> 'cleared'"
        )
        database.execute("PRAGMA user_version = 7")

    @migrations(name="008_refusals")
    def refusals(database: sqlite_utils.Database) -> None:
        database.execute("ALTER TABLE intent ADD COLUMN refusal BLOB")
        database.execute("PRAGMA user_version = 8")

    @migrations(name="009_lapse")
    def lapse(database: sqlite_utils.Database) -> None:
        for column in ("lapse_since", "lapse_until"):
            database.execute(f"ALTER TABLE meta ADD COLUMN {column} INTEGER")
        database.execute("PRAGMA user_version = 9")

    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    migrations.apply(sqlite_utils.Database(connection, recursive_triggers=False))

"""Opening a state file: lock, identity, checks, migration, recovery (reliability 2.4, 2.6, 2.7)."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from westsync.errors import StateError
from westsync.failpoints import failpoint
from westsync.journal.codec import from_us, to_us
from westsync.journal.database import LONGEST_WAIT, Database
from westsync.journal.generation import Generation, read_generation, sync_directory
from westsync.journal.lock import StateLock
from westsync.journal.schema import APPLICATION_ID, VERSION, migrate
from westsync.journal.state_files import Files, damaged

if TYPE_CHECKING:
    from datetime import datetime

    from westsync.ports import Clock

CHECK_SECONDS = 3.0
_CHECK_STEPS = 10_000
_BEFORE_SNAPSHOT = timedelta(days=1)
_LONGEST_AMNESIA = timedelta(days=30)
_LONG_GAP = timedelta(hours=1)

log = structlog.get_logger()


def open_state(
    path: Path, clock: Clock, *, machine: str | None = None, adopt: bool = False
) -> Database:
    """Open the state for writing, alone; make it if there is none.

    Args:
        path: The SQLite file; its lock and generation files stand beside it.
        clock: For the moment of each save and for bounding the check.
        machine: Identity of this host; None asks the system. Empty: unknown, not compared.
        adopt: A person says that this state belongs here although it came from elsewhere; the
            recovery epoch begins.

    Raises:
        LockHeld: Another westsync runs on it.
        StateError: The file is damaged, too new, not ours, or from another host; the message
            says what to do.
    """
    files = Files(state=path)
    lock = StateLock(files.lock)
    try:
        return _open_locked(files, clock, machine_id() if machine is None else machine, lock, adopt)
    except BaseException:
        lock.release()
        raise


def open_for_reading(path: Path, clock: Clock) -> Database:
    """Open the state beside a running daemon, for looking only.

    Raises:
        StateError: There is no state yet, or it is damaged, too new or not ours.
    """
    files = Files(state=path)
    if not path.exists():
        raise StateError(f"{path} does not exist yet; run `westsync cycle` or `westsync run` first")
    connection = _connect(f"{path.absolute().as_uri()}?mode=ro", files)
    try:
        _must_be_current(connection, files)
        return Database(connection, clock=clock, files=files, readonly=True)
    except sqlite3.DatabaseError as exc:
        connection.close()
        raise StateError(damaged(files, str(exc))) from exc
    except BaseException:
        connection.close()
        raise


def open_scratch(clock: Clock, copy_of: Path | None = None) -> Database:
    """Open a private state that vanishes at close: for `plan`, tests and drills.

    Args:
        clock: For the moment of each save.
        copy_of: A state file whose content it starts with; None or a missing file: empty.

    Raises:
        StateError: The file to copy is damaged, too new or not ours.
    """
    # An empty name is SQLite's private temporary file: it spills to disk only when it is large.
    connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    if copy_of is not None and copy_of.exists():
        with closing(open_for_reading(copy_of, clock)) as source:
            source.copy_into(connection)
    else:
        _create(connection, clock, machine="", installation=secrets.token_bytes(32))
    return Database(connection, clock=clock)


def open_copy(database: Database, clock: Clock) -> Database:
    """Open a private copy of a state as it stands, which vanishes at close.

    Args:
        database: Between two transactions.
        clock: For the moment of each save.
    """
    connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    database.copy_into(connection)
    return Database(connection, clock=clock)


def machine_id() -> str:
    """Return a hash that stands for this host; empty if the host has no identity of its own."""
    try:
        identity = Path("/etc/machine-id").read_bytes().strip()
    except OSError:
        return ""
    # The identity itself is to be kept confidential (machine-id(5)), so only its hash is stored.
    return (
        hashlib.blake2b(identity, digest_size=16, key=b"westsync").hexdigest() if identity else ""
    )


def _open_locked(
    files: Files, clock: Clock, machine: str, lock: StateLock, adopt: bool
) -> Database:
    remembered = read_generation(files.generation)
    reason = None
    if not files.state.exists():
        if remembered is not None and not adopt:
            raise StateError(
                f"{files.state} is gone although {files.generation.name} says it was there; put "
                "the newest backup in its place, or run `westsync adopt` to begin anew"
            )
        _create_file(files, clock, machine, remembered)
        reason = None if remembered is None else "the state file was lost and made anew"
    connection = _connect(files.state.absolute().as_uri(), files)
    try:
        _set_up(connection, files)
        _check(connection, files, clock)
        if _version(connection, files) < VERSION:
            migrate(connection)
        _start(
            connection,
            files,
            clock,
            machine=machine,
            remembered=remembered,
            adopt=adopt,
            reason=reason,
        )
        database = Database(connection, clock=clock, files=files, lock=lock)
        database.remember_generation()
    except sqlite3.DatabaseError as exc:
        connection.close()
        raise StateError(damaged(files, str(exc))) from exc
    except BaseException:
        connection.close()
        raise
    return database


def _create_file(files: Files, clock: Clock, machine: str, remembered: Generation | None) -> None:
    # Made under another name and renamed: a crash never leaves a half-made or empty state file.
    fresh = files.state.with_name(f"{files.state.name}.new")
    for leftover in ("", "-wal", "-shm", "-journal"):
        fresh.with_name(fresh.name + leftover).unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    installation = secrets.token_bytes(32) if remembered is None else remembered.installation
    with closing(sqlite3.connect(fresh, isolation_level=None)) as connection:
        _create(connection, clock, machine=machine, installation=installation)
        connection.execute("PRAGMA journal_mode = WAL")
    failpoint("state.create.before")
    fresh.rename(files.state)
    sync_directory(files.state.parent)
    failpoint("state.create.after")


def _create(
    connection: sqlite3.Connection, clock: Clock, *, machine: str, installation: bytes
) -> None:
    connection.execute("PRAGMA synchronous = FULL")
    migrate(connection)
    connection.execute(
        "INSERT INTO meta (one, installation, machine, epoch, seq, clean, saved_at)"
        " VALUES (1, ?, ?, 0, 0, 1, ?)",
        (installation, machine, to_us(clock.now())),
    )


def _connect(uri: str, files: Files) -> sqlite3.Connection:
    if files.state.stat().st_size == 0:
        raise StateError(damaged(files, "it is empty"))
    return sqlite3.connect(
        uri, uri=True, isolation_level=None, timeout=5.0, check_same_thread=False
    )


def _set_up(connection: sqlite3.Connection, files: Files) -> None:
    _version(connection, files)
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "busy_timeout = 5000",
        "foreign_keys = ON",
        "trusted_schema = OFF",
        "mmap_size = 0",
        "temp_store = MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _version(connection: sqlite3.Connection, files: Files) -> int:
    try:
        owner: int = connection.execute("PRAGMA application_id").fetchone()[0]
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.DatabaseError as exc:
        raise StateError(damaged(files, str(exc))) from exc
    if owner != APPLICATION_ID:
        raise StateError(
            f"{files.state} is not a state file of westsync; name another file under `state:`"
        )
    if version > VERSION:
        raise StateError(
            f"{files.state} was written by a newer westsync (version {version}, this one knows "
            f"{VERSION}); install that version again"
        )
    return version


def _must_be_current(connection: sqlite3.Connection, files: Files) -> None:
    if _version(connection, files) < VERSION:
        raise StateError(
            f"{files.state} is of an older westsync; start the daemon once to upgrade it"
        )


def _check(connection: sqlite3.Connection, files: Files, clock: Clock) -> None:
    deadline = clock.monotonic() + CHECK_SECONDS
    connection.set_progress_handler(lambda: clock.monotonic() > deadline, _CHECK_STEPS)
    try:
        verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.OperationalError as exc:
        if exc.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
            raise
        log.info("state.check_cut_short", seconds=CHECK_SECONDS)
        return
    finally:
        connection.set_progress_handler(None, 0)
    if verdict != "ok":
        raise StateError(damaged(files, str(verdict)))


def _start(
    connection: sqlite3.Connection,
    files: Files,
    clock: Clock,
    *,
    machine: str,
    remembered: Generation | None,
    adopt: bool,
    reason: str | None,
) -> None:
    """Begin a new epoch, and the recovery epoch where the file is not what we left."""
    connection.execute("BEGIN IMMEDIATE")
    installation, home, epoch, seq, clean, saved_at = connection.execute(
        "SELECT installation, machine, epoch, seq, clean, saved_at FROM meta"
    ).fetchone()
    here = Generation(epoch=epoch, seq=seq, installation=installation)
    if machine and home and machine != home:
        if not adopt:
            raise StateError(
                f"{files.state} belongs to another host; if that host is off for good, run "
                "`westsync adopt` here, else two daemons would do everything twice"
            )
        reason = "the state came from another host"
    elif reason is None and adopt:
        reason = "adopted by a person"
    elif reason is None and remembered is not None and remembered.is_ahead_of(here):
        reason = "the state file is older than its generation file: a backup was put back"
    now, saved = clock.now(), from_us(saved_at)
    if reason is not None:
        _begin_recovery(connection, now, saved, reason, fresh=seq == 0)
    elif seq > 0 and now - saved > _LONG_GAP:
        _note_lapse(connection, now, saved)
    if not clean:
        log.info("state.found_unclean", epoch=epoch)
    # Above the remembered one as well: an older copy must not reuse the numbers of its future.
    last = remembered or here
    connection.execute(
        "UPDATE meta SET epoch = ?, seq = ?, clean = 0, machine = ?",
        (max(epoch, last.epoch) + 1, max(seq, last.seq) + 1, machine or home),
    )
    connection.execute("COMMIT")


def _begin_recovery(
    connection: sqlite3.Connection, now: datetime, saved_at: datetime, reason: str, *, fresh: bool
) -> None:
    # A state that was made anew does not know when the lost one was saved.
    since = now - _LONGEST_AMNESIA if fresh else saved_at - _BEFORE_SNAPSHOT
    connection.execute(
        "UPDATE meta SET recovery_since = min(?, coalesce(recovery_since, ?)), recovery_reason = ?",
        (to_us(since), to_us(since), reason),
    )
    _note_lapse(connection, now, since)
    log.warning("state.recovery_begun", reason=reason, since=since.isoformat())


def _note_lapse(connection: sqlite3.Connection, now: datetime, since: datetime) -> None:
    """Remember that what was sent since a moment may be forgotten.

    A long pause alone is enough: a machine that is put back whole, generation file and all, looks
    like one that slept. So what began before is looked up once more, at one request each.
    """
    connection.execute(
        "UPDATE meta SET lapse_until = ?,"
        " lapse_since = iif(lapse_until > ?, min(lapse_since, ?), ?)",
        (to_us(now), to_us(now - LONGEST_WAIT), to_us(since), to_us(since)),
    )

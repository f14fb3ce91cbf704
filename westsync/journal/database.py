"""The one connection to the state file: transactions, fencing, and what disks do to us."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NoReturn

import structlog

from westsync.errors import StateError, Unavailable
from westsync.failpoints import failpoint
from westsync.journal.codec import from_us, to_us
from westsync.journal.disk_errors import Trouble, trouble_of
from westsync.journal.generation import Generation, sync_directory, write_generation
from westsync.journal.state_files import Files, damaged, identity_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from westsync.journal.lock import StateLock
    from westsync.ports import Clock

# What we write into a cell. What we read is typed by the STRICT tables, so rows are Any.
Cell = str | int | bytes | None
Row = tuple[Any, ...]

COMMITS_PER_GENERATION = 100
LONGEST_WAIT = timedelta(days=14)  # of a step that is held back: the winter holidays and more
_CLOCKS = timedelta(minutes=15)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """Amnesia: effects may exist that this state file does not know of (reliability 2.4).

    Attributes:
        since: Look-ups go back to this moment (UTC): last save of the file minus one day.
        reason: Why, for people.
    """

    since: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse:
    """Time of which this state may have forgotten what was sent (reliability 2.4).

    It outlives the recovery epoch: a step that had to wait then, for opening hours or behind a
    brake, falls due later and may have been taken all the same.

    Attributes:
        since: What was sent from this moment on (UTC) may be forgotten.
        until: When the state was opened (UTC); what began later was never forgotten.
    """

    since: datetime
    until: datetime

    def forgotten_since(self, episode: datetime, now: datetime) -> datetime | None:
        """Return since when an effect of an episode may exist unknown to us; None if it cannot.

        Args:
            episode: When it began; nothing was sent for it before, but for the clocks' difference.
            now: The present.
        """
        if episode >= self.until or now - self.until > LONGEST_WAIT:
            return None
        return max(self.since, episode - _CLOCKS)


class Database:
    """One connection, one writer. Made by the functions of `westsync.journal.opening`.

    Threads may share it; each transaction and each query has it alone.

    Attributes:
        installation: Random secret of this installation, the key of every marker.
        epoch: Number of this start; a process with an older one can no longer write.
        broken: The disk failed us once; nothing is written any more and the daemon should end.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        *,
        clock: Clock,
        files: Files | None = None,
        lock: StateLock | None = None,
        readonly: bool = False,
    ) -> None:
        """Wrap an opened, migrated and checked connection.

        Args:
            connection: In autocommit mode (``isolation_level=None``).
            clock: For the moment of each save.
            files: None for a scratch database.
            lock: Held for the life of this object; None for readers and scratch databases.
            readonly: Refuse transactions.
        """
        self._connection = connection
        self._clock = clock
        self._files = files
        self._lock = lock
        self._readonly = readonly
        self._mutex = threading.RLock()
        self._depth = 0
        self._changes = 0
        self.broken = False
        self.installation: bytes
        self.epoch: int
        self._seq: int
        self.installation, self.epoch, self._seq = connection.execute(
            "SELECT installation, epoch, seq FROM meta WHERE one = 1"
        ).fetchone()
        self._recovery, self._lapse = _forgotten(connection)
        self._identity = None if files is None else identity_of(files.state)

    @property
    def recovery(self) -> Recovery | None:
        """The recovery epoch that is on; None in ordinary life."""
        return self._recovery

    @property
    def lapse(self) -> Lapse | None:
        """The time of which effects may be forgotten; None if there is none."""
        return self._lapse

    @property
    def seq(self) -> int:
        """How many transactions have changed the state since it was made."""
        return self._seq

    def end_recovery(self) -> None:
        """Leave the recovery epoch: every watched object has been read once since the start."""
        with self.transaction():
            self.write("UPDATE meta SET recovery_since = NULL, recovery_reason = NULL")
        self._recovery = None
        log.info("state.recovered")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do all or nothing, durably; inside another one it is a part that can fail alone.

        Raises:
            StateError: Another process has taken over, the file was replaced or damaged, or it
                was opened for reading only. Nothing was written.
            Unavailable: The disk is full or fails. Nothing was written.
        """
        with self._mutex:
            outermost = self._depth == 0
            self._begin() if outermost else self._execute(f"SAVEPOINT inner{self._depth}")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                self._undo()
                raise
            self._depth -= 1
            if outermost:
                self._commit()
            else:
                self._execute(f"RELEASE inner{self._depth}")

    def write(self, sql: str, values: Sequence[Cell] = ()) -> int:
        """Run one statement inside a transaction and return how many rows it changed."""
        with self._mutex:
            if not self._depth:
                raise RuntimeError("writing needs a transaction")
            changed: int = self._execute(sql, values).rowcount
            return changed

    def write_each(self, sql: str, rows: Sequence[Sequence[Cell]]) -> None:
        """Run one statement for each of some rows inside a transaction."""
        with self._mutex:
            if not self._depth:
                raise RuntimeError("writing needs a transaction")
            try:
                self._connection.executemany(sql, rows)
            except sqlite3.Error as exc:
                self._translate(exc, sql.split(maxsplit=1)[0].lower())

    def rows(self, sql: str, values: Sequence[Cell] = ()) -> list[Row]:
        """Return all rows of a query."""
        with self._mutex:
            return self._execute(sql, values).fetchall()

    def row(self, sql: str, values: Sequence[Cell] = ()) -> Row | None:
        """Return the first row of a query; None if there is none."""
        with self._mutex:
            first: Row | None = self._execute(sql, values).fetchone()
            return first

    def remember_generation(self) -> None:
        """Write the side file, so that an older copy of the state is noticed at the next start.

        Called before each send: what was sent after a backup is then always noticed.
        """
        if self._files is not None and not self._readonly:
            generation = Generation(epoch=self.epoch, seq=self._seq, installation=self.installation)
            try:
                write_generation(self._files.generation, generation)
            except OSError as exc:
                raise Unavailable("state", "write the generation file", str(exc)) from exc

    def backup(self, to: Path) -> None:
        """Write a checked copy of the state; the name appears only when the copy is good.

        Raises:
            StateError: The copy failed its integrity check; the state file itself is suspect.
            Unavailable: The disk is full or fails.
        """
        fresh = to.with_name(f"{to.name}.new")
        fresh.unlink(missing_ok=True)
        try:
            copy = sqlite3.connect(fresh, isolation_level=None)
            try:
                with self._mutex:
                    self._connection.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")
                verdict = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
            finally:
                copy.close()
        except sqlite3.Error as exc:
            self._translate(exc, "backup")
        if verdict != "ok":
            fresh.unlink()
            raise StateError(f"the backup of the state is not sound ({verdict}); check the disk")
        descriptor = os.open(fresh, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fchmod(descriptor, 0o600)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        fresh.rename(to)
        sync_directory(to.parent)

    def copy_into(self, connection: sqlite3.Connection) -> None:
        """Copy the whole state into another connection."""
        with self._mutex:
            self._connection.backup(connection)

    def close(self) -> None:
        """Say that this was an orderly end, close and let go of the lock."""
        with self._mutex:
            try:
                if self._files is not None and not self._readonly and not self.broken:
                    with self.transaction():
                        self.write("UPDATE meta SET clean = 1")
                    self.remember_generation()
            finally:
                self._connection.close()
                if self._lock is not None:
                    self._lock.release()

    def _begin(self) -> None:
        if self._readonly:
            raise StateError("this state was opened for reading only")
        if self.broken:
            raise Unavailable("state", "begin", "the disk failed before; restart westsync")
        if self._files is not None and identity_of(self._files.state) != self._identity:
            raise StateError(
                f"{self._files.state} was deleted or replaced while westsync was running; "
                "stop, put the file back from the newest backup, start again"
            )
        failpoint("journal.begin.before")
        self._execute("BEGIN IMMEDIATE")
        epoch = self._execute("SELECT epoch FROM meta WHERE one = 1").fetchone()[0]
        if epoch != self.epoch:
            self._undo()
            raise StateError(
                f"another westsync has taken over this state (start {epoch}, we are start "
                f"{self.epoch}); this process ends"
            )
        self._changes = self._connection.total_changes
        failpoint("journal.begin.after")

    def _commit(self) -> None:
        # An idle cycle changes nothing, and then nothing goes to the disk.
        changed = self._connection.total_changes != self._changes
        try:
            if changed:
                self._execute(
                    "UPDATE meta SET seq = seq + 1, saved_at = ? WHERE one = 1",
                    (to_us(self._clock.now()),),
                )
            failpoint("journal.commit.before")
            self._execute("COMMIT")
        except BaseException:
            self._undo()
            raise
        failpoint("journal.commit.after")
        if changed:
            self._seq += 1
            if self._seq % COMMITS_PER_GENERATION == 0:
                self.remember_generation()

    def _undo(self) -> None:
        # SQLite itself rolls back after some errors (disk full); then there is nothing to undo.
        if not self._connection.in_transaction:
            return
        if self._depth:
            self._execute(f"ROLLBACK TO inner{self._depth}")
            self._execute(f"RELEASE inner{self._depth}")
        else:
            self._execute("ROLLBACK")

    def _execute(self, sql: str, values: Sequence[Cell] = ()) -> sqlite3.Cursor:
        try:
            return self._connection.execute(sql, values)
        except sqlite3.Error as exc:
            self._translate(exc, sql.split(maxsplit=1)[0].lower())

    def _translate(self, exc: sqlite3.Error, doing: str) -> NoReturn:
        trouble = trouble_of(exc)
        if trouble is Trouble.LATER:
            raise Unavailable("state", doing, f"{exc}; free space on the disk") from exc
        if trouble is Trouble.DISK:
            # After a failed sync nobody knows what is on the disk; only a new process may look.
            self.broken = True
            raise Unavailable("state", doing, f"{exc}; the disk or its rights failed") from exc
        if trouble is Trouble.DAMAGE:
            raise StateError(damaged(self._files, str(exc))) from exc
        raise exc


def _forgotten(connection: sqlite3.Connection) -> tuple[Recovery | None, Lapse | None]:
    since, reason, lost, until = connection.execute(
        "SELECT recovery_since, recovery_reason, lapse_since, lapse_until FROM meta WHERE one = 1"
    ).fetchone()
    recovery = None if since is None else Recovery(since=from_us(since), reason=reason)
    lapse = None if lost is None else Lapse(since=from_us(lost), until=from_us(until))
    return recovery, lapse

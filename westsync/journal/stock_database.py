"""The one connection to ``stock.db``: opening, transactions, and what disks do to us.

Several processes may have it open: the daemon, and a person's command. Each writes in short
transactions and waits for the other; nobody owns the file.
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NoReturn, Self

from westsync.errors import StateError, Unavailable
from westsync.failpoints import failpoint
from westsync.journal.disk_errors import Trouble, trouble_of
from westsync.journal.stock_schema import APPLICATION_ID, VERSION, migrate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

Cell = str | int | bytes | None
Row = tuple[Any, ...]

_BUSY_MS = 10_000


def written(moment: datetime) -> str:
    """Return a moment as the tables hold it; equal lengths, so texts sort as moments.

    Raises:
        ValueError: The moment is naive.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone cannot be stored")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def read_moment(text: str | None) -> datetime | None:
    """Return the aware UTC moment of `written`; None for None."""
    return None if text is None else datetime.fromisoformat(text)


class StockDatabase:
    """One connection to a stock file. Threads may share it; each transaction has it alone."""

    def __init__(self, path: Path) -> None:
        """Open the file; make it if there is none.

        Raises:
            StateError: It is damaged, too new, or not ours; the message says what to do.
            Unavailable: The disk is full or fails.
        """
        self.path = path
        self._mutex = threading.RLock()
        self._depth = 0
        try:
            path.touch(mode=0o600)
            self._connection = sqlite3.connect(
                path, isolation_level=None, timeout=_BUSY_MS / 1000, check_same_thread=False
            )
        except (OSError, sqlite3.Error) as exc:
            raise Unavailable("stock", "open", f"{path}: {exc}; check the disk") from exc
        try:
            self._set_up()
        except sqlite3.Error as exc:
            self._connection.close()
            self._translate(exc, "open")
        except BaseException:
            self._connection.close()
            raise

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self.close()

    def close(self) -> None:
        """Close the connection; what was committed stays."""
        with self._mutex:
            self._connection.close()

    @contextmanager
    def transaction(self, *, durable: bool = False) -> Iterator[None]:
        """Do all or nothing.

        Args:
            durable: Wait for the disk. A snapshot that a power cut takes is fetched again; a
                person's decision is not.

        Raises:
            Unavailable: Another process writes for too long, or the disk is full or fails.
            StateError: The file is damaged.
        """
        with self._mutex:
            if self._depth:
                raise RuntimeError("a transaction of the stock file inside another one")
            self._run(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self._run("BEGIN IMMEDIATE")
            self._depth = 1
            try:
                yield
                failpoint("stock.commit.before")
                self._run("COMMIT")
                failpoint("stock.commit.after")
            except BaseException:
                if self._connection.in_transaction:
                    self._run("ROLLBACK")
                raise
            finally:
                self._depth = 0

    def write(self, sql: str, values: Sequence[Cell] = ()) -> int:
        """Run one statement inside a transaction and return how many rows it changed."""
        return self._writing(sql, values).rowcount

    def insert(self, sql: str, values: Sequence[Cell] = ()) -> int:
        """Run one INSERT inside a transaction and return the row's id."""
        return self._writing(sql, values).lastrowid or 0

    def write_many(self, sql: str, rows: Iterable[Sequence[Cell]]) -> None:
        """Run one statement for many rows inside a transaction."""
        with self._mutex:
            self._must_be_in_transaction()
            try:
                self._connection.executemany(sql, rows)
            except sqlite3.Error as exc:
                self._translate(exc, "load")

    def rows(self, sql: str, values: Sequence[Cell] = ()) -> list[Row]:
        """Return all rows of a query."""
        with self._mutex:
            return self._run(sql, values).fetchall()

    def row(self, sql: str, values: Sequence[Cell] = ()) -> Row | None:
        """Return the first row of a query; None if there is none."""
        with self._mutex:
            first: Row | None = self._run(sql, values).fetchone()
            return first

    def _writing(self, sql: str, values: Sequence[Cell]) -> sqlite3.Cursor:
        with self._mutex:
            self._must_be_in_transaction()
            return self._run(sql, values)

    def _must_be_in_transaction(self) -> None:
        if not self._depth:
            raise RuntimeError("writing needs a transaction")

    def _set_up(self) -> None:
        """Check whose file it is and bring it to the newest version."""
        for pragma in (
            f"busy_timeout = {_BUSY_MS}",
            "journal_mode = WAL",
            "synchronous = NORMAL",
            "trusted_schema = OFF",
            "temp_store = MEMORY",
        ):
            self._connection.execute(f"PRAGMA {pragma}")
        owner: int = self._connection.execute("PRAGMA application_id").fetchone()[0]
        version: int = self._connection.execute("PRAGMA user_version").fetchone()[0]
        tables: int = self._connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        if owner != APPLICATION_ID and tables:
            raise StateError(f"{self.path} is not a stock file of westsync; move it aside")
        if version > VERSION:
            raise StateError(
                f"{self.path} was written by a newer westsync (version {version}, this one knows"
                f" {VERSION}); install that version again"
            )
        if version < VERSION:
            migrate(self._connection)

    def _run(self, sql: str, values: Sequence[Cell] = ()) -> sqlite3.Cursor:
        try:
            return self._connection.execute(sql, values)
        except sqlite3.Error as exc:
            self._translate(exc, sql.split(maxsplit=1)[0].lower())

    def _translate(self, exc: sqlite3.Error, doing: str) -> NoReturn:
        trouble = trouble_of(exc)
        if trouble is Trouble.LATER:
            raise Unavailable("stock", doing, f"{exc}; free space on the disk, or wait") from exc
        if trouble is Trouble.DISK:
            raise Unavailable("stock", doing, f"{exc}; the disk or its rights failed") from exc
        if trouble is Trouble.DAMAGE:
            raise StateError(
                f"{self.path} cannot be trusted ({exc}); move it with its -wal and -shm files"
                " aside: snapshots are fetched again, but people's links are lost unless a backup"
                " of the file is put in its place"
            ) from exc
        raise exc

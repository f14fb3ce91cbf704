"""All or nothing, whatever the disk does."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import pytest

from westsync.errors import StateError, Unavailable
from westsync.journal.generation import read_generation
from westsync.journal.opening import open_state
from westsync.journal.store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.fakes.clock import FakeClock
    from westsync.journal.database import Database


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "westsync.db"


@pytest.fixture
def on_disk(path: Path, clock: FakeClock) -> Iterator[Database]:
    database = open_state(path, clock)
    yield database
    with suppress(StateError, Unavailable, sqlite3.ProgrammingError):
        database.close()


def put(database: Database, key: str, value: str = "1") -> None:
    SqliteStore(database, "main").keepsakes.put(key, value)


def get(database: Database, key: str) -> str | None:
    return SqliteStore(database, "main").keepsakes.get(key)


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    def fail() -> None:
        with database.transaction():
            put(database, "a")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert get(database, "a") is None


def test_an_inner_part_can_fail_alone(database: Database) -> None:
    with database.transaction():
        put(database, "a")
        with suppress(ZeroDivisionError), database.transaction():
            put(database, "b")
            raise ZeroDivisionError
        with database.transaction():
            put(database, "c")

    assert (get(database, "a"), get(database, "b"), get(database, "c")) == ("1", None, "1")


def test_an_inner_part_falls_with_the_whole(database: Database) -> None:
    def fail_outside() -> None:
        with database.transaction():
            with database.transaction():
                put(database, "a")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_outside()

    assert get(database, "a") is None


def test_writing_outside_a_transaction_is_a_mistake(database: Database) -> None:
    with pytest.raises(RuntimeError, match="needs a transaction"):
        database.write("DELETE FROM setting")


def test_a_wrong_statement_is_our_bug_and_not_the_disks(database: Database) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        database.rows("SELECT * FROM nobody")


def test_a_transaction_that_changes_nothing_writes_nothing(on_disk: Database) -> None:
    put(on_disk, "a")
    before = on_disk.seq

    put(on_disk, "a")
    with on_disk.transaction():
        pass

    assert on_disk.seq == before


def test_the_generation_is_remembered_every_hundred_commits(on_disk: Database, path: Path) -> None:
    for number in range(200):
        put(on_disk, "a", str(number))

    kept = read_generation(path.with_name("westsync.db.generation"))

    assert kept is not None
    assert on_disk.seq - kept.seq < 100


def test_a_full_disk_fails_whole_and_heals_when_there_is_space(on_disk: Database) -> None:
    put(on_disk, "a", "before")
    (pages,) = on_disk.row("PRAGMA page_count") or (0,)
    on_disk.rows(f"PRAGMA max_page_count = {pages}")

    def put_both() -> None:
        with on_disk.transaction():
            put(on_disk, "a", "after")
            put(on_disk, "b", "x" * 1_000_000)

    with pytest.raises(Unavailable, match="free space on the disk"):
        put_both()
    assert (get(on_disk, "a"), get(on_disk, "b")) == ("before", None)

    on_disk.rows("PRAGMA max_page_count = 1000000")
    put_both()
    assert get(on_disk, "a") == "after"


def test_after_the_disk_failed_nothing_is_written_by_this_process(
    on_disk: Database, path: Path, clock: FakeClock
) -> None:
    put(on_disk, "a")
    with pytest.raises(Unavailable, match="the disk or its rights failed"):
        on_disk._translate(an_error(sqlite3.SQLITE_IOERR_FSYNC), "commit")

    assert on_disk.broken
    with pytest.raises(Unavailable, match="restart westsync"):
        put(on_disk, "b")
    on_disk.close()
    with closing(open_state(path, clock)) as again:
        assert get(again, "a") == "1"


def test_damage_found_while_running_is_a_persons_business(on_disk: Database) -> None:
    with pytest.raises(StateError, match="cannot be trusted"):
        on_disk._translate(an_error(sqlite3.SQLITE_CORRUPT), "select")


def an_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize("replaced", [False, True], ids=["deleted", "replaced"])
def test_a_state_that_vanishes_while_running_is_noticed(
    on_disk: Database, path: Path, *, replaced: bool
) -> None:
    path.rename(path.with_name("elsewhere.db"))
    if replaced:
        path.write_bytes(path.with_name("elsewhere.db").read_bytes())

    with pytest.raises(StateError, match="deleted or replaced"):
        put(on_disk, "a")


def test_a_backup_is_a_sound_state_of_its_own(
    on_disk: Database, path: Path, clock: FakeClock
) -> None:
    put(on_disk, "a")
    backup = path.with_name("backup.db")

    on_disk.backup(backup)
    on_disk.backup(backup)  # over an older one

    put(on_disk, "a", "2")
    with closing(open_state(backup, clock)) as copy:
        assert get(copy, "a") == "1"
        assert copy.installation == on_disk.installation
    assert backup.stat().st_mode & 0o077 == 0


def test_a_backup_to_nowhere_says_so(on_disk: Database, path: Path) -> None:
    with pytest.raises(Unavailable, match="backup"):
        on_disk.backup(path.parent / "missing" / "backup.db")


def test_a_generation_file_that_cannot_be_written_stops_the_send(
    on_disk: Database, path: Path
) -> None:
    path.with_name("westsync.db.generation.new").mkdir()

    with pytest.raises(Unavailable, match="generation file"):
        on_disk.remember_generation()


def test_every_table_carries_the_account(database: Database) -> None:
    tables = [
        name
        for (name,) in database.rows(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '%sqlite%'"
        )
    ]
    columns = {
        name: {column[1] for column in database.rows(f"PRAGMA table_info({name})")}
        for name in tables
    }

    assert len(tables) > 15
    assert {name for name, found in columns.items() if "account" not in found} == {"meta"}


def test_every_table_is_strict(database: Database) -> None:
    loose = database.rows(
        "SELECT name FROM pragma_table_list WHERE NOT strict AND schema = 'main'"
        " AND name NOT LIKE '%sqlite%'"
    )

    assert loose == []

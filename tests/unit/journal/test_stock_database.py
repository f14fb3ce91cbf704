"""Promises of the stock file itself: whole transactions, and troubles that name their cure."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from westsync.errors import StateError, Unavailable
from westsync.journal.stock_database import StockDatabase, written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TABLE = "CREATE TABLE trial (word TEXT)"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[StockDatabase]:
    with StockDatabase(tmp_path / "stock.db") as opened:
        yield opened


def test_a_moment_without_a_zone_is_never_stored() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        written(datetime(2026, 11, 24, 9))  # noqa: DTZ001 - the very mistake


def test_a_transaction_inside_another_one_is_a_bug(database: StockDatabase) -> None:
    with (
        database.transaction(),
        pytest.raises(RuntimeError, match="inside another"),
        database.transaction(),
    ):
        pass


def test_writing_without_a_transaction_is_a_bug(database: StockDatabase) -> None:
    with pytest.raises(RuntimeError, match="needs a transaction"):
        database.write("DELETE FROM link", ())


def test_a_full_disk_is_told_with_its_cure_and_changes_nothing(database: StockDatabase) -> None:
    with database.transaction():
        database.write(TABLE, ())
    pages = database.row("PRAGMA page_count")
    assert pages is not None
    database.row(f"PRAGMA max_page_count = {pages[0]}")

    with pytest.raises(Unavailable, match="free space"), database.transaction():
        database.write("INSERT INTO trial VALUES (zeroblob(1000000))", ())

    assert database.row("SELECT count(*) FROM trial") == (0,)


def test_a_mistake_of_ours_is_not_taken_for_the_disk(database: StockDatabase) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        database.row("SELECT * FROM nowhere")


def test_a_file_of_something_else_is_refused_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "stock.db"
    with closing(sqlite3.connect(path)) as foreign:
        foreign.execute(TABLE)
        foreign.commit()

    with pytest.raises(StateError, match="not a stock file"):
        StockDatabase(path)

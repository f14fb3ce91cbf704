"""The file in which a reader hands rows over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from westsync.errors import UnexpectedReply
from westsync.ports.staged_rows import BLOCK, staged_blocks, staged_rows, write_rows
from westsync.ports.stock_rows import COLUMNS

if TYPE_CHECKING:
    from pathlib import Path

ROW = (1, None, "A-1", *[None] * 11, "in_stock", 5, 5, *[None] * (len(COLUMNS) - 17))


def test_rows_come_back_in_their_order_a_block_at_a_time(tmp_path: Path) -> None:
    rows = [(number, *ROW[1:]) for number in range(BLOCK + 1)]

    path = write_rows(tmp_path / "rows", rows)

    assert list(staged_rows(path)) == rows
    assert [len(block) for block in staged_blocks(path)] == [BLOCK, 1]


def test_a_cut_file_is_no_list(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "rows", [ROW])
    path.write_bytes(path.read_bytes()[:-1])

    with pytest.raises(UnexpectedReply, match="refresh again"):
        list(staged_rows(path))


@pytest.mark.parametrize(
    "block",
    [b"\xc1", msgspec.msgpack.encode([["A-1"]]), msgspec.msgpack.encode([["one", *ROW[1:]]])],
)
def test_what_is_no_row_is_refused(tmp_path: Path, block: bytes) -> None:
    path = tmp_path / "rows"
    path.write_bytes(len(block).to_bytes(4, "big") + block)

    with pytest.raises(UnexpectedReply, match="staged rows cannot be read"):
        list(staged_rows(path))

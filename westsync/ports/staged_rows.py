"""The file in which a reader hands the rows of one price list to whoever loads them.

Blocks of rows in MessagePack, each behind its length: written and read once from front to back,
and thrown away after that. It costs a tenth of what a table of SQLite costs. What is read is
checked cell by cell, because the writer has had a stranger's file in its hands.
"""

from __future__ import annotations

import itertools
import struct
from types import GenericAlias
from typing import IO, TYPE_CHECKING, Any

import msgspec

from westsync.errors import UnexpectedReply
from westsync.ports.stock_rows import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

Row = tuple[Any, ...]
"""Values in the order of `stock_rows.COLUMNS`."""

BLOCK = 500
"""Rows of a block, so that neither side holds many at a time."""

_NUMBERS = frozenset({"row_no", "qty_min", "qty_max"})
_ROW = GenericAlias(tuple, tuple((int if name in _NUMBERS else str) | None for name in COLUMNS))
_LENGTH = struct.Struct(">I")
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(GenericAlias(list, _ROW)).decode


def write_rows(path: Path, rows: Iterable[Row]) -> Path:
    """Write a whole file of rows; return its path."""
    left = iter(rows)
    with path.open("wb") as file:
        while block := list(itertools.islice(left, BLOCK)):
            write_block(file, block)
    return path


def write_block(file: IO[bytes], rows: Sequence[Row]) -> None:
    """Append rows to a file."""
    packed = _encode(rows)
    file.write(_LENGTH.pack(len(packed)))
    file.write(packed)


def staged_blocks(path: Path) -> Iterator[list[Row]]:
    """Walk the blocks of a file.

    Raises:
        UnexpectedReply: It is cut, or holds something else than rows.
    """
    with path.open("rb") as file:
        while head := file.read(_LENGTH.size):
            try:
                (length,) = _LENGTH.unpack(head)
                yield _decode(file.read(length))
            except (struct.error, msgspec.MsgspecError) as exc:
                raise UnexpectedReply(
                    "stock", "load", f"{path}: staged rows cannot be read ({exc}); refresh again"
                ) from exc


def staged_rows(path: Path) -> Iterator[Row]:
    """Walk the rows of a file.

    Raises:
        UnexpectedReply: As of `staged_blocks`.
    """
    return itertools.chain.from_iterable(staged_blocks(path))

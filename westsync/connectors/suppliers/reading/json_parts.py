"""The JSON objects of many rows at once, put together from one column per key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from westsync.connectors.suppliers.reading.codes import cell_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from westsync.connectors.suppliers.reading.fields import Value

_PLAIN = frozenset({str, float})
_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Part:
    """One key of the objects of a batch.

    Attributes:
        form: The key and its value, in the form of the operator ``%``.
        values: What goes into the form, by row; None where a row lacks the key.
    """

    form: str
    values: Sequence[Any]


def objects(parts: Sequence[Part], size: int) -> Sequence[str | None]:
    """Return the object of every row; None for a row without any key."""
    if not parts:
        return [None] * size
    if not any(None in part.values for part in parts):
        form = f"{{{','.join(part.form for part in parts)}}}"
        return [*map(form.__mod__, zip(*(part.values for part in parts), strict=True))]
    columns = [
        [None if value is None else part.form % (value,) for value in part.values] for part in parts
    ]
    joined = (",".join(filter(None, row)) for row in zip(*columns, strict=True))
    return [f"{{{text}}}" if text else None for text in joined]


def raw_part(key: str, cells: Sequence[Value]) -> Part:
    """Return cells as they were: texts and numbers as such, others as people read them."""
    kinds = set(map(type, cells))
    if kinds == {str}:
        joined = "".join(cells)
        if joined.isprintable() and '"' not in joined and "\\" not in joined:
            full = "" not in cells
            return Part(f'"{key}":"%s"', cells if full else [cell or None for cell in cells])
    if kinds == {float}:
        return Part(f'"{key}":%s', number_texts(cells))
    return Part(f'"{key}":%s', [*map(_json, cells)])


def number_texts(numbers: Sequence[float]) -> list[str]:
    """Return floats as JSON, all at once; what JSON has no number for is null."""
    return encode(numbers)[1:-1].split(",")


def encode(value: object) -> str:
    """Return a value as JSON."""
    return _encoder.encode(value).decode()


def _json(cell: Value) -> str | None:
    """Return a cell as JSON; None if it is empty."""
    if cell is None or cell == "":
        return None
    return encode(cell if type(cell) in _PLAIN else cell_text(cell))

"""The moment a supplier states for its data (suppliers contract 10, ``as_of``)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from westsync.connectors.suppliers.reading.codes import cell_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from westsync.connectors.suppliers.profile import AsOf
    from westsync.connectors.suppliers.reading.sheets import Row

FARTHEST = timedelta(days=1)
"""How far ahead of us a supplier's clock may be."""

_USUAL = (
    "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y", "%d.%m.%y %H:%M:%S", "%d.%m.%y %H:%M",
    "%d.%m.%y", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y.%m.%d %H:%M:%S", "%Y.%m.%d %H:%M",
    "%Y.%m.%d", "%Y%m%d%H%M", "%Y%m%d", "%d-%m-%Y %H:%M", "%d-%m-%Y", "%d/%m/%Y %H:%M", "%d/%m/%Y",
    "%a, %d %b %Y %H:%M:%S %z",
)  # fmt: skip


_OLDEST_YEAR = 2000
_ZONE_FOR_T = re.compile(r"(\d{4}-\d\d-\d\d)([A-Z]{3,4})(\d{1,2}:.+)")
"""PHP's ``date("Y-m-dTH:i")``: its ``T`` is the zone's name, so feeds say 2025-05-05MSK16:29."""
_ONE_DIGIT_HOUR = re.compile(r"(?<=\d[T ])(?=\d:)")


def moment(text: str, shape: str = "", zone: str = "Europe/Moscow") -> datetime | None:
    """Return the moment a text states, UTC; None if it cannot be read.

    Args:
        text: With or without blanks around it.
        shape: `strptime` format; empty: RFC 3339 and the usual spellings are tried.
        zone: IANA name for moments without a zone.
    """
    text = " ".join(text.split())
    found = _parsed(text, (shape,)) if shape else _usual(text)
    if found is None or found.year < _OLDEST_YEAR:
        return None
    try:
        if found.tzinfo is None:
            found = found.replace(tzinfo=ZoneInfo(zone))
        return found.astimezone(UTC)
    except (ValueError, OverflowError, KeyError):
        return None


def in_cells(rows: Iterable[Row], rule: AsOf) -> str:
    """Return the text of the moment in the cells above the data; empty if there is none."""
    shape = re.compile(rule.cell.removeprefix("~"), re.IGNORECASE)
    for row in rows:
        for cell in row:
            match = shape.search(cell_text(cell)) if cell != "" else None
            if match is not None:
                return _kept(match)
    return ""


def in_name(name: str, rule: AsOf) -> str:
    """Return the text of the moment in a file's name; empty if there is none."""
    match = re.search(rule.file_name.removeprefix("~"), name)
    return "" if match is None else _kept(match)


def _kept(match: re.Match[str]) -> str:
    """Return the first group of a match, or all of it."""
    return (match[1] if match.re.groups else match[0]) or ""


def _usual(text: str) -> datetime | None:
    """Read a moment nobody described: RFC 3339 with its usual mistakes, then other spellings."""
    php = _ZONE_FOR_T.fullmatch(text)
    if php is not None:
        text = f"{php[1]}T{php[3]}{'Z' if php[2] in {'UTC', 'GMT'} else ''}"
    text = _ONE_DIGIT_HOUR.sub("0", text)
    return _iso(text) or _parsed(text, _USUAL)


def _iso(text: str) -> datetime | None:
    """Read RFC 3339 and its relatives."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _parsed(text: str, shapes: tuple[str, ...]) -> datetime | None:
    """Read a moment by the first format that fits the whole text."""
    for shape in shapes:
        try:
            return datetime.strptime(text, shape)  # noqa: DTZ007 - the caller adds the zone
        except ValueError:
            continue
    return None

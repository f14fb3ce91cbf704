"""The days off that the Government moved, read from the table that the package ``holidays`` keeps.

Of the package only this table is needed, and it is plain data: importing it would bring the
calendars of all religions with it, 46 modules and 4 MB that a daemon carries for nothing. So the
table is read from the package's source, where a year stands as ``2026: ((JAN, 9, JAN, 3),
(DEC, 31, JAN, 4))``: the date that is off and the one that gave it, with its year if that is
another one. Where a name stands instead of a second date, a holiday was added and no day moved.
"""

from __future__ import annotations

import ast
from datetime import date
from functools import cache
from importlib.machinery import SourceFileLoader
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MODULE = "holidays.countries.russia"
_CURE = "install the version that westsync was locked with"
_TABLE = "special_public_holidays"
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


@cache
def decrees() -> Mapping[int, Mapping[date, date]]:
    """Return what the installed package knows; see `read_decrees`.

    Raises:
        RuntimeError: It is not installed, or keeps its table in another form.
    """
    package = find_spec("holidays")  # finds, and does not import
    if package is None or not package.submodule_search_locations:
        raise RuntimeError("the package 'holidays' is not installed; install westsync anew")
    path = f"{package.submodule_search_locations[0]}/countries/russia.py"
    try:
        source = SourceFileLoader(_MODULE, path).get_source(_MODULE)
    except ImportError as exc:
        raise RuntimeError(f"{path} is not there; {_CURE}") from exc
    return read_decrees(source or "")


def read_decrees(source: str) -> Mapping[int, Mapping[date, date]]:
    """Return year -> date that is off -> the day off that moved there, for years with a decree.

    Args:
        source: Of the module of the package that describes Russia.

    Raises:
        RuntimeError: There is no table in it that we could read.
    """
    moved = {year: days for year, entry in _table(source) if (days := dict(_moves(year, entry)))}
    if not moved:
        raise RuntimeError(f"'holidays' has no table of moved days off; {_CURE}")
    return moved


def _table(source: str) -> Iterator[tuple[int, object]]:
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Dict() as table) if (
                name == _TABLE
            ):
                for key, value in zip(table.keys, table.values, strict=True):
                    if isinstance(key, ast.Constant) and isinstance(key.value, int):
                        yield key.value, _value(value)


def _value(node: ast.expr) -> object:
    """Return numbers, months as numbers, and lists of them; anything else is some name."""
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name) if name in _MONTHS:
            return _MONTHS.index(name) + 1
        case ast.Tuple(elts=parts):
            return tuple(_value(part) for part in parts)
        case _:
            return ""


def _moves(year: int, entry: object) -> Iterator[tuple[date, date]]:
    """Yield (date that is off, source) of a year's entry: one day, or a list of days."""
    match entry:
        case (int(month), int(day), int(from_month), int(from_day)):
            yield date(year, month, day), date(year, from_month, from_day)
        case (int(month), int(day), int(from_month), int(from_day), int(from_year)):
            yield date(year, month, day), date(from_year, from_month, from_day)
        case (tuple(), *_) as days:
            for one in days:
                yield from _moves(year, one)
        case _:
            return

"""The functions of ``$filter`` that 1C has; those it lacks are unknown methods (contract 4.4)."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from westsync.sandbox.onec.refusals import bad_option

if TYPE_CHECKING:
    from collections.abc import Callable


class ValueType(StrEnum):
    """What an expression yields.

    ``composite`` is a field of several types, ``reference`` what ``cast`` makes of it.
    """

    STRING = "string"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    MOMENT = "moment"
    BOOLEAN = "boolean"
    GUID = "guid"
    COMPOSITE = "composite"
    REFERENCE = "reference"
    NULL = "null"


@dataclass(frozen=True, slots=True)
class Function:
    """One function.

    Attributes:
        takes: Types of its arguments.
        yields: Type of its value.
        apply: Computes it.
        optional: How many of the last arguments may be left out.
    """

    takes: tuple[ValueType, ...]
    yields: ValueType
    apply: Callable[..., Any]
    optional: int = 0


def _like(text: str, pattern: str) -> bool:
    """Match a pattern of 1C: ``%`` any text, ``_`` any character."""
    parts = (".*" if mark == "%" else "." if mark == "_" else re.escape(mark) for mark in pattern)
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None


def _substring(text: str, start: Decimal, length: Decimal | None = None) -> str:
    rest = text[int(start) :]
    return rest if length is None else rest[: int(length)]


def _month(at: datetime, count: int) -> datetime:
    years, month = divmod(at.month - 1 + count, 12)
    year = at.year + years
    return at.replace(year=year, month=month + 1, day=min(at.day, monthrange(year, month + 1)[1]))


_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def _date_add(at: datetime, unit: str, count: Decimal) -> datetime:
    if unit in _MONTHS:
        return _month(at, _MONTHS[unit] * int(count))
    return at + timedelta(seconds=_seconds(unit) * int(count))


def _date_difference(first: datetime, second: datetime, unit: str) -> Decimal:
    if unit in _MONTHS:
        months = (second.year - first.year) * 12 + second.month - first.month
        return Decimal(months // _MONTHS[unit])
    return Decimal(int((second - first).total_seconds()) // _seconds(unit))


def _seconds(unit: str) -> int:
    if unit not in _SECONDS:
        raise bad_option(f"нет единицы времени '{unit}'")
    return _SECONDS[unit]


def _round(number: Decimal, places: Decimal = Decimal(0)) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-int(places)), ROUND_HALF_UP)


def _of_moment(read: Callable[[datetime], int]) -> Function:
    return Function((_M,), _N, lambda at: Decimal(read(at)))


_S, _N, _M, _B = ValueType.STRING, ValueType.NUMBER, ValueType.MOMENT, ValueType.BOOLEAN

FUNCTIONS: dict[str, Function] = {
    "substringof": Function((_S, _S), _B, lambda part, text: part in text),
    "startswith": Function((_S, _S), _B, lambda text, part: text.startswith(part)),
    "endswith": Function((_S, _S), _B, lambda text, part: text.endswith(part)),
    "concat": Function((_S, _S), _S, lambda first, second: first + second),
    "substring": Function((_S, _N, _N), _S, _substring, optional=1),
    "like": Function((_S, _S), _B, _like),
    "year": _of_moment(lambda at: at.year),
    "quarter": _of_moment(lambda at: (at.month + 2) // 3),
    "month": _of_moment(lambda at: at.month),
    "day": _of_moment(lambda at: at.day),
    "hour": _of_moment(lambda at: at.hour),
    "minute": _of_moment(lambda at: at.minute),
    "second": _of_moment(lambda at: at.second),
    "dayofweek": _of_moment(lambda at: at.isoweekday()),
    "dayofyear": _of_moment(lambda at: at.timetuple().tm_yday),
    "dateadd": Function((_M, _S, _N), _M, _date_add),
    "datedifference": Function((_M, _M, _S), _N, _date_difference),
    "round": Function((_N, _N), _N, _round, optional=1),
}

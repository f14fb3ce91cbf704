"""Measures in names: "300 Вт", "16 каналов", "5 м", "1/2" (suppliers contract 8.1.1)."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from westsync.domain.matching.spelling import KNOWN_WORDS

FRACTION = "FR"
"""Unit of violin sizes: 1/4, 1/2, 3/4, 4/4."""

_UNITS = {
    "W": r"ВТ|ВАТТ|WATTS?|W",
    "CH": r"КАНАЛ(?:А|ОВ|ЬН[А-Я]+)?|КАН|CHANNELS?|CH",
    "IN": r"ДЮЙМ(?:А|ОВ|ОВ[А-Я]+)?|INCH(?:ES)?|IN|\"|''",
    "MM": r"ММ|MM",
    "CM": r"СМ|CM",
    "M": r"МЕТР(?:А|ОВ)?|М|M",
    "KG": r"КГ|KG",
}
_NAMED = "|".join(f"(?P<{unit}>{words})" for unit, words in _UNITS.items())
# The left boundary matters: the 5W in the code I5W is not watts.
_MEASURE = re.compile(rf"(?<![A-ZА-Я0-9.,/-])(\d+(?:\.\d+)?)[ -]?(?:{_NAMED})(?![A-ZА-Я0-9])\.?")
_FRACTION = re.compile(r"(?<![A-ZА-Я0-9.,/-])([1-7]/(?:2|4|8|10|16))(?![A-ZА-Я0-9/])")

Measures = dict[str, frozenset[str]]
"""Unit -> the numbers stated in it."""


def pull_measures(text: str) -> tuple[Measures, str]:
    """Return the measures of a cleaned name, and the name without them."""
    found: dict[str, set[str]] = {}

    def measure(match: re.Match[str]) -> str:
        found.setdefault(match.lastgroup or "", set()).add(_number(match[1]))
        return " "

    def fraction(match: re.Match[str]) -> str:
        found.setdefault(FRACTION, set()).add(match[1])
        return " "

    rest = _FRACTION.sub(fraction, _MEASURE.sub(measure, text))
    return {unit: frozenset(numbers) for unit, numbers in found.items()}, rest


@lru_cache(KNOWN_WORDS)
def _number(text: str) -> str:
    """Return a number without the zeros that say nothing."""
    return f"{Decimal(text).normalize():f}"

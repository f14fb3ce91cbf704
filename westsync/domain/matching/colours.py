"""Colours in names: words of two languages, and the codes makers put behind a model."""

from __future__ import annotations

import re
from functools import lru_cache

from westsync.domain.matching.spelling import KNOWN_WORDS

_ENDING = r"(?:ЫЙ|ИЙ|ОЙ|АЯ|ЯЯ|ОЕ|ЕЕ|ЫЕ|ИЕ|ОГО|ЕГО|ОМ|ЕМ|ЫХ|ИХ)"
_STEMS = {
    "ЧЕРН": "black", "БЕЛ": "white", "КРАСН": "red", "СИН": "blue", "ГОЛУБ": "light blue",
    "ЗЕЛЕН": "green", "ЖЕЛТ": "yellow", "СЕР": "grey", "СЕРЕБРИСТ": "silver", "ЗОЛОТ": "gold",
    "ЗОЛОТИСТ": "gold", "КОРИЧНЕВ": "brown", "НАТУРАЛЬН": "natural", "БЕЖЕВ": "beige",
    "РОЗОВ": "pink", "ФИОЛЕТОВ": "purple", "ОРАНЖЕВ": "orange", "БОРДОВ": "burgundy",
    "ПРОЗРАЧН": "clear",
}  # fmt: skip
_RUSSIAN = re.compile(rf"({'|'.join(sorted(_STEMS, key=len, reverse=True))}){_ENDING}\Z")
_SHORT = {
    "ЧЕРН": "black",
    "ЧЕРН.": "black",
    "БЕЛ": "white",
    "БЕЛ.": "white",
    "САНБЕРСТ": "sunburst",
}
_ENGLISH = {
    "BLACK": "black", "WHITE": "white", "RED": "red", "BLUE": "blue", "GREEN": "green",
    "YELLOW": "yellow", "GREY": "grey", "GRAY": "grey", "SILVER": "silver", "GOLD": "gold",
    "BROWN": "brown", "NATURAL": "natural", "BEIGE": "beige", "PINK": "pink", "PURPLE": "purple",
    "ORANGE": "orange", "SUNBURST": "sunburst", "CLEAR": "clear",
}  # fmt: skip
_CODES = {
    "BK": "black", "BLK": "black", "WH": "white", "WHT": "white", "WT": "white", "RD": "red",
    "BL": "blue", "BU": "blue", "BLU": "blue", "GN": "green", "GRN": "green", "YL": "yellow",
    "GY": "grey", "GRY": "grey", "SV": "silver", "SLV": "silver", "GD": "gold", "GLD": "gold",
    "BR": "brown", "BRN": "brown", "NT": "natural", "NAT": "natural", "PK": "pink",
    "SB": "sunburst", "TBS": "tobacco sunburst", "CSB": "cherry sunburst",
}  # fmt: skip
_TRAILING = re.compile(rf"(.*\d)[-./_]?({'|'.join(sorted(_CODES, key=len, reverse=True))})\Z")


@lru_cache(KNOWN_WORDS)
def colour_of(token: str) -> str:
    """Return the colour a word or a code stands for; empty if it is none."""
    russian = _RUSSIAN.match(token)
    if russian is not None:
        return _STEMS[russian[1]]
    return _ENGLISH.get(token) or _CODES.get(token) or _SHORT.get(token, "")


@lru_cache(KNOWN_WORDS)
def split_code(token: str) -> tuple[str, str]:
    """Return a model without the colour code behind its last digit, and that colour.

    "F310-BK" -> ("F310", "black"); a token without one comes back with an empty colour.
    """
    found = _TRAILING.match(token)
    return (token, "") if found is None else (found[1], _CODES[found[2]])

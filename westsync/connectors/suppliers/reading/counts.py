"""Numbers of pieces and their bounds: "12 шт.", "> 10", "1-5", "~20" (suppliers contract 7.1, 8-9).

A doubtful mark is read as decimal: "1,234" pieces is one piece, not a thousand, because promising
too little is mended by a question and promising too much is not.
"""

from __future__ import annotations

import math
import re

from westsync.domain.stock import OUT, Availability, Flag, StockStatus

Found = tuple[Availability, tuple[Flag, ...]]

_MOST = 10**9
_NUMBER = (
    r"(?:\d{1,3}(?:[ '\u00a0]\d{3})+|\d{1,12})(?:[.,]\d{1,6})?"
    r"|\d{1,3}(?:,\d{3}){2,}|\d{1,3}(?:\.\d{3}){2,}"
    r"|\d{1,3}(?:\.\d{3})+,\d{1,3}|\d{1,3}(?:,\d{3})+\.\d{1,3}"
)
_UNIT = (
    r"(?: ?(?:шт(?:ук[аи]?)?|ед(?:иниц[аы]?)?|пар[аы]?|компл(?:ект(?:а|ов)?)?|к-т|кт"
    r"|уп(?:ак(?:овк[аи]|овок)?)?|м(?:етр(?:а|ов)?)?|м\.? ?п|пог\.? ?м|кг|л"
    r"|рул(?:он(?:а|ов)?)?|наб(?:ор(?:а|ов)?)?|pcs|pc|set|sets)\.?)?"
)
_BEFORE = re.compile(
    r"^(?:(?:свободн[а-я]+ )?остат(?:ок|ки)|в наличии|на складе|есть|доступно|наличие|in stock)"
    r"[ :=-]+(?=[\d<>≤≥~]|более|больше|свыше|менее|меньше|до |от |не |около|примерно)"
)
_AFTER = re.compile(r"(?<=[\d.а-яa-z+]),? (?:в наличии|на складе|есть|доступно|in stock)$")
_WITH_WORDS = re.compile(r"^\d[\d ]*(?:[.,]0+)?$")

_MAY_BE_A_DAY = re.compile(r"\d{1,2}\.(?:0[1-9]|1[0-2])\.?")
"""Two digits behind a point that can be a month: "15.12" may be the day of a delivery."""

_PLAIN = re.compile(rf"^([+-]?) ?({_NUMBER}){_UNIT}$")
_OVER = re.compile(rf"^(?:>|более|больше|свыше|more than|over) ?(?:чем )?({_NUMBER}){_UNIT}$")
_AT_LEAST = re.compile(
    rf"^(?:≥|>=|=>|⩾|от|не менее|не меньше|минимум|at least) ?({_NUMBER}){_UNIT}$"
    rf"|^({_NUMBER}) ?\+{_UNIT}$|^({_NUMBER}){_UNIT},? (?:и|или) (?:более|больше)$"
)
_UNDER = re.compile(rf"^(?:<|менее|меньше|less than|under) ?(?:чем )?({_NUMBER}){_UNIT}$")
_AT_MOST = re.compile(
    rf"^(?:≤|<=|=<|⩽|до|не более|не больше|максимум|at most|up to) ?({_NUMBER}){_UNIT}$"
    rf"|^({_NUMBER}){_UNIT},? (?:и|или) (?:менее|меньше)$"
)
_RANGE = re.compile(rf"^(?:от )?({_NUMBER}){_UNIT} ?(?:-|до|\.\.\.?|…) ?({_NUMBER}){_UNIT}$")
_ABOUT = re.compile(
    rf"^(?:~|≈|≃|около|примерно|порядка|ок\.?|about|approx\.?) ?({_NUMBER}){_UNIT}$"
)


def count_in(text: str) -> Found | None:
    """Return the pieces a cleaned text states; None if it is not a number or a bound.

    Args:
        text: Cleaned by `cleaning.compared`.
    """
    if _MAY_BE_A_DAY.fullmatch(text):
        return None
    bare = _AFTER.sub("", _BEFORE.sub("", text))
    if bare != text and "," not in bare and "." in bare and _PLAIN.match(bare):
        # "в наличии 12.03" may well be a day: with words around it only a round number is one.
        number = _PLAIN.match(bare)
        if number is not None and not _WITH_WORDS.match(number[2]):
            return None
    plain = _PLAIN.match(bare)
    if plain is not None:
        value = _value(plain[2])
        return None if value is None else pieces(-value if plain[1] == "-" else value)
    return _bounded(bare)


def pieces(value: float) -> Found | None:
    """Return a number as an availability; None if it is no number of pieces.

    Below zero is absence with a flag; part of a piece is floored with a flag.
    """
    if not math.isfinite(value) or abs(value) > _MOST:
        return None
    if value < 0:
        return OUT, (Flag.NEGATIVE,)
    whole = int(value)
    if whole == value:
        return _stock(whole, whole), ()
    if whole:
        return _stock(whole, whole), (Flag.FRACTION,)
    return Availability(status=StockStatus.LOW, qty_min=0, qty_max=1), (Flag.FRACTION,)


def _bounded(text: str) -> Found | None:
    """Return a bound: over, at least, under, at most, between, about."""
    for shape, least, most in ((_OVER, 1, None), (_AT_LEAST, 0, None)):
        number = _first(shape.match(text))
        if number is not None:
            return _stock(number + least, most), ()
    for shape, less in ((_UNDER, 1), (_AT_MOST, 0)):
        number = _first(shape.match(text))
        if number is not None:
            return _low(number - less), ()
    between = _RANGE.match(text)
    if between is not None:
        return _between(_whole(between[1]), _whole(between[2]))
    number = _first(_ABOUT.match(text))
    if number is None:
        return None
    if not number:
        return OUT, ()
    return Availability(status=StockStatus.IN_STOCK, qty_min=1, note="approx"), ()


def _stock(least: int, most: int | None) -> Availability:
    """Return so many pieces; none at all is absence."""
    if most == 0:
        return OUT
    if not least:
        return Availability(status=StockStatus.LOW, qty_min=0, qty_max=most)
    return Availability(status=StockStatus.IN_STOCK, qty_min=least, qty_max=most)


def _low(most: int) -> Availability:
    """Return a few pieces, at most so many."""
    if most <= 0:
        return OUT
    return Availability(status=StockStatus.LOW, qty_min=1, qty_max=most)


def _between(least: int | None, most: int | None) -> Found | None:
    """Return a span of pieces; a span upside down is no span."""
    if least is None or most is None or least > most:
        return None
    return _stock(least, most), ()


def _first(match: re.Match[str] | None) -> int | None:
    """Return the number of whichever alternative matched."""
    if match is None:
        return None
    return next((_whole(group) for group in match.groups() if group is not None), None)


def _whole(text: str) -> int | None:
    """Return a number of a bound; part of a piece is no bound."""
    value = _value(text)
    return int(value) if value is not None and value == int(value) and value <= _MOST else None


def _value(text: str) -> float | None:
    """Return the number of a text that fits `_NUMBER`."""
    text = re.sub(r"[ '\u00a0]", "", text)
    marks = [sign for sign in text if sign in ".,"]
    if len(marks) > 1:
        # Several marks: the last is decimal if it is another one than the first.
        thousands = marks[0]
        text = text.replace(thousands, "")
    text = text.replace(",", ".")
    return float(text) if len(text) <= 15 else None

"""What a payment's purpose says: which invoices it is for, which VAT, and whether money goes back.

The purpose is free text by the payer. This reads only what can be read for certain (1C contract
7.4). A date is kept also where no calendar has it: a date that fits no invoice is evidence as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from westsync.domain import purpose_patterns as patterns
from westsync.domain.requisites import NumberKey, number_key

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """An invoice that a purpose names.

    Attributes:
        number: As written, upper case.
        day, month, year: As written; all None if no date is named, ``year`` alone None if only
            day and month are. They need not be a real date.
        is_mistyped: The word "счет" before it has a slip; number and date must both fit then.
    """

    number: str
    day: int | None = None
    month: int | None = None
    year: int | None = None
    is_mistyped: bool = False

    @property
    def key(self) -> NumberKey:
        """The number's key."""
        return number_key(self.number)

    @property
    def dated(self) -> date | None:
        """The whole date; None if it is not named or does not exist."""
        if self.day is None or self.month is None or self.year is None:
            return None
        try:
            return date(self.year, self.month, self.day)
        except ValueError:
            return None

    def agrees_with(self, day: date) -> bool | None:
        """Return whether the named date is this one; None if the purpose names no date."""
        if self.day is None:
            return None
        return (self.day, self.month) == (day.day, day.month) and self.year in {None, day.year}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vat:
    """What a purpose says of VAT.

    Attributes:
        percent: Rate; None for "without VAT".
        amount: Roubles; None if not named.
    """

    percent: int | None
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """A purpose as far as it can be read for certain.

    Attributes:
        invoices: In the order written, each once.
        vat: None if VAT is not mentioned.
        is_refund: It speaks of money going back: never a payment for an invoice.
        is_certain: Nothing that looks like a number or date of an invoice was left unread.
    """

    invoices: tuple[Mention, ...] = ()
    vat: Vat | None = None
    is_refund: bool = False
    is_certain: bool = True


def read_purpose(text: str) -> Purpose:
    """Read the purpose of a payment (``НазначениеПлатежа``)."""
    plain = patterns.normalised(text)
    reading = _Reading(plain)
    return Purpose(
        invoices=reading.mentions(),
        vat=_vat(plain),
        is_refund=patterns.REFUND.search(plain) is not None,
        is_certain=reading.is_certain,
    )


class _Reading:
    """Walks through a purpose once and notes what it could not make out."""

    def __init__(self, plain: str) -> None:
        self._plain = plain
        self.is_certain = True

    def mentions(self) -> tuple[Mention, ...]:
        found = dict.fromkeys(self._after(patterns.HEAD, is_mistyped=False))
        if not found:
            found = dict.fromkeys(self._after(patterns.MISTYPED_HEAD, is_mistyped=True))
        return tuple(found)

    def _after(self, head: re.Pattern[str], *, is_mistyped: bool) -> Iterator[Mention]:
        position = 0
        while begin := head.search(self._plain, position):
            position = begin.end()
            if not is_mistyped or patterns.is_mistyped_bill(begin["word"]):
                position = yield from self._items(position, is_mistyped=is_mistyped)

    def _items(self, position: int, *, is_mistyped: bool) -> Generator[Mention, None, int]:
        """Yield the invoices of one list and return where it ends."""
        is_first = True
        while item := patterns.ITEM.match(self._plain, position):
            mention = _mention(item, is_first=is_first, is_mistyped=is_mistyped)
            if mention is None:
                self._doubt(not is_first and patterns.ONE_MORE.match(self._plain, position))
                break
            self._doubt(patterns.UNREADABLE.match(self._plain, item.end()))
            yield mention
            position, is_first = item.end(), False
            separator = patterns.SEPARATOR.match(self._plain, position)
            if separator is None:
                break
            position = separator.end()
        return position

    def _doubt(self, unread: object) -> None:
        if unread:
            self.is_certain = False


def _mention(item: re.Match[str], *, is_first: bool, is_mistyped: bool) -> Mention | None:
    number = item["number"].strip("-/")
    if not any(letter.isdigit() for letter in number) or patterns.ACCOUNT.fullmatch(number):
        return None
    if not is_first and item["sign"] is None and item["dated"] is None:
        return None
    day, month, year = _date_of(item)
    return Mention(number=number.upper(), day=day, month=month, year=year, is_mistyped=is_mistyped)


def _date_of(item: re.Match[str]) -> tuple[int | None, int | None, int | None]:
    """Return day, month and year of a date as written; None for what it lacks."""
    for name in patterns.DATE_GROUPS:
        day = item[f"{name}d"] or item[f"{name}id"] or item[f"{name}wd"]
        if day is not None:
            year = item[f"{name}y"] or item[f"{name}iy"] or item[f"{name}wy"]
            return int(day), _month_of(item, name), None if year is None else _full_year(year)
    return None, None, None


def _month_of(item: re.Match[str], name: str) -> int:
    word = item[f"{name}wm"]
    if word is None:
        return int(item[f"{name}m"] or item[f"{name}im"])
    return next(n for n, stem in enumerate(patterns.MONTHS, 1) if re.fullmatch(stem, word))


def _full_year(year: str) -> int:
    return int(year) + (2000 if len(year) == 2 else 0)


def _vat(plain: str) -> Vat | None:
    found = patterns.VAT.search(plain)
    if found is None:
        return Vat(percent=None) if patterns.NO_VAT.search(plain) else None
    amount = None
    if found["sum"] is not None:
        amount = Decimal(f"{found['sum'].replace(' ', '')}.{found['kopecks'] or '00'}")
    return Vat(percent=int(found["percent"]), amount=amount)

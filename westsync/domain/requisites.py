"""Russian requisites and 1C's document numbers: what is valid, and when two mean the same.

All rules are those of 1C contract 7.2. Nothing here asks a register: a valid ИНН need not exist.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

KOPECK = Decimal("0.01")

_INN_WEIGHTS = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_LONGEST_NUMBER = 18  # digits; more is some other text, and more than an index holds
_DIGITS = frozenset("0123456789")
_NUMBER = re.compile(r"(?:(.{2,4}?)-)?(.*?)([0-9]+)")
# Letters that look the same: who retypes a number takes the keyboard that happens to be on.
_CYRILLIC = str.maketrans("ABCEHKMOPTXY", "АВСЕНКМОРТХУ")


def is_inn(text: str) -> bool:
    """Return whether a text is an ИНН: 10 digits of an organisation or 12 of a person."""
    if len(text) not in {10, 12} or not _DIGITS.issuperset(text) or text.startswith("00"):
        return False
    places = (9,) if len(text) == 10 else (10, 11)
    return all(_inn_digit(text, place) == int(text[place]) for place in places)


def _inn_digit(inn: str, place: int) -> int:
    weights = _INN_WEIGHTS[len(_INN_WEIGHTS) - place :]
    return sum(int(d) * w for d, w in zip(inn[:place], weights, strict=True)) % 11 % 10


def is_kpp(text: str) -> bool:
    """Return whether a text has the form of a КПП (it has no check digit)."""
    return re.fullmatch(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}", text) is not None


@dataclass(frozen=True, slots=True)
class NumberKey:
    """What is left of a document's number when fixed length and zeros are taken away.

    Attributes:
        prefix: Letters of organisation and base and anything before the last digits, upper case
            with Cyrillic letters in place of look-alikes.
        digits: Number at the end, below 2**63; None if the text ends without one.
    """

    prefix: str
    digits: int | None

    def means(self, document: NumberKey) -> bool:
        """Return whether a payer who quotes this number may mean the document of that one.

        A payer leaves out the prefix (1C contract 7.2); what he does write must be there.
        """
        if self == document:
            return True
        tail = self.prefix.lstrip("АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯABCDEFGHIJKLMNOPQRSTUVWXYZ")
        if self.digits is None or self.digits != document.digits or tail != self.prefix:
            return False
        return re.fullmatch(rf"[^\W\d]*{re.escape(self.prefix)}", document.prefix) is not None


def number_key(number: str) -> NumberKey:
    """Return the key of a number such as ``0000-000123`` or ``ВТ-15/1`` (1C contract 7.2)."""
    text = number.strip().upper().replace("Ё", "Е").translate(_CYRILLIC)
    found = _NUMBER.fullmatch(text)
    if found is None or len(found[3]) > _LONGEST_NUMBER:
        return NumberKey(text, None)
    prefix = found[1] or ""
    if len(prefix) == 4:  # organisation and base, each filled up with zeros on the left
        prefix = prefix[:2].lstrip("0") + prefix[2:].lstrip("0")
    else:
        prefix = prefix.lstrip("0")
    return NumberKey(prefix + found[2].strip("0-"), int(found[3]))


def vat_included(amount: Decimal, percent: Decimal) -> Decimal:
    """Return the VAT inside an amount of roubles, rounded half up to kopecks."""
    return (amount * percent / (100 + percent)).quantize(KOPECK, ROUND_HALF_UP)


def vat_on_top(amount: Decimal, percent: Decimal) -> Decimal:
    """Return the VAT that comes on top of an amount of roubles, rounded half up to kopecks."""
    return (amount * percent / 100).quantize(KOPECK, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True, kw_only=True)
class VatRate:
    """A rate of VAT and its first day.

    Attributes:
        since: First day on which it is charged.
        percent: Of the price without VAT.
        name: 1C's name of the rate, e.g. ``НДС20`` (1C contract 4.7).
    """

    since: date
    percent: Decimal
    name: str


def vat_rate_on(day: date, rates: Sequence[VatRate]) -> VatRate | None:
    """Return the rate that is charged on a day; None before the first one."""
    begun = [rate for rate in rates if rate.since <= day]
    return max(begun, key=lambda rate: rate.since, default=None)

"""The grammar of prices: "1 234,50", "$1,234.50", "от 1 500", "звоните" (suppliers contract 7.2).

A price that is not told is None, never zero. "1,234" is ambiguous: a reading keeps both amounts,
and the column's other prices decide which it was (`Marks`).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from westsync.connectors.suppliers.reading.cleaning import compared
from westsync.domain.stock import Flag, Price

if TYPE_CHECKING:
    from westsync.connectors.suppliers.profile import PriceRules
    from westsync.connectors.suppliers.reading.quantity import Cell

_LONGEST = 60
_MOST_DIGITS = 15
"""More digits are no price; the check stands before `Decimal`, which an exponent can overflow."""

_CURRENCIES = (
    ("UE", re.compile(r"у\.? ?е\.?")),
    ("RUB", re.compile(r"₽|руб(?:л[а-я]*|\.)?|\brur?b?\b|(?<![а-яa-z])р\.?(?![а-яa-z])")),
    ("USD", re.compile(r"\$|\busd\b|долл?[а-я.]*")),
    ("EUR", re.compile(r"€|\beur\b|евро")),
    ("CNY", re.compile(r"¥|\bcny\b|\brmb\b|юан[а-я]*")),
    ("GBP", re.compile(r"£|\bgbp\b")),
)
_ISO = re.compile("[a-z]{3}")
_PER = re.compile(r"(?: ?/ ?| за )(?:1 ?)?(?:шт|ед|пар|м|компл|уп|к-т|кг|л)[а-я]*\.?$")
_FROM = re.compile(r"^(?:от|from) ")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*|[.,]\d+")
_BLANKS = re.compile(r"[ '’`]")
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class PriceReading:
    """What one cell says.

    Attributes:
        price: None if no price is told, or it cannot be read.
        otherwise: The other amount an ambiguous mark may mean; None if nothing is ambiguous.
        mark: The decimal mark the text proves, empty if it proves none.
    """

    price: Price | None
    flags: tuple[Flag, ...] = ()
    otherwise: Price | None = None
    mark: str = ""


_NOTHING = PriceReading(None)
_UNREADABLE = PriceReading(None, (Flag.PRICE_UNREADABLE,))
_NOT_TOLD = re.compile(
    r"^[-*.]*$|звон|запрос|договор|уточн|request|call|нет|н/?д$|n/?a$|#|снят|ожида|заказ"
)


class Prices:
    """The grammar of one column of one source."""

    def __init__(self, rules: PriceRules, currency: str = "") -> None:
        """Remember what the column and the file say of currency and marks.

        Args:
            rules: The section ``price``.
            currency: ISO 4217 of the column; empty: the file's.
        """
        self._currency = currency or rules.currency
        self._decimal = rules.decimal
        self._ue = rules.ue or "UE"

    def read(self, cell: Cell, currency: str = "") -> PriceReading:
        """Return what the cell says; never raises for any value.

        Args:
            cell: The price.
            currency: What the row itself says of its currency, as written; empty: nothing.
        """
        known = self.currency(currency)
        if isinstance(cell, bool):
            return _UNREADABLE
        if isinstance(cell, int | float):
            return _from_number(cell, known)
        if not isinstance(cell, str):
            return _NOTHING if cell is None else _UNREADABLE
        text = compared(cell)
        if not text:
            return _NOTHING
        return self._text(text, known) if len(text) <= _LONGEST else _UNREADABLE

    def currency(self, named: str) -> str:
        """Return the ISO code of a currency as a row names it; the column's if it names none."""
        text = compared(named)
        for code, shape in _CURRENCIES:
            if shape.fullmatch(text):
                return self._ue if code == "UE" else code
        return text.upper() if _ISO.fullmatch(text) else self._currency

    def _text(self, text: str, known: str) -> PriceReading:
        """Read a cleaned text."""
        if _NOT_TOLD.search(text):
            return _NOTHING
        flags: tuple[Flag, ...] = ()
        least = _FROM.match(text)
        if least is not None:
            flags, text = (Flag.PRICE_FROM,), text[least.end() :]
        text = _PER.sub("", text)
        for code, shape in _CURRENCIES:
            bare, times = shape.subn("", text)
            if times:
                known, text = self._ue if code == "UE" else code, bare
                break
        number = _BLANKS.sub("", text).rstrip(".,:;")
        if not _NUMBER.fullmatch(number) or len(number) > _MOST_DIGITS:
            return _UNREADABLE
        return self._number(number, known, flags)

    def _number(self, number: str, known: str, flags: tuple[Flag, ...]) -> PriceReading:
        """Read digits and marks (suppliers contract 7.2)."""
        marks = [sign for sign in number if sign in ".,"]
        whole, _, part = number.replace(",", ".").rpartition(".")
        if not marks:
            return PriceReading(_price(Decimal(number), known), flags)
        if len(set(marks)) == 2:
            if marks.count(marks[-1]) > 1:
                return _UNREADABLE
            amount = Decimal(f"{whole.replace('.', '') or 0}.{part}")
            return PriceReading(_price(amount, known), flags, mark=marks[-1])
        if len(marks) > 1:
            grouped = all(len(group) == 3 for group in number.replace(",", ".").split(".")[1:])
            if not grouped:
                return _UNREADABLE
            other = "," if marks[0] == "." else "."
            return PriceReading(
                _price(Decimal(whole.replace(".", "") + part), known), flags, mark=other
            )
        decimal = _price(Decimal(f"{whole or 0}.{part}"), known)
        if len(part) != 3 or len(whole) > 3 or not whole.lstrip("0"):
            return PriceReading(decimal, flags, mark=marks[0])
        thousands = _price(Decimal(whole + part), known)
        flags = (*flags, Flag.PRICE_AMBIGUOUS)
        if self._decimal == marks[0]:
            return PriceReading(decimal, flags, otherwise=thousands)
        return PriceReading(thousands, flags, otherwise=decimal)


class Marks:
    """Which decimal mark a column uses, by the majority of the prices that prove one."""

    def __init__(self) -> None:
        """Start without any proof."""
        self._seen = {",": 0, ".": 0}

    def saw(self, mark: str, times: int = 1) -> None:
        """Count a price that proves a mark."""
        if mark:
            self._seen[mark] += times

    def decimal(self) -> str:
        """Return the column's decimal mark; empty if its prices do not tell."""
        commas, points = self._seen[","], self._seen["."]
        if commas == points:
            return ""
        return "," if commas > points else "."


def _from_number(value: float, currency: str) -> PriceReading:
    """Read a number cell; spreadsheets keep 15 digits."""
    if not math.isfinite(value) or abs(value) >= 10**_MOST_DIGITS:
        return _UNREADABLE
    if value < 0:
        return _UNREADABLE
    # Four places drop the noise of binary fractions and keep the price of a metre of cable.
    text = f"{value:.4f}"
    if text.endswith("00"):
        amount = Decimal(text[:-2])
        return PriceReading(Price(amount=amount, currency=currency)) if amount else _NOTHING
    return PriceReading(_price(Decimal(text), currency))


def _price(amount: Decimal, currency: str) -> Price | None:
    """Return the price with two places at least; zero is no price."""
    if not amount:
        return None
    cents = amount.quantize(_CENT)
    return Price(amount=cents if cents == amount else amount.normalize(), currency=currency)

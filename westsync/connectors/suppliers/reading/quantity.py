"""The grammar of quantities: what a cell of a stock column says (suppliers contract 7.1).

Order is everything: the supplier's own words, then expected, discontinued, on order, ask, absence,
reserve, bounds, plain numbers, and only then words of presence. Absence is looked for anywhere in
the text, presence must be the whole text: a text that is not understood becomes ``unknown`` and
is counted, never a promise.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from westsync.connectors.suppliers.reading.cleaning import compared, pattern
from westsync.connectors.suppliers.reading.counts import count_in, pieces
from westsync.connectors.suppliers.reading.days import days_in
from westsync.domain.stock import OUT, UNKNOWN, Availability, Flag, StockStatus

if TYPE_CHECKING:
    from westsync.connectors.suppliers.profile import QuantityRules

Cell = str | float | int | bool | date | datetime | time | timedelta | None
"""A value of a cell, as readers give it."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """What one cell says.

    Attributes:
        flags: What was odd.
        understood: False: the text is in no dictionary, a person should look at it.
    """

    availability: Availability
    flags: tuple[Flag, ...] = ()
    understood: bool = True


NOT_UNDERSTOOD = Quantity(UNKNOWN, (), understood=False)

_LONGEST = 200
"""Characters of the longest text that is a quantity; a longer one is a description."""

_ETA = re.compile(
    r"\b(?:ожид|жд[её]м|буд[еу]т\b|в пути|в дорог|транзит|поступ(?!ны)|прибы|прибуд|поставк|приход"
    r"|скоро|завоз|in transit|transit|expected|coming|arriv|eta)"
)
_NOT_EXPECTED = re.compile(
    r"\bне (?:ожид|жд[её]м|поступ|прибы|прибуд|буд[еу]т)"
    r"|\b(?:поставк|поступлени)[а-я]* (?:нет|не |прекращ)"
)
_ENDING = re.compile(r"\bскоро (?:за|о)?конч|\bзаканчива")
_DISCONTINUED = re.compile(
    r"\b(?:eol|снят[оаы]?\b|сняли|не производ|не выпуска|прекращ|архив|выведен|discontinued"
    r"|end of life|больше не будет|не поставля)"
)
_ON_ORDER = re.compile(
    r"\b(?:под заказ|на заказ|по заказу|заказн|предзаказ|to order|on order|back ?order|pre-?order)"
)
_ASK = re.compile(
    r"\b(?:звон|позвон|по телефону|уточн|запрос|по запросу|договор|спраш|узнав|менеджер|call|ask"
    r"|on request|upon request)"
)
_NO_DATA = re.compile(r"\bнет (?:данных|информации|сведений)\b")
_NEGATION = re.compile(
    r"\b(?:нет|нету|отсутств|не в наличии|не имеется|недоступ|не доступ|продан|распродан|законч"
    r"|кончил|не осталось|ноль|out of stock|sold out|no stock|unavailable|not available)"
    r"|^(?:-+|x|х|n|no|none|false|ложь|n/?a|пусто|нет)$"
)
_RESERVE = re.compile(r"\b(?:рез\b|резерв|зарезерв|бронь|заброн|reserved?\b)")
_RESERVE_AFTER = re.compile(
    r"^(?P<all>[^a-zа-я(]*?[\d ]+[^(,;/]*?)[ ,;/(]+(?:в |из них )?(?:рез[а-я.]*|бронь)[ :=-]*"
    r"(?P<taken>\d[\d ]*?)(?: ?шт\.?)?\)?$"
)
_RESERVE_WITHIN = re.compile(
    r"^(?P<all>[^a-zа-я(,;/]*?\d[^(,;/]*?) ?[(,;/] ?(?:из них )?(?P<taken>\d[\d ]*?)(?: ?шт\.?)?"
    r" в (?:рез[а-я.]*|брони)\)?$"
)
_RESERVE_ONLY = re.compile(
    r"^(?:в |все в )?(?:рез[а-я.]*|бронь|заброн[а-я]*|зарезерв[а-я]*|reserved?)[ :=-]*\d*"
    r"(?: ?шт\.?)?$"
    r"|^\d+(?: ?шт\.?)? (?:в )?(?:рез[а-я.]*|брон[ья])$"
)
_LOW = re.compile(
    r"(?:очень )?мало|немного|куски|отрезы|остатки|последн[а-я]+(?: штук[аи]?)?|заканчивается"
    r"|скоро (?:за)?кончится|единичн[а-я]*|few|low(?: stock)?|limited|ограничен[а-я]*"
)
_PRESENT = re.compile(
    r"\+|да|true|истина|yes|y|v|✓|✔|☑|in stock|available"
    r"|(?:товар )?(?:есть|имеется|доступ[а-я]*|в наличии|на складе|наличие)"
    r"(?: (?:есть|в наличии|на складе))?"
)
_PLENTY = re.compile(r"\+{2,}|(?:очень )?много|достаточно|большое количество|plenty|many")


class Quantities:
    """The grammar with one source's own words in front of it."""

    def __init__(self, rules: QuantityRules, today: date) -> None:
        """Compile the source's dictionary.

        Args:
            rules: The section ``quantity``.
            today: Day of the data, for terms and dates without a year.
        """
        self._today = today
        self._exact: dict[str, Availability] = {}
        self._patterns: list[tuple[re.Pattern[str], Availability]] = []
        for text, meaning in rules.map:
            found = pattern(text)
            if found is None:
                self._exact.setdefault(compared(text), meaning)
            else:
                self._patterns.append((found, meaning))
        self._blank = _blank(rules.blank)

    def read(self, cell: Cell) -> Quantity:
        """Return what the cell says; never raises for any value."""
        if isinstance(cell, bool):
            cell = "true" if cell else "false"
        if isinstance(cell, int | float):
            mapped = self._mapped(_number_text(cell)) if self._exact or self._patterns else None
            return mapped or _number(cell)
        if isinstance(cell, date | time | timedelta):
            # A spreadsheet turned "1-5" or "12.03" into a day: nobody knows which it was.
            return NOT_UNDERSTOOD
        text = compared(cell or "")
        return self._mapped(text) or self._text(text.strip("\"'«» "))

    def _mapped(self, text: str) -> Quantity | None:
        """Return what the source's own dictionary says (step 0)."""
        meaning = self._exact.get(text)
        if meaning is None:
            meaning = next((to for found, to in self._patterns if found.search(text)), None)
        return None if meaning is None else Quantity(meaning)

    def _text(self, text: str) -> Quantity:
        """Read a cleaned text, steps 2 to 11."""
        if not text:
            return self._blank
        if len(text) > _LONGEST:
            return NOT_UNDERSTOOD
        return self._promised(text) or _absent(text) or _reserved(text) or _counted(text)

    def _promised(self, text: str) -> Quantity | None:
        """Return what words of the future and of doubt say (steps 2 to 5)."""
        if _NOT_EXPECTED.search(text):
            return Quantity(OUT)
        if _ETA.search(text) and not _ENDING.search(text):
            return Quantity(self._later(StockStatus.EXPECTED, text))
        if _DISCONTINUED.search(text):
            return Quantity(Availability(status=StockStatus.DISCONTINUED))
        if _ON_ORDER.search(text):
            return Quantity(self._later(StockStatus.ON_ORDER, text))
        if _ASK.search(text):
            return Quantity(Availability(status=StockStatus.ASK))
        return None

    def _later(self, status: StockStatus, text: str) -> Availability:
        """Return goods that are not there yet, with the days the text names."""
        days = days_in(text, self._today) or (None, None)
        return Availability(status=status, qty_min=0, qty_max=0, eta_from=days[0], eta_to=days[1])


def with_reserve(stock: Quantity, reserve: Quantity) -> Quantity:
    """Return stock less what is reserved, never below zero (suppliers contract 7.1).

    A reserve that is not a number changes nothing: an empty cell means that nothing is reserved.
    """
    have, taken = stock.availability, reserve.availability
    if have.qty_min is None or taken.qty_min is None or taken.status is not StockStatus.IN_STOCK:
        return stock
    if have.status not in {StockStatus.IN_STOCK, StockStatus.LOW, StockStatus.OUT}:
        return stock
    left = have.qty_min - taken.qty_min
    most = None if have.qty_max is None else max(0, have.qty_max - taken.qty_min)
    flags = stock.flags
    if left < 0 and most == 0:
        flags = (*flags, Flag.RESERVE_EXCEEDS)
    if left > 0:
        return replace(stock, availability=replace(have, qty_min=left, qty_max=most), flags=flags)
    if most != 0:
        low = Availability(status=StockStatus.LOW, qty_min=0, qty_max=most, note=have.note)
        return replace(stock, availability=low, flags=flags)
    gone = Availability(status=StockStatus.RESERVED, qty_min=0, qty_max=0)
    return replace(stock, availability=gone, flags=flags)


def _blank(policy: str) -> Quantity:
    """Return what an empty cell says by the source's policy."""
    if policy == "out":
        return Quantity(OUT)
    if policy == "in_stock":
        return Quantity(Availability(status=StockStatus.IN_STOCK, qty_min=1))
    return Quantity(UNKNOWN)


def _number_text(cell: float) -> str:
    """Return a number as a person would write it into the dictionary."""
    return str(int(cell)) if math.isfinite(cell) and cell == int(cell) else str(cell)


def _number(value: float) -> Quantity:
    """Read a number cell (step 1)."""
    found = pieces(value)
    return NOT_UNDERSTOOD if found is None else Quantity(*found)


def _absent(text: str) -> Quantity | None:
    """Return stated absence (step 6), before anybody looks for presence."""
    if _NO_DATA.search(text):
        return Quantity(UNKNOWN)
    if _ENDING.search(text):
        return None
    return Quantity(OUT) if _NEGATION.search(text) else None


def _reserved(text: str) -> Quantity | None:
    """Return stock of which some is reserved (step 7)."""
    if not _RESERVE.search(text):
        return None
    both = _RESERVE_AFTER.match(text) or _RESERVE_WITHIN.match(text)
    if both is not None:
        have = count_in(both["all"].strip(" ,;/("))
        taken = count_in(both["taken"])
        if have is not None and taken is not None:
            return with_reserve(Quantity(*have), Quantity(*taken))
        return NOT_UNDERSTOOD
    if _RESERVE_ONLY.match(text):
        return Quantity(Availability(status=StockStatus.RESERVED, qty_min=0, qty_max=0))
    return NOT_UNDERSTOOD


def _counted(text: str) -> Quantity:
    """Return numbers and bounds (steps 8, 9), then bare words (step 10), else not understood."""
    found = count_in(text)
    if found is not None:
        return Quantity(*found)
    text = text.strip(" .!")
    if _LOW.fullmatch(text):
        return Quantity(Availability(status=StockStatus.LOW, qty_min=1))
    if _PLENTY.fullmatch(text):
        return Quantity(Availability(status=StockStatus.IN_STOCK, qty_min=1, note="plenty"))
    if _PRESENT.fullmatch(text):
        return Quantity(Availability(status=StockStatus.IN_STOCK, qty_min=1))
    return NOT_UNDERSTOOD

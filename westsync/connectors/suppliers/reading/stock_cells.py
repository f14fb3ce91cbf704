"""From the stock cells of a row to availability in all and by place (suppliers contract 2, 7.1).

The same cells come again and again in a price list, so a reading is kept per combination of cells:
most rows cost one look into a dictionary.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

import msgspec

from westsync.connectors.suppliers.reading.cleaning import compared
from westsync.connectors.suppliers.reading.codes import cell_text
from westsync.connectors.suppliers.reading.days import days_in
from westsync.connectors.suppliers.reading.quantity import (
    NOT_UNDERSTOOD,
    Quantities,
    Quantity,
    with_reserve,
)
from westsync.connectors.suppliers.reading.results import QuantityText
from westsync.domain.stock import UNKNOWN, Availability, Flag, StockStatus, together

if TYPE_CHECKING:
    from westsync.connectors.suppliers.reading.quantity import Cell

_NOT_THERE = frozenset(
    {
        StockStatus.OUT,
        StockStatus.RESERVED,
        StockStatus.UNKNOWN,
        StockStatus.EXPECTED,
        StockStatus.ON_ORDER,
    }
)
_TAKEN = frozenset({StockStatus.IN_STOCK, StockStatus.LOW})
_WORDS_KEPT = 5000
_WORD_LENGTH = 100
_WORDS_SHOWN = 500

NUMBERS = "(number)"
"""Entry under which all number cells are counted."""


@dataclass(slots=True)
class WordCount:
    """How often one text of a stock cell came, and what it was taken for."""

    quantity: Quantity
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceCells:
    """The cells of one place in one row, in the order name, available, reserved, eta."""

    name: str
    available: Cell = None
    reserved: Cell = None
    eta: Cell = None
    counts: bool = True


@dataclass(slots=True, eq=False)
class StockReading:
    """What the stock cells of a row say, ready to be staged; one object per combination of cells.

    Attributes:
        parts: status, qty_min, qty_max, eta_from, eta_to, note, raw_qty, places in the form of
            `staging.COLUMNS`.
        seen: The texts behind it, for the counts.
        understood: Whether every text was.
    """

    parts: tuple[object, ...]
    flags: tuple[Flag, ...]
    seen: tuple[WordCount, ...]
    understood: bool
    available: bool


class StockCells:
    """Reads stock cells with one source's grammar and counts the texts it saw."""

    def __init__(self, quantities: Quantities, today: date, excluded: frozenset[str]) -> None:
        """Start with nothing seen.

        Args:
            quantities: The grammar.
            today: Day of the data.
            excluded: Names of places that never count.
        """
        self._quantities = quantities
        self._today = today
        self._excluded = excluded
        self._words: dict[str, WordCount] = {}

    def told(self) -> tuple[QuantityText, ...]:
        """Return the texts that were seen, unknown ones first, then the most frequent."""
        words = [
            QuantityText(
                text=text,
                availability=word.quantity.availability,
                understood=word.quantity.understood,
                count=word.count,
            )
            for text, word in self._words.items()
            if word.count
        ]
        words.sort(key=lambda word: (word.understood, -word.count, word.text))
        return tuple(words[:_WORDS_SHOWN])

    def one(self, cell: Cell, reserved: Cell = None, eta: Cell = None) -> StockReading:
        """Read a row with a single stock cell."""
        quantity, seen = self._stock(cell, reserved)
        availability = self.with_eta(quantity.availability, eta)
        return self._reading(availability, quantity, (seen,), cell_text(cell), None)

    def known(self, availability: Availability, raw: str) -> StockReading:
        """Read a row whose stock is told by a flag or a colour."""
        return self._reading(availability, Quantity(availability), (), raw, None)

    def nothing(self, eta: Cell = None) -> StockReading:
        """Read a row of a source, or a record, that does not tell stock."""
        return self.known(self.with_eta(UNKNOWN, eta), "")

    def several(self, places: tuple[PlaceCells, ...], eta: Cell = None) -> StockReading:
        """Read a row with a stock cell per place; places of one name are added up."""
        by_place: dict[str, Availability] = {}
        counted: list[Availability] = []
        coming: list[Availability] = []
        flags: dict[Flag, None] = {}
        seen: list[WordCount] = []
        understood = True
        texts = []
        for place in places:
            if place.available is None and place.eta is not None:
                availability = self.with_eta(UNKNOWN, place.eta)
            else:
                quantity, word = self._stock(place.available, place.reserved)
                availability = self.with_eta(quantity.availability, place.eta)
                understood = understood and quantity.understood
                flags.update(dict.fromkeys(quantity.flags))
                seen.append(word)
                texts.append(f"{place.name}: {cell_text(place.available)}")
            known = by_place.get(place.name)
            by_place[place.name] = (
                availability if known is None else together((known, availability))
            )
            counts = place.counts and place.name not in self._excluded
            (counted if counts else coming).append(availability)
        total = together(counted)
        later = [one for one in coming if one.status is StockStatus.EXPECTED]
        if later and total.status in _NOT_THERE and total.status is not StockStatus.EXPECTED:
            total = later[0]
        total = self.with_eta(total, eta)
        quantity = Quantity(total, tuple(flags), understood)
        return self._reading(total, quantity, tuple(seen), "; ".join(texts), by_place)

    def with_eta(self, stock: Availability, cell: Cell) -> Availability:
        """Return the stock with the day of the next delivery, if nothing is there now."""
        if cell is None or cell == "" or stock.status not in _NOT_THERE or stock.eta_from:
            return stock
        days = self._days(cell)
        if days is None:
            return stock
        status = stock.status
        if status is not StockStatus.ON_ORDER:
            status = StockStatus.EXPECTED
        return replace(stock, status=status, qty_min=0, qty_max=0, eta_from=days[0], eta_to=days[1])

    def _days(self, cell: Cell) -> tuple[date | None, date | None] | None:
        """Return the days an eta cell names; two None: expected, but no day; None: nothing."""
        if isinstance(cell, datetime):
            return cell.date(), cell.date()
        if isinstance(cell, date):
            return cell, cell
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            # A column "в пути" with pieces: they come, nobody says when.
            return (None, None) if cell > 0 else None
        text = compared(cell_text(cell))
        days = days_in(text, self._today)
        if days is not None:
            return days
        said = self._quantities.read(text).availability.status
        return (None, None) if said is StockStatus.EXPECTED or said in _TAKEN else None

    def _stock(self, cell: Cell, reserved: Cell) -> tuple[Quantity, WordCount]:
        """Read one place's stock less its reserve."""
        quantity, word = self._read(cell)
        if reserved is None or reserved == "":
            return quantity, word
        taken, taken_word = self._read(reserved)
        if not taken.understood:
            return NOT_UNDERSTOOD, taken_word
        return with_reserve(quantity, taken), word

    def _read(self, cell: Cell) -> tuple[Quantity, WordCount]:
        """Read one cell, and find the count of its text.

        Numbers share one entry: what a person wants to see is the words.
        """
        quantity = self._quantities.read(cell)
        number = isinstance(cell, int | float) and not isinstance(cell, bool)
        key = NUMBERS if number and quantity.understood else cell_text(cell)[:_WORD_LENGTH]
        word = self._words.get(key)
        if word is None:
            word = WordCount(quantity)
            if len(self._words) < _WORDS_KEPT:
                self._words[key] = word
        return quantity, word

    def _reading(
        self,
        availability: Availability,
        quantity: Quantity,
        seen: tuple[WordCount, ...],
        raw: str,
        places: dict[str, Availability] | None,
    ) -> StockReading:
        """Put a reading into the form of the staging columns."""
        encoded = None
        if places:
            encoded = msgspec.json.encode(
                {name: _columns(one) for name, one in places.items()}
            ).decode()
        return StockReading(
            parts=(*_columns(availability), raw, encoded),
            flags=quantity.flags,
            seen=seen,
            understood=quantity.understood,
            available=availability.status in _TAKEN,
        )


def _columns(one: Availability) -> tuple[object, ...]:
    """Return status, qty_min, qty_max, eta_from, eta_to, note."""
    return (
        one.status.value,
        one.qty_min,
        one.qty_max,
        one.eta_from.isoformat() if one.eta_from else None,
        one.eta_to.isoformat() if one.eta_to else None,
        one.note,
    )

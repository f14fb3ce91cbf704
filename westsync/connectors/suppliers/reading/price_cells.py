"""The price cells of rows: read once per text, ranked, and settled by the whole column.

Suppliers contract 7.2: "1,234" is decided by the majority of the column, and dealer <= wholesale <=
retail must hold in nearly all rows.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from westsync.connectors.suppliers.reading.codes import cell_text
from westsync.connectors.suppliers.reading.price import Marks, PriceReading, Prices
from westsync.domain.stock import Flag, PriceRole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from westsync.connectors.suppliers.profile import PriceRules
    from westsync.connectors.suppliers.reading.fields import Node, Value
    from westsync.connectors.suppliers.reading.plan import PricePlan
    from westsync.connectors.suppliers.reading.staging import OfferSink

_KEPT = 20_000
_RANKED = (PriceRole.DEALER.value, PriceRole.WHOLESALE.value, PriceRole.RRP.value)
_PLAIN = frozenset({str, float})
_MOST = 1e12
_LONGEST = 12
_PLAIN_PRICE = re.compile(r"([0-9]{1,12})(?:([.,])([0-9]{1,2}))?")

_encode = msgspec.json.Encoder().encode


@dataclass(slots=True)
class _Kept:
    """A price cell as a row needs it.

    Attributes:
        fragment: Its part of the JSON column; empty if there is no price.
        amount: For comparing only, so that a float will do; None if there is no price.
        mark: The decimal mark it proves; empty if none.
    """

    fragment: str
    amount: float | None
    flags: tuple[Flag, ...] = ()
    mark: str = ""


class PriceColumn:
    """The cells of one price; the same unusual cell is read once."""

    def __init__(self, plan: PricePlan, rules: PriceRules, marks: Marks) -> None:
        """Start with nothing seen.

        Args:
            plan: How the price is got.
            rules: The section ``price``.
            marks: Of all columns of this role.
        """
        self.get, self.role, self.raw = plan.get, plan.role, plan.raw
        self.rank = _RANKED.index(plan.role) if plan.role in _RANKED else None
        self._plan, self._rules, self._marks = plan, rules, marks
        self._currency = plan.currency or rules.currency
        self._currencies: dict[str, str] = {}
        self._kept: dict[tuple[str, Value], _Kept] = {}

    def read(self, cell: Value, row: Node) -> _Kept:
        """Read a price, or remember it."""
        currency = self._currency
        if self._plan.get_currency is not None:
            currency = self._named(self._plan.get_currency(row))
        # True equals 1 to a dictionary, so only texts and floats are remembered.
        plain = type(cell) in _PLAIN
        found = _usual(self.role, cell, currency) if plain else None
        if found is None:
            found = self._kept.get((currency, cell)) if plain else None
        if found is None:
            found = _kept(self.role, Prices(self._rules, currency).read(cell))
            if plain and len(self._kept) < _KEPT:
                self._kept[currency, cell] = found
        if found.mark:
            self._marks.saw(found.mark)
        return found

    def _named(self, cell: Value) -> str:
        """Return the currency a row names; the column's if it names none."""
        named = cell_text(cell)
        known = self._currencies.get(named)
        if known is None:
            known = Prices(self._rules, self._plan.currency).currency(named)
            if len(self._currencies) < _KEPT:
                self._currencies[named] = known
        return known


class PriceCells:
    """Reads the price cells of one file."""

    def __init__(self, rules: PriceRules) -> None:
        """Start with nothing seen.

        Args:
            rules: The section ``price``.
        """
        self._rules = rules
        self._marks: defaultdict[str, Marks] = defaultdict(Marks)
        self.compared = 0
        self.broken_order = 0

    def column(self, plan: PricePlan) -> PriceColumn:
        """Return what reads one price of a table."""
        return PriceColumn(plan, self._rules, self._marks[plan.role])

    def read(
        self, row: Node, columns: Sequence[PriceColumn], raw: dict[str, Any], flags: list[Flag]
    ) -> str | None:
        """Return the JSON of a row's prices; None if none is told.

        Args:
            row: Cells, or a record.
            columns: The prices of its table.
            raw: Takes the cells as they were.
            flags: Takes what was odd.
        """
        fragments: list[str] = []
        ranked: list[tuple[int, float]] = []
        for column in columns:
            cell = column.get(row)
            if cell is None or cell == "":
                continue
            kept = column.read(cell, row)
            raw[column.raw] = cell if type(cell) in _PLAIN else cell_text(cell)
            if kept.flags:
                flags += kept.flags
            if kept.amount is not None:
                fragments.append(kept.fragment)
                if column.rank is not None:
                    ranked.append((column.rank, kept.amount))
        if len(ranked) > 1:
            self._rank(ranked)
        return f"{{{','.join(fragments)}}}" if fragments else None

    def settle(self, staging: OfferSink) -> None:
        """Decide doubtful prices by their column's other prices, in the staged rows."""
        for row_id, prices, raw in staging.flagged(Flag.PRICE_AMBIGUOUS):
            settled = msgspec.json.decode(prices or "{}")
            texts = msgspec.json.decode(raw or "{}")
            for role, (amount, _) in settled.items():
                decimal = self._marks[role].decimal() if role in self._marks else ""
                text = texts.get(f"prices.{role}")
                if decimal and isinstance(text, str):
                    settled[role][0] = self._settled(text, decimal) or amount
            staging.reprice(row_id, _encode(settled).decode())

    def _rank(self, ranked: list[tuple[int, float]]) -> None:
        """Count a row whose ranked prices can be compared, and whether they fall."""
        self.compared += 1
        ranked.sort()
        last = ranked[0][1]
        for _, amount in ranked:
            if amount < last:
                self.broken_order += 1
                return
            last = amount

    def _settled(self, text: str, decimal: str) -> str | None:
        """Return the amount of a doubtful text in a column with this decimal mark."""
        reading = Prices(self._rules).read(text)
        if reading.otherwise is None or reading.price is None:
            return None
        amounts = (reading.price.amount, reading.otherwise.amount)
        return f"{min(amounts) if decimal in text else max(amounts):f}"


def _usual(role: str, cell: str | float, currency: str) -> _Kept | None:
    """Read a plain price with at most two decimals, which nearly all are; else None.

    The same as `Prices.read`, without its questions. Not remembered: prices seldom repeat.
    """
    mark = ""
    if isinstance(cell, str) and cell.isdecimal() and cell.isascii() and cell[0] != "0":
        if len(cell) > _LONGEST:
            return None
        text = f"{cell}.00"
    elif isinstance(cell, float):
        text = f"{cell:.2f}"
        if not 0 < cell < _MOST or float(text) != cell:
            return None
    else:
        match = _PLAIN_PRICE.fullmatch(cell)
        if match is None:
            return None
        whole, mark, part = match.groups("")
        text = f"{int(whole)}.{part:0<2}"
    amount = float(text)
    return _Kept(f'"{role}":["{text}","{currency}"]', amount, (), mark) if amount else None


def _kept(role: str, reading: PriceReading) -> _Kept:
    """Put a reading into the form a row needs."""
    if reading.price is None:
        return _Kept("", None, reading.flags, reading.mark)
    amount = reading.price.amount
    currency = _encode(reading.price.currency).decode()
    fragment = f'"{role}":["{amount:f}",{currency}]'
    return _Kept(fragment, float(amount), reading.flags, reading.mark)

"""The price cells of rows: read once per text, ranked, and settled by the whole column.

Suppliers contract 7.2: "1,234" is decided by the majority of the column, and dealer <= wholesale <=
retail must hold in nearly all rows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from westsync.connectors.suppliers.reading.codes import cell_text
from westsync.connectors.suppliers.reading.price import Marks, PriceReading, Prices
from westsync.domain.stock import Flag, PriceRole

if TYPE_CHECKING:
    from westsync.connectors.suppliers.profile import PriceRules
    from westsync.connectors.suppliers.reading.fields import Node, Value
    from westsync.connectors.suppliers.reading.plan import PricePlan
    from westsync.connectors.suppliers.reading.staging import OfferSink

_KEPT = 20_000
_RANKED = (PriceRole.DEALER.value, PriceRole.WHOLESALE.value, PriceRole.RRP.value)
_PLAIN = frozenset({str, float})
_MOST = 1e12
_PLAIN_PRICE = re.compile(r"([0-9]{1,12})(?:([.,])([0-9]{1,2}))?")

_encode = msgspec.json.Encoder().encode


@dataclass(slots=True)
class _Kept:
    """A price cell as a row needs it.

    Attributes:
        fragment: Its part of the JSON column; empty if there is no price.
        amount: For comparing only, so that a float will do; None if there is no price.
    """

    fragment: str
    amount: float | None
    flags: tuple[Flag, ...] = ()
    mark: str = ""


class PriceCells:
    """Reads the price cells of one file."""

    def __init__(self, rules: PriceRules) -> None:
        """Start with nothing seen.

        Args:
            rules: The section ``price``.
        """
        self._rules = rules
        self._default = rules.currency
        self._kept: dict[tuple[str, Value, str], _Kept] = {}
        self._marks: dict[str, Marks] = {}
        self._currencies: dict[str, str] = {}
        self.compared = 0
        self.broken_order = 0

    def read(
        self, row: Node, plans: tuple[PricePlan, ...], raw: dict[str, Any], flags: list[Flag]
    ) -> str | None:
        """Return the JSON of a row's prices; None if none is told.

        Args:
            row: Cells, or a record.
            plans: How the prices are got.
            raw: Takes the cells as they were.
            flags: Takes what was odd.
        """
        fragments: list[str] = []
        ranked: dict[str, float] = {}
        for plan in plans:
            cell = plan.get(row)
            if cell is None or cell == "":
                continue
            role = plan.role
            kept = self._one(plan, cell, row)
            raw[plan.raw] = cell if type(cell) in _PLAIN else cell_text(cell)
            if kept.flags:
                flags += kept.flags
            if kept.amount is not None:
                fragments.append(kept.fragment)
                if role in _RANKED:
                    ranked[role] = kept.amount
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

    def _one(self, plan: PricePlan, cell: Value, row: Node) -> _Kept:
        """Read a price, or remember it."""
        # True equals 1 to a dictionary, so only texts and floats are remembered.
        plain = type(cell) in _PLAIN
        currency = plan.currency or self._default
        if plan.get_currency is not None:
            currency = self._currency(plan, plan.get_currency(row))
        if plain:
            usual = self._usual(plan.role, cell, currency)
            if usual is not None:
                return usual
        key = (plan.role, cell, currency)
        found = self._kept.get(key) if plain else None
        if found is None:
            found = _kept(plan.role, Prices(self._rules, currency).read(cell))
            if plain and len(self._kept) < _KEPT:
                self._kept[key] = found
        if found.mark:
            self._saw(plan.role, found.mark)
        return found

    def _currency(self, plan: PricePlan, cell: Value) -> str:
        """Return the currency a row names; the column's if it names none."""
        named = cell_text(cell)
        known = self._currencies.get(named)
        if known is None:
            known = Prices(self._rules, plan.currency).currency(named)
            if len(self._currencies) < _KEPT:
                self._currencies[named] = known
        return known

    def _usual(self, role: str, cell: str | float, currency: str) -> _Kept | None:
        """Read a plain price with at most two decimals, which nearly all are; else None.

        The same as `Prices.read`, without its questions: prices seldom repeat, so a cache is no
        help with them.
        """
        if isinstance(cell, float):
            text = f"{cell:.2f}"
            if not 0 < cell < _MOST or float(text) != cell:
                return None
        else:
            match = _PLAIN_PRICE.fullmatch(cell)
            if match is None:
                return None
            text = f"{int(match[1])}.{(match[3] or '').ljust(2, '0')}"
            if match[2]:
                self._saw(role, match[2])
        amount = float(text)
        if not amount:
            return None
        return _Kept(f'"{role}":["{text}","{currency}"]', amount)

    def _saw(self, role: str, mark: str) -> None:
        """Count a price that proves the decimal mark of its column."""
        marks = self._marks.get(role)
        if marks is None:
            marks = self._marks[role] = Marks()
        marks.saw(mark)

    def _rank(self, ranked: dict[str, float]) -> None:
        """Count a row whose ranked prices can be compared, and whether they fall."""
        self.compared += 1
        rising = [ranked[role] for role in _RANKED if role in ranked]
        if rising != sorted(rising):
            self.broken_order += 1

    def _settled(self, text: str, decimal: str) -> str | None:
        """Return the amount of a doubtful text in a column with this decimal mark."""
        reading = Prices(self._rules).read(text)
        if reading.otherwise is None or reading.price is None:
            return None
        amounts = (reading.price.amount, reading.otherwise.amount)
        return f"{min(amounts) if decimal in text else max(amounts):f}"


def _kept(role: str, reading: PriceReading) -> _Kept:
    """Put a reading into the form a row needs."""
    if reading.price is None:
        return _Kept("", None, reading.flags, reading.mark)
    amount = reading.price.amount
    currency = _encode(reading.price.currency).decode()
    fragment = f'"{role}":["{amount:f}",{currency}]'
    return _Kept(fragment, float(amount), reading.flags, reading.mark)

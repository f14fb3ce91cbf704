"""The price cells of rows: read once per text, ranked, and settled by the whole column.

Suppliers contract 7.2: "1,234" is decided by the majority of the column, and dealer <= wholesale <=
retail must hold in nearly all rows.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from operator import gt
from typing import TYPE_CHECKING, Any

import msgspec

from westsync.connectors.suppliers.reading.codes import cell_text
from westsync.connectors.suppliers.reading.json_parts import Part, encode, number_texts, objects
from westsync.connectors.suppliers.reading.price import Marks, PriceReading, Prices
from westsync.domain.stock import Flag, PriceRole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from westsync.connectors.suppliers.profile import PriceRules
    from westsync.connectors.suppliers.reading.code_columns import OddRows
    from westsync.connectors.suppliers.reading.fields import Value
    from westsync.connectors.suppliers.reading.plan import PricePlan

_KEPT = 20_000
_RANKED = (PriceRole.DEALER.value, PriceRole.WHOLESALE.value, PriceRole.RRP.value)
_PLAIN_COLUMN = re.compile(r"(?:[0-9]{1,12}+(?:[.,][0-9]{1,2}+)?+\n)++")


@dataclass(slots=True)
class _Kept:
    """A price cell as a row needs it.

    Attributes:
        json: Its value in the JSON column; None if there is no price.
        amount: For comparing only, so that a float will do; None if there is no price.
        mark: The decimal mark it proves; empty if none.
    """

    json: str | None
    amount: float | None
    flags: tuple[Flag, ...] = ()
    mark: str = ""


class PriceColumn:
    """Reads the cells of one price."""

    def __init__(self, plan: PricePlan, rules: PriceRules, marks: Marks) -> None:
        """Start with nothing seen.

        Args:
            plan: How the price is got.
            rules: The section ``price``.
            marks: Of all columns of this role.
        """
        self.role, self.raw = plan.role, plan.raw
        self.rank = _RANKED.index(plan.role) if plan.role in _RANKED else len(_RANKED)
        self._plan, self._rules, self._marks = plan, rules, marks
        self._currency = plan.currency or rules.currency
        self._currencies: dict[str, str] = {}
        self._kept: dict[tuple[str, Value], _Kept] = {}

    def read(
        self, cells: Sequence[Value], named: Sequence[Value] | None, odd: OddRows
    ) -> tuple[Part, Sequence[float | None]]:
        """Return the prices of a batch, as a part of its JSON column and as amounts.

        Args:
            cells: The prices.
            named: What the rows say of their currency; None: nothing.
            odd: Takes what is odd about single ones.
        """
        currencies = [self._currency] if named is None else [*map(self._named, named)]
        plain = _plain(cells) if len(set(currencies)) == 1 else None
        if plain is None:
            return self._each(cells, currencies * (len(cells) // len(currencies)), odd)
        amounts, texts, commas, points = plain
        self._marks.saw(",", commas)
        self._marks.saw(".", points)
        currency = encode(currencies[0]).replace("%", "%%")
        return Part(f'"{self.role}":["%s",{currency}]', texts), amounts

    def _each(
        self, cells: Sequence[Value], currencies: Sequence[str], odd: OddRows
    ) -> tuple[Part, Sequence[float | None]]:
        """Read cells one by one."""
        found = []
        for at, (cell, currency) in enumerate(zip(cells, currencies, strict=True)):
            kept = _NOTHING if cell is None or cell == "" else self._one(cell, currency)
            if kept.flags:
                odd[at] += kept.flags
            if kept.mark:
                self._marks.saw(kept.mark)
            found.append(kept)
        part = Part(f'"{self.role}":%s', [kept.json for kept in found])
        return part, [kept.amount for kept in found]

    def _one(self, cell: Value, currency: str) -> _Kept:
        """Read a price, or remember it."""
        plain = _plain((cell,))
        if plain is not None:
            [amount], [text], commas, points = plain
            return _Kept(f'["{text}",{encode(currency)}]', amount, (), "," * commas or "." * points)
        # True equals 1 to a dictionary, so only texts and floats are remembered.
        remembered = type(cell) in {str, float}
        found = self._kept.get((currency, cell)) if remembered else None
        if found is None:
            found = _kept(Prices(self._rules, currency).read(cell))
            if remembered and len(self._kept) < _KEPT:
                self._kept[currency, cell] = found
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
        self,
        columns: Sequence[tuple[PriceColumn, Sequence[Value], Sequence[Value] | None]],
        size: int,
        odd: OddRows,
    ) -> Sequence[str | None]:
        """Return the JSON of the prices of each row of a batch; None where none is told.

        Args:
            columns: The prices of the table, each with its cells and the currencies rows name.
            size: Of the batch.
            odd: Takes what is odd about single rows.
        """
        parts: list[Part] = []
        ranked: list[tuple[int, Sequence[float | None]]] = []
        for column, cells, named in columns:
            part, amounts = column.read(cells, named, odd)
            parts.append(part)
            if column.rank < len(_RANKED):
                ranked.append((column.rank, amounts))
        ranked.sort(key=lambda one: one[0])
        self._compare([amounts for _, amounts in ranked])
        return objects(parts, size)

    def settled(self, prices: str, raw: str) -> str:
        """Return a row's prices with doubtful ones decided by the other prices of their column.

        Args:
            prices: JSON of the row's prices.
            raw: JSON of its cells as they were.
        """
        found = msgspec.json.decode(prices)
        texts = msgspec.json.decode(raw)
        for role, (amount, _) in found.items():
            decimal = self._marks[role].decimal() if role in self._marks else ""
            text = texts.get(f"prices.{role}")
            if decimal and isinstance(text, str):
                found[role][0] = self._settled(text, decimal) or amount
        return encode(found)

    def _compare(self, ranked: Sequence[Sequence[Any]]) -> None:
        """Count the rows whose ranked prices can be compared, and those where they fall."""
        if len(ranked) < 2:
            return
        if not any(None in amounts for amounts in ranked):
            self.compared += len(ranked[0])
            falls = [map(gt, lower, upper) for lower, upper in pairwise(ranked)]
            self.broken_order += sum(map(any, zip(*falls, strict=True)))
            return
        for row in zip(*ranked, strict=True):
            amounts = [amount for amount in row if amount is not None]
            if len(amounts) > 1:
                self.compared += 1
                self.broken_order += any(map(gt, amounts, amounts[1:]))

    def _settled(self, text: str, decimal: str) -> str | None:
        """Return the amount of a doubtful text in a column with this decimal mark."""
        reading = Prices(self._rules).read(text)
        if reading.otherwise is None or reading.price is None:
            return None
        amounts = (reading.price.amount, reading.otherwise.amount)
        return f"{min(amounts) if decimal in text else max(amounts):f}"


def _plain(cells: Sequence[Value]) -> tuple[list[float], list[str], int, int] | None:
    """Read a column of nothing but plain prices with at most two decimals, which nearly all are.

    The same as `Prices.read` of each cell, without its questions.

    Returns:
        Amounts, their texts, and how many of them prove a comma and a point; None: some cell is
        not plain.
    """
    kinds = {*map(type, cells)}
    if kinds == {str}:
        joined = "\n".join((*cells, ""))
    elif kinds == {float}:
        joined = "\n".join((*number_texts(cells), ""))
    else:
        return None
    if not _PLAIN_COLUMN.fullmatch(joined):
        return None
    commas, points = joined.count(","), joined.count(".")
    joined = joined.replace(",", ".")
    amounts = [*cells] if kinds == {float} else [*map(float, joined.split())]
    if 0.0 in amounts:
        return None
    texts = _with_cents(joined, amounts, marks=commas + points)
    return (amounts, texts, 0, 0) if kinds == {float} else (amounts, texts, commas, points)


def _with_cents(joined: str, amounts: Sequence[float], *, marks: int) -> list[str]:
    """Return plain prices, given in lines and as numbers, with two decimals."""
    if joined.startswith("0") or "\n0" in joined or marks not in {0, len(amounts)}:
        return [f"{amount:.2f}" for amount in amounts]
    if not marks:
        return joined.replace("\n", ".00\n").split()
    for digit in "0123456789":
        joined = joined.replace(f".{digit}\n", f".{digit}0\n")
    return joined.split()


_NOTHING = _Kept(None, None)


def _kept(reading: PriceReading) -> _Kept:
    """Put a reading into the form a row needs."""
    if reading.price is None:
        return _Kept(None, None, reading.flags, reading.mark)
    amount = reading.price.amount
    json = f'["{amount:f}",{encode(reading.price.currency)}]'
    return _Kept(json, float(amount), reading.flags, reading.mark)

"""From the cells of a batch of rows to the columns that are staged.

What is done to a cell is mostly nothing, and a whole column can be asked at once whether that is
so. What repeats itself in a price list (stock cells, brands, categories) is read once and kept.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

from westsync.connectors.suppliers.reading.code_columns import barcode_column, code_column
from westsync.connectors.suppliers.reading.fields import MissingKey
from westsync.connectors.suppliers.reading.json_parts import encode, objects, raw_part
from westsync.connectors.suppliers.reading.text_columns import name_column
from westsync.domain.stock import Flag, StockStatus
from westsync.ports.stock_rows import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from westsync.connectors.suppliers.reading.code_columns import OddRows
    from westsync.connectors.suppliers.reading.fields import Getter, Node, Value
    from westsync.connectors.suppliers.reading.json_parts import Part
    from westsync.connectors.suppliers.reading.offer_rows import Batch
    from westsync.connectors.suppliers.reading.plan import Plan
    from westsync.connectors.suppliers.reading.price_cells import PriceCells
    from westsync.connectors.suppliers.reading.stock_cells import StockCells, StockReading
    from westsync.connectors.suppliers.reading.text_columns import RepeatedTexts

_KEPT = 20_000
"""Stock readings kept: a file without repetition must not fill the memory."""

_STOCK = ("status", "qty_min", "qty_max", "eta_from", "eta_to", "note", "raw_qty", "places")
"""The columns that `StockReading.parts` fills."""

_REPEATED = ("brand", "category", "unit", "pack")
_DISCONTINUED = (StockStatus.DISCONTINUED.value, None, None, None, None, "")
_NOT_MAPPED = object()
"""Stands for a cell of the field ``active`` that the profile's map does not have."""

_stock_parts = attrgetter("parts")

Columns = dict[str, "Sequence[Any]"]
"""Name -> one value per row of a batch."""


class OfferColumns:
    """Reads batches of one table or feed by one plan."""

    def __init__(
        self, plan: Plan, stock: StockCells, prices: PriceCells, texts: RepeatedTexts
    ) -> None:
        """Lay out the getters, and take the readers of the file.

        Args:
            plan: Of this table; lives as long as this object.
            stock: Reads stock cells.
            prices: Reads prices.
            texts: Reads brands, categories, units.
        """
        self._plan, self._stock, self._texts = plan, stock, texts
        self._price_cells = prices
        self._prices = [prices.column(one) for one in plan.prices]
        self._stock_kept: dict[Hashable, StockReading] = {}
        self.getters = _getters(plan)

    def read(self, cells: Columns, batch: Batch) -> tuple[Columns, list[StockReading]]:
        """Return the columns of `COLUMNS` but for the flags, and what the stock cells say.

        Args:
            cells: What the getters got.
            batch: The rows; takes what is odd about them.
        """
        size = len(batch.numbers)
        columns: Columns = dict.fromkeys(COLUMNS, [None] * size)
        raw: list[Part] = []
        for whose in ("supplier", "vendor"):
            name = f"{whose}_code"
            if name in cells:
                codes = code_column(cells[name], batch.odd)
                columns[name] = codes.texts
                columns[f"{whose}_key"], columns[f"{whose}_loose"] = codes.strict, codes.loose
                raw.append(raw_part(name, cells[name]))
        columns["prices"] = self._read_prices(cells, raw, batch)
        if "barcode" in cells:
            columns["barcode"] = barcode_column(cells["barcode"], batch.odd)
            raw.append(raw_part("barcode", cells["barcode"]))
        columns["raw"] = objects(raw, size)
        self._read_texts(cells, columns, batch)
        self._require(columns, batch.odd)
        readings = self.stock_readings([cells[name] for name in _stock_names(self._plan)])
        columns |= self._stock_columns(readings, cells, batch)
        return columns, readings

    def stock_readings(self, columns: Sequence[Sequence[Value]]) -> list[StockReading]:
        """Read the stock cells of rows, or remember what they say."""
        keys = self._plan.stock.keys(columns)
        readings = [*map(self._stock_kept.get, keys)]
        return [
            reading if reading is not None else self._read_stock(key)
            for reading, key in zip(readings, keys, strict=True)
        ]

    def _read_stock(self, key: Hashable) -> StockReading:
        """Read stock cells that were not seen before this batch."""
        reading = self._stock_kept.get(key)
        if reading is None:
            reading = self._plan.stock.read(key, self._stock)
            if len(self._stock_kept) < _KEPT:
                self._stock_kept[key] = reading
        return reading

    def _read_prices(self, cells: Columns, raw: list[Part], batch: Batch) -> Sequence[str | None]:
        """Read all prices; their cells are kept as they were."""
        found = []
        for column in self._prices:
            told = cells[column.raw]
            found.append((column, told, cells.get(f"{column.raw}.currency")))
            raw.append(raw_part(column.raw, told))
        return self._price_cells.read(found, len(batch.numbers), batch.odd)

    def _read_texts(self, cells: Columns, columns: Columns, batch: Batch) -> None:
        """Read names, and what repeats itself; the headings above stand in for a category."""
        if "name" in cells:
            names = name_column(cells["name"])
            columns["name"] = [name or None for name in names] if "" in names else names
        for name in _REPEATED:
            if name in cells:
                columns[name] = self._texts.column(cells[name])
        if any(batch.categories):
            columns["category"] = [
                own or above or None
                for own, above in zip(columns["category"], batch.categories, strict=True)
            ]

    def _require(self, columns: Columns, odd: OddRows) -> None:
        """Flag rows without a field they must have."""
        lacking: dict[int, None] = {}
        for name in self._plan.required:
            if None in columns[name]:
                empty = (at for at, text in enumerate(columns[name]) if text is None)
                lacking.update(dict.fromkeys(empty))
        for at in lacking:
            odd[at].append(Flag.REQUIRED_MISSING)

    def _stock_columns(
        self, readings: Sequence[StockReading], cells: Columns, batch: Batch
    ) -> Columns:
        """Return what the stock cells say, unless the supplier does not sell the row any more."""
        parts = [*map(_stock_parts, readings)]
        if "active" in cells:
            parts = [
                one if _is_sold(said, at, batch.odd) else (*_DISCONTINUED, *one[6:])
                for at, (one, said) in enumerate(zip(parts, cells["active"], strict=True))
            ]
        if batch.place:
            parts = [
                one if one[7] is not None else (*one[:7], encode({batch.place: one[:6]}))
                for one in parts
            ]
        for at, reading in enumerate(readings):
            if reading.flags:
                batch.odd[at] += reading.flags
        return dict(zip(_STOCK, zip(*parts, strict=True), strict=True))


def _getters(plan: Plan) -> dict[str, Getter]:
    """Return how to get each cell that a plan needs, by name."""
    found = dict(plan.texts)
    for price in plan.prices:
        found[price.raw] = price.get
        if price.get_currency is not None:
            found[f"{price.raw}.currency"] = price.get_currency
    if plan.active is not None:
        found["active"] = _known(plan.active)
    return found | dict(zip(_stock_names(plan), plan.stock.getters, strict=True))


def _stock_names(plan: Plan) -> list[str]:
    """Return the names under which the cells of a stock plan are got."""
    return [f"stock.{at}" for at in range(len(plan.stock.getters))]


def _known(get: Getter) -> Getter:
    """Return a getter that says where a text is not in the field's map."""

    def known(row: Node) -> Value:
        try:
            return get(row)
        except MissingKey:
            return _NOT_MAPPED

    return known


def _is_sold(said: Value, at: int, odd: OddRows) -> bool:
    """Whether the supplier still sells a row; a text we do not know makes a bad row."""
    if said is _NOT_MAPPED:
        # The Yes/No column that overnight became Да/Нет: better a held file than a false row.
        odd[at].append(Flag.BAD_VALUE)
        return True
    return bool(said) if said is not None and said != "" else True

"""From rows and records to staged offers: the hot loop of a reading.

Everything that repeats itself in a price list (stock cells, brands, categories, prices) is read
once and kept; what is left per row is getting cells, forming keys of codes, and one tuple.
"""

from __future__ import annotations

import operator
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec

from westsync.connectors.suppliers.reading.cleaning import shown
from westsync.connectors.suppliers.reading.codes import barcode_of, cell_text, code
from westsync.connectors.suppliers.reading.fields import MissingKey
from westsync.connectors.suppliers.reading.plan import TEXT_FIELDS
from westsync.connectors.suppliers.reading.price_cells import PriceCells
from westsync.domain.stock import Flag, StockStatus
from westsync.domain.stock_codes import barcode, loose_key, strict_key

if TYPE_CHECKING:
    from collections.abc import Hashable

    from westsync.connectors.suppliers.profile import PriceRules
    from westsync.connectors.suppliers.reading.fields import Getter, Node, Value
    from westsync.connectors.suppliers.reading.plan import Plan
    from westsync.connectors.suppliers.reading.staging import OfferSink
    from westsync.connectors.suppliers.reading.stock_cells import StockCells, StockReading

_KEPT = 20_000
"""Readings kept per cache: a file without repetition must not fill the memory."""

_BAD = frozenset({Flag.BAD_VALUE, Flag.REQUIRED_MISSING, Flag.ROW_LENGTH})
_IN_STOCK = frozenset({StockStatus.IN_STOCK.value, StockStatus.LOW.value})
_DISCONTINUED = StockStatus.DISCONTINUED.value
_NO_CODE: tuple[str | None, str | None, str | None] = (None, None, None)
_PLAIN_CODE = re.compile(r"[A-Za-z0-9]+(?:[-/][A-Za-z0-9]+)*")
_PLAIN = frozenset({str, float})
_encode = msgspec.json.Encoder().encode


class Tally:
    """Counts of one reading; see `results.Reading`. Complete after `OfferRows.finish`."""

    def __init__(self) -> None:
        """Start at zero."""
        self.items = 0
        self.in_stock = 0
        self.bad_rows = 0
        self.unknown_quantities = 0
        self.flags: Counter[Flag] = Counter()
        self.flag_texts: dict[str, int] = {}
        """Flags of a row, joined by blanks -> rows. Texts, because an enum is slow to hash."""

    def settle(self) -> None:
        """Count single flags, and the rows that are bad."""
        for text, times in self.flag_texts.items():
            flags = {Flag(word) for word in text.split()}
            for flag in flags:
                self.flags[flag] += times
            if not _BAD.isdisjoint(flags):
                self.bad_rows += times


class OfferRows:
    """Turns rows into staged offers; one object serves all tables of a file."""

    def __init__(self, staging: OfferSink, stock: StockCells, rules: PriceRules) -> None:
        """Start with empty caches.

        Args:
            staging: Where offers go.
            stock: Reader of stock cells, which also counts their texts.
            rules: The section ``price``.
        """
        self.staging = staging
        self.tally = Tally()
        self.prices = PriceCells(rules)
        self.stock = stock
        self._texts_kept: dict[str, str] = {}

    def finish(self) -> None:
        """Settle what only the whole file can tell: counts, doubtful prices, conflicting codes."""
        self.tally.settle()
        if self.tally.flags[Flag.PRICE_AMBIGUOUS]:
            self.prices.settle(self.staging)
        conflicts = self.staging.mark_conflicts()
        if conflicts:
            self.tally.flags[Flag.DUPLICATE_CONFLICT] = conflicts
        self.staging.finish()

    def text(self, getter: Getter, row: Node) -> str | None:
        """Return a text that repeats itself (brand, category, unit), cleaned; None if empty."""
        cell = getter(row)
        if type(cell) is not str:
            return cell_text(cell) or None
        known = self._texts_kept.get(cell)
        if known is None:
            known = shown(cell)
            if len(self._texts_kept) < _KEPT:
                self._texts_kept[cell] = known
        return known or None


class RowReader:
    """Reads the rows of one table, or the records of one feed, by one plan."""

    def __init__(self, rows: OfferRows, plan: Plan, sheet: str = "") -> None:
        """Lay out the getters, so that a row costs no search for them.

        Args:
            rows: Of the file.
            plan: Of this table; lives as long as this object.
            sheet: Name that offers carry; empty if the file has only one table.
        """
        self._rows = rows
        self._plan = plan
        self._sheet = sheet or None
        texts = plan.texts
        self._supplier, self._vendor = texts.get("supplier_code"), texts.get("vendor_code")
        self._barcode, self._name = texts.get("barcode"), texts.get("name")
        self._brand, self._category = texts.get("brand"), texts.get("category")
        self._unit, self._pack = texts.get("unit"), texts.get("pack")
        at = [TEXT_FIELDS.index(name) for name in plan.required]
        # Twice the last one, so that a single required field comes as a tuple too.
        self._required = operator.itemgetter(*at, at[-1]) if at else None
        self._prices = [rows.prices.column(one) for one in plan.prices]
        self._stock_kept: dict[Hashable, StockReading] = {}
        self.place = ""
        """Warehouse whose goods are being read, in reports that head them; else empty."""

    def read(self, row: Node, row_no: int, category: str = "", odd: tuple[Flag, ...] = ()) -> bool:
        """Stage the offer of a row; False if the row is none.

        An offer has a code, or a name with a price or a quantity (suppliers contract 6.4).

        Args:
            row: Cells, or a record.
            row_no: As a person counts.
            category: Of the headings above, used if the row names none itself.
            odd: What the reader found odd about the row.
        """
        rows, plan = self._rows, self._plan
        raw: dict[str, Any] = {}
        flags = list(odd)
        supplier = vendor = _NO_CODE
        if self._supplier is not None:
            supplier = self._code("supplier_code", self._supplier, row, raw, flags)
        if self._vendor is not None:
            vendor = self._code("vendor_code", self._vendor, row, raw, flags)
        named = self._name(row) if self._name is not None else ""
        name = shown(named) if type(named) is str else cell_text(named)
        stock = self._stock(row)
        prices = rows.prices.read(row, self._prices, raw, flags) if self._prices else None
        parts = stock.parts
        if supplier is _NO_CODE and vendor is _NO_CODE and not (name and (prices or parts[6])):
            return False
        bar = self._read_barcode(row, raw, flags) if self._barcode is not None else ""
        brand = rows.text(self._brand, row) if self._brand is not None else None
        own = rows.text(self._category, row) if self._category is not None else None
        unit = rows.text(self._unit, row) if self._unit is not None else None
        pack = rows.text(self._pack, row) if self._pack is not None else None
        if self._required is not None:
            texts = (supplier[0], vendor[0], bar, brand, name, own or category, unit, pack)
            if not all(self._required(texts)):
                flags.append(Flag.REQUIRED_MISSING)
        if plan.active is not None and not self._active(row, flags):
            parts = (_DISCONTINUED, None, None, None, None, "", *parts[6:])
        if self.place and parts[7] is None:
            parts = (*parts[:7], _encode({self.place: parts[:6]}).decode())
        if stock.flags:
            flags += stock.flags
        odd_text = self._count(stock, parts, flags)
        rows.staging.add(
            (
                row_no,
                self._sheet,
                supplier[0],
                vendor[0],
                supplier[1],
                supplier[2],
                vendor[1],
                vendor[2],
                bar or None,
                brand,
                name or None,
                own or category or None,
                unit,
                pack,
                *parts,
                prices,
                odd_text,
                _encode(raw).decode() if raw else None,
            )
        )
        return True

    def pieces(self, row: Node) -> int | None:
        """Return the exact pieces a row states; None if it states none."""
        _, least, most, *_ = self._stock(row).parts
        return least if isinstance(least, int) and least == most else None

    def _stock(self, row: Node) -> StockReading:
        """Read the stock cells of a row, or remember what they say."""
        key = self._plan.stock.key(row)
        reading = self._stock_kept.get(key)
        if reading is None:
            reading = self._plan.stock.read(key, self._rows.stock)
            if len(self._stock_kept) < _KEPT:
                self._stock_kept[key] = reading
        return reading

    def _code(
        self, name: str, getter: Getter, row: Node, raw: dict[str, Any], flags: list[Flag]
    ) -> tuple[str | None, str | None, str | None]:
        """Return a code with its strict and loose key; its cell is kept as it was."""
        cell = getter(row)
        if cell is None or cell == "":
            return _NO_CODE
        if type(cell) is str:
            raw[name] = cell
            if _PLAIN_CODE.fullmatch(cell) is not None and not cell.isalpha():
                # Nothing to clean: nearly every code of nearly every list.
                key = cell.upper()
                return cell, key, loose_key(key) if "/" in cell else key.replace("-", "")
        else:
            raw[name] = cell if type(cell) is float else cell_text(cell)
        text, odd = code(cell)
        if odd:
            flags += odd
        return (text, strict_key(text), loose_key(text)) if text else _NO_CODE

    def _read_barcode(self, row: Node, raw: dict[str, Any], flags: list[Flag]) -> str:
        """Read the barcode; its cell is kept as it was."""
        assert self._barcode is not None  # noqa: S101 - the caller looked
        cell = self._barcode(row)
        if cell is None or cell == "":
            return ""
        raw["barcode"] = cell if type(cell) in _PLAIN else cell_text(cell)
        known = barcode(cell) if type(cell) is str else None
        if known is not None:
            return known
        text, odd = barcode_of(cell)
        flags += odd
        return text

    def _active(self, row: Node, flags: list[Flag]) -> bool:
        """Whether the supplier still sells the row; a text we do not know makes a bad row."""
        assert self._plan.active is not None  # noqa: S101 - the caller looked
        try:
            said: Value = self._plan.active(row)
        except MissingKey:
            # The Yes/No column that overnight became Да/Нет: better a held file than a false row.
            flags.append(Flag.BAD_VALUE)
            return True
        return bool(said) if said is not None and said != "" else True

    def _count(
        self, stock: StockReading, parts: tuple[object, ...], flags: list[Flag]
    ) -> str | None:
        """Count the row; return its flags as they are staged."""
        tally = self._rows.tally
        tally.items += 1
        if parts[0] in _IN_STOCK:
            tally.in_stock += 1
        if not stock.understood:
            tally.unknown_quantities += 1
        for word in stock.seen:
            word.count += 1
        if not flags:
            return None
        text = flags[0] if len(flags) == 1 else " ".join(dict.fromkeys(map(str, flags)))
        tally.flag_texts[text] = tally.flag_texts.get(text, 0) + 1
        return text

"""From rows of a sheet to offers: header, headings, rows to leave out (suppliers contract 6)."""

from __future__ import annotations

import itertools
import operator
import re
from typing import TYPE_CHECKING

from westsync.connectors.suppliers.profile_fields import Field
from westsync.connectors.suppliers.reading.headers import Columns, Found, find_header
from westsync.connectors.suppliers.reading.headings import Filling, Headings
from westsync.connectors.suppliers.reading.offer_rows import RowReader
from westsync.connectors.suppliers.reading.plan import PlanMaker
from westsync.connectors.suppliers.reading.results import Layout
from westsync.domain.stock import Flag
from westsync.ports.staged_rows import BLOCK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from westsync.connectors.suppliers.profile import Profile, Table
    from westsync.connectors.suppliers.profile_fields import Fields
    from westsync.connectors.suppliers.reading.fields import Lookups
    from westsync.connectors.suppliers.reading.offer_rows import OfferRows
    from westsync.connectors.suppliers.reading.sheets import Row, Sheet

_TOTALS = re.compile(r"^(?:итого|всего)\b", re.IGNORECASE)
_ANY_TOTAL = re.compile(r"^(?:итого|всего)\b", re.IGNORECASE | re.MULTILINE)
_FIRST = operator.itemgetter(0)
_NO_FLAGS: tuple[Flag, ...] = ()
_SAMPLES = 20
_HEAD_MARGIN = 10


class TableCounts:
    """Rows that did not become offers."""

    def __init__(self) -> None:
        """Start at zero."""
        self.categories = 0
        self.skipped = 0
        self.samples: list[str] = []

    def skip(self, text: str) -> None:
        """Count a row that was left out; the first are kept for a person to look at."""
        self.skipped += 1
        if text and len(self.samples) < _SAMPLES:
            self.samples.append(text[:200])


def read_sheet(
    sheet: Sheet, profile: Profile, rows: OfferRows, counts: TableCounts, lookups: Lookups
) -> tuple[Layout, list[Row]]:
    """Stage the offers of a sheet.

    Args:
        sheet: As its reader gives it.
        profile: Of the source.
        rows: Takes the offers.
        counts: Takes the rows that are none.
        lookups: Of the file.

    Returns:
        How the sheet was understood, and its rows above the data.
    """
    override = next((one for one in profile.table.overrides if one.sheet == sheet.name), None)
    header = (override and override.header) or profile.table.header
    fields = (override and override.fields) or profile.fields
    source = iter(sheet.rows)
    head = list(itertools.islice(source, header.within + header.rows + _HEAD_MARGIN))
    found = _header(sheet, profile, head, fields)
    if found is None:
        return Layout(name=sheet.name, missing=("header",)), head
    columns = Columns(found.names)
    maker = PlanMaker(columns, lookups)
    plan = maker.plan(fields)
    missing = [*plan.missing, *_width_mistakes(found, profile)]
    layout = Layout(
        name=sheet.name,
        header=_trimmed(found.names),
        columns=plan.columns,
        missing=tuple(missing),
        absent=plan.absent,
    )
    start = found.first + found.rows
    walk = _Walk(sheet, profile.table, counts, columns, found)
    reader = RowReader(rows, plan, sheet.name, skip=counts.skip)
    below = itertools.chain(head[start:], source)
    if profile.table.group_total:
        walk.read_groups(reader, list(below), start + 1)
    else:
        walk.read(reader, below, start + 1)
    reader.flush()
    return layout, head[:start]


def _header(sheet: Sheet, profile: Profile, head: list[Row], fields: Fields) -> Found | None:
    """Return the header: stated, the format's own, or searched for."""
    given = profile.read.header_rows
    if sheet.header_given:
        given = 1
    if given is None:
        return find_header(head, profile.table.header, fields, sheet.merged)
    if not given:
        return Found(0, 0, ())
    if len(head) < given:
        return None
    header = profile.table.header
    fixed = type(header)(row=1, rows=given, join=header.join)
    return find_header(head, fixed, fields, sheet.merged)


def _width_mistakes(found: Found, profile: Profile) -> list[str]:
    """Return what is wrong with the number of columns."""
    expected = profile.read.expect_columns
    have = len(_trimmed(found.names))
    if expected is None or not found.names or have == expected:
        return []
    return [f"{expected} columns (there are {have})"]


def _trimmed(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the header without empty columns at its end: formatting reaches far to the right."""
    last = max((at for at, name in enumerate(names, start=1) if name), default=0)
    return names[:last]


class _Walk:
    """Goes through the rows below a header."""

    def __init__(
        self, sheet: Sheet, table: Table, counts: TableCounts, columns: Columns, found: Found
    ) -> None:
        """Compile the rules of the layout."""
        self._sheet = sheet
        self._counts = counts
        self._width = max(columns.widest, 1)
        self._exact = len(_trimmed(found.names)) if sheet.ragged else 0
        self._skip = _any_of(table.skip)
        self._stop = _any_of(table.stop)
        self._headings = Headings(table.category, self._width)
        self._header = frozenset(name for name in found.names if name)
        filled = (columns.index(Field(column=(name,))) for name in table.fill_merged)
        self._fills = [Filling(at, sheet.merged) for at in filled if at is not None]

    def read(self, reader: RowReader, rows: Iterator[Row], first: int) -> None:
        """Stage the offers of the rows; headings become categories, totals are left out."""
        while some := list(itertools.islice(rows, BLOCK)):
            titles = self._titles_of_goods(some, first)
            if titles is not None:
                reader.take(some, first, self._headings.path(), titles)
            elif not self._read_each(reader, some, first):
                return
            first += len(some)

    def _titles_of_goods(self, rows: list[Row], first: int) -> list[str] | None:
        """Return the first texts of rows that are plain goods, every one of them; else None.

        Such a row is as wide as it should be and filled in its first column and one more, so it
        is no heading; and its first text is no total, no header and not left out by the profile.
        """
        lengths = {*map(len, rows)}
        if min(lengths) < self._width or (self._exact and lengths != {self._exact}):
            return None
        if self._headings.by_text or self._fills or self._any_odd(first, len(rows)):
            return None
        others = map(operator.itemgetter, range(1, self._width))
        if "" in map(_FIRST, rows) or all("" in map(cell, rows) for cell in others):
            return None
        titles = [head.strip() for head in map(_FIRST, rows) if isinstance(head, str)]
        if len(titles) < len(rows):
            return None if titles else [""] * len(rows)
        return None if self._leaves_any_out(titles) else titles

    def _any_odd(self, first: int, size: int) -> bool:
        """Whether the sheet's reader found one of some rows odd."""
        odd = self._sheet.odd
        return bool(odd) and any(map(odd.__contains__, range(first, first + size)))

    def _leaves_any_out(self, titles: list[str]) -> bool:
        """Whether one of the texts may end the table, or its row be left out."""
        rules = [rule for rule in (self._skip, self._stop) if rule is not None]
        return (
            not self._header.isdisjoint(titles)
            or _ANY_TOTAL.search("\n".join(titles)) is not None
            or any(rule.search(title) for rule in rules for title in titles)
        )

    def _read_each(self, reader: RowReader, rows: list[Row], first: int) -> bool:
        """Look at rows one by one; False if the table ends among them."""
        width, odd, exact = self._width, self._sheet.odd, self._exact
        headings, category = self._headings, self._headings.path()
        for row_no, row in enumerate(rows, start=first):
            length = len(row)
            if length < width:
                row.extend([""] * (width - length))
            filled = len(row) - row.count("")
            if not filled:
                continue
            text = first_text(row)
            if text:
                if self._stop is not None and self._stop.search(text):
                    return False
                if self._is_left_out(text):
                    self._counts.skip(text)
                    continue
                if (filled == 1 or headings.by_text) and headings.is_heading(row, text, filled):
                    self._counts.categories += 1
                    if reader.offers_came():
                        headings.close()
                    category = headings.add(text)
                    continue
            for fill in self._fills:
                fill.carry(row, row_no - 1)
            flags = odd.get(row_no, _NO_FLAGS) if odd else _NO_FLAGS
            if length != exact and exact and (length < exact or any(row[exact:])):
                flags = (*flags, Flag.ROW_LENGTH)
            reader.read(row, row_no, category, flags, text)
        return True

    def read_groups(self, reader: RowReader, rows: list[Row], first: int) -> None:
        """Stage the offers of a stock report whose warehouses stand as totals above their goods.

        A row whose number equals the sum of the rows below it heads a place (contract 6.4).
        """
        start = 0
        while start < len(rows):
            end = _group_end(reader, rows, start, self._width)
            if end is None:
                self.read(reader, iter(rows[start : start + 1]), first + start)
                start += 1
                continue
            reader.enter(first_text(rows[start]))
            self.read(reader, iter(rows[start + 1 : end]), first + start + 1)
            reader.enter("")
            start = end

    def _is_left_out(self, text: str) -> bool:
        """Whether a row is a total, a repeated header, or left out by the profile."""
        if text in self._header:
            return True
        if text[0] in "иИвВ" and _TOTALS.match(text):
            return True
        return self._skip is not None and bool(self._skip.search(text))


def first_text(row: Row) -> str:
    """Return the first filled cell if it is a text, without blanks around it; else nothing."""
    cell = row[0]
    if cell == "":
        cell = next((one for one in row if one != ""), "")
    return cell.strip() if isinstance(cell, str) else ""


def _any_of(texts: tuple[str, ...]) -> re.Pattern[str] | None:
    """Return one regex for plain texts (whole) and ``~`` patterns (anywhere); None for none."""
    shapes = [text[1:] if text.startswith("~") else rf"^\s*{re.escape(text)}\s*$" for text in texts]
    return (
        re.compile("|".join(f"(?:{shape})" for shape in shapes), re.IGNORECASE) if texts else None
    )


def _group_end(reader: RowReader, rows: list[Row], start: int, width: int) -> int | None:
    """Return the index after the goods whose sum stands in a row; None if it heads nothing."""

    def pieces(row: Row) -> int | None:
        row.extend([""] * (width - len(row)))
        return reader.pieces(row)

    total = pieces(rows[start])
    if not total or not first_text(rows[start]):
        return None
    left = total
    for end in range(start + 1, len(rows)):
        left -= pieces(rows[end]) or 0
        if left <= 0:
            return end + 1 if left == 0 else None
    return None

"""Laws of reading column by column: a column says what its cells say one by one."""

from __future__ import annotations

import csv
import io
import math
from collections import defaultdict
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from westsync.connectors.suppliers.profile import PriceRules, Read
from westsync.connectors.suppliers.reading.cleaning import shown
from westsync.connectors.suppliers.reading.code_columns import (
    OddRows,
    barcode_column,
    code_column,
)
from westsync.connectors.suppliers.reading.codes import barcode_of, cell_text, code
from westsync.connectors.suppliers.reading.csv_rows import CsvFile
from westsync.connectors.suppliers.reading.doubles import Doubles
from westsync.connectors.suppliers.reading.json_parts import objects, raw_part
from westsync.connectors.suppliers.reading.plan import PricePlan
from westsync.connectors.suppliers.reading.price import Marks, Prices
from westsync.connectors.suppliers.reading.price_cells import PriceColumn
from westsync.connectors.suppliers.reading.text_columns import RepeatedTexts, name_column
from westsync.domain.stock_codes import loose_key, strict_key

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

NUMBER = st.floats(allow_nan=False) | st.integers(-(10**6), 10**16) | st.booleans()
STRANGE = st.none() | NUMBER | st.dates(date(2000, 1, 1)) | st.text(max_size=12)
PLAIN_CODE = st.from_regex(r"[A-Za-z0-9]{1,4}([-/][A-Za-z0-9]{1,3}){0,3}", fullmatch=True)
PLAIN_PRICE = st.from_regex(r"[0-9]{1,12}([.,][0-9]{1,2})?", fullmatch=True)
ODD_PRICE = st.sampled_from(["1,234", "1.230", "5.", ".5", "0", "0.00", "от 500", "1e5", "$12", ""])
CENTS = st.integers(1, 10**9).map(lambda cents: cents / 100)
DIGITS = st.from_regex(r"[0-9]{12,14}", fullmatch=True)
EAN = st.integers(0, 10**12 - 1).map(lambda number: with_check_digit(f"{number:012}"))


def with_check_digit(digits: str) -> str:
    weighed = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(digits))
    return f"{digits}{-weighed % 10}"


def columns_of(*kinds: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    """Return columns of one kind, as most are, and columns in which a kind is broken by others."""
    columns = [st.lists(kind, min_size=1, max_size=8) for kind in kinds]
    return st.one_of(*columns, st.lists(st.one_of(*kinds), min_size=1, max_size=8))


def odd_rows() -> OddRows:
    return defaultdict(list)


def told(odd: OddRows, size: int) -> list[list[Any]]:
    return [list(odd.get(at, ())) for at in range(size)]


def alone(read: Callable[[Any], tuple[str, tuple[Any, ...]]], cell: Any) -> Any:
    return ("", ()) if cell in (None, "") else read(cell)


@given(columns_of(PLAIN_CODE, STRANGE))
@example(["A-1", "abc"])
@example(["1/2-A/3", "A/1", "1/A"])
@example(["A-1\nB", "C"])
def test_codes_of_a_column_are_those_of_its_cells(cells: list[Any]) -> None:
    odd = odd_rows()

    found = code_column(cells, odd)

    texts = [alone(code, cell) for cell in cells]
    assert [text or "" for text in found.texts] == [text for text, _ in texts]
    assert [key or "" for key in found.strict] == [strict_key(text) for text, _ in texts]
    assert [key or "" for key in found.loose] == [loose_key(text) for text, _ in texts]
    assert told(odd, len(cells)) == [list(flags) for _, flags in texts]


@given(columns_of(EAN, DIGITS, STRANGE))
@example(["0000000000000", "4006381333931"])
@example(["9999999999994", "4006381333931", "4006381333932"])
def test_barcodes_of_a_column_are_those_of_its_cells(cells: list[Any]) -> None:
    odd = odd_rows()

    found = barcode_column(cells, odd)

    texts = [alone(barcode_of, cell) for cell in cells]
    assert [text or "" for text in found] == [text for text, _ in texts]
    assert told(odd, len(cells)) == [list(flags) for _, flags in texts]


@given(columns_of(PLAIN_PRICE, CENTS, ODD_PRICE, STRANGE), st.sampled_from([None, "USD", "100%"]))
def test_prices_of_a_column_are_those_of_its_cells(cells: list[Any], named: str | None) -> None:
    rules, marks, expected_marks, odd = PriceRules(), Marks(), Marks(), odd_rows()
    plan = PricePlan("rrp", "prices.rrp", lambda row: row, "", None)

    part, amounts = PriceColumn(plan, rules, marks).read(
        cells, None if named is None else [named] * len(cells), odd
    )

    currency = Prices(rules).currency(named or "")
    readings = [Prices(rules, currency).read(cell) for cell in cells]
    for reading in readings:
        expected_marks.saw(reading.mark)
    prices = [reading.price for reading in readings]
    assert _decoded(objects([part], len(cells))) == [
        {} if price is None else {"rrp": [f"{price.amount:f}", price.currency]} for price in prices
    ]
    assert list(amounts) == [None if price is None else float(price.amount) for price in prices]
    assert told(odd, len(cells)) == [list(reading.flags) for reading in readings]
    assert marks.decimal() == expected_marks.decimal()


@given(columns_of(st.text(max_size=12), st.text("аб \u00a0\n", max_size=5), STRANGE))
def test_texts_of_a_column_are_those_of_its_cells(cells: list[Any]) -> None:
    one_by_one = [shown(cell) if type(cell) is str else cell_text(cell) for cell in cells]

    names, repeated = name_column(cells), RepeatedTexts()

    assert list(names) == one_by_one
    for _ in range(2):
        assert [text or "" for text in repeated.column(cells)] == one_by_one


@given(
    st.integers(1, 6).flatmap(
        lambda size: st.lists(
            st.lists(st.text(max_size=5), min_size=size, max_size=size)
            | st.lists(st.floats(allow_nan=False), min_size=size, max_size=size)
            | st.lists(STRANGE, min_size=size, max_size=size),
            max_size=3,
        )
    )
)
def test_raw_cells_come_back_as_they_were(columns: list[list[Any]]) -> None:
    size = len(columns[0]) if columns else 2

    found = objects([raw_part(f"f{at}", cells) for at, cells in enumerate(columns)], size)

    assert _decoded(found) == [
        {
            f"f{at}": _kept(cells[row])
            for at, cells in enumerate(columns)
            if cells[row] is not None and cells[row] != ""
        }
        for row in range(size)
    ]


@given(st.text("a;ё \r\n\u2028", min_size=1, max_size=30))
def test_lines_without_quotes_are_read_as_csv_reads_them(text: str) -> None:
    with NamedTemporaryFile() as file:
        file.write(text.encode())
        file.flush()
        rules = Read(encoding="utf-8", delimiter=";")

        rows = list(CsvFile(Path(file.name), rules).sheet().rows)

    assert rows == list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


@given(st.lists(st.tuples(st.sampled_from(["", "A", "B", "C"]), st.integers(0, 1)), max_size=9))
def test_codes_conflict_if_their_rows_say_two_things(rows: list[tuple[str, int]]) -> None:
    doubles = Doubles()

    doubles.saw(code for code, _ in rows)

    said: dict[str, set[int]] = defaultdict(set)
    for key, what in rows:
        said[key].add(what)
    assert doubles.conflicting(rows) == {key for key, what in said.items() if key and len(what) > 1}


def _kept(cell: Any) -> Any:
    """Return a cell as its JSON gives it back; what JSON cannot say is said in words."""
    if type(cell) is float:
        return cell if math.isfinite(cell) else None
    return cell if type(cell) is str else cell_text(cell)


def _decoded(texts: Sequence[str | None]) -> list[dict[str, Any]]:
    return [msgspec.json.decode(text) if text else {} for text in texts]

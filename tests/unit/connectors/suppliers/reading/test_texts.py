"""Delimited texts, dBASE, pages, SpreadsheetML and JSON (suppliers contract 4, 5.2, 5.5)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.connectors.suppliers.reading.conftest import USUAL, Read, a_profile
from tests.unit.connectors.suppliers.reading.files import (
    HEADER,
    ROWS,
    csv_text,
    dbf,
    spreadsheetml,
)
from westsync.connectors.suppliers.profile import AcceptRules, AsOf, Format, Header, Table
from westsync.connectors.suppliers.profile import Read as Reading
from westsync.connectors.suppliers.profile_fields import EachPlace, Field, Fields, PriceField, Stock
from westsync.connectors.suppliers.reading.encodings import guess_delimiter, guess_encoding
from westsync.connectors.suppliers.reading.results import FileRefused, Note, RefusalCode
from westsync.domain.stock import Availability, Flag, PriceRole, StockStatus

if TYPE_CHECKING:
    from pathlib import Path

RUSSIAN = "Код;Наименование;Остаток\r\nA-1;Гитара акустическая, чёрная;есть\r\n"


@pytest.mark.parametrize("encoding", ["cp1251", "cp866", "koi8-r", "utf-8", "utf-8-sig", "utf-16"])
def test_a_russian_text_is_read_in_any_encoding(read: Read, encoding: str) -> None:
    found = read(RUSSIAN.encode(encoding))

    assert found.offers[0].name == "Гитара акустическая, чёрная"
    assert found.reading.encoding == encoding
    assert found.reading.kind is Format.CSV


def test_a_character_cut_at_the_end_of_the_sample_is_forgiven() -> None:
    assert guess_encoding("Гитара".encode()[:-1]) == "utf-8"


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_delimiter_is_the_one_with_steady_columns(read: Read, delimiter: str) -> None:
    rows = (("Код", "Наименование", "Остаток"), ("A-1", "Гитара", "5"), ("A-2", "Бас", "нет"))

    found = read(csv_text(rows, delimiter))

    assert found.reading.delimiter == delimiter
    assert [one.supplier_code for one in found.offers] == ["A-1", "A-2"]


def test_excels_own_first_line_names_the_delimiter(read: Read) -> None:
    text = 'sep=,\r\nКод,Наименование,Остаток\r\n="00123",Гитара;бас,5\r\n'

    found = read(text)

    assert guess_delimiter(text) == ","
    assert found.offers[0].supplier_code == "00123"


def test_inch_marks_do_not_swallow_rows(read: Read) -> None:
    rows = [("Код", "Наименование", "Остаток")] + [(f"A-{n}", "Гитара", "1") for n in range(5)]
    rows[2] = ("A-x", '"Барабан 12"', "5")
    text = csv_text(rows).replace('"Барабан 12"', '"Барабан 12""')

    found = read(text)

    assert [one.supplier_code for one in found.offers] == ["A-0", "A-x", "A-2", "A-3", "A-4"]
    assert [one.row_no for one in found.offers] == [2, 3, 4, 5, 6]
    assert found.offer("A-x").availability.qty_min == 5
    assert 1 <= found.reading.flags[Flag.UNQUOTED] <= 4


def test_inch_marks_in_neighbouring_rows_do_not_make_one_of_two(read: Read) -> None:
    text = 'Код;Наименование;Остаток\nA-1;"Барабан 12"";5\nA-2;"Барабан 14"";6\nA-3;Том;7\n'

    found = read(text)

    assert [(one.supplier_code, one.name, one.availability.qty_min) for one in found.offers] == [
        ("A-1", 'Барабан 12"', 5),
        ("A-2", 'Барабан 14"', 6),
        ("A-3", "Том", 7),
    ]


def test_excels_wrapper_is_taken_off_every_cell(read: Read) -> None:
    text = 'Код;Наименование;Остаток\n="007";="Гитара";="5"\n""=""008""";Размер="M";">10"\n'

    found = read(text)

    assert [(one.supplier_code, one.name, one.availability.qty_min) for one in found.offers] == [
        ("007", "Гитара", 5),
        ("008", 'Размер="M"', 11),
    ]


def test_a_quote_that_never_closes_loses_nothing(read: Read) -> None:
    body = "".join(f"A-{n};Гитара {'я' * 60};1\r\n" for n in range(20_000))
    text = f'Код;Наименование;Остаток\r\nA-x;"Барабан 12;5\r\n{body}'

    found = read(text)

    assert found.reading.items == 20_001
    assert found.offer("A-x").availability.qty_min == 5


def test_short_and_long_rows_are_flagged_and_never_shifted(read: Read) -> None:
    rows = [*(("A", "x", "1") for _ in range(5)), ("B", "x"), ("C", "x", "1", "extra")]

    found = read(csv_text([("Код", "Наименование", "Остаток"), *rows]))

    flagged = {one.supplier_code for one in found.offers if Flag.ROW_LENGTH in one.flags}
    assert flagged == {"B", "C"}
    assert found.reading.bad_rows == 2


def test_quoted_cells_may_hold_delimiters_and_line_feeds(read: Read) -> None:
    found = read('Код;Наименование;Остаток\r\nA-1;"Гитара; ""новая""\r\nчёрная";5\r\nA-2;b;1\r\n')

    assert found.offer("A-1").name == 'Гитара; "новая" чёрная'
    assert found.offer("A-2").availability.qty_min == 1


def test_columns_by_letter_need_no_names(read: Read) -> None:
    fields = Fields(
        supplier_code=Field(letter="A", required=True),
        name=Field(letter="C", required=True),
        stock=Stock(field=Field(letter="E")),
    )
    profile = a_profile(fields=fields, read=Reading(header_rows=1, expect_columns=7))

    found = read(csv_text().encode("cp1251"), profile)

    assert found.offer("A-1").availability.qty_min == 5
    assert found.reading.missing == ()


def test_another_number_of_columns_is_a_changed_layout(read: Read) -> None:
    found = read(csv_text(), a_profile(read=Reading(expect_columns=16)))

    assert found.reading.missing == ("16 columns (there are 7)",)


def test_two_header_rows_of_a_text_are_joined_without_merged_cells(read: Read) -> None:
    text = "Код;Наименование;Москва;;\r\n;;Остаток;Резерв;\r\nA-1;Гитара;5;2;\r\n"
    stock = Stock(field=Field(column=("Москва / Остаток",)))
    fields = replace(USUAL, stock=stock, reserved=Field(column=("Москва / Резерв",)))

    found = read(text, a_profile(fields=fields, table=Table(header=Header(rows=2))))

    assert found.offer("A-1").availability.qty_min == 3


def test_a_fixed_encoding_that_does_not_fit_is_noted(read: Read) -> None:
    found = read(RUSSIAN.encode("cp1251"), a_profile(read=Reading(encoding="utf-8")))

    assert Note.UNDECODABLE in found.reading.notes


def test_the_moment_may_stand_in_the_name_of_the_file(read: Read) -> None:
    rule = AsOf(file_name="pricelist_(\\d{8})", format="%Y%m%d")
    profile = a_profile(accept=AcceptRules(as_of=rule))

    assert str(read(csv_text(), profile, "pricelist_20261120.csv").reading.as_of).startswith(
        "2026-11-19 21:00"
    )
    future = read(csv_text(), profile, "pricelist_20270101.csv").reading
    assert (future.as_of, future.notes) == (None, (Note.AS_OF_FUTURE,))
    nonsense = read(csv_text(), profile, "pricelist_20261399.csv").reading
    assert (nonsense.as_of, nonsense.notes) == (None, (Note.AS_OF_UNREADABLE,))


@given(st.binary(max_size=400))
def test_no_bytes_break_the_guesses(content: bytes) -> None:
    encoding = guess_encoding(content)

    assert guess_delimiter(content.decode(encoding, errors="replace")) in ";,\t|" or (
        b"sep=" in content.lower()
    )


def test_dbase_is_read_with_its_zeros_and_without_deleted_rows(read: Read, tmp_path: Path) -> None:
    path = dbf(
        tmp_path / "a.dbf",
        [("CODE", 8), ("NAME", 20), ("QTY", 6)],
        [("00123", "Гитара", "5"), ("*", "00124", "Бас", "1"), ("00125", "Чехол", "нет")],
    )
    fields = Fields(
        supplier_code=Field(column=("CODE",)),
        name=Field(column=("NAME",)),
        stock=Stock(field=Field(column=("QTY",))),
    )

    found = read(path, a_profile(fields=fields))

    assert found.reading.kind is Format.DBF
    assert [(one.supplier_code, one.name) for one in found.offers] == [
        ("00123", "Гитара"),
        ("00125", "Чехол"),
    ]


def test_a_page_saved_as_xls_is_read_as_a_table(read: Read) -> None:
    page = """<html><head><meta charset="windows-1251"></head><body>
        <table><tr><td>меню</td></tr></table>
        <table><tr><th rowspan=2>Код<th rowspan=2>Наименование<th colspan=2>Москва</tr>
        <tr><th>Остаток<th>Резерв</tr>
        <tr><td>A-1<td>Гитара &amp; чехол<td>5<td>2</tr></table></body></html>"""
    stock = Stock(field=Field(column=("Москва / Остаток",)))
    profile = a_profile(
        fields=replace(USUAL, stock=stock, reserved=Field(column=("Москва / Резерв",))),
        table=Table(header=Header(rows=2)),
    )

    found = read(page.encode("cp1251"), profile)

    assert found.reading.kind is Format.HTML
    assert found.offer("A-1").name == "Гитара & чехол"
    assert found.offer("A-1").availability.qty_min == 3


@pytest.mark.parametrize("expected", [Format.AUTO, Format.XLSX, Format.CSV])
def test_a_log_in_page_is_no_price_list(read: Read, expected: Format) -> None:
    page = "<!DOCTYPE html><html><body><form><table><tr><td>Логин</table></form></body></html>"

    with pytest.raises(FileRefused) as refused:
        read(page, a_profile(read=Reading(format=expected)))

    assert refused.value.refusal.code is RefusalCode.NOT_A_FILE_HTML


def test_spreadsheetml_keeps_its_gaps(read: Read) -> None:
    def row(*cells: str, index: str = "") -> str:
        return f"<Row{index}>{''.join(cells)}</Row>"

    def cell(text: str, kind: str = "String", index: str = "") -> str:
        return f'<Cell{index}><Data ss:Type="{kind}">{text}</Data></Cell>'

    third = ' ss:Index="3"'
    rows = row(cell("Код"), cell("Наименование"), cell("Бренд"), cell("Остаток"), index=third)
    rows += row(cell("A-1"), cell("Гитара"), cell("5", "Number", ' ss:Index="4"'))

    found = read(spreadsheetml(rows))

    assert found.reading.kind is Format.SPREADSHEETML
    offer = found.offer("A-1")
    assert (offer.row_no, offer.brand, offer.availability.qty_min) == (4, "", 5)


def test_json_is_read_by_paths(read: Read) -> None:
    document = {
        "data": {
            "items": [
                {
                    "cat_number": 445867,
                    "vendor": {"article": "F310"},
                    "title": "Гитара",
                    "stock": [
                        {"city": "Москва", "quantity": {"value": 5, "isGreatThan": True}},
                        {"city": "Тверь", "quantity": {"value": "2"}},
                    ],
                    "price": "1 234,50",
                }
            ]
        }
    }
    each = EachPlace(
        each="stock",
        name="city",
        available=Field(value="quantity.value", more="quantity.isGreatThan"),
    )
    fields = Fields(
        supplier_code=Field(path="cat_number", required=True),
        vendor_code=Field(path="vendor.article"),
        name=Field(path="title"),
        stock=Stock(each=each),
        prices=((PriceRole.DEALER, PriceField(field=Field(path="price"))),),
    )

    found = read(json.dumps(document), a_profile(fields=fields, read=Reading(items="data.items")))

    offer = found.offer("445867")
    assert offer.vendor_code == "F310"
    assert offer.availability == Availability(status=StockStatus.IN_STOCK, qty_min=8)
    assert offer.stock_by_place["Тверь"].qty_max == 2


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('[{"code": 1}, {"co', RefusalCode.TRUNCATED),
        ("[" * 100_000, RefusalCode.TRUNCATED),
        ('{"error": "token"}', RefusalCode.WRONG_TYPE),
        ("[" + "9" * 5000 + "]", RefusalCode.TRUNCATED),
    ],
)
def test_json_that_is_no_list_is_refused(read: Read, text: str, code: RefusalCode) -> None:
    with pytest.raises(FileRefused) as refused:
        read(text, a_profile(fields=Fields(name=Field(path="x"))))

    assert refused.value.refusal.code is code


def test_objects_by_number_are_a_list(read: Read) -> None:
    fields = Fields(supplier_code=Field(path="sku"), stock=Stock(field=Field(path="qty")))
    profile = a_profile(fields=fields, read=Reading(items="items"))

    found = read('{"items": {"17": {"sku": "A", "qty": 5}, "18": {"sku": "B", "qty": 0}}}', profile)

    assert [one.supplier_code for one in found.offers] == ["A", "B"]


def test_nonsense_inside_json_is_skipped(read: Read) -> None:
    fields = Fields(supplier_code=Field(path="code"), stock=Stock(field=Field(path="qty")))
    records = (
        '[1, null, {"code": {"a": 1}, "qty": []}, {"code": "A-1", "qty": NaN},'
        ' {"code": "A-2", "qty": [3]}]'
    )

    found = read(records, a_profile(fields=fields))

    assert [one.supplier_code for one in found.offers] == ["A-1", "A-2"]
    assert found.offer("A-1").availability.status is StockStatus.UNKNOWN


def test_the_header_is_the_row_with_the_most_columns(read: Read) -> None:
    found = read(csv_text([("Код", "Наименование"), (), HEADER, *ROWS]))

    assert found.reading.layouts[0].header == HEADER

"""Headers, headings and rows of tables, read from workbooks (suppliers contract 5.1, 6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from openpyxl.styles.colors import Color

from tests.unit.connectors.suppliers.reading.conftest import USUAL, Read, a_profile
from tests.unit.connectors.suppliers.reading.files import (
    HEADER,
    ROWS,
    bare_sheet,
    inline,
    members_of,
    opendocument,
    styled_workbook,
    workbook,
    zipped,
)
from westsync.connectors.suppliers.profile import (
    AcceptRules,
    AsOf,
    CategoryRows,
    Format,
    Header,
    QuantityRules,
    Table,
)
from westsync.connectors.suppliers.profile import Read as Reading
from westsync.connectors.suppliers.profile_fields import (
    Field,
    Fields,
    FillStock,
    Place,
    PriceField,
    Stock,
)
from westsync.connectors.suppliers.reading.headers import column_number
from westsync.domain.stock import Availability, Flag, Price, PriceRole, StockStatus

if TYPE_CHECKING:
    from pathlib import Path

YELLOW = Availability(status=StockStatus.IN_STOCK, qty_min=1)
OTHER = Availability(status=StockStatus.ON_ORDER, qty_min=0, qty_max=0)


def test_a_plain_list_is_read_whole(read: Read, tmp_path: Path) -> None:
    found = read(workbook(tmp_path / "a.xlsx"))

    assert [one.supplier_code for one in found.offers] == ["A-1", "A-2", "A-3"]
    first = found.offer("A-1")
    assert (first.vendor_code, first.name, first.brand) == ("F310", "Гитара F310", "Yamaha")
    assert first.availability == Availability(status=StockStatus.IN_STOCK, qty_min=5, qty_max=5)
    assert first.prices[PriceRole.RRP] == Price(amount=Decimal("12990.00"))
    assert found.offer("A-2").prices[PriceRole.RRP] == Price(amount=Decimal("1234.50"))
    assert found.offer("A-2").raw["prices.rrp"] == "1 234,50"
    assert (found.reading.items, found.reading.in_stock, found.reading.missing) == (3, 2, ())


def test_a_table_may_start_anywhere(read: Read, tmp_path: Path) -> None:
    rows = (("Прайс-лист ООО Лира",), (), HEADER, *ROWS)

    found = read(workbook(tmp_path / "a.xlsx", rows, at=(3, 2)))

    assert len(found.offers) == 3
    assert found.offer("A-1").row_no == 7
    assert found.reading.layouts[0].columns["supplier_code"] == "C Код"


def test_two_header_rows_are_joined_over_merged_cells(read: Read, tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        [
            [],
            ["", "", "", "Остаток", "Резерв", "Остаток", "Резерв", "РРЦ"],
            ["A-1", "Гитара", "", 5, 2, 0, "", 100],
            ["A-2", "Пульт", "", 2, 3, 4, 0, 100],
        ],
        merges=[
            (0, 0, 1, 0, "Код"),
            (0, 1, 1, 1, "Номенклатура"),
            (0, 3, 0, 4, "Москва"),
            (0, 5, 0, 6, "Новосибирск"),
        ],
    )
    places = tuple(
        Place(
            name=name,
            available=Field(column=(f"{name} / Остаток",)),
            reserved=Field(column=(f"{name} / Резерв",)),
        )
        for name in ("Москва", "Новосибирск")
    )
    profile = a_profile(
        fields=replace(USUAL, stock=Stock(places=places)), table=Table(header=Header(rows=2))
    )

    found = read(path, profile)

    assert found.offer("A-1").availability.qty_min == 3
    second = found.offer("A-2")
    assert second.availability == Availability(status=StockStatus.IN_STOCK, qty_min=4, qty_max=4)
    assert second.stock_by_place["Москва"].status is StockStatus.RESERVED
    assert Flag.RESERVE_EXCEEDS in second.flags


def test_headings_become_the_category_and_totals_are_left_out(read: Read, tmp_path: Path) -> None:
    rows = (
        HEADER,
        ("Гитары",),
        ("Акустические",),
        ROWS[0],
        ("Электро",),
        ROWS[1],
        ("Итого", "", "", "", 5),
    )

    found = read(
        workbook(tmp_path / "a.xlsx", rows), a_profile(table=Table(category=CategoryRows(levels=2)))
    )

    assert found.offer("A-1").category == "Гитары / Акустические"
    assert found.offer("A-2").category == "Гитары / Электро"
    assert (found.reading.categories, found.reading.skipped) == (3, 1)
    assert found.reading.skipped_samples == ("Итого",)


def test_a_repeated_header_and_rows_of_the_profile_are_left_out(read: Read, tmp_path: Path) -> None:
    rows = (HEADER, ROWS[0], HEADER, ("Тел. 123", "x", "y"), ROWS[1], ("Архив", "a"), ROWS[2])

    found = read(
        workbook(tmp_path / "a.xlsx", rows),
        a_profile(table=Table(skip=("~^тел",), stop=("архив",))),
    )

    assert [one.supplier_code for one in found.offers] == ["A-1", "A-2"]


def test_merged_cells_are_filled_downwards_only_where_asked(read: Read, tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        [
            ("Код", "Наименование", "Бренд", "Остаток"),
            ("A-1", "Гитара", "", 1),
            ("A-2", "Бас", "", 1),
            ("A-3", "Чехол", "", 1),
        ],
        merges=[(1, 2, 2, 2, "Yamaha")],
    )

    plain = read(path)
    filled = read(path, a_profile(table=Table(fill_merged=("Бренд",))))

    assert [one.brand for one in plain.offers] == ["Yamaha", "", ""]
    assert [one.brand for one in filled.offers] == ["Yamaha", "Yamaha", ""]


def test_warehouses_that_stand_above_their_goods_are_places(read: Read, tmp_path: Path) -> None:
    rows = [
        ("Наименование", "Код", "Остаток"),
        ("Склад Москва", "", 7), ("Гитара", "A-1", 5), ("Бас", "A-2", 2),
        ("Склад Тверь", "", 4), ("Гитара", "A-1", 4),
    ]  # fmt: skip

    found = read(workbook(tmp_path / "a.xlsx", rows), a_profile(table=Table(group_total=True)))

    assert [(one.supplier_code, list(one.stock_by_place)) for one in found.offers] == [
        ("A-1", ["Склад Москва"]),
        ("A-2", ["Склад Москва"]),
        ("A-1", ["Склад Тверь"]),
    ]


def test_hidden_sheets_and_copies_are_left_alone(read: Read, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", hidden={"старый": (HEADER, *ROWS)})

    assert read(path).reading.items == 3
    assert read(path, a_profile(read=Reading(hidden_sheets="read"))).reading.items == 6


def test_the_moment_of_the_data_is_found_above_the_table(read: Read, tmp_path: Path) -> None:
    rows = (("Дата актуальности остатков: 20.11.26 14:06:11",), HEADER, *ROWS)
    rule = AsOf(cell="~Дата актуальности остатков:\\s*(.+)", format="%d.%m.%y %H:%M:%S")

    found = read(workbook(tmp_path / "a.xlsx", rows), a_profile(accept=AcceptRules(as_of=rule)))

    assert found.reading.as_of is not None
    assert found.reading.as_of.isoformat() == "2026-11-20T11:06:11+00:00"


def test_a_lost_required_column_is_named(read: Read, tmp_path: Path) -> None:
    rows = (("Шифр", *HEADER[1:]), *ROWS)

    found = read(workbook(tmp_path / "a.xlsx", rows))

    assert found.reading.missing == ("supplier_code",)
    assert found.reading.bad_rows == 3


def test_another_header_has_another_fingerprint(read: Read, tmp_path: Path) -> None:
    one = read(workbook(tmp_path / "a.xlsx"))
    same = read(workbook(tmp_path / "b.xlsx", (HEADER, ROWS[0])))
    other = read(workbook(tmp_path / "c.xlsx", ((*HEADER[:-1], "Опт"), *ROWS)))

    assert one.reading.fingerprint == same.reading.fingerprint
    assert one.reading.fingerprint != other.reading.fingerprint


def test_numeric_codes_are_texts_again_with_a_flag(read: Read, tmp_path: Path) -> None:
    found = read(workbook(tmp_path / "a.xlsx", (HEADER, (327800436, *ROWS[0][1:]))))

    assert found.offers[0].supplier_code == "327800436"
    assert Flag.FROM_NUMBER in found.offers[0].flags


def test_a_lying_dimension_hides_nothing(read: Read, tmp_path: Path) -> None:
    cells = "".join(
        f'<row r="{number}">{inline(f"A{number}", a)}{inline(f"B{number}", b)}</row>'
        for number, (a, b) in enumerate(
            [("Код", "Наименование"), ("A-1", "Гитара"), ("A-2", "Бас")], start=1
        )
    )

    assert read(bare_sheet(tmp_path / "a.xlsx", cells, dimension="A1")).reading.items == 2


def test_old_exporters_names_of_members_are_read(read: Read, tmp_path: Path) -> None:
    members = members_of(workbook(tmp_path / "a.xlsx"))
    members["xl/SharedStrings.xml"] = members.pop("xl/sharedStrings.xml")

    assert read(zipped(tmp_path / "b.xlsx", members)).reading.items == 3


def test_colours_zeros_and_hidden_columns_are_seen_with_styles(read: Read, tmp_path: Path) -> None:
    model = Field(column=("Модель",))
    fill = FillStock(field=model, fills=(("FFFFFF00", YELLOW),), default=OTHER)
    profile = a_profile(
        read=Reading(styles=True, hidden_columns="skip"),
        fields=Fields(
            supplier_code=Field(column=("Код",)),
            name=model,
            unit=Field(column=("Заметка дилера",)),
            stock=Stock(fill=fill),
        ),
    )

    found = read(styled_workbook(tmp_path / "a.xlsx"), profile)

    assert [one.supplier_code for one in found.offers] == ["00123", "00124"]
    assert [one.availability.status for one in found.offers] == [
        StockStatus.IN_STOCK,
        StockStatus.ON_ORDER,
    ]
    assert [one.unit for one in found.offers] == ["", ""]


def test_a_colour_of_the_old_palette_is_the_colour_it_shows(read: Read, tmp_path: Path) -> None:
    model = Field(column=("Модель",))
    profile = a_profile(
        read=Reading(styles=True),
        fields=Fields(
            supplier_code=Field(column=("Код",)),
            name=model,
            stock=Stock(fill=FillStock(field=model, fills=(("FFFFFF00", YELLOW),), default=OTHER)),
        ),
    )

    found = read(styled_workbook(tmp_path / "a.xlsx", yellow=Color(indexed=13)), profile)

    assert [one.availability.status for one in found.offers] == [
        StockStatus.IN_STOCK,
        StockStatus.ON_ORDER,
    ]


def test_texts_of_stock_cells_are_listed_unknown_ones_first(read: Read, tmp_path: Path) -> None:
    rows = (HEADER, ROWS[0], ROWS[1], ("A-4", "", "Шнур", "", "5/3", 1, 1))

    words = read(workbook(tmp_path / "a.xlsx", rows)).reading.quantities

    assert [(word.text, word.understood, word.count) for word in words] == [
        ("5/3", False, 1),
        ("(number)", True, 1),
        ("нет", True, 1),
    ]


def test_the_date_of_delivery_counts_only_where_nothing_is(read: Read, tmp_path: Path) -> None:
    rows = [
        ("Код", "Наименование", "Остаток", "Дата"),
        ("A-1", "a", 5, "12.03.2027"),
        ("A-2", "b", "нет", "12.03.2027"),
    ]
    profile = a_profile(fields=replace(USUAL, eta=Field(column=("Дата",))))

    found = read(workbook(tmp_path / "a.xlsx", rows), profile)

    assert found.offer("A-1").availability.eta_from is None
    late = found.offer("A-2").availability
    assert (late.status, late.eta_from) == (StockStatus.EXPECTED, date(2027, 3, 12))


def test_an_unknown_yes_no_makes_a_bad_row(read: Read, tmp_path: Path) -> None:
    rows = [("Код", "Наименование", "Остаток", "Активен")]
    rows += [(f"A-{word}", "x", "5", word) for word in ("да", "нет", "Yes")]
    active = Field(column=("Активен",), map=(("да", True), ("нет", False)))

    found = read(
        workbook(tmp_path / "a.xlsx", rows), a_profile(fields=replace(USUAL, active=active))
    )

    assert found.offer("A-нет").availability.status is StockStatus.DISCONTINUED
    assert found.offer("A-да").availability.qty_min == 5
    assert Flag.BAD_VALUE in found.offer("A-Yes").flags
    assert found.reading.bad_rows == 1


def test_doubtful_prices_follow_their_column(read: Read, tmp_path: Path) -> None:
    rows = [
        ("Код", "Наименование", "РРЦ"),
        ("A-1", "a", "1,234"),
        ("A-2", "b", "10.50"),
        ("A-3", "c", "7.25"),
    ]

    found = read(workbook(tmp_path / "a.xlsx", rows))

    assert found.offer("A-1").prices[PriceRole.RRP].amount == 1234
    assert found.reading.flags[Flag.PRICE_AMBIGUOUS] == 1


def test_swapped_prices_are_counted(read: Read, tmp_path: Path) -> None:
    rows = (HEADER, ("A-1", "x", "y", "", 1, 100, 80), ("A-2", "x", "y", "", 1, 80, 100))

    found = read(workbook(tmp_path / "a.xlsx", rows)).reading

    assert (found.compared_prices, found.broken_order) == (2, 1)


def test_duplicates_that_disagree_are_flagged(read: Read, tmp_path: Path) -> None:
    rows = (HEADER, ROWS[0], ROWS[0], ("A-2", "", "один", "X", 1), ("A-2", "", "другой", "Y", 2))

    found = read(workbook(tmp_path / "a.xlsx", rows)).offers

    assert [Flag.DUPLICATE_CONFLICT in one.flags for one in found] == [False, False, True, True]


def test_an_empty_cell_of_a_place_follows_the_policy(read: Read, tmp_path: Path) -> None:
    rows = [("Код", "Наименование", "Остаток"), ("A-1", "a", "")]

    found = read(
        workbook(tmp_path / "a.xlsx", rows), a_profile(quantity=QuantityRules(blank="out"))
    )

    assert found.offers[0].availability.status is StockStatus.OUT


def test_a_list_without_stock_never_becomes_stock(read: Read, tmp_path: Path) -> None:
    fields = replace(
        USUAL, stock=Stock(), prices=((PriceRole.RRP, PriceField(field=Field(column=("РРЦ",)))),)
    )

    found = read(workbook(tmp_path / "a.xlsx"), a_profile(fields=fields))

    assert {one.availability.status for one in found.offers} == {StockStatus.UNKNOWN}


def test_a_profile_without_fields_guesses_the_usual_headers(read: Read, tmp_path: Path) -> None:
    found = read(workbook(tmp_path / "a.xlsx"), a_profile(fields=Fields()))

    assert found.offer("A-1").availability.qty_min == 5
    assert found.offer("A-1").prices[PriceRole.DEALER].amount == 9000


@pytest.mark.parametrize("letter", ["", "1", "AAAA", "Ф"])
def test_a_column_that_cannot_be_is_refused(letter: str) -> None:
    with pytest.raises(ValueError, match="is no column"):
        column_number(letter)


def test_an_opendocument_sheet_is_read(read: Read, tmp_path: Path) -> None:
    found = read(
        opendocument(tmp_path / "a.ods", [("Код", "Наименование", "Остаток"), ("A-1", "x", 5)])
    )

    assert found.reading.kind is Format.ODS
    assert found.offer("A-1").availability.qty_max == 5

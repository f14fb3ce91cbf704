"""Promises of the XLSX file, read back with another library."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.unit.reports.shipped import (
    LONG_NAME,
    TUESDAY,
    a_request,
    an_invoice,
    gathered,
    settings,
)
from westsync.reports.catalogue import REPORTS, build_report
from westsync.reports.sample import samples
from westsync.reports.workbook import workbook

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from westsync.reports.model import Report


def opened(report: Report) -> dict[str, Worksheet]:
    book = openpyxl.load_workbook(io.BytesIO(workbook(report, settings().words)))
    return {sheet.title: sheet for sheet in book.worksheets}


def sales(count: int, **row: str) -> Report:
    invoices = tuple(an_invoice(number, **row) for number in range(1, count + 1))
    return build_report("sales-daily", TUESDAY.first, gathered(invoices=invoices))


@pytest.mark.parametrize("count", [0, 1, 30, 500])
def test_every_table_has_a_sheet_with_a_frozen_header_and_a_filter(count: int) -> None:
    sheets = opened(sales(count))

    invoices = sheets["Выставленные счета"]
    assert next(iter(sheets)) == "Итоги"
    assert invoices.freeze_panes == "B2"
    assert invoices.auto_filter.ref == f"A1:G{count + 1}"
    assert invoices.max_row == max(count, 1) + 1


def test_values_are_typed_and_formatted() -> None:
    sheet = opened(sales(1, amount="1234.50"))["Выставленные счета"]

    amount, dated = sheet["D2"], sheet["B2"]
    assert (amount.value, amount.number_format) == (1234.5, '#,##0.00\\ "₽"')
    assert (dated.value, dated.number_format) == (datetime(2026, 11, 24), "dd.mm.yyyy")  # noqa: DTZ001 - cells have no zone


def test_a_length_is_a_duration_that_can_be_counted_with() -> None:
    late = a_request(answered_after=timedelta(hours=3))
    report = build_report("secretary-daily", TUESDAY.first, gathered(requests=(late,)))

    cell = opened(report)["Ответ позже срока"]["F2"]

    assert cell.number_format == "[h]:mm"
    assert cell.value == timedelta(hours=3)


@pytest.mark.parametrize("typed", ["=1+1", "+7 999", "-10%", "@sum", '=HYPERLINK("x")', "\t=1"])
def test_what_looks_like_a_formula_stays_text(typed: str) -> None:
    report = build_report(
        "secretary-daily",
        TUESDAY.first,
        gathered(requests=(a_request(source=typed, manager=typed, name=typed),), notes=(typed,)),
    )

    sheets = opened(report)

    cell = sheets["По источникам"]["A2"]
    assert cell.data_type == "s"
    assert cell.value == typed
    assert cell.quotePrefix
    assert not any(c.data_type == "f" for s in sheets.values() for row in s.rows for c in row)


def test_charts_are_native_and_draw_no_more_than_can_be_read() -> None:
    requests = tuple(a_request(n, source=f"Источник {n}") for n in range(500))
    report = build_report("secretary-daily", TUESDAY.first, gathered(requests=requests))

    sheet = opened(report)["По источникам"]

    (chart,) = sheet._charts  # type: ignore[attr-defined]  # openpyxl reads charts into it
    assert str(chart.series[0].val.numRef.f).endswith("$B$2:$B$31")


def test_columns_are_as_wide_as_their_text_but_no_wider_than_a_screen() -> None:
    sheet = opened(sales(1))["Выставленные счета"]

    assert sheet.column_dimensions["C"].width == pytest.approx(60, abs=1)
    assert sheet.column_dimensions["A"].width < 15


def test_a_total_stands_below_the_filter() -> None:
    report = build_report(
        "sales-daily",
        TUESDAY.first,
        gathered(invoices=(an_invoice(1, manager="А"), an_invoice(2, manager="Б"))),
    )

    sheet = opened(report)["По менеджерам"]

    assert sheet.auto_filter.ref == "A1:E3"
    assert [cell.value for cell in sheet[4]][:3] == ["Итого", 2, float(Decimal("2469.00"))]


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_can_be_opened(name: str) -> None:
    for rows in samples(settings().words, gathered().office, TUESDAY):
        sheets = opened(REPORTS[name].build(rows))

        assert len(sheets) > 2


def test_a_very_long_text_is_cut_where_spreadsheets_end() -> None:
    report = build_report(
        "secretary-daily", TUESDAY.first, gathered(requests=(a_request(source=LONG_NAME * 500),))
    )

    assert len(str(opened(report)["По источникам"]["A2"].value)) == 32_767

"""The price lists of the stand-in: XLSX with a double header, cp1251 CSV, YML, JSON."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from westsync.sandbox.supplier.goods import Good

ZONE = ZoneInfo("Europe/Moscow")
PLACES = ("Москва", "Новосибирск")
_COLUMNS = 16
_SECOND_ROW = ("Остаток", "Резерв")


def as_xlsx(goods: Iterable[Good], at: datetime) -> bytes:
    """Return the list of suppliers contract 13.1: two header rows, headings, totals.

    Args:
        goods: What is in it; neighbours of one category stand below one heading.
        at: Moment that the list states, on the wall clock of the supplier.
    """
    import xlsxwriter  # type: ignore[import-untyped]  # noqa: PLC0415 - untyped; only for a workbook

    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        # Otherwise the moment of writing would make each workbook another one.
        book.set_properties({"created": at})
        sheet = book.add_worksheet("TDSheet")
        sheet.write(0, 0, f"Дата актуальности остатков: {at.astimezone(ZONE):%d.%m.%y %H:%M:%S}")
        header = ("Код", "Артикул", "Номенклатура", "Производитель")
        for column, text in enumerate(header):
            sheet.merge_range(2, column, 3, column, text)
        for number, (group, parts) in enumerate(
            (*((place, _SECOND_ROW) for place in PLACES), ("Цена", ("РРЦ", "Дилер")))
        ):
            left = len(header) + 2 * number
            sheet.merge_range(2, left, 2, left + 1, group)
            sheet.write_row(3, left, parts)
        sheet.merge_range(2, 10, 3, 10, "Дата поставки")
        row, category = 4, ""
        for good in goods:
            if good.category != category:
                category = good.category
                sheet.write(row, 0, category)
                row += 1
            sheet.write_row(row, 0, _cells(good))
            row += 1
        sheet.write(row, 0, "Итого")
    return content.getvalue()


def _cells(good: Good) -> list[str | float]:
    cells: list[str | float] = [good.code, good.article, good.name, good.brand]
    for place in PLACES:
        cells += [_number(good.pieces.get(place, "")), _number(good.reserved.get(place, ""))]
    return [*cells, float(good.price), float(good.dealer), good.transit]


def _number(text: str) -> str | float:
    return float(text) if text.isdigit() else text


def as_csv(goods: Iterable[Good]) -> bytes:
    """Return the list of suppliers contract 13.2: cp1251, semicolons, meaning by position."""
    content = io.StringIO()
    writer = csv.writer(content, delimiter=";", lineterminator="\r\n")
    writer.writerow([f"Поле {number}" for number in range(1, _COLUMNS + 1)])
    for good in goods:
        row = [""] * _COLUMNS
        row[5], row[6], row[7] = good.article, good.brand, good.name
        row[8], row[10] = _comma(good.price), _comma(good.dealer)
        row[11], row[12] = ("да" if good.sold else "нет"), good.code
        row[15] = good.pieces.get(PLACES[0], "")
        writer.writerow(row)
    return content.getvalue().encode("cp1251")


def _comma(amount: object) -> str:
    return str(amount).replace(".", ",")


def as_yml(goods: Sequence[Good], at: datetime) -> bytes:
    """Return the feed of suppliers contract 13.3, with its stock in outlets."""
    categories = sorted({good.category for good in goods})
    ids = {category: number for number, category in enumerate(categories, start=1)}
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<!DOCTYPE yml_catalog SYSTEM "shops.dtd">',
        f'<yml_catalog date="{at.isoformat(timespec="minutes")}"><shop><categories>',
        *(f'<category id="{ids[name]}">{escape(name)}</category>' for name in categories),
        "</categories><offers>",
        *(_offer(good, ids[good.category]) for good in goods),
        "</offers></shop></yml_catalog>",
    ]
    return "\n".join(lines).encode()


def _offer(good: Good, category: int) -> str:
    outlets = "".join(
        f'<outlet id={quoteattr(place)} instock="{pieces}"/>'
        for place, pieces in good.pieces.items()
    )
    return (
        f'<offer id={quoteattr(good.code)} available="{str(good.sold).lower()}">'
        f"<name>{escape(good.name)}</name><vendor>{escape(good.brand)}</vendor>"
        f"<vendorCode>{escape(good.article)}</vendorCode><price>{good.price}</price>"
        f"<currencyId>RUB</currencyId><categoryId>{category}</categoryId>"
        f"<outlets>{outlets}</outlets></offer>"
    )


def as_json(goods: Sequence[Good], total: int) -> bytes:
    """Return one page of the JSON API; quantities are objects with a bound (contract 13.5)."""
    products = [
        {
            "id": good.code,
            "vendorCode": good.article,
            "name": good.name,
            "brand": good.brand,
            "price": {"value": str(good.dealer), "currency": "RUB"},
            "locations": [
                {
                    "description": place,
                    "quantity": {"value": min(int(pieces), 10), "isGreatThan": int(pieces) > 10}
                    if pieces.isdigit()
                    else {"value": pieces},
                }
                for place, pieces in good.pieces.items()
            ],
        }
        for good in goods
    ]
    return json.dumps({"total": total, "products": products}, ensure_ascii=False).encode()

"""Long price lists as suppliers send them: a workbook, a text in cp1251, a feed."""

from __future__ import annotations

import csv
import random
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter

from benchmarks.goods import things

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEADER = (
    "Код", "Артикул", "Штрихкод", "Наименование", "Бренд", "Категория", "Ед.", "Остаток Москва",
    "Остаток СПб", "Цена дилер", "РРЦ", "Примечание",
)  # fmt: skip
_STOCK = ("более 10", "мало", "под заказ", "")
_NOTES = ("", "", "", "новинка", "уценка, помята коробка")

Row = tuple[str | float, ...]


def rows(count: int, seed: int) -> Iterator[Row]:
    """Draw the rows below `HEADER`."""
    draw = random.Random(seed)
    for at, thing in enumerate(things(count, seed)):
        price = draw.randrange(100, 200_000)
        moscow = draw.choice(_STOCK) if draw.random() < 0.2 else draw.randrange(40)
        yield (
            f"00-{at:07}",
            f"{thing.letters}-{thing.number}{thing.suffix}/{at % 97}",
            _barcode(at),
            thing.listed(),
            thing.brand,
            f"Каталог / {thing.kind}",
            "шт",
            moscow,
            draw.randrange(20),
            price,
            price * 1.5,
            draw.choice(_NOTES),
        )


def workbook(path: Path, count: int, seed: int) -> Path:
    """Write an XLSX of `count` rows and twelve columns."""
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Прайс")
    sheet.write_row(0, 0, HEADER)
    for at, row in enumerate(rows(count, seed), start=1):
        sheet.write_row(at, 0, row)
    book.close()
    return path


def text(path: Path, count: int, seed: int) -> Path:
    """Write a CSV in cp1251 with semicolons."""
    with path.open("w", encoding="cp1251", newline="") as file:
        out = csv.writer(file, delimiter=";")
        out.writerow(HEADER)
        out.writerows(rows(count, seed))
    return path


def feed(path: Path, count: int, seed: int) -> Path:
    """Write a YML catalogue whose descriptions make up most of it, as they do."""
    tale = "Подробное описание товара для витрины магазина. " * 12
    with path.open("w", encoding="utf-8") as file:
        file.write(
            '<?xml version="1.0" encoding="UTF-8"?><yml_catalog date="2026-11-24 09:00"><shop>'
            '<currencies><currency id="RUB" rate="1"/></currencies>'
            '<categories><category id="1">Товары</category></categories><offers>'
        )
        for code, article, barcode, name, brand, *_, price, _, _ in rows(count, seed):
            file.write(
                f'<offer id={quoteattr(str(code))} available="true"><price>{price}</price>'
                f"<currencyId>RUB</currencyId><categoryId>1</categoryId><name>{escape(str(name))}"
                f"</name><vendor>{escape(str(brand))}</vendor><vendorCode>{escape(str(article))}"
                f"</vendorCode><barcode>{barcode}</barcode><description>{tale}</description></offer>"
            )
        file.write("</offers></shop></yml_catalog>")
    return path


def _barcode(number: int) -> str:
    digits = f"460{number:09}"
    odd, even = digits[-1::-2], digits[-2::-2]
    check = -(3 * sum(map(int, odd)) + sum(map(int, even))) % 10
    return f"{digits}{check}"

"""The shop's supplier: his price list by link, and what he does with it."""

from __future__ import annotations

from decimal import Decimal
from shutil import rmtree
from typing import TYPE_CHECKING

from westsync.cli.stage.casting import ALIKE, GOODS, SOLD_OUT, Goods
from westsync.sandbox.supplier import Good, Shop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

ID, TITLE = "lira", "Лира Мьюзик"
MAILBOX = "opt"
# He is asked by mail about a brand that he carries and his list does not tell of (P3.5).
_CARRIED = f"Nord: {{ suppliers: [{ID}] }}\n"
_NOT_MAILED, _MAILED = "mail_supplier: false", "mail_supplier: true"
_PLENTY, _PLACE = "25", "Москва"
_DEALER = Decimal("0.8")
_COLOURS = ("чёрное", "белое")
# The layout is that of config/suppliers/lira_music.yaml; the list is as short as the shop is small,
# and may grow old over a weekend or a holiday, on which nobody publishes one.
_SOURCE = """\
id: {id}
title: "{title}"
enabled: true
contact: {{ name: "Вера Котова", phone: "+7 999 000-11-22", email: "{mailbox}@lira.example.test" }}
schedule: {{ every: 1h }}
fetch: {{ kind: http, url: "{url}/upload/ostatki.xls" }}
read: {{ format: auto }}
table:
  sheets: ["TDSheet"]
  header: {{ within: 40, rows: 2, join: " / ", min_hits: 3 }}
  category: {{ when: only_first_cell, levels: 2 }}
  skip: ["~^итого"]
fields:
  supplier_code: {{ column: ["Код"], required: true }}
  vendor_code: {{ column: ["Артикул"] }}
  name: {{ column: ["Номенклатура"], required: true }}
  brand: {{ column: ["Производитель"] }}
  stock:
    places:
      - name: Москва
        available: {{ column: ["Москва / Остаток"] }}
        reserved: {{ column: ["Москва / Резерв"] }}
  eta: {{ column: ["Дата поставки"] }}
  prices:
    rrp: {{ column: ["Цена / РРЦ"] }}
    dealer: {{ column: ["Цена / Дилер"] }}
quantity: {{ blank: out }}
price: {{ currency: RUB }}
match: {{ keys: [supplier_code, vendor_code] }}
accept:
  min_rows: 10
  first: auto
  max_age: 5d
  absence: out
  as_of: {{ cell: "~Дата актуальности остатков:\\\\s*(.+)", format: "%d.%m.%y %H:%M:%S" }}
"""


class Supplier:
    """A supplier and his price list. Every act happens at the present moment of the play."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Open.

        Args:
            now: Clock of the play, aware.
        """
        self.shop = Shop(_list(), now=now)

    def publish(self) -> None:
        """Publish today's list."""
        self.shop.restock(_list())

    def close_for_repair(self) -> None:
        """Serve a page that says "we are being repaired" in place of the list."""
        self.shop.switches.turn(page_for_file="maintenance")

    def open_again(self) -> None:
        """Serve the list again."""
        self.shop.switches.turn(page_for_file="")


def connect(config: Path, url: str) -> None:
    """Make the stand-in the only supplier of a configuration, who is also asked by mail.

    Args:
        config: Directory of a copy that may be written.
        url: Address of the stand-in.
    """
    folder = config / "suppliers"
    rmtree(folder, ignore_errors=True)
    folder.mkdir()
    text = _SOURCE.format(id=ID, title=TITLE, url=url, mailbox=MAILBOX)
    (folder / f"{ID}.yaml").write_text(text, encoding="utf-8")
    with (config / "brands.yaml").open("a", encoding="utf-8") as brands:
        brands.write(_CARRIED)
    for rules in (config / "rules").glob("*.yaml"):
        shipped = rules.read_text(encoding="utf-8")
        if _NOT_MAILED in shipped:
            rules.write_text(shipped.replace(_NOT_MAILED, _MAILED), encoding="utf-8")


def _list() -> list[Good]:
    return list(_rows())


def _rows() -> Iterator[Good]:
    for number, goods in enumerate(GOODS, start=1):
        yield _row(number, goods, _PLENTY)
    yield _row(100, SOLD_OUT, "0")
    name, price, _ = ALIKE
    for number, colour in enumerate(_COLOURS, start=101):
        yield _row(number, (f"{name} {colour}", price, f"{number}-{colour}"), _PLENTY)


def _row(number: int, goods: Goods, pieces: str) -> Good:
    name, price, article = goods
    amount = Decimal(str(price))
    return Good(
        code=f"{number:05}",
        article=article,
        name=name,
        brand=name.split()[0],
        category="Инструменты",
        pieces={_PLACE: pieces},
        price=amount,
        dealer=(amount * _DEALER).quantize(Decimal("0.01")),
    )

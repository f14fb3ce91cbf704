"""What people do in 1C by hand (contract 10.12): invoices, papers, marks, periods.

Every act happens at the moment where the base's clock stands unless it is told another, takes
keys as texts, and returns the key of what it made. Sums are roubles; moments are the server's
naive wall clock.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from westsync.sandbox.onec import bp30
from westsync.sandbox.onec.clerk import Clerk, midnight
from westsync.sandbox.onec.furnishing import (
    ACCOUNT,
    ITEM,
    ORGANISATION,
    PIECE,
    ROUBLE,
)
from westsync.sandbox.onec.locking import locked
from westsync.sandbox.onec.values import EnumValue, Ref, Row

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

Money = Decimal | int | str
VAT = {"НДС5": 5, "НДС7": 7, "НДС10": 10, "НДС18": 18, "НДС20": 20, "НДС22": 22}
RATES = frozenset({"БезНДС", "НДС0", "НДС10_110", "НДС18_118", "НДС20_120", "НДС22_122", *VAT})


class Accountant(Clerk):
    """The base and the people who write its documents."""

    @locked
    def make_invoice(
        self,
        counterparty: str,
        total: Money,
        *,
        at: datetime | None = None,
        comment: str = "",
        contract: str | None = None,
        rate: str = "НДС20",
        post: bool = True,
        key: str | None = None,
        number: str = "",
    ) -> str:
        """Make an invoice to a buyer by hand, with one line, posted unless told otherwise."""
        amount = _money(total)
        row = self.create(
            bp30.INVOICE,
            Ref=key,
            Number=number,
            Date=at or self.wall_clock,
            Организация=ORGANISATION,
            Контрагент=Ref(bp30.PARTIES, counterparty),
            ДоговорКонтрагента=Ref(bp30.CONTRACTS, contract) if contract else None,
            ВалютаДокумента=ROUBLE,
            СтруктурнаяЕдиница=ACCOUNT,
            СуммаВключаетНДС=True,
            СуммаДокумента=amount,
            Комментарий=comment,
            Товары=(invoice_line(1, ITEM, amount, rate),),
        )
        if post:
            self.post(bp30.INVOICE, row["Ref"])
        return str(row["Ref"])

    @locked
    def make_supplier_invoice(
        self,
        supplier: str,
        number: str,
        day: date,
        total: Money,
        *,
        comment: str = "",
        post: bool = True,
        key: str | None = None,
    ) -> str:
        """Enter a supplier's invoice under the supplier's own number and date."""
        amount = _money(total)
        line = invoice_line(1, ITEM, amount, "НДС20")
        row = self.create(
            bp30.SUPPLIER_INVOICE,
            Ref=key,
            Date=self.wall_clock,
            Организация=ORGANISATION,
            Контрагент=Ref(bp30.PARTIES, supplier),
            НомерВходящегоДокумента=number,
            ДатаВходящегоДокумента=midnight(day),
            СуммаДокумента=amount,
            Комментарий=comment,
            Товары=({name: line[name] for name in line if name != "ИдентификаторСтроки"},),
        )
        if post:
            self.post(bp30.SUPPLIER_INVOICE, row["Ref"])
        return str(row["Ref"])

    def post_document(self, key: str) -> None:
        """Post a document of any kind by hand."""
        self.post(self.locate(key).entity, key)

    def unpost_document(self, key: str) -> None:
        """Take back the posting of a document of any kind."""
        self.unpost(self.locate(key).entity, key)

    @locked
    def edit(self, /, key: str, **fields: object) -> None:
        """Change fields of any object, e.g. ``base.edit(key, Комментарий="...")``.

        Raises:
            KeyError: There is no such object, or it has no such field.
        """
        entity = self.locate(key).entity
        if unknown := set(fields) - set(self.need(entity, key)):
            raise KeyError(f"{entity} has no field '{min(unknown)}'")
        self.change(entity, key, **fields)

    @locked
    def edit_total(self, key: str, total: Money) -> None:
        """Change the sum of an invoice, line and all."""
        amount = _money(total)
        entity = self.locate(key).entity
        line = dict(self.need(entity, key)["Товары"][0])
        fresh = invoice_line(1, ITEM, amount, line["СтавкаНДС"])
        lines = (
            line | {name: fresh[name] for name in ("Количество", "Цена", "Сумма", "СуммаНДС")},
        )
        self.change(entity, key, СуммаДокумента=amount, Товары=lines)

    def move_date(self, key: str, at: datetime) -> None:
        """Give a document another date."""
        self.change(self.locate(key).entity, key, Date=at)

    def mark_document(self, key: str, *, marked: bool = True) -> None:
        """Mark an object for deletion, or take the mark back."""
        self.mark(self.locate(key).entity, key, marked=marked)

    def delete_document(self, key: str) -> None:
        """Delete an object for good, as an administrator does."""
        self.delete(self.locate(key).entity, key)

    @locked
    def set_status(self, invoice: str, status: str | None) -> None:
        """Set the accountant's mark on an invoice; None takes it away (contract 4.7)."""
        ref = self.locate(invoice)
        row: Row = {"Организация": ORGANISATION, "Документ": ref}
        key = self.record_key(bp30.STATUSES, row)
        if self.store.get(bp30.STATUSES, key) is not None:
            self.store.remove(bp30.STATUSES, key)
        if status is not None:
            value = EnumValue("СтатусОплатыСчета", status)
            self.create(bp30.STATUSES, **row, Статус=value, ДополнительныйСтатус="")

    @locked
    def close_period(self, until: date | None) -> None:
        """Forbid changes of documents up to and including a day; None opens everything."""
        self.closed_until = until

    def refuse_posting(self, text: str, key: str | None = None) -> None:
        """Let the next posting fail with a text, e.g. a lock or a forbidden price."""
        self.object_once(text, key)

    @locked
    def ship(
        self, invoice: str, *, upd: bool = False, factura: bool = False, at: datetime | None = None
    ) -> str:
        """Post a shipment for an invoice, as УПД or as ТОРГ-12 with or without its factura."""
        basis = self.need(bp30.INVOICE, invoice)
        link = Ref(bp30.INVOICE, invoice)
        goods = tuple(_shipped(line, link) for line in basis["Товары"])
        row = self.create(
            bp30.SHIPMENT,
            Date=at or self.wall_clock,
            ВидОперации="Товары",
            СчетНаОплатуПокупателю=link,
            СуммаДокумента=basis["СуммаДокумента"],
            СуммаВключаетНДС=basis["СуммаВключаетНДС"],
            ЭтоУниверсальныйДокумент=upd,
            ВидЭлектронногоДокумента="" if upd else "ТОРГ12Продавец",
            Товары=goods,
            **{name: basis[name] for name in ("Организация", "Контрагент", "ДоговорКонтрагента")},
        )
        self.post(bp30.SHIPMENT, row["Ref"])
        if factura:
            self.issue_factura(str(row["Ref"]), at=at)
        return str(row["Ref"])

    @locked
    def issue_factura(self, shipment: str, *, at: datetime | None = None) -> str:
        """Post the factura of a shipment."""
        basis = self.need(bp30.SHIPMENT, shipment)
        link = Ref(bp30.SHIPMENT, shipment)
        row = self.create(
            bp30.FACTURA,
            Date=at or self.wall_clock,
            ВидСчетаФактуры="НаРеализацию",
            ДокументОснование=link,
            ДокументыОснования=({"LineNumber": 1, "ДокументОснование": link},),
            ДатаВыставления=at or self.wall_clock,
            КодВидаОперации="01",
            СуммаДокумента=basis["СуммаДокумента"],
            СуммаНДСДокумента=sum((line["СуммаНДС"] for line in basis["Товары"]), Decimal(0)),
            **{name: basis[name] for name in ("Организация", "Контрагент", "ДоговорКонтрагента")},
        )
        self.post(bp30.FACTURA, row["Ref"])
        return str(row["Ref"])

    @locked
    def receive_goods(self, supplier: str, total: Money, *, at: datetime | None = None) -> str:
        """Post goods received from a supplier."""
        row = self.create(
            bp30.GOODS_IN,
            Date=at or self.wall_clock,
            ВидОперации="Товары",
            Организация=ORGANISATION,
            Контрагент=Ref(bp30.PARTIES, supplier),
            СуммаДокумента=_money(total),
            СуммаВключаетНДС=True,
        )
        self.post(bp30.GOODS_IN, row["Ref"])
        return str(row["Ref"])

    def attach_file(self, invoice: str, name: str, content: bytes | None) -> str:
        """Attach a PDF to an invoice; without content it lies in a volume on disk."""
        owner = self.locate(invoice)
        is_ours = owner.entity == bp30.INVOICE
        row = self.create(
            bp30.INVOICE_FILES if is_ours else bp30.SUPPLIER_INVOICE_FILES,
            ВладелецФайла=owner,
            Description=name,
            Расширение="pdf",
            Размер=len(content or b""),
            ДатаСоздания=self.wall_clock,
            ТипХраненияФайла="ВТомахНаДиске" if content is None else "ВИнформационнойБазе",
            ФайлХранилище=content,
        )
        return str(row["Ref"])

    @locked
    def locate(self, key: str) -> Ref:
        """Return the reference of an object of any kind.

        Raises:
            KeyError: There is none with this key.
        """
        for entity in self.store.entities():
            if self.store.get(entity, key) is not None:
                return Ref(entity, key)
        raise KeyError(f"the base has no object {key}")


def invoice_line(number: int, item: Ref, amount: Decimal, rate: str) -> Row:
    """Return one piece of an item at a price that includes VAT."""
    return {
        "LineNumber": number,
        "Номенклатура": item,
        "Содержание": "",
        "Количество": Decimal(1),
        "Цена": amount,
        "Сумма": amount,
        "СтавкаНДС": rate,
        "СуммаНДС": vat_within(amount, rate),
        "ИдентификаторСтроки": "",
    }


def vat_within(amount: Decimal, rate: str) -> Decimal:
    """Return the VAT inside an amount, rounded half up to kopecks (contract 7.2)."""
    percent = VAT.get(rate.partition("_")[0], 0)
    return (amount * percent / (100 + percent)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _shipped(line: Mapping[str, object], invoice: Ref) -> Row:
    kept = {name: line[name] for name in line if name != "ИдентификаторСтроки"}
    return {**kept, "ЕдиницаИзмерения": PIECE, "СчетНаОплатуПокупателю": invoice}


def _money(amount: Money) -> Decimal:
    return Decimal(amount)


__all__ = ["RATES", "Accountant", "Money", "invoice_line", "vat_within"]

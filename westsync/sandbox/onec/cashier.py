"""How money moves in the stand-in (contract 10.12): statements, cash, cards, refunds.

Sums are roubles; moments are the server's naive wall clock; keys are texts.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from westsync.sandbox.onec import bp30
from westsync.sandbox.onec.accountant import Accountant, Money, vat_within
from westsync.sandbox.onec.furnishing import ACCOUNT, ORGANISATION
from westsync.sandbox.onec.locking import locked
from westsync.sandbox.onec.settlement import REFUND, TO_SUPPLIER
from westsync.sandbox.onec.values import Ref, Row

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

Means = Literal["bank", "cash", "card"]
_RECEIPT: dict[Means, str] = {"bank": bp30.BANK_IN, "cash": bp30.CASH_IN, "card": bp30.CARD_IN}


class Cashier(Accountant):
    """The base and the people who enter money into it."""

    def pay_invoice(
        self,
        invoice: str,
        amount: Money | None = None,
        *,
        linked: bool = True,
        payer: str | None = None,
        purpose: str | None = None,
        means: Means = "bank",
        at: datetime | None = None,
        post: bool = True,
    ) -> str:
        """Enter a payment of one invoice.

        Args:
            invoice: The buyer's invoice.
            amount: Less is a partial payment, more an overpayment; None is the whole sum.
            linked: The accountant chose the invoice in the payment's row.
            payer: Who paid, if it was not the buyer (a third party, a wrong ИНН).
            purpose: ``НазначениеПлатежа``; None quotes number and date of the invoice.
            means: How the money came.
            at: When.
            post: Whether it is posted.
        """
        row = self.need(bp30.INVOICE, invoice)
        total = row["СуммаДокумента"] if amount is None else Decimal(amount)
        return self.receive(
            total,
            payer=payer or row["Контрагент"].key,
            links=[(invoice, total)] if linked else [],
            purpose=self.quote([invoice], total) if purpose is None else purpose,
            means=means,
            at=at,
            post=post,
        )

    def pay_together(
        self, invoices: Sequence[str], *, linked: bool = True, at: datetime | None = None
    ) -> str:
        """Enter one payment of several invoices of the same buyer."""
        rows = [self.need(bp30.INVOICE, key) for key in invoices]
        sums = [row["СуммаДокумента"] for row in rows]
        total = sum(sums, Decimal(0))
        return self.receive(
            total,
            payer=rows[0]["Контрагент"].key,
            links=list(zip(invoices, sums, strict=True)) if linked else [],
            purpose=self.quote(invoices, total),
            at=at,
        )

    @locked
    def receive(
        self,
        amount: Money,
        *,
        payer: str | None = None,
        links: Sequence[tuple[str, Money]] = (),
        purpose: str = "",
        means: Means = "bank",
        at: datetime | None = None,
        post: bool = True,
        operation: str = "ОплатаПокупателя",
        incoming_number: str = "57",
    ) -> str:
        """Enter money that came in.

        Args:
            amount: Of the whole document.
            payer: Counterparty; None if the bank's file named nobody known.
            links: Invoice and sum of each row; without any the row has no link.
            purpose: ``НазначениеПлатежа``, for cash ``Основание``; cards have none.
            means: How it came.
            at: When.
            post: Whether it is posted; never without a payer.
            operation: ``ВидОперации``.
            incoming_number: Number of the payment order.
        """
        entity = _RECEIPT[means]
        fields = self._money_fields(amount, payer, links, at, operation)
        if means == "bank":
            fields |= self._bank_fields(purpose, incoming_number, fields)
        elif means == "cash":
            fields["Основание"] = purpose
        row = self.create(entity, **fields)
        if post and payer is not None:
            self.post(entity, row["Ref"])
        return str(row["Ref"])

    def refund(
        self, invoice: str, amount: Money, *, linked: bool = True, at: datetime | None = None
    ) -> str:
        """Enter money given back to a buyer."""
        buyer = self.need(bp30.INVOICE, invoice)["Контрагент"].key
        links = [(invoice, amount)] if linked else []
        return self.pay_out(
            amount, payee=buyer, links=links, purpose="Возврат", operation=REFUND, at=at
        )

    def pay_supplier(
        self, invoice: str, amount: Money | None = None, *, at: datetime | None = None
    ) -> str:
        """Enter our payment of a supplier's invoice, linked to it."""
        row = self.need(bp30.SUPPLIER_INVOICE, invoice)
        total = row["СуммаДокумента"] if amount is None else Decimal(amount)
        day = f"{row['ДатаВходящегоДокумента']:%d.%m.%Y}"
        return self.pay_out(
            total,
            payee=row["Контрагент"].key,
            links=[(invoice, total)],
            purpose=f"Оплата по счету № {row['НомерВходящегоДокумента']} от {day}",
            operation=TO_SUPPLIER,
            at=at,
        )

    @locked
    def pay_out(
        self,
        amount: Money,
        *,
        payee: str | None = None,
        links: Sequence[tuple[str, Money]] = (),
        purpose: str = "",
        operation: str = TO_SUPPLIER,
        at: datetime | None = None,
        post: bool = True,
    ) -> str:
        """Enter money that left by bank; taxes and transfers have no payee."""
        fields = self._money_fields(amount, payee, links, at, operation)
        row = self.create(bp30.BANK_OUT, **fields, **self._bank_fields(purpose, "14", fields))
        if post:
            self.post(bp30.BANK_OUT, row["Ref"])
        return str(row["Ref"])

    @locked
    def link_payment(self, payment: str, links: Sequence[tuple[str, Money]]) -> None:
        """Let the accountant choose, later, which invoices a payment is for."""
        ref = self.locate(payment)
        row = self.need(*ref)
        lines = self._rows(links, row["СуммаДокумента"], row["ДоговорКонтрагента"])
        self.change(*ref, РасшифровкаПлатежа=lines)

    @locked
    def change_payment(self, payment: str, amount: Money) -> None:
        """Correct the sum of a payment with one row."""
        ref = self.locate(payment)
        total = Decimal(amount)
        line = self.need(*ref)["РасшифровкаПлатежа"][0]
        sums = dict.fromkeys(("СуммаПлатежа", "СуммаВзаиморасчетов"), total)
        self.change(*ref, СуммаДокумента=total, РасшифровкаПлатежа=({**line, **sums},))

    def quote(self, invoices: Sequence[str], total: Decimal) -> str:
        """Return a purpose that names invoices as payers do."""
        rows = [self.need(bp30.INVOICE, key) for key in invoices]
        named = ", ".join(f"№ {_short(row['Number'])} от {row['Date']:%d.%m.%Y}" for row in rows)
        head = "Оплата по счету" if len(rows) == 1 else "Оплата по счетам"
        return f"{head} {named}. В т.ч. НДС 20% - {vat_within(total, 'НДС20')}"

    def _money_fields(
        self,
        amount: Money,
        party: str | None,
        links: Sequence[tuple[str, Money]],
        at: datetime | None,
        operation: str,
    ) -> Row:
        total = Decimal(amount)
        contract = self._contract_of(links)
        return {
            "Date": at or self.wall_clock,
            "ВидОперации": operation,
            "Организация": ORGANISATION,
            "Контрагент": Ref(bp30.PARTIES, party) if party else None,
            "ДоговорКонтрагента": contract,
            "СуммаДокумента": total,
            "РасшифровкаПлатежа": self._rows(links, total, contract),
        }

    def _bank_fields(self, purpose: str, number: str, fields: Row) -> Row:
        return {
            "СчетОрганизации": ACCOUNT,
            "НазначениеПлатежа": purpose,
            "НомерВходящегоДокумента": number,
            "ДатаВходящегоДокумента": fields["Date"].replace(hour=0, minute=0, second=0),
        }

    def _contract_of(self, links: Sequence[tuple[str, Money]]) -> Ref | None:
        for key, _ in links:
            invoice = self.store.get(bp30.INVOICE, key)
            if invoice is not None:
                return invoice["ДоговорКонтрагента"]  # type: ignore[no-any-return]  # rows are untyped
        return None

    def _rows(
        self, links: Sequence[tuple[str, Money]], total: Decimal, contract: Ref | None
    ) -> tuple[Row, ...]:
        """Return one row per link, or one without a link for the whole sum."""
        pairs: list[tuple[Ref | None, Decimal]]
        pairs = [(self.locate(key), Decimal(part)) for key, part in links] or [(None, total)]
        return tuple(
            {
                "LineNumber": number,
                "ДоговорКонтрагента": contract,
                "СчетНаОплату": invoice,
                "СуммаПлатежа": part,
                "СуммаВзаиморасчетов": part,
                "СтавкаНДС": "НДС20",
                "СуммаНДС": vat_within(part, "НДС20"),
                "СпособПогашенияЗадолженности": "Автоматически",
            }
            for number, (invoice, part) in enumerate(pairs, 1)
        )


def _short(number: str) -> str:
    """Return a number as payers quote it: ``0000-000123`` as 123, ``ВТ00-000015`` as ВТ-15."""
    prefix, _, digits = number.rpartition("-")
    kept = prefix.replace("0", "")
    plain = digits.lstrip("0")
    return f"{kept}-{plain}" if kept else plain

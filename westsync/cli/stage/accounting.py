"""What the accountant does in 1C by hand, and how she knows whom and what a deal is about."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from westsync.cli.stage.casting import GOODS
from westsync.sandbox.onec.bp30 import INVOICE
from westsync.sandbox.onec.furnishing import SUPPLIER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from westsync.cli.stage.scene import Deal
    from westsync.sandbox.onec import OneCWorld
    from westsync.sandbox.onec.values import Row

# As 1C contract 7.1 and 8.1 want it in the comments of invoices.
_MARKED = re.compile(r"WS:megaplan:deal:(\w+):invoice:(\d+)")
_FIRST_ORDER = 700


class Accounting:
    """The base of 1C and its accountant. Every act happens at the present moment of the play."""

    def __init__(self, base: OneCWorld) -> None:
        """Enter the shop's articles.

        Args:
            base: The stand-in.
        """
        self.base = base
        self._parties: dict[str, str] = {}
        self._suppliers: dict[str, str] = {}
        self._orders = _FIRST_ORDER
        for name, _, article in GOODS:
            base.add_item(name, article)

    def enter_firm(self, client: str, name: str, inn: str, kpp: str) -> None:
        """Enter an organisation that Megaplan knows as this client."""
        self._parties[client] = self.base.add_counterparty(name, inn, kpp)

    def enter_person(self, client: str, name: str) -> None:
        """Enter a private person, whom nothing but the name tells, as this client of Megaplan."""
        self._parties[client] = self.base.add_counterparty(name)

    def invoice_of(self, deal: Deal) -> str:
        """Return the key of the deal's invoice; if westsync made none she makes it by hand."""
        for row, about, _ in marked_invoices(self.base):
            if about == deal.id:
                return str(row["Ref"])
        return self.invoice_by_hand(deal, number="")

    def invoice_by_hand(self, deal: Deal, number: str) -> str:
        """Make an invoice for a deal under a number; an empty one lets 1C number it."""
        return self.base.make_invoice(
            self._parties[deal.client.id], deal.total, number=number, rate="НДС22"
        )

    def receive(
        self,
        invoice: str,
        *,
        amount: Decimal | None = None,
        linked: bool = True,
        purpose: str | None = None,
        means: Literal["bank", "cash"] = "bank",
    ) -> tuple[str, str]:
        """Enter money that the bank's statement shows, or that came in cash.

        Args:
            invoice: What it is for.
            amount: Roubles; None is the whole invoice.
            linked: Whether she chooses the invoice in the document.
            purpose: What the payer wrote; None quotes number and date of the invoice.
            means: How it came.

        Returns:
            The document's key, the number of the payer's order.
        """
        self._orders += 1
        order = str(self._orders)
        row = self.base.need(INVOICE, invoice)
        total = amount or row["СуммаДокумента"]
        payment = self.base.receive(
            total,
            payer=row["Контрагент"].key,
            links=[(invoice, total)] if linked else [],
            purpose=self.base.quote([invoice], total) if purpose is None else purpose,
            incoming_number=order,
            means=means,
        )
        return payment, order

    def give_back(self, invoice: str, amount: Decimal) -> None:
        """Give money of an invoice back to the buyer, roubles."""
        self.base.refund(invoice, amount)

    def place(self, payment: str, invoice: str) -> None:
        """Choose, later, which invoice a payment is for."""
        total = self.base.need(INVOICE, invoice)["СуммаДокумента"]
        self.base.link_payment(payment, [(invoice, total)])

    def enter_supplier_invoice(self, deal: Deal) -> None:
        """Enter the supplier's invoice for a deal, which its comment names."""
        cost = (deal.total * Decimal("0.8")).quantize(Decimal("0.01"))
        self._suppliers[deal.id] = self.base.make_supplier_invoice(
            SUPPLIER.key,
            f"П-{deal.id}",
            self.base.wall_clock.date(),
            cost,
            comment=f"WS:megaplan:deal:{deal.id}",
        )

    def pay_supplier(self, deal: Deal) -> None:
        """Pay the supplier of a deal, as a director ordered."""
        self.base.pay_supplier(self._suppliers[deal.id])

    def ship(self, invoice: str) -> None:
        """Make the shipping paper of an invoice: an УПД, which is a factura as well."""
        self.base.ship(invoice, upd=True)

    def lose_next_reply(self) -> None:
        """Let the answer to the next new invoice get lost, after it was written."""
        self.base.break_next(f"POST {INVOICE}", "commit_then_drop")


def marked_invoices(base: OneCWorld) -> Iterator[tuple[Row, str, str]]:
    """Yield each invoice that says in its comment for which deal it is, the deal, its count."""
    for row in base.store.all(INVOICE):
        found = _MARKED.search(str(row["Комментарий"]))
        if found is not None:
            yield row, found[1], found[2]

"""What 1C itself would say about an invoice's payments (contract 3.4, 7.3).

Follows every write, so that a payment or its loss is a change of the invoices it is linked to.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from hashlib import blake2b
from typing import TYPE_CHECKING

from westsync.sandbox.onec.bp30 import BANK_OUT, INVOICE, RECEIPTS, STATUSES, SUPPLIER_INVOICE
from westsync.sandbox.onec.values import EnumValue, Ref, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from westsync.sandbox.onec.store import Store

REFUND = "ВозвратПокупателю"
TO_SUPPLIER = "ОплатаПоставщику"
UNPAID, PARTLY, PAID, CANCELLED = "НеОплачен", "ОплаченЧастично", "Оплачен", "Отменен"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """How far an invoice is paid.

    Attributes:
        paid: Roubles of posted, unmarked payments linked to it, minus refunds.
        status: One of the four names of contract 3.4.
        last_payment: Naive wall clock of the latest payment; None if there is none.
    """

    paid: Decimal
    status: str
    last_payment: datetime | None


class Settlement:
    """Payments by invoice, and when each invoice last changed."""

    def __init__(self, store: Store, wall_clock: Callable[[], datetime]) -> None:
        """Follow a store from now on.

        Args:
            store: The infobase's rows.
            wall_clock: The server's naive present, whole seconds.
        """
        self._store = store
        self._wall_clock = wall_clock
        self._paid: dict[str, dict[Ref, tuple[Decimal, datetime]]] = {}
        self._changes: Counter[str] = Counter()
        self.changed_at: dict[str, datetime] = {}
        store.watchers.append(self._watch)

    def of(self, invoice: Row) -> Settled:
        """Return how far a buyer's or supplier's invoice is paid."""
        found = self._paid.get(invoice["Ref"], {}).values()
        paid = sum((amount for amount, _ in found), Decimal(0))
        last = max((at for _, at in found), default=None)
        return Settled(paid=paid, status=self._status(invoice, paid), last_payment=last)

    def version(self, invoice: Row) -> str:
        """Return a text that changes whenever anything the service says of an invoice does."""
        told = (
            *(invoice[name] for name in ("Number", "Date", "Posted", "DeletionMark")),
            invoice["СуммаДокумента"],
            self.of(invoice),
            self._changes[invoice["Ref"]],
        )
        return blake2b(repr(told).encode(), digest_size=8).hexdigest()

    def _status(self, invoice: Row, paid: Decimal) -> str:
        mark = self._accountants_mark(invoice)
        if invoice["DeletionMark"] or mark == CANCELLED:
            return CANCELLED
        if mark == PAID or (paid > 0 and paid >= invoice["СуммаДокумента"]):
            return PAID
        return PARTLY if paid > 0 else UNPAID

    def _accountants_mark(self, invoice: Row) -> str:
        entity = INVOICE if self._store.get(INVOICE, invoice["Ref"]) else SUPPLIER_INVOICE
        organisation = invoice["Организация"]
        owner = ":".join(organisation) if organisation else "None"
        record = self._store.get(STATUSES, f"{owner}|{entity}:{invoice['Ref']}")
        value = record["Статус"] if record else None
        return value.name if isinstance(value, EnumValue) else str(value or "")

    def _watch(self, ref: Ref, old: Row | None, new: Row | None) -> None:
        if ref.entity in {INVOICE, SUPPLIER_INVOICE}:
            self._touch(ref.key)
        elif ref.entity == STATUSES:
            for row in (old, new):
                if row and isinstance(row["Документ"], Ref):
                    self._touch(row["Документ"].key)
        elif ref.entity in {*RECEIPTS, BANK_OUT}:
            self._watch_money(ref, old, new)

    def _watch_money(self, ref: Ref, old: Row | None, new: Row | None) -> None:
        for invoice, _ in _links(ref.entity, old):
            self._paid.get(invoice, {}).pop(ref, None)
            self._touch(invoice)
        for invoice, amount in _links(ref.entity, new):
            by_payment = self._paid.setdefault(invoice, {})
            before = by_payment[ref][0] if ref in by_payment else Decimal(0)
            assert new is not None  # noqa: S101 - only an existing payment has links
            by_payment[ref] = (before + amount, new["Date"])
            self._touch(invoice)

    def _touch(self, invoice: str) -> None:
        self._changes[invoice] += 1
        self.changed_at[invoice] = self._wall_clock()


def _links(entity: str, row: Row | None) -> Iterator[tuple[str, Decimal]]:
    """Yield what a payment that counts brings to which invoice."""
    if row is None or not row["Posted"] or row["DeletionMark"]:
        return
    sign = 1
    if entity == BANK_OUT:
        if row["ВидОперации"] not in {REFUND, TO_SUPPLIER}:
            return
        sign = -1 if row["ВидОперации"] == REFUND else 1
    for line in row["РасшифровкаПлатежа"]:
        if isinstance(line["СчетНаОплату"], Ref):
            yield line["СчетНаОплату"].key, sign * line["СуммаПлатежа"]

"""The fake keeps the promises of the ledger ports."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from itertools import count
from typing import TYPE_CHECKING

import pytest

from tests.contract.ledger_contract import BUYER, LINE, Books, Break, LedgerContract
from tests.fakes.ledger import FakeLedger
from tests.fakes.ledger_writer import MOSCOW, FakeLedgerWriter
from westsync.domain.ledger import (
    Counterparty,
    Item,
    LedgerInvoice,
    LedgerRef,
    MoneyKind,
    Payment,
    PaymentRow,
    Shipment,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

SCENE = LedgerRef("0a7d1e52-1f0b-11ee-8c5e-0050569b0c11")


class FakeBooks(Books):
    """The fake and the accountant who acts on it."""

    def __init__(self) -> None:
        """Begin with the buyer and the article."""
        self.ledger = FakeLedger()
        self.reader = self.ledger
        self.writer = self.pen = FakeLedgerWriter(self.ledger)
        self._payments: dict[LedgerRef, Payment] = {}
        self._numbers = count(501)
        self.ledger.put_counterparty(
            Counterparty(ref=SCENE, name=BUYER.name, inn=BUYER.inn, kpp=BUYER.kpp)
        )
        self.ledger.put_item(
            Item(ref=LedgerRef("item"), code="00-00000042", article=LINE.article, name=LINE.name)
        )

    def enter_invoice(self, day: date, total: Decimal) -> LedgerRef:
        """Let the accountant post an invoice."""
        ref, number = self._new()
        self.ledger.put(
            LedgerInvoice(
                ref=ref,
                number=number,
                at=_at(day),
                dated=day,
                posted=True,
                marked=False,
                total=total,
                counterparty=SCENE,
                inn=BUYER.inn,
                version="1",
            )
        )
        return ref

    def pay(self, day: date, parts: Sequence[tuple[LedgerRef | None, Decimal]]) -> LedgerRef:
        """Let the accountant load a receipt."""
        ref, number = self._new()
        payment = Payment(
            ref=ref,
            kind=MoneyKind.BANK,
            number=number,
            at=_at(day),
            dated=day,
            amount=sum((amount for _, amount in parts), start=parts[0][1] * 0),
            counterparty=SCENE,
            inn=BUYER.inn,
            rows=tuple(PaymentRow(invoice=invoice, amount=amount) for invoice, amount in parts),
            version="1",
        )
        self._payments[ref] = payment
        self.ledger.put(payment)
        return ref

    def ship(self, day: date, invoice: LedgerRef, total: Decimal) -> LedgerRef:
        """Let the accountant post a shipment."""
        ref, number = self._new()
        self.ledger.put(
            Shipment(
                ref=ref,
                number=number,
                at=_at(day),
                dated=day,
                posted=True,
                marked=False,
                total=total,
                invoice=invoice,
                counterparty=SCENE,
            )
        )
        return ref

    def unpost(self, document: LedgerRef) -> None:
        """Let the accountant unpost a receipt."""
        self.ledger.put(replace(self._payments[document], posted=False, version="2"))

    def break_next(self, fault: Break) -> None:
        """Break the next write."""
        self.pen.break_next(fault)

    def made(self) -> int:
        """Return how many invoices there are."""
        pages = self.ledger.invoices(date(2000, 1, 1), date(2100, 1, 1))
        return sum(len(page) for page in pages)

    def _new(self) -> tuple[LedgerRef, str]:
        number = next(self._numbers)
        return LedgerRef(f"00000000-0000-4000-8000-{number:012}"), f"0000-{number:06}"


class TestFakeLedger(LedgerContract):
    """The fake."""

    @pytest.fixture
    def books(self) -> Iterator[Books]:
        """Return fresh books."""
        yield FakeBooks()  # noqa: PT022 - the contract lets others tear down


def _at(day: date) -> datetime:
    return datetime.combine(day, time(12), MOSCOW).astimezone(UTC)

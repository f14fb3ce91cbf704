"""What every 1C behind the ledger ports must do, run on the fake and on the real adapters."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, TypeVar

import pytest

from westsync.domain.ledger import Buyer, InvoiceLine, InvoiceSpec, LedgerRef, PaymentRow
from westsync.domain.ledger_keys import invoice_marker, invoice_ref
from westsync.errors import ConnectorError, OutcomeUnknown, Rejected, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from westsync.ports.ledger import LedgerReader, LedgerWriter

T = TypeVar("T")

DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SINCE, UNTIL = DAY - timedelta(days=5), DAY + timedelta(days=5)
BUYER = Buyer(name="Сцена ООО", inn="9990000019", kpp="999001001", is_organisation=True)
SUM = Decimal("120000.00")
LINE = InvoiceLine(
    name="Акустическая система SRM450",
    quantity=Decimal(2),
    price=Decimal("60000.00"),
    amount=SUM,
    vat_rate="НДС22",
    vat_amount=Decimal("21639.34"),
    article="SRM450",
)
SPEC = InvoiceSpec(
    ref=invoice_ref("1000345", 1),
    marker=invoice_marker("1000345", 1),
    dated_at=NOON,
    buyer=BUYER,
    lines=(LINE,),
)
Break = Literal["before", "after"]


class Books(ABC):
    """A 1C with an accountant, as a test sees it; it knows `BUYER` and the article of `LINE`.

    Attributes:
        reader: What is tested.
        writer: Likewise.
    """

    reader: LedgerReader
    writer: LedgerWriter

    @abstractmethod
    def enter_invoice(self, day: date, total: Decimal) -> LedgerRef:
        """Let the accountant post an invoice to `BUYER`."""

    @abstractmethod
    def pay(self, day: date, parts: Sequence[tuple[LedgerRef | None, Decimal]]) -> LedgerRef:
        """Let the accountant load a receipt of `BUYER` with these rows, posted."""

    @abstractmethod
    def ship(self, day: date, invoice: LedgerRef, total: Decimal) -> LedgerRef:
        """Let the accountant post a shipment made from an invoice, without papers."""

    @abstractmethod
    def unpost(self, document: LedgerRef) -> None:
        """Let the accountant unpost a receipt."""

    @abstractmethod
    def break_next(self, fault: Break) -> None:
        """Break the next write: before it is done, or after it with the answer lost."""

    @abstractmethod
    def made(self) -> int:
        """Return how many invoices stand in the books."""


class LedgerContract(ABC):
    """The promises. A subclass gives ``books``."""

    @pytest.fixture
    @abstractmethod
    def books(self) -> Iterator[Books]:
        """Return books with nothing in them but `BUYER` and the article."""

    # -- reading -------------------------------------------------------------------------------

    def test_an_invoice_is_read_by_key_and_in_its_window(self, books: Books) -> None:
        ref = books.enter_invoice(DAY, SUM)

        found = books.reader.invoice(ref)

        assert found is not None
        assert (found.ref, found.total, found.dated) == (ref, SUM, DAY)
        assert (found.posted, found.marked) == (True, False)
        assert [one.ref for one in _all(books.reader.invoices(DAY, DAY + timedelta(days=1)))] == [
            ref
        ]

    def test_a_window_is_half_open(self, books: Books) -> None:
        books.enter_invoice(DAY, SUM)

        assert _all(books.reader.invoices(SINCE, DAY)) == []
        assert _all(books.reader.invoices(DAY + timedelta(days=1), UNTIL)) == []

    def test_no_such_invoice_is_none(self, books: Books) -> None:
        assert books.reader.invoice(SPEC.ref) is None

    def test_an_invoice_is_found_by_its_number(self, books: Books) -> None:
        ref = books.enter_invoice(DAY, SUM)
        number = _number(books, ref)

        assert [one.ref for one in books.reader.find_invoices(number, DAY)] == [ref]
        assert list(books.reader.find_invoices("999999", DAY)) == []

    def test_a_payment_tells_what_it_is_for(self, books: Books) -> None:
        one, other = books.enter_invoice(DAY, SUM), books.enter_invoice(DAY, SUM)
        parts = ((one, Decimal("70000.00")), (other, Decimal("50000.00")))

        ref = books.pay(DAY, parts)

        (payment,) = _all(books.reader.payments(SINCE, UNTIL))
        assert (payment.ref, payment.amount, payment.inn) == (ref, SUM, BUYER.inn)
        assert sorted(payment.rows, key=str) == sorted(
            (PaymentRow(invoice=invoice, amount=amount) for invoice, amount in parts), key=str
        )
        assert payment.counts

    def test_money_without_a_link_is_told_whole(self, books: Books) -> None:
        books.pay(DAY, ((None, SUM),))

        (payment,) = _all(books.reader.payments(SINCE, UNTIL))

        assert payment.amount == SUM
        assert all(row.invoice is None for row in payment.rows)

    def test_money_that_is_unposted_no_longer_counts(self, books: Books) -> None:
        ref = books.pay(DAY, ((None, SUM),))
        (before,) = _all(books.reader.payments(SINCE, UNTIL))

        books.unpost(ref)

        (after,) = _all(books.reader.payments(SINCE, UNTIL))
        assert not after.counts
        assert after != before

    def test_a_shipment_names_its_invoice(self, books: Books) -> None:
        invoice = books.enter_invoice(DAY, SUM)
        ref = books.ship(DAY, invoice, SUM)

        (shipment,) = _all(books.reader.shipments(SINCE, UNTIL))

        assert (shipment.ref, shipment.invoice, shipment.total) == (ref, invoice, SUM)
        assert (shipment.is_upd, shipment.factura) == (False, None)

    # -- writing -------------------------------------------------------------------------------

    def test_an_invoice_is_made_and_posted_under_our_key(self, books: Books) -> None:
        made = books.writer.create_invoice(SPEC)
        posted = books.writer.post_invoice(made.ref)

        assert made.ref == SPEC.ref
        assert posted.posted
        found = books.reader.invoice(SPEC.ref)
        assert found is not None
        assert (found.number, found.total, found.posted) == (posted.number, SUM, True)
        assert SPEC.marker in found.comment

    def test_creating_twice_is_creating_once(self, books: Books) -> None:
        first = books.writer.create_invoice(SPEC)

        second = books.writer.create_invoice(SPEC)

        assert (second.ref, second.number) == (first.ref, first.number)
        assert books.made() == 1

    def test_posting_twice_is_posting_once(self, books: Books) -> None:
        books.writer.create_invoice(SPEC)
        first = books.writer.post_invoice(SPEC.ref)

        second = books.writer.post_invoice(SPEC.ref)

        assert second.version == first.version

    @pytest.mark.parametrize("fault", ["before", "after"])
    def test_an_invoice_is_made_once_even_if_the_connection_breaks(
        self, books: Books, fault: Break
    ) -> None:
        books.break_next(fault)

        with pytest.raises((Unavailable, OutcomeUnknown)) as broken:
            books.writer.create_invoice(SPEC)
        certain = isinstance(broken.value, Unavailable)
        looked = books.writer.look_up(SPEC)
        made = books.writer.create_invoice(SPEC)

        assert books.made() == 1
        assert (looked is None) is (fault == "before")
        assert not (certain and fault == "after")
        assert made.ref == SPEC.ref

    def test_a_buyer_whom_nobody_knows_is_left_to_a_person(self, books: Books) -> None:
        stranger = replace(SPEC, buyer=replace(BUYER, inn="9990000033", kpp=""))

        with pytest.raises(Rejected):
            books.writer.create_invoice(stranger)
        assert books.made() == 0

    def test_an_article_that_nobody_knows_is_left_to_a_person(self, books: Books) -> None:
        unknown = replace(SPEC, lines=(replace(LINE, article="НЕТ-ТАКОГО"),))

        with pytest.raises(Rejected):
            books.writer.create_invoice(unknown)
        assert books.made() == 0

    def test_an_invoice_that_is_not_there_is_not_posted(self, books: Books) -> None:
        with pytest.raises(ConnectorError):
            books.writer.post_invoice(SPEC.ref)


def _all(pages: Iterator[Sequence[T]]) -> list[T]:
    return [one for page in pages for one in page]


def _number(books: Books, ref: LedgerRef) -> str:
    found = books.reader.invoice(ref)
    assert found is not None
    return found.number

"""What 1C would have shown earlier follows from the moments of its documents."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from tests.unit.domain.ledger_documents import a_shipment, an_invoice, ref
from tests.unit.journal.factories import a_deal
from westsync.domain.ledger import PaymentStatus
from westsync.domain.records import CrmInvoice
from westsync.domain.settlement.status import state_of
from westsync.domain.settlement.values import Proof, Share, Terms
from westsync.jobs.past_ledger import PastLedger
from westsync.rules.ledger_picture import LedgerSeen, SettledInvoice

INVOICE = an_invoice(total=100)
ISSUED = INVOICE.at
DAY = timedelta(days=1)
BILL = CrmInvoice(id="8", number="123", status="drawn", total=Decimal(100), issued_on=None)
DEAL = replace(a_deal(), invoices=(BILL,))


def a_share(amount: int, days: int) -> Share:
    return Share(
        payment=ref(f"payment-{days}"),
        invoice=INVOICE.ref,
        amount=Decimal(amount),
        proof=Proof.LINK,
        at=ISSUED + days * DAY,
    )


SHARES = (a_share(40, days=2), a_share(60, days=5))
SHIPMENT = replace(a_shipment(INVOICE), at=ISSUED + 7 * DAY)
PAST = PastLedger(
    LedgerSeen(
        invoices=(
            SettledInvoice(
                invoice=INVOICE,
                bill=BILL,
                state=state_of(INVOICE, SHARES, Terms()),
                shipments=(SHIPMENT,),
                fell_at=ISSUED + 9 * DAY,
            ),
        )
    )
)


def seen(days: int) -> SettledInvoice:
    (one,) = PAST.at(ISSUED + days * DAY, DEAL).invoices
    return one


def test_an_invoice_is_not_there_before_its_moment() -> None:
    assert PAST.at(ISSUED - DAY, DEAL).invoices == ()


def test_it_is_paid_as_far_as_the_payments_until_then() -> None:
    states = [seen(days).state for days in (1, 3, 6)]

    assert [(one.status, one.paid) for one in states if one is not None] == [
        (PaymentStatus.UNPAID, Decimal(0)),
        (PaymentStatus.PARTLY, Decimal(40)),
        (PaymentStatus.PAID, Decimal(100)),
    ]


def test_papers_and_lost_money_have_their_moments_too() -> None:
    assert [len(seen(days).shipments) for days in (6, 8)] == [0, 1]
    assert [seen(days).fell_at is None for days in (8, 10)] == [True, False]


def test_a_bill_that_the_deal_did_not_have_yet_joins_nothing() -> None:
    (one,) = PAST.at(ISSUED + DAY, a_deal()).invoices

    assert one.bill is None
    assert seen(1).bill == BILL


def test_a_mark_without_money_has_no_moment_and_a_cancelled_invoice_stays_cancelled() -> None:
    marked = replace(INVOICE, status=PaymentStatus.PAID, paid=Decimal(100))
    cancelled = replace(INVOICE, status=PaymentStatus.CANCELLED)

    found = [
        PastLedger(
            LedgerSeen(invoices=(SettledInvoice(invoice=one, state=state_of(one, (), Terms())),))
        )
        .at(ISSUED + DAY, DEAL)
        .invoices[0]
        .state
        for one in (marked, cancelled)
    ]

    assert [one.status for one in found if one is not None] == [
        PaymentStatus.UNPAID,
        PaymentStatus.CANCELLED,
    ]


def test_an_object_is_decided_again_when_something_happened_in_1c() -> None:
    assert set(PAST.moments) == {
        ISSUED,
        ISSUED + 2 * DAY,
        ISSUED + 5 * DAY,
        ISSUED + 7 * DAY,
    }

"""A company whose Megaplan and 1C agree but for planted differences, for `westsync backfill`.

Everything is made from one seed; what was planted is told as (subject, category, reason, key), so
that a reconciliation can be compared with it row by row.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from westsync.domain.ledger import LedgerInvoice, LedgerRef, MoneyKind, Payment, PaymentRow
from westsync.domain.ledger_keys import invoice_marker
from westsync.domain.records import (
    ClientKind,
    ClientRecord,
    CrmInvoice,
    DealRecord,
    Line,
    Payer,
    StageType,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SINCE, UNTIL = date(2026, 1, 1), date(2026, 11, 1)
_DAYS = (UNTIL - SINCE).days - 20
_WEIGHTS = (2, 4, 10, 3, 5, 9, 4, 6, 8)

Planted = tuple[str, str, str, str]


@dataclass(slots=True)
class Company:
    """Both systems as they stand.

    Attributes:
        planted: (subject, category, reason, bill id, key of 1C, or ИНН) of every difference.
    """

    deals: dict[str, DealRecord] = field(default_factory=dict)
    clients: list[ClientRecord] = field(default_factory=list)
    payers: list[Payer] = field(default_factory=list)
    invoices: dict[str, LedgerInvoice] = field(default_factory=dict)
    payments: list[Payment] = field(default_factory=list)
    planted: set[Planted] = field(default_factory=set)


def inn_of(number: int) -> str:
    """Return a valid ИНН of an organisation that nobody has (region 99 is given to nobody)."""
    digits = f"99{number:07d}"
    check = sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=True)) % 11 % 10
    return f"{digits}{check}"


def agreeing(deals: int, invoices: int, seed: int) -> Company:
    """Return a company whose two systems agree in everything.

    Args:
        deals: How many deals; two of them share a client.
        invoices: How many invoices, spread over the deals.
        seed: Of everything that varies.
    """
    chance, company = random.Random(seed), Company()
    for number in range(deals):
        _add_deal(company, number)
    for number in range(invoices):
        _add_invoice(company, number, str(number % deals), chance)
    return company


def plant(company: Company, count: int, seed: int) -> None:
    """Plant so many differences of every kind in turn, each on an invoice of its own.

    Args:
        company: That agrees.
        count: How many.
        seed: Which ones.
    """
    chance = random.Random(seed)
    ids = sorted(company.invoices)
    chance.shuffle(ids)
    kinds = _kinds()
    for place, ref in enumerate(ids[:count]):
        kinds[place % len(kinds)](company, ref)


def _add_deal(company: Company, number: int) -> None:
    client = str(900_000 + number // 2)
    if number % 2 == 0:
        moment = _moment(SINCE)
        company.clients.append(
            ClientRecord(
                id=client,
                kind=ClientKind.ORGANISATION,
                name=f"Клиент {client}",
                created_at=moment,
                updated_at=moment,
            )
        )
        payer = Payer(id=client, client_id=client, inn=inn_of(number // 2), kpp="990101001")
        company.payers.append(payer)
    changed = _moment(SINCE) + timedelta(days=1, minutes=7 * number)
    company.deals[str(number)] = DealRecord(
        id=str(number),
        number=str(number),
        name=f"Сделка {number}",
        program_id="14",
        state_id="127",
        stage_type=StageType.ACTIVE,
        manager_id="1000003",
        client_id=client,
        client_kind=ClientKind.ORGANISATION,
        created_at=_moment(SINCE),
        updated_at=changed,
        stage_entered_at=None,
        price=None,
    )


def _add_invoice(company: Company, number: int, deal_id: str, chance: random.Random) -> None:
    deal = company.deals[deal_id]
    dated = SINCE + timedelta(days=chance.randrange(_DAYS))
    total = Decimal(chance.randrange(100_000, 90_000_000)) / 100
    is_marked = number % 5 == 0
    invoice = LedgerInvoice(
        ref=LedgerRef(f"00000000-0000-4000-8000-{number:012d}"),
        number=f"0000-{number + 1:06d}",
        at=_moment(dated) + timedelta(seconds=number % 3600),
        dated=dated,
        posted=True,
        marked=False,
        total=total,
        inn=inn_of(int(deal_id) // 2),
        comment=invoice_marker(deal_id, len(deal.invoices) + 1) if is_marked else "",
        version="1",
    )
    company.invoices[invoice.ref] = invoice
    is_paid = number % 3 == 0
    bill = CrmInvoice(
        id=f"b{number}",
        number=str(number + 1) if number % 2 else invoice.number,
        status="paid" if is_paid else "drawn",
        total=total,
        issued_on=dated,
    )
    line = Line(article=f"A{number}", name="Товар", quantity=Decimal(1), price=total)
    company.deals[deal_id] = replace(deal, invoices=(*deal.invoices, bill), lines=(line,))
    if is_paid:
        _pay(company, invoice, total)


def _pay(
    company: Company, invoice: LedgerInvoice, amount: Decimal, *, linked: bool = True
) -> Payment:
    number = int(invoice.ref[-12:]) + 1
    series = "9000" if linked else "9100"
    day = invoice.dated + timedelta(days=3)
    payment = Payment(
        ref=LedgerRef(f"00000000-0000-4000-{series}-{number:012d}"),
        kind=MoneyKind.BANK,
        number=str(number),
        at=_moment(day),
        dated=day,
        amount=amount,
        inn=invoice.inn,
        incoming_number=str(number),
        incoming_on=day,
        purpose="Оплата по договору" if not linked else f"Оплата по счету {invoice.number}",
        rows=(PaymentRow(invoice=invoice.ref, amount=amount),) if linked else (),
        operation="ОплатаПокупателя",
        version="1",
    )
    company.payments.append(payment)
    return payment


# -- kinds of differences ---------------------------------------------------------------------


def _kinds() -> tuple[Callable[[Company, str], None], ...]:
    return (
        _not_in_onec,
        _not_in_megaplan,
        _other_total,
        _other_date,
        _other_number,
        _other_buyer,
        _deleted_in_onec,
        _draft,
        _twice_in_megaplan,
        _paid_not_noted,
        _noted_not_paid,
        _paid_in_part,
        _money_of_nobody,
    )


def _find(company: Company, ref: str) -> tuple[LedgerInvoice, DealRecord, CrmInvoice]:
    invoice = company.invoices[ref]
    bill_id = f"b{int(ref[-12:])}"
    deal, bill = next(
        (deal, bill)
        for deal in _deals_of(company, int(ref[-12:]))
        for bill in deal.invoices
        if bill.id == bill_id
    )
    return invoice, deal, bill


def _deals_of(company: Company, number: int) -> Iterator[DealRecord]:
    yield company.deals[str(number % len(company.deals))]


def _set_bill(company: Company, deal: DealRecord, old: CrmInvoice, new: CrmInvoice | None) -> None:
    kept = tuple(new if one is old else one for one in deal.invoices)
    bills = tuple(one for one in kept if one is not None)
    company.deals[deal.id] = replace(deal, invoices=bills)


def _unpay(company: Company, ref: str) -> None:
    company.payments = [
        one for one in company.payments if all(row.invoice != ref for row in one.rows)
    ]


def _drawn(company: Company, ref: str) -> tuple[LedgerInvoice, DealRecord, CrmInvoice]:
    """Take away the money of an invoice from both systems, so that one thing is planted."""
    invoice, deal, bill = _find(company, ref)
    _unpay(company, ref)
    drawn = replace(bill, status="drawn")
    _set_bill(company, deal, bill, drawn)
    return invoice, company.deals[deal.id], drawn


def _not_in_onec(company: Company, ref: str) -> None:
    _, _, bill = _drawn(company, ref)
    del company.invoices[ref]
    company.planted.add(("invoices", "missing_in_1c", "bill_not_in_onec", bill.id))


def _not_in_megaplan(company: Company, ref: str) -> None:
    invoice, deal, bill = _drawn(company, ref)
    company.invoices[ref] = replace(invoice, comment="")
    _set_bill(company, deal, bill, None)
    company.planted.add(("invoices", "missing_in_megaplan", "bill_not_in_megaplan", ref))


def _other_total(company: Company, ref: str) -> None:
    invoice, _, _ = _drawn(company, ref)
    company.invoices[ref] = replace(invoice, total=invoice.total + 100)
    company.planted.add(("invoices", "differs", "fields_differ", ref))


def _other_date(company: Company, ref: str) -> None:
    invoice, deal, bill = _find(company, ref)
    _set_bill(company, deal, bill, replace(bill, issued_on=invoice.dated + timedelta(days=40)))
    company.planted.add(("invoices", "differs", "fields_differ", ref))


def _other_number(company: Company, ref: str) -> None:
    invoice, deal, bill = _drawn(company, ref)
    # Where our marker stands 1C has numbered the invoice itself, and no number is expected.
    company.invoices[ref] = replace(invoice, comment="")
    number = f"{int(ref[-12:]) + 5_000_000}"
    _set_bill(company, deal, bill, replace(bill, number=number))
    company.planted.add(("invoices", "differs", "fields_differ", ref))


def _other_buyer(company: Company, ref: str) -> None:
    invoice, _, _ = _drawn(company, ref)
    company.invoices[ref] = replace(invoice, inn=inn_of(9_000_000 + int(ref[-5:])))
    company.planted.add(("invoices", "differs", "fields_differ", ref))


def _deleted_in_onec(company: Company, ref: str) -> None:
    invoice, _, _ = _drawn(company, ref)
    company.invoices[ref] = replace(invoice, marked=True)
    company.planted.add(("invoices", "differs", "fields_differ", ref))


def _draft(company: Company, ref: str) -> None:
    invoice, _, _ = _drawn(company, ref)
    company.invoices[ref] = replace(invoice, posted=False)
    company.planted.add(("invoices", "differs", "fields_differ", ref))


def _twice_in_megaplan(company: Company, ref: str) -> None:
    """Copy a bill into another deal of the same client, as a copied deal brings it along."""
    invoice, deal, bill = _drawn(company, ref)
    company.invoices[ref] = replace(invoice, comment="")
    twin = company.deals[str(int(deal.id) ^ 1)]
    company.deals[twin.id] = replace(
        twin, invoices=(*twin.invoices, replace(bill, id=f"{bill.id}-copy"))
    )
    company.planted.add(("invoices", "ambiguous", "several_bills_fit", ref))


def _paid_not_noted(company: Company, ref: str) -> None:
    invoice, _, _ = _drawn(company, ref)
    _pay(company, invoice, invoice.total)
    company.planted.add(("payments", "missing_in_megaplan", "paid_not_noted", ref))


def _noted_not_paid(company: Company, ref: str) -> None:
    _, deal, bill = _drawn(company, ref)
    _set_bill(company, deal, bill, replace(bill, status="paid"))
    company.planted.add(("payments", "missing_in_1c", "paid_without_money", ref))


def _paid_in_part(company: Company, ref: str) -> None:
    invoice, deal, bill = _drawn(company, ref)
    _pay(company, invoice, Decimal("500.00"))
    _set_bill(company, deal, bill, replace(bill, status="paid"))
    company.planted.add(("payments", "differs", "paid_in_part", ref))


def _money_of_nobody(company: Company, ref: str) -> None:
    stranger = replace(_find(company, ref)[0], inn=inn_of(8_000_000 + int(ref[-5:])))
    payment = _pay(company, stranger, Decimal("777.00"), linked=False)
    company.planted.add(("payments", "missing_in_megaplan", "no_invoice", payment.ref))


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(9), UTC)

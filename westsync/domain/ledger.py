"""What westsync knows of the accounting system's documents (1C contract 7), and nothing more.

Connectors make these values, the mirror keeps them, facts and matching read them. Money is
`Decimal` roubles with two places. A document's date is the wall clock of the 1C server, which has
no zone on the wire (1C contract 2.4): moments are converted to UTC by the connector, while *dates*
stay dates of the server's zone, because numbering and purposes speak of dates.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime  # noqa: TC003 - msgspec reads annotations at run time
from decimal import Decimal
from enum import StrEnum
from typing import NewType

LedgerRef = NewType("LedgerRef", str)
"""Key of a document or catalogue item in 1C: a UUID in its canonical lower-case form."""


class PaymentStatus(StrEnum):
    """How far an invoice is paid, in 1C's own words (1C contract 7.3)."""

    UNPAID = "НеОплачен"
    PARTLY = "ОплаченЧастично"
    PAID = "Оплачен"
    CANCELLED = "Отменен"


class MoneyKind(StrEnum):
    """What moved money (1C contract 4.7): in by bank, cash or card; out by bank."""

    BANK = "bank"
    CASH = "cash"
    CARD = "card"
    OUT = "out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterparty:
    """A buyer or supplier as 1C knows it.

    Attributes:
        inn: 10 digits of an organisation, 12 of a person; empty if not filled.
        kpp: Registration code of an organisation; empty for persons.
        is_organisation: ``ЮридическоеФизическоеЛицо`` is ``ЮридическоеЛицо``.
        marked: Marked for deletion.
    """

    ref: LedgerRef
    name: str
    inn: str = ""
    kpp: str = ""
    is_organisation: bool = True
    marked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An article of the catalogue ``Номенклатура``.

    Attributes:
        code: 1C's own code with leading zeros.
        article: ``Артикул``; empty if not filled.
    """

    ref: LedgerRef
    code: str
    article: str
    name: str
    marked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerInvoice:
    """An invoice to a client, or a supplier's invoice, as 1C holds it.

    Attributes:
        number: As printed, with prefix and leading zeros; unique only within year and organisation.
        at: Document moment, UTC.
        dated: The document's date in the server's zone.
        posted: Posted (``Проведен``): only a posted, unmarked invoice counts as issued.
        marked: Marked for deletion.
        total: Roubles with VAT.
        counterparty: Key of buyer or supplier; empty if the document has none.
        inn: ИНН of buyer or supplier; empty if not known to the channel.
        comment: ``Комментарий``; may carry our marker (1C contract 8.1).
        version: Opaque; another value means that somebody wrote the document.
        incoming_number, incoming_on: The supplier's own number and date; empty/None for ours.
        paid: Sum that the channel itself computed (SOAP service); None where rows must be added up.
        status: The accountant's mark or the channel's own answer; None if there is none.
        foreign_currency: Not in roubles: nothing is decided by itself then.
    """

    ref: LedgerRef
    number: str
    at: datetime
    dated: date
    posted: bool
    marked: bool
    total: Decimal
    counterparty: LedgerRef | None = None
    inn: str = ""
    comment: str = ""
    version: str = ""
    incoming_number: str = ""
    incoming_on: date | None = None
    paid: Decimal | None = None
    status: PaymentStatus | None = None
    foreign_currency: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRow:
    """One row of ``РасшифровкаПлатежа``: how much of a payment is for which invoice.

    Attributes:
        invoice: The invoice the accountant chose; None if the row has no link.
        amount: Roubles; negative for a refund to a buyer.
    """

    invoice: LedgerRef | None
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """Money that moved: a receipt, or a payment out.

    Attributes:
        ref: 1C's key, or ``bank:<sha256>`` for a row of a bank file (1C contract 5.1).
        kind: What moved it.
        at: Document moment, UTC (a bank file: its day at 00:00 of the server's zone).
        dated: Its date in the server's zone.
        amount: Roubles of the whole document; negative for a refund to a buyer.
        posted, marked: As in 1C; a bank file's row is posted.
        counterparty, inn, payer: Who paid (who got it, for money out); empty if unknown.
        incoming_number, incoming_on: Number and date of the payment order.
        purpose: ``НазначениеПлатежа``.
        rows: Links to invoices; their sums, never ``amount``, are what invoices got.
        operation: ``ВидОперации`` verbatim; empty where the channel has none.
        version: Opaque; another value means that somebody wrote the document.
    """

    ref: LedgerRef
    kind: MoneyKind
    number: str
    at: datetime
    dated: date
    amount: Decimal
    posted: bool = True
    marked: bool = False
    counterparty: LedgerRef | None = None
    inn: str = ""
    payer: str = ""
    incoming_number: str = ""
    incoming_on: date | None = None
    purpose: str = ""
    rows: tuple[PaymentRow, ...] = ()
    operation: str = ""
    version: str = ""

    @property
    def counts(self) -> bool:
        """Whether it moved money as far as the books say: posted and not marked."""
        return self.posted and not self.marked


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """Goods that left: ``РеализацияТоваровУслуг`` with its papers (1C contract 7.1).

    Attributes:
        invoice: Invoice it was made from; None if there is no link.
        is_upd: One paper (УПД) takes the place of ТОРГ-12 and Счёт-фактура.
        factura: Number of the Счёт-фактура; None if there is none.
        factura_on: Its date.
        is_vat_free: All its rows are without VAT, so that it needs no Счёт-фактура.
    """

    ref: LedgerRef
    number: str
    at: datetime
    dated: date
    posted: bool
    marked: bool
    total: Decimal
    invoice: LedgerRef | None = None
    counterparty: LedgerRef | None = None
    is_upd: bool = False
    factura: str | None = None
    factura_on: date | None = None
    is_vat_free: bool = False
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """Whom an invoice is for, from the CRM's requisites.

    Attributes:
        inn: Valid ИНН, or empty for a private person without one.
        kpp: Empty for persons.
    """

    name: str
    inn: str = ""
    kpp: str = ""
    is_organisation: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    """A position of an invoice that we create.

    Attributes:
        item: Key of the article in 1C; None lets the adapter find it by code or article.
        price, amount, vat_amount: Roubles, two places; ``amount`` with VAT if prices include it.
        vat_rate: 1C's name of the rate, e.g. ``НДС20`` (1C contract 4.7).
        quantity: Three places.
    """

    name: str
    quantity: Decimal
    price: Decimal
    amount: Decimal
    vat_rate: str
    vat_amount: Decimal
    item: LedgerRef | None = None
    code: str = ""
    article: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceSpec:
    """An invoice to be created, the same through every channel and at every attempt.

    Attributes:
        ref: Our own key (`invoice_ref`): creating twice is creating once.
        marker: ``WS:megaplan:deal:<deal>:invoice:<n>`` for the comment field.
        dated_at: Document moment, UTC.
        prices_include_vat: ``СуммаВключаетНДС``.
        contract_number: Contract with an organisation; None for persons.
    """

    ref: LedgerRef
    marker: str
    dated_at: datetime
    buyer: Buyer
    lines: tuple[InvoiceLine, ...]
    prices_include_vat: bool = True
    contract_number: str | None = None
    contract_on: date | None = None

    @property
    def total(self) -> Decimal:
        """Roubles with VAT (1C contract 7.2)."""
        net = sum((line.amount for line in self.lines), Decimal("0.00"))
        if self.prices_include_vat:
            return net
        return net + sum((line.vat_amount for line in self.lines), Decimal("0.00"))


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerHealth:
    """What the base said about itself.

    Attributes:
        configuration: Name and version where the channel tells; empty otherwise.
        server_time: The server's own clock, UTC; None where the channel has none.
        missing: Entities and fields of the profile that the base does not publish.
        capabilities: Words such as ``print_forms``, ``client_ref``.
    """

    configuration: str = ""
    server_time: datetime | None = None
    missing: tuple[str, ...] = ()
    capabilities: frozenset[str] = field(default_factory=frozenset)

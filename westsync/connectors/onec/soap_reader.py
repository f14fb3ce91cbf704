"""The ledger read through our own SOAP service (1C contract 3.4)."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, time, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from westsync.connectors.onec.config import SYSTEM
from westsync.connectors.onec.documents import status_of
from westsync.connectors.onec.values import day, moment, money, reference, text, wall_clock
from westsync.domain.ledger import (
    LedgerHealth,
    LedgerInvoice,
    MoneyKind,
    Payment,
    PaymentRow,
    Shipment,
)
from westsync.domain.requisites import number_key
from westsync.errors import UnexpectedReply

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from decimal import Decimal
    from zoneinfo import ZoneInfo

    from westsync.connectors.onec.soap_service import SoapService
    from westsync.domain.ledger import Counterparty, Item, LedgerRef

PAGE = 500
SHIPMENT = "РеализацияТоваровУслуг"
# An invoice may be dated ahead of the day on which it was last written (4.11: up to 60 days).
DATED_AHEAD = timedelta(days=60)
_PING = re.compile(r"WestSync (?P<version>\S+); (?P<configuration>.*); (?P<time>[^;]+)")
_MARKED = "WS:"


class SoapReader:
    """`westsync.ports.ledger.LedgerReader` of the service.

    It tells no catalogues, because it finds buyers and articles by itself, and no suppliers'
    invoices.
    """

    def __init__(self, service: SoapService, zone: ZoneInfo) -> None:
        """Bind; nothing is asked yet.

        Args:
            service: The operations.
            zone: Of the server's clock.
        """
        self._service = service
        self._zone = zone

    def health(self) -> LedgerHealth:
        """Ask the service for a sign of life."""
        said = str(self._service.call("Ping"))
        found = _PING.fullmatch(said.strip())
        if found is None:
            raise UnexpectedReply(SYSTEM, "WestSync.Ping", f"it says {said[:80]!r}")
        return LedgerHealth(
            configuration=found["configuration"].strip(),
            server_time=_server_time(found["time"].strip(), self._zone),
            capabilities=frozenset({"client_ref", "print_forms"}),
        )

    def counterparties(self, inn: str) -> Sequence[Counterparty]:
        """Return nothing: the service finds buyers by itself."""
        del inn
        return ()

    def items(self, articles: Sequence[str]) -> Mapping[str, Sequence[Item]]:
        """Return nothing: the service finds articles by itself."""
        del articles
        return {}

    def invoice(self, ref: LedgerRef) -> LedgerInvoice | None:
        """Return one invoice by key, a supplier's too; None if there is none."""
        state = self._service.call("GetInvoiceState", Ref=ref, ExternalId=None)
        return None if state is None else invoice_of(state, self._zone)

    def find_invoices(self, number: str, dated: date) -> Sequence[LedgerInvoice]:
        """Return invoices with this number, of that day's year; also without its prefix."""
        wanted = number_key(number)
        begin, end = (
            dated.replace(month=1, day=1),
            dated.replace(month=1, day=1, year=dated.year + 1),
        )
        return [
            invoice
            for page in self.invoices(begin, end)
            for invoice in page
            if wanted.means(number_key(invoice.number))
        ]

    def invoices(self, since: date, until: date) -> Iterator[Sequence[LedgerInvoice]]:
        """Walk invoices to clients of a window.

        The service lists by moment of change; one dated in the window was changed not earlier
        than its date, or it is dated ahead.
        """
        begin = datetime.combine(since, time()) - DATED_AHEAD
        seen: set[LedgerRef] = set()
        for states in self._pages("ListInvoices", ChangedSince=begin):
            page = [invoice_of(state, self._zone) for state in states]
            kept = [one for one in page if since <= one.dated < until and one.ref not in seen]
            seen |= {one.ref for one in kept}
            if kept:
                yield kept

    def supplier_invoices(self, since: date, until: date) -> Iterator[Sequence[LedgerInvoice]]:
        """Walk nothing: the service does not list suppliers' invoices."""
        del since, until
        yield from ()

    def payments(self, since: date, until: date) -> Iterator[Sequence[Payment]]:
        """Walk money in, and refunds to buyers; the service leaves out other money out."""
        for rows in self._pages("ListPayments", **_window(since, until)):
            page = [
                payment_of(list(parts), self._zone) for _, parts in groupby(rows, lambda r: r.Ref)
            ]
            yield [one for one in page if since <= one.dated < until]

    def shipments(self, since: date, until: date) -> Iterator[Sequence[Shipment]]:
        """Walk shipments of a window; corrections are no shipments."""
        for rows in self._pages("ListShipments", InvoiceRef=None, **_window(since, until)):
            page = [shipment_of(row, self._zone) for row in rows if row.Kind == SHIPMENT]
            yield [one for one in page if since <= one.dated < until]

    def print_form(self, ref: LedgerRef, form: str) -> bytes | None:
        """Return a document as PDF; None if the service made none.

        Args:
            ref: The document.
            form: ``СчетНаОплату``, ``СчетНаОплатуСПечатью``, ``ТОРГ12``, ``УПД``, ``СчетФактура``.
        """
        found = self._service.call("GetPrintForm", Ref=ref, Form=form)
        return bytes(found) if found else None

    def _pages(self, operation: str, **parameters: object) -> Iterator[Sequence[Any]]:
        cursor: str | None = None
        used: set[str] = set()
        while True:
            page = self._service.call(operation, **parameters, Cursor=cursor, Limit=PAGE)
            if page is None:  # an empty list may come without a single element (3.4)
                return
            yield list(page.Item or ())
            cursor = page.NextCursor or None
            if cursor is None:
                return
            if cursor in used:
                raise UnexpectedReply(
                    SYSTEM, f"WestSync.{operation}", "the same page comes again and again"
                )
            used.add(cursor)


def invoice_of(state: Any, zone: ZoneInfo) -> LedgerInvoice:  # noqa: ANN401 - built by zeep
    """Return an invoice of the service's ``InvoiceState``.

    Raises:
        UnexpectedReply: It lacks what an invoice must have.
    """
    ref, at = _key(state), _moment(state, zone)
    external = text(state.ExternalId)
    return LedgerInvoice(
        ref=ref,
        number=text(state.Number),
        at=at,
        dated=at.astimezone(zone).date(),
        posted=bool(state.Posted),
        marked=bool(state.DeletionMark),
        total=_sum(state, "Amount"),
        # What stands in the comment besides the marker is not told.
        comment=_MARKED + external if external.startswith("megaplan:") else external,
        version=text(state.Version),
        paid=_sum(state, "PaidAmount"),
        status=status_of(text(state.PaymentStatus)),
    )


def payment_of(rows: Sequence[Any], zone: ZoneInfo) -> Payment:
    """Return a payment of its rows; each repeats the whole document but for its invoice.

    Raises:
        UnexpectedReply: It lacks what a payment must have.
    """
    head, at = rows[0], _moment(rows[0], zone)
    amount = _sum(head, "Amount")
    links = [
        PaymentRow(invoice=invoice, amount=_sum(row, "InvoiceAmount"))
        for row in rows
        if (invoice := reference(row.InvoiceRef)) is not None
    ]
    unlinked = amount - sum(link.amount for link in links)
    if links and unlinked:  # a row without a link does not tell its part
        links.append(PaymentRow(invoice=None, amount=unlinked))
    return Payment(
        ref=_key(head),
        kind=MoneyKind.BANK,  # the service does not tell bank, cash and card apart
        number=text(head.Number),
        at=at,
        dated=at.astimezone(zone).date(),
        amount=amount,
        posted=bool(head.Posted),
        inn=text(head.PayerINN).strip(),
        payer=text(head.PayerName),
        incoming_number=text(head.IncomingNumber).strip(),
        incoming_on=day(head.IncomingDate),
        purpose=text(head.Purpose),
        rows=tuple(links),
        version=_fingerprint(rows),
    )


def shipment_of(row: Any, zone: ZoneInfo) -> Shipment:  # noqa: ANN401 - built by zeep
    """Return a shipment.

    Raises:
        UnexpectedReply: It lacks what a shipment must have.
    """
    at = _moment(row, zone)
    return Shipment(
        ref=_key(row),
        number=text(row.Number),
        at=at,
        dated=at.astimezone(zone).date(),
        posted=bool(row.Posted),
        marked=False,
        total=_sum(row, "Amount"),
        invoice=reference(row.InvoiceRef),
        is_upd=bool(row.IsUPD),
        factura=text(row.FacturaNumber) or None,
        factura_on=day(row.FacturaDate),
        version=_fingerprint([row]),
    )


def _key(row: Any) -> LedgerRef:  # noqa: ANN401 - built by zeep
    ref = reference(row.Ref)
    if ref is None:
        raise UnexpectedReply(SYSTEM, "read the service", f"Ref {row.Ref!r} is no key")
    return ref


def _moment(row: Any, zone: ZoneInfo) -> datetime:  # noqa: ANN401 - built by zeep
    at = moment(row.Date, zone)
    if at is None:
        raise UnexpectedReply(SYSTEM, "read the service", f"{row.Ref} has no date")
    return at


def _sum(row: Any, name: str) -> Decimal:  # noqa: ANN401 - built by zeep
    read = money(getattr(row, name))
    if read is None:
        raise UnexpectedReply(SYSTEM, "read the service", f"{row.Ref}: {name} is no sum")
    return read


def _fingerprint(rows: Sequence[Any]) -> str:
    """Return a version of what has none: another value means other contents."""
    return hashlib.sha256("\n".join(map(str, rows)).encode()).hexdigest()[:16]


def _server_time(said: str, zone: ZoneInfo) -> datetime | None:
    """Return the server's clock, whose form is not fixed: ISO 8601 or as Russians write."""
    for form in ("%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M"):
        try:
            read = datetime.strptime(said, form).replace(tzinfo=zone)
        except ValueError:
            continue
        return read.astimezone(UTC)
    local = wall_clock(said)
    return None if local is None else local.replace(tzinfo=zone).astimezone(UTC)


def _window(since: date, until: date) -> dict[str, datetime]:
    return {
        "DateFrom": datetime.combine(since, time()),
        "DateTo": datetime.combine(until, time()),
    }

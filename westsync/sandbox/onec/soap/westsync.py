"""The WestSync service on the same state as OData (contract 3.4)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from westsync.sandbox.onec.accountant import RATES
from westsync.sandbox.onec.bp30 import FACTURA, INVOICE, SHIPMENT, SUPPLIER_INVOICE
from westsync.sandbox.onec.furnishing import ACCOUNT, ROUBLE
from westsync.sandbox.onec.infobase import CONFIGURATION
from westsync.sandbox.onec.refusals import ConfigurationRefused
from westsync.sandbox.onec.soap.lookup import Lookup, Refusal
from westsync.sandbox.onec.soap.paging import Cursor, page, payments
from westsync.sandbox.onec.soap.print_forms import print_form
from westsync.sandbox.onec.values import EMPTY_MOMENT, Ref, Row, canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from westsync.sandbox.onec.world import OneCWorld

Values = dict[str, Any]
NAMESPACE = "urn:westsync:1c:service:1"
MOST_ROWS = 500


class Failed(Exception):
    """A technical error of the service: a SOAP fault."""


class WestSyncService:
    """The operations; arguments and results by the names of the WSDL.

    Attributes:
        notes: Breaches of the contract that were seen, by rule name.
    """

    def __init__(self, world: OneCWorld, *, shows_nothing: bool = False) -> None:
        """Serve a base.

        Args:
            world: The base.
            shows_nothing: A fault: lists are empty this once.
        """
        self._world = world
        self._lookup = Lookup(world)
        self._shows_nothing = shows_nothing
        self.notes: list[str] = []
        self._operations: dict[str, Callable[[Values], Values]] = {
            "Ping": self.ping,
            "CreateInvoice": self.create_invoice,
            "GetInvoiceState": self.get_invoice_state,
            "ListInvoices": self.list_invoices,
            "ListPayments": self.list_payments,
            "ListShipments": self.list_shipments,
            "RegisterSupplierInvoice": self.register_supplier_invoice,
            "GetPrintForm": self.get_print_form,
        }

    def call(self, operation: str, arguments: Values) -> Values:
        """Run an operation; a business refusal is an answer (contract 3.4).

        Raises:
            Failed: A fault.
        """
        try:
            return self._operations[operation](arguments)
        except (Refusal, ConfigurationRefused) as exc:
            text = exc.text if isinstance(exc, ConfigurationRefused) else str(exc)
            return {"return": None, "ErrorMessage": text}

    def ping(self, _: Values) -> Values:
        """Return who answers and the server's local time."""
        at = self._world.wall_clock.isoformat()
        return {"return": f"WestSync 1; {CONFIGURATION}; {at}"}

    def create_invoice(self, arguments: Values) -> Values:
        """Write and post an invoice in one transaction, or return the one that exists."""
        invoice = arguments["Invoice"]
        ref = self._ref(invoice["Ref"])
        found = self._world.store.get(INVOICE, ref)
        if found is not None:
            return self._state_answer(found, created=False)
        fields = self._invoice_fields(invoice, "СПокупателем")
        row = self._world.create_posted(
            INVOICE,
            Ref=ref,
            ВалютаДокумента=ROUBLE,
            СтруктурнаяЕдиница=ACCOUNT,
            СуммаВключаетНДС=invoice["PriceIncludesVAT"],
            Товары=self._lines(invoice["Lines"]),
            **fields,
        )
        self._world.external_ids[ref] = invoice["ExternalId"]
        return self._state_answer(row, created=True)

    def register_supplier_invoice(self, arguments: Values) -> Values:
        """Write and post a supplier's invoice; ``Buyer`` carries the supplier."""
        invoice = arguments["Invoice"]
        ref = self._ref(invoice["Ref"])
        found = self._world.store.get(SUPPLIER_INVOICE, ref)
        if found is not None:
            return self._state_answer(found, created=False)
        lines = self._lines(invoice["Lines"])
        row = self._world.create_posted(
            SUPPLIER_INVOICE,
            Ref=ref,
            НомерВходящегоДокумента=arguments["IncomingNumber"],
            ДатаВходящегоДокумента=self._local(arguments["IncomingDate"]),
            Товары=tuple(
                {n: v for n, v in one.items() if n != "ИдентификаторСтроки"} for one in lines
            ),
            **self._invoice_fields(invoice, "СПоставщиком"),
        )
        self._world.external_ids[ref] = invoice["ExternalId"]
        return self._state_answer(row, created=True)

    def get_invoice_state(self, arguments: Values) -> Values:
        """Return the state of an invoice, ours or a supplier's; of an unknown one nothing."""
        row = self._invoice(arguments["Ref"], arguments["ExternalId"])
        if row is None:
            return {"return": None, "ErrorMessage": None}
        return self._state_answer(row, created=False)

    def list_invoices(self, arguments: Values) -> Values:
        """Return invoices by the moment of their last change."""
        changed = self._world.settlement.changed_at
        since = self._local(arguments["ChangedSince"] or EMPTY_MOMENT)
        rows = [] if self._shows_nothing else self._world.store.all(INVOICE)
        keyed = [
            (Cursor(changed[row["Ref"]], row["Ref"]), [self._state(row, created=False)])
            for row in rows
            if changed[row["Ref"]] >= since
        ]
        return self._page(keyed, arguments)

    def list_payments(self, arguments: Values) -> Values:
        """Return one item per row of a payment (contract 3.4)."""
        since, until = self._local(arguments["DateFrom"]), self._local(arguments["DateTo"])
        found = [] if self._shows_nothing else payments(self._world, since, until)
        return self._page(found, arguments)

    def list_shipments(self, arguments: Values) -> Values:
        """Return shipments of an invoice or of a time."""
        wanted = arguments["InvoiceRef"]
        since, until = arguments["DateFrom"], arguments["DateTo"]
        rows = self._world.store.dated(
            SHIPMENT, self._local(since) if since else None, self._local(until) if until else None
        )
        ref = self._ref(wanted) if wanted else None
        facturas = self._facturas()
        keyed = [
            (Cursor(row["Date"], row["Ref"]), [_shipment(row, facturas.get(row["Ref"]))])
            for row in ([] if self._shows_nothing else rows)
            if ref is None or (row["СчетНаОплатуПокупателю"] or Ref("", "")).key == ref
        ]
        return self._page(keyed, arguments)

    def get_print_form(self, arguments: Values) -> Values:
        """Return a print form as PDF."""
        form, ref = arguments["Form"], self._ref(arguments["Ref"])
        name, content = print_form(self._world, ref, form)
        return {"return": content, "FileName": name, "ErrorMessage": None}

    def _page(self, keyed: list[tuple[Cursor, list[Values]]], arguments: Values) -> Values:
        limit = arguments["Limit"]
        if not 1 <= limit <= MOST_ROWS:
            raise Failed(f"Limit {limit}: ожидается от 1 до {MOST_ROWS}")
        try:
            after = Cursor.read(arguments["Cursor"]) if arguments["Cursor"] else None
        except ValueError as exc:
            raise Failed(f"Cursor: {exc}") from exc
        items, following = page(keyed, after, limit)
        return {"return": {"Item": items, "NextCursor": following}}

    def _invoice_fields(self, invoice: Values, contract_kind: str) -> Row:
        """Resolve who and what an invoice speaks of; nothing is created by the way."""
        look = self._lookup
        organisation = look.organisation(invoice["OrganizationINN"])
        party = look.party(invoice["Buyer"])
        contract = look.contract(
            party, contract_kind, invoice["ContractNumber"], invoice["ContractDate"]
        )
        lines = invoice["Lines"]
        total = sum((line["Amount"] for line in lines), Decimal(0))
        if not invoice["PriceIncludesVAT"]:
            total += sum((line["VATAmount"] or Decimal(0) for line in lines), Decimal(0))
        return {
            "Date": self._local(invoice["Date"]),
            "Организация": organisation,
            "Контрагент": party,
            "ДоговорКонтрагента": contract,
            "СуммаДокумента": total,
            "Комментарий": invoice["Comment"] or "",
        }

    def _lines(self, lines: list[Values]) -> tuple[Row, ...]:
        return tuple(self._line(number, line) for number, line in enumerate(lines, 1))

    def _line(self, number: int, line: Values) -> Row:
        if line["VATRate"] not in RATES:
            raise Refusal(f"Неизвестная ставка НДС: {line['VATRate']}")
        return {
            "LineNumber": number,
            "Номенклатура": self._lookup.item(line),
            "Содержание": line["Name"],
            "Количество": line["Quantity"],
            "Цена": line["Price"],
            "Сумма": line["Amount"],
            "СтавкаНДС": line["VATRate"],
            "СуммаНДС": line["VATAmount"] or Decimal(0),
            "ИдентификаторСтроки": "",
        }

    def _invoice(self, ref: str | None, external: str | None) -> Row | None:
        if ref is not None:
            keys = [self._ref(ref)]
        else:
            known = self._world.external_ids
            keys = [key for key, value in known.items() if external and value == external]
        for key in keys:
            for entity in (INVOICE, SUPPLIER_INVOICE):
                found = self._world.store.get(entity, key)
                if found is not None:
                    return found
        return None

    def _state_answer(self, row: Row, *, created: bool) -> Values:
        return {"return": self._state(row, created=created), "ErrorMessage": None}

    def _state(self, row: Row, *, created: bool) -> Values:
        settled = self._world.settlement.of(row)
        return {
            "Ref": row["Ref"],
            "ExternalId": self._world.external_ids.get(row["Ref"]),
            "Number": row["Number"],
            "Date": row["Date"],
            "Posted": row["Posted"],
            "DeletionMark": row["DeletionMark"],
            "Amount": row["СуммаДокумента"],
            "PaidAmount": settled.paid,
            "PaymentStatus": settled.status,
            "LastPaymentDate": settled.last_payment,
            "Version": self._world.settlement.version(row),
            "Created": created,
        }

    def _facturas(self) -> Mapping[str, Row]:
        """Facturas by the key of their shipment."""
        return {
            row["ДокументОснование"].key: row
            for row in self._world.store.all(FACTURA)
            if isinstance(row["ДокументОснование"], Ref)
            and row["Posted"]
            and not row["DeletionMark"]
        }

    def _ref(self, text: str) -> str:
        try:
            return canonical(text)
        except ValueError as exc:
            raise Failed(f"Ref: {exc}") from exc

    def _local(self, at: datetime) -> datetime:
        """Return the server's wall clock; an offset is a breach, 1C knows none (contract 3.2)."""
        if at.tzinfo is None:
            return at
        self.notes.append("moment-with-offset")
        return at.astimezone(self._world.zone).replace(tzinfo=None)


def _shipment(row: Row, factura: Row | None) -> Values:
    link = row["СчетНаОплатуПокупателю"]
    return {
        "Ref": row["Ref"],
        "Number": row["Number"],
        "Date": row["Date"],
        "Kind": "РеализацияТоваровУслуг",
        "Amount": row["СуммаДокумента"],
        "InvoiceRef": link.key if link else None,
        "FacturaNumber": factura["Number"] if factura else None,
        "FacturaDate": factura["Date"] if factura else None,
        "IsUPD": row["ЭтоУниверсальныйДокумент"],
        "Posted": row["Posted"],
    }

"""The ledger written through our own SOAP service: one atomic, idempotent call (3.4, 8.2)."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from westsync.connectors.onec.config import SYSTEM
from westsync.connectors.onec.soap_reader import invoice_of
from westsync.connectors.onec.values import THOUSANDTH, local_moment
from westsync.domain.ledger import Counterparty
from westsync.domain.ledger_keys import counterparty_ref
from westsync.domain.refusals import DocumentMissing, NotPosted
from westsync.domain.requisites import KOPECK
from westsync.errors import OutcomeUnknown, Rejected, UnexpectedReply

if TYPE_CHECKING:
    from datetime import date

    from westsync.connectors.onec.config import OneCConfig
    from westsync.connectors.onec.soap_reader import SoapReader
    from westsync.connectors.onec.soap_service import SoapService
    from westsync.domain.ledger import Buyer, InvoiceSpec, LedgerInvoice, LedgerRef


class SoapWriter:
    """`westsync.ports.ledger.LedgerWriter` of the service."""

    def __init__(self, service: SoapService, reader: SoapReader, config: OneCConfig) -> None:
        """Bind; nothing is asked yet."""
        self._service = service
        self._reader = reader
        self._config = config

    def ensure_counterparty(self, buyer: Buyer) -> Counterparty:
        """Return the buyer as he is sent: the service finds him, or refuses the invoice."""
        return Counterparty(
            ref=counterparty_ref(buyer.inn, buyer.kpp),
            name=buyer.name,
            inn=buyer.inn,
            kpp=buyer.kpp,
            is_organisation=buyer.is_organisation,
        )

    def look_up(self, spec: InvoiceSpec) -> LedgerInvoice | None:
        """Return what an earlier attempt made; None if nothing."""
        return self._reader.invoice(spec.ref)

    def create_invoice(self, spec: InvoiceSpec) -> LedgerInvoice:
        """Create and post the invoice; one that exists is returned unchanged (3.4)."""
        state = self._service.call("CreateInvoice", Invoice=self._invoice(spec))
        return self._made("CreateInvoice", state)

    def register_supplier_invoice(
        self, spec: InvoiceSpec, number: str, dated: date
    ) -> LedgerInvoice:
        """Enter a supplier's invoice; ``spec.buyer`` is the supplier.

        Args:
            spec: Its contents, our key and marker.
            number: As printed on it.
            dated: Likewise.

        Raises:
            Rejected: The settings do not allow it.
        """
        if not self._config.register_supplier_invoices:
            raise Rejected(
                SYSTEM, "register a supplier's invoice", "register_supplier_invoices is off"
            )
        state = self._service.call(
            "RegisterSupplierInvoice",
            Invoice=self._invoice(spec),
            IncomingNumber=number.strip(),
            IncomingDate=datetime.combine(dated, time()),
        )
        return self._made("RegisterSupplierInvoice", state)

    def post_invoice(self, ref: LedgerRef, version: str = "") -> LedgerInvoice:
        """Return the invoice, which the service posted in the moment of creating it.

        Raises:
            Rejected: There is none, or somebody unposted it; the service cannot post again.
        """
        del version
        found = self._reader.invoice(ref)
        if found is None:
            raise Rejected(SYSTEM, "read the invoice", DocumentMissing(ref=ref), 404)
        if not found.posted:
            raise Rejected(SYSTEM, "post the invoice", NotPosted(number=found.number))
        return found

    def _made(self, operation: str, state: object) -> LedgerInvoice:
        if state is None:
            raise OutcomeUnknown(
                SYSTEM, f"WestSync.{operation}", "neither an invoice nor an error came back"
            )
        try:
            return invoice_of(state, self._config.tz)
        except UnexpectedReply as exc:  # it is written, whatever the answer looks like
            raise OutcomeUnknown(SYSTEM, f"WestSync.{operation}", exc.detail) from exc

    def _invoice(self, spec: InvoiceSpec) -> dict[str, object]:
        on = spec.contract_on
        return {
            "Ref": spec.ref,
            "ExternalId": spec.marker.removeprefix("WS:"),
            "Date": local_moment(spec.dated_at, self._config.tz),
            "OrganizationINN": self._config.organization_inn,
            "Buyer": {
                "INN": spec.buyer.inn or None,
                "KPP": spec.buyer.kpp or None,
                "Name": spec.buyer.name,
                "IsLegalEntity": spec.buyer.is_organisation,
            },
            "ContractNumber": spec.contract_number,
            "ContractDate": None if on is None else datetime.combine(on, time()),
            "PriceIncludesVAT": spec.prices_include_vat,
            "Comment": spec.marker,
            "Lines": [
                {
                    "ItemCode": line.code or None,
                    "Article": line.article or None,
                    "Name": line.name,
                    "Unit": None,
                    "Quantity": line.quantity.quantize(THOUSANDTH),
                    "Price": line.price.quantize(KOPECK),
                    "Amount": line.amount.quantize(KOPECK),
                    "VATRate": line.vat_rate,
                    "VATAmount": line.vat_amount.quantize(KOPECK),
                }
                for line in spec.lines
            ],
        }

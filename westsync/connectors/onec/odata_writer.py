"""The ledger written through OData, one step at a time (1C contract 4.5, 8.2).

Nothing here repeats a write whose outcome is unknown: the caller looks first, and every step begins
with looking. A document is a draft until it is posted; ``Posted: true`` is never sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.connectors.onec import buyers
from westsync.connectors.onec.articles import items_of
from westsync.connectors.onec.config import SYSTEM, carries_marker
from westsync.connectors.onec.contracts import WITH_BUYER, WITH_SUPPLIER, Contracts
from westsync.connectors.onec.drafts import add_incoming, invoice_body
from westsync.connectors.onec.outcomes import AlreadyExists, Conflict, Misfit, Refused
from westsync.connectors.onec.tables import Row
from westsync.connectors.onec.values import money
from westsync.domain.refusals import (
    ContractUnfit,
    DocumentMissing,
    DraftChanged,
    DraftKeptOtherwise,
    DraftMarked,
    NotPosted,
)
from westsync.errors import OutcomeUnknown, Rejected, UnexpectedReply

if TYPE_CHECKING:
    from datetime import date

    from westsync.connectors.onec.base import Base
    from westsync.connectors.onec.odata_reader import ODataReader
    from westsync.connectors.onec.tables import Table
    from westsync.connectors.onec.values import Json
    from westsync.domain.ledger import (
        Buyer,
        Counterparty,
        InvoiceSpec,
        LedgerInvoice,
        LedgerRef,
    )

CLIENT, SUPPLIER = "invoice", "supplier_invoice"
MARKER_DAYS = 3
POSTING = "post the invoice"


class ODataWriter:
    """`westsync.ports.ledger.LedgerWriter` of a base."""

    def __init__(self, base: Base, reader: ODataReader) -> None:
        """Bind; nothing is asked yet.

        Args:
            base: The base.
            reader: Reads back what was written.
        """
        self._base = base
        self._reader = reader
        self._contracts = Contracts(base)
        self._left_as: dict[LedgerRef, str] = {}

    def ensure_counterparty(self, buyer: Buyer) -> Counterparty:
        """Return the buyer's counterparty; created only if the settings allow it.

        Raises:
            Rejected: Several fit, or none does and none may be created; a person decides.
        """
        return buyers.ensure(self._base, buyer)

    def look_up(self, spec: InvoiceSpec) -> LedgerInvoice | None:
        """Return what an earlier attempt, or a person with our marker, made; None if nothing.

        By our key, and by the marker in the comment of an invoice of those days: a base may ignore
        our key, and that is only known afterwards (8.2).
        """
        return self._look_up(CLIENT, spec)

    def create_invoice(self, spec: InvoiceSpec) -> LedgerInvoice:
        """Create the draft under our key; one that exists already is returned as it is.

        Where the base gives it another key, that one is in what is returned.
        """
        if not self._base.names().profile.creates:
            raise Misfit(
                SYSTEM,
                "create an invoice",
                "this configuration makes invoices from orders; let the SOAP service create them "
                "(channels.invoices: soap)",
            )
        found = self.look_up(spec)
        return found or self._create(CLIENT, spec, WITH_BUYER)

    def register_supplier_invoice(
        self, spec: InvoiceSpec, number: str, dated: date
    ) -> LedgerInvoice:
        """Enter a supplier's invoice as a draft; ``spec.buyer`` is the supplier.

        Args:
            spec: Its contents, our key and marker.
            number: As printed on it.
            dated: Likewise.

        Raises:
            Rejected: The settings do not allow it.
        """
        if not self._base.config.register_supplier_invoices:
            raise Rejected(
                SYSTEM, "register a supplier's invoice", "register_supplier_invoices is off"
            )
        found = self._look_up(SUPPLIER, spec)
        if found is not None:
            return found
        return self._create(SUPPLIER, spec, WITH_SUPPLIER, (number, dated))

    def post_invoice(self, ref: LedgerRef, version: str = "") -> LedgerInvoice:
        """Post the draft; posting twice is harmless. Returned as read back.

        Args:
            ref: Its key in 1C.
            version: What the draft's version was after our own last write; empty does not compare.

        Raises:
            Rejected: 1C refused with its own text, or somebody changed or marked the draft.
        """
        invoice, word = self._existing(ref)
        if invoice.posted:
            return invoice
        if invoice.marked:
            raise Rejected(SYSTEM, POSTING, DraftMarked(number=invoice.number))
        if version and invoice.version != self._left_as.get(ref, version):
            raise Conflict(SYSTEM, POSTING, DraftChanged(number=invoice.number))
        entity = self._base.table(word).entity
        try:
            self._base.session.post_document(entity, ref)
        except Refused as exc:
            if not self._may_get_contract(invoice, exc):
                raise
            self._give_contract(invoice, word)
            self._base.session.post_document(entity, ref)
        posted, _ = self._existing(ref)
        if not posted.posted:
            raise Rejected(SYSTEM, POSTING, NotPosted(number=posted.number))
        return posted

    # -- parts ---------------------------------------------------------------------------------

    def _look_up(self, word: str, spec: InvoiceSpec) -> LedgerInvoice | None:
        found = self._by_key(word, spec.ref)
        if found is not None:
            return found
        dated = spec.dated_at.astimezone(self._base.config.tz).date()
        ours = [
            invoice
            for page in self._reader.around(word, dated, MARKER_DAYS)
            for invoice in page
            if carries_marker(invoice.comment, spec.marker)
        ]
        # One that somebody marked for deletion only counts if there is no living one.
        return min(ours, key=lambda one: (one.marked, one.at, one.ref), default=None)

    def _by_key(self, word: str, ref: LedgerRef) -> LedgerInvoice | None:
        row = self._base.ask(word, lambda table: self._base.entity(table, ref))
        return None if row is None else self._reader.as_invoice(row)

    def _existing(self, ref: LedgerRef) -> tuple[LedgerInvoice, str]:
        words = [CLIENT, SUPPLIER] if self._base.config.register_supplier_invoices else [CLIENT]
        for word in words:
            found = self._by_key(word, ref)
            if found is not None:
                return found, word
        raise Rejected(SYSTEM, "read the invoice", DocumentMissing(ref=ref), 404)

    def _create(
        self, word: str, spec: InvoiceSpec, kind: str, incoming: tuple[str, date] | None = None
    ) -> LedgerInvoice:
        counterparty = self.ensure_counterparty(spec.buyer)
        contract = None
        if spec.contract_number:
            contract = self._contracts.find(
                counterparty.ref, spec.contract_number, spec.contract_on, kind
            )
        organization, rouble = self._base.organization(), self._base.rouble()
        items = items_of(self._base, spec.lines)

        def send(table: Table) -> tuple[Table, dict[str, Json]]:
            body = invoice_body(
                table,
                spec,
                self._base.config.tz,
                organization=organization,
                counterparty=counterparty.ref,
                contract=contract,
                rouble=rouble,
                items=items,
                item_entity=self._base.table("item").entity,
            )
            if incoming is not None:
                add_incoming(body, table, *incoming)
            return table, self._base.session.create(table.entity, body)

        try:
            table, raw = self._base.ask(word, send)
        except AlreadyExists:
            found = self._by_key(word, spec.ref)
            if found is None:
                raise OutcomeUnknown(
                    SYSTEM, f"create the {word}", "1C says that it exists and does not show it"
                ) from None
            return found
        try:
            made = self._reader.as_invoice(Row(raw, table))
        except UnexpectedReply as exc:  # it is written, whatever the answer looks like
            raise OutcomeUnknown(SYSTEM, exc.operation, exc.detail) from exc
        if made.ref != spec.ref:
            self._base.note_other_key()
        self._compare(made, spec, counterparty, contract, Row(raw, table))
        return made

    def _compare(
        self,
        made: LedgerInvoice,
        spec: InvoiceSpec,
        counterparty: Counterparty,
        contract: LedgerRef | None,
        row: Row,
    ) -> None:
        """See that 1C kept what matters; what it does not know it drops without a word (4.5)."""
        amounts = [money(line.value("amount")) for line in row.rows("lines")]
        differs: dict[str, tuple[object, object]] = {
            "draft_total": (made.total, spec.total),
            "draft_buyer": (made.counterparty, counterparty.ref),
            "draft_lines": (amounts, [line.amount for line in spec.lines]),
        }
        if contract is not None and "contract" in row.table.columns:
            differs["draft_contract"] = row.ref("contract"), contract
        if "comment" in row.table.columns:
            differs["draft_comment"] = made.comment, spec.marker
        parts = tuple(what for what, (kept, sent) in differs.items() if kept != sent)
        if parts:
            kept = DraftKeptOtherwise(number=made.number, parts=parts)
            raise Rejected(SYSTEM, f"POST {row.table.entity}", kept)

    def _may_get_contract(self, invoice: LedgerInvoice, refusal: Refused) -> bool:
        """Whether 1C wants a contract where there is none, and the settings know what to do."""
        return (
            self._base.config.technical_contract
            and "договор" in refusal.detail.lower()
            and invoice.counterparty is not None
            and "contract" in self._base.table(CLIENT).columns
        )

    def _give_contract(self, invoice: LedgerInvoice, word: str) -> None:
        table = self._base.table(word)
        row = self._base.entity(table, invoice.ref)
        if row is None or row.text("version") != invoice.version:
            raise Conflict(SYSTEM, POSTING, DraftChanged(number=invoice.number))
        if row.ref("contract") is not None or invoice.counterparty is None:
            raise Rejected(SYSTEM, POSTING, ContractUnfit(number=invoice.number))
        contract = self._contracts.technical(invoice.counterparty)
        column = table.columns["contract"]
        changed = self._base.session.change(
            table.entity, invoice.ref, {column.name: contract}, invoice.version
        )
        self._left_as[invoice.ref] = Row(changed, table).text("version")

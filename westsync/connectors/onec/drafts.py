"""Bodies of what is created through OData (1C contract 4.5, 4.7, 4.9.2, 4.9.5, 4.9.13)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.connectors.onec.config import SYSTEM
from westsync.connectors.onec.parties import ORGANISATION, PERSON
from westsync.connectors.onec.profiles import Form
from westsync.connectors.onec.tables import TYPE_PREFIX
from westsync.connectors.onec.values import EMPTY_REF, THOUSANDTH, wire_day, wire_moment
from westsync.domain.requisites import KOPECK
from westsync.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from decimal import Decimal
    from zoneinfo import ZoneInfo

    from westsync.connectors.onec.base import Organization
    from westsync.connectors.onec.tables import Column, Table
    from westsync.connectors.onec.values import Json
    from westsync.domain.ledger import Buyer, InvoiceLine, InvoiceSpec, LedgerRef

_LINE_WORDS = ("item", "quantity", "price", "amount", "vat_rate")


def invoice_body(
    table: Table,
    spec: InvoiceSpec,
    zone: ZoneInfo,
    *,
    organization: Organization,
    counterparty: LedgerRef,
    contract: LedgerRef | None,
    rouble: LedgerRef | None,
    items: Sequence[LedgerRef],
    item_entity: str,
) -> dict[str, Json]:
    """Return a draft; 1C gives it its number. ``Posted`` is never sent (4.5).

    Args:
        table: Invoices to clients, or suppliers' invoices.
        spec: What is invoiced.
        zone: Of the server's clock.
        organization: Who invoices.
        counterparty: For whom.
        contract: With whom; without one the empty reference travels.
        rouble: Its key; None where the base does not publish currencies.
        items: Article of each line.
        item_entity: The catalogue of articles.

    Raises:
        Rejected: This base writes positions in a way that westsync does not know.
    """
    body: dict[str, Json] = {
        "Ref_Key": spec.ref,
        "Date": wire_moment(spec.dated_at, zone),
    }
    _refer(body, table, "organization", organization.ref)
    _refer(body, table, "counterparty", counterparty)
    _refer(body, table, "contract", contract or EMPTY_REF)
    _refer(body, table, "currency", rouble)
    _refer(body, table, "bank_account", organization.bank_account)
    _put(body, table, "includes_vat", spec.prices_include_vat)
    _put(body, table, "total", spec.total.quantize(KOPECK))
    _put(body, table, "comment", spec.marker)
    lines = _lines_of(table)
    body[lines.entity] = [
        _line(lines, number, line, item, item_entity)
        for number, (line, item) in enumerate(zip(spec.lines, items, strict=True), start=1)
    ]
    return body


def add_incoming(body: dict[str, Json], table: Table, number: str, on: date) -> None:
    """Add the supplier's own number and date."""
    _put(body, table, "incoming_number", number.strip())
    _put(body, table, "incoming_date", wire_day(on))


def counterparty_body(table: Table, ref: LedgerRef, buyer: Buyer) -> dict[str, Json]:
    """Return a new counterparty."""
    body: dict[str, Json] = {"Ref_Key": ref}
    _put(body, table, "name", buyer.name)
    _put(body, table, "full_name", buyer.name)
    _put(body, table, "kind", ORGANISATION if buyer.is_organisation else PERSON)
    _put(body, table, "inn", buyer.inn)
    if buyer.kpp:
        _put(body, table, "kpp", buyer.kpp)
    return body


def contract_body(
    table: Table,
    ref: LedgerRef,
    name: str,
    *,
    owner: LedgerRef,
    organization: LedgerRef,
    kind: str,
    rouble: LedgerRef | None,
) -> dict[str, Json]:
    """Return a new contract."""
    body: dict[str, Json] = {"Ref_Key": ref}
    _put(body, table, "name", name)
    _put(body, table, "kind", kind)
    _refer(body, table, "owner", owner, "Catalog_Контрагенты")
    _refer(body, table, "organization", organization)
    _refer(body, table, "currency", rouble)
    return body


def _lines_of(table: Table) -> Table:
    lines = table.sections.get("lines")
    lacking = [word for word in _LINE_WORDS if lines is None or word not in lines.columns]
    if lines is None or lacking:
        raise Rejected(
            SYSTEM,
            f"create {table.entity}",
            f"positions have no {', '.join(lacking)} in this base; let the SOAP service create "
            "invoices (channels.invoices: soap)",
        )
    return lines


def _line(
    table: Table, number: int, line: InvoiceLine, item: LedgerRef, item_entity: str
) -> dict[str, Json]:
    """Return a row; without ``LineNumber`` БП answers 500 (4.5)."""
    row: dict[str, Json] = {"LineNumber": str(number)}
    _refer(row, table, "item", item, item_entity)
    _put(row, table, "content", line.name)
    _put(row, table, "quantity", _short(line.quantity.quantize(THOUSANDTH)))
    _put(row, table, "price", line.price.quantize(KOPECK))
    _put(row, table, "amount", line.amount.quantize(KOPECK))
    _put(row, table, "vat_rate", line.vat_rate)
    _put(row, table, "vat_amount", line.vat_amount.quantize(KOPECK))
    return row


def _put(body: dict[str, Json], table: Table, word: str, value: Json) -> None:
    column = table.columns.get(word)
    if column is not None:
        body[column.name] = value


def _refer(
    body: dict[str, Json], table: Table, word: str, ref: str | None, entity: str = ""
) -> None:
    """Write a reference in the form that the base has (4.3); an unknown one is left out."""
    column = table.columns.get(word)
    if column is not None and ref is not None:
        body |= reference_json(column, ref, entity)


def reference_json(column: Column, ref: str, entity: str) -> Mapping[str, Json]:
    """Return the properties of a reference."""
    if column.form is Form.COMPOSITE:
        return {column.name: ref, f"{column.name}_Type": TYPE_PREFIX + entity}
    return {column.name: ref}


def _short(quantity: Decimal) -> Json:
    """Return a whole quantity as a whole number."""
    return int(quantity) if quantity == quantity.to_integral_value() else quantity

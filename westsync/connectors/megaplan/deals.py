"""From Megaplan's deal to ours (contract 4.1, 4.9, 4.11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from westsync.connectors.megaplan import wire
from westsync.connectors.megaplan.values import (
    date_only,
    field_value,
    items,
    link_id,
    moment,
    money,
    number,
    plain_text,
    text,
)
from westsync.domain.records import (
    Attachment,
    ClientKind,
    CrmInvoice,
    DealRecord,
    Line,
    StageType,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from westsync.connectors.megaplan.values import Json

CLIENT_KINDS = {
    "ContractorHuman": ClientKind.PERSON,
    "ContractorCompany": ClientKind.ORGANISATION,
}

STAGE_TYPES = {kind.value: kind for kind in StageType}

# What a deal loses when the account hides a field: the fact that becomes unknown.
HIDEABLE = {
    "manager": "manager",
    "contractor": "client_id",
    "price": "price",
    "positions": "lines",
    "attaches": "attachments",
    "invoices": "invoices",
}


def deal_record(
    item: dict[str, Json], fields: Mapping[str, str], supplier_fields: Sequence[str] = ()
) -> DealRecord:
    """Return the deal.

    Args:
        item: The resolved object.
        fields: Fact name -> custom field of the account.
        supplier_fields: Custom fields of products that name the supplier.

    Raises:
        ValueError: It lacks what a deal cannot be without; the text names it.
    """
    deal = msgspec.convert(item, wire.Deal)
    if deal.content_type != "Deal":
        raise ValueError(f"{deal.content_type} came instead of a Deal")
    program, state = link_id(deal.program), link_id(deal.state)
    created, updated = moment(deal.time_created), moment(deal.time_updated)
    if program is None or state is None or created is None or updated is None:
        raise ValueError("one of program, state, timeCreated, timeUpdated is missing or unreadable")
    client = deal.contractor if isinstance(deal.contractor, dict) else {}
    return DealRecord(
        id=deal.id,
        number=text(deal.number) or deal.id,
        name=plain_text(deal.name),
        program_id=program,
        state_id=state,
        stage_type=_stage_type(deal),
        manager_id=link_id(deal.manager),
        client_id=link_id(client),
        client_kind=CLIENT_KINDS.get(text(client.get("contentType")), ClientKind.UNKNOWN),
        created_at=created,
        updated_at=updated,
        stage_entered_at=moment(deal.state_time_updated),
        price=money(deal.price),
        lines=tuple(_line(row, supplier_fields) for row in items(deal.positions)),
        attachments=attachments(deal.attaches),
        invoices=tuple(_invoice(one) for one in items(deal.invoices)),
        custom={fact: field_value(item[name]) for fact, name in fields.items() if name in item},
        hidden=_hidden_facts(deal, item, fields),
    )


def stage_type(value: object) -> StageType | None:
    """Return the outcome that a ``ProgramState.type`` or ``Deal.result`` means; None for others."""
    return STAGE_TYPES.get(text(value))


def attachments(value: object) -> tuple[Attachment, ...]:
    """Return the files of a deal or a comment."""
    return tuple(
        Attachment(
            id=text(file.get("id")),
            name=text(file.get("name")),
            at=moment(file.get("timeCreated")),
        )
        for file in items(value)
        if text(file.get("id"))
    )


def _stage_type(deal: wire.Deal) -> StageType | None:
    """Prefer the state's own word; lists may show states as bare links (contract 2.7)."""
    state = deal.state if isinstance(deal.state, dict) else {}
    return stage_type(state.get("type")) or stage_type(deal.result)


def _line(row: dict[str, Json], supplier_fields: Sequence[str]) -> Line:
    """A position holds a private copy of the catalogue's offer, so what it lacks may stand there.

    Whether a list shows the custom fields of that offer is unknown; `westsync doctor` tells.
    """
    offer = row.get("offer")
    offer = offer if isinstance(offer, dict) else {}
    original = offer.get("originalOffer")
    original = original if isinstance(original, dict) else {}
    return Line(
        article=text(offer.get("article")) or text(original.get("article")) or None,
        name=plain_text(row.get("name")) or plain_text(offer.get("name")),
        quantity=number(row.get("quantity")),
        price=money(row.get("price")),
        supplier=_supplier((offer, original), supplier_fields),
    )


def _supplier(offers: Sequence[dict[str, Json]], fields: Sequence[str]) -> str | None:
    """Return the first filled field: a text, the label of a choice, or the name of a linked card.

    Custom fields have these forms in cards (contract 4.11).
    """
    values = (field_value(offer.get(name)) for offer in offers for name in fields)
    for value in values:
        told = value[0] if isinstance(value, tuple) and value else value
        if isinstance(told, str) and told.strip():
            return told.strip()
    return None


def _invoice(invoice: dict[str, Json]) -> CrmInvoice:
    return CrmInvoice(
        id=text(invoice.get("id")),
        number=text(invoice.get("number")),
        status=text(invoice.get("status")),
        total=money(invoice.get("sum")),
        issued_on=date_only(invoice.get("invoiceDate")),
        paid_at=moment(invoice.get("actualPaymentDate")),
    )


def _hidden_facts(
    deal: wire.Deal, item: dict[str, Json], fields: Mapping[str, str]
) -> tuple[str, ...]:
    """Absent is hidden, null is empty (contract 2.7)."""
    standard = (fact for name, fact in HIDEABLE.items() if wire.hidden(getattr(deal, name)))
    custom = (fact for fact, name in fields.items() if name not in item)
    return (*standard, *custom)

"""The facts of a deal, joined from what was observed (catalogue: `westsync.domain.catalogue`)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from westsync.domain.facts import Facts, Unknown
from westsync.rules.contacts import Contacts
from westsync.rules.custom_facts import HIDDEN, custom_facts
from westsync.rules.ledger_facts import NOT_IN_1C, ledger_facts
from westsync.rules.ledger_picture import REJECTED
from westsync.rules.operators import is_empty
from westsync.rules.stock_facts import stock_facts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from westsync.domain.records import DealRecord, Line
    from westsync.rules.deal_seen import Observed
    from westsync.rules.fact_setup import FactSetup

_AN_HOUR = timedelta(hours=1)
# What nobody knows either when a part of the deal is hidden from our account.
_MADE_OF: Mapping[str, tuple[str, ...]] = {
    "lines": ("lines_count",),
    "attachments": ("client_data_received_at", "supplier_invoices"),
    "invoices": ("invoice_total", "invoice_issued_at"),
    "manager": ("manager_contact_at", "manager_talk_at"),
    "client_id": (
        "client_name",
        "client_kind",
        "client_phones",
        "client_emails",
        "client_inn",
        "client_kpp",
        "client_city",
        "duplicates",
    ),
}


_NO_FILES: Mapping[str, object] = {
    "attachments": (),
    "client_data_received_at": None,
    "supplier_invoices": (),
}
_NO_INVOICES: Mapping[str, object] = {
    "invoices": (),
    "invoice_total": None,
    "invoice_issued_at": None,
}


def deal_facts(seen: Observed, setup: FactSetup) -> Facts:
    """Join the facts of a deal.

    Args:
        seen: What was observed; parts that were not read make their facts unknown.
        setup: How to read this company's Megaplan.
    """
    values: dict[str, object] = {**setup.catalogue.blanks["deal"]}
    values |= _own(seen.deal, setup)
    values |= _files(seen.deal, setup)
    values |= custom_facts(seen.deal, setup)
    values |= _client(seen, setup)
    values |= _money(seen.deal, setup)
    if seen.ledger is not None:
        values |= ledger_facts(seen.deal, seen.ledger, values, setup)
        values["invoice_problem"] = seen.invoice_problem
    if seen.stock is not None:
        values |= stock_facts(seen.stock)
    values["documents_due_at"] = _documents_due_at(values, setup)
    notes: Mapping[str, str] = {}
    if seen.details.is_anything_known:
        contacts = Contacts(seen, setup)
        values |= contacts.facts(values)
        notes = contacts.notes()
    for part in seen.deal.hidden:
        hidden = (part, *_MADE_OF.get(part, ()))
        values |= {name: Unknown(HIDDEN) for name in hidden if name in values}
    values["missing"] = _missing(seen.deal, values, setup)
    return Facts(
        kind="deal",
        id=seen.deal.id,
        values=values,
        as_of=seen.as_of,
        source_as_of=seen.source_as_of,
        notes=notes,
        groups=setup.catalogue.groups["deal"],
    )


def _own(deal: DealRecord, setup: FactSetup) -> dict[str, object]:
    manager = setup.staff.login_of(deal.manager_id) if deal.manager_id is not None else None
    stage_type = deal.stage_type or setup.stage_types.get(deal.state_id)
    return {
        "id": deal.id,
        "number": deal.number or deal.id,
        "name": deal.name,
        "url": f"{setup.url}/deals/{deal.id}/card/",
        "pipeline": setup.pipelines.get(deal.program_id, f"#{deal.program_id}"),
        "stage": setup.stage_name(deal.program_id, deal.state_id),
        "stage_type": stage_type.value if stage_type is not None else Unknown("not told"),
        "created_at": deal.created_at,
        "updated_at": deal.updated_at,
        "stage_entered_at": deal.stage_entered_at or Unknown(HIDDEN),
        "manager": manager,
        "client_id": deal.client_id,
        "client_kind": deal.client_kind.value,
        "lines": tuple([_line(line) for line in deal.lines]),
        "lines_count": len(deal.lines),
        "price": deal.price,
    }


def _line(line: Line) -> dict[str, object]:
    return {
        "article": line.article,
        "name": line.name,
        "quantity": line.quantity,
        "price": line.price,
    }


def _files(deal: DealRecord, setup: FactSetup) -> Mapping[str, object]:
    if not deal.attachments:  # as nearly all deals at their beginning
        return _NO_FILES
    files = [(file, setup.attachment_kind(file.name)) for file in deal.attachments]
    received = [file.at or deal.updated_at for file, kind in files if kind == "requisites"]
    return {
        "attachments": tuple(
            {"name": file.name, "at": file.at, "kind": kind} for file, kind in files
        ),
        "client_data_received_at": min(received, default=None),
        "supplier_invoices": tuple(
            {"number": file.name, "state": "received", "amount": None, "attached_at": file.at}
            for file, kind in files
            if kind == "supplier_invoice"
        ),
    }


def _client(seen: Observed, setup: FactSetup) -> dict[str, object]:
    names = (
        "client_name",
        "client_phones",
        "client_emails",
        "client_inn",
        "client_kpp",
        "client_city",
    )
    client = seen.client
    if client is None:
        if seen.deal.client_id is None:
            return {
                **dict.fromkeys(names),
                "client_phones": (),
                "client_emails": (),
                "duplicates": (),
            }
        return dict.fromkeys((*names, "duplicates"), Unknown("the client was not read yet"))
    city = client.city
    if city is None and "city" in setup.catalogue.of("deal"):
        own = seen.deal.custom.get("city")
        city = own if isinstance(own, str) and own else None
    return {
        "client_name": client.name,
        "client_phones": client.phones,
        "client_emails": client.emails,
        "client_inn": client.inn,
        "client_kpp": client.kpp,
        "client_city": city,
        "client_kind": client.kind.value,
        "duplicates": tuple({"id": t.id, "name": t.name, "by": t.by} for t in seen.twins),
    }


def _money(deal: DealRecord, setup: FactSetup) -> Mapping[str, object]:
    if not deal.invoices:
        return _NO_INVOICES
    live = [invoice for invoice in deal.invoices if invoice.status != REJECTED]
    totals = [invoice.total for invoice in live if invoice.total is not None]
    days = [invoice.issued_on for invoice in live if invoice.issued_on is not None]
    return {
        "invoices": tuple(
            {
                "crm_id": invoice.id,
                "number": invoice.number,
                "status": invoice.status,
                "total": invoice.total,
                "issued_at": setup.begin_of(invoice.issued_on) if invoice.issued_on else None,
                **NOT_IN_1C,
            }
            for invoice in deal.invoices
        ),
        "invoice_total": sum(totals, Decimal(0)) if totals else None,
        "invoice_issued_at": setup.end_of(min(days)) if days else None,
    }


def _documents_due_at(values: Mapping[str, object], setup: FactSetup) -> object:
    """Return an hour before the close of the working day before a delivery (P6.1).

    Papers are printed after the money came, so they are never due before it.
    """
    delivery_at, paid_at = values.get("delivery_at"), values.get("fully_paid_at")
    if not isinstance(delivery_at, datetime):
        return delivery_at
    closing = setup.evening_before(delivery_at.astimezone(setup.zone).date())
    if closing is None:
        return delivery_at
    evening = closing - _AN_HOUR
    return max(evening, paid_at) if isinstance(paid_at, datetime) else evening


def _missing(
    deal: DealRecord, values: Mapping[str, object], setup: FactSetup
) -> tuple[str, ...] | Unknown:
    pipeline = setup.pipelines.get(deal.program_id, "")
    stage = setup.stage_name(deal.program_id, deal.state_id)
    required = setup.required.get(pipeline, {}).get(stage, ())
    absent = []
    for name in required:
        value = values.get(name)
        if isinstance(value, Unknown):
            return Unknown(f"{name}: {value.why}", value.groups)
        if is_empty(value) or value == "unknown":
            absent.append(name)
    return tuple(absent)

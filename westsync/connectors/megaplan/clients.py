"""From Megaplan's contractors and payers to our clients (contract 4.6, 4.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from westsync.connectors.megaplan import wire
from westsync.connectors.megaplan.deals import CLIENT_KINDS
from westsync.connectors.megaplan.values import (
    field_value,
    items,
    link_id,
    moment,
    number,
    phone_digits,
    plain_text,
    text,
)
from westsync.domain.records import ClientRecord, Payer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from westsync.connectors.megaplan.values import Json


def client_record(item: dict[str, Json], city_field: str | None) -> ClientRecord:
    """Return the client.

    Addresses in ``contactInfo`` are not looked at; INN and KPP belong to the payer (contract 4.7).

    Args:
        item: The resolved object.
        city_field: Custom field that holds the city; None if there is none.

    Raises:
        ValueError: It lacks what a client cannot be without; the text names it.
    """
    client = msgspec.convert(item, wire.Contractor)
    if client.content_type not in CLIENT_KINDS:
        raise ValueError(f"{client.content_type} is neither a person nor a company")
    created, updated = moment(client.time_created), moment(client.time_updated)
    if created is None or updated is None:
        raise ValueError("timeCreated or timeUpdated is missing or unreadable")
    deals = number(client.count_deals)
    responsibles = [link_id(one) for one in items(client.responsibles)]
    city = field_value(item.get(city_field)) if city_field else None
    return ClientRecord(
        id=client.id,
        kind=CLIENT_KINDS[client.content_type],
        name=plain_text(client.name),
        created_at=created,
        updated_at=updated,
        phones=_unique(phone_digits(raw) for raw in contacts(client.contact_info, "phone")),
        emails=_unique(raw.strip().lower() for raw in contacts(client.contact_info, "email")),
        city=city if isinstance(city, str) else None,
        deals_count=None if deals is None else int(deals),
        responsible_id=next((one for one in responsibles if one), None),
        gone=client.is_dropped is True,
    )


def nested_client(value: object, city_field: str | None) -> ClientRecord | None:
    """Return a client that came in full inside a deal; None if it came short.

    A short form would wipe out what the list of clients told, so it must hold the contacts.
    """
    if not isinstance(value, dict) or "contactInfo" not in value:
        return None
    if city_field is not None and city_field not in value:
        return None
    try:
        return client_record(value, city_field)
    except (ValueError, msgspec.ValidationError):
        return None


def payer_record(item: dict[str, Json]) -> Payer | None:
    """Return the payer; None for a dropped one or one without a client."""
    payer = msgspec.convert(item, wire.Payer)
    client = link_id(payer.contractor)
    if client is None or payer.is_dropped is True:
        return None
    return Payer(
        id=payer.id,
        client_id=client,
        inn=text(payer.inn).strip() or None,
        kpp=text(payer.kpp).strip() or None,
    )


def contacts(value: object, kind: str) -> list[str]:
    """Return the values of a contact list of one kind (phone, email), the main one first."""
    found = [one for one in items(value) if one.get("type") == kind and text(one.get("value"))]
    found.sort(key=lambda one: one.get("isMain") is not True)
    return [text(one.get("value")) for one in found]


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))

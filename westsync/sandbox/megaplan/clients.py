"""Clients and suppliers, and their payers, where the INN lives (contract 4.6, 4.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.sandbox.megaplan import company
from westsync.sandbox.megaplan.bodies import accept
from westsync.sandbox.megaplan.history import record_changes, record_creation
from westsync.sandbox.megaplan.wire import Doc, invalid, link, ref

if TYPE_CHECKING:
    from collections.abc import Callable

    from westsync.sandbox.megaplan.core import Core

KINDS = ("ContractorCompany", "ContractorHuman")


def create(core: Core, kind: str, body: object, by: Doc) -> Doc:
    """Create a client; a person's name is made of its parts.

    Raises:
        Refused: 422, e.g. a person without any name.
    """
    fields = accept(core, body, (kind,), creating=True)
    at = core.stamp()
    entity_id = core.store.next_id(kind)
    contacts = fields.pop("contactInfo", None) or []
    client = core.store.put(
        {
            "contentType": kind,
            "id": entity_id,
            "type": link("ContractorType", company.CLIENT_TYPE),
            "responsibles": [by],
            "description": "",
            "attaches": [],
            **_named(kind, fields),
            "contactInfo": contacts,
            "humanNumber": int(entity_id) - 1_000_000,
            "isDropped": False,
            "mergeInProgress": False,
            "timeCreated": at,
            "timeUpdated": at,
            "userCreated": by,
            "userUpdated": by,
        }
    )
    record_creation(core, client, by)
    return client


def update(core: Core, client: Doc, body: object, by: Doc) -> Doc:
    """Write the fields that were sent."""
    kind = str(client["contentType"])
    fields = accept(core, body, (kind,), creating=False)
    record_changes(core, client, by, {name: client.get(name) for name in fields}, fields)
    names = _named(kind, {**client, **fields}) if fields else {}
    return core.store.change(
        client,
        **fields,
        name=names.get("name", client["name"]),
        timeUpdated=core.stamp(),
        userUpdated=by,
    )


def drop(core: Core, client: Doc) -> Doc:
    """Delete softly: the client stays with ``isDropped`` (contract 6)."""
    return core.store.change(client, isDropped=True, timeUpdated=core.stamp())


def create_payer(core: Core, body: object, *, contractor: Doc | None = None) -> Doc:
    """Create requisites; not filled ones are empty texts (4.7)."""
    fields = accept(core, body, ("Payer",), creating=True)
    if contractor is not None:
        fields["contractor"] = link(*ref(contractor))
    return core.new(
        "Payer",
        **{
            **dict.fromkeys(("name", "inn", "kpp", "ogrn", "bank", "bik", "currentAccount"), ""),
            "contractor": None,
            **fields,
            "isDropped": False,
        },
    )


def update_payer(core: Core, payer: Doc, body: object) -> Doc:
    """Write the requisites that were sent."""
    return core.store.change(payer, **accept(core, body, ("Payer",), creating=False))


def everybody(core: Core) -> list[Doc]:
    """Return clients of both kinds, oldest first."""
    found = [doc for kind in KINDS for doc in core.store.all(kind)]
    return sorted(found, key=lambda doc: int(doc["id"]))


def find(core: Core, entity_id: str) -> Doc:
    """Return a client of either kind by id.

    Raises:
        Refused: 404.
    """
    found = core.store.get(KINDS[0], entity_id)
    return found or core.store.need(KINDS[1], entity_id)


def search(core: Core, text: str) -> list[Doc]:
    """Find clients of both kinds by part of the name, phone digits or e-mail (4.6)."""
    needle = text.strip().casefold()
    digits = "".join(filter(str.isdigit, text))
    found = []
    for client in everybody(core):
        by_phone = len(digits) >= 5 and any(digits[-10:] in phone for phone in _phones(client))
        by_text = needle and any(needle in part for part in (_name(client), *_mails(client)))
        if not client["isDropped"] and (by_phone or by_text):
            found.append(client)
    return found


def duplicates(core: Core, sample: Doc, *, but: Doc | None = None) -> list[Doc]:
    """Return clients with the same phone, e-mail or name as the sample (4.6)."""
    phones, mails, name = set(_phones(sample)), set(_mails(sample)), _name(sample)
    return [
        client
        for client in everybody(core)
        if not client["isDropped"]
        and (but is None or ref(client) != ref(but))
        and (
            phones.intersection(_phones(client))
            or mails.intersection(_mails(client))
            or (name and name == _name(client))
        )
    ]


def _named(kind: str, fields: Doc) -> Doc:
    if kind == "ContractorCompany":
        return fields
    parts = [str(fields.get(part) or "") for part in ("lastName", "firstName", "middleName")]
    name = " ".join(part for part in parts if part)
    if not name:
        raise invalid("Поле обязательно для заполнения", "firstName")
    return {**fields, "name": name}


def _contacts(client: Doc, kind: str) -> list[str]:
    return [
        str(item.get("value", ""))
        for item in client.get("contactInfo") or []
        if isinstance(item, dict) and item.get("type") == kind
    ]


def _phones(client: Doc) -> list[str]:
    numbers = ("".join(filter(str.isdigit, text)) for text in _contacts(client, "phone"))
    return [number[-10:] for number in numbers if number]


def _mails(client: Doc) -> list[str]:
    return [text.casefold() for text in _contacts(client, "email")]


def _name(client: Doc) -> str:
    return str(client.get("name") or "").casefold()


def deals_of(core: Core, client: Doc) -> list[Doc]:
    """Return the client's deals."""
    return core.store.pointing("Deal", "contractor", ref(client))


def _active(core: Core, client: Doc) -> int:
    states = (core.store.need(*ref(deal["state"])) for deal in deals_of(core, client))
    return sum(state["type"] == "active" for state in states)


def _last_deal(core: Core, client: Doc) -> object:
    created = [deal["timeCreated"] for deal in deals_of(core, client)]
    return max(created, key=lambda at: str(at["value"]), default=None)


COMPUTED: dict[str, Callable[[Core, Doc, str], object]] = {
    "countDeals": lambda core, client, _: len(deals_of(core, client)),
    "countActiveDeals": lambda core, client, _: _active(core, client),
    "lastDealDate": lambda core, client, _: _last_deal(core, client),
    "payers": lambda core, client, _: core.store.pointing("Payer", "contractor", ref(client)),
    "todos": lambda core, client, _: core.store.pointing("Todo", "relations", ref(client)),
}

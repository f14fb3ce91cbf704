"""Reading the body of an event: which object, what happened, and nothing else (contract 5)."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import msgspec

from westsync.domain.hints import Arrival, Happened
from westsync.domain.intents import ObjectRef

_KINDS = {
    "Deal": "deal",
    "Task": "task",
    "ContractorHuman": "client",
    "ContractorCompany": "client",
}
_HAPPENED = {
    "on_after_create": Happened.CREATED,
    "on_after_update": Happened.UPDATED,
    "on_after_drop": Happened.DROPPED,
}
# The id goes into the path of a request of ours.
_ID = re.compile(r"[0-9]{1,19}")
_IDENTITY_BYTES = 16


class Unreadable(ValueError):
    """The body is empty or no event; Megaplan wants it accepted all the same (contract 5)."""


class Foreign(ValueError):
    """The event is of another application than the configured one."""


class _About(msgspec.Struct, rename="camel", gc=False):
    # What is believed of these is checked below; anything may stand there.
    uuid: Any = None
    integration_uuid: Any = None
    model: Any = None


class _Event(msgspec.Struct, rename="camel", gc=False):
    event: Any = None
    data: Any = None
    account_info: Any = None


def read_event(body: bytes, integration: str | None) -> Arrival:
    """Return what an event says.

    Also a request of a program's scenario is understood, of which only ``data.deal.Id`` can be
    relied on (contract 5).

    Args:
        body: As it came.
        integration: Only events of this application are taken; None: of any.

    Raises:
        Unreadable: It is no JSON object with an event in it.
        Foreign: It names another application, or none.
    """
    try:
        event = msgspec.json.decode(body, type=_Event)
        about = msgspec.convert(event.account_info or {}, _About)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        raise Unreadable from exc
    if not isinstance(event.data, dict):
        raise Unreadable
    of_scenario = event.event is None and isinstance(event.data.get("deal"), dict)
    if integration is not None and not of_scenario:
        _must_be_of(integration, about.integration_uuid)
    identity = about.uuid.encode() if isinstance(about.uuid, str) and about.uuid else body
    return Arrival(
        identity=hashlib.blake2b(identity, digest_size=_IDENTITY_BYTES).digest(),
        obj=_requested_deal(event.data["deal"]) if of_scenario else _object(event.data, about),
        happened=_HAPPENED.get(str(event.event), Happened.UPDATED),
    )


def _must_be_of(integration: str, named: object) -> None:
    if not isinstance(named, str) or named.strip().lower() != integration.strip().lower():
        raise Foreign


def _object(data: dict[str, Any], about: _About) -> ObjectRef | None:
    model = about.model if isinstance(about.model, str) else data.get("contentType")
    kind = _KINDS.get(model) if isinstance(model, str) else None
    return _ref(kind, data.get("id"))


def _requested_deal(deal: dict[str, Any]) -> ObjectRef | None:
    return _ref("deal", deal.get("Id"))


def _ref(kind: str | None, value: object) -> ObjectRef | None:
    """Return the object; None for a kind that westsync does not watch, or an id that is none."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if kind is None or not _ID.fullmatch(text):
        return None
    return ObjectRef(kind=kind, id=text)

"""What a rule test expects to happen, compared with what the rule wants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from westsync.domain.actions import (
    ACTION_NAMES,
    Action,
    AskSupplier,
    AttachFile,
    CloseTask,
    CommentDeal,
    CreateInvoice,
    EnsureTask,
    JoinDigest,
    LinkTask,
    MoveDeal,
    Notify,
    PostInvoice,
    PrintInvoice,
    SendReport,
    SetDealField,
    SetInvoiceStatus,
)
from westsync.domain.places import Map, Node, Scalar, plain
from westsync.rules.reading import Problems, Reader, as_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from westsync.domain.intents import Intent
    from westsync.domain.ledger import InvoiceSpec
    from westsync.domain.people import Staff

_PARTS = (
    "to",
    "title",
    "body",
    "text",
    "note",
    "due",
    "urgent",
    "via",
    "field",
    "value",
    "stage",
    "step",
    "repeat",
)
# A test may name a part of a text; the rest of it is free.
_TEXTS = frozenset({"title", "body", "text", "note"})


@dataclass(frozen=True, slots=True)
class Effect:
    """One expected effect: an action, and those of its parts that the test cares about."""

    action: str
    parts: Mapping[str, object]


def read_effect(node: Node, problems: Problems) -> Effect | None:
    """Read ``task.close`` or ``{task.ensure: {to: ...}}``; None after a mistake."""
    body: Node | None = None
    if isinstance(node, Map) and len(node.entries) == 1:
        name, place, body = node.entries[0]
    elif isinstance(node, Scalar):
        name, place = as_text(node) or "", node.place
    else:
        problems.add(node.place, "an effect is 'task.close' or {task.ensure: {to: ...}}")
        return None
    if name not in ACTION_NAMES.values():
        problems.unknown(place, "action", name, "", ACTION_NAMES.values())
        return None
    if body is None:
        return Effect(name, {})
    if not isinstance(body, Map):
        problems.add(body.place, f"'{name}' takes a mapping of its parts")
        return None
    Reader(body, f"expected {name}", problems).allow(*_PARTS)
    return Effect(name, {key: plain(value) for key, _, value in body.entries})


class Comparison:
    """Compares expected effects with intents."""

    def __init__(self, staff: Staff, zone: ZoneInfo) -> None:
        """Bind whom and when a test means.

        Args:
            staff: Turns employee ids into logins.
            zone: Office zone, in which due times are written.
        """
        self._staff = staff
        self._zone = zone

    def differences(
        self, expected: Iterable[tuple[Node, Effect]], intents: Iterable[Intent]
    ) -> Iterator[str]:
        """Yield what did not come, what came differently and what was not expected."""
        left = list(intents)
        for node, effect in expected:
            same = [intent for intent in left if _name(intent) == effect.action]
            found = next((i for i in same if not any(self._deviations(effect, i))), None)
            if found is None and not same:
                yield f"{node.place}: expected {effect.action} did not come"
                continue
            if found is None:
                found = same[0]
                for deviation in self._deviations(effect, found):
                    yield f"{node.place}: {effect.action}: {deviation}"
            left.remove(found)
        for intent in left:
            yield f"unexpected {self._described(intent)}"

    def _deviations(self, effect: Effect, intent: Intent) -> Iterator[str]:
        if intent.defect is not None:
            yield f"it cannot be done: {intent.defect}"
            return
        got = {"step": intent.step, "repeat": intent.repeat} | self._parts(intent.action)
        for key, wanted in effect.parts.items():
            value = got.get(key)
            if not self._fits(key, wanted, value):
                yield f"{key} is {value!r}, expected {wanted!r}"

    def _parts(self, action: Action) -> dict[str, object]:
        match action:
            case EnsureTask():
                return {
                    "to": [self._staff.login_of(action.assignee)],
                    "title": action.title,
                    "body": action.body,
                    "text": action.body,
                    "due": self._clock(action.deadline),
                    "urgent": action.urgent,
                }
            case CloseTask():
                return {"note": action.note}
            case Notify():
                return {
                    "to": self._logins(action),
                    "title": action.subject,
                    "text": action.text,
                    "via": action.via,
                    "urgent": action.urgent,
                }
            case AskSupplier():
                return {"to": [action.to], "title": action.subject, "text": action.text}
            case CommentDeal():
                return {"text": action.text}
            case SetDealField():
                return {"field": action.field, "value": action.value}
            case MoveDeal():
                return {"stage": action.stage_name}
            case SendReport():
                return {
                    "to": self._written_to(action.to),
                    "title": action.report,
                    "since": action.since,
                }
            case CreateInvoice():
                return {"to": [action.spec.buyer.name], "text": _bill_text(action.spec)}
            case SetInvoiceStatus():
                return {"field": action.invoice, "value": action.status}
            case PrintInvoice():
                return {"field": action.form, "value": action.name}
            case LinkTask() | PostInvoice() | AttachFile() | JoinDigest():
                return {}
            case _:
                assert_never(action)

    def _logins(self, notice: Notify) -> list[str]:
        if notice.via == "megaplan":
            return [self._staff.login_of(crm_id) for crm_id in notice.to]
        return self._written_to(notice.to)

    def _written_to(self, addresses: Iterable[str]) -> list[str]:
        return [self._staff.login_of_email(address) or address for address in addresses]

    def _clock(self, moment: datetime) -> str:
        return f"{moment.astimezone(self._zone):%Y-%m-%d %H:%M}"

    def _fits(self, key: str, wanted: object, value: object) -> bool:
        if key == "to" and isinstance(value, list):
            names = wanted if isinstance(wanted, list) else [wanted]
            return all(self._is_among(str(name), frozenset(value)) for name in names)
        if key in _TEXTS and value is not None:
            return str(wanted) in str(value)
        return str(wanted) == str(value)

    def _is_among(self, name: str, logins: frozenset[str]) -> bool:
        """Return whether a login, mail address or member of a role is among those addressed."""
        name = self._staff.login_of_email(name) or name
        members = self._staff.members(name.removeprefix("role:"))
        return name.removeprefix("user:") in logins or not logins.isdisjoint(members)

    def _described(self, intent: Intent) -> str:
        parts = self._parts(intent.action)
        shown = [f"{key} {parts[key]!r}" for key in ("to", "title", "note", "text") if key in parts]
        return " ".join([_name(intent), *shown[:2]])


def _bill_text(spec: InvoiceSpec) -> str:
    """Return an invoice in one line for rule tests: its sum and positions."""
    lines = ", ".join(f"{line.name} x {line.quantity.normalize():f}" for line in spec.lines)
    return f"{spec.total}: {lines}"


def _name(intent: Intent) -> str:
    return ACTION_NAMES[type(intent.action)]

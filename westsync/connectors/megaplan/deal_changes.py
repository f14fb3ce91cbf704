"""Changing a deal: a custom field, its stage, its files (contract 4.1, 4.10, 4.11)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from westsync.connectors.megaplan.auth import SYSTEM
from westsync.connectors.megaplan.config import TransitionForm
from westsync.connectors.megaplan.programs import FieldKind, deal_fields
from westsync.connectors.megaplan.protocol import Endpoint, deal_update_body, link, links
from westsync.connectors.megaplan.values import (
    date_json,
    escaped,
    field_value,
    items,
    link_id,
    moment_json,
    number,
    plain_text,
    text,
)
from westsync.errors import OutcomeUnknown, Rejected, Unavailable
from westsync.ports import Receipt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from westsync.connectors.megaplan.config import MegaplanConfig
    from westsync.connectors.megaplan.session import Session
    from westsync.connectors.megaplan.values import Json
    from westsync.domain.actions import MoveDeal, SetDealField

SETS = 3
TRUE_WORDS = frozenset({"true", "да", "yes", "1"})
FALSE_WORDS = frozenset({"false", "нет", "no", "0"})


class DealChanger:
    """Reads before it writes and compares afterwards; there is no version to lock on."""

    def __init__(self, session: Session, config: MegaplanConfig) -> None:
        """Prepare; nothing is sent."""
        self._session = session
        self._config = config
        self._fields: dict[str, dict[str, FieldKind]] = {}

    def set_field(self, change: SetDealField) -> Receipt:
        """Set a custom field to a text, a number, a date or a truth, as its kind asks for.

        An interrupted write is read back before it is repeated, because a repetition would run
        the account's scenarios again.

        Raises:
            Rejected: The field is unknown or closed to us, the value does not fit its kind, or
                the account kept another value.
            Unavailable: It is not known to have been written; setting again is harmless.
        """
        operation = f"set {change.field} of deal {change.deal}"
        name = self._config.fields.get(change.field)
        if name is None:
            raise Rejected(SYSTEM, operation, "no custom field is configured for it")
        card = self._card(change.deal)
        wanted = self._value_json(card, name, change.value, operation)
        interrupted: Unavailable | None = None
        for _ in range(SETS):
            if field_value(card.get(name)) == field_value(wanted):
                return Receipt(ref=change.deal, note="" if interrupted else "already set")
            _refuse_closed_field(card, name, operation)
            try:
                answer = self._session.update(
                    Endpoint.DEAL_UPDATE, change.deal, deal_update_body(change.deal, {name: wanted})
                )
            except Unavailable as exc:
                interrupted = exc
                card = self._card(change.deal)
                continue
            self._compare(answer.data, change, name, wanted, operation)
            return Receipt(ref=change.deal)
        raise interrupted or Unavailable(SYSTEM, operation, "the account did not take it")

    def move(self, move: MoveDeal) -> Receipt:
        """Move along the transition that leads to the stage, if it is enabled and asks nothing.

        Raises:
            Rejected: No such transition now, it is disabled, or it needs a person's input.
            OutcomeUnknown: It may still be running; the card tells later.
        """
        operation = f"move deal {move.deal} to {move.stage_name}"
        card = self._card(move.deal)
        if link_id(card.get("state")) == move.stage:
            return Receipt(ref=move.deal, note="already there")
        transition = _transition(card, move, operation)
        answer = self._session.create(
            Endpoint.DEAL_TRANSITION, move.deal, self._transition_body(transition), "Deal"
        )
        state = link_id(answer.get("state")) or link_id(self._card(move.deal).get("state"))
        if state != move.stage:
            raise OutcomeUnknown(SYSTEM, operation, f"it was accepted, yet the deal is in {state}")
        return Receipt(ref=move.deal)

    def attach(self, deal: str, files: Sequence[str]) -> Receipt:
        """Attach uploaded files; the list replaces the field, so the old ones are sent too."""
        card = self._card(deal)
        old = [text(file.get("id")) for file in items(card.get("attaches"))]
        missing = [file for file in files if file not in old]
        if not missing:
            return Receipt(ref=deal, note="already attached")
        body = deal_update_body(deal, {"attaches": links("File", [*old, *missing])})
        self._session.update(Endpoint.DEAL_UPDATE, deal, body)
        return Receipt(ref=deal)

    def files_named(self, deal: str, name: str) -> Sequence[Receipt]:
        """Return the attached files of this name, oldest first."""
        return [
            Receipt(ref=text(file.get("id")), note=name)
            for file in items(self._card(deal).get("attaches"))
            if text(file.get("name")) == name
        ]

    def _card(self, deal: str) -> dict[str, Json]:
        return self._session.get_entity(Endpoint.DEAL, deal, "Deal")

    def _compare(
        self, answer: Json, change: SetDealField, name: str, wanted: Json, operation: str
    ) -> None:
        """The answer shows what was kept; where it does not, the card does."""
        kept = answer if isinstance(answer, dict) and name in answer else self._card(change.deal)
        if field_value(kept.get(name)) != field_value(wanted):
            raise Rejected(SYSTEM, operation, "accepted, yet the field holds another value")

    def _value_json(self, card: dict[str, Json], name: str, value: str, operation: str) -> Json:
        if not value:
            return None
        field = self._field(text(link_id(card.get("program"))), name)
        try:
            return value_for(field, value, self._config.zone)
        except ValueError as exc:
            raise Rejected(SYSTEM, operation, str(exc)) from exc

    def _field(self, program: str, name: str) -> FieldKind | None:
        if program not in self._fields:
            found = deal_fields(self._session, program)
            self._fields[program] = {field.name: field for field in found}
        return self._fields[program].get(name)

    def _transition_body(self, transition: str) -> dict[str, Json]:
        match self._config.transition_form:
            case TransitionForm.RAML:
                return link("ProgramTransition", transition)
            case TransitionForm.SHORT:
                return {"transition": int(transition) if transition.isdigit() else transition}


def value_for(field: FieldKind | None, value: str, zone: str) -> Json:
    """Return a text as the JSON that a field's kind takes (contract 4.11).

    Args:
        field: Description of the field; None if the account did not describe it: sent as text.
        value: Not empty. Dates and moments are ISO 8601, a moment with its offset.
        zone: IANA zone in which a moment is sent.

    Raises:
        ValueError: The text does not fit the kind; says how it should look.
    """
    match field.kind if field else "StringField":
        case "BoolField":
            return _truth(value)
        case "IntegerField" | "BigIntField" | "RatingField":
            return int(_number(value))
        case "FloatField":
            return float(_number(value))
        case "MoneyField":
            return {"contentType": "Money", "currency": "RUB", "value": float(_number(value))}
        case "DateField":
            return date_json(_date(value))
        case "DateTimeField":
            return moment_json(_moment(value), zone)
        case "EnumField":
            if field and field.choices and value not in field.choices:
                raise ValueError(f"{value!r} is none of {', '.join(field.choices)}")
            return value
        case "StringField":
            return escaped(value)
        case kind:
            raise ValueError(f"a field of kind {kind} cannot be set from a text")


def _truth(value: str) -> bool:
    word = value.strip().lower()
    if word not in TRUE_WORDS | FALSE_WORDS:
        raise ValueError(f"{value!r} is neither 'да' nor 'нет'")
    return word in TRUE_WORDS


def _number(value: str) -> float:
    read = number(value)
    if read is None:
        raise ValueError(f"{value!r} is no number")
    return float(read)


def _date(value: str) -> date:
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        raise ValueError(f"{value!r} is no date like 2026-11-24") from None


def _moment(value: str) -> datetime:
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{value!r} is no moment like 2026-11-24T12:00+03:00") from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _refuse_closed_field(card: dict[str, Json], name: str, operation: str) -> None:
    editable = card.get("editableFields")
    if isinstance(editable, list) and editable and name not in editable:
        raise Rejected(SYSTEM, operation, "the account may not edit this field; give it the right")


def _transition(card: dict[str, Json], move: MoveDeal, operation: str) -> str:
    """Return the id of the transition to take (contract 4.1)."""
    ways = [
        way
        for way in items(card.get("possibleTransitions"))
        if link_id(way.get("to")) == move.stage
    ]
    if not ways:
        raise Rejected(SYSTEM, operation, "no transition leads there from its present stage")
    enabled = [way for way in ways if way.get("enabled") is not False]
    if not enabled:
        reasons = ways[0].get("reasons")
        why = "; ".join(plain_text(one) for one in reasons) if isinstance(reasons, list) else ""
        raise Rejected(SYSTEM, operation, f"the transition is disabled: {why or 'no reason given'}")
    free = [way for way in enabled if not _asks_input(way)]
    if not free:
        raise Rejected(SYSTEM, operation, "the transition asks for input; a person must move it")
    return text(free[0].get("id"))


def _asks_input(way: dict[str, Json]) -> bool:
    return any(step.get("needRuntimeParams") is True for step in items(way.get("operations")))

"""Who did what with a deal, task or client, from its journal and comments (contract 4.12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from westsync.connectors.megaplan import wire
from westsync.connectors.megaplan.values import items, link_id, moment, plain_text, text
from westsync.domain.records import Touch, TouchKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from westsync.connectors.megaplan.values import Json


def touches(
    history: Iterable[dict[str, Json]], facts: Mapping[str, str] | None = None
) -> tuple[Touch, ...]:
    """Return the touches of a journal, oldest first, each once.

    Types that say nothing about people's work (``BasedOnHistory``, ``TriggerLogSet``, ...) and
    unknown ones are ignored, as the contract says.

    Args:
        history: Items of the journal and comments, in any order.
        facts: Fact -> custom field of the account; an edit of such a field carries the fact's name.
    """
    names = {field: fact for fact, field in (facts or {}).items()}
    found: dict[str, Touch] = {}
    for item in history:
        touch = _touch(item, names)
        if touch is not None:
            found.setdefault(touch.id, touch)
    return tuple(sorted(found.values(), key=lambda touch: (touch.at, touch.id)))


def _touch(item: dict[str, Json], names: Mapping[str, str]) -> Touch | None:
    try:
        match item.get("contentType"):
            case "Comment":
                return _comment(msgspec.convert(item, wire.Comment))
            case "Changeset":
                return _changeset(msgspec.convert(item, wire.Changeset), names)
            case _:
                return None
    except msgspec.ValidationError:
        return None


def _comment(comment: wire.Comment) -> Touch | None:
    at = moment(comment.time_created)
    if at is None or comment.is_dropped is True:
        return None
    author, made_by = _author(comment.owner)
    return Touch(
        id=f"Comment/{comment.id}",
        at=at,
        kind=TouchKind.COMMENT,
        author_id=author,
        generated_by=made_by,
        text=plain_text(comment.content),
    )


def _changeset(changeset: wire.Changeset, names: Mapping[str, str]) -> Touch | None:
    changes = items(changeset.changes)
    at = moment(changeset.time_created) or _first_moment(changes)
    if at is None:
        return None
    author, made_by = _author(changeset.author or _first(changes, "author"))
    return Touch(
        id=f"Changeset/{changeset.id}",
        at=at,
        kind=_kind(changeset, changes),
        author_id=author,
        generated_by=generator(changeset.generated_by) or made_by,
        fields=tuple(_field_name(change, names) for change in changes if text(change.get("field"))),
    )


def _kind(changeset: wire.Changeset, changes: list[dict[str, Json]]) -> TouchKind:
    if text(changeset.type) == "create":
        return TouchKind.CREATION
    if any(change.get("field") == "state" for change in changes):
        return TouchKind.STAGE
    return TouchKind.EDIT


def _field_name(change: dict[str, Json], names: Mapping[str, str]) -> str:
    name = text(change.get("field"))
    name = names.get(name, name)
    state = link_id(change.get("newValue")) if name == "state" else None
    return f"state={state}" if state else name


def generator(value: object) -> str | None:
    """Return what made an entry if no person did: ``trigger``, ``scenario`` or the type's name.

    Args:
        value: ``generatedBy``: an entity or value of the account; null and empty PHP arrays mean
            that a person acted.
    """
    if not value or wire.hidden(value):
        return None
    kind = text(value.get("contentType")) if isinstance(value, dict) else text(value)
    for known in ("trigger", "scenario"):
        if known in kind.lower():
            return known
    return kind or "generated"


def _author(value: object) -> tuple[str | None, str | None]:
    """Return the employee who acted, or the type of whoever acted if it was none.

    A client writing through his portal (``ContractorHuman``) and the system itself
    (``EntityDescription``) are no work of an employee.
    """
    author = link_id(value)
    kind = text(value.get("contentType")) if isinstance(value, dict) else ""
    if kind not in {"", "Employee"}:
        return None, kind
    return author, None


def _first(changes: list[dict[str, Json]], key: str) -> Json:
    return next((change[key] for change in changes if change.get(key)), None)


def _first_moment(changes: list[dict[str, Json]]) -> datetime | None:
    return moment(_first(changes, "timeCreated"))

"""The journal of an entity: who changed what, what was linked, through which states (4.12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.sandbox.megaplan.wire import Doc, bare, invalid, is_link, link, ref

if TYPE_CHECKING:
    from collections.abc import Iterable

    from westsync.sandbox.megaplan.core import Core


def record_changes(
    core: Core,
    entity: Doc,
    by: Doc,
    old: Doc,
    new: Doc,
    *,
    generated_by: Doc | None = None,
) -> None:
    """Write a changeset of the fields that differ.

    For array fields one change carries the additions and another the removals (4.12).

    Args:
        core: The account.
        entity: What was changed.
        by: Link to the author.
        old: Former values of the fields that were written.
        new: Their present values.
        generated_by: Link to the trigger that did it; None for a person's own act.
    """
    changes = [
        change
        for field, value in new.items()
        if old.get(field) != value
        for change in _changes(field, old.get(field), value)
    ]
    if changes:
        _changeset(core, entity, by, changes=changes, kind="", generated_by=generated_by)


def record_creation(core: Core, entity: Doc, by: Doc, *, generated_by: Doc | None = None) -> None:
    """Write the changeset of type ``create``."""
    _changeset(core, entity, by, changes=[], kind="create", generated_by=generated_by)


def record_link(core: Core, one: Doc, other: Doc, by: Doc, *, unlink: bool = False) -> None:
    """Write that two entities were linked or unlinked; it shows on both sides."""
    core.new(
        "BasedOnHistory",
        timeCreated=core.stamp(),
        unlink=unlink,
        basedModel=bare(one),
        generatedModel=bare(other),
        user=by,
        description="",
    )


def record_state(core: Core, deal: Doc, by: Doc, former: Doc, entered_by: Doc) -> None:
    """Write the passage from one state into the deal's present one (4.1)."""
    core.new(
        "DealStatusHistory",
        fromStatus=former["state"],
        toStatus=deal["state"],
        fromStatusUpdated=former["stateTimeUpdated"],
        toStatusUpdated=deal["stateTimeUpdated"],
        fromStatusUser=entered_by,
        toStatusUser=by,
        _deal=bare(deal),
    )


def record_trigger(core: Core, entity: Doc, trigger: Doc, by: Doc) -> None:
    """Write the log of a trigger that ran on an entity."""
    core.new(
        "TriggerLogSet",
        timeCreated=core.stamp(),
        message=core.store.need(*ref(trigger))["name"],
        result="success",
        rows=[],
        user=by,
        programInstance=bare(entity),
    )


def found_in(found: list[Doc], text: str) -> list[Doc]:
    """Return the items of a journal that say a text: in a comment, or in a change's words."""
    needle = text.casefold()
    return [doc for doc in found if any(needle in said.casefold() for said in _words_of(doc))]


def _words_of(doc: Doc) -> list[str]:
    changes = [str(change.get("description") or "") for change in doc.get("changes", ())]
    return [str(doc.get("content") or ""), *changes]


def history_of(core: Core, entity: Doc, filters: object) -> list[Doc]:
    """Return the mixed journal, newest first.

    Args:
        core: The account.
        entity: Whose journal.
        filters: ``Self`` hides links, ``Item`` changes nothing; anything else is 422 (4.12).
    """
    wanted = filters if isinstance(filters, list) else [filters] if filters else []
    if any(name not in {"Self", "Item"} for name in wanted):
        raise invalid("filters accepts 'Self' and 'Item' only", "filters")
    target = ref(entity)
    found = [
        *core.store.pointing("Changeset", "entity", target),
        *core.store.pointing("Comment", "subject", target),
        *core.store.pointing("TriggerLogSet", "programInstance", target),
    ]
    if "Self" not in wanted:
        found += core.store.pointing("BasedOnHistory", "basedModel", target)
        found += core.store.pointing("BasedOnHistory", "generatedModel", target)
    found.sort(key=lambda doc: str(doc["timeCreated"]["value"]))
    return found[::-1]  # of one second the later one stands first too


def _changeset(
    core: Core,
    entity: Doc,
    by: Doc,
    *,
    changes: list[Doc],
    kind: str,
    generated_by: Doc | None,
) -> None:
    core.new(
        "Changeset",
        type=kind,
        timeCreated=core.stamp(),
        author=by,
        entity=bare(entity),
        changes=changes,
        changesCount=len(changes),
        generatedBy=generated_by,
    )


def _changes(field: str, old: object, new: object) -> Iterable[Doc]:
    if isinstance(old, list) or isinstance(new, list):
        before = old if isinstance(old, list) else []
        after = new if isinstance(new, list) else []
        added = [item for item in after if item not in before]
        removed = [item for item in before if item not in after]
        if added:
            yield _change(field, None, added)
        if removed:
            yield _change(field, removed, None)
        return
    yield _change(field, old, new)


def _change(field: str, old: object, new: object) -> Doc:
    return {
        "contentType": "FieldChange",
        "field": field,
        "oldValue": _short(old),
        "newValue": _short(new),
        "description": f"Изменено поле {field}",
    }


def _short(value: object) -> object:
    return link(*ref(value)) if isinstance(value, dict) and is_link(value) else value

"""How two plans differ: what is gone, what is new, what only moved."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from westsync.cli.main import DONE, FOUND
from westsync.cli.output import as_text, emit, say, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Item = dict[str, object]
"""An intent as `westsync plan --json` shows it, or a step that is not due yet."""

AHEAD = "ahead"
"""State of a step that is not due yet; its ``due`` is when it will be."""

_Step = tuple[object, ...]


def items_of(document: Mapping[str, object]) -> list[Item]:
    """Return the intents of a plan, as they look in JSON."""
    plain = json.loads(as_text(document)).get("intents")
    return [item for item in plain if isinstance(item, dict)] if isinstance(plain, list) else []


def show_difference(
    before: Mapping[str, object], after: Mapping[str, object], *, as_json: bool
) -> int:
    """Print what is gone, new and moved, and return 1 if anything is, else 0.

    A step that is due now by one plan and later by the other has moved.
    """
    old = {str(item["key"]): item for item in items_of(before)}
    new = {str(item["key"]): item for item in items_of(after)}
    moved = [
        item | {"due_before": old[key]["due"]}
        for key, item in new.items()
        if key in old and old[key]["due"] != item["due"]
    ]
    gone = _by_step(item for key, item in old.items() if key not in new)
    came = _by_step(item for key, item in new.items() if key not in old)
    for step in [step for step in came if _only_moved(gone.get(step, []), came[step])]:
        due_before = gone.pop(step)[0]["due"]
        moved += [item | {"due_before": due_before} for item in came.pop(step)]
    _print(_flat(gone), _flat(came), sorted(moved, key=_key), as_json=as_json)
    return FOUND if gone or came or moved else DONE


def _by_step(items: Iterable[Item]) -> dict[_Step, list[Item]]:
    found: dict[_Step, list[Item]] = {}
    for item in items:
        step = tuple(item[name] for name in ("account", "rule", "object", "step"))
        found.setdefault(step, []).append(item)
    return found


def _only_moved(gone: list[Item], came: list[Item]) -> bool:
    """Return whether a step is in both plans, and in one of them not due yet."""
    return bool(gone) and any(item["state"] == AHEAD for item in (*gone, *came))


def _flat(by_step: Mapping[_Step, list[Item]]) -> list[Item]:
    return sorted((item for items in by_step.values() for item in items), key=_key)


def _key(item: Item) -> str:
    return str(item["key"])


def _print(gone: list[Item], came: list[Item], moved: list[Item], *, as_json: bool) -> None:
    if as_json:
        emit({"gone": gone, "new": came, "moved": moved})
        return
    marked = [("-", gone), ("+", came), ("~", moved)]
    rows = [(mark, item) for mark, items in marked for item in items]
    if not rows:
        say("no difference")
        return
    table(
        ["", "kind", "rule", "object", "to", "what", "due", "before"],
        [_row(mark, item) for mark, item in sorted(rows, key=lambda row: _key(row[1]))],
    )


def _row(mark: str, item: Item) -> tuple[object, ...]:
    to = item["to"] if isinstance(item["to"], list) else []
    return (
        mark,
        item["kind"],
        item["rule"],
        item["object"],
        ", ".join(map(str, to)),
        item["title"] or item["text"],
        item["due"],
        item.get("due_before"),
    )

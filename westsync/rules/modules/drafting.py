"""The parts that drafts of rules have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from westsync.rules.modules.shape import Use

Part = dict[str, object]

MANAGER = ("deal.manager", "role:head_of_sales")
IN_OFFICE_HOURS = {"calendar": "office", "outside": "defer"}


def step(name: str, after: str, *actions: object) -> Part:
    """Return a step that does some actions when so much time was counted."""
    return {"id": name, "after": after, "do": list(actions)}


def task(use: Use, word: str, due: str, *, to: Sequence[str] = MANAGER, **more: object) -> Part:
    """Return the action that asks a person.

    Args:
        use: Whose phrases title and text are.
        word: Their first word: ``WORD-title``, ``WORD-text``.
        due: How long the person has.
        to: Who that is; the first who is there.
        more: Further parts of ``task.ensure``, or another text.
    """
    said = {"title": use.say(f"{word}-title"), "text": use.say(f"{word}-text")}
    return {"task.ensure": {"to": list(to), **said, "due": due} | more}


def to_head(after: str, text: str) -> Part:
    """Return the step that tells the head of sales what the manager did not do."""
    notice = {"to": ["role:head_of_sales"], "via": ["megaplan"], "text": text}
    return step("to-head", after, {"notify": notice})


def closed(note: str) -> list[Part]:
    """Return what is done when the reason for asking is gone."""
    return [{"task.close": {"note": note}}]

"""Human touches: what people did with a deal, without the daemon and without machines.

A touch is a comment, a finished call, meeting or task, a stage change or a field edit by an
employee who is not the daemon's own account and that Megaplan's history does not mark as made by a
trigger or scenario (grammar.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from westsync.domain.records import TouchKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from westsync.domain.records import TaskRecord, TodoRecord, Touch

CONTACT_CATEGORIES = frozenset({"call", "meeting"})
ANSWERED = frozenset({"finished", "success"})
CREATION_LASTS = timedelta(seconds=2)
UNANSWERED = frozenset({"fail", "finish_without_result"})


@dataclass(frozen=True, slots=True, kw_only=True)
class HumanTouch:
    """One act of a person.

    Attributes:
        at: UTC.
        by: Employee id; None if not told.
        kind: What it was.
        text: Text of a comment.
    """

    at: datetime
    by: str | None
    kind: TouchKind
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifted:
    """A history divided into what counts and what does not.

    Attributes:
        human: Touches of people, oldest first.
        ignored: What was left out and why, for explain: ``2 by trigger, 1 by westsync``.
    """

    human: tuple[HumanTouch, ...]
    ignored: str


def sift(history: Sequence[Touch], me: str, created_at: datetime) -> Sifted:
    """Divide a deal's history into human touches and the rest.

    Args:
        history: Items in any order.
        me: Employee id of the daemon's own account.
        created_at: When the deal was made (UTC). Changes in the same moment are its making, also
            where the history does not call them so.
    """
    made_until = created_at + CREATION_LASTS
    human: list[HumanTouch] = []
    left_out: dict[str, int] = {}
    for touch in history:
        if touch.kind is TouchKind.CREATION or (
            touch.at <= made_until and touch.kind is not TouchKind.COMMENT
        ):
            continue
        reason = _not_human(touch, me)
        if reason is not None:
            left_out[reason] = left_out.get(reason, 0) + 1
            continue
        human.append(HumanTouch(at=touch.at, by=touch.author_id, kind=touch.kind, text=touch.text))
    ignored = ", ".join(f"{count} by {reason}" for reason, count in sorted(left_out.items()))
    return Sifted(
        human=tuple(sorted(human, key=lambda touch: touch.at)),
        ignored=f"{ignored} not counted" if ignored else "",
    )


def _not_human(touch: Touch, me: str) -> str | None:
    if touch.generated_by is not None:
        return touch.generated_by
    if touch.author_id == me:
        return "westsync"
    return "nobody named" if touch.author_id is None else None


def of_todos(todos: Iterable[TodoRecord], me: str) -> Iterator[HumanTouch]:
    """Yield a touch for each call or meeting that was held."""
    for todo in todos:
        held = todo.category in CONTACT_CATEGORIES and todo.status in ANSWERED
        if held and todo.finished_at is not None and todo.responsible_id != me:
            yield HumanTouch(at=todo.finished_at, by=todo.responsible_id, kind=TouchKind.TODO)


def of_tasks(
    tasks: Iterable[TaskRecord], closed_by_us: frozenset[str], me: str
) -> Iterator[HumanTouch]:
    """Yield a touch for each task that a person finished.

    Args:
        tasks: Tasks of the deal.
        closed_by_us: Ids of tasks that the daemon closed itself.
        me: Employee id of the daemon's own account.
    """
    for task in tasks:
        if task.is_finished and task.id not in closed_by_us and task.responsible_id != me:
            yield HumanTouch(
                at=task.status_at or task.active_at, by=task.responsible_id, kind=TouchKind.TASK
            )

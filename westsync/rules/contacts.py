"""The facts of a deal that come from its history, calls and tasks: who did what when."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from westsync.domain.facts import Unknown
from westsync.domain.records import StageType, TouchKind
from westsync.rules.closing_facts import answer_facts, written_facts
from westsync.rules.fact_setup import CALLBACK, CONTACT, LETTER_CONFIRMED, LETTER_SENT, REFUSAL
from westsync.rules.touches import (
    CONTACT_CATEGORIES,
    UNANSWERED,
    HumanTouch,
    Sifted,
    of_tasks,
    of_todos,
    sift,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from westsync.domain.records import TaskRecord, TodoRecord, Touch
    from westsync.rules.deal_seen import Observed
    from westsync.rules.fact_setup import FactSetup

SCHEDULED = "scheduled"
# A comment this long before a deal is closed as lost, or later, says why it was lost.
_CLOSING = timedelta(minutes=10)
_TOUCH_FACTS = ("first_touch_at", "last_touch_at", "manager_contact_at", "quiet_since")


class Contacts:
    """What people did with a deal, as far as it was read."""

    def __init__(self, seen: Observed, setup: FactSetup) -> None:
        """Sift the history once."""
        self._seen = seen
        self._setup = setup
        details = seen.details
        self._history: tuple[Touch, ...] | None = details.touches
        self._todos: tuple[TodoRecord, ...] | None = details.todos
        self._tasks = self._all_tasks()
        empty = Sifted(human=(), ignored="")
        self._sifted = (
            sift(self._history, setup.me, seen.deal.created_at)
            if self._history is not None
            else empty
        )
        self._held = tuple(of_todos(self._todos or (), setup.me))
        self._said = _by_sense(self._sifted.human, setup)
        self._entries = self._stages_entered()

    def notes(self) -> dict[str, str]:
        """Return what explain adds to the touch facts: which edits did not count."""
        if not self._sifted.ignored:
            return {}
        return dict.fromkeys(_TOUCH_FACTS, self._sifted.ignored)

    def facts(self, known: Mapping[str, object]) -> dict[str, object]:
        """Return every fact whose parts were read.

        Args:
            known: Facts that were made already (``stage``, ``urgent``, ``stage_entered_at``).
        """
        found: dict[str, object] = {}
        if self._tasks is not None:
            found |= self._task_facts()
        letter = self._letter_sent_at(known)
        if self._history is not None:
            found |= self._history_facts(known, letter)
        if self._history is not None and self._todos is not None:
            found |= self._contact_facts(known, letter)
            found |= answer_facts(self._comments, self._held, {**known, **found})
            if self._tasks is not None:
                found |= self._touch_facts(known)
        if self._todos is not None:
            found["planned_call_at"] = self._planned_call_at()
        if self._tasks is not None and self._todos is not None:
            found["promised_at"] = self._promised_at()
        return self._with_failures(found)

    def _with_failures(self, found: dict[str, object]) -> dict[str, object]:
        failed = self._seen.details.failed
        if failed:
            for name, spec in self._setup.catalogue.of("deal").items():
                why = next((failed[g.value] for g in spec.groups if g.value in failed), None)
                if why is not None and name not in found:
                    found[name] = Unknown(why)
        return found

    def _all_tasks(self) -> tuple[TaskRecord, ...] | None:
        """Join linked tasks with the polled list, which may be newer."""
        linked = self._seen.details.tasks
        if linked is None:
            return None
        by_id = {task.id: task for task in linked}
        for task in self._seen.tasks:
            known = by_id.get(task.id)
            if known is None or task.active_at >= known.active_at:
                by_id[task.id] = task
        return tuple(task for task in by_id.values() if not task.gone)

    # -- tasks ---------------------------------------------------------------------------------

    def _task_facts(self) -> dict[str, object]:
        tasks = sorted(self._tasks or (), key=lambda task: task.created_at)
        shown = tuple(self._shown(task) for task in tasks)
        deadlines = [t.deadline for t in tasks if t.is_open and t.deadline is not None]
        return {
            "tasks": shown,
            "open_tasks": tuple(task for task in shown if task["open"]),
            "next_task_at": min(deadlines, default=None),
        }

    def _shown(self, task: TaskRecord) -> dict[str, object]:
        person = task.responsible_id
        return {
            "id": task.id,
            "name": task.name,
            "responsible": self._setup.staff.login_of(person) if person is not None else None,
            "deadline": task.deadline,
            "status": task.status,
            "open": task.is_open,
            "ours": self._is_ours(task),
            "for_manager": person is not None and person == self._seen.deal.manager_id,
            "rule": self._seen.task_rules.get(task.id),
            "created_at": task.created_at,
        }

    def _is_ours(self, task: TaskRecord) -> bool:
        return (
            task.marker is not None
            or task.id in self._seen.task_rules
            or task.owner_id == self._setup.me
        )

    def _planned_call_at(self) -> datetime | None:
        moments = [
            todo.starts_at
            for todo in self._todos or ()
            if todo.status == SCHEDULED
            and todo.category in CONTACT_CATEGORIES
            and todo.starts_at is not None
        ]
        return min(moments, default=None)

    def _promised_at(self) -> datetime | None:
        deadlines = [
            task.deadline
            for task in self._tasks or ()
            if task.is_open and task.deadline is not None and not self._is_ours(task)
        ]
        deadlines += [
            todo.starts_at
            for todo in self._todos or ()
            if todo.status == SCHEDULED and todo.starts_at is not None
        ]
        return min(deadlines, default=None)

    # -- history -------------------------------------------------------------------------------

    def _comments(self, group: str) -> Sequence[HumanTouch]:
        return self._said.get(group, ())

    def _history_facts(
        self, known: Mapping[str, object], letter: datetime | None
    ) -> dict[str, object]:
        refusals = self._comments(REFUSAL)
        return {
            "letter_sent_at": letter,
            "refusals": len(refusals),
            "last_refusal_at": _latest(refusals),
            "lost_reason": self._lost_reason(refusals, known),
            "delivered_at": self._entered("delivered", known),
            **written_facts(self._comments, self._entered("invoice_sent", known)),
        }

    def _lost_reason(
        self, refusals: Sequence[HumanTouch], known: Mapping[str, object]
    ) -> str | None:
        """Return the last refusal; of a lost deal also what was written when it was closed."""
        if refusals:
            return refusals[-1].text
        closed_at = self._seen.deal.stage_entered_at
        if known.get("stage_type") != StageType.NEGATIVE or closed_at is None:
            return None
        written = [
            touch.text
            for touch in self._sifted.human
            if touch.kind is TouchKind.COMMENT and touch.at >= closed_at - _CLOSING
        ]
        return written[-1] if written else None

    def _entered(self, role: str, known: Mapping[str, object]) -> datetime | None:
        """Return when the deal entered a stage of a role: from history, else the present stage."""
        names = self._setup.stage_roles.get(role, ())
        moments = [at for stage, at in self._entries if stage in names]
        if known.get("stage") in names and not isinstance(known["stage_entered_at"], Unknown):
            entered = self._seen.deal.stage_entered_at
            if entered is not None:
                moments.append(entered)
        return max(moments, default=None)

    def _stages_entered(self) -> list[tuple[str, datetime]]:
        """Return which stages the deal was moved to, and when, as the history tells."""
        program = self._seen.deal.program_id
        return [
            (self._setup.stage_name(program, change.removeprefix("state=")), touch.at)
            for touch in self._history or ()
            for change in touch.fields
            if change.startswith("state=")
        ]

    def _letter_sent_at(self, known: Mapping[str, object]) -> datetime | None:
        """Return when the letter went out; the stage tells only where no comment does.

        A stage that is moved after the client confirmed the letter is no second letter.
        """
        written = _latest(self._comments(LETTER_SENT))
        return written if written is not None else self._entered("offer", known)

    # -- history and calls ---------------------------------------------------------------------

    def _contact_facts(
        self, known: Mapping[str, object], letter: datetime | None
    ) -> dict[str, object]:
        spoken = [*self._comments(CONTACT), *self._held]
        last = _latest(spoken)
        manager = self._seen.deal.manager_id
        talked = [touch for touch in spoken if manager is not None and touch.by == manager]
        confirmed = [t.at for t in (*self._comments(LETTER_CONFIRMED), *self._held)]
        return {
            "last_client_contact_at": last,
            "manager_talk_at": _latest(talked),
            "missed_call_at": self._unanswered_call(last),
            "callback_asked_at": self._callback_asked_at(last, known),
            "callback_question": self._callback_question(last),
            "letter_confirmed_at": min(
                (at for at in confirmed if letter is not None and at > letter), default=None
            ),
            "unrecorded_contact_at": self._unrecorded_contact(),
        }

    def _unanswered_call(self, last_contact: datetime | None) -> datetime | None:
        calls = [
            todo.finished_at or todo.created_at
            for todo in self._todos or ()
            if todo.category == "call" and todo.status in UNANSWERED
        ]
        newest = max(calls, default=None)
        return _unless_later(newest, last_contact)

    def _callback_asked_at(
        self, last_contact: datetime | None, known: Mapping[str, object]
    ) -> datetime | None:
        asked = [touch.at for touch in self._comments(CALLBACK)]
        if known.get("urgent") is True:
            asked.append(self._urgent_since())
        return _unless_later(max(asked, default=None), last_contact)

    def _callback_question(self, last_contact: datetime | None) -> str | None:
        asked = self._comments(CALLBACK)
        if not asked or _unless_later(asked[-1].at, last_contact) is None:
            return None
        return " ".join(asked[-1].text.split())

    def _urgent_since(self) -> datetime:
        edits = [t.at for t in self._history or () if "urgent" in t.fields]
        return max(edits, default=self._seen.deal.created_at)

    def _unrecorded_contact(self) -> datetime | None:
        """Return the newest held call after which nobody wrote or changed anything."""
        newest = _latest(t for t in self._held)
        if newest is None:
            return None
        wrote = [t.at for t in self._sifted.human if t.at >= newest]
        return None if wrote else newest

    # -- everything ----------------------------------------------------------------------------

    def _touch_facts(self, known: Mapping[str, object]) -> dict[str, object]:
        done = of_tasks(self._tasks or (), self._seen.closed_by_us, self._setup.me)
        touches = sorted([*self._sifted.human, *self._held, *done], key=lambda touch: touch.at)
        manager = self._seen.deal.manager_id
        own = [touch.at for touch in touches if manager is not None and touch.by == manager]
        entered = known.get("stage_entered_at")
        moments = [self._seen.deal.created_at, *(touch.at for touch in touches)]
        if not isinstance(entered, Unknown) and self._seen.deal.stage_entered_at is not None:
            moments.append(self._seen.deal.stage_entered_at)
        return {
            "first_touch_at": touches[0].at if touches else None,
            "last_touch_at": touches[-1].at if touches else None,
            "manager_contact_at": max(own, default=None),
            "quiet_since": max(moments),
        }


def _by_sense(human: Iterable[HumanTouch], setup: FactSetup) -> dict[str, list[HumanTouch]]:
    """Return the comments that say something of a word group, oldest first."""
    said: dict[str, list[HumanTouch]] = {}
    for touch in human:
        if touch.kind is TouchKind.COMMENT:
            for group in setup.senses(touch.text):
                said.setdefault(group, []).append(touch)
    return said


def _latest(touches: Iterable[HumanTouch]) -> datetime | None:
    return max((touch.at for touch in touches), default=None)


def _unless_later(moment: datetime | None, answer: datetime | None) -> datetime | None:
    """Return a moment unless something answered it afterwards."""
    if moment is None or (answer is not None and answer >= moment):
        return None
    return moment

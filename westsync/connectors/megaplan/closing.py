"""Closing a task of ours, unless a person touched it (grammar: task.ensure; contract 4.3.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.connectors.megaplan.auth import SYSTEM
from westsync.connectors.megaplan.history import touches
from westsync.connectors.megaplan.protocol import Endpoint, task_action_body
from westsync.connectors.megaplan.tasks import body_lines, title_of
from westsync.connectors.megaplan.values import link_id, plain_text, printable, text
from westsync.connectors.megaplan.walking import Listing, walk
from westsync.domain.intents import marker_in, marker_line
from westsync.domain.records import OPEN_TASK_STATUSES, TouchKind
from westsync.errors import Rejected
from westsync.ports import Receipt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from westsync.connectors.megaplan.config import MegaplanConfig
    from westsync.connectors.megaplan.session import Session
    from westsync.connectors.megaplan.values import Json
    from westsync.domain.actions import CloseTask, EnsureTask
    from westsync.domain.intents import Marker

AWAITS_ACCEPTANCE = "done"
PERMITS = {"act_accept_work": "acceptWork", "act_done": "done", "act_cancel": "cancel"}


class TaskCloser:
    """Closes tasks that only we know of."""

    def __init__(self, session: Session, config: MegaplanConfig) -> None:
        """Prepare; nothing is sent."""
        self._session = session
        self._config = config

    def close(
        self, task: str, close: CloseTask, marker: Marker, made: EnsureTask, me: str
    ) -> Receipt:
        """Close the task, or leave it and say why.

        Args:
            task: The task's id.
            close: The proof to write.
            marker: Marker of the closing intent.
            made: The task as we made it.
            me: Our own employee id.

        Raises:
            Rejected: The task is gone, or nothing that closes it is allowed to us.
        """
        card = self._session.get_entity(Endpoint.TASK, task, "Task")
        status = text(card.get("status"))
        if status not in OPEN_TASK_STATUSES and status != AWAITS_ACCEPTANCE:
            return Receipt(ref=task, note="already closed")
        if status == AWAITS_ACCEPTANCE:
            return self._accept(task, card)
        reason = self._changed_on_card(card, made, me) or self._touched(task, me)
        if reason is not None:
            return Receipt(ref=task, note=f"left alone: {reason}")
        said = f"{printable(close.note)}\n{marker_line(marker)}"
        answer = self._act(task, _allowed(card, "act_done", "act_cancel"), said)
        if text(answer.get("status")) == AWAITS_ACCEPTANCE:
            return self._accept(task, answer)
        return Receipt(ref=task, note="closed")

    def _accept(self, task: str, card: dict[str, Json]) -> Receipt:
        """A performer's finished task waits for its owner, who is us; nothing is undone by it."""
        rights = card.get("rights")
        if not isinstance(rights, dict) or rights.get("acceptWork") is not True:
            return Receipt(ref=task, note="already closed: done, to be accepted by its owner")
        self._act(task, "act_accept_work", "")
        return Receipt(ref=task, note="closed: the work was accepted")

    def _act(self, task: str, action: str, said: str) -> dict[str, Json]:
        return self._session.create(
            Endpoint.TASK_ACTION, task, task_action_body(action, said), "Task"
        )

    def _changed_on_card(self, card: dict[str, Json], made: EnsureTask, me: str) -> str | None:
        """Return what differs from the task that we made; fields that are hidden say nothing."""
        if "owner" in card and link_id(card["owner"]) not in {None, me}:
            return f"it now belongs to {link_id(card['owner'])}"
        if "responsible" in card and link_id(card["responsible"]) != made.assignee:
            return f"it was given to {link_id(card['responsible'])}"
        if "name" in card and _words(plain_text(card["name"])) != _words(title_of(made)):
            return "its name was changed"
        if "subject" in card:
            now = plain_text(card["subject"])
            marker = marker_in(now)
            without = now.removesuffix(marker_line(marker)) if marker else now
            if _words(without) != _words(" ".join(body_lines(made, self._config))):
                return "its text was changed"
        return None

    def _touched(self, task: str, me: str) -> str | None:
        """Return which employee did something with the task since we made it."""
        for touch in touches(self._history(task)):
            person = touch.author_id
            if touch.kind is TouchKind.CREATION or touch.generated_by is not None:
                continue
            if person is not None and person != me:
                return f"edited by {person}"
        return None

    def _history(self, task: str) -> Iterator[dict[str, Json]]:
        listing = Listing(endpoint=Endpoint.TASK_HISTORY, entity=task)
        limit = self._config.page_limit
        for page in walk(self._session, listing, None, first_page=limit, limit=limit):
            yield from page.found


def _allowed(card: dict[str, Json], *actions: str) -> str:
    """Return the first action that ``rights`` permits; without rights, the first of all."""
    rights = card.get("rights")
    if not isinstance(rights, dict):
        return actions[0]
    for action in actions:
        if rights.get(PERMITS[action]) is True:
            return action
    raise Rejected(
        SYSTEM,
        f"close task {text(card.get('id'))}",
        "the account may neither finish nor cancel it; give westsync the right",
    )


def _words(value: str) -> list[str]:
    return value.split()

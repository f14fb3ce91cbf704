"""Probes that write (contract 10, marked W), only on an entity made for them.

An administrator creates a deal named ``[westsync test] ...``; everything the probes make hangs on
it, carries the same words and is cancelled at the end. Without such a deal nothing is written.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from westsync.connectors.megaplan.config import DeadlineForm, NotifyForm, TransitionForm
from westsync.connectors.megaplan.lookup import Lookup
from westsync.connectors.megaplan.probes import is_test_entity
from westsync.connectors.megaplan.protocol import (
    Endpoint,
    link,
    page_query,
    program_filter,
    task_action_body,
)
from westsync.connectors.megaplan.values import items, link_id, moment, plain_text, text
from westsync.connectors.megaplan.writer import MegaplanWriter
from westsync.domain.actions import CommentDeal, EnsureTask, MoveDeal, Notify
from westsync.domain.intents import Marker
from westsync.domain.probes import TEST_PREFIX, Finding, ProbeResult, Verdict, run
from westsync.errors import ConnectorError, Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from westsync.connectors.megaplan.config import MegaplanConfig
    from westsync.connectors.megaplan.session import Session
    from westsync.connectors.megaplan.values import Json
    from westsync.ports import Clock, Receipt

LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
LONGEST_LAG_S = 60.0
NO_DEAL = "nothing was written: there is no such deal"


def _marker() -> Marker:
    return Marker("".join(secrets.choice(LETTERS) for _ in range(16)))


@dataclass(slots=True)
class _Trial:
    """What the probes work on: the administrator's deal, our task once it is made."""

    deal: str
    me: str
    task: Receipt | None = None
    marker: Marker = field(default_factory=_marker)


class WritingProbes:
    """The writing part of section 10."""

    def __init__(self, session: Session, config: MegaplanConfig, clock: Clock) -> None:
        """Prepare; nothing is sent."""
        self._session = session
        self._config = config
        self._clock = clock
        self._writer = MegaplanWriter(session, config)
        self._lookup = Lookup(session, config)

    def run(self) -> Iterator[ProbeResult]:
        """Ask everything in the order of the contract, then cancel what was made."""
        deal = self._test_deal()
        if deal is None:
            yield ProbeResult(
                number=9,
                name="a deal to write on",
                verdict=Verdict.SKIPPED,
                seen=NO_DEAL,
                advice=f"create a deal named '{TEST_PREFIX} doctor' and run this again",
            )
            return
        me = text(self._session.get_entity(Endpoint.CURRENT_USER).get("id"))
        trial = _Trial(deal=deal, me=me)
        try:
            yield from run(
                [
                    (12, "deadline of a task", lambda: self._create_task(trial)),
                    (9, "deal of a new task", lambda: self._deal_of_new_task(trial)),
                    (7, "lag of lists", lambda: self._list_lag(trial)),
                    (10, "linking a task", lambda: self._linking(trial)),
                    (13, "comment and the deal's time", lambda: self._comment_moves_time(trial)),
                    (14, "notifying a person", lambda: self._notifying(trial)),
                    (11, "moving a deal", lambda: self._moving(trial)),
                    (15, "status of an invoice", _invoices),
                ]
            )
        finally:
            self._cancel(trial)

    def _test_deal(self) -> str | None:
        """Return the newest deal that was made for probes."""
        for program in self._config.programs.values():
            query = page_query(
                limit=self._config.page_limit,
                fields=("name", "program", "timeUpdated"),
                sort_by="timeUpdated",
                list_filter=program_filter(program),
            )
            for deal in items(self._session.get_list(Endpoint.DEALS, "", query).data):
                if is_test_entity(deal.get("name")) and link_id(deal.get("program")) == program:
                    return text(deal.get("id"))
        return None

    def _create_task(self, trial: _Trial) -> Finding:
        task = EnsureTask(
            assignee=trial.me,
            title=f"{TEST_PREFIX} doctor",
            body="Проверка связи; задача будет отменена.",
            deadline=self._clock.now() + timedelta(hours=1),
            deal=trial.deal,
        )
        form = self._config.task_deadline
        try:
            trial.task = self._writer.create_task(task, trial.marker)
        except Rejected as exc:
            if form is DeadlineForm.DATETIME:
                return Verdict.CHANGE, str(exc), "task_deadline: date"
            raise
        return Verdict.FINE, f"task {trial.task.ref} was made with a {form}", ""

    def _deal_of_new_task(self, trial: _Trial) -> Finding:
        task = _task(trial)
        if self._lookup.is_linked(task, trial.deal):
            return Verdict.FINE, "'deals' is honoured at creation", ""
        return Verdict.FINE, "'deals' is ignored at creation; westsync links afterwards", ""

    def _list_lag(self, trial: _Trial) -> Finding:
        """Measure after how many seconds our task shows in the list that look-ups read."""
        task, since, began = _task(trial), self._clock.now(), self._clock.monotonic()
        while True:
            found = self._lookup.tasks(trial.marker, since - timedelta(minutes=1), None)
            lag = self._clock.monotonic() - began
            if any(text(one.get("id")) == task for one in found):
                return Verdict.FINE, f"a new task shows after {lag:.0f} s", ""
            if lag > LONGEST_LAG_S:
                seen = f"a new task does not show after {lag:.0f} s"
                return Verdict.CHANGE, seen, "settle: 600s, and ask Megaplan's support"
            self._clock.wait(2.0)

    def _linking(self, trial: _Trial) -> Finding:
        task = _task(trial)
        answers = []
        for side, endpoint, entity, body in (
            ("deal", Endpoint.DEAL_LINK, trial.deal, link("Task", task)),
            ("task", Endpoint.TASK_LINK, task, link("Deal", trial.deal)),
        ):
            try:
                self._session.update(endpoint, entity, body)
            except Rejected as exc:
                answers.append(f"{side}: refused ({exc.status})")
            else:
                answers.append(f"{side}: accepted")
        linked = self._lookup.is_linked(task, trial.deal)
        seen = f"linkWith {', '.join(answers)}; the deal {'shows' if linked else 'lacks'} the task"
        if linked:
            return Verdict.FINE, seen, ""
        return Verdict.CHANGE, seen, "link_fallback: comment"

    def _comment_moves_time(self, trial: _Trial) -> Finding:
        before = self._updated_at(trial.deal)
        self._clock.wait(1.5)
        self._writer.comment_deal(
            CommentDeal(deal=trial.deal, text=f"{TEST_PREFIX} комментарий"), _marker()
        )
        moved = self._updated_at(trial.deal) != before
        return Verdict.FINE, f"a comment {'moves' if moved else 'does not move'} timeUpdated", ""

    def _notifying(self, trial: _Trial) -> Finding:
        notice = Notify(
            via="megaplan", to=(trial.me,), text=f"{TEST_PREFIX} уведомление", deal=trial.deal
        )
        form = self._config.notify_form
        try:
            made = self._writer.notify(notice, _marker())
        except Rejected as exc:
            if form is NotifyForm.PARTICIPANTS:
                return Verdict.CHANGE, str(exc), "notify_form: mention"
            raise
        seen = f"comment {made.ref} was accepted in the form '{form}'; see whether it notified"
        return Verdict.FINE, seen, ""

    def _moving(self, trial: _Trial) -> Finding:
        """Move the test deal along its first open transition that asks nothing."""
        card = self._session.get_entity(Endpoint.DEAL, trial.deal, "Deal")
        form = self._config.transition_form
        for way in items(card.get("possibleTransitions")):
            stage, name = link_id(way.get("to")), _state_name(way)
            if stage is None or way.get("enabled") is False or items(way.get("operations")):
                continue
            try:
                self._writer.move_deal(MoveDeal(deal=trial.deal, stage=stage, stage_name=name))
            except Rejected as exc:
                other = next(one for one in TransitionForm if one is not form)
                return Verdict.CHANGE, str(exc), f"state_transition_form: {other}"
            return Verdict.FINE, f"the form '{form}' moved it to {stage} {name}", ""
        return Verdict.SKIPPED, "no open transition leads away from its stage", ""

    def _updated_at(self, deal: str) -> datetime | None:
        return moment(self._session.get_entity(Endpoint.DEAL, deal, "Deal").get("timeUpdated"))

    def _cancel(self, trial: _Trial) -> None:
        if trial.task is not None:
            body = task_action_body("act_cancel")
            with suppress(ConnectorError):  # it is named as a test, a person may delete it
                self._session.create(Endpoint.TASK_ACTION, trial.task.ref, body, "Task")


def _task(trial: _Trial) -> str:
    if trial.task is None:
        raise Rejected("megaplan", "probe", "there is no test task, its creation failed")
    return trial.task.ref


def _state_name(way: dict[str, Json]) -> str:
    state = way.get("to")
    return plain_text(state.get("name")) if isinstance(state, dict) else ""


def _invoices() -> Finding:
    return Verdict.SKIPPED, "westsync writes no invoices in Megaplan", ""

"""The side that is killed: the real journal and act around a small decision.

It runs in a forked child, reaches the world through a socket, and dies at a failpoint by SIGKILL.
"""

from __future__ import annotations

import os
import signal
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from tests.crash.world import ANSWERED, Failure, Report, receive, send
from westsync import failpoints
from westsync.domain.actions import (
    ACTION_NAMES,
    Action,
    CloseTask,
    CommentDeal,
    EnsureTask,
    MoveDeal,
    Notify,
    SetDealField,
)
from westsync.domain.episodes import Episode, Phase
from westsync.domain.intents import Intent, ObjectRef, intent_key
from westsync.errors import LockHeld
from westsync.failpoints import failpoint
from westsync.jobs.act import Limits, act
from westsync.jobs.effects import Writers
from westsync.journal.cursors import TASKS, Cursor
from westsync.journal.opening import open_state
from westsync.journal.store import SqliteStore

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from westsync.domain.records import DealRecord
    from westsync.ports import CrmReader, CrmWriter

ACCOUNT = "main"
RULE = "first-contact"
DEALS_SOURCE = "megaplan.deals"
OVERLAP = timedelta(minutes=10)
TURNS = 60  # more than any schedule needs: a subject that does not come to rest is a failure
UNREST = 3
LOCKED = 75


class Wire:
    """The CRM's ports, over the socket; failpoints stand where a connection can be cut."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*args: object) -> Any:
            send(self._channel, (name, args))
            failpoint("wire.sent")
            answer = receive(self._channel)
            failpoint("wire.received")
            if isinstance(answer, Failure):
                raise answer.to_raise()
            return answer

        return call


class WorldClock:
    """The world's time, which this side moves when it would wait."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._now: datetime = wire.now()

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return 0.0

    def wait(self, seconds: float) -> None:
        self.advance_to(self._now + timedelta(seconds=seconds))

    def advance_to(self, moment: datetime) -> None:
        self._now = self._wire.advance_to(moment)


class Subject:
    """One life of the daemon, from opening the state to rest."""

    def __init__(self, wire: Wire, state: Path, limits: Limits) -> None:
        self.clock = WorldClock(wire)
        self.wire = wire
        self.limits = limits
        self.database = open_state(state, self.clock, machine="host-a")
        self.store = SqliteStore(self.database, ACCOUNT)

    def live(self) -> bool:
        """Work until there is nothing to do and people do nothing more; False: no rest."""
        reader, writer = cast("CrmReader", self.wire), cast("CrmWriter", self.wire)
        for _ in range(TURNS):
            self._observe(reader)
            self._decide()
            act(self.store, Writers(crm=writer), self.clock, self.limits, chance=lambda: 0.5)
            due = self.store.delivery.next_due()
            if due is not None:
                self.clock.advance_to(due)
            elif not self.store.mirror.dirty.objects(1) and not self._people_do_something():
                self.database.close()
                return True
        return False

    def episode_start(self, deal: DealRecord) -> datetime:
        """Return what stands for the situation in its keys; a planted bug replaces it."""
        return deal.created_at

    def _people_do_something(self) -> bool:
        if self.store.recovery is not None:
            self.store.end_recovery()  # every deal has been read again by now
        if not self.wire.idle():
            return False
        self.clock = WorldClock(self.wire)
        return True

    def _observe(self, reader: CrmReader) -> None:
        for source, walk in ((DEALS_SOURCE, reader.changed_deals), (TASKS, reader.changed_tasks)):
            cursor = self.store.cursors.get(source)
            position = None if cursor is None else cursor.position
            for page in walk(None if position is None else position - OVERLAP):
                with self.store.transaction():
                    self.store.mirror.keep_page(page, self.clock.now())
                    self.store.cursors.save(
                        source, Cursor(position=page.newest_at, at=self.clock.now())
                    )

    def _decide(self) -> None:
        while objects := self.store.mirror.dirty.objects(10):
            for obj in objects:
                deal = self.store.mirror.deal(obj.id) if obj.kind == "deal" else None
                with self.store.transaction():
                    if deal is not None:
                        episode = self._episode(deal)
                        intents = list(self._wanted(obj, deal))
                        self.store.outbox.record(intents, self.clock.now())
                        self.store.episodes.save_decision(obj, [episode], None)
                    self.store.mirror.dirty.clear(obj)

    def _episode(self, deal: DealRecord) -> Episode:
        cleared = self.clock.now() if deal.state_id == ANSWERED else None
        return Episode(
            rule=RULE,
            phase=Phase.CLEARED if cleared else Phase.OPEN,
            started_at=deal.created_at,
            noticed_at=deal.created_at,
            cleared_at=cleared,
        )

    def _wanted(self, obj: ObjectRef, deal: DealRecord) -> Iterator[Intent]:
        call = EnsureTask(
            assignee="1000003",
            title=f"Позвонить по заявке {deal.number}",
            body="Узнать, что нужно.",
            deadline=deal.created_at + timedelta(minutes=10),
            deal=deal.id,
        )
        ring = self._intent(obj, deal, "call", call)
        if deal.state_id != ANSWERED:
            yield ring
            notice = f"Заявка {deal.number} без звонка"
            yield self._intent(
                obj, deal, "tell", Notify(via="megaplan", to=("7",), text=notice, deal=deal.id)
            )
            return
        yield self._intent(obj, deal, "clear", CloseTask(task=ring.key, note="Контакт состоялся"))
        yield self._intent(
            obj, deal, "note", CommentDeal(deal=deal.id, text=f"Принято {deal.number}")
        )
        yield self._intent(
            obj, deal, "mark", SetDealField(deal=deal.id, field="source", value="Звонок")
        )
        if deal.id == "41":
            yield self._intent(
                obj, deal, "move", MoveDeal(deal=deal.id, stage="129", stage_name="availability")
            )

    def _intent(self, obj: ObjectRef, deal: DealRecord, step: str, action: Action) -> Intent:
        return Intent(
            key=intent_key(
                account=ACCOUNT,
                rule=RULE,
                obj=obj,
                episode=self.episode_start(deal),
                step=step,
                repeat=0,
                action=ACTION_NAMES[type(action)],
            ),
            account=ACCOUNT,
            rule=RULE,
            rule_hash="a1b2c3",
            step=step,
            repeat=0,
            obj=obj,
            action=action,
            decided_at=self.clock.now(),
        )


def run(channel: socket.socket, state: Path, *, die_at: int | None, limits: Limits) -> int:
    """Live one life and return the exit code; never returns if it dies at its failpoint.

    Args:
        channel: To the world.
        state: The state file.
        die_at: Which failpoint, counted from 1, is the last; None: none is.
        limits: Patience of acting.
    """
    reached = 0

    def count(name: str) -> None:
        nonlocal reached
        reached += 1
        if reached == die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        names.add(name)

    names: set[str] = set()
    failpoints.arm(count)
    wire = Wire(channel)
    try:
        rested = Subject(wire, state, limits).live()
    except LockHeld:
        return LOCKED
    failpoints.arm(None)
    send(channel, ("report", (Report(reached=reached, names=tuple(sorted(names))),)))
    receive(channel)
    return 0 if rested else UNREST

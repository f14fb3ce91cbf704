"""Mistakes put in on purpose: each must turn the harness red, else the harness is broken.

They live in the tests alone (the variable ``WESTSYNC_PLANTED`` of the harness process), so that no
switch for them exists in the program.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.crash.subject import Subject
from westsync.domain.stock import Verdict
from westsync.errors import OutcomeUnknown
from westsync.jobs import act as acting
from westsync.jobs.effects import perform
from westsync.journal import opening
from westsync.journal.delivery import Delivery
from westsync.journal.stock_loading import StockLoading
from westsync.journal.stock_sweeping import StockSweeping

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from westsync.domain.stock import SnapshotId
    from westsync.jobs.act import Limits
    from westsync.journal.stock_loading import Arrival
    from westsync.ports import Receipt

VARIABLE = "WESTSYNC_PLANTED"


def no_look_up(limits: Limits) -> Limits:
    """What is in doubt is sent again without looking."""
    _swap(acting, "look_up", lambda *_: ())
    return limits


def no_settle(limits: Limits) -> Limits:
    """What is in doubt is looked up at once, before the other side has applied it."""
    return replace(limits, settle_s=0.0)


def mark_after_send(limits: Limits) -> Limits:
    """Nothing durable says that a send is under way."""
    _swap(Delivery, "mark_acting", lambda _, entry, __: entry)
    return limits


def believe_it_was_sent(limits: Limits) -> Limits:
    """What a dead process was sending is taken for sent."""

    def believe(self: Delivery, *_: object) -> tuple[()]:
        with self._database.transaction():
            self._database.write("UPDATE intent SET state = 'done' WHERE state = 'acting'")
        return ()

    _swap(Delivery, "find_interrupted", believe)
    return limits


def key_with_clock(limits: Limits) -> Limits:
    """The key names the moment of deciding instead of the situation."""

    def now(self: Subject, _: object) -> datetime:
        return self.clock.now()

    _swap(Subject, "episode_start", now)
    return limits


def decided_before_recorded(limits: Limits) -> Limits:
    """The dirty marks are taken away in a commit of their own, before the intents are recorded."""
    decide = Subject._decide

    def in_two_steps(self: Subject) -> None:
        objects = self.store.mirror.dirty.objects(100)
        with self.store.transaction():
            for obj in objects:
                self.store.mirror.dirty.clear(obj)
        with self.store.transaction():
            self.store.mirror.dirty.mark(objects, self.clock.now())
            decide(self)

    _swap(Subject, "_decide", in_two_steps)
    return limits


def no_recovery(limits: Limits) -> Limits:
    """A state that was put back from a backup is believed."""
    _swap(opening, "read_generation", lambda _: None)
    return limits


def send_again_on_timeout(limits: Limits) -> Limits:
    """A create whose reply was lost is repeated inside the call."""

    def stubborn(*args: Any) -> Receipt:
        try:
            return perform(*args)
        except OutcomeUnknown:
            return perform(*args)

    _swap(acting, "perform", stubborn)
    return limits


def publish_at_once() -> None:
    """A snapshot answers questions as soon as its file has come."""
    begin = StockLoading.begin

    def hurry(self: StockLoading, arrival: Arrival) -> SnapshotId:
        snapshot = begin(self, arrival)
        self.decide(snapshot, Verdict.ACCEPTED, (), by="guards", at=arrival.fetched_at)
        return snapshot

    _swap(StockLoading, "begin", hurry)


def no_sweep() -> None:
    """What a dead process had staged stays."""
    _swap(StockSweeping, "sweep", lambda *_: 0)


def rows_after_publishing() -> None:
    """The verdict is given first, and the rows are staged after it."""
    decide, stage = StockLoading.decide, StockLoading.stage
    owed: list[Callable[[], None]] = []

    def later(self: StockLoading, *args: Any, **more: Any) -> None:
        owed.append(lambda: stage(self, *args, **more))

    def first(self: StockLoading, *args: Any, **more: Any) -> None:
        decide(self, *args, **more)
        while owed:
            owed.pop()()

    _swap(StockLoading, "stage", later)
    _swap(StockLoading, "decide", first)


def _swap(owner: object, name: str, mistake: object) -> None:
    setattr(owner, name, mistake)


BUGS: dict[str, Callable[[Limits], Limits]] = {
    bug.__name__: bug
    for bug in (
        no_look_up,
        no_settle,
        mark_after_send,
        believe_it_was_sent,
        key_with_clock,
        decided_before_recorded,
        no_recovery,
        send_again_on_timeout,
    )
}

STOCK_BUGS: dict[str, Callable[[], None]] = {
    bug.__name__: bug for bug in (publish_at_once, no_sweep, rows_after_publishing)
}

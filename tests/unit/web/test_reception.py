"""Promises of the reception: many events in one commit, each answered by what became of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from westsync.domain.hints import Arrival
from westsync.domain.intents import ObjectRef
from westsync.errors import Unavailable
from westsync.journal.hints import Taken
from westsync.web import reception as module
from westsync.web.reception import Reception

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest


class Disk:
    """Keeps batches; refuses those that hold the id 13.

    Attributes:
        heard: How often something new was told of.
    """

    def __init__(self) -> None:
        self.batches: list[tuple[str, int]] = []
        self.heard = 0

    def keep(self, account: str, arrivals: Sequence[Arrival]) -> tuple[Taken, ...]:
        self.batches.append((account, len(arrivals)))
        if any(arrival.obj is not None and arrival.obj.id == "13" for arrival in arrivals):
            raise Unavailable("state", "commit", "the disk is full")
        return tuple(Taken.IGNORED if one.obj is None else Taken.NEW for one in arrivals)

    def hear(self) -> None:
        self.heard += 1


def an_arrival(id_: str | None) -> Arrival:
    obj = None if id_ is None else ObjectRef(kind="deal", id=id_)
    return Arrival(identity=str(id_).encode(), obj=obj)


def taken(disk: Disk, *events: tuple[str, str | None]) -> list[Taken | None]:
    """Return the outcomes of events that come at the same time."""

    async def all_at_once() -> list[Taken | None]:
        reception = Reception(disk.keep, disk.hear)
        coming = [reception.take(account, an_arrival(id_)) for account, id_ in events]
        return list(await asyncio.gather(*coming))

    return asyncio.run(all_at_once())


def test_what_comes_together_is_kept_together() -> None:
    disk = Disk()

    outcomes = taken(disk, *[("main", str(number)) for number in range(100, 150)])

    assert outcomes == [Taken.NEW] * 50
    assert disk.batches == [("main", 50)]
    assert disk.heard == 1


def test_each_account_is_kept_by_itself_and_a_failure_is_only_its_own() -> None:
    disk = Disk()

    outcomes = taken(disk, ("main", "1"), ("other", "13"), ("main", None), ("other", "2"))

    assert outcomes == [Taken.NEW, None, Taken.IGNORED, None]
    assert disk.batches == [("main", 2), ("other", 2)]


def test_nobody_is_woken_by_what_is_not_new() -> None:
    disk = Disk()

    taken(disk, ("main", None))

    assert disk.heard == 0


def test_a_commit_is_bounded_and_so_is_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", 4)
    monkeypatch.setattr(module, "QUEUE", 10)
    disk = Disk()

    outcomes = taken(disk, *[("main", str(number)) for number in range(100, 112)])

    assert outcomes == [Taken.NEW] * 10 + [Taken.FULL] * 2
    assert disk.batches == [("main", 4), ("main", 4), ("main", 2)]

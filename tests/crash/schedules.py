"""Schedules: where to die and in what weather; and the oracle that judges what is left."""

from __future__ import annotations

import os
import shutil
import socket
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.crash import subject
from tests.crash.world import FAIR, Report, Weather, World
from westsync.jobs.act import Limits
from westsync.journal.entries import IntentState
from westsync.journal.opening import open_for_reading
from westsync.journal.store import SqliteStore

if TYPE_CHECKING:
    from collections import Counter
    from pathlib import Path

LIVES = 12  # more than any schedule needs to come to rest
_UNSETTLED = (
    IntentState.WAITING,
    IntentState.ACTING,
    IntentState.IN_DOUBT,
    IntentState.POSTPONED,
    IntentState.HELD,
    IntentState.FAILED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """One run: the failpoints (counted per life, from 1) at which its first lives end.

    Attributes:
        deaths: E.g. (17, 3): the first life dies at its 17th failpoint, the next at its 3rd.
        weather: Of the network.
        rollback_before: Number of the life before which the state saved before the first life
            (or, without one, an empty directory but for the side file) is put back; None: never.
        rivals: How many daemons start on the same state at the same time.
    """

    deaths: tuple[int, ...] = ()
    weather: Weather = FAIR
    rollback_before: int | None = None
    rivals: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the oracle says of a schedule; sound if there are no complaints."""

    schedule: Schedule
    complaints: tuple[str, ...]
    report: Report | None
    lives: int


def run(
    schedule: Schedule,
    home: Path,
    *,
    expected: Counter[tuple[object, ...]] | None = None,
    limits: Limits | None = None,
) -> tuple[Verdict, World]:
    """Run a schedule in an empty directory and judge it.

    Args:
        schedule: What happens.
        home: Emptied first; holds the state file.
        expected: Effects of the undisturbed run; None: this is that run.
        limits: Patience of acting; None: as shipped.
    """
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    state, world = home / "state.db", World(schedule.weather)
    kept = home / "kept"
    complaints: list[str] = []
    ends: list[int] = []
    for life in range(LIVES):
        if life == schedule.rollback_before:
            _put_back(kept, state)
        die_at = schedule.deaths[life] if life < len(schedule.deaths) else None
        ends += _live(world, state, die_at, limits or Limits(), schedule.rivals)
        if life == 0 and schedule.rollback_before is not None:
            shutil.copytree(home, kept, ignore=shutil.ignore_patterns("kept"))
        if 0 in ends and life >= (schedule.rollback_before or 0):
            break
    else:
        complaints.append(f"no rest after {LIVES} lives: {ends}")
    before = world.writes()
    if not complaints:
        _live(world, state, None, limits or Limits(), 1)
        if world.writes() != before:
            complaints.append(f"not at rest: {world.writes() - before} more writes")
        complaints += _compare(world, expected)
        complaints += _inspect(state, world)
    verdict = Verdict(
        schedule=schedule,
        complaints=tuple(complaints),
        report=world.reports[0] if world.reports else None,
        lives=len(ends),
    )
    return verdict, world


def _live(world: World, state: Path, die_at: int | None, limits: Limits, rivals: int) -> list[int]:
    """Fork, let the subjects live against the world, and return how they ended."""
    channels, children = [], []
    for _ in range(rivals):
        ours, theirs = socket.socketpair()
        child = os.fork()
        if child == 0:
            ours.close()
            code = 70
            try:
                code = subject.run(theirs, state, die_at=die_at, limits=limits)
            finally:
                os._exit(code)  # no cleanup of the parent's things in the child
        theirs.close()
        channels.append(ours)
        children.append(child)
    world.serve(channels)
    for channel in channels:
        channel.close()
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def _put_back(kept: Path, state: Path) -> None:
    """Replace the state by the kept copy; the side file stays, as it would with a backup."""
    for name in (state.name, f"{state.name}-wal", f"{state.name}-shm"):
        (state.parent / name).unlink(missing_ok=True)
        if (kept / name).exists():
            shutil.copy(kept / name, state.parent / name)


def _compare(world: World, expected: Counter[tuple[object, ...]] | None) -> list[str]:
    if expected is None:
        return []
    found = world.effects()
    lost, doubled = expected - found, found - expected
    return [f"lost: {effect}" for effect in lost] + [f"doubled: {effect}" for effect in doubled]


def _inspect(state: Path, world: World) -> list[str]:
    """Judge the journal against the world."""
    complaints: list[str] = []
    marked = world.marked()
    with closing(open_for_reading(state, world.clock)) as database:
        store = SqliteStore(database, subject.ACCOUNT)
        verdict = database.row("PRAGMA integrity_check")
        if verdict != ("ok",):
            complaints.append(f"integrity: {verdict}")
        if (broken := store.audit.verify()) is not None:
            complaints.append(f"audit chain broken at {broken}")
        complaints += [
            f"{entry.key} is {state_}: {entry.cause}"
            for state_ in _UNSETTLED
            for entry in store.outbox.in_state(state_)
        ]
        for entry in store.outbox.in_state(IntentState.DONE, limit=1000):
            history = [row.what for row in store.audit.of_key(entry.key)]
            if history[0] != "recorded" or history.count("done") != 1 or history[-1] != "done":
                complaints.append(f"{entry.key}: history {history}")
            carriers = marked.get(entry.marker, [])
            if entry.action in {"task.ensure", "deal.comment", "notify"} and carriers != [
                entry.ref
            ]:
                complaints.append(f"{entry.key}: carried by {carriers}, recorded {entry.ref}")
    return complaints


def is_a_breach(complaint: str) -> bool:
    """Return whether a complaint is the worst kind: an effect is missing or there twice."""
    return complaint.startswith(("lost:", "doubled:"))

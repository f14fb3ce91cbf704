"""A stand-in's world: its clock, doubts, faults and log, whatever is kept in it besides."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Generic, TypeVar

from westsync.sandbox.standin.clock import OFFICE_OPENS, WorldClock
from westsync.sandbox.standin.doubts import Doubts
from westsync.sandbox.standin.faults import Fault, FaultKind, FaultPlan
from westsync.sandbox.standin.requestlog import LoggedRequest, RequestLog

if TYPE_CHECKING:
    from collections.abc import Callable

D = TypeVar("D", bound=Doubts)
R = TypeVar("R", bound=LoggedRequest)


class StandIn(ABC, Generic[D, R]):
    """What is served on loopback; acts of people and requests of clients exclude each other.

    Attributes:
        clock: Its time; settable.
        switches: Which of the possible systems it is.
        seed: What makes ids, keys and faults reproducible.
        lock: Held by whoever reads or writes: a request, or a person's act.
        faults: What is armed to go wrong.
        requests: Every request so far.
    """

    def __init__(
        self,
        switches: D,
        *,
        start: datetime | None = None,
        source: Callable[[], datetime] | None = None,
        seed: int = 0,
    ) -> None:
        """Open it.

        Args:
            switches: The doubts, decided.
            start: Moment at which the clock stands; Tuesday 24.11.2026 09:00 Moscow by default,
                or the source's present.
            source: Running clock to follow; None for a clock that stands still.
            seed: Same seed and same acts give the same ids, keys and faults.
        """
        self.clock = WorldClock(start or (source() if source else OFFICE_OPENS), source)
        self.lock = threading.RLock()
        self.switches = switches
        self.open(seed)

    def open(self, seed: int) -> None:
        """Begin with what is there at the start, whatever was there before.

        Args:
            seed: Same seed and same acts give the same ids, keys and faults.
        """
        self.seed = seed
        self.faults = FaultPlan(seed)
        self.requests = RequestLog[R]()
        self._due: list[tuple[datetime, Callable[[], object]]] = []

    @property
    @abstractmethod
    def written(self) -> int:
        """Number of the last write; ``stale`` reads show the state of such a number."""

    @property
    def now(self) -> datetime:
        """The stand-in's present, aware UTC."""
        return self.clock.now

    def set_now(self, at: datetime) -> None:
        """Move the clock to an aware moment; what was to be applied late by then happens."""
        with self.lock:
            self.clock.set(at)
            self.apply_due()

    def advance(self, by: timedelta) -> None:
        """Move the clock by an interval."""
        self.set_now(self.now + by)

    def later(self, seconds: float, act: Callable[[], object]) -> None:
        """Do something when the clock has moved on by so many seconds."""
        self._due.append((self.now + timedelta(seconds=seconds), act))

    def apply_due(self) -> None:
        """Do what was put off until now; every request does so first."""
        due = [item for item in self._due if item[0] <= self.now]
        self._due = [item for item in self._due if item not in due]
        for _, act in due:
            act()

    def reset(self, seed: int | None = None, start: datetime | None = None) -> None:
        """Begin again; switches stay, clients have to come in anew.

        Args:
            seed: None keeps the present one.
            start: Moment to which the clock is set, aware; None leaves it.
        """
        with self.lock:
            if start is not None:
                self.clock.set(start)
            self.open(self.seed if seed is None else seed)

    def turn(self, **values: object) -> None:
        """Turn switches, e.g. ``world.turn(link_with="404")``.

        Raises:
            ValueError: There is no such switch or position.
        """
        with self.lock:
            self.switches = self.switches.turned(values)

    def break_next(self, route: str, kind: FaultKind | str, **how: object) -> None:
        """Arm a fault, e.g. ``world.break_next("POST /task", "commit_then_drop")``.

        Args:
            route: Glob, see `Fault.route`.
            kind: See `FaultKind`.
            how: Further attributes of `Fault`.
        """
        self.arm(Fault.read({"route": route, "kind": str(kind), **how}))

    def arm(self, fault: Fault) -> None:
        """Arm a fault."""
        with self.lock:
            self.faults.add(fault, at=self.now, written=self.written)

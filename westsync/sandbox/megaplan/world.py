"""The whole stand-in of a Megaplan account: entities, people, doubts, faults, request log.

The demo and the tests play days of the company through the acts of `DealActs` and `WorkActs`;
each happens at the moment where the stand-in's clock stands and leaves the traces (history,
states, counters) that the same act leaves when it is done over the API.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from westsync.sandbox.megaplan.deal_acts import DealActs
from westsync.sandbox.megaplan.faults import Fault, FaultKind, FaultPlan
from westsync.sandbox.megaplan.requestlog import RequestLog
from westsync.sandbox.megaplan.webhooks import Webhooks
from westsync.sandbox.megaplan.work_acts import WorkActs

if TYPE_CHECKING:
    from collections.abc import Callable

    from westsync.sandbox.megaplan.switches import Switches


class World(DealActs, WorkActs):
    """One Megaplan account and its staff.

    Attributes:
        faults: What is armed to go wrong.
        requests: Every request so far.
        webhooks: The event stream.
    """

    def __init__(
        self,
        *,
        start: datetime | None = None,
        source: Callable[[], datetime] | None = None,
        seed: int = 0,
        switches: Switches | None = None,
    ) -> None:
        """Open an account.

        Args:
            start: Moment at which the clock stands; Tuesday 24.11.2026 09:00 Moscow by default,
                or the source's present.
            source: Running clock to follow; None for a clock that stands still.
            seed: Same seed and same acts give the same ids, tokens and faults.
            switches: Doubts to decide otherwise than by default.
        """
        at = start or (source() if source else datetime(2026, 11, 24, 6, 0, tzinfo=UTC))
        super().__init__(start=at, source=source, seed=seed, switches=switches)

    def open(self, seed: int) -> None:
        """Fill the account with the company; forget faults, requests and subscribers too."""
        super().open(seed)
        self.faults = FaultPlan(seed)
        self.requests = RequestLog()
        self.webhooks = Webhooks(self)

    def reset(self, seed: int | None = None, start: datetime | None = None) -> None:
        """Begin again with a fresh account; switches stay, clients have to log in anew.

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
        fault = Fault.read({"route": route, "kind": str(kind), **how})
        with self.lock:
            self.faults.add(fault, at=self.now, written=self.store.written)

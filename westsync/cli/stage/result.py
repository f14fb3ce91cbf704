"""What a play came to, whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections import Counter

    from westsync.cli.stage.lapses import Lapse
    from westsync.cli.stage.office import WorkDay
    from westsync.cli.stage.score import Finding, Row
    from westsync.sandbox import Breach
    from westsync.sandbox.onec import Breach as OneCBreach


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a play came to.

    Attributes:
        deals: How many deals were entered.
        cycles: How many cycles the daemon ran.
        faults: Faults that struck; ``armed`` those that never met a request.
        working_hours: Hours of the played working days.
        routes: Requests to Megaplan by route.
        onec_routes: Requests to 1C by route.
        breaches: Of both contracts, by the daemon.
        missed: Lapses without their effects.
        wrong: Effects that no lapse explains, and doubles.
        unfinished: Intents in the journal that are neither done nor withdrawn.
        letters: How many letters were mailed.
        report: The page of the last report that was mailed; empty if none was.
    """

    rows: list[Row]
    days: tuple[WorkDay, ...]
    deals: int
    cycles: int
    faults: int
    armed: int
    working_hours: float
    routes: Counter[str]
    onec_routes: Counter[str]
    breaches: list[Breach | OneCBreach]
    missed: list[Lapse]
    wrong: list[Finding]
    unfinished: int
    letters: int
    report: str

    @property
    def requests(self) -> int:
        """All requests of the daemon to Megaplan."""
        return self.routes.total()

    @property
    def onec_requests(self) -> int:
        """All requests of the daemon to 1C."""
        return self.onec_routes.total()

    @property
    def is_clean(self) -> bool:
        """Whether nothing was missed, false, doubled, left over, or against the contract."""
        return (
            all(row.is_clean for row in self.rows)
            and not self.breaches
            and not self.armed
            and not self.unfinished
        )

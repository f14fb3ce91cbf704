"""What every suite is told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to measure.

    Attributes:
        reps: Pairs of a measurement.
        size: Objects of the largest measurement; None takes the suite's own.
        seed: Of everything that is drawn.
    """

    reps: int = 5
    size: int | None = None
    seed: int = 1

"""The lines of a report: what was measured, beside what, to which target (performance.md 9.3)."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class Verdict(StrEnum):
    """What a line came to."""

    OK = "ok"
    MISS = "MISS"
    SHOWN = "shown"  # a number without a target
    INVALID = "INVALID"  # an answer was wrong, or the measurement disturbed itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A limit of performance.md 10.

    Attributes:
        limit: The number.
        on_ratio: Whether the limit is on the ratio to the peer, or on our own number.
        at_least: Whether the number must be at least the limit; otherwise at most.
    """

    limit: float
    on_ratio: bool = False
    at_least: bool = False

    def holds(self, number: float) -> bool:
        """Whether a number is within the limit."""
        return number >= self.limit if self.at_least else number <= self.limit

    def __str__(self) -> str:
        """Return it as in a line."""
        return f"{'>=' if self.at_least else '<='} {self.limit:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One measurement.

    Attributes:
        suite: Name of the suite.
        what: What was measured, with its size.
        unit: Of both numbers.
        ours: Our number of each pair, or the only one.
        peer: Name of the other side; empty if there is none.
        theirs: The other side's numbers, pair by pair.
        target: None if the number is only shown.
        answers: What was compared to know that both did the same work; empty for a count.
        invalid: Why the line proves nothing; empty if it does.
    """

    suite: str
    what: str
    unit: str
    ours: Sequence[float]
    peer: str = ""
    theirs: Sequence[float] = ()
    target: Target | None = None
    answers: str = ""
    invalid: str = ""

    @property
    def ratios(self) -> tuple[float, ...]:
        """Ours by theirs, pair by pair, smallest first; empty without a peer."""
        if not self.theirs:
            return ()
        pairs = zip(self.ours, self.theirs, strict=True)
        return tuple(sorted(our / max(their, 1e-9) for our, their in pairs))

    @property
    def judged(self) -> float:
        """The number that the target limits: a median."""
        on_ratio = self.target is not None and self.target.on_ratio
        return statistics.median(self.ratios if on_ratio else self.ours)

    @property
    def verdict(self) -> Verdict:
        """What it came to."""
        if self.invalid:
            return Verdict.INVALID
        if self.target is None:
            return Verdict.SHOWN
        return Verdict.OK if self.target.holds(self.judged) else Verdict.MISS

    def __str__(self) -> str:
        """Return the line of the report."""
        parts = [self.suite, self.what, f"westsync {_shown(self.ours)} {self.unit}"]
        if self.theirs:
            low, high = self.ratios[0], self.ratios[-1]
            middle = statistics.median(self.ratios)
            parts.append(f"{self.peer} {_shown(self.theirs)} {self.unit}")
            parts.append(f"ratio {middle:.3g} ({low:.3g}..{high:.3g}, {len(self.ratios)} pairs)")
        if self.target is not None:
            parts.append(f"target {'ratio ' if self.target.on_ratio else ''}{self.target}")
        if self.answers:
            parts.append(f"[{self.answers}]")
        parts.append(f"{self.verdict}{': ' + self.invalid if self.invalid else ''}")
        return "  ".join(parts)

    def to_json(self) -> dict[str, object]:
        """Return everything as JSON values."""
        return {
            "suite": self.suite,
            "what": self.what,
            "unit": self.unit,
            "ours": list(self.ours),
            "peer": self.peer,
            "theirs": list(self.theirs),
            "ratios": list(self.ratios),
            "target": None if self.target is None else str(self.target),
            "on_ratio": self.target is not None and self.target.on_ratio,
            "answers": self.answers,
            "verdict": str(self.verdict),
            "invalid": self.invalid,
        }


def _shown(numbers: Sequence[float]) -> str:
    middle = statistics.median(numbers)
    return f"{middle:.0f}" if abs(middle) >= 1000 else f"{middle:.3g}"

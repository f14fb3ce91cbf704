"""Questions to a real system about what its vendor leaves open, and what came of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from westsync.errors import AccessDenied, ConnectorError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

TEST_PREFIX = "[westsync test]"


class Verdict(StrEnum):
    """How a probe ended."""

    FINE = "fine"
    CHANGE = "change"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeResult:
    """What a probe found.

    Attributes:
        number: Number in the contract's list of probes.
        name: What was asked.
        verdict: fine: works as configured; change: a setting should change; skipped: could not be
            asked here; failed: the system answered with an error.
        seen: What came back.
        advice: What to set or do; empty if nothing.
    """

    number: int
    name: str
    verdict: Verdict
    seen: str
    advice: str = ""


Finding: TypeAlias = tuple[Verdict, str, str]
Probe: TypeAlias = "tuple[int, str, Callable[[], Finding]]"


def run(probes: Sequence[Probe]) -> Iterator[ProbeResult]:
    """Run probes in order; one that fails does not stop the others.

    Raises:
        AccessDenied: The credentials were refused; nothing more can be asked.
    """
    for number, name, ask in probes:
        try:
            verdict, seen, advice = ask()
        except AccessDenied:
            raise
        except ConnectorError as exc:
            verdict, seen, advice = Verdict.FAILED, str(exc), ""
        yield ProbeResult(number=number, name=name, verdict=verdict, seen=seen, advice=advice)

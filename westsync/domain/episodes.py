"""One continuous stretch in which one rule's condition holds for one object."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime  # noqa: TC003 - msgspec reads annotations at run time
from enum import StrEnum


class Phase(StrEnum):
    """How far an episode is.

    ``possible``: what is known without asking allows the condition, the rest is read when the
    first step is due. ``open``: the condition was seen to hold. ``cleared``: it ended.
    """

    POSSIBLE = "possible"
    OPEN = "open"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A stretch in which no time is counted; ``until`` is None while it lasts."""

    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """The memory of one rule about one object. All moments are UTC.

    Attributes:
        started_at: Where counted time begins; part of every key.
        noticed_at: When a decision first saw it.
        pauses: In order, not overlapping.
        false_since: First decision that saw the condition false, while ``clock.settle`` runs.
        cleared_at: When it ended; None while it lasts.
        fired: Step id -> highest repetition that ran or was passed over as late.
    """

    rule: str
    phase: Phase
    started_at: datetime
    noticed_at: datetime
    pauses: tuple[Pause, ...] = ()
    false_since: datetime | None = None
    cleared_at: datetime | None = None
    fired: dict[str, int] = field(default_factory=dict)

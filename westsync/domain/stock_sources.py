"""How the sources of supplier stock stand, as an account keeps it between two cycles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - msgspec reads annotations at run time

FINE, OFF = "fine", "off"
TROUBLES = ("held", "rejected", "denied", "wrong", "stale", "unread")
"""What a person must look at (`westsync.jobs.stock_standing.Trouble`)."""

STATES = (FINE, OFF, *TROUBLES)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """How one source stands.

    Attributes:
        id, name: Of the source.
        state: One of `STATES`; ``off``: it is disabled, or not described any more.
        reasons: Codes of the guards or of the reader, the gravest first; empty if none spoke.
        detail: The cause in English, as far as the program knows it; may be empty.
        since: When (UTC) the trouble was noticed first; kept while one trouble follows another.
            None: there is none.
        data_at: Moment (UTC) of the data that answer questions; None: there are none.
    """

    id: str
    name: str
    state: str
    reasons: tuple[str, ...] = ()
    detail: str = ""
    since: datetime | None = None
    data_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStates:
    """How all sources stand.

    Attributes:
        seen_at: When (UTC) they were looked at, give or take some minutes.
        version: Of the configuration whose rules were last told of them.
        sources: Those of the configuration, and those that once were.
    """

    seen_at: datetime
    version: str
    sources: tuple[SourceState, ...]

    def of(self, id_: str) -> SourceState | None:
        """Return one source; None if it was never seen."""
        return next((source for source in self.sources if source.id == id_), None)

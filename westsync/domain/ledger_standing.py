"""How 1C stands as a source, as an account keeps it between two looks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - msgspec reads annotations at run time

FINE, AWAY, NO_ACCESS, REFUSED = "fine", "away", "no_access", "refused"
STATES = (FINE, AWAY, NO_ACCESS, REFUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerStanding:
    """How 1C answered the last time that it was asked.

    Attributes:
        state: ``fine``; ``away``: no usable answer, the next one may be better; ``no_access``: the
            user or the password; ``refused``: rights, publication or composition (1C contract
            4.6), which waiting does not heal.
        detail: The cause in English; empty if it is fine.
        since: When (UTC) this state was noticed first; None if it is fine.
    """

    state: str = FINE
    detail: str = ""
    since: datetime | None = None

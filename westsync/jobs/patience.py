"""How often a system is tried in one round of acting, and when what failed is tried again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import Callable

    from westsync.jobs.setbacks import Later
    from westsync.journal.entries import Target

_MOST_DOUBLINGS = 10
log = structlog.get_logger()


class Patience:
    """Patience with the systems of one round.

    Attributes:
        blocked: Systems that are left alone for the rest of the round, and why.
    """

    def __init__(
        self,
        *,
        retry_s: float,
        retry_cap_s: float,
        give_up_after: int,
        chance: Callable[[], float],
    ) -> None:
        """Begin with every system trusted.

        Args:
            retry_s: Seconds before something is tried again; doubles with each attempt.
            retry_cap_s: Longest such pause.
            give_up_after: After so many failures in a row a system is left alone.
            chance: Uniform in [0, 1), spreads repetitions.
        """
        self._retry_s = retry_s
        self._retry_cap_s = retry_cap_s
        self._give_up_after = give_up_after
        self._chance = chance
        self._in_a_row: dict[Target, int] = {}
        self.blocked: dict[Target, str] = {}

    def answered(self, target: Target) -> None:
        """Count from the beginning: the system works."""
        self._in_a_row.pop(target, None)

    def failed(self, target: Target, later: Later) -> None:
        """Count a failure; the last straw, or the system's own wish, has it left alone."""
        self._in_a_row[target] = self._in_a_row.get(target, 0) + 1
        asked_to_wait = later.retry_after_s is not None
        if asked_to_wait or self._in_a_row[target] >= self._give_up_after:
            self.block(target, later.cause)

    def block(self, target: Target, cause: str) -> None:
        """Leave a system alone for the rest of the round."""
        self.blocked[target] = cause
        log.warning("target.left_alone", target=target, cause=cause)

    def pause(self, attempts: int, wish_s: float | None) -> timedelta:
        """Return how long to wait after so many attempts.

        Args:
            attempts: Sends so far.
            wish_s: Seconds that the system itself asked for; None if it asked for none.
        """
        if wish_s is not None:
            return timedelta(seconds=wish_s * (1 + 0.1 * self._chance()))
        doublings = min(max(attempts - 1, 0), _MOST_DOUBLINGS)
        longest = min(self._retry_s * 2**doublings, self._retry_cap_s)
        return timedelta(seconds=longest * (0.5 + 0.5 * self._chance()))

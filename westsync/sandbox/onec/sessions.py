"""Sessions that clients ask for by ``IBSession`` and ``ibsession`` (contract 2.3)."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from datetime import datetime


class Sessions:
    """The open sessions."""

    def __init__(self, seed: int) -> None:
        """Start without any; ids come from the seed."""
        self._random = random.Random(seed)  # noqa: S311 - reproducible ids, no secret
        self._used_at: dict[str, datetime] = {}

    def start(self, now: datetime) -> str:
        """Open a session and return its id."""
        session = str(UUID(int=self._random.getrandbits(128), version=4))
        self._used_at[session] = now
        return session

    def use(self, session: str, now: datetime, life_s: float) -> bool:
        """Return whether a session is alive, and keep it alive."""
        self._expire(now, life_s)
        if session not in self._used_at:
            return False
        self._used_at[session] = now
        return True

    def finish(self, session: str) -> None:
        """End a session."""
        self._used_at.pop(session, None)

    def end_all(self) -> None:
        """End every session."""
        self._used_at.clear()

    def open_at(self, now: datetime, life_s: float) -> int:
        """Return how many sessions are open."""
        self._expire(now, life_s)
        return len(self._used_at)

    def _expire(self, now: datetime, life_s: float) -> None:
        kept = {
            session: used
            for session, used in self._used_at.items()
            if (now - used).total_seconds() <= life_s
        }
        self._used_at = kept

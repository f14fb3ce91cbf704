"""Keeping events durably before they are answered, many in one commit."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from westsync.errors import WestsyncError
from westsync.journal.hints import Taken

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from westsync.domain.hints import Arrival

    Keep = Callable[[str, Sequence[Arrival]], tuple[Taken, ...]]

QUEUE = 5000
_AT_ONCE = 500

log = structlog.get_logger()


class Reception:
    """Collects what comes while the disk is busy, and keeps it together.

    Works in one event loop; the disk is written in a thread beside it.
    """

    def __init__(self, keep: Keep, hinted: Callable[[], None]) -> None:
        """Prepare.

        Args:
            keep: Keeps events of an account durably; may block.
            hinted: Called from a thread when something new was kept.
        """
        self._keep = keep
        self._hinted = hinted
        self._waiting: list[tuple[str, Arrival, asyncio.Future[Taken | None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def take(self, account: str, arrival: Arrival) -> Taken | None:
        """Keep an event and return what became of it; None if it could not be kept now."""
        if len(self._waiting) >= QUEUE:
            return Taken.FULL
        outcome: asyncio.Future[Taken | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((account, arrival, outcome))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        return await outcome

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
            for account in dict.fromkeys(name for name, _, _ in batch):
                of_account = [(arrival, told) for name, arrival, told in batch if name == account]
                outcomes = await self._kept(account, [arrival for arrival, _ in of_account])
                for (_, told), outcome in zip(of_account, outcomes, strict=True):
                    if not told.done():  # whoever asked may be gone
                        told.set_result(outcome)

    async def _kept(self, account: str, arrivals: list[Arrival]) -> Sequence[Taken | None]:
        try:
            outcomes = await asyncio.to_thread(self._keep, account, arrivals)
        except WestsyncError as exc:
            log.warning("webhook.not_kept", account=account, events=len(arrivals), error=str(exc))
            return [None] * len(arrivals)
        if Taken.NEW in outcomes:
            self._hinted()
        return outcomes

"""The daemon's work with suppliers: a thread of its own refreshes stock and asks portals.

A supplier may be slow or send half a gigabyte; no cycle waits for that. What was taken is in the
stock memory, where the cycles ask; a fetch that the end of the process cuts off is made again.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import structlog

from westsync.app.suppliers import open_suppliers
from westsync.jobs.portal_asking import PortalAsking
from westsync.jobs.stock_standing import due, standing

if TYPE_CHECKING:
    from collections.abc import Callable

    from westsync.app.configuration import Configuration
    from westsync.app.stock import StockDesk
    from westsync.jobs.portal_questions import PortalQuestions
    from westsync.ports import Clock

_EVERY_S = 60.0
_PATIENCE_S = 5.0

log = structlog.get_logger()


class StockWatch:
    """Refreshes the sources of one configuration until it is stopped."""

    def __init__(
        self,
        configuration: Configuration,
        clock: Clock,
        questions: PortalQuestions,
        *,
        refreshed: Callable[[], None],
    ) -> None:
        """Prepare; `start` begins.

        Args:
            configuration: A right one.
            clock: Time.
            questions: What cycles want to know of portals.
            refreshed: Called from the thread after a source was fetched, or portals answered.
        """
        self._configuration = configuration
        self._clock = clock
        self._questions = questions
        self._refreshed = refreshed
        self._told: set[str] = set()
        self._stopping = threading.Event()
        self._bell = threading.Event()
        questions.on_question(self._bell.set)
        self._thread = threading.Thread(target=self._run, name="stock", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Stop; a fetch that is under way is waited for a few seconds, then left to its fate."""
        self._stopping.set()
        self._bell.set()
        self._thread.join(_PATIENCE_S)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with open_suppliers(self._configuration, self._clock) as desk:
                    self._watch(desk)
            except Exception:
                log.exception("job.crashed", job="stock")
                self._rest()

    def _rest(self) -> None:
        """Wait a minute, or for a question, or for the end."""
        self._bell.wait(_EVERY_S)
        self._bell.clear()

    def _watch(self, desk: StockDesk) -> None:
        portals = PortalAsking(self._questions, desk.lookup, desk.sources, self._clock)
        zone = self._configuration.settings.zone
        while not self._stopping.is_set():
            for source in due(desk.store, desk.sources.values(), zone, self._clock.now()):
                if self._stopping.is_set():
                    return
                try:
                    desk.refresh.refresh(source)
                except Exception:
                    log.exception("job.crashed", job=f"stock:{source.id}")
                self._refreshed()
            if portals.run(self._stopping.is_set, at_most_s=_EVERY_S):
                self._refreshed()
            self._tell_troubles(desk)
            if self._questions.due(self._clock.now()) is None:
                self._rest()

    def _tell_troubles(self, desk: StockDesk) -> None:
        """Log what a person must look at, once for each situation."""
        zone, now = self._configuration.settings.zone, self._clock.now()
        for source in desk.sources.values():
            found = standing(desk.store, source, zone, now)
            if found.trouble is None or found.episode in self._told:
                continue
            self._told.add(found.episode)
            log.error(
                "stock.troubled", source=source.id, trouble=found.trouble.value, cause=found.detail
            )

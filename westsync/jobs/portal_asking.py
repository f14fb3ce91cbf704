"""Asking suppliers' portals what cycles want to know, one slow request after another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from westsync.errors import AccessDenied, ConnectorError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from westsync.domain.matching.questions import Question
    from westsync.domain.stock import SourceId
    from westsync.jobs.portal_questions import PortalQuestions
    from westsync.jobs.stock_lookup import StockLookup
    from westsync.ports import Clock
    from westsync.ports.stock import StockSource

log = structlog.get_logger()


class PortalAsking:
    """Asks what `PortalQuestions` owe; the portals pace themselves and wait inside."""

    def __init__(
        self,
        questions: PortalQuestions,
        lookup: StockLookup,
        sources: Mapping[SourceId, StockSource],
        clock: Clock,
    ) -> None:
        """Take who is asked, and where the answers go.

        Args:
            questions: What is wanted.
            lookup: Searches portals and keeps what they show.
            sources: Those of the configuration; a question to another one is dropped.
            clock: Time.
        """
        self._questions = questions
        self._lookup = lookup
        self._sources = sources
        self._clock = clock

    def run(self, stopping: Callable[[], bool], *, at_most_s: float) -> bool:
        """Ask what is due; return whether any answer, or what stands before it, is another one.

        Args:
            stopping: Asked before each question; True leaves the rest.
            at_most_s: Seconds after which no further question is begun.
        """
        before, until = self._questions.outcomes, self._clock.monotonic() + at_most_s
        while not stopping() and self._clock.monotonic() < until:
            owed = self._questions.due(self._clock.now())
            if owed is None:
                break
            self._ask(*owed)
        return self._questions.outcomes != before

    def _ask(self, source: SourceId, question: Question) -> None:
        known = self._sources.get(source)
        if known is None or not known.enabled:
            self._questions.forget(source)
            return
        try:
            self._lookup.consult(question, known)
        except ConnectorError as exc:
            if self._questions.failed(source, question, exc, self._clock.now()):
                stops = isinstance(exc, AccessDenied)
                log.warning("stock.portal_failed", source=source, stops=stops, cause=str(exc))
        except Exception as exc:
            self._questions.failed(source, question, exc, self._clock.now())
            log.exception("job.crashed", job=f"portal:{source}")
        else:
            self._questions.answered(source, question)

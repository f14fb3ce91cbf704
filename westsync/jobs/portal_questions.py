"""Questions that suppliers' portals are to answer: cycles put them here, the stock thread asks.

A portal is slow on purpose, so no cycle waits for it. Nothing of this is kept on disk: a cycle asks
anew for what it still lacks, and what a portal showed is in the stock memory.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from westsync.domain.availability import Hurdle
from westsync.domain.stock_codes import strict_key
from westsync.errors import AccessDenied, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from westsync.domain.matching.questions import Question
    from westsync.domain.stock import SourceId

# Cycles repeat hourly what they lack; what they no longer want is not worth a request.
_FORGOTTEN_AFTER = timedelta(hours=2)
# A stopped portal answers from its memory, without a request: so we notice that a person acted.
_PAUSE = timedelta(minutes=5)
# A portal that will answer so soon is waited for.
_BRIEF = timedelta(minutes=10)


def asked_words(question: Question) -> str:
    """Return what makes two questions to a portal the same."""
    return "\n".join(
        (strict_key(question.article), question.brand.casefold(), question.name.casefold())
    )


@dataclass(slots=True)
class _Open:
    """A question that waits."""

    question: Question
    wanted_at: datetime
    tried_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Closed:
    """Why a portal does not answer, and until when it is left alone."""

    hurdle: Hurdle
    until: datetime

    def before(self, now: datetime) -> Hurdle:
        """Return what stands before an answer: a portal that is soon asked again only waits."""
        soon = self.hurdle is Hurdle.LATER and self.until - now <= _BRIEF
        return Hurdle.WAITING if soon else self.hurdle


class PortalQuestions:
    """What portals still owe; one object for all threads."""

    def __init__(self, since: datetime) -> None:
        """Begin with none.

        Args:
            since: Present (UTC); it tells one process from the next.
        """
        self._since = since
        self._ring: Callable[[], None] | None = None
        self._lock = threading.Lock()
        self._open: dict[tuple[SourceId, str], _Open] = {}
        self._closed: dict[SourceId, _Closed] = {}
        self._outcomes = 0

    def on_question(self, ring: Callable[[], None]) -> None:
        """Have somebody called, from the cycle's thread, when there is something new to ask."""
        self._ring = ring

    @property
    def outcomes(self) -> int:
        """How often an answer, or what stands before it, became another one."""
        with self._lock:
            return self._outcomes

    def version(self, now: datetime) -> str:
        """Return what answers hang on; while deals wait it changes every ten minutes."""
        with self._lock:
            waits = any(self._hurdle(source, now) is Hurdle.WAITING for source, _ in self._open)
            clock = f"@{now:%H}{now.minute // 10}" if waits else ""
            return f"portals:{self._since.isoformat()}:{self._outcomes}{clock}"

    # -- cycles --------------------------------------------------------------------------------

    def want(self, source: SourceId, question: Question, now: datetime) -> Hurdle:
        """Have a question asked; return what stands before its answer."""
        key = source, asked_words(question)
        with self._lock:
            waiting = self._open.get(key)
            if waiting is None:
                self._open[key] = _Open(question, wanted_at=now)
            else:
                waiting.wanted_at = now
            hurdle = self._hurdle(source, now)
        if waiting is None and self._ring is not None:
            self._ring()
        return hurdle

    def _hurdle(self, source: SourceId, now: datetime) -> Hurdle:
        closed = self._closed.get(source)
        return Hurdle.WAITING if closed is None else closed.before(now)

    # -- the stock thread ----------------------------------------------------------------------

    def due(self, now: datetime) -> tuple[SourceId, Question] | None:
        """Return the question to ask next: one never tried before those that failed."""
        with self._lock:
            gone = [key for key, q in self._open.items() if now - q.wanted_at > _FORGOTTEN_AFTER]
            for key in gone:
                del self._open[key]
            ready = [
                (waiting.tried_at is not None, waiting.tried_at or waiting.wanted_at, source, words)
                for (source, words), waiting in self._open.items()
                if (closed := self._closed.get(source)) is None or now >= closed.until
            ]
            if not ready:
                return None
            *_, source, words = min(ready)
            return source, self._open[source, words].question

    def answered(self, source: SourceId, question: Question) -> None:
        """Note that the stock memory has the answer."""
        with self._lock:
            self._open.pop((source, asked_words(question)), None)
            self._closed.pop(source, None)
            self._outcomes += 1

    def failed(self, source: SourceId, question: Question, error: Exception, now: datetime) -> bool:
        """Note that a portal did not answer: all its questions wait until it may be asked again.

        Returns:
            Whether that is news.
        """
        hurdle, pause = _setback(error)
        with self._lock:
            if waiting := self._open.get((source, asked_words(question))):
                waiting.tried_at = now
            former = self._closed.get(source)
            closed = self._closed[source] = _Closed(hurdle, until=now + pause)
            is_news = former is None or former.before(now) is not closed.before(now)
            self._outcomes += is_news
            return is_news

    def forget(self, source: SourceId) -> None:
        """Drop the questions to a source that is no longer there."""
        with self._lock:
            for key in [key for key in self._open if key[0] == source]:
                del self._open[key]


def _setback(error: Exception) -> tuple[Hurdle, timedelta]:
    if isinstance(error, AccessDenied):
        return Hurdle.STOPPED, _PAUSE
    if isinstance(error, Unavailable):
        wish = error.retry_after_s
        return Hurdle.LATER, _PAUSE if wish is None else timedelta(seconds=max(wish, 1.0))
    return Hurdle.CHANGED, _PAUSE

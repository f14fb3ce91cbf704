"""How many requests ended how, for metrics."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from westsync.errors import (
    AccessDenied,
    ConnectorError,
    OutcomeUnknown,
    Rejected,
    Unavailable,
    UnexpectedReply,
)
from westsync.transport.wire import NothingSent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DONE = "done"
NOT_SENT = "not_sent"
_OF_ERROR: Mapping[type[ConnectorError], str] = {
    Unavailable: "unavailable",
    OutcomeUnknown: "outcome_unknown",
    Rejected: "rejected",
    AccessDenied: "access_denied",
    UnexpectedReply: "unexpected_reply",
}
OUTCOMES = (DONE, NOT_SENT, *_OF_ERROR.values())


class Tally:
    """Counts the requests of one transport, each try by itself."""

    def __init__(self) -> None:
        """Begin with none of any kind."""
        self._counts = dict.fromkeys(OUTCOMES, 0)
        self._lock = threading.Lock()

    @property
    def counts(self) -> Mapping[str, int]:
        """Outcome (of `OUTCOMES`) -> how many requests ended so."""
        with self._lock:
            return dict(self._counts)

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Count the request that is made inside by how it ends; other ends are no request's."""
        try:
            yield
        except ConnectorError as exc:
            self._count(_outcome_of(exc))
            raise
        self._count(DONE)

    def _count(self, outcome: str) -> None:
        with self._lock:
            self._counts[outcome] += 1


def _outcome_of(error: ConnectorError) -> str:
    if isinstance(error.__cause__, NothingSent):
        return NOT_SENT
    return next(word for kind, word in _OF_ERROR.items() if isinstance(error, kind))

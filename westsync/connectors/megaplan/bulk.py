"""Many reads in one request, one by one where the account does not allow it (contract 4.14)."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

import structlog

from westsync.connectors.megaplan.auth import SYSTEM
from westsync.connectors.megaplan.envelope import Document, describe_errors
from westsync.connectors.megaplan.protocol import Endpoint, bulk_body
from westsync.connectors.megaplan.values import number
from westsync.errors import AccessDenied, ConnectorError, Rejected, Unavailable
from westsync.transport import Effect, failure_of_status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from westsync.connectors.megaplan.session import Session
    from westsync.connectors.megaplan.values import Json

BULK_SIZE = 20
SUCCESS = 200

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One question."""

    endpoint: Endpoint
    entity: str
    query: dict[str, Json] = field(default_factory=dict)

    @property
    def target(self) -> str:
        """Return path and query."""
        return self.endpoint.target(self.entity, self.query)

    @property
    def name(self) -> str:
        """Return how messages name it."""
        return self.target.partition("?")[0]


class BulkReader:
    """Answers many questions with few requests.

    Whether the account knows ``/bulk`` is learned by trying once and then remembered.
    """

    def __init__(self, session: Session, *, use_bulk: bool) -> None:
        """Prepare; nothing is sent."""
        self._session = session
        self._use_bulk = use_bulk

    def read(self, reads: Iterable[Read]) -> Iterator[Document | ConnectorError]:
        """Answer every question in order, with a document or with why there is none.

        Raises:
            AccessDenied: Our account itself is refused; no single answer would help.
        """
        waiting = iter(reads)
        while batch := list(islice(waiting, BULK_SIZE)):
            answers = self._together(batch) if self._use_bulk and len(batch) > 1 else None
            yield from answers if answers is not None else self._one_by_one(batch)

    def _together(self, batch: list[Read]) -> list[Document | ConnectorError] | None:
        """Return the answers of one bulk request; None if the reads must go one by one."""
        try:
            document = self._session.read_bulk(
                Endpoint.BULK, bulk_body([read.target for read in batch])
            )
        except Rejected as exc:
            self._without_bulk(str(exc))
            return None
        except Unavailable as exc:
            # A 500 may stand for "not supported" (contract 6): if single reads work, it did.
            singles = list(self._one_by_one(batch))
            if any(isinstance(answer, Document) for answer in singles):
                self._without_bulk(str(exc))
            return singles
        answers = document.data if isinstance(document.data, list) else []
        if len(answers) != len(batch):
            self._without_bulk(f"{len(answers)} answers to {len(batch)} calls")
            return None
        return [_inner(read, answer) for read, answer in zip(batch, answers, strict=True)]

    def _without_bulk(self, why: str) -> None:
        self._use_bulk = False
        _log.warning("connector.bulk_refused", system=SYSTEM, error=why)

    def _one_by_one(self, batch: list[Read]) -> Iterator[Document | ConnectorError]:
        for read in batch:
            try:
                yield self._session.get(read.endpoint, read.entity, read.query)
            except AccessDenied:
                raise
            except ConnectorError as exc:
                yield exc


def _inner(read: Read, answer: Json) -> Document | ConnectorError:
    """Read one call's own answer, which has its own meta and data."""
    if not isinstance(answer, dict):
        return Unavailable(SYSTEM, read.name, "the bulk answer holds no answer for it")
    meta = answer.get("meta")
    meta = meta if isinstance(meta, dict) else {}
    status = number(meta.get("status"))
    if status is not None and not SUCCESS <= status < SUCCESS + 100:
        said = describe_errors(answer)
        return failure_of_status(SYSTEM, read.name, int(status), said, Effect.READ)
    if "data" not in answer:
        return Unavailable(SYSTEM, read.name, "the bulk answer holds no data for it")
    pagination = meta.get("pagination")
    more = pagination.get("hasMoreNext") if isinstance(pagination, dict) else None
    return Document(data=answer["data"], has_more=more if isinstance(more, bool) else None)

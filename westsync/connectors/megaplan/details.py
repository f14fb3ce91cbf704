"""What hangs on single objects: journal and comments, todos, linked tasks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from westsync.connectors.megaplan import wire
from westsync.connectors.megaplan.bulk import BULK_SIZE, BulkReader, Read
from westsync.connectors.megaplan.envelope import Document
from westsync.connectors.megaplan.history import touches
from westsync.connectors.megaplan.protocol import Endpoint, link, page_query
from westsync.connectors.megaplan.task_list import task_fields
from westsync.connectors.megaplan.tasks import task_record
from westsync.connectors.megaplan.todos import todo_record
from westsync.connectors.megaplan.values import items, text
from westsync.domain.records import Detail, Details
from westsync.errors import ConnectorError, Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from westsync.connectors.megaplan.config import MegaplanConfig
    from westsync.connectors.megaplan.session import Session
    from westsync.connectors.megaplan.values import Json
    from westsync.domain.intents import ObjectRef
    from westsync.domain.records import TaskRecord, TodoRecord

LONGEST_LIST_PAGES = 20
GONE_STATUS = 404

# Comments are read beside the journal, because not every account shows them in it.
ENDPOINTS: dict[tuple[str, Detail], tuple[Endpoint, ...]] = {
    ("deal", Detail.HISTORY): (Endpoint.DEAL_HISTORY, Endpoint.DEAL_COMMENTS),
    ("deal", Detail.TODOS): (Endpoint.DEAL_TODOS,),
    ("deal", Detail.TASKS): (Endpoint.DEAL_TASKS,),
    ("task", Detail.HISTORY): (Endpoint.TASK_HISTORY,),
    ("ContractorHuman", Detail.HISTORY): (Endpoint.HUMAN_HISTORY,),
    ("ContractorHuman", Detail.TODOS): (Endpoint.HUMAN_TODOS,),
    ("ContractorCompany", Detail.HISTORY): (Endpoint.COMPANY_HISTORY,),
    ("ContractorCompany", Detail.TODOS): (Endpoint.COMPANY_TODOS,),
}


@dataclass(slots=True)
class _Gathered:
    """What came for one object."""

    found: dict[Detail, list[dict[str, Json]]]
    failed: dict[str, str]
    gone: bool = False


class DetailReader:
    """Reads details of many objects; one object never spoils another."""

    def __init__(self, session: Session, bulk: BulkReader, config: MegaplanConfig) -> None:
        """Prepare; nothing is sent."""
        self._session = session
        self._bulk = bulk
        self._config = config

    def read(
        self, wanted: Mapping[ObjectRef, frozenset[Detail]], kinds: Mapping[ObjectRef, str]
    ) -> Iterator[tuple[ObjectRef, Details]]:
        """Read what is wanted of each object.

        Args:
            wanted: Object -> details.
            kinds: Object -> the kind under which `ENDPOINTS` knows it: clients have two.
        """
        for batch in self._batches(wanted, kinds):
            gathered = {ref: _Gathered(found={}, failed={}) for ref in batch}
            asked = [(ref, detail, read) for ref, reads in batch.items() for detail, read in reads]
            answers = self._bulk.read(read for _, _, read in asked)
            for (ref, detail, read), answer in zip(asked, answers, strict=True):
                self._gather(gathered[ref], detail, read, answer)
            for ref, one in gathered.items():
                yield ref, self._details(one, wanted[ref])

    def _batches(
        self, wanted: Mapping[ObjectRef, frozenset[Detail]], kinds: Mapping[ObjectRef, str]
    ) -> Iterator[dict[ObjectRef, list[tuple[Detail, Read]]]]:
        """Group whole objects into requests of at most `BULK_SIZE` reads."""
        batch: dict[ObjectRef, list[tuple[Detail, Read]]] = {}
        size = 0
        for ref, details in wanted.items():
            reads = [
                (detail, self._read(endpoint, ref.id))
                for detail in sorted(details)
                for endpoint in ENDPOINTS.get((kinds.get(ref, ref.kind), detail), ())
            ]
            if batch and size + len(reads) > BULK_SIZE:
                yield batch
                batch, size = {}, 0
            batch[ref] = reads
            size += len(reads)
        if batch:
            yield batch

    def _read(self, endpoint: Endpoint, entity: str) -> Read:
        limit = self._config.page_limit
        match endpoint:
            case Endpoint.DEAL_TASKS:
                query = page_query(
                    limit=limit, fields=task_fields(self._config), sort_by="activity"
                )
            case Endpoint.DEAL_TODOS:
                query = page_query(limit=limit, fields=wire.asked_fields(wire.Todo))
                query["all"] = True
            case _:
                query = page_query(limit=limit)
        return Read(endpoint=endpoint, entity=entity, query=query)

    def _gather(
        self, one: _Gathered, detail: Detail, read: Read, answer: Document | ConnectorError
    ) -> None:
        pages = 0
        found = one.found.setdefault(detail, [])
        while isinstance(answer, Document):
            page = items(answer.data)
            found += page
            pages += 1
            if not page or not self._has_more(answer, page):
                return
            if pages >= LONGEST_LIST_PAGES:
                one.failed[detail] = f"{read.name}: longer than {pages} pages"
                return
            answer = self._next_page(read, page[-1])
        if isinstance(answer, Rejected) and answer.status == GONE_STATUS:
            one.gone = True
        one.failed[detail] = str(answer)

    def _next_page(self, read: Read, last: dict[str, Json]) -> Document | ConnectorError:
        after = link(text(last.get("contentType")), text(last.get("id")))
        try:
            return self._session.get(read.endpoint, read.entity, {**read.query, "pageAfter": after})
        except ConnectorError as exc:
            return exc

    def _has_more(self, answer: Document, page: list[dict[str, Json]]) -> bool:
        if answer.has_more is None:
            return len(page) >= self._config.page_limit
        return answer.has_more

    def _details(self, one: _Gathered, wanted: frozenset[Detail]) -> Details:
        for detail in wanted - one.found.keys():
            one.failed[detail] = "Megaplan has no list of it for this kind of object"
        known = {detail: items for detail, items in one.found.items() if detail not in one.failed}
        history, tasks, todos = (
            known.get(detail) for detail in (Detail.HISTORY, Detail.TASKS, Detail.TODOS)
        )
        return Details(
            touches=None if history is None else touches(history, self._config.fields),
            tasks=None if tasks is None else tuple(self._tasks(tasks)),
            todos=None if todos is None else tuple(self._todos(todos)),
            failed=one.failed,
            gone=one.gone,
        )

    def _tasks(self, found: list[dict[str, Json]]) -> Iterator[TaskRecord]:
        for item in found:
            if item.get("contentType") == "Task":  # projects share the list (contract 4.3.1)
                try:
                    yield task_record(item, self._config)
                except (ValueError, msgspec.ValidationError):
                    continue

    def _todos(self, found: list[dict[str, Json]]) -> Iterator[TodoRecord]:
        for item in found:
            try:
                todo = todo_record(item, self._config.zone)
            except (ValueError, msgspec.ValidationError):
                continue
            if todo is not None:
                yield todo

"""`CrmReader` over Megaplan: changed objects, staff, programs, details."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec
import structlog

from westsync.connectors.megaplan import wire
from westsync.connectors.megaplan.bulk import BulkReader, Read
from westsync.connectors.megaplan.clients import client_record, nested_client, payer_record
from westsync.connectors.megaplan.deals import CLIENT_KINDS, deal_record
from westsync.connectors.megaplan.details import DetailReader
from westsync.connectors.megaplan.envelope import Document
from westsync.connectors.megaplan.people import employee_record
from westsync.connectors.megaplan.programs import read_programs
from westsync.connectors.megaplan.protocol import Endpoint, link, page_query, program_filter
from westsync.connectors.megaplan.talks import closed_talks
from westsync.connectors.megaplan.task_list import TaskList
from westsync.connectors.megaplan.tasks import task_record
from westsync.connectors.megaplan.values import items, text
from westsync.connectors.megaplan.walking import Listing, walk
from westsync.domain.records import Page
from westsync.errors import ConnectorError, Rejected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from westsync.connectors.megaplan.config import MegaplanConfig
    from westsync.connectors.megaplan.session import Session
    from westsync.connectors.megaplan.values import Json
    from westsync.connectors.megaplan.walking import RawPage
    from westsync.domain.intents import ObjectRef
    from westsync.domain.records import (
        ClientRecord,
        DealRecord,
        Detail,
        Details,
        Employee,
        Payer,
        Program,
        TodoRecord,
    )

T = TypeVar("T")

GONE_STATUSES = frozenset({403, 404})
_CARDS = {"deal": Endpoint.DEAL, "task": Endpoint.TASK, "client": Endpoint.CONTRACTOR}

_log = structlog.get_logger(__name__)


class MegaplanReader:
    """Reads one account. Filters are only a saving: every result is checked again here."""

    def __init__(self, session: Session, config: MegaplanConfig) -> None:
        """Prepare; nothing is sent."""
        self._session = session
        self._config = config
        self._bulk = BulkReader(session, use_bulk=config.use_bulk)
        self._details = DetailReader(session, self._bulk, config)
        self._client_types: dict[str, str] = {}
        self._tasks = TaskList(session, config)

    def me(self) -> Employee:
        """Return our own account; the health check (contract 4.8)."""
        found = self._session.get_entity(
            Endpoint.CURRENT_USER, "", "Employee", "ContractorHuman", "ContractorCompany"
        )
        return employee_record(found)

    def programs(self) -> Sequence[Program]:
        """Return the configured programs with states and field names."""
        return read_programs(self._session, self._config.programs.values())

    def employees(self) -> Sequence[Employee]:
        """Return all employees; no filter works on this list, so none is sent (contract 4.8)."""
        listing = Listing(
            endpoint=Endpoint.EMPLOYEES,
            fields=wire.asked_fields(wire.Employee),
            stable_key="name",
        )
        found, _ = _sound(self._everything(listing), employee_record)
        return tuple(found)

    def changed_deals(self, since: datetime | None) -> Iterator[Page]:
        """Walk the deals of every configured program, last change first."""
        programs = list(self._config.programs.values())
        for program in programs:
            listing = Listing(
                endpoint=Endpoint.DEALS,
                fields=(*wire.asked_fields(wire.Deal), *self._config.fields.values()),
                changed_key="timeUpdated",
                stable_key="timeCreated",
                list_filter=program_filter(program),
            )
            for page in self._walk(listing, since):
                is_last = page.is_last and program == programs[-1]
                # A whole walk of deals is followed by one of the clients, which tells more of them.
                yield self._deal_page(
                    page.found, page.newest_at, is_last, {program}, with_clients=since is not None
                )

    def changed_tasks(self, since: datetime | None) -> Iterator[Page]:
        """Walk the tasks, last activity first; there is no usable ``timeUpdated`` (2.10)."""
        for page in self._tasks.changed_since(since):
            found = [item for item in page.found if item.get("contentType") == "Task"]
            tasks, quarantined = _sound(found, lambda item: task_record(item, self._config))
            yield Page(
                tasks=tuple(tasks),
                quarantined=quarantined,
                newest_at=page.newest_at,
                is_last=page.is_last,
            )

    def changed_clients(self, since: datetime | None) -> Iterator[Page]:
        """Walk the clients of both kinds, last change first."""
        city = self._config.client_city_field
        listing = Listing(
            endpoint=Endpoint.CONTRACTORS,
            fields=(*wire.asked_fields(wire.Contractor), *((city,) if city else ())),
            changed_key="timeUpdated",
            stable_key="timeCreated",
        )
        for page in self._walk(listing, since):
            clients, quarantined = _sound(page.found, lambda item: client_record(item, city))
            self._remember_types(page.found)
            yield Page(
                clients=tuple(clients),
                quarantined=quarantined,
                newest_at=page.newest_at,
                is_last=page.is_last,
            )

    def payers(self) -> Iterator[Sequence[Payer]]:
        """Walk all payers; there is no filter by INN (contract 4.7)."""
        listing = Listing(endpoint=Endpoint.PAYERS, fields=wire.asked_fields(wire.Payer))
        for page in self._walk(listing, None):
            found, _ = _sound(page.found, payer_record)
            yield tuple(payer for payer in found if payer is not None)

    def payers_of(self, clients: Sequence[str]) -> Iterator[Sequence[Payer]]:
        """Read the payers of single clients, up to 20 in one request (contract 4.6)."""
        query = page_query(limit=self._config.page_limit, fields=wire.asked_fields(wire.Payer))
        reads = [
            Read(endpoint=Endpoint.CONTRACTOR_PAYERS, entity=client, query=query)
            for client in clients
        ]
        for client, answer in zip(clients, self._bulk.read(reads), strict=True):
            if isinstance(answer, Rejected) and answer.status in GONE_STATUSES:
                continue
            if not isinstance(answer, Document):
                raise answer
            owner: dict[str, Json] = {"contractor": link("Contractor", client)}
            found, _ = _sound((item | owner for item in items(answer.data)), payer_record)
            yield tuple(payer for payer in found if payer is not None)

    def details(
        self, wanted: Mapping[ObjectRef, frozenset[Detail]]
    ) -> Iterator[tuple[ObjectRef, Details]]:
        """Read what hangs on single objects, up to 20 reads in one request."""
        kinds = {ref: self._client_type(ref.id) for ref in wanted if ref.kind == "client"}
        yield from self._details.read(wanted, kinds)

    def objects(self, refs: Sequence[ObjectRef]) -> Iterator[Page]:
        """Read single cards; 403 and 404 on a known id mean gone or hidden (contract 6)."""
        reads = [Read(endpoint=_CARDS[ref.kind], entity=ref.id) for ref in refs]
        for ref, answer in zip(refs, self._bulk.read(reads), strict=True):
            if isinstance(answer, Document):
                yield self._card_page(ref.kind, answer.data)
            elif isinstance(answer, Rejected) and answer.status in GONE_STATUSES:
                yield Page(gone=(ref,))
            else:
                raise answer

    def closed_talks(self, begins_at: datetime, ends_at: datetime) -> Sequence[TodoRecord]:
        """Return calls and meetings closed in ``[begins_at, ends_at)`` (contract 4.4).

        Raises:
            ConnectorError: They cannot be read, or not all of them.
        """
        return closed_talks(self._session, self._config, begins_at, ends_at)

    def _card_page(self, kind: str, card: Json) -> Page:
        found = (card,) if isinstance(card, dict) else ()
        match kind:
            case "deal":
                ours = set(self._config.programs.values())
                return self._deal_page(found, None, is_last=True, programs=ours)
            case "task":
                tasks, quarantined = _sound(found, lambda item: task_record(item, self._config))
                return Page(tasks=tuple(tasks), quarantined=quarantined)
            case _:
                city = self._config.client_city_field
                clients, quarantined = _sound(found, lambda item: client_record(item, city))
                self._remember_types(found)
                return Page(clients=tuple(clients), quarantined=quarantined)

    def _deal_page(
        self,
        found: Iterable[dict[str, Json]],
        newest_at: datetime | None,
        is_last: bool,
        programs: set[str],
        *,
        with_clients: bool = True,
    ) -> Page:
        found = list(found)
        fields, suppliers = self._config.fields, self._config.product_supplier_fields
        deals, quarantined = _sound(found, lambda item: deal_record(item, fields, suppliers))
        city = self._config.client_city_field
        nested = [item["contractor"] for item in found if isinstance(item.get("contractor"), dict)]
        self._remember_types(nested)
        clients: dict[str, ClientRecord] = {}
        for value in nested if with_clients else ():
            client = nested_client(value, city)
            if client is not None:
                clients[client.id] = client
        return Page(
            deals=tuple(deal for deal in deals if self._is_ours(deal, programs)),
            clients_seen=tuple(clients.values()),
            quarantined=quarantined,
            newest_at=newest_at,
            is_last=is_last,
        )

    def _is_ours(self, deal: DealRecord, programs: set[str]) -> bool:
        """A filter that the server ignored must not widen what we act on (contract 2.9)."""
        if deal.program_id in programs:
            return True
        _log.debug("connector.foreign_program_skipped", deal=deal.id, program=deal.program_id)
        return False

    def _walk(self, listing: Listing, since: datetime | None) -> Iterator[RawPage]:
        return walk(
            self._session,
            listing,
            since,
            first_page=self._config.first_page,
            limit=self._config.page_limit,
        )

    def _everything(self, listing: Listing) -> Iterator[dict[str, Json]]:
        for page in self._walk(listing, None):
            yield from page.found

    def _remember_types(self, found: Iterable[Json]) -> None:
        for item in found:
            if isinstance(item, dict) and item.get("contentType") in CLIENT_KINDS:
                self._client_types[text(item.get("id"))] = text(item.get("contentType"))

    def _client_type(self, client: str) -> str:
        """Return the concrete type: the abstract path has no history (contract 4.6)."""
        if client not in self._client_types:
            try:
                card = self._session.get_entity(Endpoint.CONTRACTOR, client, *CLIENT_KINDS)
            except ConnectorError as exc:
                _log.warning("connector.client_unreadable", client_id=client, error=str(exc))
                return "client"
            self._remember_types([card])
        return self._client_types[client]


def _sound(
    found: Iterable[dict[str, Json]], read: Callable[[dict[str, Json]], T]
) -> tuple[list[T], tuple[tuple[str, str], ...]]:
    """Read every item; one that does not fit our model is set aside with the reason."""
    sound: list[T] = []
    quarantined: list[tuple[str, str]] = []
    for item in found:
        try:
            sound.append(read(item))
        except (ValueError, msgspec.ValidationError) as exc:
            quarantined.append((text(item.get("id")), str(exc)))
    return sound, tuple(quarantined)

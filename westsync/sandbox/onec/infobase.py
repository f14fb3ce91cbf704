"""The infobase: its rows, and what every write into it has to pass (contract 4.5, 10.5-10.7).

OData, SOAP and the accountant all write through `Infobase`, so that numbers, versions, closed
periods and the rules of posting are the same whoever writes.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from westsync.sandbox.onec import bp30, ut11
from westsync.sandbox.onec.blank import blank
from westsync.sandbox.onec.locking import locked
from westsync.sandbox.onec.numbering import next_code, next_number
from westsync.sandbox.onec.posting import need_open_period, need_postable
from westsync.sandbox.onec.refusals import (
    EXISTS,
    UNKNOWN_ENTITY,
    ConfigurationRefused,
    OneCRefused,
    no_instance,
)
from westsync.sandbox.onec.requestlog import Request
from westsync.sandbox.onec.store import Store
from westsync.sandbox.onec.switches import OneCSwitches
from westsync.sandbox.onec.values import Ref, Row
from westsync.sandbox.standin.world import StandIn

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from westsync.sandbox.onec.schema import EntityType, Schema

ZONE = "Europe/Moscow"
CONFIGURATION = "БухгалтерияПредприятия 3.0.164.20"


class Infobase(StandIn[OneCSwitches, Request]):
    """One 1C base.

    Attributes:
        zone: Zone of the server, whose wall clock all documents show.
        store: Its rows.
        closed_until: Last day of the closed period; None: nothing is closed.
    """

    def __init__(
        self,
        *,
        start: datetime | None = None,
        source: Callable[[], datetime] | None = None,
        seed: int = 0,
        switches: OneCSwitches | None = None,
    ) -> None:
        """Open the base.

        Args:
            start: Moment at which the clock stands; Tuesday 24.11.2026 09:00 Moscow by default,
                or the source's present.
            source: Running clock to follow; None for a clock that stands still.
            seed: Same seed and same acts give the same keys and faults.
            switches: Doubts to decide otherwise than by default.
        """
        self.zone = ZoneInfo(ZONE)
        super().__init__(switches or OneCSwitches(), start=start, source=source, seed=seed)

    def open(self, seed: int) -> None:
        """Begin with an empty base, whatever was there before."""
        super().open(seed)
        self.store = Store()
        self.closed_until: date | None = None
        self._random = random.Random(seed)  # noqa: S311 - reproducible keys, no secret
        self._objections: list[tuple[str, str | None]] = []

    @property
    def written(self) -> int:
        """Number of the store's last write."""
        return self.store.written

    @property
    def wall_clock(self) -> datetime:
        """The present as 1C writes it: naive, in the server's zone, whole seconds."""
        return self.now.astimezone(self.zone).replace(tzinfo=None, microsecond=0)

    @property
    def schema(self) -> Schema:
        """All objects of the configuration, published or not."""
        switches = self.switches
        if switches.profile == "ut11":
            return _UT11
        return _bp30(switches.payment_link, switches.item_link)

    @property
    def published(self) -> Schema:
        """The objects that were ticked in "Состав"."""
        if self.switches.composition == "empty":
            return {}
        hidden = self.switches.unpublished
        if not hidden:
            return self.schema
        return {name: one for name, one in self.schema.items() if name not in hidden}

    @property
    def known(self) -> Schema:
        """Everything the base can keep, also what the present profile does not show."""
        return _UT11 | _bp30(self.switches.payment_link, self.switches.item_link)

    def type_of(self, entity: str) -> EntityType:
        """Return the description of an entity set.

        Raises:
            OneCRefused: 404, code 8: it is not in the composition.
        """
        found = self.published.get(entity)
        if found is None:
            raise OneCRefused(UNKNOWN_ENTITY, f'Тип сущности "{entity}" не найден')
        return found

    def new_key(self) -> str:
        """Return a fresh UUID."""
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def need(self, entity: str, key: str) -> Row:
        """Return a row.

        Raises:
            OneCRefused: 404, code 9: there is none.
        """
        found = self.store.get(entity, key)
        if found is None:
            raise no_instance(entity)
        return found

    @locked
    def create(self, /, entity: str, **fields: object) -> Row:
        """Write a new object; what is not given is empty, number and code are assigned.

        Args:
            entity: Its entity set.
            fields: By names of the configuration; ``Ref`` chooses the key.

        Raises:
            OneCRefused: Code 15: the key is taken. Code -1: the configuration refuses.
        """
        kind = self.known[entity]
        row = blank(kind) | fields
        if kind.dimensions:
            return self._create_record(kind, row)
        return self._create_object(kind, row)

    @locked
    def create_posted(self, /, entity: str, **fields: object) -> Row:
        """Write and post a new document in one transaction: refused, it leaves nothing.

        Raises:
            OneCRefused: As `create` and `post`.
        """
        kind = self.known[entity]
        row = blank(kind) | fields
        self._object_to(row)
        return self._create_object(kind, row | {"Posted": True})

    def _create_object(self, kind: EntityType, row: Row) -> Row:
        key = str(row["Ref"] or self.new_key())
        row["Ref"] = key
        if self.store.get(kind.name, key) is not None:
            status = self.switches.duplicate_status
            text = f'Сущность "{kind.name}" с таким ключом уже есть'
            raise OneCRefused(EXISTS, text, status=status)
        if kind.is_document and not row["Number"]:
            row["Number"] = next_number(self.store, kind, row)
        if kind.code_length and not row["Code"]:
            row["Code"] = next_code(self.store, kind)
        return self.store.put(kind.name, key, row)

    @locked
    def change(self, /, entity: str, key: str, **fields: object) -> Row:
        """Replace some fields of an object; a tabular section is replaced whole.

        Raises:
            OneCRefused: Code 9: there is no such object. Code -1: its period is closed.
        """
        old = self.need(entity, key)
        new = old | fields
        if old.get("Posted"):
            self._need_open_period(old)
            self._need_open_period(new)
        return self.store.put(entity, key, new)

    @locked
    def post(self, entity: str, key: str) -> Row:
        """Post a document; posting twice is harmless.

        Raises:
            OneCRefused: Code 9: there is none. Code -1: posting is refused.
        """
        row = self.need(entity, key)
        self._object_to(row)
        return self.store.put(entity, key, row | {"Posted": True})

    @locked
    def unpost(self, entity: str, key: str) -> Row:
        """Take a posting back.

        Raises:
            OneCRefused: Code 9: there is none. Code -1: the period is closed.
        """
        row = self.need(entity, key)
        if row["Posted"]:
            self._need_open_period(row)
        return self.store.put(entity, key, row | {"Posted": False})

    @locked
    def mark(self, entity: str, key: str, *, marked: bool = True) -> Row:
        """Mark an object for deletion, which also takes back its posting, or unmark it."""
        old = self.need(entity, key)
        fields: dict[str, object] = {"DeletionMark": marked}
        if marked and old.get("Posted"):
            fields["Posted"] = False
        return self.change(entity, key, **fields)

    @locked
    def delete(self, entity: str, key: str) -> None:
        """Delete an object for good.

        Raises:
            OneCRefused: Code 9: there is none. Code -1: its period is closed.
        """
        row = self.need(entity, key)
        if row.get("Posted"):
            self._need_open_period(row)
        self.store.remove(entity, key)

    @locked
    def object_once(self, text: str, key: str | None = None) -> None:
        """Let the next posting (of one document, if given) be refused with a text."""
        self._objections.append((text, key))

    def record_key(self, entity: str, row: Row) -> str:
        """Return the key of a register's record: its dimensions, joined."""
        parts = [row[name] for name in self.known[entity].dimensions]
        return "|".join(":".join(part) if isinstance(part, Ref) else str(part) for part in parts)

    def _create_record(self, kind: EntityType, row: Row) -> Row:
        key = self.record_key(kind.name, row)
        if self.store.get(kind.name, key) is not None:
            status = self.switches.duplicate_status
            raise OneCRefused(EXISTS, "Запись с такими ключевыми полями уже есть", status=status)
        return self.store.put(kind.name, key, row)

    def _object_to(self, row: Row) -> None:
        """Refuse what was planted, and what the configuration would refuse (contract 10.7)."""
        for objection in self._objections:
            if objection[1] in {None, row["Ref"]}:
                self._objections.remove(objection)
                raise ConfigurationRefused(objection[0])
        need_postable(row, self.store, self.switches.contract_to_post)
        self._need_open_period(row)

    def _need_open_period(self, row: Row) -> None:
        need_open_period(row, self.closed_until)


def ref_of(entity: str, row: Row) -> Ref:
    """Return the reference to an object."""
    return Ref(entity, row["Ref"])


_UT11 = ut11.schema()
_KINDS = {
    (payment, item): bp30.schema(payment_link=payment, item_link=item)
    for payment in bp30.LINKS
    for item in bp30.LINKS
}


def _bp30(payment_link: bp30.Link, item_link: bp30.Link) -> Schema:
    return _KINDS[payment_link, item_link]

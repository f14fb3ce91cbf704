"""What was: every version of deals, clients, tasks and their details that was ever observed.

The mirror knows only the present. Draft rules are tried on the past (`westsync simulate`) and past
moments are explained (`westsync explain --at`), so what the facts are made of is recorded here as
it changes, in the transaction of the mirror, with personal data masked
(`westsync.journal.history_masking`). What does not change costs nothing and takes no room.

A CRM history is only ever added to, so of it each row has the entries that were new.
"""

from __future__ import annotations

import zlib
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from westsync.journal.codec import encode, from_us, to_us
from westsync.journal.history_masking import Masker, Senses

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from westsync.domain.intents import ObjectRef
    from westsync.domain.records import ClientRecord, DealRecord, TaskRecord, TodoRecord, Touch
    from westsync.journal.database import Database

KEPT = timedelta(days=400)
"""How far the history goes back."""

MOST_BYTES = 512 * 2**20
"""How much room the records of one account may take; then the oldest go before their time."""

_GIVEN_UP_AT_ONCE = timedelta(days=7)
_FROM = "history.from"

# The words that records are made of: a record alone is too short to be packed well. It must never
# change, since what was packed with it can only be unpacked with it.
_DICTIONARY = (
    b'"id":"","at":"2026-11-24T06:00:00Z","kind":"comment","kind":"edit","kind":"stage",'
    b'"author_id":"1000001","generated_by":null,"text":"","fields":["state="],"name":"~",'
    b'"category":"call","status":"scheduled","status":"finished","starts_at":null,'
    b'"finished_at":null,"owner_id":null,"active_at":"2026-11-24T06:00:00Z","status_at":null,'
    b'"deadline":null,"deal_ids":[""],"marker":null,"phones":["~"],"emails":["~"],"inn":null,'
    b'"city":null,"deals_count":null,"kind":"person","kind":"organisation","number":"",'
    b'"program_id":"14","state_id":"127","stage_type":"active","manager_id":"1000001",'
    b'"responsible_id":"1000001","client_id":"","client_kind":"person","created_at":"2026-11-24T0'
    b'6:00:00Z","updated_at":"2026-11-24T06:00:00Z","stage_entered_at":"2026-11-24T06:00:00Z",'
    b'"price":"","lines":[{"article":null,"name":"","quantity":"1","price":""}],"attachments":[],'
    b'"invoices":[],"custom":{"city":null,"delivery_at":null,"delivery_kind":null,"long_lead":'
    b'false,"source":"","urgent":false},"hidden":[],"gone":false}'
)


class Part(StrEnum):
    """Which part of an object a row is a version of."""

    RECORD = "record"
    HISTORY = "history"
    TODOS = "todos"
    TASKS = "tasks"


class History:
    """The history of one account. Writing methods need a transaction."""

    def __init__(self, database: Database, account: str) -> None:
        """Work on one account of a state."""
        self._database = database
        self._account = account
        self._masker = Masker(database.installation)

    @property
    def masker(self) -> Masker:
        """What masks this installation's records."""
        return self._masker

    def keep_senses(self, senses: Senses) -> None:
        """Have masked texts tell what this company's facts are read from, from now on."""
        self._masker = Masker(self._database.installation, senses)

    # -- recording -----------------------------------------------------------------------------

    def keep_deal(self, deal: DealRecord, at: datetime) -> None:
        """Record a deal that is not as it was before, as it was seen at a moment (UTC)."""
        self._put("deal", deal.id, Part.RECORD, at, encode(self._masker.deal(deal)))

    def keep_task(self, task: TaskRecord, at: datetime) -> None:
        """Record a task that is not as it was before."""
        self._put("task", task.id, Part.RECORD, at, encode(self._masker.task(task)))

    def keep_client(self, client: ClientRecord, at: datetime) -> None:
        """Record a client, with the INN of his payer, who is not as he was before."""
        self._put("client", client.id, Part.RECORD, at, encode(self._masker.client(client)))

    def keep_gone(self, kind: str, id_: str, at: datetime) -> None:
        """Record that an object is deleted or hidden from us."""
        self._put(kind, id_, Part.RECORD, at, b"")

    def keep_touches(self, obj: ObjectRef, new: Iterable[Touch], at: datetime) -> None:
        """Record the entries of a CRM history that were not known before; none: it was read."""
        self._put(obj.kind, obj.id, Part.HISTORY, at, encode(self._masker.touches(new)))

    def keep_todos(self, obj: ObjectRef, todos: Iterable[TodoRecord], at: datetime) -> None:
        """Record all calls and meetings of an object that are not as they were before."""
        self._put(obj.kind, obj.id, Part.TODOS, at, encode(self._masker.todos(todos)))

    def keep_links(self, obj: ObjectRef, tasks: Iterable[str], at: datetime) -> None:
        """Record the ids of the tasks that hang on an object and are not the same as before."""
        self._put(obj.kind, obj.id, Part.TASKS, at, encode(tuple(tasks)))

    def _put(self, kind: str, id_: str, part: Part, at: datetime, record: bytes) -> None:
        packed = pack(record)
        self._database.write(
            "INSERT INTO history (account, kind, id, part, at, size, record)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
            " size = excluded.size, record = excluded.record",
            (self._account, kind, id_, part, to_us(at), len(packed), packed),
        )

    # -- reading -------------------------------------------------------------------------------

    def begins_at(self) -> datetime | None:
        """Return since when everything was recorded (UTC); None if nothing was yet."""
        row = self._database.row("SELECT min(at) FROM history WHERE account = ?", (self._account,))
        if row is None or row[0] is None:
            return None
        cut = self._database.row(
            "SELECT value FROM setting WHERE account = ? AND key = ?", (self._account, _FROM)
        )
        return from_us(max(row[0], int(cut[0]) if cut is not None else row[0]))

    def ids(self, kind: str) -> tuple[str, ...]:
        """Return the ids of all objects of a kind that were ever recorded, in text order."""
        rows = self._database.rows(
            "SELECT DISTINCT id FROM history WHERE account = ? AND kind = ? ORDER BY id",
            (self._account, kind),
        )
        return tuple(id_ for (id_,) in rows)

    def rows(self, kind: str, id_: str) -> list[tuple[Part, datetime, bytes]]:
        """Return (part, when it was seen, record) of an object; an empty record: it was gone."""
        rows = self._database.rows(
            "SELECT part, at, record FROM history WHERE account = ? AND kind = ? AND id = ?"
            " ORDER BY part, at",
            (self._account, kind, id_),
        )
        return [(Part(part), from_us(at), unpack(record)) for part, at, record in rows]

    def bytes_kept(self) -> int:
        """Return how much room the records take."""
        row = self._database.row(
            "SELECT sum(size) FROM history WHERE account = ?", (self._account,)
        )
        return 0 if row is None or row[0] is None else int(row[0])

    # -- forgetting ----------------------------------------------------------------------------

    def forget_old(
        self, now: datetime, *, kept: timedelta = KEPT, most_bytes: int = MOST_BYTES
    ) -> int:
        """Drop what is too old, and more if it takes too much room; return how many rows went.

        What an open deal or task was like when the history begins stays, however old: without it
        nothing that happened to it later could be understood.

        Args:
            now: The present (UTC).
            kept: How far the history shall go back.
            most_bytes: How much room the records may take.
        """
        with self._database.transaction():
            since = now - kept
            dropped = self._forget_before(since)
            while since < now and self.bytes_kept() > most_bytes:
                since += _GIVEN_UP_AT_ONCE
                dropped += self._forget_before(since)
            if dropped:
                self._database.write(
                    "INSERT INTO setting VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET"
                    " value = excluded.value WHERE CAST(excluded.value AS INTEGER)"
                    " > CAST(setting.value AS INTEGER)",
                    (self._account, _FROM, str(to_us(since))),
                )
        return dropped

    def _forget_before(self, since: datetime) -> int:
        """Drop versions that a later one replaced before a moment, and objects long at rest."""
        cut = (self._account, to_us(since))
        replaced = self._database.write(
            "DELETE FROM history WHERE account = ?1 AND at < ?2 AND part <> 'history'"
            " AND EXISTS (SELECT 1 FROM history later WHERE later.account = history.account"
            "   AND later.kind = history.kind AND later.id = history.id"
            "   AND later.part = history.part AND later.at > history.at AND later.at <= ?2)",
            cut,
        )
        return replaced + self._database.write(
            "DELETE FROM history WHERE account = ?1 AND at < ?2"
            " AND NOT EXISTS (SELECT 1 FROM history later WHERE later.account = history.account"
            "   AND later.kind = history.kind AND later.id = history.id AND later.at >= ?2)"
            " AND NOT (kind = 'deal' AND EXISTS (SELECT 1 FROM deal"
            "   WHERE deal.account = history.account AND deal.id = history.id AND deal.open))"
            " AND NOT (kind = 'task' AND EXISTS (SELECT 1 FROM task"
            "   WHERE task.account = history.account AND task.id = history.id AND task.open))"
            " AND NOT (kind = 'client' AND EXISTS (SELECT 1 FROM deal"
            "   WHERE deal.account = history.account AND deal.client = history.id AND deal.open))",
            cut,
        )


def pack(record: bytes) -> bytes:
    """Return a record as it is stored, about a third of its length."""
    if not record:
        return record
    packer = zlib.compressobj(3, zlib.DEFLATED, -zlib.MAX_WBITS, 5, zdict=_DICTIONARY)
    return packer.compress(record) + packer.flush()


def unpack(packed: bytes) -> bytes:
    """Return the record that `pack` was given."""
    if not packed:
        return packed
    return zlib.decompressobj(-zlib.MAX_WBITS, zdict=_DICTIONARY).decompress(packed)

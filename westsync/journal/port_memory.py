"""The port of an account's memory: what was observed, how far, and what rules remember.

A store of another kind implements these; the jobs know nothing else of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from westsync.domain.episodes import Episode
    from westsync.domain.hints import Arrival, Hint
    from westsync.domain.intents import ObjectRef
    from westsync.domain.records import (
        ClientRecord,
        DealRecord,
        Details,
        Employee,
        Page,
        Payer,
        Program,
        TaskRecord,
    )
    from westsync.journal.clients import Twin
    from westsync.journal.cursors import Cursor
    from westsync.journal.details import KeptDetails
    from westsync.journal.hints import Taken
    from westsync.journal.history import Part
    from westsync.journal.history_masking import Masker, Senses
    from westsync.journal.silences import Quiet, Silence


class Dirty(Protocol):
    """The marks of one account. Every writing method needs a transaction."""

    def mark(self, objects: Iterable[ObjectRef], now: datetime) -> None:
        """Have objects decided again; a mark that is there keeps its older moment."""
        ...

    def clear(self, obj: ObjectRef) -> None:
        """Take the mark away: the object is being decided in this very transaction."""
        ...

    def objects(self, limit: int) -> tuple[ObjectRef, ...]:
        """Return up to ``limit`` marked objects, longest marked first."""
        ...


class History(Protocol):
    """What the objects of one account were like. Writing methods need a transaction."""

    def keep_senses(self, senses: Senses) -> None:
        """Have masked texts tell what this company's facts are read from, from now on."""
        ...

    def begins_at(self) -> datetime | None:
        """Return since when everything was recorded (UTC); None if nothing was yet."""
        ...

    @property
    def masker(self) -> Masker:
        """What masks this installation's records."""
        ...

    def ids(self, kind: str) -> tuple[str, ...]:
        """Return the ids of all objects of a kind that were ever recorded, in text order."""
        ...

    def rows(self, kind: str, id_: str) -> list[tuple[Part, datetime, bytes]]:
        """Return (part, when it was seen, record) of an object; an empty record: it was gone."""
        ...

    def forget_old(self, now: datetime) -> int:
        """Drop what is too old, and more if it takes too much room; return how many rows went."""
        ...


class Mirror(Protocol):
    """The mirror of one account."""

    @property
    def history(self) -> History:
        """What changed is recorded there as well."""
        ...

    def start_history(self, now: datetime) -> int:
        """Record what is known and has no history yet; return how many objects that are."""
        ...

    @property
    def dirty(self) -> Dirty:
        """Objects that changed since they were last decided."""
        ...

    def keep_page(self, page: Page, seen_at: datetime) -> tuple[ObjectRef, ...]:
        """Store a page of a walk."""
        ...

    def keep_payers(self, payers: Iterable[Payer], seen_at: datetime) -> tuple[ObjectRef, ...]:
        """Store payers; a new INN concerns the client and its new twins."""
        ...

    def keep_details(
        self, obj: ObjectRef, details: Details, seen_at: datetime
    ) -> tuple[ObjectRef, ...]:
        """Store what was read of one object; linked tasks become tasks of the mirror."""
        ...

    def keep_employees(self, employees: Iterable[Employee]) -> None:
        """Store all employees as they were just read."""
        ...

    def keep_programs(self, programs: Iterable[Program]) -> None:
        """Store all configured programs as they were just read."""
        ...

    def mark_gone(self, objects: Iterable[ObjectRef], seen_at: datetime) -> tuple[ObjectRef, ...]:
        """Say that objects were deleted or hidden from us; what was known of them stays."""
        ...

    def deal(self, deal_id: str) -> DealRecord | None:
        """Return a deal; None if it was never seen."""
        ...

    def task(self, task_id: str) -> TaskRecord | None:
        """Return a task; None if it was never seen."""
        ...

    def tasks_of(self, deal_id: str) -> tuple[TaskRecord, ...]:
        """Return the tasks of a deal that are not gone, oldest first."""
        ...

    def linked_tasks(self, deal_id: str) -> tuple[str, ...]:
        """Return the ids of the tasks of a deal, also of those that are gone."""
        ...

    def marked_tasks(self, created_since: datetime) -> tuple[TaskRecord, ...]:
        """Return tasks that carry a marker of ours, created since a moment, oldest first."""
        ...

    def details(self, obj: ObjectRef) -> KeptDetails:
        """Return what was read of an object beyond the lists, and when."""
        ...

    def details_since(self, obj: ObjectRef, moment: datetime) -> KeptDetails | None:
        """Return the details if any of them was read since a moment; else they are not decoded."""
        ...

    def client(self, client_id: str) -> ClientRecord | None:
        """Return a client with the INN of its payer; None if it was never seen."""
        ...

    def payers_of(self, client_id: str) -> tuple[Payer, ...]:
        """Return the requisites of a client."""
        ...

    def payers_with(self, inn: str) -> tuple[Payer, ...]:
        """Return all requisites with this INN."""
        ...

    def clients_lacking_inn(self, objects: Collection[ObjectRef]) -> tuple[str, ...]:
        """Return the organisations without an INN among some clients and owners of open deals."""
        ...

    def twins(self, client_id: str) -> tuple[Twin, ...]:
        """Return clients with the same phone, e-mail, INN, or name and city."""
        ...

    def clients_without_deals(
        self, created_since: datetime, limit: int = 100
    ) -> tuple[ClientRecord, ...]:
        """Return clients created since a moment for whom no deal is known, oldest first."""
        ...

    def deals_of(self, client_id: str) -> tuple[DealRecord, ...]:
        """Return all deals of a client that are not gone, oldest first."""
        ...

    def employee(self, employee_id: str) -> Employee | None:
        """Return an employee; None if the CRM does not have him."""
        ...

    def employees(self) -> tuple[Employee, ...]:
        """Return all employees, also dismissed ones, in the order of their ids."""
        ...

    def programs(self) -> tuple[Program, ...]:
        """Return the configured programs as last read, in the order of their ids."""
        ...

    def open_deals_count(self) -> int:
        """Return how many deals are open; a kept tally, not a scan."""
        ...

    def open_deals(self, after: str = "", limit: int = 1000) -> tuple[str, ...]:
        """Return ids of open deals in text order, a batch after an id; for the nightly sweep."""
        ...


class Cursors(Protocol):
    """The cursors of one account. `save` needs a transaction, that of the pages it covers."""

    def get(self, source: str) -> Cursor | None:
        """Return the cursor of a source, e.g. ``megaplan.deals``; None if it was never read."""
        ...

    def all(self) -> dict[str, Cursor]:
        """Return the cursors of all sources."""
        ...

    def save(self, source: str, cursor: Cursor) -> None:
        """Store a cursor; the watermark never goes back."""
        ...


class Episodes(Protocol):
    """Episodes and timers of one account. Writing methods need a transaction."""

    def of(self, obj: ObjectRef) -> dict[str, Episode]:
        """Return the episodes of an object by rule id, cleared ones included."""
        ...

    def open_of(self, rules: Sequence[str]) -> tuple[tuple[ObjectRef, Episode], ...]:
        """Return the episodes of rules that have not ended, with their objects."""
        ...

    def due_objects(self, now: datetime, limit: int) -> tuple[ObjectRef, ...]:
        """Return up to ``limit`` objects whose timer has come, longest due first."""
        ...

    def next_due(self) -> datetime | None:
        """Return when the nearest timer comes (UTC); None if there is none."""
        ...

    def save_decision(
        self, obj: ObjectRef, episodes: Iterable[Episode], next_at: datetime | None
    ) -> None:
        """Store what a decision about an object leaves behind, and take its dirty mark away."""
        ...

    def forget(self, obj: ObjectRef, rules: Iterable[str]) -> None:
        """Remove the episodes of rules that no longer exist or concern this object."""
        ...

    def set_timer(self, obj: ObjectRef, at: datetime | None) -> None:
        """Have the object decided at a moment (UTC); None removes its timer."""
        ...


class Hints(Protocol):
    """The hints of one account; each method is a transaction of its own."""

    def keep(self, arrivals: Sequence[Arrival], now: datetime) -> tuple[Taken, ...]:
        """Keep events durably and say what became of each."""
        ...

    def waiting(self, limit: int = ...) -> tuple[Hint, ...]:
        """Return hints, longest waiting first."""
        ...

    def count(self) -> int:
        """Return how many objects wait."""
        ...

    def settle(self, hints: Iterable[Hint]) -> None:
        """Take away hints whose objects were read; one that came anew meanwhile stays."""
        ...

    def tried(self, hints: Iterable[Hint]) -> None:
        """Note that objects could not be read."""
        ...

    def last_at(self) -> datetime | None:
        """Return when the last event came (UTC), of whatever kind; None if none ever did."""
        ...


class Silences(Protocol):
    """Acknowledgements, mutes and releases of one account."""

    def ack(self, rule: str, obj: ObjectRef, *, until: datetime, by: str, now: datetime) -> None:
        """Silence what a rule says about one object."""
        ...

    def forget_ack(self, rule: str, obj: ObjectRef) -> None:
        """Let an acknowledgement die with the episode it was about; needs a transaction."""
        ...

    def mute(self, scope: str, *, until: datetime, by: str, now: datetime) -> None:
        """Silence a rule id, an object (``deal-43``) or everything (``*``)."""
        ...

    def release(self, scope: str, *, until: datetime, by: str, now: datetime) -> None:
        """Lift the flood brake of a rule id or of everything (``*``)."""
        ...

    def released_until(self, rule: str, now: datetime) -> datetime | None:
        """Return until when the flood brake of a rule is lifted; None if it is on."""
        ...

    def quiet(self, now: datetime) -> Quiet:
        """Return all acknowledgements and mutes that hold now; there are never many."""
        ...

    def active(self, now: datetime) -> tuple[Silence, ...]:
        """Return everything that holds now, for reports and `westsync status`."""
        ...


class Keepsakes(Protocol):
    """Named texts of one account. Each write is durable when the method returns."""

    def get(self, key: str) -> str | None:
        """Return a value, e.g. of ``megaplan.requests_per_second``; None if it was never put."""
        ...

    def put(self, key: str, value: str) -> None:
        """Store a value; the same value again writes nothing."""
        ...

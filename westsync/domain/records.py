"""What westsync knows of the CRM's objects, in the field's words and nothing more.

Connectors make these values, the mirror keeps them, the facts are read from them. They hold
only what rules and texts use; passport data and addresses are never asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime  # noqa: TC003 - msgspec reads annotations at run time
from decimal import Decimal  # noqa: TC003 - as above
from enum import StrEnum

from westsync.domain.intents import ObjectRef  # noqa: TC001 - as above


class ClientKind(StrEnum):
    """Whom the company sells to."""

    PERSON = "person"
    ORGANISATION = "organisation"
    UNKNOWN = "unknown"


class StageType(StrEnum):
    """What a stage means for the deal's outcome (``ProgramState.type``)."""

    ACTIVE = "active"
    POSITIVE = "positive"
    NEGATIVE = "negative"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A position of a deal: goods, how many, for how much.

    Attributes:
        article: Supplier's or own article; None if the product has none.
        name: What the position is called.
        quantity: Pieces (or units); None if not filled.
        price: Roubles for one; None if not filled.
        supplier: What the product's own field says of its supplier (P3.1); None if it is empty,
            or not configured.
    """

    article: str | None
    name: str
    quantity: Decimal | None
    price: Decimal | None
    supplier: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file of a deal: its CRM id, its name, when it came (UTC; None if not told)."""

    id: str
    name: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CrmInvoice:
    """A bill to the client as Megaplan knows it (contract 4.9).

    Attributes:
        status: ``created``, ``drawn``, ``paid`` or ``rejected``; anything else is kept verbatim.
        total: Roubles.
        issued_on: Date on the bill, in the account's zone.
        paid_at: ``actualPaymentDate`` (UTC); None if it is not paid or the answer did not tell.
    """

    id: str
    number: str
    status: str
    total: Decimal | None
    issued_on: date | None
    paid_at: datetime | None = None


# A custom field's value, already plain: text without HTML, number, truth, list of texts.
# Moments (UTC), dates and money come as text: ISO 8601, and decimal roubles. None = empty.
FieldValue = str | bool | int | float | tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DealRecord:
    """A deal as the list of changed deals shows it (contract 4.1).

    Attributes:
        program_id, state_id: Ids of the account; names are configuration.
        stage_type: Outcome of the stage; None if neither deal nor program told it.
        manager_id: Employee id of the responsible; None if nobody is.
        client_id: Contractor id; None if the deal has no client.
        client_kind: From the contractor's type.
        created_at, updated_at, stage_entered_at: UTC, second resolution.
        custom: Configured custom fields by *fact name*; a name that the account hides is absent.
        hidden: Names of facts that the answer did not contain at all (hidden by rights).
        gone: True when the object was deleted or is no longer visible to us.
    """

    id: str
    number: str
    name: str
    program_id: str
    state_id: str
    stage_type: StageType | None
    manager_id: str | None
    client_id: str | None
    client_kind: ClientKind
    created_at: datetime
    updated_at: datetime
    stage_entered_at: datetime | None
    price: Decimal | None
    lines: tuple[Line, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    invoices: tuple[CrmInvoice, ...] = ()
    custom: dict[str, FieldValue] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRecord:
    """A task as the list of active tasks shows it (contract 4.3).

    Attributes:
        status: One of the RAML's statuses; open are created, assigned, accepted, delayed, overdue.
        deadline: UTC moment; a date-only deadline is the end of that day in the account's zone.
        deal_ids: Deals that the task is linked with.
        marker: Our 16 characters if the task carries a marker line; None for people's tasks.
        active_at: The list's sort key ``activity``.
        status_at: When the status last changed; None if not told.
        owner_id: Who set the task.
        body_hash: Hash of name, body and deadline, to see a person's edit of our own task.
    """

    id: str
    name: str
    status: str
    responsible_id: str | None
    owner_id: str | None
    created_at: datetime
    active_at: datetime
    status_at: datetime | None
    deadline: datetime | None
    deal_ids: tuple[str, ...] = ()
    client_id: str | None = None
    marker: str | None = None
    gone: bool = False

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do it."""
        return self.status in OPEN_TASK_STATUSES and not self.gone

    @property
    def is_finished(self) -> bool:
        """Whether it was done, not cancelled or expired."""
        return self.status in FINISHED_TASK_STATUSES


OPEN_TASK_STATUSES = frozenset({"created", "assigned", "accepted", "delayed", "overdue"})
FINISHED_TASK_STATUSES = frozenset({"done", "completed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRecord:
    """A client: person (``ContractorHuman``) or organisation (``ContractorCompany``).

    Attributes:
        phones: Digits with country code, as E.164 without plus where they could be read.
        emails: Lower-cased.
        kpp: As ``inn``.
        inn: From the payer, never from the contractor itself (contract 4.7).
        deals_count: All deals of the client; None if the account hides it.
        last_contact_at: ``lastCommunicationDate`` if the account shows it.
    """

    id: str
    kind: ClientKind
    name: str
    created_at: datetime
    updated_at: datetime
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    inn: str | None = None
    kpp: str | None = None
    city: str | None = None
    deals_count: int | None = None
    responsible_id: str | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """Legal requisites of a client; the place where an INN lives (contract 4.7)."""

    id: str
    client_id: str
    inn: str | None
    kpp: str | None


class TouchKind(StrEnum):
    """What somebody did with a deal."""

    COMMENT = "comment"
    EDIT = "edit"
    STAGE = "stage"
    CREATION = "creation"
    TODO = "todo"
    TASK = "task"


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """One entry of a deal's history (contract 4.12).

    Attributes:
        id: The history item's own id, to tell repetitions.
        author_id: Employee id; None if the history does not say.
        generated_by: What made it if not a person: ``trigger``, ``scenario`` or the type Megaplan
            names in ``generatedBy``; None for a person's own act.
        text: Comment text without HTML; empty for everything else.
        fields: Names of the changed fields; for a stage change the new state id as ``state=ID``.
    """

    id: str
    at: datetime
    kind: TouchKind
    author_id: str | None
    generated_by: str | None = None
    text: str = ""
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TodoRecord:
    """A call, meeting or event of a deal or client (contract 4.4).

    Attributes:
        category: ``masterType`` of the category: event, meeting, call, todo, private.
        status: ``masterType`` of the status: scheduled = open, the others closed.
        starts_at: Planned moment; None if it has none (all made by API have none).
        finished_at: When it was closed.
    """

    id: str
    name: str
    category: str
    status: str
    responsible_id: str | None
    created_at: datetime
    starts_at: datetime | None
    finished_at: datetime | None


class Detail(StrEnum):
    """What a list does not show of an object and is read only when a decision needs it."""

    HISTORY = "history"
    TODOS = "todos"
    TASKS = "tasks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """Per-object details that were read; None means "not asked for" or "could not be read".

    Attributes:
        failed: Detail -> why it could not be read (the fact is then unknown).
        gone: The object is deleted or hidden from us (404, 403).
    """

    touches: tuple[Touch, ...] | None = None
    todos: tuple[TodoRecord, ...] | None = None
    tasks: tuple[TaskRecord, ...] | None = None
    failed: dict[str, str] = field(default_factory=dict)
    gone: bool = False

    @property
    def is_anything_known(self) -> bool:
        """Whether anything was read, or is known to be unreadable."""
        return (
            self.touches is not None
            or self.todos is not None
            or self.tasks is not None
            or bool(self.failed)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Employee:
    """A member of staff as Megaplan knows him.

    Attributes:
        is_working: False = dismissed: never gets a task (contract 4.8).
        away: Absence periods known to Megaplan, inclusive dates in the account's zone.
    """

    id: str
    name: str
    is_working: bool
    email: str | None = None
    away: tuple[tuple[date, date], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A state of a program."""

    id: str
    name: str
    type: StageType
    is_entry: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A deal program with its states and the custom fields it offers."""

    id: str
    name: str
    states: tuple[State, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a walk through changed objects, newest change first.

    Attributes:
        deals, tasks, clients: What the page holds (one of the three).
        clients_seen: Clients that came nested in full with the deals, a free refresh.
        gone: Objects that were asked for by id and are deleted or hidden from us.
        quarantined: (id, why) of items that did not fit our model; the rest was used.
        newest_at: Largest sort key on the page; None for an empty page.
        is_last: The walk reached the watermark or the end.
    """

    deals: tuple[DealRecord, ...] = ()
    tasks: tuple[TaskRecord, ...] = ()
    clients: tuple[ClientRecord, ...] = ()
    clients_seen: tuple[ClientRecord, ...] = ()
    gone: tuple[ObjectRef, ...] = ()
    quarantined: tuple[tuple[str, str], ...] = ()
    newest_at: datetime | None = None
    is_last: bool = True

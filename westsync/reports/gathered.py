"""What reports are counted from: rows that `westsync.jobs.reporting` gathers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime, timedelta
    from decimal import Decimal

    from westsync.domain.intents import ObjectRef
    from westsync.domain.working_time import WorkingCalendar
    from westsync.reports.model import Period
    from westsync.reports.spread import Length
    from westsync.reports.words import Words


class Channel(StrEnum):
    """How a deal came about, from its source (``channels:`` of config/reports)."""

    INCOMING_CALL = "incoming_call"
    OUTGOING_CALL = "outgoing_call"
    REQUEST = "request"
    UNKNOWN = "unknown"


class Fate(StrEnum):
    """What became of a request until the report was built.

    ``waiting``: still in the entry stage. ``deal``: moved on, or won. ``lost``: closed as lost.
    """

    WAITING = "waiting"
    DEAL = "deal"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class DealLine:
    """How a deal is named in a report.

    Attributes:
        ref: The deal.
        manager: Name of the responsible; empty if nobody is.
        url: Its card.
    """

    ref: ObjectRef
    number: str
    name: str
    url: str
    manager: str
    channel: Channel

    @property
    def shown(self) -> str:
        """Number and name."""
        return f"{self.number} {self.name}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A deal that came in.

    Attributes:
        source: Words of the field ``source``; empty if it is not filled or hidden.
        created_at: ``timeCreated`` of the deal, UTC.
        passed: Somebody else than a secretary is responsible.
        client_is_new: The client was entered on the deal's day or later; None if not known.
        touched_at: First human touch (grammar.md), UTC; None if there was none.
        is_touch_known: False if history, calls or tasks could not be read: then nothing is known.
        owes_call: P1.1 asks for a call: it did not come by a call.
    """

    deal: DealLine
    source: str
    created_at: datetime
    fate: Fate
    passed: bool
    client_is_new: bool | None
    touched_at: datetime | None
    is_touch_known: bool
    owes_call: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A call or meeting that was closed in the period (contract 4.4).

    Attributes:
        person: Name of the responsible; empty if none.
        is_held: Finished with a result; False: without one.
    """

    ref: ObjectRef
    person: str
    is_held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """A bill to a client that was issued in the period.

    Attributes:
        ref: The bill in its own system.
        amount: Roubles with VAT.
        deal: None if no deal is known for it.
    """

    ref: ObjectRef
    number: str
    dated: date
    client: str
    amount: Decimal
    deal: DealLine | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Money that came in, as far as it is for one invoice; a refund is negative.

    Attributes:
        ref: The payment in its own system; several receipts can share it.
        invoice: Number of the invoice; empty if it is for none.
        payer: Who paid, as the document says.
    """

    ref: ObjectRef
    dated: date
    payer: str
    amount: Decimal
    invoice: str
    deal: DealLine | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """A rule as the weekly report measures it.

    Attributes:
        step: P-id.
        limit: Counted time that is allowed; None where the limit is a day, not a length.
        limit_words: The limit in Russian.
    """

    rule: str
    step: str
    title: str
    limit: timedelta | None
    limit_words: str


class Verdict(StrEnum):
    """How an episode stands to its limit."""

    MET = "met"
    LATE = "late"
    RUNNING = "running"


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """An episode of a rule.

    Attributes:
        ref: The watched object.
        shown: How it is called.
        manager: Name of its responsible; empty if nobody is.
        started_at: Where counted time began, UTC.
        length: Counted time without pauses, until its end or until now; None if not known.
    """

    rule: str
    ref: ObjectRef
    shown: str
    url: str
    manager: str
    started_at: datetime
    verdict: Verdict
    length: Length | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """Everything that one report is built from.

    Attributes:
        office: Working time of response times.
        now: When the rows were gathered, UTC.
        notes: What could not be read, in Russian.
        requests: Of the period and of the days off right before it.
        talks: None if calls could not be counted.
        answer_limit: Limit of P1.1; None if no rule watches it.
        money_from: ``onec`` or ``megaplan``: whose invoices and payments these are.
        undated_payments: Bills of Megaplan that are paid without saying when.
        occurrences: Of the period and of the week before.
    """

    account: str
    words: Words
    office: WorkingCalendar
    period: Period
    now: datetime
    notes: tuple[str, ...] = ()
    requests: tuple[Request, ...] = ()
    talks: tuple[Talk, ...] | None = None
    answer_limit: timedelta | None = None
    money_from: str = "megaplan"
    invoices: tuple[Invoice, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    undated_payments: tuple[ObjectRef, ...] = ()
    standards: tuple[Standard, ...] = ()
    occurrences: tuple[Occurrence, ...] = ()

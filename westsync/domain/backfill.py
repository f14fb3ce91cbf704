"""What a one-off reconciliation of Megaplan with 1C finds, as values.

1C owns the figures of invoices and payments, Megaplan owns deals and clients (design 6): every
field that differs says whose word counts. Nothing here decides what is done about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003 - msgspec reads annotations at run time
from decimal import Decimal  # noqa: TC003 - as above
from enum import StrEnum

RULE = "backfill"
"""The rule that a reconciliation's intents stand under; ``westsync release`` takes it as one."""


class Subject(StrEnum):
    """What is compared."""

    INVOICES = "invoices"
    PAYMENTS = "payments"
    CLIENTS = "clients"
    TASKS = "tasks"


class Category(StrEnum):
    """How the two systems stand to each other in one thing."""

    MATCH = "match"
    MISSING_IN_1C = "missing_in_1c"
    MISSING_IN_MEGAPLAN = "missing_in_megaplan"
    DIFFERS = "differs"
    AMBIGUOUS = "ambiguous"


class Owner(StrEnum):
    """Whose word counts for a field."""

    ONEC = "1c"
    MEGAPLAN = "megaplan"


class Remedy(StrEnum):
    """What ``--apply`` can do about a finding.

    ``issue``: make the invoice in 1C. ``mark_paid``: move the bill to paid. ``retry``: send a dead
    letter again. ``comment``: tell the deal's people, who decide. ``none``: only the report tells.
    """

    ISSUE = "issue"
    MARK_PAID = "mark_paid"
    RETRY = "retry"
    COMMENT = "comment"
    NONE = "none"

    @property
    def settles(self) -> bool:
        """Whether the difference is gone once it is done; a comment only tells of it."""
        return self in {Remedy.ISSUE, Remedy.MARK_PAID, Remedy.RETRY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A field with another value on each side.

    Attributes:
        field: ``number``, ``date``, ``total``, ``inn``, ``status``, ``posted`` or ``paid``.
        megaplan, onec: The values as text: dates in ISO 8601, roubles with two places.
        owner: Whose word counts.
    """

    field: str
    megaplan: str
    onec: str
    owner: Owner


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One row of the reconciliation.

    Attributes:
        reason: Code of the reason, e.g. ``bill_not_in_onec``; its words stand in
            ``config/reports/backfill.yaml``.
        deal, bill, client, task: Ids in Megaplan; empty if it is about none.
        ref: Key of the document in 1C, or of the journal's intent for a dead letter.
        number, dated: As printed on the document, date of the 1C server's zone.
        inn, name: Of the client or payer.
        amount: Roubles; None if there is no sum.
        differences: Fields that differ.
        candidates: What it may belong to, in words, best first.
        remedy: What ``--apply`` does about it.
    """

    subject: Subject
    category: Category
    reason: str
    deal: str = ""
    bill: str = ""
    client: str = ""
    task: str = ""
    ref: str = ""
    number: str = ""
    dated: date | None = None
    inn: str = ""
    name: str = ""
    amount: Decimal | None = None
    differences: tuple[Difference, ...] = ()
    candidates: tuple[str, ...] = ()
    remedy: Remedy = Remedy.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The days that are reconciled, half open ``[since, until)``, in the 1C server's zone."""

    since: date
    until: date

    def __contains__(self, day: date) -> bool:
        """Return whether a day is among them."""
        return self.since <= day < self.until

"""The CRM of record: reading it, writing to it, and the tokens that let us in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from westsync.domain.actions import (
        CloseTask,
        CommentDeal,
        EnsureTask,
        MoveDeal,
        Notify,
        SetDealField,
        SetInvoiceStatus,
    )
    from westsync.domain.intents import Marker, ObjectRef
    from westsync.domain.records import Detail, Details, Employee, Page, Payer, Program
    from westsync.ports.receipts import Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPair:
    """What a password log-in gave us, and what must survive a restart with it (contract 1.3).

    Attributes:
        access: Bearer token; empty when there is none yet.
        refresh: Rotating refresh token; empty when there is none.
        expires_at: End of the access token's life, UTC.
        logins: Moments (UTC) of the log-ins with a password in the last hour, kept so that a
            daemon that restarts in a loop cannot lock the account out.
        logged_in_as: Sign of the credentials that ``logins`` were tried with: another password is
            not to wait because the one before it was wrong.
    """

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: datetime
    logins: tuple[datetime, ...] = ()
    logged_in_as: str = ""


class TokenStore(Protocol):
    """Durable place of one account's tokens."""

    def load(self) -> TokenPair | None:
        """Return what was saved last; None if nothing was."""
        ...

    def save(self, pair: TokenPair) -> None:
        """Keep the pair durably before anybody uses it."""
        ...


class CrmReader(Protocol):
    """What we read of the CRM. Filtered results are re-checked, unknown fields never asked for."""

    def me(self) -> Employee:
        """Return our own account; the health check (contract 4.8).

        Raises:
            AccessDenied: The credentials were refused.
            Unavailable: Nobody answered.
        """
        ...

    def programs(self) -> Sequence[Program]:
        """Return the configured programs with states and custom field names."""
        ...

    def employees(self) -> Sequence[Employee]:
        """Return all employees, also dismissed ones."""
        ...

    def changed_deals(self, since: datetime | None) -> Iterator[Page]:
        """Walk deals of the configured programs, last change first, back to ``since``.

        Args:
            since: Watermark minus overlap (UTC); None walks everything.
        """
        ...

    def changed_tasks(self, since: datetime | None) -> Iterator[Page]:
        """Walk tasks, last activity first, back to ``since``."""
        ...

    def changed_clients(self, since: datetime | None) -> Iterator[Page]:
        """Walk clients, last change first, back to ``since``."""
        ...

    def payers(self) -> Iterator[Sequence[Payer]]:
        """Walk all payers (requisites)."""
        ...

    def payers_of(self, clients: Sequence[str]) -> Iterator[Sequence[Payer]]:
        """Read the payers of single clients; one that is gone or hidden has none."""
        ...

    def details(
        self, wanted: Mapping[ObjectRef, frozenset[Detail]]
    ) -> Iterator[tuple[ObjectRef, Details]]:
        """Read per-object details, several objects in one request where the CRM can.

        A detail that cannot be read is named in ``Details.failed``; one object never spoils
        another.
        """
        ...

    def objects(self, refs: Sequence[ObjectRef]) -> Iterator[Page]:
        """Read single deals, tasks and clients by id (hints, reconciliation), one to a page.

        What was deleted or hidden from us stands in ``Page.gone``; a deal of a program that is not
        configured makes an empty page.

        Raises:
            ConnectorError: One cannot be read; the pages before it hold.
        """
        ...


class CrmWriter(Protocol):
    """What we write. No method repeats a create by itself; look-ups find what a marker stands for.

    Every method raises `Rejected` (definite no), `Unavailable` (certainly not done),
    `OutcomeUnknown` (look before repeating) or `AccessDenied`.
    """

    def create_task(self, task: EnsureTask, marker: Marker) -> Receipt:
        """Create the task; the marker stands in its last body line and in ``statement``."""
        ...

    def find_task(self, marker: Marker, since: datetime, deal: str | None) -> Sequence[Receipt]:
        """Find tasks that carry the marker, oldest first.

        Args:
            marker: What to look for.
            since: Nothing older than this can be it (UTC).
            deal: The deal whose linked tasks are searched as well.
        """
        ...

    def link_task(self, task: str, deal: str) -> Receipt:
        """Link a task with a deal and read back; falls back as contract 4.3.3 says."""
        ...

    def is_linked(self, task: str, deal: str) -> bool:
        """Return whether the deal's linked tasks contain the task."""
        ...

    def close_task(self, task: str, close: CloseTask, marker: Marker, made: EnsureTask) -> Receipt:
        """Close a task of ours unless a person touched it; the receipt's note says what was found.

        Args:
            task: The task's id.
            close: What to write.
            marker: Marker of the *closing* intent, for comments.
            made: The task as we made it, to recognise a person's edit.
        """
        ...

    def comment_deal(self, comment: CommentDeal, marker: Marker) -> Receipt:
        """Comment on a deal; never leaves the company."""
        ...

    def notify(self, notice: Notify, marker: Marker) -> Receipt:
        """Notify employees with a comment on the deal."""
        ...

    def find_comment(self, marker: Marker, deal: str, since: datetime) -> Sequence[Receipt]:
        """Find comments of a deal that carry the marker, oldest first."""
        ...

    def set_field(self, change: SetDealField) -> Receipt:
        """Set a custom field; reads first and writes only a difference, then compares."""
        ...

    def set_invoice_status(self, change: SetInvoiceStatus) -> Receipt:
        """Move a bill to a status, one step at a time (contract 4.9); there already is done.

        Raises:
            Rejected: The bill does not offer that way, or is gone.
        """
        ...

    def upload_file(self, name: str, content: bytes) -> str:
        """Upload a file and return its id; it hangs nowhere until it is attached."""
        ...

    def attach_files(self, deal: str, files: Sequence[str]) -> Receipt:
        """Attach uploaded files to a deal besides those it has; those it has are left alone."""
        ...

    def find_files(self, deal: str, name: str) -> Sequence[Receipt]:
        """Find the files of this name that hang on a deal, oldest first."""
        ...

    def move_deal(self, move: MoveDeal) -> Receipt:
        """Move along a possible and enabled transition that needs no input; already there is done.

        Raises:
            Rejected: No such transition now, it is disabled, or it needs a person's input.
        """
        ...

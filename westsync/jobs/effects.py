"""How each kind of action is done, found again, or found to be needless.

One place per kind: a new action does not type-check until somebody has decided all three.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from westsync.domain.actions import (
    Action,
    AskSupplier,
    AttachFile,
    CloseTask,
    CommentDeal,
    CreateInvoice,
    EnsureTask,
    JoinDigest,
    LinkTask,
    MoveDeal,
    Notify,
    PostInvoice,
    PrintInvoice,
    SendReport,
    SetDealField,
    SetInvoiceStatus,
)
from westsync.domain.ledger import LedgerRef
from westsync.domain.refusals import DraftOfAnotherSum
from westsync.errors import Rejected, Unavailable
from westsync.journal.entries import IntentState
from westsync.journal.outbox import NEVER_MADE
from westsync.ports import Receipt, nothing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from westsync.domain.intents import Key, Marker
    from westsync.domain.ledger import InvoiceSpec, LedgerInvoice
    from westsync.journal.port_outbox import Outbox
    from westsync.ports import CrmWriter, Messenger, ReportSender
    from westsync.ports.ledger import LedgerReader, LedgerWriter

_MAIL = "email"
_OPEN = frozenset(
    {
        IntentState.WAITING,
        IntentState.ACTING,
        IntentState.IN_DOUBT,
        IntentState.POSTPONED,
        IntentState.HELD,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Writers:
    """Everything that can change the outside; a dry run is built without it.

    Attributes:
        crm: The account's CRM.
        ledger: None if no 1C is configured, or it may only be read.
        books: 1C as it is read, for look-ups by our own key.
        messenger: None if no mail is configured; a mailed notice is then a dead letter.
        reports: None as well then.
    """

    crm: CrmWriter
    messenger: Messenger | None = None
    reports: ReportSender | None = None
    ledger: LedgerWriter | None = None
    books: LedgerReader | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """The action can be done now.

    Attributes:
        task: Id of the task that it links or closes, of the invoice that it posts, or of the
            file that it attaches; empty for other actions.
        made: That task as we made it; None for other actions.
    """

    task: str = ""
    made: EnsureTask | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Something else must become known first."""

    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moot:
    """There is nothing to do and never will be."""

    note: str


def prepare(action: Action, outbox: Outbox, now: datetime) -> Ready | Wait | Moot:
    """Find out whether an action can be done now; asks the outbox only.

    Closing a task that was never sent withdraws the task instead.
    """
    match action:
        case CloseTask(task=key):
            if outbox.withdraw([key], now, "its end came first"):
                return Moot(note=NEVER_MADE)
            return _of_task(key, outbox)
        case LinkTask(task=key) | PostInvoice(invoice=key) | AttachFile(file=key):
            return _of_task(key, outbox)
        case JoinDigest(digests=keys):
            return _of_digests(keys, outbox)
        case (
            EnsureTask()
            | CommentDeal()
            | SetDealField()
            | MoveDeal()
            | Notify()
            | AskSupplier()
            | SendReport()
            | CreateInvoice()
            | SetInvoiceStatus()
            | PrintInvoice()
        ):
            return Ready()
        case _:
            assert_never(action)


def look_up(
    action: Action, ready: Ready, marker: Marker, since: datetime, writers: Writers
) -> Sequence[Receipt]:
    """Return what the other system shows of an effect of ours, oldest first.

    Nothing for actions that read before they write: doing those again is looking up. Nothing for
    mail as well: a sent message cannot be found; its Message-ID is the same each time.

    Args:
        action: What was perhaps done.
        ready: As `prepare` found.
        marker: What the effect carries.
        since: Nothing older can be it (UTC, the server's clock).
        writers: Whom to ask.
    """
    match action:
        case EnsureTask(deal=deal):
            return writers.crm.find_task(marker, since, deal)
        case CommentDeal(deal=deal):
            return writers.crm.find_comment(marker, deal, since)
        case Notify(via=via, deal=str(deal)) if via != _MAIL:
            return writers.crm.find_comment(marker, deal, since)
        case LinkTask(deal=deal):
            linked = writers.crm.is_linked(ready.task, deal)
            return (Receipt(ref=ready.task, note="already linked", linked=True),) if linked else ()
        case CreateInvoice(spec=spec):
            return _invoice_of(spec, writers.books)
        case PostInvoice():
            posted = _invoice(writers.books, LedgerRef(ready.task))
            return (_receipt(posted),) if posted is not None and posted.posted else ()
        case PrintInvoice(deal=deal, name=name):
            return writers.crm.find_files(deal, name)
        case (
            CloseTask()
            | SetDealField()
            | MoveDeal()
            | Notify()
            | AskSupplier()
            | SendReport()
            | SetInvoiceStatus()
            | AttachFile()
            | JoinDigest()
        ):
            return ()
        case _:
            assert_never(action)


def perform(
    action: Action,
    ready: Ready,
    marker: Marker,
    writers: Writers,
    leaving: Callable[[], None] = nothing,
) -> Receipt:
    """Do it, once.

    Args:
        action: What to do.
        ready: As `prepare` found.
        marker: What the effect carries.
        writers: Who does it.
        leaving: Called at the point from which on it may have happened, where the system tells.

    Raises:
        Rejected: A definite no.
        Unavailable: It certainly did not happen.
        OutcomeUnknown: It may or may not have happened.
        AccessDenied: Credentials or rights.
    """
    match action:
        case EnsureTask():
            return writers.crm.create_task(action, marker)
        case LinkTask(deal=deal):
            return writers.crm.link_task(ready.task, deal)
        case CloseTask():
            if ready.made is None:
                return Receipt(ref=ready.task, note="left alone: too old to see who edited it")
            return writers.crm.close_task(ready.task, action, marker, ready.made)
        case CommentDeal():
            return writers.crm.comment_deal(action, marker)
        case SetDealField():
            return writers.crm.set_field(action)
        case MoveDeal():
            return writers.crm.move_deal(action)
        case Notify(via=via) if via == _MAIL:
            return _messenger(writers).send(action, marker, leaving)
        case AskSupplier():
            return _messenger(writers).ask(action, marker, leaving)
        case Notify():
            return writers.crm.notify(action, marker)
        case SendReport():
            if writers.reports is None:
                raise Rejected("mail", "send", "no mail is configured; see accounts.*.mail")
            return writers.reports.send_report(action, marker, leaving)
        case CreateInvoice(spec=spec):
            return _receipt(_ledger(writers).create_invoice(spec))
        case PostInvoice(version=version):
            return _receipt(_ledger(writers).post_invoice(LedgerRef(ready.task), version))
        case SetInvoiceStatus():
            return writers.crm.set_invoice_status(action)
        case PrintInvoice():
            return _print(action, writers)
        case AttachFile(deal=deal):
            return writers.crm.attach_files(deal, [ready.task])
        case JoinDigest():
            raise AssertionError("a line of a digest is never sent by itself")
        case _:
            assert_never(action)


def looks_first(action: Action) -> bool:
    """Return whether an action is looked up even before its first send.

    A link may be there; an invoice under our key may be from before a restored backup, or made by
    another channel (1C contract 8.2); its PDF may hang on the deal already.
    """
    return isinstance(action, LinkTask | CreateInvoice | PostInvoice | PrintInvoice)


def _messenger(writers: Writers) -> Messenger:
    if writers.messenger is None:
        raise Rejected("mail", "send", "no mail is configured; see accounts.*.mail")
    return writers.messenger


def _ledger(writers: Writers) -> LedgerWriter:
    if writers.ledger is None:
        raise Unavailable("onec", "write", "1C may only be read; see accounts.*.onec.readonly")
    return writers.ledger


def _invoice(books: LedgerReader | None, ref: LedgerRef) -> LedgerInvoice | None:
    return _books(books).invoice(ref)


def _books(books: LedgerReader | None) -> LedgerReader:
    if books is None:
        raise Unavailable("onec", "look up", "1C is not configured; see accounts.*.onec")
    return books


def _print(action: PrintInvoice, writers: Writers) -> Receipt:
    """Bring a PDF from 1C into the CRM; one that was brought in vain hangs nowhere.

    Raises:
        Rejected: 1C makes no such PDF.
    """
    content = _books(writers.books).print_form(LedgerRef(action.invoice), action.form)
    if not content:
        raise Rejected("onec", "print the invoice", f"1C made no {action.form}")
    return Receipt(ref=writers.crm.upload_file(action.name, content), note=action.name)


def _invoice_of(spec: InvoiceSpec, books: LedgerReader | None) -> Sequence[Receipt]:
    """Return the invoice under our key as it is; nothing if it is not there.

    Raises:
        Rejected: It is a draft of another sum, perhaps from before the deal was changed: to post
            it would be to issue what nobody wants.
    """
    found = _invoice(books, spec.ref)
    if found is None:
        return ()
    if not found.posted and found.total != spec.total:
        raise Rejected(
            "onec",
            "take over the draft",
            DraftOfAnotherSum(number=found.number, total=found.total, wanted=spec.total),
        )
    return (_receipt(found),)


def _receipt(invoice: LedgerInvoice) -> Receipt:
    return Receipt(ref=invoice.ref, note=f"invoice {invoice.number}", version=invoice.version)


def _of_digests(keys: Sequence[Key], outbox: Outbox) -> Wait | Moot:
    """Return whether a line is told: as soon as no digest that carries it is open any more."""
    states = outbox.known(keys)
    still_open = [key for key in keys if states.get(key) in _OPEN]
    if still_open:
        return Wait(cause=f"digest {still_open[0]} is {states[still_open[0]]}")
    told = ", ".join(f"{key} ({states.get(key, 'unknown here')})" for key in keys)
    return Moot(note=f"in digest {told}")


def _of_task(key: Key, outbox: Outbox) -> Ready | Wait | Moot:
    task = outbox.entry(key)
    if task is None:
        return Moot(note="the task is unknown here")
    match task.state:
        case IntentState.DONE if task.ref:
            made = task.payload if isinstance(task.payload, EnsureTask) else None
            return Ready(task=task.ref, made=made)
        case IntentState.WITHDRAWN | IntentState.SHADOWED | IntentState.FAILED | IntentState.DONE:
            return Moot(note=f"{NEVER_MADE} ({task.state})")
        case (
            IntentState.WAITING
            | IntentState.ACTING
            | IntentState.IN_DOUBT
            | IntentState.POSTPONED
            | IntentState.HELD
        ):
            return Wait(cause=f"the task itself is {task.state}")
        case _:
            assert_never(task.state)

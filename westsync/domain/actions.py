"""What a rule can want done, one type for each kind of action."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - the journal builds actions from JSON by these types

from westsync.domain.intents import Key  # noqa: TC001 - as above
from westsync.domain.ledger import InvoiceSpec  # noqa: TC001 - as above


@dataclass(frozen=True, slots=True, kw_only=True)
class EnsureTask:
    """Keep one open task for a person.

    Attributes:
        assignee: Employee id of the CRM.
        title: One line.
        body: Lines of plain text, without the marker; the connector makes HTML of it.
        deadline: UTC.
        deal: Deal to link with; None for a task about a client without a deal.
        client: Contractor id and kind for the task's customer; None if there is none.
        auditors: Employee ids.
    """

    assignee: str
    title: str
    body: str
    deadline: datetime
    urgent: bool = False
    deal: str | None = None
    client: str | None = None
    client_kind: str | None = None
    auditors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkTask:
    """See to it that a task of ours hangs on its deal (contract 4.3.3).

    Attributes:
        task: Key of the intent that made the task.
        deal: The deal.
    """

    task: Key
    deal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseTask:
    """Close a task of ours with the proof that it is no longer needed, if no person touched it.

    Attributes:
        task: Key of the intent that made the task.
        note: The proof, shown to people.
    """

    task: Key
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentDeal:
    """Write a comment on a deal, for colleagues only (never sent to the client)."""

    deal: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDealField:
    """Set a configured custom field of a deal.

    Attributes:
        field: Fact name of the configuration.
        value: Text to set; empty clears.
    """

    deal: str
    field: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveDeal:
    """Move a deal to another stage, along a transition that is possible now.

    Attributes:
        stage: State id of the program.
        stage_name: Its configured name, for people.
    """

    deal: str
    stage: str
    stage_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """Tell people something.

    Attributes:
        via: ``megaplan`` (comment on the deal that notifies them) or ``email``.
        to: Employee ids (megaplan) or mail addresses (email).
        deal: The deal it is about; None only by mail.
        subject: First line of a mail; unused in Megaplan.
        urgent: Whether a mail is marked as important; unused in Megaplan.
    """

    via: str
    to: tuple[str, ...]
    text: str
    deal: str | None = None
    subject: str = ""
    urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AskSupplier:
    """Mail a supplier what only he can tell about the lines of a deal (P3.5).

    It holds nothing that he must not see: no client, no price of ours or of anybody.

    Attributes:
        supplier: Id of the supplier; part of the key.
        to: His mail address.
        deal: The deal it is about.
        subject: First line of the mail.
        text: Lines of plain text.
        reply_to: Whom he answers; empty: the sender's mailbox.
    """

    supplier: str
    to: str
    deal: str
    subject: str
    text: str
    reply_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendReport:
    """Build a report and mail it.

    Attributes:
        report: Which figures, e.g. ``secretary-daily``.
        template: File of ``config/reports`` that lays it out; empty for the report's own.
        due_at: When it fell due (UTC); it tells up to when it counts.
        since: When the last report that was sent had fallen due (UTC); None if none was.
        period: ``since_last``, or the report's own period.
        to: Mail addresses.
        attach: Forms that go with it: ``xlsx``.
        subject: First line of the mail.
    """

    report: str
    due_at: datetime
    to: tuple[str, ...]
    template: str = ""
    since: datetime | None = None
    period: str = ""
    attach: tuple[str, ...] = ()
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateInvoice:
    """Make an invoice in the accounting system, under a key of our own.

    Attributes:
        deal: The deal it is for.
        spec: The whole invoice, decided once.
    """

    deal: str
    spec: InvoiceSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class PostInvoice:
    """Post an invoice of ours; it follows from `CreateInvoice`.

    Attributes:
        invoice: Key of the intent that made it.
        deal: The deal it is for.
        version: The draft's version as it was left: one that somebody has written since is not
            posted (1C contract 8.2). Empty does not compare.
    """

    invoice: Key
    deal: str
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetInvoiceStatus:
    """Move a bill of the CRM to a status, step by step (Megaplan contract 4.9).

    Attributes:
        deal: The deal it belongs to.
        invoice: Its id in the CRM.
        status: ``drawn`` or ``paid``.
    """

    deal: str
    invoice: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintInvoice:
    """Take an invoice as PDF from 1C into the CRM, where it hangs nowhere yet.

    Attributes:
        deal: The deal it is for.
        invoice: Its key in 1C.
        form: 1C's name of the print form (1C contract 3.4), e.g. ``СчетНаОплату``.
        name: Of the file.
    """

    deal: str
    invoice: str
    form: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachFile:
    """Attach a file of ours to its deal; it follows from `PrintInvoice`.

    Attributes:
        file: Key of the intent that brought it.
        deal: The deal.
    """

    file: Key
    deal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinDigest:
    """Be one line of a digest, or of one for each person; done when they are.

    Attributes:
        digests: Keys of the intents that carry the digests.
        line: What stands there.
    """

    digests: tuple[Key, ...]
    line: str


Action = (
    EnsureTask
    | LinkTask
    | CloseTask
    | CommentDeal
    | SetDealField
    | MoveDeal
    | Notify
    | AskSupplier
    | SendReport
    | CreateInvoice
    | PostInvoice
    | SetInvoiceStatus
    | PrintInvoice
    | AttachFile
    | JoinDigest
)


ACTION_NAMES: dict[type[Action], str] = {
    EnsureTask: "task.ensure",
    LinkTask: "task.link",
    CloseTask: "task.close",
    CommentDeal: "deal.comment",
    SetDealField: "deal.set",
    MoveDeal: "deal.move",
    Notify: "notify",
    AskSupplier: "supplier.ask",
    SendReport: "report.send",
    CreateInvoice: "invoice.issue",
    PostInvoice: "invoice.post",
    SetInvoiceStatus: "invoice.status",
    PrintInvoice: "invoice.print",
    AttachFile: "file.attach",
    JoinDigest: "digest.join",
}

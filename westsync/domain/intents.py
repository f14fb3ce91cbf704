"""What a rule wants done, as values with a permanent key.

The key names the situation, never the moment: account, rule, object, start of the episode, step,
repetition and action. Wanting twice is wanting once. The marker is the key's keyed hash and travels
inside the effect, so that an effect whose outcome is unknown can be found again (reliability 2.2).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - msgspec reads annotations at run time
from typing import NewType

from westsync.domain.ledger import InvoiceSpec  # noqa: TC001 - as above

MARKER_PREFIX = "ws:"
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"

Key = NewType("Key", str)
Marker = NewType("Marker", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectRef:
    """The object that a rule watches.

    Attributes:
        kind: deal, task, client, invoice, payment or stock_source.
        id: Its id in the system of record.
    """

    kind: str
    id: str

    def __str__(self) -> str:
        """Render as ``deal-43``; part of every key."""
        return f"{self.kind}-{self.id}"


def intent_key(
    *,
    account: str,
    rule: str,
    obj: ObjectRef,
    episode: datetime,
    step: str,
    repeat: int,
    action: str,
) -> Key:
    """Return the permanent key of an intent.

    Args:
        account: Account name of the settings.
        rule: Rule id.
        obj: The watched object.
        episode: Start of the episode (aware).
        step: Step id; ``clear`` for what happens when the condition clears.
        repeat: 0 for the first time.
        action: Kind of the action and, where a step has several, its position.
    """
    start = episode.strftime("%Y%m%dT%H%M%SZ")
    return Key(f"{account}:{rule}:{obj}:{start}:{step}:{repeat}:{action}")


def marker_of(key: Key, installation: bytes) -> Marker:
    """Return the 16 Crockford base32 characters (80 bits) that stand for a key outside.

    Args:
        key: The intent's key.
        installation: Random secret of this installation: a test copy can never adopt
            production objects.
    """
    digest = hashlib.blake2b(key.encode(), key=installation, digest_size=10).digest()
    number = int.from_bytes(digest, "big")
    return Marker("".join(_CROCKFORD[(number >> shift) & 31] for shift in range(75, -1, -5)))


def marker_line(marker: Marker) -> str:
    """Return the last line of a task's body or a comment, e.g. ``ws:7k3m9q2x4r8t6v5w``."""
    return f"{MARKER_PREFIX}{marker}"


def marker_in(text: str) -> Marker | None:
    """Return the marker that stands as a whole last word of a text; None if there is none.

    Matching is exact and case-sensitive, on our own line format only.
    """
    words = text.split()
    if not words or not words[-1].startswith(MARKER_PREFIX):
        return None
    marker = words[-1][len(MARKER_PREFIX) :]
    if len(marker) == 16 and all(char in _CROCKFORD for char in marker):
        return Marker(marker)
    return None


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
    """

    via: str
    to: tuple[str, ...]
    text: str
    deal: str | None = None
    subject: str = ""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A durable promise to do one thing once.

    Attributes:
        key: Permanent identity.
        account, rule, step: Where it comes from; ``rule_hash`` says which text of the rule.
        obj: The object whose situation asks for it; intents of one object run in sequence.
        action: What to do.
        decided_at: UTC.
        shadow: Decide and record, send nothing.
        defect: Why it cannot be done as it is (a text without a value, nobody to send it to);
            such an intent becomes a dead letter at once. None for a sound one.
        trace: Why, in the lines of `westsync explain`.
        due_at: When its step fell due (UTC); None for what no step asks for. Not kept.
        group: Values of the rule's ``group_by``; None if it has none. Not kept.
    """

    key: Key
    account: str
    rule: str
    rule_hash: str
    step: str
    repeat: int
    obj: ObjectRef
    action: Action
    decided_at: datetime
    shadow: bool = False
    defect: str | None = None
    trace: str = ""
    due_at: datetime | None = None
    group: tuple[str, ...] | None = None

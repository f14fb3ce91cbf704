"""What each action of a rule wants, read and not yet rendered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from westsync.domain.durations import Duration
    from westsync.domain.people import Who
    from westsync.rules.texts import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class EnsureTaskSpec:
    """``task.ensure``: see `westsync.domain.actions.EnsureTask`."""

    to: tuple[Who, ...]
    title: Template
    text: Template | None
    script: Template | None
    due: Duration
    urgent: bool
    auditors: tuple[Who, ...]

    @property
    def texts(self) -> tuple[Template, ...]:
        """The texts that are rendered."""
        return tuple(t for t in (self.title, self.text, self.script) if t is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseTaskSpec:
    """``task.close``: the note with which the rule's own tasks are closed."""

    note: Template

    @property
    def texts(self) -> tuple[Template, ...]:
        """The texts that are rendered."""
        return (self.note,)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentSpec:
    """``deal.comment``."""

    text: Template

    @property
    def texts(self) -> tuple[Template, ...]:
        """The texts that are rendered."""
        return (self.text,)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSpec:
    """``deal.set``: a configured custom field and its new value."""

    field: str
    value: Template

    @property
    def texts(self) -> tuple[Template, ...]:
        """The texts that are rendered."""
        return (self.value,)


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveSpec:
    """``deal.move``: the stage to go to."""

    stage: str

    @property
    def texts(self) -> tuple[Template, ...]:
        """The texts that are rendered."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifySpec:
    """``notify``: whom, by which ways, what.

    Attributes:
        text: What is told; None if a letter says all.
        letter: What a mail says instead; its first line is the subject.
        urgent: Whether a mail is marked as important.
    """

    to: tuple[Who, ...]
    via: tuple[str, ...]
    text: Template | None
    letter: Template | None = None
    urgent: bool = False

    @property
    def texts(self) -> tuple[Template, ...]:
        """The texts that are rendered."""
        return tuple(t for t in (self.text, self.letter) if t is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskSupplierSpec:
    """``supplier.ask``: what each supplier is mailed about his lines of the deal."""

    subject: Template
    text: Template

    @property
    def texts(self) -> tuple[Template, ...]:
        """The texts that are rendered."""
        return (self.subject, self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSpec:
    """``report`` of a clock rule, and ``report.send``: what is built, and who gets it.

    Attributes:
        report: Which figures.
        template: File of ``config/reports``; empty for the report's own.
        period: ``since_last``, or empty for the report's own period.
        attach: Forms that go with the mail.
        to: Who gets it.
    """

    report: str
    template: str
    period: str
    attach: tuple[str, ...]
    to: tuple[Who, ...] = ()

    @property
    def texts(self) -> tuple[Template, ...]:
        """The texts that are rendered: none, the report has a template."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueInvoiceSpec:
    """``invoice.issue``: an invoice in 1C with the deal's positions."""

    @property
    def texts(self) -> tuple[Template, ...]:
        """The texts that are rendered: none."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceStatusSpec:
    """``invoice.status``: the status that the deal's bills take over from 1C.

    Attributes:
        status: ``drawn`` for those that are posted, ``paid`` for those that are paid in full.
    """

    status: str

    @property
    def texts(self) -> tuple[Template, ...]:
        """The texts that are rendered: none."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintInvoiceSpec:
    """``invoice.print``: the last issued invoice as a PDF on the deal.

    Attributes:
        form: 1C's name of the print form.
        name: Of the file.
    """

    form: str
    name: Template

    @property
    def texts(self) -> tuple[Template, ...]:
        """The texts that are rendered."""
        return (self.name,)


ActionSpec = (
    EnsureTaskSpec
    | CloseTaskSpec
    | CommentSpec
    | SetSpec
    | MoveSpec
    | NotifySpec
    | AskSupplierSpec
    | ReportSpec
    | IssueInvoiceSpec
    | InvoiceStatusSpec
    | PrintInvoiceSpec
)

"""Mail: notices and requests that are worded on the way, letters and reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from westsync.domain.actions import AskSupplier, Notify, SendReport
    from westsync.domain.intents import Marker
    from westsync.ports.receipts import Receipt


def nothing() -> None:
    """Do nothing: nobody wants to know."""


class Messenger(Protocol):
    """Mail to staff and suppliers."""

    def send(
        self, notice: Notify, marker: Marker, leaving: Callable[[], None] = nothing
    ) -> Receipt:
        """Send one message with a Message-ID made of the marker.

        Args:
            notice: The message.
            marker: Of the intent.
            leaving: Called right before the moment from which on the message may be delivered.
        """
        ...

    def ask(
        self, request: AskSupplier, marker: Marker, leaving: Callable[[], None] = nothing
    ) -> Receipt:
        """Mail a supplier, with nothing in it but what the request says; else as `send`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that goes with a letter.

    Attributes:
        name: File name.
        subtype: Below ``application/``.
    """

    name: str
    subtype: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter that is written already.

    Attributes:
        to: Mail addresses.
        text: Plain text, shown where HTML is not.
        html: A whole page.
    """

    to: tuple[str, ...]
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()


class LetterSender(Protocol):
    """Mail that is written already."""

    def post(
        self, letter: Letter, marker: Marker, leaving: Callable[[], None] = nothing
    ) -> Receipt:
        """Send one letter with a Message-ID made of the marker.

        Args:
            letter: What to send.
            marker: Of the intent.
            leaving: As `Messenger.send` calls it.

        Raises:
            Rejected: No recipient can be written to, or the letter is refused for good.
            Unavailable: It certainly was not sent.
            OutcomeUnknown: It may have been.
            AccessDenied: The server refused us.
        """
        ...


class ReportSender(Protocol):
    """Builds reports and mails them."""

    def send_report(
        self, report: SendReport, marker: Marker, leaving: Callable[[], None] = nothing
    ) -> Receipt:
        """Build one report and send it with a Message-ID made of the marker.

        Args:
            report: Which one.
            marker: Of the intent.
            leaving: As `Messenger.send` calls it.

        Raises:
            Rejected: It cannot be built (a broken template), or the mail was refused for good.
            Unavailable: It certainly was not sent.
            OutcomeUnknown: It may have been.
        """
        ...

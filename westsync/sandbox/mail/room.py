"""What arrived at the stand-in of a mail server, and what is no letter."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import SMTP
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from email.message import EmailMessage

# RFC 5322 3.6: a letter has these, each once.
_ONCE = ("Date", "From", "Message-ID", "To", "Subject")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter that was accepted, and its envelope.

    Attributes:
        sender: Address of ``MAIL FROM``.
        to: Addresses of ``RCPT TO``, in that order.
        message: What was sent.
        at: When it was accepted (aware).
    """

    sender: str
    to: tuple[str, ...]
    message: EmailMessage
    at: datetime

    @property
    def id(self) -> str:
        """Its Message-ID without the angle brackets."""
        return str(self.message["Message-ID"]).strip().strip("<>")

    def body(self, kind: str) -> str:
        """Return its text (``plain``) or page (``html``); empty if it has none."""
        part = self.message.get_body((kind,))
        return "" if part is None else str(part.get_content())


@dataclass(slots=True)
class Mailroom:
    """Keeps accepted letters, oldest first; `lock` guards them."""

    letters: list[Letter] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def accept(self, sender: str, to: tuple[str, ...], content: bytes, at: datetime) -> str | None:
        """Keep a letter; return why it is none, in the words of a reply.

        Args:
            sender: Address of the envelope.
            to: Its recipients.
            content: Header and body, dots unstuffed.
            at: The present (aware).
        """
        message = message_from_bytes(content, policy=SMTP)
        for name in _ONCE:
            if len(message.get_all(name, [])) != 1:
                return f"554 5.6.0 a letter has one {name}"
        if message.defects:
            return f"554 5.6.0 {type(message.defects[0]).__name__}"
        with self.lock:
            self.letters.append(Letter(sender=sender, to=to, message=message, at=at))
        return None

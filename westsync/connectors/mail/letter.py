"""From a notice, or a letter that is written, to a message: headers, plain text, HTML, files."""

from __future__ import annotations

import unicodedata
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING

from westsync.connectors.mail.markup import page

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from westsync.connectors.mail.config import MailConfig
    from westsync.domain.actions import Notify
    from westsync.domain.intents import Marker
    from westsync.ports import Letter

_LONGEST_SUBJECT = 200
_NAME = "westsync"


def message_id(marker: Marker, sender: str) -> str:
    """Return ``ws.<marker>@<domain>``, without the angle brackets of the header.

    The same notice has the same one each time it is sent (reliability 2.2): mail systems that
    know a Message-ID already can show the second copy as the first.

    Args:
        marker: Of the intent.
        sender: Envelope address of the sender.
    """
    return f"ws.{marker}@{sender.rpartition('@')[2]}"


def compose(
    notice: Notify,
    marker: Marker,
    *,
    to: Sequence[str],
    deal_url: str | None,
    config: MailConfig,
    now: datetime,
) -> EmailMessage:
    """Return the letter; the same notice gives the same letter but for its date.

    Args:
        notice: Its text as lines; its subject, or else the first line, becomes the subject.
        marker: Of the intent.
        to: Deliverable addresses.
        deal_url: Address of the deal for people, added unless the text has it; None: no deal.
        config: The mailbox.
        now: Date of the letter (aware).
    """
    lines = [_shown(line).rstrip() for line in notice.text.strip().splitlines()]
    if deal_url is not None and not any(deal_url in line for line in lines):
        lines += ["", deal_url]
    subject = _one_line(notice.subject) or next(filter(None, map(_one_line, lines)), _NAME)
    page_ = page(subject, lines, config.site)
    text = "\n".join(lines) + "\n"
    letter = _envelope(subject, text, page_, marker, to=to, config=config, now=now)
    if notice.urgent:  # RFC 4021; Outlook shows the one, most others the other
        letter["Importance"] = "high"
        letter["X-Priority"] = "1"
    return letter


def enclose(
    letter: Letter, marker: Marker, *, to: Sequence[str], config: MailConfig, now: datetime
) -> EmailMessage:
    """Return a letter that is written already, with its files.

    Args:
        letter: What is in it.
        marker: Of the intent.
        to: Deliverable addresses.
        config: The mailbox.
        now: Date of the letter (aware).
    """
    subject = _one_line(letter.subject) or _NAME
    message = _envelope(
        subject, _shown(letter.text), letter.html, marker, to=to, config=config, now=now
    )
    for file in letter.attachments:
        message.add_attachment(
            file.content, maintype="application", subtype=file.subtype, filename=file.name
        )
    if letter.attachments:
        message.set_boundary(f"=_ws.{marker}.files")
    return message


def _envelope(
    subject: str,
    text: str,
    html: str,
    marker: Marker,
    *,
    to: Sequence[str],
    config: MailConfig,
    now: datetime,
) -> EmailMessage:
    letter = EmailMessage(policy=SMTP)
    letter["From"] = Address(_NAME, addr_spec=config.envelope_sender)
    letter["To"] = [Address(addr_spec=one) for one in to]
    letter["Subject"] = subject
    letter["Date"] = format_datetime(now)
    letter["Message-ID"] = f"<{message_id(marker, config.envelope_sender)}>"
    # No absence notes in return: RFC 3834, and Exchange's own word for it.
    letter["Auto-Submitted"] = "auto-generated"
    letter["X-Auto-Response-Suppress"] = "All"
    # Base64 is what Russian letters take least room in, and needs no 8BITMIME of any server.
    letter.set_content(text, cte="base64")
    letter.add_alternative(html, subtype="html", cte="base64")
    letter.set_boundary(f"=_ws.{marker}")
    return letter


def _one_line(text: str) -> str:
    return " ".join(_shown(text).split())[:_LONGEST_SUBJECT].rstrip()


def _shown(text: str) -> str:
    """Return the text without control characters and lone surrogates, which no mail can carry."""
    return "".join(
        char for char in text if char in "\t\n" or unicodedata.category(char) not in {"Cc", "Cs"}
    )

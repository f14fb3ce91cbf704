"""An attachment of the newest fitting letter; staff's unread marks stay (suppliers contract 3)."""

from __future__ import annotations

import email
import email.policy
from email.utils import getaddresses
from typing import TYPE_CHECKING

from westsync.connectors.suppliers.fetching.bundling import BUNDLE, bundle
from westsync.connectors.suppliers.fetching.imap_client import ImapClient
from westsync.connectors.suppliers.fetching.landing import Landing, label
from westsync.connectors.suppliers.fetching.patience import cut_after, persistently
from westsync.connectors.suppliers.fetching.state import MailState, remembered, written
from westsync.connectors.suppliers.reading.cleaning import compared, pattern
from westsync.errors import Unavailable

if TYPE_CHECKING:
    from email.message import EmailMessage

    from westsync.connectors.suppliers.fetching.errand import Errand
    from westsync.connectors.suppliers.fetching.imap_client import Envelope
    from westsync.connectors.suppliers.profile_fetch import ImapFetch
    from westsync.ports.stock import FetchedFile

_BASE64 = 1.5
"""A letter is longer than its attachment, by base64 and its own words."""
_WORDS = 256 * 1024


_STUMBLES = (ValueError, LookupError, AttributeError, TypeError)
"""What the library's parser of headers raises for some that are not well-formed."""


def fetch_by_mail(errand: Errand, how: ImapFetch) -> FetchedFile | None:
    """Fetch the attachment of the newest letter; None if no newer one came.

    Raises:
        Unavailable: Nobody answers, or no letter that fits has come yet.
        AccessDenied: The log-in is refused.
        Rejected: There is no such folder, or the certificate is not trusted.
    """
    user, secret = errand.fill(how.user), errand.fill(how.token or how.password)
    patience = errand.patience(f"imap://{how.host}", how.timeout)

    def attempt() -> FetchedFile | None:
        client = ImapClient(errand.source, how, user, secret)
        with cut_after(patience.left_s, lambda: client.line), client:
            return _fetch(errand, how, client)

    return persistently(patience, attempt)


def _fetch(errand: Errand, how: ImapFetch, client: ImapClient) -> FetchedFile | None:
    bookmark = _bookmark(errand, how, client)
    most = int(how.max_bytes * _BASE64) + _WORDS
    for envelope in client.envelopes(errand.clock.now() - how.max_age):
        if not _fits(envelope.head, how):
            continue
        if bookmark is not None and envelope.uid == bookmark.uid:
            return None  # the newest that fits is the one we have
        if envelope.size > most:
            continue  # it cannot be the list; its length is told before it is read
        attachments = _attachments(client.letter(envelope.uid), how)
        if attachments:
            return _landed(errand, how, client, envelope, attachments)
    if bookmark is not None:
        return None
    age = how.max_age
    text = f"no letter of the last {age.days} days fits from, subject and attachment"
    raise Unavailable(errand.source, client.operation, text)


def _bookmark(errand: Errand, how: ImapFetch, client: ImapClient) -> MailState | None:
    """Return the letter that was taken last, if it is one of this folder as it is now."""
    known = remembered(errand.state, MailState)
    if known is None or (known.folder, known.validity) != (how.folder, client.validity):
        return None
    return known


def _landed(
    errand: Errand,
    how: ImapFetch,
    client: ImapClient,
    envelope: Envelope,
    attachments: list[tuple[str, bytes]],
) -> FetchedFile:
    """Write the attachment, or all of them as one."""
    into, source, operation = errand.into, errand.source, client.operation
    state = MailState(folder=how.folder, validity=client.validity, uid=envelope.uid)
    with Landing(into, source, operation, how.max_bytes) as landing:
        name = attachments[0][0]
        if len(attachments) == 1:
            landing.write(attachments[0][1])
        else:
            parts = []
            for number, (part_name, content) in enumerate(attachments):
                called = f"part-{number}"
                with Landing(into, source, operation, how.max_bytes, called=called) as part:
                    part.write(content)
                    parts.append((label(part_name), part.land(name="", state="").path))
            bundle(parts, into / "bundle.part", landing)
            name = BUNDLE
        return landing.land(name=name, modified_at=envelope.received_at, state=written(state))


def _fits(head: bytes, how: ImapFetch) -> bool:
    """Whether sender and subject are those of the profile."""
    letter = email.message_from_bytes(head, policy=email.policy.default)
    if how.senders:
        wanted = {address.casefold() for address in how.senders}
        told = getaddresses(_said(letter, "from"))
        if wanted.isdisjoint(address.casefold() for _, address in told):
            return False
    subject = " ".join(_said(letter, "subject"))
    if how.subject and not _contains(subject, how.subject):
        return False
    return not (how.subject_excludes and _contains(subject, how.subject_excludes))


def _said(letter: EmailMessage, name: str) -> list[str]:
    """Return the values of a header; of one that the library stumbles over, as it was sent.

    A stranger's letter with ``From: "`` must not keep the supplier's from being found.
    """
    try:
        return [str(value) for value in letter.get_all(name, [])]
    except _STUMBLES:
        return [str(value) for key, value in letter.raw_items() if key.lower() == name]


def _attachments(content: bytes, how: ImapFetch) -> list[tuple[str, bytes]]:
    """Return name and bytes of the attachments whose names fit; letters inside are looked into."""
    letter = email.message_from_bytes(content, policy=email.policy.default)
    found = []
    for part in letter.walk():
        name = _file_name(part)
        if name and not part.is_multipart() and _contains(name, how.attachment):
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes) and payload:
                found.append((name, payload))
    return found


def _file_name(part: EmailMessage) -> str:
    """Return an attachment's name, encoded as RFC 2231 or RFC 2047 says; empty if it has none."""
    try:
        return part.get_filename() or ""
    except _STUMBLES:
        return ""  # a header nobody can read


def _contains(text: str, wanted: str) -> bool:
    """Whether a text has another in it, or fits its ``~regex``; an empty one is in every text."""
    shape = pattern(wanted)
    if shape is not None:
        return shape.search(text) is not None
    return compared(wanted) in compared(text)

"""A conversation with an IMAP server that changes nothing there: EXAMINE and BODY.PEEK only."""

from __future__ import annotations

import base64
import imaplib
import re
import ssl
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Self

from westsync.connectors.suppliers.fetching.tls import (
    WrongCertificate,
    check_pin,
    tls_failure,
    trust,
)
from westsync.errors import AccessDenied, Rejected, Unavailable, UnexpectedReply

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from westsync.connectors.suppliers.profile_fetch import ImapFetch
    from westsync.domain.stock import SourceId

_PLAIN_PORT = 143
_SILENCE_S = 30.0
_MONTHS = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is known of a letter before it is read.

    Attributes:
        size: Bytes of the whole letter.
        received_at: When the server got it, UTC.
        head: Its header lines From, Subject and Date.
    """

    uid: int
    size: int
    received_at: datetime
    head: bytes


class ImapClient:
    """One connection; a context manager that logs in and opens the folder read-only.

    Attributes:
        validity: UIDVALIDITY of the folder: bookmarks of another one mean nothing.
    """

    def __init__(self, source: SourceId, how: ImapFetch, user: str, secret: str) -> None:
        """Prepare; nothing is sent.

        Args:
            source: For messages.
            how: Host, port, folder and TLS.
            user: Log-in.
            secret: Password, or access token if the profile has one.

        Raises:
            Rejected: ``tls.ca_file`` cannot be read, or ``tls.insecure`` forbids the password.
        """
        self._source, self._how = source, how
        self._user, self._secret = user, secret
        self._trust = trust(how.tls, source, credentials=True)
        self._imap: imaplib.IMAP4 | None = None
        self.operation = f"imap://{how.host}"
        self.validity = 0

    def __enter__(self) -> Self:
        """Connect, log in, EXAMINE.

        Raises:
            Unavailable: Nobody answers.
            AccessDenied: The log-in is refused.
            Rejected: There is no such folder, or the certificate is not trusted.
        """
        try:
            with self._translated():
                self._imap = self._connected()
                check_pin(self._how.tls, self._imap.sock)
                self._log_in(self._imap)
                self._open(self._imap)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Part, politely if that is possible."""
        if self._imap is not None:
            with suppress(imaplib.IMAP4.error, OSError, ValueError):
                self._imap.logout()
            with suppress(OSError):
                self._imap.shutdown()

    @property
    def line(self) -> socket.socket | None:
        """The connection; None before it stands."""
        return None if self._imap is None else self._imap.sock

    def envelopes(self, since: datetime) -> list[Envelope]:
        """Return the letters received since a moment, the newest first."""
        # IMAP searches by the server's day, whose zone is not ours.
        day = (since - _DAY).astimezone(UTC)
        words = f"(SINCE {day.day:02}-{_MONTHS[day.month - 1]}-{day.year})"
        with self._translated():
            found = self._asked("SEARCH", words)
            uids = b",".join(b" ".join(part for part in found if isinstance(part, bytes)).split())
            if not uids:
                return []
            what = "(UID INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT DATE)])"
            answers = self._asked("FETCH", uids.decode("ascii"), what)
        letters = [_envelope(answer) for answer in answers if isinstance(answer, tuple)]
        known = [letter for letter in letters if letter is not None]
        recent = [letter for letter in known if letter.received_at >= since]
        return sorted(recent, key=lambda letter: (letter.received_at, letter.uid), reverse=True)

    def letter(self, uid: int) -> bytes:
        """Return a whole letter; it stays unread."""
        with self._translated():
            for answer in self._asked("FETCH", str(uid), "(UID BODY.PEEK[])"):
                if isinstance(answer, tuple):
                    return bytes(answer[1])
        text = "the letter is gone; it may have been deleted just now"
        raise Unavailable(self._source, self.operation, text)

    def _connected(self) -> imaplib.IMAP4:
        host, port = self._how.host, self._how.port
        if port != _PLAIN_PORT:
            return imaplib.IMAP4_SSL(host, port, ssl_context=self._trust, timeout=_SILENCE_S)
        plain = imaplib.IMAP4(host, port, timeout=_SILENCE_S)
        self._imap = plain
        plain.starttls(self._trust)
        return plain

    def _log_in(self, imap: imaplib.IMAP4) -> None:
        try:
            if self._how.token:
                words = f"user={self._user}\x01auth=Bearer {self._secret}\x01\x01"
                imap.authenticate("XOAUTH2", lambda _: words.encode())
            else:
                imap.login(self._user, self._secret)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as exc:
            text = "the log-in is refused; check fetch.user and the secret (an app password?)"
            raise AccessDenied(self._source, self.operation, text) from exc

    def _open(self, imap: imaplib.IMAP4) -> None:
        done, _ = imap.select(f'"{mailbox_name(self._how.folder)}"', readonly=True)
        if done != "OK":
            text = "there is no such folder, or it may not be read; correct fetch.folder"
            raise Rejected(self._source, self.operation, text)
        told = imap.response("UIDVALIDITY")[1]
        number = told[0] if told else None
        self.validity = int(number) if isinstance(number, bytes) and number.isdigit() else 0

    def _asked(self, command: str, *words: str) -> list[object]:
        """Send a UID command and return its answers."""
        if self._imap is None:
            raise RuntimeError("the mailbox is used within 'with'")
        done, answers = self._imap.uid(command, *words)
        if done != "OK":
            text = f"{command} is refused; does the server follow RFC 3501?"
            raise UnexpectedReply(self._source, self.operation, text)
        return list(answers)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn what `imaplib` raises into what the caller does next."""
        source, operation = self._source, self.operation
        try:
            yield
        except (WrongCertificate, ssl.SSLError) as exc:
            raise tls_failure(exc, source, operation) from exc
        except (imaplib.IMAP4.abort, OSError) as exc:
            text = f"the connection failed: {type(exc).__name__}"
            raise Unavailable(source, operation, text) from exc
        except imaplib.IMAP4.error as exc:
            # Not chained: the exception may quote what was sent.
            text = f"the server does not speak as expected ({type(exc).__name__})"
            raise UnexpectedReply(source, operation, text) from None
        except UnicodeError as exc:
            text = f"user or password have signs that IMAP cannot take ({type(exc).__name__})"
            raise Rejected(source, operation, text) from None


def mailbox_name(name: str) -> str:
    """Return a folder's name as IMAP writes it: modified UTF-7, quotes escaped (RFC 3501 5.1.3)."""
    written: list[str] = []
    pending = ""
    for sign in [*name, ""]:
        if sign and not " " <= sign <= "~":
            pending += sign
            continue
        if pending:
            code = base64.b64encode(pending.encode("utf-16-be")).decode().rstrip("=")
            written.append(f"&{code.replace('/', ',')}-")
            pending = ""
        written.append("&-" if sign == "&" else f"\\{sign}" if sign and sign in '"\\' else sign)
    return "".join(written)


def _envelope(answer: tuple[object, ...]) -> Envelope | None:
    """Return what a FETCH tells of one letter; None if it cannot be read."""
    about, head = answer[0], answer[1]
    if not isinstance(about, bytes) or not isinstance(head, bytes):
        return None
    uid, size, received = _UID.search(about), _SIZE.search(about), imaplib.Internaldate2tuple(about)
    if uid is None or size is None or received is None:
        return None
    # A `struct_time` of local time; the machine's own zone takes it back to UTC.
    moment = datetime(*received[:6]).astimezone(UTC)
    return Envelope(int(uid[1]), int(size[1]), moment, head)

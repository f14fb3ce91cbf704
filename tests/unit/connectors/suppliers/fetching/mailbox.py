"""A mailbox that speaks IMAP over TLS as far as a reader needs it, and notes every change."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

USER, PASSWORD, TOKEN = "stock@example.test", "app-password", "oauth-token"
_LITERAL = re.compile(rb"\{(\d+)\}\r\n$")
_HEADERS = ("From", "Subject", "Date")


@dataclass(frozen=True, slots=True)
class Stored:
    """A letter as the server has it."""

    uid: int
    received_at: datetime
    content: bytes


@dataclass(slots=True)
class Mailbox:
    """A folder with letters.

    Attributes:
        name: As IMAP writes it.
        commands: Every command that came, without its tag.
        validity: Changes when the folder was made anew.
    """

    name: str = "INBOX"
    letters: list[Stored] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    validity: int = 7
    port: int = 0

    def put(
        self,
        received_at: datetime,
        *,
        sender: str = "Склад <stock@x.example>",
        subject: str = "Остатки на сегодня",
        attachments: dict[str, bytes] | None = None,
    ) -> None:
        """Let a letter arrive."""
        letter = EmailMessage()
        letter["From"], letter["Subject"] = sender, subject
        letter.set_content("Добрый день!")
        for name, content in (attachments or {}).items():
            letter.add_attachment(
                content, maintype="application", subtype="octet-stream", filename=name
            )
        uid = max((kept.uid for kept in self.letters), default=100) + 1
        self.letters.append(Stored(uid, received_at, letter.as_bytes()))


@contextmanager
def serving(mailbox: Mailbox, certificate: Path) -> Iterator[Mailbox]:
    """Serve a mailbox on a free port of loopback."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    listener = socket.create_server(("127.0.0.1", 0))
    mailbox.port = int(listener.getsockname()[1])

    def accept() -> None:
        while True:
            try:
                plain, _ = listener.accept()
            except OSError:
                return
            try:
                with context.wrap_socket(plain, server_side=True) as line:
                    line.settimeout(5)
                    _converse(line, mailbox)
            except OSError:
                continue
            finally:
                plain.close()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield mailbox
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(timeout=5)


def _converse(line: ssl.SSLSocket, mailbox: Mailbox) -> None:
    stream = line.makefile("rwb")
    stream.write(b"* OK IMAP4rev1 ready\r\n")
    stream.flush()
    while raw := stream.readline():
        while literal := _LITERAL.search(raw):
            stream.write(b"+ go on\r\n")
            stream.flush()
            raw = raw[: literal.start()] + stream.read(int(literal[1])) + stream.readline()
        tag, _, command = raw.decode("utf-8", "replace").strip().partition(" ")
        mailbox.commands.append(command)
        if command.upper().startswith("AUTHENTICATE"):
            stream.write(b"+ \r\n")
            stream.flush()
            given = stream.readline()
            answer = _authenticated(given)
        else:
            answer = _answer(command, mailbox)
        for part in answer[:-1]:
            stream.write(part + b"\r\n")
        stream.write(f"{tag} ".encode() + answer[-1] + b"\r\n")
        stream.flush()
        if command.upper() == "LOGOUT":
            return


def _authenticated(given: bytes) -> list[bytes]:
    import base64  # noqa: PLC0415 - only here

    wanted = f"user={USER}\x01auth=Bearer {TOKEN}\x01\x01".encode()
    right = base64.b64decode(given) == wanted
    return [b"OK welcome"] if right else [b"NO refused"]


def _answer(command: str, mailbox: Mailbox) -> list[bytes]:
    name, _, rest = command.partition(" ")
    match name.upper():
        case "CAPABILITY":
            return [b"* CAPABILITY IMAP4rev1", b"OK done"]
        case "LOGIN":
            right = rest == f'{USER} "{PASSWORD}"'
            return [b"OK welcome" if right else b"NO [AUTHENTICATIONFAILED] refused"]
        case "EXAMINE":
            if rest.strip('"') != mailbox.name:
                return [b"NO no such mailbox"]
            count = f"* {len(mailbox.letters)} EXISTS".encode()
            validity = f"* OK [UIDVALIDITY {mailbox.validity}] valid".encode()
            return [count, validity, b"OK [READ-ONLY] done"]
        case "UID":
            return _by_uid(rest, mailbox)
        case "LOGOUT":
            return [b"* BYE", b"OK done"]
        case _:
            return [b"BAD unknown"]


def _by_uid(rest: str, mailbox: Mailbox) -> list[bytes]:
    what, _, words = rest.partition(" ")
    if what.upper() == "SEARCH":
        since = words.strip("()").removeprefix("SINCE ")
        day = datetime.strptime(since, "%d-%b-%Y").replace(tzinfo=UTC)
        found = [str(kept.uid) for kept in mailbox.letters if kept.received_at >= day]
        return [f"* SEARCH {' '.join(found)}".encode(), b"OK done"]
    numbers, _, items = words.partition(" ")
    wanted = {int(number) for number in numbers.split(",")}
    parts: list[bytes] = []
    for number, kept in enumerate(mailbox.letters, start=1):
        if kept.uid not in wanted:
            continue
        head, _, _ = kept.content.partition(b"\n\n")
        if "HEADER" in items:
            lines = [
                line
                for line in re.sub(rb"\n[ \t]", b" ", head).split(b"\n")
                if line.decode("ascii").partition(":")[0] in _HEADERS
            ]
            body, section = (
                b"\r\n".join([*lines, b"", b""]),
                "BODY[HEADER.FIELDS (FROM SUBJECT DATE)]",
            )
        else:
            body, section = kept.content, "BODY[]"
        received = kept.received_at.strftime("%d-%b-%Y %H:%M:%S +0000")
        about = (
            f'* {number} FETCH (UID {kept.uid} INTERNALDATE "{received}" '
            f"RFC822.SIZE {len(kept.content)} {section} {{{len(body)}}}"
        )
        parts.append(about.encode() + b"\r\n" + body + b")")
    return [*parts, b"OK done"]

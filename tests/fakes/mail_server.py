"""A real SMTP server on loopback whose moods a test decides.

`PostOffice` is aiosmtpd on a port of its own; `scripted` is a socket that says what a test wrote,
for what no honest server says.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import SMTP as SMTP_POLICY
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator
    from email.message import EmailMessage

USER, PASSWORD = "westsync@example.test", "correct horse"
DROP = "drop"
ACCEPT_AND_DROP = "accept and drop"
ACCEPT_AND_SAY_NOTHING = "accept and say nothing"
SAY_NOTHING = "say nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A letter that the server accepted, and its envelope."""

    sender: str
    to: tuple[str, ...]
    letter: EmailMessage
    raw: bytes


@dataclass
class PostOffice:
    """Handler of aiosmtpd.

    Attributes:
        log_in_first: Refuse senders who have not logged in.
        received: Every accepted letter.
        rcpt: Recipient -> replies to its next namings, then yes.
        data: What happens to the next letters (a reply, or one of the faults), then yes.
        mail: Replies to the next senders, then yes.
        greeted: Conversations so far.
        logins: (name, password) of every attempt.
        names: What clients called themselves.
        letter_came: Set when a letter is there whose reply is still owed.
    """

    port: int = 0
    log_in_first: bool = False
    received: list[Received] = field(default_factory=list)
    rcpt: dict[str, deque[str]] = field(default_factory=dict)
    data: deque[str] = field(default_factory=deque)
    mail: deque[str] = field(default_factory=deque)
    greeted: int = 0
    logins: list[tuple[str, str]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    letter_came: threading.Event = field(default_factory=threading.Event)

    def refuse(self, recipient: str, *replies: str) -> None:
        self.rcpt.setdefault(recipient, deque()).extend(replies)

    @property
    def message_ids(self) -> list[str]:
        return [str(one.letter["Message-ID"]) for one in self.received]

    # -- what aiosmtpd calls; it wants exactly these names and arguments ------------------------

    async def handle_EHLO(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        del server, envelope
        session.host_name = hostname
        self.names.append(hostname)
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        del server, options
        if self.log_in_first and not session.authenticated:
            return "530 5.7.0 Authentication required"
        if self.mail:
            return self.mail.popleft()
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        del server, session, options
        if replies := self.rcpt.get(address):
            return replies.popleft()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        del session
        mood = self.data.popleft() if self.data else "250 OK"
        if mood in {ACCEPT_AND_DROP, ACCEPT_AND_SAY_NOTHING} or mood.startswith("250"):
            self.received.append(
                Received(
                    sender=envelope.mail_from,
                    to=tuple(envelope.rcpt_tos),
                    letter=message_from_bytes(envelope.content, policy=SMTP_POLICY),
                    raw=envelope.content,
                )
            )
        if mood in {DROP, ACCEPT_AND_DROP}:
            server.transport.abort()
        self.letter_came.set()
        if mood in {SAY_NOTHING, ACCEPT_AND_SAY_NOTHING}:
            await asyncio.Event().wait()  # until the client hangs up, which cancels this
        return mood

    def check(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> Any:
        del server, session, envelope, mechanism
        given = data if isinstance(data, LoginPassword) else LoginPassword(b"", b"")
        self.logins.append((given.login.decode(), given.password.decode()))
        right = self.logins[-1] == (USER, PASSWORD)
        return AuthResult(success=right, handled=False)


@contextmanager
def a_post_office(
    *, tls: ssl.SSLContext | None = None, from_first_byte: bool = False, log_in: bool = False
) -> Iterator[PostOffice]:
    """Run a mail server.

    Args:
        tls: Its certificate; None offers no encryption.
        from_first_byte: Encrypt at once instead of after STARTTLS.
        log_in: Refuse senders who have not logged in.
    """
    office = PostOffice(log_in_first=log_in)
    loop = asyncio.new_event_loop()
    listener = socket.create_server(("127.0.0.1", 0))
    office.port = listener.getsockname()[1]
    at_once, later = (tls, None) if from_first_byte else (None, tls)

    def a_conversation() -> SMTP:
        office.greeted += 1
        return SMTP(
            office,
            hostname="mail.example.test",
            loop=loop,
            tls_context=later,
            authenticator=office.check,
            auth_require_tls=not from_first_byte,  # it knows of STARTTLS only
        )

    async def start() -> asyncio.Server:
        return await loop.create_server(a_conversation, sock=listener, ssl=at_once)

    async def stop() -> None:
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    server = loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield office
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result(timeout=10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=10)
        loop.close()


@contextmanager
def scripted(conversation: Callable[[socket.socket], None]) -> Iterator[int]:
    """Yield the port of a server that has this one conversation with each who comes."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            with line:
                try:
                    conversation(line)
                except OSError:
                    continue  # the client hung up, as it should

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(timeout=5)

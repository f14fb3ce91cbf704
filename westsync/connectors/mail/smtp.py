"""One conversation with a mail server, and what its outcome means (reliability 2.3).

Before ``DATA`` nothing can have been sent. From then on only the reply tells: a letter whose reply
is lost may lie in every mailbox or in none (RFC 1047). Nothing is repeated here; the journal does
that.
"""

from __future__ import annotations

import smtplib
from contextlib import contextmanager
from typing import TYPE_CHECKING

from westsync.connectors.mail.client import Client
from westsync.connectors.mail.config import SYSTEM, Tls
from westsync.connectors.mail.deadline import Deadline
from westsync.errors import AccessDenied, OutcomeUnknown, Rejected, Unavailable
from westsync.ports import nothing
from westsync.redaction import masked

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator, Sequence

    from westsync.connectors.mail.config import MailConfig

_SAMPLE = 200
# Replies of RFC 5321 4.2.3 and RFC 4954 6.
_LOG_IN_FIRST = 530
_MAILBOX_IS_FULL = 452
# Replies to MAIL that speak of this one letter (too large, unknown parameters), not of the sender.
_ABOUT_THE_LETTER = frozenset({552, 555})


def deliver(
    letter: bytes,
    to: Sequence[str],
    config: MailConfig,
    trust: ssl.SSLContext | None,
    leaving: Callable[[], None] = nothing,
) -> int:
    """Hand one letter over for all recipients; return how many of them the server refused.

    Args:
        letter: Complete, with CRLF line ends.
        to: Deliverable addresses, at least one.
        config: The mailbox.
        trust: Whose certificates are believed; None without TLS.
        leaving: Called right before ``DATA``: from there on only the reply tells.

    Raises:
        Unavailable: It was certainly not sent: no connection, no TLS, or a "later" (4xx) to the
            greeting, to the log-in, to a recipient (greylisting) or to the letter.
        AccessDenied: The server does not talk to us, or not for this log-in or sender.
        Rejected: All recipients, or the letter itself, are refused for good.
        OutcomeUnknown: The connection was lost when the letter may already have been accepted.
    """
    with Deadline(config.deadline_s) as deadline:
        with _nothing_sent("connect", deadline):
            client = Client(config, trust, deadline)
        try:
            with _nothing_sent("log in", deadline):
                _encrypt(client, config, trust)
                _log_in(client, config)
            with _nothing_sent("address", deadline):
                _name_sender(client, config)
                refused = _name_recipients(client, to)
            leaving()
            _hand_over(client, letter, deadline)
        finally:
            client.part()
    return refused


@contextmanager
def _nothing_sent(step: str, deadline: Deadline) -> Iterator[None]:
    """Translate what went wrong before the letter began to leave."""
    try:
        yield
    except smtplib.SMTPResponseException as exc:
        said = _said(exc.smtp_code, exc.smtp_error)
        if _is_final(exc.smtp_code):
            raise AccessDenied(SYSTEM, step, f"the server refused us: {said}") from exc
        raise Unavailable(SYSTEM, step, said) from exc
    except OSError as exc:
        raise Unavailable(SYSTEM, step, _why(exc, deadline)) from exc


def _encrypt(client: Client, config: MailConfig, trust: ssl.SSLContext | None) -> None:
    if config.tls is not Tls.STARTTLS:
        return
    try:
        client.starttls(context=trust)
    except (smtplib.SMTPNotSupportedError, smtplib.SMTPResponseException) as exc:
        # Perhaps somebody on the way took the offer out; unencrypted we say nothing more.
        text = "the server offers no encryption here; check port and tls= of accounts.*.mail.smtp"
        raise Unavailable(SYSTEM, "STARTTLS", text) from exc


def _log_in(client: Client, config: MailConfig) -> None:
    client.ehlo_or_helo_if_needed()
    if config.password is None:
        return
    try:
        client.login(config.login, config.password)
    except smtplib.SMTPAuthenticationError as exc:
        if not _is_final(exc.smtp_code):
            raise
        said = _said(exc.smtp_code, exc.smtp_error)
        text = f"{said}; check user: and the secret of accounts.*.mail"
        raise AccessDenied(SYSTEM, "AUTH", text) from exc
    except (smtplib.SMTPResponseException, smtplib.SMTPServerDisconnected):
        raise
    except smtplib.SMTPException as exc:
        text = f"{exc} Check the port, or log in without a password."
        raise AccessDenied(SYSTEM, "AUTH", text) from exc
    except UnicodeEncodeError:
        # Not chained: the exception quotes the password.
        text = "user and password can only have Latin letters, digits and signs; change them"
        raise AccessDenied(SYSTEM, "AUTH", text) from None


def _name_sender(client: Client, config: MailConfig) -> None:
    code, text = client.mail(config.envelope_sender)
    if _is_yes(code):
        return
    if code in _ABOUT_THE_LETTER:
        raise Rejected(SYSTEM, "MAIL", _said(code, text), code)
    if _is_final(code):
        said = _said(code, text)
        raise AccessDenied(SYSTEM, "MAIL", f"{said}; may this log-in write as from: says?")
    raise smtplib.SMTPResponseException(code, text)


def _name_recipients(client: Client, to: Sequence[str]) -> int:
    """Name everybody; return how many were refused while others were not.

    One "later" keeps the whole letter back: sent now, it would not reach that person any more. A
    full mailbox is no reason to wait, it may stay full for weeks while the others know nothing.
    """
    replies = [client.rcpt(address) for address in to]
    accepted = sum(_is_yes(code) for code, _ in replies)
    for code, text in replies:
        full = code == _MAILBOX_IS_FULL and accepted
        if not _is_yes(code) and not full and (code == _LOG_IN_FIRST or not _is_final(code)):
            raise smtplib.SMTPResponseException(code, text)
    if not accepted:
        code, text = replies[0]
        raise Rejected(SYSTEM, "RCPT", f"no recipient is accepted: {_said(code, text)}", code)
    return len(to) - accepted


def _hand_over(client: Client, letter: bytes, deadline: Deadline) -> None:
    try:
        code, text = client.data(letter)
    except smtplib.SMTPDataError as exc:  # the reply to DATA itself: the letter stayed here
        said = _said(exc.smtp_code, exc.smtp_error)
        if _is_final(exc.smtp_code):
            raise Rejected(SYSTEM, "DATA", said, exc.smtp_code) from exc
        raise Unavailable(SYSTEM, "DATA", said) from exc
    except OSError as exc:
        lost = f"{_why(exc, deadline)}; the letter may have been accepted"
        raise OutcomeUnknown(SYSTEM, "DATA", lost) from exc
    if _is_yes(code):
        return
    if _is_final(code):
        raise Rejected(SYSTEM, "DATA", _said(code, text), code)
    if 400 <= code < 500:
        raise Unavailable(SYSTEM, "DATA", _said(code, text))
    raise OutcomeUnknown(SYSTEM, "DATA", f"no reply of SMTP: {_said(code, text)}")


def _is_yes(code: int) -> bool:
    return 200 <= code < 300


def _is_final(code: int) -> bool:
    return 500 <= code < 600


def _said(code: int, text: bytes | str) -> str:
    """Return a reply for people: cut and masked, as servers like to quote the recipient."""
    shown = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {masked(shown)[:_SAMPLE]}".strip()


def _why(exc: OSError, deadline: Deadline) -> str:
    if deadline.has_passed:
        return f"no complete answer within {deadline.seconds:g} s"
    return f"{type(exc).__name__}: {exc}"

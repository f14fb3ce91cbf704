"""The ports `Messenger` and `LetterSender` over SMTP."""

from __future__ import annotations

import ssl
from datetime import timedelta
from typing import TYPE_CHECKING

from westsync.connectors.mail.addresses import deliverable, sorted_out
from westsync.connectors.mail.config import SYSTEM, Tls
from westsync.connectors.mail.letter import compose, enclose, message_id
from westsync.connectors.mail.smtp import deliver
from westsync.domain.actions import Notify
from westsync.errors import AccessDenied, Rejected
from westsync.ports import Receipt, nothing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from email.message import EmailMessage

    from westsync.connectors.mail.config import MailConfig
    from westsync.domain.actions import AskSupplier
    from westsync.domain.intents import Marker
    from westsync.ports import Clock, Letter

# Mail servers lock out an address or an account after a handful of wrong log-ins.
REST_AFTER_DENIAL = timedelta(minutes=20)


class SmtpMessenger:
    """Sends each notice as one letter, over a connection of its own.

    Notices are rare; a connection kept open would be one more thing that breaks between them.
    """

    def __init__(self, config: MailConfig, clock: Clock, *, deal_url: Callable[[str], str]) -> None:
        """Bind the mailbox; nothing is sent.

        Args:
            config: The mailbox.
            clock: For the date of a letter.
            deal_url: Address of a deal's card for people, by its id.

        Raises:
            OSError: The file of the company's own authority cannot be used.
        """
        self._config = config
        self._clock = clock
        self._deal_url = deal_url
        self._trust = _trust(config)
        self._denial: tuple[str, str, datetime] | None = None

    def send(
        self, notice: Notify, marker: Marker, leaving: Callable[[], None] = nothing
    ) -> Receipt:
        """Send one letter to all recipients together.

        Args:
            notice: The letter's content.
            marker: Its Message-ID is made of it.
            leaving: Called right before the letter may be accepted.

        Returns:
            A receipt with the Message-ID, and a note if some of the addresses were refused.

        Raises:
            Rejected: No address can be written to, or the server refused all, or the letter.
            Unavailable, AccessDenied, OutcomeUnknown: As `westsync.connectors.mail.smtp.deliver`.
        """
        to, unfit = _recipients(notice.to)
        message = compose(
            notice,
            marker,
            to=to,
            deal_url=None if notice.deal is None else self._deal_url(notice.deal),
            config=self._config,
            now=self._clock.now(),
        )
        return self._send(message, marker, to, unfit, leaving)

    def ask(
        self, request: AskSupplier, marker: Marker, leaving: Callable[[], None] = nothing
    ) -> Receipt:
        """Send a supplier one letter; nothing is added to what the request says.

        Raises:
            Rejected: The address cannot be written to, or the server refused it, or the letter.
            Unavailable, AccessDenied, OutcomeUnknown: As `westsync.connectors.mail.smtp.deliver`.
        """
        to, unfit = _recipients((request.to,), "suppliers/*.yaml, contact.email")
        notice = Notify(via="email", to=tuple(to), text=request.text, subject=request.subject)
        message = compose(
            notice, marker, to=to, deal_url=None, config=self._config, now=self._clock.now()
        )
        if reply_to := deliverable(request.reply_to):
            message["Reply-To"] = reply_to
        return self._send(message, marker, to, unfit, leaving)

    def post(
        self, letter: Letter, marker: Marker, leaving: Callable[[], None] = nothing
    ) -> Receipt:
        """Send a letter that is written already; see `westsync.ports.LetterSender`.

        Raises:
            Rejected: No address can be written to, or the server refused all, or the letter.
            Unavailable, AccessDenied, OutcomeUnknown: As `westsync.connectors.mail.smtp.deliver`.
        """
        to, unfit = _recipients(letter.to)
        now = self._clock.now()
        message = enclose(letter, marker, to=to, config=self._config, now=now)
        return self._send(message, marker, to, unfit, leaving)

    def _send(
        self,
        message: EmailMessage,
        marker: Marker,
        to: Sequence[str],
        unfit: int,
        leaving: Callable[[], None],
    ) -> Receipt:
        refused = unfit + self._deliver(message, to, leaving)
        note = f"{refused} of {len(to) + unfit} addresses were refused" if refused else ""
        return Receipt(ref=message_id(marker, self._config.envelope_sender), note=note)

    def _deliver(self, letter: EmailMessage, to: Sequence[str], leaving: Callable[[], None]) -> int:
        """Deliver, unless the server refused us lately; a reload asks again at once."""
        now = self._clock.now()
        if self._denial is not None:
            operation, detail, until = self._denial
            if now < until:
                raise AccessDenied(SYSTEM, operation, f"{detail} (not asked again yet)")
        try:
            return deliver(letter.as_bytes(), to, self._config, self._trust, leaving)
        except AccessDenied as exc:
            self._denial = exc.operation, exc.detail, now + REST_AFTER_DENIAL
            raise


def _recipients(
    addresses: Sequence[str], where: str = "people.*.email"
) -> tuple[Sequence[str], int]:
    """Return the addresses that can be written to, and how many cannot.

    Raises:
        Rejected: None can.
    """
    to, unfit = sorted_out(addresses)
    if not to:
        text = f"no recipient has an address that mail can be sent to; see {where}"
        raise Rejected(SYSTEM, "send", text)
    return to, unfit


def _trust(config: MailConfig) -> ssl.SSLContext | None:
    """Return whom to believe: the machine's authorities, and the company's own if it has one.

    The machine's store rather than the one of the HTTP library: a company that runs its own mail
    server has usually put its authority there.
    """
    if config.tls is Tls.NONE:
        return None
    context = ssl.create_default_context()
    if config.ca_file is not None:
        context.load_verify_locations(cafile=config.ca_file)
    return context

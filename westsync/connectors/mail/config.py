"""What the connector must be told about the mail server."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from westsync.connectors.mail.addresses import deliverable

if TYPE_CHECKING:
    from pathlib import Path

SYSTEM = "mail"
# Less than the 45 s that the unit gives a stopping daemon for the send under way, and than the 90 s
# after which its watchdog takes a silent one for hung.
DEADLINE_S = 40.0


class Tls(StrEnum):
    """How the connection is encrypted: after ``STARTTLS``, from its first byte, or not at all."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


# Submission (RFC 6409), submission over TLS (RFC 8314), and a relay on this very machine.
_USUAL_PORTS = {Tls.STARTTLS: 587, Tls.TLS: 465, Tls.NONE: 25}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailConfig:
    """A mailbox to write from.

    Attributes:
        host: Name or address of the mail server; its certificate must be valid for it.
        port: TCP port.
        tls: `Tls.NONE` only if the server is this very machine.
        sender: Address that people see, and that the server must allow us to use.
        site: Scheme and host of Megaplan; only addresses there become links.
        user: Log-in name; None takes the sender's address.
        password: None does not log in.
        ca_file: PEM file of a company's own authority, trusted besides those of the machine.
        deadline_s: Seconds for the whole conversation with the server, from the connection on.
    """

    host: str
    port: int
    tls: Tls
    sender: str
    site: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: Path | None = None
    deadline_s: float = DEADLINE_S

    def __post_init__(self) -> None:
        """Refuse what could not be sent, or could be read on the way.

        Raises:
            ValueError: No encryption to another machine, or a sender that cannot stand in a mail.
        """
        if self.tls is Tls.NONE and not _is_loopback(self.host):
            raise ValueError(f"mail to {self.host} must be encrypted; tls=none is for loopback")
        if deliverable(self.sender) is None:
            raise ValueError("the sender's address must be plain, like westsync@example.test")

    @classmethod
    def at(
        cls, url: str, *, sender: str, site: str, user: str | None, password: str | None
    ) -> MailConfig:
        """Return the mailbox at ``smtp://host:port?tls=starttls``; the usual port may be left out.

        Raises:
            ValueError: The url is not of that form, or as in ``__post_init__``.
        """
        parts = urlsplit(url)
        tls = Tls(parse_qs(parts.query).get("tls", [""])[0])
        if parts.scheme != "smtp" or not parts.hostname:
            raise ValueError("a mail server is written like smtp://mail.example.test?tls=starttls")
        return cls(
            host=parts.hostname,
            port=parts.port or _USUAL_PORTS[tls],
            tls=tls,
            sender=sender,
            site=site,
            user=user,
            password=password,
        )

    @property
    def envelope_sender(self) -> str:
        """The sender as SMTP writes it: an international domain in its ASCII form."""
        return deliverable(self.sender) or self.sender

    @property
    def login(self) -> str:
        """The name to log in with."""
        return self.user or self.sender


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

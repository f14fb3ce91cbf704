"""Kinds of addresses: of systems, mail servers, mailboxes and our own listening socket.

A message never repeats an address that does not fit: it may hold ``user:password@``.
"""

import ipaddress
import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, WithJsonSchema

from westsync.settings.kinds import Unfit

_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")
_URL_FORM = "write it like https://mp12345678.megaplan.ru"
_SMTP_FORM = "write it like smtp://mail.example.test:587?tls=starttls"
_LISTEN_FORM = 'write it like "127.0.0.1:8321"'


def _email(value: str) -> str:
    if not _EMAIL.fullmatch(value):
        raise Unfit("must be a mail address", "write it like ivanov@example.test")
    return value


def is_loopback(host: str) -> bool:
    """Return whether a host name or address can only mean this very machine.

    Args:
        host: Name or address without brackets and port.
    """
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _address(value: str) -> str:
    if any(char.isspace() for char in value):
        raise Unfit("has a space in it")
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise Unfit("is not an address", _URL_FORM) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        raise Unfit("is not an address", _URL_FORM)
    if "@" in parts.netloc:
        raise Unfit(
            "has a user name or password in it",
            "remove it from the address; secrets stand in the environment or in credential files",
        )
    if parts.query or parts.fragment:
        raise Unfit("has a query or fragment in it", "remove everything from '?' or '#'")
    return value.rstrip("/")


def encrypted(value: str) -> str:
    """Return the address if nobody on the way can read what we send there.

    Raises:
        Unfit: It is plain ``http`` and not to this very machine.
    """
    parts = urlsplit(value)
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise Unfit("is not encrypted", "write https:// (http:// only for this very machine)")
    return value


def _bare(value: str) -> str:
    if urlsplit(value).path:
        raise Unfit("has a path in it", "write only https:// and the host")
    return value


def _smtp(value: str) -> str:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise Unfit("is not the address of a mail server", _SMTP_FORM) from None
    if parts.scheme != "smtp" or not parts.hostname or port == 0 or parts.path.strip("/"):
        raise Unfit("is not the address of a mail server", _SMTP_FORM)
    if "@" in parts.netloc:
        raise Unfit("has a user name or password in it", "write 'user:' on a line of its own")
    if parts.query not in {"tls=starttls", "tls=tls", "tls=none"}:
        raise Unfit("must end with ?tls=starttls, ?tls=tls or ?tls=none", _SMTP_FORM)
    if parts.query == "tls=none" and not is_loopback(parts.hostname):
        raise Unfit("is not encrypted", "write ?tls=starttls (none only for this very machine)")
    return value


def split_host(value: str) -> tuple[str, int]:
    """Return host and port of ``127.0.0.1:8321`` or ``[::1]:8321``.

    Raises:
        Unfit: It is not of that form.
    """
    try:
        parts = urlsplit(f"//{value}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise Unfit("is not host and port", _LISTEN_FORM) from None
    if not host or not port or "@" in value or value != parts.netloc:
        raise Unfit("is not host and port", _LISTEN_FORM)
    return host, port


def _listen(value: str) -> str:
    split_host(value)
    return value


Email = Annotated[
    str, AfterValidator(_email), WithJsonSchema({"type": "string", "format": "email"})
]
BaseUrl = Annotated[
    str, AfterValidator(_address), WithJsonSchema({"type": "string", "format": "uri"})
]
SiteUrl = Annotated[BaseUrl, AfterValidator(encrypted), AfterValidator(_bare)]
SmtpUrl = Annotated[
    str, AfterValidator(_smtp), WithJsonSchema({"type": "string", "pattern": "^smtp://"})
]
Listen = Annotated[str, AfterValidator(_listen)]

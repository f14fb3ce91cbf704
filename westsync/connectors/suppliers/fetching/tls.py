"""Whose certificates a source's server may show (suppliers contract 3)."""

from __future__ import annotations

import hashlib
import ssl
from typing import TYPE_CHECKING

import structlog

from westsync.errors import ConnectorError, Rejected, Unavailable

if TYPE_CHECKING:
    from westsync.connectors.suppliers.profile_fetch import Tls
    from westsync.domain.stock import SourceId

log = structlog.get_logger()


class WrongCertificate(Exception):
    """The server shows another certificate than the pinned one."""


def trust(tls: Tls, source: SourceId, *, credentials: bool) -> ssl.SSLContext:
    """Return how certificates are checked; an unchecked one is told in the log each time.

    With a pin the certificate is compared by `check_pin` before anything is said.

    Args:
        tls: Of the profile.
        source: For messages.
        credentials: Whether secrets will be sent.

    Raises:
        Rejected: ``ca_file`` cannot be read, or secrets would go where nobody checks.
    """
    if tls.insecure and credentials:
        text = "tls.insecure sends no credentials; write tls.pin_sha256 or tls.ca_file"
        raise Rejected(source, "connect", text)
    context = ssl.create_default_context()
    if tls.ca_file:
        try:
            context = ssl.create_default_context(cafile=tls.ca_file)
        except (OSError, ssl.SSLError) as exc:
            text = f"tls.ca_file cannot be read: {type(exc).__name__}; it must be PEM"
            raise Rejected(source, "connect", text) from exc
    if tls.insecure or tls.pin_sha256:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if tls.insecure:
        log.warning("stock.certificate_unchecked", source=source)
    return context


def check_pin(tls: Tls, line: object) -> None:
    """Compare the certificate of a TLS connection with the pin, if there is one.

    Raises:
        WrongCertificate: It is another one.
    """
    if not tls.pin_sha256:
        return
    shown = line.getpeercert(binary_form=True) if isinstance(line, ssl.SSLSocket) else None
    if shown is None or hashlib.sha256(shown).hexdigest() != tls.pin_sha256:
        raise WrongCertificate


def tls_failure(exc: BaseException, source: SourceId, operation: str) -> ConnectorError:
    """Return the error of a failed handshake: a wrong certificate needs a person."""
    if isinstance(exc, WrongCertificate):
        text = "the certificate is not the one of tls.pin_sha256; ask the supplier whether he has"
        return Rejected(source, operation, f"{text} a new one")
    if isinstance(exc, ssl.SSLCertVerificationError):
        text = (
            f"the certificate is not trusted ({exc.verify_message}); if the supplier cannot mend "
            "it, write tls.ca_file or tls.pin_sha256"
        )
        return Rejected(source, operation, text)
    return Unavailable(source, operation, f"no TLS connection: {type(exc).__name__}")


def cause_of_tls(exc: BaseException) -> BaseException | None:
    """Return the certificate error behind a library's exception; None if there is none."""
    cause: BaseException | None = exc
    while cause is not None:
        if isinstance(cause, (WrongCertificate, ssl.SSLCertVerificationError)):
            return cause
        cause = cause.__cause__ or cause.__context__
    return None

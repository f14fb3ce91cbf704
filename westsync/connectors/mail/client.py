"""`smtplib`'s client with one deadline over everything, TLS included."""

from __future__ import annotations

import smtplib
import socket
from contextlib import suppress
from typing import TYPE_CHECKING

from westsync.connectors.mail.config import Tls

if TYPE_CHECKING:
    import ssl

    from westsync.connectors.mail.config import MailConfig
    from westsync.connectors.mail.deadline import Deadline

CONNECT_S = 10.0
_GOODBYE_S = 5.0


class Client(smtplib.SMTP):
    """A connection that was greeted; not logged in, with ``STARTTLS`` not yet encrypted."""

    def __init__(
        self, config: MailConfig, trust: ssl.SSLContext | None, deadline: Deadline
    ) -> None:
        """Connect and read the greeting.

        Args:
            config: The mailbox.
            trust: Whose certificates are believed; None without TLS.
            deadline: Cuts the connection at its time.

        Raises:
            OSError: Nobody could be reached, or the greeting was no welcome.
        """
        self._from_the_first_byte = trust if config.tls is Tls.TLS else None
        self._deadline = deadline
        # A name is given so that the machine's own is not looked up in the DNS for seconds.
        super().__init__(config.host, config.port, local_hostname="localhost", timeout=CONNECT_S)
        self.local_hostname = _address_literal(self.sock)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        """Connect for `smtplib.SMTP.connect`, as `smtplib.SMTP_SSL` does at this place."""
        line = socket.create_connection((host, port), timeout)
        try:
            self._deadline.watch(line)
            line.settimeout(None)  # from here on the deadline rules, not the pause between bytes
            if self._from_the_first_byte is None:
                return line
            return self._from_the_first_byte.wrap_socket(line, server_hostname=host)
        except BaseException:
            line.close()
            raise

    def part(self) -> None:
        """Say goodbye and close; a server that does not answer changes nothing."""
        if self.sock is not None:
            with suppress(OSError):
                self.sock.settimeout(_GOODBYE_S)
                self.quit()
        self.close()


def _address_literal(line: socket.socket | None) -> str:
    """Return our end as ``EHLO`` names a machine without a public name (RFC 5321 4.1.3)."""
    address = line.getsockname()[0] if line is not None else "127.0.0.1"
    return f"[IPv6:{address.partition('%')[0]}]" if ":" in address else f"[{address}]"

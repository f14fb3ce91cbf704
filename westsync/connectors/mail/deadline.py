"""The end of a conversation at its time, however slowly the other side drips its bytes."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from westsync.connectors.mail.config import SYSTEM
from westsync.errors import Unavailable

if TYPE_CHECKING:
    from types import TracebackType


class Deadline:
    """Cuts one connection when its time has passed.

    A timeout of a socket starts anew with every byte that arrives, and `smtplib` knows no other.
    So a thread waits beside the conversation and shuts the connection down: whoever reads or
    writes there then fails at once.

    Attributes:
        seconds: Time from entering on.
        has_passed: Whether the time is over.
    """

    def __init__(self, seconds: float) -> None:
        """Set the time; it runs from entering on."""
        self.seconds = seconds
        self.has_passed = False
        self._line: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True  # a process that ends does not wait for it

    def __enter__(self) -> Self:
        """Let the time run.

        Raises:
            Unavailable: The machine has no thread to spare.
        """
        try:
            self._timer.start()
        except RuntimeError as exc:
            raise Unavailable(SYSTEM, "connect", f"this machine is overloaded: {exc}") from exc
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the time."""
        self._timer.cancel()
        self._timer.join()
        if self._line is not None:
            self._line.close()

    def watch(self, connection: socket.socket) -> None:
        """Have this connection cut; called before TLS takes it over.

        Raises:
            TimeoutError: The time has passed already.
        """
        self._line = connection.dup()  # TLS replaces the socket; the connection stays the same
        if self.has_passed:
            raise TimeoutError

    def _cut(self) -> None:
        self.has_passed = True
        if self._line is not None:
            with suppress(OSError):  # the other side was quicker
                self._line.shutdown(socket.SHUT_RDWR)

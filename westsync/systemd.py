"""Tell systemd how we are: ready, alive, reloading, stopping (sd_notify(3))."""

from __future__ import annotations

import os
import socket
import time
from typing import TYPE_CHECKING

from westsync.redaction import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping


class Notifier:
    """Sends states to the service manager; does nothing where there is none.

    Every method returns whether the message was handed over. A manager that does not listen is
    no reason to stop working, so nothing is raised; without pings the watchdog decides.
    """

    def __init__(self, address: str | None) -> None:
        """Take the address of a datagram socket.

        Args:
            address: A path, or ``@`` and a name in the abstract namespace; None for no manager.
                Other forms (``vsock:``) belong to virtual machines and are ignored.
        """
        usable = address is not None and len(address) > 1 and address[0] in "/@"
        self._address = address if usable else None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Notifier:
        """Build from ``NOTIFY_SOCKET``, which systemd sets for ``Type=notify``."""
        return cls(environment.get("NOTIFY_SOCKET"))

    def ready(self, status: str) -> bool:
        """Say that work has begun, or goes on after a reload.

        Args:
            status: One sentence for ``systemctl status``; also says if the start was degraded.
        """
        return self._send("READY=1", _status(status))

    def status(self, status: str) -> bool:
        """Show one sentence in ``systemctl status``."""
        return self._send(_status(status))

    def watchdog(self) -> bool:
        """Say that the work made progress; call it from the work itself, never from a timer."""
        return self._send("WATCHDOG=1")

    def reloading(self) -> bool:
        """Say that the configuration is being read again; `ready` ends it."""
        # systemd compares this moment with its own clock (sd_notify(3), MONOTONIC_USEC).
        now_us = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        return self._send("RELOADING=1", f"MONOTONIC_USEC={now_us}")

    def stopping(self, status: str = "draining") -> bool:
        """Say that the end has begun."""
        return self._send("STOPPING=1", _status(status))

    def _send(self, *assignments: str) -> bool:
        if self._address is None:
            return False
        address = self._address.replace("@", "\0", 1) if self._address[0] == "@" else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
                sender.settimeout(1.0)  # a full queue must not stop the cycle
                sender.sendto("\n".join(assignments).encode(), address)
        except OSError:
            return False
        return True


def _status(text: str) -> str:
    """Keep a status on one line, or the rest of it would be read as another assignment."""
    return f"STATUS={one_line(text)[:200]}"


def watchdog_limit_s(environment: Mapping[str, str] = os.environ) -> float | None:
    """Return after how many silent seconds systemd kills us; None if it does not watch.

    Ping at a third of it or oftener. The limit is ours only if ``WATCHDOG_PID`` is absent or
    names this process (sd_watchdog_enabled(3)); a value that is no positive number counts as none.
    """
    told = environment.get("WATCHDOG_USEC", "")
    if environment.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    return int(told) / 1e6 if told.isascii() and told.isdigit() and int(told) > 0 else None

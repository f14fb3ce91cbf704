"""The listening socket and the thread that serves it."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import uvicorn

from westsync.domain.places import Place, Problem
from westsync.errors import ConfigError
from westsync.settings.files import SETTINGS_FILE, shown
from westsync.web.protocol import HEADER_BYTES, BoundedProtocol

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.types import ASGIApp

_BACKLOG = 128
_DRAIN_S = 5


def open_socket(address: tuple[str, int], directory: Path) -> socket.socket:
    """Listen on an address.

    Args:
        address: Host and port.
        directory: The configuration's, for the message.

    Raises:
        ConfigError: Another program has the port, or this machine has no such address.
    """
    host, port = address
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as exc:
        place = Place(file=shown(directory / SETTINGS_FILE))
        text = f"http.listen: {host} port {port} cannot be listened on: {exc.strerror or exc}"
        cure = (
            "name an address of this machine and a free port, or null; restart westsync if only "
            "the host of its own port shall change"
        )
        raise ConfigError([Problem(place=place, text=text, cure=cure)]) from exc


class Listener:
    """Serves an application on a socket until it is stopped."""

    def __init__(self, listening: socket.socket, app: ASGIApp) -> None:
        """Begin to serve in a thread.

        Args:
            listening: From `open_socket`; closed by `stop`.
            app: What answers.
        """
        self._socket = listening
        self._server = uvicorn.Server(
            uvicorn.Config(
                app,
                loop="asyncio",
                http=BoundedProtocol,
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="error",  # its warnings tell of each bad request; anybody can send many
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=_DRAIN_S,
                h11_max_incomplete_event_size=HEADER_BYTES,
            )
        )
        self._thread = threading.Thread(target=self._serve, name="web", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Answer what was asked, for a few seconds at most, and close the socket."""
        self._server.should_exit = True
        self._thread.join(2 * _DRAIN_S)
        self._socket.close()

    def _serve(self) -> None:
        self._server.run(sockets=[self._socket])

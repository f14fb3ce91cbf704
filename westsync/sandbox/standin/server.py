"""An application served on loopback: in a thread for tests and demo, or in the foreground."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Self

import uvicorn

from westsync.sandbox.standin.connections import Connections

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp

HOST = "127.0.0.1"
_START_WITHIN_S = 10.0
_STEP_S = 0.005


class LoopbackServer:
    """A stand-in behind HTTP on loopback.

    Use it as a context manager, or call `start` and `stop`.
    """

    def __init__(
        self,
        app: ASGIApp,
        connections: Connections | None = None,
        *,
        port: int = 0,
        thread: str = "sandbox",
    ) -> None:
        """Prepare to serve.

        Args:
            app: What answers.
            connections: Where the application cuts connections; None if it never does.
            port: TCP port; 0 lets the system choose.
            thread: Name of the thread that serves.
        """
        self._app = app
        self._connections = connections or Connections()
        self._wanted_port = port
        self._socket: socket.socket | None = None
        self._uvicorn: uvicorn.Server | None = None
        self._thread = threading.Thread(target=self._serve, name=thread, daemon=True)
        self._stopping = threading.Event()

    @property
    def port(self) -> int:
        """The TCP port.

        Raises:
            RuntimeError: The server was not started.
        """
        if self._socket is None:
            raise RuntimeError("the stand-in is not started")
        return int(self._socket.getsockname()[1])

    @property
    def origin(self) -> str:
        """Where the server listens, e.g. ``http://127.0.0.1:40123``."""
        return f"http://{HOST}:{self.port}"

    @property
    def url(self) -> str:
        """Base address as the settings take it."""
        return self.origin

    @property
    def control_url(self) -> str:
        """Address of the control API."""
        return f"{self.origin}/_sandbox"

    def start(self) -> Self:
        """Listen and serve in a thread; returns when the first request can come.

        Raises:
            OSError: The port is taken.
            RuntimeError: It did not come up.
        """
        self._open()
        self._thread.start()
        for _ in range(int(_START_WITHIN_S / _STEP_S)):
            if self._uvicorn is not None and self._uvicorn.started:
                return self
            self._stopping.wait(_STEP_S)
        raise RuntimeError("the stand-in did not come up")

    def stop(self) -> None:
        """Close every connection and stop serving."""
        self._stopping.set()
        if self._uvicorn is not None:
            self._uvicorn.should_exit = True
            self._uvicorn.force_exit = True
        if self._thread.is_alive():
            self._thread.join()
        if self._socket is not None:
            self._socket.close()

    def run(self, announce: Callable[[str], None]) -> None:
        """Listen and serve in the foreground until SIGINT or SIGTERM.

        Args:
            announce: Gets the base address when it is known.
        """
        self._open()
        announce(self.url)
        self._serve()

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.stop()

    def _open(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((HOST, self._wanted_port))
            self._socket.listen()  # whoever is told the address may come before uvicorn is up
        except OSError:
            self._socket.close()
            raise

    def _serve(self) -> None:
        config = uvicorn.Config(
            self._app,
            http=self._connections.protocol(),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,
            timeout_keep_alive=120,
        )
        self._uvicorn = uvicorn.Server(config)
        sockets = [self._socket] if self._socket else []
        self._uvicorn.run(sockets=sockets)

"""The stand-in as a server on loopback: in a thread for tests and demo, or in the foreground."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Self, cast

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from uvicorn.protocols.http.h11_impl import H11Protocol

from westsync.sandbox.megaplan.joined import JoinedTransport
from westsync.sandbox.onec.control import Control
from westsync.sandbox.onec.incoming import ROOT
from westsync.sandbox.onec.service import Service
from westsync.sandbox.onec.world import PASSWORD, USER, OneCWorld

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from datetime import datetime

    from starlette.types import Scope

HOST = "127.0.0.1"
START_WITHIN_S = 10.0

Address = tuple[str, int]


class OneCServer:
    """A base behind HTTP on loopback.

    Use it as a context manager, or call `start` and `stop`.

    Attributes:
        world: The base that is served.
    """

    def __init__(self, world: OneCWorld | None = None, *, port: int = 0) -> None:
        """Prepare to serve.

        Args:
            world: The base; a fresh one if None.
            port: TCP port; 0 lets the system choose.
        """
        self.world = world or OneCWorld()
        self._wanted_port = port
        self._socket: socket.socket | None = None
        self._uvicorn: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._connections: dict[Address, asyncio.Transport] = {}

    @property
    def origin(self) -> str:
        """Where the server listens, e.g. ``http://127.0.0.1:40123``.

        Raises:
            RuntimeError: The server was not started.
        """
        if self._socket is None:
            raise RuntimeError("the stand-in is not started")
        return f"http://{HOST}:{self._socket.getsockname()[1]}"

    @property
    def url(self) -> str:
        """Base address as ``onec.base_url`` takes it: OData and services are below (2.1)."""
        return f"{self.origin}{ROOT}"

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
        self._thread = threading.Thread(target=self._serve, name="sandbox-1c", daemon=True)
        self._thread.start()
        for _ in range(int(START_WITHIN_S / 0.005)):
            if self._uvicorn is not None and self._uvicorn.started:
                return self
            self._stopping.wait(0.005)
        raise RuntimeError("the stand-in did not come up")

    def stop(self) -> None:
        """Close every connection and stop serving."""
        self._stopping.set()
        if self._uvicorn is not None:
            self._uvicorn.should_exit = True
            self._uvicorn.force_exit = True
        if self._thread is not None:
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
        routes = [
            Mount("/_sandbox", Control(self.world)),
            Mount("/", Service(self.world, self._cut)),
        ]
        config = uvicorn.Config(
            Starlette(routes=routes),
            http=self._protocol(),
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

    def _cut(self, scope: Scope) -> None:
        transport = self._connections.get(tuple(scope["client"]))
        if transport is not None:
            transport.abort()

    def _protocol(self) -> type[H11Protocol]:
        connections = self._connections

        class Protocol(H11Protocol):
            """HTTP/1.1 whose connections can be cut and whose answers are one segment."""

            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn narrows it as well
                joined = JoinedTransport(transport)
                super().connection_made(joined)
                connections[cast("Address", self.client)] = joined

            def connection_lost(self, exc: Exception | None) -> None:
                connections.pop(cast("Address", self.client), None)
                super().connection_lost(exc)

        return Protocol


def serve(
    *,
    port: int = 0,
    now: Callable[[], datetime] | None = None,
    start: datetime | None = None,
    seed: int = 0,
    say: Callable[[str], None] = print,
) -> None:
    """Serve a fresh base in the foreground until SIGINT or SIGTERM.

    Args:
        port: TCP port on 127.0.0.1; 0 lets the system choose.
        now: Running clock to follow; None for a clock that stands still.
        start: Moment at which the clock begins, aware.
        seed: Makes keys and faults reproducible.
        say: Gets lines for the person at the terminal.

    Raises:
        OSError: The port is taken.
    """
    server = OneCServer(OneCWorld(start=start, source=now, seed=seed), port=port)

    def announce(url: str) -> None:
        say(f"1C stand-in: {url}  (clock {server.world.now.isoformat()})")
        say(f"user {USER}, password {PASSWORD}")
        say(f"control: {server.control_url}/clock, /switches, /faults, /requests, /breaches, /act")

    server.run(announce)

"""The stand-in of 1C on loopback."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.routing import Mount

from westsync.sandbox.onec.control import OneCControl
from westsync.sandbox.onec.incoming import ROOT
from westsync.sandbox.onec.service import OneCService
from westsync.sandbox.onec.world import PASSWORD, USER, OneCWorld
from westsync.sandbox.standin.connections import Connections
from westsync.sandbox.standin.server import LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


class OneCServer(LoopbackServer):
    """A base behind HTTP on loopback.

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
        connections = Connections()
        routes = [
            Mount("/_sandbox", OneCControl(self.world)),
            Mount("/", OneCService(self.world, connections)),
        ]
        super().__init__(Starlette(routes=routes), connections, port=port, thread="sandbox-1c")

    @property
    def url(self) -> str:
        """Base address as ``onec.base_url`` takes it: OData and services are below (2.1)."""
        return f"{self.origin}{ROOT}"


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

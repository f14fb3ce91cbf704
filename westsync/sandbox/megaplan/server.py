"""The stand-in of Megaplan on loopback: requests in, events out."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.routing import Mount

from westsync.sandbox.megaplan import company
from westsync.sandbox.megaplan.control import MegaplanControl
from westsync.sandbox.megaplan.service import MegaplanService
from westsync.sandbox.megaplan.world import World
from westsync.sandbox.standin.connections import Connections
from westsync.sandbox.standin.server import LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

WEBHOOK_RETRY_S = 0.2


class Server(LoopbackServer):
    """A world behind HTTP on loopback.

    Attributes:
        world: The account that is served.
    """

    def __init__(self, world: World | None = None, *, port: int = 0) -> None:
        """Prepare to serve.

        Args:
            world: The account; a fresh one if None.
            port: TCP port; 0 lets the system choose.
        """
        self.world = world or World()
        connections = Connections()
        routes = [
            Mount("/_sandbox", MegaplanControl(self.world)),
            Mount("/", MegaplanService(self.world, connections)),
        ]
        super().__init__(Starlette(routes=routes), connections, port=port)

    def _serve(self) -> None:
        postman = threading.Thread(target=self._deliver, name="sandbox-hooks", daemon=True)
        postman.start()
        try:
            super()._serve()
        finally:
            self._stopping.set()
            postman.join()

    def _deliver(self) -> None:
        """Deliver events in the background, again and again if need be (contract 5)."""
        while not self._stopping.wait(WEBHOOK_RETRY_S):
            self.world.webhooks.deliver()


def serve(
    *,
    port: int = 0,
    now: Callable[[], datetime] | None = None,
    start: datetime | None = None,
    seed: int = 0,
    say: Callable[[str], None] = print,
) -> None:
    """Serve a fresh account in the foreground until SIGINT or SIGTERM (``westsync sandbox``).

    Args:
        port: TCP port on 127.0.0.1; 0 lets the system choose.
        now: Running clock to follow; None for a clock that stands still.
        start: Moment at which the clock begins, aware.
        seed: Makes ids, tokens and faults reproducible.
        say: Gets lines for the person at the terminal.

    Raises:
        OSError: The port is taken.
    """
    world = World(start=start, source=now, seed=seed)
    server = Server(world, port=port)

    def announce(url: str) -> None:
        me = company.PERSON["westsync"]
        say(f"Megaplan stand-in: {url}  (clock {world.now.isoformat()})")
        say(f"login {me.mail}, password {company.PASSWORD}")
        say(f"or token {world.tokens.application}")
        say("In westsync.yaml under accounts.main.megaplan:")
        say(f"  url: {url}")
        say(f"  login: {me.mail}")
        say(f"and WESTSYNC__ACCOUNTS__MAIN__MEGAPLAN__PASSWORD={company.PASSWORD}")
        say(f"control: {server.control_url}/clock, /switches, /faults, /requests, /breaches, /act")

    server.run(announce)

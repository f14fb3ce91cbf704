"""The web server of a daemon, from its start over reloads to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from westsync.web.listener import Listener, open_socket
from westsync.web.site import Site

if TYPE_CHECKING:
    from westsync.web.figures import House

log = structlog.get_logger()


class WebServer:
    """Serves one address.

    Attributes:
        address: Host and port.
    """

    def __init__(self, address: tuple[str, int], house: House) -> None:
        """Begin to serve.

        Args:
            address: Host and port.
            house: What is shown.

        Raises:
            ConfigError: The address cannot be listened on.
        """
        self.address = address
        host, port = address
        listening = open_socket(address, house.configuration.loaded.directory)
        self._site = Site(house)
        self._listener = Listener(listening, self._site.app)
        log.info("web.opened", listen=f"{host}:{port}")
        if house.configuration.settings.http.is_exposed:
            log.warning("web.exposed", listen=f"{host}:{port}")

    def show(self, house: House) -> None:
        """Show something else from the next request on, after a reload."""
        self._site.house = house

    def stop(self) -> None:
        """Answer what was asked and close the address."""
        self._listener.stop()

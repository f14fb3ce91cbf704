"""The connections of a server on loopback, which faults cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from uvicorn.protocols.http.h11_impl import H11Protocol

from westsync.sandbox.standin.joined import JoinedTransport

if TYPE_CHECKING:
    import asyncio

    from starlette.types import Scope

Address = tuple[str, int]


class Connections:
    """Open connections by the client's address."""

    def __init__(self) -> None:
        """Begin with none."""
        self._open: dict[Address, asyncio.Transport] = {}

    def cut(self, scope: Scope, *, after_sending: bool = False) -> None:
        """Break the connection of a request, at once or after what was written has been sent."""
        transport = self._open.get(tuple(scope["client"]))
        if transport is None:
            return
        if after_sending:
            transport.close()
        else:
            transport.abort()

    def protocol(self) -> type[H11Protocol]:
        """Return a protocol for uvicorn whose connections are kept here."""
        connections = self._open

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

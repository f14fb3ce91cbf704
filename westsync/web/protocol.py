"""HTTP/1.1 with bounds for every connection: how many, how long, how large (reliability 7.2)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from westsync.settings.addresses import is_loopback

if TYPE_CHECKING:
    import asyncio

HEADER_BYTES = 8 * 1024
HEADERS_WITHIN_S = 10.0
# A body may take 5 s and an answer as long as the disk needs; Megaplan waits 20 s (contract 5).
ANSWERED_WITHIN_S = 20.0
CONNECTIONS = 200
CONNECTIONS_OF_ADDRESS = 20


class BoundedProtocol(H11Protocol):
    """uvicorn's HTTP/1.1, which by itself waits for headers for ever and takes any number."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn narrows it as well
        """Take a connection, or close it at once where there are too many."""
        super().connection_made(transport)
        self._timer: asyncio.TimerHandle | None = None
        self._is_request_read = False
        if self._is_too_many():
            transport.abort()
            return
        self._close_after(HEADERS_WITHIN_S)

    def data_received(self, data: bytes) -> None:
        """Read on; once the headers are there, the body and the answer have their own time."""
        super().data_received(data)
        headers_are_read = self.conn.their_state is not h11.IDLE
        if headers_are_read and not self._is_request_read:
            self._is_request_read = True
            self._close_after(ANSWERED_WITHIN_S)

    def on_response_complete(self) -> None:
        """Wait for the next request, as long as for the first."""
        self._is_request_read = False
        self._close_after(HEADERS_WITHIN_S)
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    def send_400_response(self, _msg: str) -> None:
        """Refuse what is no HTTP, or is too long to be read."""
        if self.conn.our_state not in {h11.IDLE, h11.SEND_RESPONSE}:
            self.transport.abort()  # an answer is under way; nothing can be said any more
            return
        unread, _ = self.conn.trailing_data
        too_long = len(unread) > HEADER_BYTES
        status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE if too_long else HTTPStatus.BAD_REQUEST
        headers = [("Content-Length", "0"), ("Connection", "close")]
        answer = h11.Response(status_code=status, headers=headers, reason=status.phrase)
        self.transport.write(self.conn.send(answer) or b"")
        self.transport.write(self.conn.send(h11.EndOfMessage()) or b"")
        self.transport.close()

    def _is_too_many(self) -> bool:
        if len(self.connections) > CONNECTIONS:
            return True
        if self.client is None or is_loopback(self.client[0]):
            return False  # the company's reverse proxy is one address for everybody
        peers = [one.client for one in self.connections if isinstance(one, BoundedProtocol)]
        same = [peer for peer in peers if peer is not None and peer[0] == self.client[0]]
        return len(same) > CONNECTIONS_OF_ADDRESS

    def _close_after(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_later(seconds, self.transport.abort)

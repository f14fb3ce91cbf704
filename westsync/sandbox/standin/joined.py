"""Answers that leave as one segment."""

from __future__ import annotations

import asyncio


class JoinedTransport(asyncio.Transport):
    """A transport that sends what is written in one turn of the loop as one segment.

    uvicorn writes header and body apart; two small segments cost a client with delayed
    acknowledgements tens of milliseconds per request (reliability 3.1).
    """

    def __init__(self, inner: asyncio.Transport) -> None:
        """Write to another transport."""
        super().__init__()
        self._inner = inner
        self._parts: list[bytes] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Keep the data until the end of this turn."""
        if not self._parts:
            asyncio.get_running_loop().call_soon(self._flush)
        self._parts.append(bytes(data))

    def _flush(self) -> None:
        parts, self._parts = self._parts, []
        if parts and not self._inner.is_closing():
            self._inner.write(b"".join(parts))

    def close(self) -> None:
        """Send what is kept, then close."""
        self._flush()
        self._inner.close()

    def abort(self) -> None:
        """Forget what is kept and close at once."""
        self._parts.clear()
        self._inner.abort()

    def is_closing(self) -> bool:
        """Whether the other transport is closing."""
        return self._inner.is_closing()

    def get_extra_info(self, name: str, default: object = None) -> object:
        """Return what the other transport knows."""
        return self._inner.get_extra_info(name, default)

    def pause_reading(self) -> None:
        """Stop the other transport's reading."""
        self._inner.pause_reading()

    def resume_reading(self) -> None:
        """Go on reading."""
        self._inner.resume_reading()

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Hand the other transport to another protocol."""
        self._inner.set_protocol(protocol)

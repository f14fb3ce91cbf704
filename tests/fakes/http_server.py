"""A tiny real HTTP server whose every answer a test writes, down to the broken ones."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Answer = bytes | Callable[[socket.socket], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A request as it arrived."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> object:
        """The body as JSON."""
        return json.loads(self.body)


class ScriptedServer:
    """Answers requests on loopback in the order of ``answers``; then with ``usual``.

    Attributes:
        seen: Every request.
        answers: What comes next.
        usual: What comes when the script has ended.
    """

    def __init__(self) -> None:
        """Listen on a free port."""
        self.seen: list[Seen] = []
        self.answers: deque[Answer] = deque()
        self.usual: Answer = reply({"meta": {"status": 200, "errors": []}, "data": []})
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(timeout=5)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                self._serve(connection)

    def _serve(self, connection: socket.socket) -> None:
        """Serve one request per connection, so that every exchange is independent."""
        try:
            request = _read_request(connection)
            if request is None:
                return
            self.seen.append(request)
            answer = self.answers.popleft() if self.answers else self.usual
            if callable(answer):
                answer(connection)
            else:
                connection.sendall(answer)
        except OSError:
            return


@contextmanager
def scripted_server() -> Iterator[ScriptedServer]:
    """Run a server for the length of a test."""
    server = ScriptedServer()
    try:
        yield server
    finally:
        server.close()


def reply(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> bytes:
    """Return a complete answer; anything but bytes becomes JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    fields = {
        "Content-Type": "application/json",
        "Content-Length": str(len(content)),
        "Connection": "close",
        **(headers or {}),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} Said\r\n{head}\r\n".encode() + content


def reset(connection: socket.socket) -> None:
    """Break the connection hard, after the request was read."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _read_request(connection: socket.socket) -> Seen | None:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return None
        data += piece
        if data.startswith(b"\x16"):  # a TLS handshake; there is no such thing here
            return None
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    while len(body) < int(headers.get("content-length", "0")):
        body += connection.recv(65536)
    method, target, _ = first.split(" ")
    return Seen(method=method, target=target, headers=headers, body=body)

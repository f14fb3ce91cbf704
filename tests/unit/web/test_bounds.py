"""Promises of the listener: no connection lasts for ever, and there are never too many."""

from __future__ import annotations

import socket
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from starlette.responses import PlainTextResponse

from westsync.errors import ConfigError
from westsync.web import protocol
from westsync.web.listener import Listener, open_socket

if TYPE_CHECKING:
    from collections.abc import Iterator

REQUEST = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.fixture
def port() -> Iterator[int]:
    listening = open_socket(("127.0.0.1", 0), Path())
    listener = Listener(listening, PlainTextResponse("here"))
    yield int(listening.getsockname()[1])
    listener.stop()


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=30)


def rest_of(line: socket.socket) -> bytes:
    """Return what comes until the other side closes, also by force."""
    found = b""
    try:
        while piece := line.recv(65536):
            found += piece
    except ConnectionResetError:
        pass
    return found


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "])
def test_headers_that_do_not_come_end_the_connection(
    sent: bytes, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "HEADERS_WITHIN_S", 0.1)
    with closing(connected(port)) as line:
        line.sendall(sent)

        assert rest_of(line) == b""


def test_a_second_request_gets_no_more_time_than_the_first(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "HEADERS_WITHIN_S", 0.1)
    with closing(connected(port)) as line:
        line.sendall(REQUEST + b"GET / HTTP/1.1\r\nX-Slow: ")
        found = rest_of(line)

    assert found.count(b"HTTP/1.1 200") == 1


def test_a_body_that_nobody_reads_does_not_keep_the_connection(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "HEADERS_WITHIN_S", 0.1)
    with closing(connected(port)) as line:
        line.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nslow")

        assert rest_of(line).startswith(b"HTTP/1.1 200")


def test_idle_connections_are_closed_at_once_where_there_are_too_many(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "CONNECTIONS", 3)
    with ExitStack() as stack:
        lines = [stack.enter_context(closing(connected(port))) for _ in range(4)]
        refused = rest_of(lines[3])
        lines[0].sendall(REQUEST)
        answered = lines[0].recv(65536)

    assert refused == b""
    assert answered.startswith(b"HTTP/1.1 200")


def test_one_address_gets_a_part_of_the_connections_unless_it_is_the_proxy_here(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "CONNECTIONS_OF_ADDRESS", 2)
    with ExitStack() as stack:
        of_proxy = [stack.enter_context(closing(connected(port))) for _ in range(3)]
        of_proxy[2].sendall(REQUEST)
        answered = of_proxy[2].recv(65536)
        monkeypatch.setattr(protocol, "is_loopback", lambda _: False)
        of_stranger = stack.enter_context(closing(connected(port)))

        assert answered.startswith(b"HTTP/1.1 200")
        assert rest_of(of_stranger) == b""


@pytest.mark.parametrize("host", ["203.0.113.7", "nowhere.invalid"])
def test_an_address_of_another_machine_is_a_mistake_of_the_configuration(host: str) -> None:
    with pytest.raises(ConfigError, match=rf"http.listen: {host} port 8321 cannot be listened on"):
        open_socket((host, 8321), Path("config"))

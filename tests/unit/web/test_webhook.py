"""Promises of the door for events, over real sockets on a real journal."""

from __future__ import annotations

import random
import socket
from contextlib import closing
from typing import TYPE_CHECKING

import httpx
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.routing import Route

from tests.fakes.clock import FakeClock
from tests.unit.web.test_bounds import rest_of
from tests.unit.web.test_events import APPLICATION, a_body, about
from westsync.errors import Unavailable
from westsync.journal.opening import open_scratch
from westsync.journal.store import SqliteStore
from westsync.settings.megaplan import Webhook
from westsync.web import reception, webhook
from westsync.web.listener import Listener, open_socket
from westsync.web.webhook import Door, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from westsync.domain.hints import Arrival
    from westsync.journal.hints import Taken

SECRET = "dGhpcyBpcyAxMjggYml0cyE"


class Lodge:
    """A door on a free port, and what is behind it.

    Attributes:
        heard: How often the daemon was told that something came.
        fails: Whether the disk refuses.
    """

    def __init__(self, directory: Path) -> None:
        self.clock = FakeClock()
        self.database = open_scratch(self.clock)
        self.store = SqliteStore(self.database, "main")
        self.heard = 0
        self.fails = False
        self.batches: list[int] = []
        settings = {
            "main": Webhook(path_secret=SecretStr(SECRET)),
            "other": Webhook(path_secret=SecretStr(SECRET[::-1]), integration_uuid=APPLICATION),
        }
        self.door = Door(settings.get, self.keep, self.hear)
        route = Route("/webhook/{account}/{secret}", self.door)
        listening = open_socket(("127.0.0.1", 0), directory)
        self.port = int(listening.getsockname()[1])
        self.listener = Listener(listening, Starlette(routes=[route]))
        self.url = f"http://127.0.0.1:{self.port}/webhook/main/{SECRET}"

    def keep(self, account: str, arrivals: Sequence[Arrival]) -> tuple[Taken, ...]:
        self.batches.append(len(arrivals))
        if self.fails:
            raise Unavailable("state", "commit", "the disk is full")
        store = SqliteStore(self.database, account)
        return store.hints.keep(arrivals, self.clock.now())

    def hear(self) -> None:
        self.heard += 1

    def post(self, body: bytes | Iterator[bytes] = b"", url: str | None = None) -> httpx.Response:
        return httpx.post(url or self.url, content=body, timeout=30)

    def stop(self) -> None:
        self.listener.stop()
        self.database.close()


@pytest.fixture
def lodge(tmp_path: Path) -> Iterator[Lodge]:
    lodge = Lodge(tmp_path)
    yield lodge
    lodge.stop()


def test_an_event_is_kept_before_it_is_answered_and_the_daemon_hears_of_it(lodge: Lodge) -> None:
    answer = lodge.post(a_body())

    assert answer.status_code == 200
    assert [hint.obj.id for hint in lodge.store.hints.waiting()] == ["501"]
    assert lodge.heard == 1


def test_a_repetition_is_accepted_and_wakes_nobody(lodge: Lodge) -> None:
    answers = [lodge.post(a_body()) for _ in range(3)]

    assert [one.json() for one in answers] == [
        {"event": "new"},
        {"event": "repeated"},
        {"event": "repeated"},
    ]
    assert lodge.store.hints.count() == 1
    assert lodge.heard == 1


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/webhook/main/{SECRET}x", 404),
        (f"/webhook/main/{SECRET[:-1]}", 404),
        (f"/webhook/main/{SECRET.lower()}", 404),
        (f"/webhook/other/{SECRET}", 404),
        (f"/webhook/nobody/{SECRET}", 404),
        ("/webhook/nobody/", 404),
        ("/webhook/main/%D0%B6", 404),
        (f"/webhook/{SECRET}", 404),
        (f"/webhook/main/{SECRET}?x=1", 200),
    ],
)
def test_only_the_whole_secret_of_the_account_opens(lodge: Lodge, path: str, status: int) -> None:
    answer = lodge.post(a_body(), f"http://127.0.0.1:{lodge.port}{path}")

    assert answer.status_code == status
    assert lodge.store.hints.count() == (status == 200)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_any_other_method_is_refused_and_a_stranger_learns_nothing_by_it(
    lodge: Lodge, method: str
) -> None:
    inside = httpx.request(method, lodge.url)
    outside = httpx.request(method, f"{lodge.url}x")

    assert (inside.status_code, outside.status_code) == (405, 404)


@pytest.mark.parametrize("body", [b"", b"not json", b"[]", a_body()[:40]])
def test_a_body_that_is_no_event_is_accepted(lodge: Lodge, body: bytes) -> None:
    answer = lodge.post(body)

    assert answer.status_code == 200
    assert answer.json() == {"event": "unreadable"}
    assert lodge.batches == []


def test_an_unknown_model_is_accepted_and_nothing_is_read_for_it(lodge: Lodge) -> None:
    answer = lodge.post(a_body(accountInfo=about("Todo")))

    assert answer.status_code == 200
    assert answer.json() == {"event": "ignored"}
    assert lodge.store.hints.count() == 0
    assert lodge.store.hints.last_at() is not None
    assert lodge.heard == 0


def test_an_event_of_another_application_is_accepted_and_not_used(lodge: Lodge) -> None:
    url = f"http://127.0.0.1:{lodge.port}/webhook/other/{SECRET[::-1]}"

    own = lodge.post(a_body(), url)
    foreign = lodge.post(a_body(accountInfo=about("Deal", integrationUuid="x")), url)

    assert (own.json(), foreign.json()) == ({"event": "new"}, {"event": "foreign"})
    assert foreign.status_code == 200


def test_a_body_in_pieces_is_read_whole(lodge: Lodge) -> None:
    body = a_body()

    answer = lodge.post(iter([body[:7], body[7:30], body[30:]]))

    assert answer.json() == {"event": "new"}


def test_a_body_of_exactly_the_bound_is_taken(lodge: Lodge) -> None:
    answer = lodge.post(a_body() + b" " * (webhook.BODY_BYTES - len(a_body())))

    assert answer.json() == {"event": "new"}


def test_a_longer_body_is_refused_by_its_word_or_by_its_length(lodge: Lodge) -> None:
    said = lodge.post(a_body() + b" " * 1_000_000)
    with closing(socket.create_connection(("127.0.0.1", lodge.port), timeout=30)) as line:
        head = f"POST /webhook/main/{SECRET} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
        line.sendall(head.encode() + b"\r\n" + b"FFFF\r\n" + 65535 * b" " + b"\r\nFF\r\n")
        line.sendall(255 * b" " + b"\r\n")
        unsaid = line.recv(100)

    assert said.status_code == 413
    assert unsaid.startswith(b"HTTP/1.1 413")
    assert lodge.store.hints.last_at() is None


def test_a_body_that_does_not_come_is_not_waited_for(
    lodge: Lodge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "BODY_WITHIN_S", 0.1)
    with closing(socket.create_connection(("127.0.0.1", lodge.port), timeout=30)) as line:
        head = f"POST /webhook/main/{SECRET} HTTP/1.1\r\nHost: a\r\nContent-Length: 400\r\n\r\n{{"
        line.sendall(head.encode())
        answer = rest_of(line)  # so it was closed

    assert answer.startswith(b"HTTP/1.1 408")


def test_a_disk_that_fails_asks_for_another_delivery(lodge: Lodge) -> None:
    lodge.fails = True
    refused = lodge.post(a_body())
    lodge.fails = False
    again = lodge.post(a_body())

    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "30"
    assert again.json() == {"event": "new"}


@pytest.mark.parametrize("seed", range(5))
def test_no_bytes_stop_the_server(lodge: Lodge, seed: int) -> None:
    chance = random.Random(seed)
    body = a_body()
    head = f"POST /webhook/main/{SECRET} HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n\r\n"
    right = head.encode() + body
    for _ in range(60):
        sent = bytearray(right)
        for _ in range(chance.randint(1, 8)):
            place = chance.randrange(len(head))
            sent[place : place + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 3))
        with closing(socket.create_connection(("127.0.0.1", lodge.port), timeout=30)) as line:
            line.sendall(bytes(sent))
            line.shutdown(socket.SHUT_WR)
            assert not rest_of(line).startswith(b"HTTP/1.1 5")

    assert lodge.post(a_body(accountInfo=about("Deal", uuid="last"))).status_code == 200


def test_a_full_queue_asks_to_come_back(lodge: Lodge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reception, "QUEUE", 0)

    answer = lodge.post(a_body())

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert lodge.door.counts["main", Verdict.FULL] == 1

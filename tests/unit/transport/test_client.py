"""What a call does when the wire misbehaves, over a real socket (reliability 4.2)."""

from __future__ import annotations

import gzip
import io
import json
import socket
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.http_server import Answer, ScriptedServer, reply, reset, scripted_server
from westsync import __version__
from westsync.errors import AccessDenied, OutcomeUnknown, Rejected, Unavailable
from westsync.transport import (
    Call,
    Effect,
    InnerFailure,
    RateLimiter,
    Reply,
    Transport,
    Unreadable,
    plain_decode,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as running:
        yield running


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def transport(server: ScriptedServer, clock: FakeClock) -> Iterator[Transport]:
    made = a_transport(server.url, clock)
    yield made
    made.close()


def a_transport(url: str, clock: FakeClock) -> Transport:
    return Transport(
        system="megaplan",
        base_url=url,
        clock=clock,
        limiter=RateLimiter(clock, per_second=10),
        random=lambda: 0.5,
    )


def a_call(effect: Effect = Effect.READ, **changes: Any) -> Call:
    method = "GET" if effect is Effect.READ else "POST"
    return Call(effect=effect, method=method, target="/api/v3/deal?%7B%7D", **changes)


def json_of(answer: Reply) -> object:
    try:
        return json.loads(answer.body)
    except ValueError as exc:
        raise Unreadable("no JSON") from exc


def test_a_call_says_who_we_are_and_follows_nothing(
    server: ScriptedServer, transport: Transport
) -> None:
    transport.send(a_call(), plain_decode, {"Authorization": "Bearer t"})

    seen = server.seen[0]
    assert seen.target == "/api/v3/deal?%7B%7D"
    assert seen.headers["user-agent"] == f"westsync/{__version__}"
    assert seen.headers["authorization"] == "Bearer t"


def test_a_read_is_tried_four_times_with_growing_pauses(
    server: ScriptedServer, transport: Transport, clock: FakeClock
) -> None:
    server.usual = reply(b"<html>", 502)

    with pytest.raises(Unavailable, match="502"):
        transport.send(a_call(), plain_decode, {})

    assert len(server.seen) == 4
    assert [wait for wait in clock.waits if wait in {0.25, 0.5, 1.0}] == [0.25, 0.5, 1.0]


def test_a_500_is_retried_at_most_twice(server: ScriptedServer, transport: Transport) -> None:
    server.usual = reply({}, 500)

    with pytest.raises(Unavailable):
        transport.send(a_call(), plain_decode, {})

    assert len(server.seen) == 3


def test_a_read_succeeds_on_its_second_try(server: ScriptedServer, transport: Transport) -> None:
    server.answers.append(reset)

    got = transport.send(a_call(), json_of, {})

    assert got == {"meta": {"status": 200, "errors": []}, "data": []}
    assert len(server.seen) == 2


def test_a_set_is_tried_three_times(server: ScriptedServer, transport: Transport) -> None:
    server.usual = reply(b"", 503)

    with pytest.raises(Unavailable):
        transport.send(a_call(Effect.SET, body=b"{}"), plain_decode, {})

    assert len(server.seen) == 3


@pytest.mark.parametrize(
    "fault",
    [
        reset,
        lambda connection: connection.shutdown(socket.SHUT_RDWR),
        reply(b"", 500),
        reply(b"<html>", 504),
        reply(b"", 408),
        reply(b"", 409),
        reply(b"", 302, {"Location": "https://elsewhere.test/"}),
        reply(b"<html>log in</html>"),
        reply(b""),
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"nonsense\r\n\r\n",
    ],
)
def test_a_create_whose_answer_is_lost_or_unreadable_is_in_doubt_and_sent_once(
    fault: Answer, server: ScriptedServer, transport: Transport
) -> None:
    server.usual = fault

    with pytest.raises(OutcomeUnknown):
        transport.send(a_call(Effect.CREATE, body=b"{}"), json_of, {})

    assert len(server.seen) == 1


def test_a_create_that_was_never_sent_is_only_unavailable(clock: FakeClock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    transport = a_transport(f"http://127.0.0.1:{port}", clock)

    with pytest.raises(Unavailable, match="not sent"):
        transport.send(a_call(Effect.CREATE, body=b"{}"), plain_decode, {})
    transport.close()


def test_a_name_that_does_not_resolve_is_not_sent(clock: FakeClock) -> None:
    transport = a_transport("http://nowhere.invalid", clock)

    with pytest.raises(Unavailable, match="not sent"):
        transport.send(a_call(Effect.CREATE, body=b"{}"), plain_decode, {})
    transport.close()


def test_tls_that_cannot_be_verified_is_refused_before_anything_is_sent(
    server: ScriptedServer, clock: FakeClock
) -> None:
    transport = a_transport(server.url.replace("http:", "https:"), clock)

    with pytest.raises(Unavailable, match="not sent"):
        transport.send(a_call(Effect.CREATE, body=b"{}"), plain_decode, {})
    transport.close()
    assert server.seen == []


@pytest.mark.parametrize("status", [400, 403, 404, 405, 410, 413, 415, 422])
def test_a_definite_no_is_not_repeated(
    status: int, server: ScriptedServer, transport: Transport
) -> None:
    server.usual = reply(b"", status)

    with pytest.raises(Rejected) as caught:
        transport.send(a_call(), plain_decode, {})

    assert caught.value.status == status
    assert len(server.seen) == 1


def test_401_comes_back_at_once(server: ScriptedServer, transport: Transport) -> None:
    server.usual = reply(b"", 401)

    with pytest.raises(AccessDenied):
        transport.send(a_call(), plain_decode, {})

    assert len(server.seen) == 1


def test_a_redirect_is_told_and_not_followed(server: ScriptedServer, transport: Transport) -> None:
    server.usual = reply(b"", 301, {"Location": "http://127.0.0.1:9/"})

    with pytest.raises(Rejected, match="redirects are not followed"):
        transport.send(a_call(), plain_decode, {"Authorization": "Bearer t"})

    assert len(server.seen) == 1


def test_429_slows_the_account_down_and_is_waited_out_by_a_read(
    server: ScriptedServer, transport: Transport, clock: FakeClock
) -> None:
    server.answers.append(reply(b"", 429, {"Retry-After": "7"}))

    transport.send(a_call(), plain_decode, {})

    assert transport.limiter.per_second == 5
    assert clock.monotonic() >= 7
    assert len(server.seen) == 2


def test_429_on_a_create_tells_when_to_come_back(
    server: ScriptedServer, transport: Transport
) -> None:
    server.answers.append(reply(b"", 429, {"Retry-After": "100"}))

    with pytest.raises(Unavailable) as caught:
        transport.send(a_call(Effect.CREATE, body=b"{}"), plain_decode, {})

    assert caught.value.retry_after_s == pytest.approx(105)


def test_a_parked_account_is_left_alone_by_the_next_call_too(
    server: ScriptedServer, transport: Transport
) -> None:
    server.answers.append(reply(b"", 429, {"Retry-After": "1000"}))
    with pytest.raises(Unavailable):
        transport.send(a_call(), plain_decode, {})

    with pytest.raises(Unavailable, match="asked to wait") as caught:
        transport.send(a_call(), plain_decode, {})

    assert caught.value.retry_after_s is not None
    assert caught.value.retry_after_s >= 1000
    assert len(server.seen) == 1


def test_an_inner_status_counts_like_an_outer_one(transport: Transport) -> None:
    def decode(answer: Reply) -> object:
        raise InnerFailure(422, f"name: пусто ({len(answer.body)} bytes)")

    with pytest.raises(Rejected, match="пусто") as caught:
        transport.send(a_call(Effect.CREATE, body=b"{}"), decode, {})

    assert caught.value.status == 422


def test_a_slow_drip_ends_at_the_deadline(server: ScriptedServer, transport: Transport) -> None:
    def drip(connection: socket.socket) -> None:
        connection.settimeout(5)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while connection.send(b"x"):
            try:
                connection.settimeout(0.05)
                if connection.recv(1) == b"":
                    return
            except TimeoutError:
                continue

    server.usual = drip

    with pytest.raises(OutcomeUnknown, match="no complete answer"):
        transport.send(a_call(Effect.CREATE, body=b"{}", deadline_s=0.3), plain_decode, {})


def test_a_bomb_is_cut_while_it_grows(server: ScriptedServer, transport: Transport) -> None:
    bomb = gzip.compress(b"0" * 5_000_000, mtime=0)
    server.usual = reply(bomb, headers={"Content-Encoding": "gzip"})

    with pytest.raises(Unavailable, match="larger than 100000 bytes"):
        transport.send(a_call(cap_bytes=100_000, attempts=1), plain_decode, {})


def test_gzip_is_understood(server: ScriptedServer, transport: Transport) -> None:
    server.usual = reply(gzip.compress(b'{"a": 1}', mtime=0), headers={"Content-Encoding": "gzip"})

    assert transport.send(a_call(), json_of, {}) == {"a": 1}


@pytest.mark.parametrize("body", [b"not gzip", gzip.compress(b'{"a": 1}', mtime=0)[:-6]])
def test_broken_compression_is_not_an_answer(
    body: bytes, server: ScriptedServer, transport: Transport
) -> None:
    server.usual = reply(body, headers={"Content-Encoding": "gzip"})

    with pytest.raises(Unavailable):
        transport.send(a_call(attempts=1), plain_decode, {})


def test_a_file_goes_to_its_sink_and_a_retry_starts_it_anew(
    server: ScriptedServer, transport: Transport
) -> None:
    sink = io.BytesIO()
    server.answers.append(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    server.answers.append(reply(b"whole"))

    transport.send(a_call(sink=sink), plain_decode, {})

    assert sink.getvalue() == b"whole"


def test_a_system_that_is_down_is_not_asked_again_until_the_probe(
    server: ScriptedServer, transport: Transport, clock: FakeClock
) -> None:
    server.usual = reply(b"", 502)
    for _ in range(2):
        with pytest.raises(Unavailable):
            transport.send(a_call(), plain_decode, {})
    asked = len(server.seen)

    with pytest.raises(Unavailable, match="failed repeatedly"):
        transport.send(a_call(), plain_decode, {})

    assert transport.state == "open"
    assert len(server.seen) == asked == 5
    clock.advance(timedelta(seconds=40))
    server.usual = reply({})
    transport.send(a_call(), plain_decode, {})
    assert transport.state == "closed"


def test_proxy_variables_are_ignored(
    server: ScriptedServer, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    transport = a_transport(server.url, clock)

    transport.send(a_call(), plain_decode, {})

    transport.close()
    assert len(server.seen) == 1


def test_each_try_is_counted_by_how_it_ended(server: ScriptedServer, clock: FakeClock) -> None:
    transport = a_transport(server.url, clock)
    server.answers += [reply(b"", 503), reply(b"{}"), reply(b"", 422), reply(b"", 401), reset]

    transport.send(a_call(), plain_decode, {})
    for error in (Rejected, AccessDenied):
        with pytest.raises(error):
            transport.send(a_call(), plain_decode, {})
    with pytest.raises(OutcomeUnknown):
        transport.send(a_call(Effect.CREATE, body=b"{}"), plain_decode, {})
    counts = dict(transport.outcomes)
    transport.close()

    assert {outcome: count for outcome, count in counts.items() if count} == {
        "unavailable": 1,
        "done": 1,
        "rejected": 1,
        "access_denied": 1,
        "outcome_unknown": 1,
    }


def test_a_request_that_never_left_is_counted_as_such(clock: FakeClock) -> None:
    transport = a_transport("http://nowhere.invalid", clock)

    with pytest.raises(Unavailable):
        transport.send(a_call(Effect.CREATE, body=b"{}"), plain_decode, {})
    counts = transport.outcomes
    transport.close()

    assert counts["not_sent"] == 1

"""Event streams: at least once, in order, held back by a failure (contract 5, 9.13)."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

import pytest

from tests.sandbox.conftest import TUESDAY
from westsync.sandbox import Server, World

if TYPE_CHECKING:
    from collections.abc import Iterator


class Inbox:
    """A subscriber that keeps what it gets and can refuse."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.refuse_next = 0
        self.arrived = threading.Event()
        inbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                refused = inbox.refuse_next > 0
                inbox.refuse_next -= refused
                if not refused:
                    inbox.events.append(event)
                    inbox.arrived.set()
                self.send_response(503 if refused else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Stay silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def world() -> World:
    """An account that nobody delivers for but the test."""
    return World(start=TUESDAY)


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with Inbox() as inbox:
        yield inbox


def test_an_event_has_the_envelope_of_the_vendor(world: World, inbox: Inbox) -> None:
    world.webhooks.subscribe(inbox.url, ("deals",))

    deal = world.create_deal(name="Заявка")
    world.webhooks.deliver()

    (event,) = inbox.events
    assert event["event"] == "on_after_create"
    assert event["data"]["id"] == deal
    assert event["accountInfo"]["model"] == "Deal"
    assert event["accountInfo"]["integrationUuid"] == world.webhooks.integration


def test_streams_that_were_not_chosen_stay_silent_and_links_too(world: World, inbox: Inbox) -> None:
    deal = world.create_deal()
    world.webhooks.subscribe(inbox.url, ("deals",))

    world.create_task("Проверить", by="ivanov", deal=deal)
    world.comment(deal, by="ivanov", text="звонил")

    assert world.webhooks.waiting == 0


def test_a_failed_delivery_is_repeated_and_holds_back_the_later(world: World, inbox: Inbox) -> None:
    world.webhooks.subscribe(inbox.url, ("deals",))
    first, second = world.create_deal(), world.create_deal()
    inbox.refuse_next = 1

    blocked = world.webhooks.deliver()
    passed = world.webhooks.deliver()

    assert (blocked, passed) == (0, 2)
    assert [event["data"]["id"] for event in inbox.events] == [first, second]


def test_deliveries_can_be_doubled_and_reversed(world: World, inbox: Inbox) -> None:
    world.webhooks.subscribe(inbox.url, ("deals",))
    first, second = world.create_deal(), world.create_deal()
    world.webhooks.duplicate_next = 1
    world.webhooks.reverse = True

    world.webhooks.deliver()

    assert [event["data"]["id"] for event in inbox.events] == [second, second, first]
    assert len({event["accountInfo"]["uuid"] for event in inbox.events}) == 2


def test_nobody_outside_of_this_machine_gets_events(world: World) -> None:
    with pytest.raises(ValueError, match="loopback"):
        world.webhooks.subscribe("https://example.test/hook")
    with pytest.raises(ValueError, match="no stream 'money'"):
        world.webhooks.subscribe("http://127.0.0.1:1/", ("money",))


def test_a_served_account_delivers_by_itself(inbox: Inbox) -> None:
    with Server(World(start=TUESDAY)) as server:
        server.world.webhooks.subscribe(inbox.url, ("deals",))
        server.world.create_deal()
        arrived = inbox.arrived.wait(5)

    assert arrived
    assert inbox.events[0]["accountInfo"]["model"] == "Deal"

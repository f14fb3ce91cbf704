"""The real connector over real HTTP against the stand-in, with the stand-in's people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.contract.crm_contract import Break, Company
from tests.fakes.tokens import FakeTokens
from westsync.connectors.megaplan.auth import Credentials
from westsync.connectors.megaplan.config import MegaplanConfig
from westsync.connectors.megaplan.reader import MegaplanReader
from westsync.connectors.megaplan.session import Session, open_session
from westsync.connectors.megaplan.writer import MegaplanWriter
from westsync.sandbox import World, breaches

if TYPE_CHECKING:
    from tests.fakes.clock import FakeClock
    from westsync.sandbox import Server

FAULTS = {"after": "commit_then_drop", "lost": "drop_before"}
FIELDS = {
    "source": "Category1000061CustomFieldIstochnik",
    "city": "Category1000061CustomFieldGorod",
    "delivery_at": "Category1000061CustomFieldDataDostavki",
    "delivery_kind": "Category1000061CustomFieldDostavka",
    "urgent": "Category1000061CustomFieldSrochno",
    "long_lead": "Category1000061CustomFieldDlitelnyy",
}


class MegaplanCompany(Company):
    """A fresh account of the stand-in and a connector to it.

    Attributes:
        world: The account.
        config: What the connector was told.
        tokens: What it stored.
    """

    reader: MegaplanReader
    writer: MegaplanWriter

    def __init__(self, server: Server, clock: FakeClock, **config: object) -> None:
        """Connect.

        Args:
            server: A running stand-in whose world follows ``clock``.
            clock: Time of both.
            config: Changes of the connector's configuration.
        """
        self.clock = clock
        self.world = server.world
        known: dict[str, object] = {
            "account": "main",
            "url": server.url,
            "programs": {"sales": "14"},
            "fields": FIELDS,
            "requests_per_second": 1000.0,
        }
        self.config = MegaplanConfig(**(known | config))  # type: ignore[arg-type]  # a factory's liberty
        self.tokens = FakeTokens()
        self.session = self.connect()
        self.reader = MegaplanReader(self.session, self.config)
        self.writer = MegaplanWriter(self.session, self.config, is_working=self._is_working)

    def connect(self, *, password: str | None = None) -> Session:
        """Open another connection with the same stored tokens, as after a restart."""
        return open_session(
            self.config,
            Credentials(login="westsync@example.test", password=password or "sandbox"),
            clock=self.clock,
            store=self.tokens,
            random=lambda: 0.5,
        )

    def close(self) -> None:
        """Close the connection."""
        self.session.close()

    def breaches(self) -> list[str]:
        """Return what the stand-in holds against the connector."""
        return [f"{one.rule} {one.detail}" for one in breaches(self.world.requests)]

    def asked(self, route: str) -> int:
        """Return how often a route was asked, e.g. ``POST /task``."""
        return self.world.requests.counts()[route]

    def enter_deal(self, name: str) -> str:
        """Let the manager enter a deal."""
        return self.world.create_deal(name=name, manager="ivanov", by="ivanov")

    def comment(self, deal: str, text: str) -> None:
        """Let the manager comment."""
        self.world.comment(deal, by="ivanov", text=text)

    def delete_deal(self, deal: str) -> None:
        """Delete a deal."""
        self.world.delete_deal(deal)

    def edit_task(self, task: str) -> None:
        """Let the manager change a task."""
        self.world.edit_task(task, {"name": "Позвонить завтра"}, by="ivanov")

    def finish_task(self, task: str) -> None:
        """Let the responsible finish a task."""
        self.world.finish_task(task, by="ivanov")

    def dismiss(self, employee: str) -> None:
        """Dismiss an employee."""
        self.world.dismiss(employee)

    def break_next(self, fault: Break) -> None:
        """Break the next write; we are logged in before, so it is not the log-in."""
        self.reader.me()
        if fault == "before":
            self.world.break_next("POST *", "status", status=429, retry_after="1")
        else:
            self.world.break_next("POST *", FAULTS[fault])

    def _is_working(self, employee: str) -> bool:
        return {one.id: one.is_working for one in self.reader.employees()}[employee]


def a_world(clock: FakeClock) -> World:
    """Return an account whose time is the test's."""
    return World(source=clock.now)

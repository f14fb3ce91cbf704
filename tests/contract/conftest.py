"""A fresh account of the stand-in for every test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.megaplan_company import MegaplanCompany, a_world
from tests.fakes.clock import FakeClock
from westsync.sandbox import Server

if TYPE_CHECKING:
    from collections.abc import Iterator


class Account:
    """A running stand-in; ``connect`` makes a connector to it."""

    def __init__(self, server: Server, clock: FakeClock) -> None:
        """Hold the server."""
        self.server = server
        self.world = server.world
        self.clock = clock
        self.companies: list[MegaplanCompany] = []

    def connect(self, **config: object) -> MegaplanCompany:
        """Return a connector configured as the test needs it."""
        self.companies.append(MegaplanCompany(self.server, self.clock, **config))
        return self.companies[-1]


@pytest.fixture
def account() -> Iterator[Account]:
    """Return an account with nothing in it."""
    clock = FakeClock()
    with Server(a_world(clock)) as server:
        opened = Account(server, clock)
        yield opened
        for company in opened.companies:
            company.close()

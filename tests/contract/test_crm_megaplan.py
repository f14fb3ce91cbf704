"""The Megaplan connector keeps the promises of the CRM ports, and the contract with Megaplan."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pytest

from tests.contract.crm_contract import Company, CrmContract
from tests.contract.megaplan_company import MegaplanCompany, a_world
from tests.fakes.clock import FakeClock
from westsync.sandbox import Server

if TYPE_CHECKING:
    from collections.abc import Iterator


class OnTheStandIn(CrmContract):
    """The suite over HTTP; after each test the stand-in is asked for breaches of the contract."""

    switches: ClassVar[dict[str, object]] = {}
    config: ClassVar[dict[str, object]] = {}

    @pytest.fixture
    def crm(self) -> Iterator[Company]:
        """Return a fresh account with our connector."""
        clock = FakeClock()
        world = a_world(clock)
        world.turn(**self.switches)
        with Server(world) as server:
            company = MegaplanCompany(server, clock, **self.config)
            yield company
            company.close()
            assert company.breaches() == []


class TestMegaplan(OnTheStandIn):
    """An account that works as hoped."""


class TestReluctantMegaplan(OnTheStandIn):
    """An account in which the doubts of the contract are decided against us."""

    links_at_creation = False

    switches: ClassVar[dict[str, object]] = {
        "bulk": False,
        "deals_on_create": False,
        "unauthorized": "inner",
        "comment_sort": False,
        "task_list": "active",
        "transition_body": "raml",
        "or_join": False,
    }

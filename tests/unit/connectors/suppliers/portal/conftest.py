from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.fakes.clock import FakeClock
from westsync.connectors.suppliers.portal.portal import Portals
from westsync.connectors.suppliers.secrets import Secrets
from westsync.domain.stock import SourceId
from westsync.sandbox.supplier import Shop, SupplierServer
from westsync.settings import yaml12
from westsync.settings.suppliers import read_suppliers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from westsync.connectors.suppliers.profile import Profile

SHIPPED = Path(__file__).parents[5] / "config" / "suppliers" / "ton_portal.yaml"
TON = SourceId("ton_portal")
RIGHT = {"ton_user": "dealer", "ton_password": "dealer-password"}

Reopen = Callable[..., Portals]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def _started() -> Iterator[SupplierServer]:
    """Start once; each test gets a fresh shop in it."""
    with SupplierServer() as started:
        yield started


@pytest.fixture
def server(_started: SupplierServer) -> SupplierServer:
    _started.shop = Shop()
    return _started


@pytest.fixture
def shop(server: SupplierServer) -> Shop:
    return server.shop


@pytest.fixture
def profile(server: SupplierServer) -> Profile:
    """The shipped portal, at the stand-in's address."""
    document = yaml12.parse(SHIPPED.read_bytes(), file=SHIPPED.name)
    found = read_suppliers([document], {}).profiles[0]
    assert found.portal is not None
    return replace(found, portal=replace(found.portal, base_url=server.url))


@pytest.fixture
def reopened(tmp_path: Path, clock: FakeClock, profile: Profile) -> Reopen:
    """Make a fresh object, as after a restart; what it remembers is on disk."""

    def make(secrets: dict[str, str] | None = None, changed: Profile | None = None) -> Portals:
        return Portals(
            [changed or profile],
            folder=tmp_path / "portals",
            secrets=Secrets(RIGHT if secrets is None else secrets),
            clock=clock,
            contact="mailto:it@west.example",
            chance=lambda: 0.5,
        )

    return make


@pytest.fixture
def portals(reopened: Reopen) -> Portals:
    return reopened()

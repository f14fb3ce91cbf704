from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.certificate import make_certificate
from tests.fakes.clock import FakeClock
from tests.fakes.http_server import ScriptedServer, scripted_server
from tests.unit.connectors.suppliers.fetching.errands import Errands
from westsync.sandbox.supplier import Shop, SupplierServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def errands(tmp_path: Path, clock: FakeClock) -> Errands:
    return Errands(tmp_path, clock)


@pytest.fixture
def web() -> Iterator[ScriptedServer]:
    with scripted_server() as server:
        yield server


@pytest.fixture(scope="session")
def _started() -> Iterator[SupplierServer]:
    """Start once; each test gets a fresh shop in it."""
    with SupplierServer() as server:
        yield server


@pytest.fixture
def supplier(_started: SupplierServer) -> SupplierServer:
    _started.shop = Shop()
    return _started


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("tls"))

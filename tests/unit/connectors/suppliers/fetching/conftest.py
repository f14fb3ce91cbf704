from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

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
    """A certificate for ``localhost`` that only its own file vouches for; the key is beside it."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs openssl to make a certificate")
    directory = tmp_path_factory.mktemp("tls")
    words = (
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
        " -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout key.pem -out cert.pem"
    )
    subprocess.run(  # noqa: S603 - openssl with our own words
        [openssl, *words.split()], cwd=directory, check=True, capture_output=True
    )
    return directory / "cert.pem"

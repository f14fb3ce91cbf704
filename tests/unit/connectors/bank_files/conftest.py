from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

import pytest

from tests.fakes.clock import FakeClock
from westsync.connectors.bank_files.folder import BankFolder

if TYPE_CHECKING:
    from pathlib import Path


class Put(Protocol):
    """Puts a file into the watched folder, written so many seconds ago."""

    def __call__(self, name: str, content: str | bytes, *, age_s: float = 3600) -> Path: ...


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def folder(tmp_path: Path, clock: FakeClock) -> BankFolder:
    return BankFolder(tmp_path, ZoneInfo("Europe/Moscow"), clock)


@pytest.fixture
def put(tmp_path: Path, clock: FakeClock) -> Put:
    def write(name: str, content: str | bytes, *, age_s: float = 3600) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("cp1251"))
        written = clock.now().timestamp() - age_s
        os.utime(path, (written, written))
        return path

    return write

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.crm import FakeCrm
from tests.unit.journal.factories import ACCOUNT, a_deal
from westsync.jobs.effects import Writers
from westsync.journal.opening import open_scratch
from westsync.journal.store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store(clock: FakeClock) -> Iterator[SqliteStore]:
    database = open_scratch(clock)
    yield SqliteStore(database, ACCOUNT)
    database.close()


@pytest.fixture
def crm(clock: FakeClock) -> FakeCrm:
    crm = FakeCrm(clock)
    crm.put_deal(a_deal("43"))
    return crm


@pytest.fixture
def writers(crm: FakeCrm) -> Writers:
    return Writers(crm=crm)

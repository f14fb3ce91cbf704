"""The client of a deal is known by the time people are told of the deal."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.fakes.clock import FakeClock
from tests.fakes.crm import FakeCrm
from tests.unit.jobs.ruled_company import a_company
from tests.unit.journal.factories import ACCOUNT, a_client, a_deal
from westsync.jobs.act import Limits
from westsync.jobs.cycle import Cycle, Desk
from westsync.jobs.effects import Writers
from westsync.journal.opening import open_scratch
from westsync.journal.store import SqliteStore

MORNING = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Europe/Moscow"))


def test_a_client_who_comes_with_his_first_deal_is_read_in_the_same_cycle() -> None:
    clock = FakeClock(MORNING)
    crm = FakeCrm(clock)
    database = open_scratch(clock)
    store = SqliteStore(database, ACCOUNT)
    desk = Desk(
        store=store,
        reader=crm,
        writers=Writers(crm=crm),
        clock=clock,
        company=a_company("version: 1\nrules: []\n"),
        limits=Limits(),
    )
    Cycle(desk).run()
    asked = crm.calls["changed_clients"]

    clock.advance(timedelta(minutes=1))
    Cycle(desk).run()
    asked_in_quiet = crm.calls["changed_clients"]
    now = clock.now()
    crm.put_client(replace(a_client("778"), created_at=now, updated_at=now))
    crm.put_deal(replace(a_deal("501", client="778"), created_at=now, updated_at=now))
    clock.advance(timedelta(minutes=1))
    Cycle(desk).run()

    client = store.mirror.client("778")
    database.close()
    assert asked_in_quiet == asked  # clients have their own, slower pace
    assert client is not None
    assert client.name == "Соколов Игорь"

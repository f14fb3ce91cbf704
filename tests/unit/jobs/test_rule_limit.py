"""A rule's own limit per hour holds among the objects of one cycle, too."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.fakes.clock import FakeClock
from tests.fakes.crm import FakeCrm
from tests.unit.jobs.ruled_company import a_company
from tests.unit.journal.factories import ACCOUNT, a_deal
from westsync.jobs.act import Limits
from westsync.jobs.cycle import Cycle, Desk
from westsync.jobs.effects import Writers
from westsync.journal.opening import open_scratch
from westsync.journal.store import SqliteStore

MORNING = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Europe/Moscow"))

RULE = """
version: 1
rules:
  - id: greet
    title: Поздороваться
    watch: deal
    when: [ { stage_type: active } ]
    clock: { from: first_seen, calendar: always }
    steps:
      - id: now
        after: 0m
        do: [ task.ensure: { to: [deal.manager], title: "Сделка {deal.number}" } ]
    limit: { per_hour: 3 }
"""


def test_an_import_of_deals_makes_no_more_tasks_in_an_hour_than_the_rule_allows() -> None:
    clock = FakeClock(MORNING)
    crm = FakeCrm(clock)
    for number in range(8):
        crm.put_deal(a_deal(str(100 + number)))
    database = open_scratch(clock)
    desk = Desk(
        store=SqliteStore(database, ACCOUNT),
        reader=crm,
        writers=Writers(crm=crm),
        clock=clock,
        company=a_company(RULE),
        limits=Limits(),
    )

    made = []
    for _ in range(3):
        Cycle(desk).run()
        made.append(len(crm.tasks))
        clock.advance(timedelta(minutes=61))

    database.close()
    assert made == [3, 6, 8]

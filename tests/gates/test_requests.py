"""P4: requests per change and per idle cycle, counted by the stand-in (performance 3, 10)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.e2e.office import MSK, SOURCE, an_office

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.office import Office

# Rules on what the lists show: their decisions need no detail of a deal.
LIST_RULES = """
version: 1
rules:
  - id: waits-in-offer
    step: P9.3
    title: Сделка стоит в предложении
    watch: deal
    when:
      - pipeline: sales
      - stage: { in: [offer] }
    clock: { from: stage_entered_at, calendar: always }
    steps:
      - id: remind
        after: 1m
        do: [ { task.ensure: { to: [deal.manager], title: "Сделка {deal.number}", due: 1h } } ]
"""
POLLED = 2  # deals and tasks; clients are asked for every five minutes
START = datetime(2026, 11, 24, 10, 0, tzinfo=MSK)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path, start=START - timedelta(hours=1)) as opened:
        for folder in (opened.config / "rules", opened.config / "rules" / "tests"):
            for file in folder.glob("*.yaml"):
                file.unlink()
        (opened.config / "rules" / "list.yaml").write_text(LIST_RULES, encoding="utf-8")
        opened.env["WESTSYNC__GUARDS__NEW_INTENTS_PER_CYCLE"] = "1000"
        opened.env["WESTSYNC__GUARDS__PER_RULE_PER_HOUR"] = "1000"
        yield opened


def a_deal(office: Office, number: int) -> str:
    return office.world.create_deal(
        name=f"Сделка {number}", manager="ivanov", fields={SOURCE: "Сайт"}
    )


def requests_of(office: Office, at: datetime, drive: object) -> list[str]:
    before = len(office.world.requests)
    drive.go_to(at)  # type: ignore[attr-defined]  # a Drive
    return office.requests_since(before)


def test_an_idle_cycle_asks_once_for_each_polled_type(office: Office) -> None:
    for number in range(30):
        a_deal(office, number)
        office.world.advance(timedelta(minutes=1))  # a mass change would stay in the overlap
    office.world.create_task(name="Позвонить", responsible="ivanov", by="ivanov")
    with office.opened(START) as drive:
        drive.go_to(START)

        asked = requests_of(office, START + timedelta(minutes=1), drive)

    assert len(asked) <= POLLED


def test_one_change_with_one_effect_costs_the_polls_and_the_effect(office: Office) -> None:
    deal = a_deal(office, 1)
    office.world.create_task(name="Позвонить", responsible="ivanov", by="ivanov")
    with office.opened(START) as drive:
        drive.go_to(START)
        office.world.put_deal(deal, "offer", by="ivanov")
        drive.go_to(START + timedelta(seconds=20))
        first = requests_of(office, START + timedelta(minutes=2), drive)

    assert len(first) <= POLLED + 1 + 1  # the first link of an account is read back once


def test_a_hundred_changes_with_ten_effects_cost_fourteen_requests(office: Office) -> None:
    deals = [a_deal(office, number) for number in range(100)]
    warm = a_deal(office, 100)
    office.world.create_task(name="Позвонить", responsible="ivanov", by="ivanov")
    with office.opened(START) as drive:
        drive.go_to(START)
        office.world.put_deal(warm, "offer", by="ivanov")
        drive.go_to(START + timedelta(minutes=2))
        drive.go_to(START + timedelta(minutes=4))
        for deal in deals[:10]:
            office.world.put_deal(deal, "offer", by="ivanov")
        office.world.set_now(START + timedelta(minutes=5))
        for deal in deals[10:]:
            office.world.edit_deal(deal, {"name": "Изменена"}, by="ivanov")

        asked = requests_of(office, START + timedelta(minutes=7), drive)

    writes = [line for line in asked if line.startswith("POST") and "bulk" not in line]
    assert len(writes) == 10
    assert len(asked) <= 14 + 1  # clients are due in this cycle as well


def test_a_first_pull_costs_the_pages_and_no_more(office: Office) -> None:
    for number in range(250):
        a_deal(office, number)
    before = len(office.world.requests)

    with office.opened(START) as drive:
        drive.go_to(START)

    asked = [line for line in office.requests_since(before) if line == "GET /api/v3/deal"]
    assert len(asked) <= -(-250 // 100) + 2

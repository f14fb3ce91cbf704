"""Brakes before anything is written: floods, emptiness, a clock that goes back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.e2e.office import SOURCE
from westsync.errors import GuardTripped
from westsync.journal.entries import IntentState

if TYPE_CHECKING:
    from tests.e2e.office import Drive, Office


def requests_arrive(office: Office, count: int) -> list[str]:
    return [
        office.world.create_deal(name=f"Заявка {number}", manager="ivanov", fields={SOURCE: "Сайт"})
        for number in range(count)
    ]


def written(office: Office) -> int:
    return sum("ws:" in str(task.get("statement")) for task in office.world.store.all("Task"))


def test_more_than_is_plausible_in_one_cycle_is_not_recorded_at_all(office: Office) -> None:
    office.env["WESTSYNC__GUARDS__NEW_INTENTS_PER_CYCLE"] = "5"
    requests_arrive(office, 6)
    with office.opened(office.at(9, 1)) as drive:
        drive.go_to(office.at(9, 1))

        report = drive.go_to(office.at(9, 5))

        assert report.guard is not None
        assert "westsync release" in report.guard
        assert drive.account.desk.store.outbox.counts() == {}
    assert written(office) == 0


def test_a_person_lifts_the_brake_and_nothing_was_lost(office: Office) -> None:
    office.env["WESTSYNC__GUARDS__NEW_INTENTS_PER_CYCLE"] = "5"
    requests_arrive(office, 6)
    with office.opened(office.at(9, 1)) as drive:
        drive.go_to(office.at(9, 1))
        drive.go_to(office.at(9, 5))
        lift(drive, "*")

        drive.go_to(office.at(9, 6))

    assert written(office) == 6


def test_one_rule_that_runs_wild_waits_and_the_rest_goes_on(office: Office) -> None:
    office.env["WESTSYNC__GUARDS__PER_RULE_PER_HOUR"] = "3"
    requests_arrive(office, 5)
    with office.opened(office.at(9, 1)) as drive:
        drive.go_to(office.at(9, 1))

        held = drive.go_to(office.at(9, 5))
        lift(drive, "first-contact")
        drive.go_to(office.at(9, 6))

    assert held.decided.held == {"first-contact": 2}
    assert written(office) == 5


def lift(drive: Drive, scope: str) -> None:
    store, now = drive.account.desk.store, drive.clock.now()
    with store.transaction():
        store.silences.release(scope, until=now + timedelta(hours=1), by="admin1", now=now)


def test_a_suddenly_empty_list_clears_nothing_and_is_told(office: Office) -> None:
    requests_arrive(office, 1)
    with office.opened(office.at(9, 1)) as drive:
        drive.go_to(office.at(9, 5))
        office.world.break_next("GET /deal", "empty_list", times=None)

        report = drive.go_to(office.at(9, 8))

        states = drive.account.desk.store.outbox.counts()
    assert not report.observed.is_whole
    assert report.unavailable[0][0] == "megaplan.deals"
    assert states == {IntentState.DONE: 1}


def test_many_deals_that_vanish_at_once_are_not_believed(office: Office) -> None:
    deals = requests_arrive(office, 25)
    office.env["WESTSYNC__GUARDS__NEW_INTENTS_PER_CYCLE"] = "1000"
    with office.opened(office.at(9, 1)) as drive:
        drive.go_to(office.at(9, 1))
        for deal in deals[:20]:
            office.world.delete_deal(deal)

        report = drive.go_to(office.at(9, 2, day=25))

    assert [source for source, _ in report.unavailable] == ["megaplan.sweep"]
    assert "20 of 25" in report.unavailable[0][1]


def test_a_deleted_deal_is_forgotten_after_the_nightly_sweep(office: Office) -> None:
    gone, kept = requests_arrive(office, 2)
    with office.opened(office.at(9, 1)) as drive:
        drive.go_to(office.at(9, 1))
        office.world.delete_deal(gone)

        drive.go_to(office.at(9, 2, day=25))

        mirror = drive.account.desk.store.mirror
        seen = {deal: record for deal in (gone, kept) if (record := mirror.deal(deal))}
    assert seen[gone].gone
    assert not seen[kept].gone


def test_a_clock_that_went_back_stops_everything(office: Office) -> None:
    with office.opened(office.at(10)) as drive:
        drive.go_to(office.at(10))

        with pytest.raises(GuardTripped, match="went back"):
            drive.go_to(office.at(9))


def test_nothing_older_than_active_from_is_acted_on(office: Office) -> None:
    office.env["WESTSYNC__ACTIVE_FROM"] = "2026-11-25"
    requests_arrive(office, 3)
    with office.opened(office.at(9, 1)) as drive:
        drive.go_to(office.at(9, 30))
        drive.go_to(office.at(12))

    assert written(office) == 0

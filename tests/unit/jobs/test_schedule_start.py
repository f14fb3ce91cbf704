"""What fell due before a clock rule was at work is not done; what an outage hid is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.unit.rules.company import msk
from tests.unit.rules.test_schedule_rules import DAILY, rules_of
from westsync.jobs.schedule_start import last_due, note_schedules

if TYPE_CHECKING:
    from westsync.journal.store import SqliteStore

(AT_1050,) = rules_of(DAILY).rules
(AT_1120,) = rules_of(DAILY.replace("10:50", "11:20")).rules
(ON_MONDAYS,) = rules_of(DAILY.replace("workdays", "[mon]")).rules
YESTERDAY, TODAY = "2026-11-23", "2026-11-24"


def test_what_fell_due_before_the_first_start_never_did(store: SqliteStore) -> None:
    note_schedules(store, [AT_1050], msk(f"{TODAY} 11:00"))

    assert last_due(store, AT_1050, msk(f"{TODAY} 11:01")) is None
    assert last_due(store, AT_1050, msk("2026-11-25 10:50")) == msk("2026-11-25 10:50")


def test_what_fell_due_in_an_outage_did_also_if_the_files_were_changed_meanwhile(
    store: SqliteStore,
) -> None:
    note_schedules(store, [AT_1050], msk(f"{YESTERDAY} 09:00"))

    note_schedules(store, [AT_1050], msk(f"{TODAY} 11:00"))

    assert last_due(store, AT_1050, msk(f"{TODAY} 11:01")) == msk(f"{TODAY} 10:50")


def test_a_rule_that_was_off_begins_anew(store: SqliteStore) -> None:
    note_schedules(store, [AT_1050], msk(f"{YESTERDAY} 09:00"))
    note_schedules(store, [], msk(f"{YESTERDAY} 12:00"))

    note_schedules(store, [AT_1050], msk(f"{TODAY} 11:00"))

    assert last_due(store, AT_1050, msk(f"{TODAY} 11:01")) is None


def test_another_time_or_other_days_begin_anew(store: SqliteStore) -> None:
    for changed in (AT_1120, ON_MONDAYS):
        note_schedules(store, [AT_1050], msk(f"{YESTERDAY} 09:00"))

        note_schedules(store, [changed], msk(f"{TODAY} 12:00"))

        assert last_due(store, changed, msk(f"{TODAY} 12:01")) is None


def test_a_state_that_never_noted_it_catches_up_as_ever(store: SqliteStore) -> None:
    assert last_due(store, AT_1050, msk(f"{TODAY} 11:01")) == msk(f"{TODAY} 10:50")

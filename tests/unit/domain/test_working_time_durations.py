"""Durations of the grammar: how they are written, and when they are over."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from westsync.domain.calendar_spec import CalendarSpec
from westsync.domain.durations import Duration, Unit
from westsync.domain.episodes import Pause
from westsync.domain.pauses import running
from westsync.domain.working_time import WorkingCalendar

OFFICE = WorkingCalendar(
    CalendarSpec.parse(
        name="office",
        zone="Europe/Moscow",
        windows=["09:00-13:00", "14:00-18:00"],
        days="mon-fri",
        country="RU",
    )
)


def at(text: str, zone: str = "Europe/Moscow") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def a_pause(since: str, until: str | None = None) -> Pause:
    return Pause(since=at(since), until=at(until) if until else None)


@pytest.mark.parametrize(
    ("text", "unit", "amount"),
    [
        ("0m", Unit.COUNTED, 0),
        ("90s", Unit.COUNTED, 90),
        ("10m", Unit.COUNTED, 600),
        ("2h", Unit.COUNTED, 7200),
        ("1h30m", Unit.COUNTED, 5400),
        ("1h30m15s", Unit.COUNTED, 5415),
        ("1 workday", Unit.WORKDAYS, 1),
        ("2 workdays", Unit.WORKDAYS, 2),
        ("1 day", Unit.DAYS, 1),
        ("1 days", Unit.DAYS, 1),
        ("7 days", Unit.DAYS, 7),
        ("same day", Unit.SAME_DAY, 0),
    ],
)
def test_the_grammar_s_durations_are_read(text: str, unit: Unit, amount: int) -> None:
    assert Duration.parse(text) == Duration(unit=unit, amount=amount)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1d", "'1d' is ambiguous; write '1 workday' or '1 days'"),
        ("3d", "'3d' is ambiguous; write '3 workdays' or '3 days'"),
        ("10", "'10' has no unit; write 10m, 10h or '10 workdays'"),
        ("10 minutes", "'10 minutes' is not a duration; write 10m"),
        ("2hours", "'2hours' is not a duration; write 2h"),
        ("10 m", "'10 m' is not a duration; write 10m"),
        ("2 workdey", "'2 workdey' is not a duration; did you mean 'workday'?"),
        ("5 лет", "'5 лет' is not a duration; write 10m, 1h30m"),
        ("", "'' is not a duration; write 10m, 1h30m, '1 workday', '7 days' or 'same day'"),
        ("1.5h", "'1.5h' is not a duration; write 10m, 1h30m"),
        ("-5m", "'-5m' is not a duration"),
        ("30m1h", "'30m1h' is not a duration"),
        ("20000h", "'20000h' is not from 0 to 10000h"),
        ("4000 days", "'4000 days' is not from 0 to 3650 days"),
    ],
)
def test_what_is_not_a_duration_is_refused_with_a_cure(text: str, told: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is compared below
        Duration.parse(text)

    assert str(caught.value).startswith(told)


def test_the_end_of_a_day_has_no_amount() -> None:
    with pytest.raises(ValueError, match="same day"):
        Duration(unit=Unit.SAME_DAY, amount=1)


@pytest.mark.parametrize(
    ("text", "start", "due"),
    [
        ("10m", "2025-11-01 16:58", "2025-11-05 09:08"),
        ("1 workday", "2025-11-01 16:58", "2025-11-05 16:58"),
        ("7 days", "2026-11-21 20:00", "2026-11-28 20:00"),
        ("0 days", "2026-11-21 20:00", "2026-11-21 20:00"),
        ("same day", "2026-11-24 12:55", "2026-11-24 18:00"),
    ],
)
def test_a_duration_is_due_by_the_calendar(text: str, start: str, due: str) -> None:
    assert Duration.parse(text).due(at(start), OFFICE) == at(due)


def test_calendar_days_keep_the_clock_time_when_the_clocks_change() -> None:
    berlin = WorkingCalendar(
        CalendarSpec.parse(
            name="berlin", zone="Europe/Berlin", windows=["09:00-18:00"], days="mon-fri"
        )
    )
    week, noon = Duration.parse("7 days"), "2026-03-25 12:00"

    assert week.due(at(noon, "Europe/Berlin"), berlin) == at("2026-04-01 12:00", "Europe/Berlin")
    assert Duration.parse("1 day").due(at("2026-03-28 02:30", "Europe/Berlin"), berlin) == at(
        "2026-03-29 03:30", "Europe/Berlin"
    )


@pytest.mark.parametrize(
    ("text", "pauses", "due"),
    [
        # Start: Tuesday 24.11.2026 10:00.
        ("2h", [], "2026-11-24 12:00"),
        ("2h", [("2026-11-24 11:00", "2026-11-24 12:00")], "2026-11-24 13:00"),
        ("2h", [("2026-11-24 13:00", "2026-11-24 14:00")], "2026-11-24 12:00"),
        ("2h", [("2026-11-24 09:00", "2026-11-25 09:00")], "2026-11-25 11:00"),
        ("2h", [("2026-11-24 11:00", None)], None),
        ("1h", [("2026-11-24 11:00", None)], "2026-11-24 11:00"),
        ("0m", [("2026-11-24 09:00", None)], "2026-11-24 10:00"),
        ("1 workday", [("2026-11-24 11:00", "2026-11-24 12:00")], "2026-11-25 11:00"),
        ("1 workday", [("2026-11-24 19:00", "2026-11-24 23:00")], "2026-11-25 10:00"),
        ("1 workday", [("2026-11-24 17:00", None)], None),
        ("7 days", [("2026-11-24 19:00", "2026-11-24 23:00")], "2026-12-01 14:00"),
        ("same day", [("2026-11-24 11:00", "2026-11-24 12:00")], "2026-11-25 10:00"),
    ],
)
def test_a_paused_clock_stands_still(
    text: str, pauses: list[tuple[str, str | None]], due: str | None
) -> None:
    recorded = [a_pause(since, until) for since, until in pauses]

    found = Duration.parse(text).due_with_pauses(at("2026-11-24 10:00"), OFFICE, recorded)

    assert found == (None if due is None else at(due))


def test_a_pause_never_makes_a_working_day_shorter() -> None:
    start, lunch = at("2026-11-24 13:30"), a_pause("2026-11-24 13:40", "2026-11-24 13:50")

    due = Duration.parse("1 workday").due_with_pauses(start, OFFICE, [lunch])

    assert due == at("2026-11-25 14:00")


def test_a_pause_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before it"):
        list(running(0, [(20, 10)]))


def test_durations_of_one_unit_can_be_compared() -> None:
    assert Duration.parse("5m").is_shorter_than(Duration.parse("1h"))
    assert Duration.parse("2 days").is_shorter_than(Duration.parse("1 day")) is False
    assert Duration.parse("1 workday").is_shorter_than(Duration.parse("9h")) is None


def test_only_lengths_that_need_no_calendar_go_on_the_wall_clock() -> None:
    assert Duration.parse("1h30m").wall() == timedelta(minutes=90)
    assert Duration.parse("2 days").wall() == timedelta(days=2)
    assert Duration.parse("10m").is_counted
    for text in ("1 workday", "same day"):
        with pytest.raises(ValueError, match="depends on a calendar"):
            Duration.parse(text).wall()

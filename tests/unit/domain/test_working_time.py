"""Deadlines, counted time, openings and working days of a calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from westsync.domain.calendar_spec import CalendarSpec
from westsync.domain.episodes import Pause
from westsync.domain.windows import DayKind, parse_windows
from westsync.domain.working_time import WorkingCalendar

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def a_calendar(
    *,
    zone: str = "Europe/Moscow",
    windows: tuple[str, ...] = ("09:00-13:00", "14:00-18:00"),
    days: str = "mon-fri",
    country: str | None = "RU",
    short_day_minutes: int = 60,
    overrides: dict[date, object] | None = None,
) -> WorkingCalendar:
    return WorkingCalendar(
        CalendarSpec.parse(
            name="office",
            zone=zone,
            windows=windows,
            days=days,
            country=country,
            short_day_minutes=short_day_minutes,
            overrides=overrides,  # type: ignore[arg-type]  # tests give kinds and windows alike
        )
    )


def always(zone: str) -> WorkingCalendar:
    return a_calendar(zone=zone, windows=("00:00-24:00",), days="mon-sun", country=None)


OFFICE = a_calendar()


def at(text: str, zone: str = "Europe/Moscow", fold: int = 0) -> datetime:
    # UTC, for Python holds moments of a repeated hour unequal across zones (PEP 495).
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2025-11-01 16:58", 5, "2025-11-05 09:03"),
        ("2025-11-01 16:58", 10, "2025-11-05 09:08"),
        ("2026-11-24 12:55", 10, "2026-11-24 14:05"),
    ],
)
def test_the_worked_times_of_the_grammar_hold(start: str, minutes: int, due: str) -> None:
    assert OFFICE.add(at(start), minutes * MINUTE) == at(due)


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-11-24 17:50", 10, "2026-11-24 18:00"),  # over at closing, not at the next opening
        ("2026-11-24 12:50", 10, "2026-11-24 13:00"),
        ("2026-11-24 18:00", 1, "2026-11-25 09:01"),
        ("2026-11-24 03:00", 1, "2026-11-24 09:01"),
        ("2026-11-21 15:00", 10, "2026-11-23 09:10"),  # a Saturday
        ("2026-11-21 15:00", 0, "2026-11-21 15:00"),
        ("2026-12-30 17:59", 2, "2027-01-11 09:01"),  # over the New Year holidays
        ("2026-11-24 09:00", 8 * 60, "2026-11-24 18:00"),
        ("2026-11-24 09:00", 8 * 60 + 1, "2026-11-25 09:01"),
    ],
)
def test_only_time_inside_the_windows_counts(start: str, minutes: int, due: str) -> None:
    assert OFFICE.add(at(start), minutes * MINUTE) == at(due)


def test_a_deadline_is_utc_whatever_the_zone_of_its_start() -> None:
    start = at("2026-11-24 12:55").astimezone(ZoneInfo("America/New_York"))

    due = OFFICE.add(start, 10 * MINUTE)

    assert (due, due.tzinfo) == (at("2026-11-24 14:05"), UTC)


def test_a_begun_second_counts_whole() -> None:
    assert OFFICE.add(at("2026-11-24 10:00"), timedelta(milliseconds=1)) == at(
        "2026-11-24 10:00:01"
    )


def test_time_between_is_counted_over_lunch_night_and_holidays() -> None:
    assert OFFICE.between(at("2025-11-01 16:58"), at("2025-11-05 09:20")) == 22 * MINUTE
    assert OFFICE.between(at("2026-11-24 12:30"), at("2026-11-24 14:30")) == HOUR
    assert OFFICE.between(at("2026-11-24 14:30"), at("2026-11-24 12:30")) == timedelta(0)


def test_paused_time_is_not_counted() -> None:
    pauses = (
        Pause(since=at("2026-11-24 10:00"), until=at("2026-11-24 11:00")),
        Pause(since=at("2026-11-24 12:00")),
    )

    assert OFFICE.between(at("2026-11-24 09:00"), at("2026-11-24 17:00"), pauses) == 2 * HOUR


def test_it_is_open_from_opening_until_just_before_closing() -> None:
    moments = ("08:59:59", "09:00:00", "12:59:59", "13:00:00", "14:00:00", "18:00:00")

    found = [OFFICE.is_open(at(f"2026-11-24 {clock}")) for clock in moments]

    assert found == [False, True, True, False, True, False]


@pytest.mark.parametrize(
    ("moment", "following", "previous"),
    [
        ("2026-11-24 10:00", "2026-11-24 10:00", "2026-11-24 09:00"),
        ("2026-11-24 13:30", "2026-11-24 14:00", "2026-11-24 09:00"),
        ("2026-11-24 08:00", "2026-11-24 09:00", "2026-11-23 14:00"),
        ("2025-11-03 12:00", "2025-11-05 09:00", "2025-11-01 14:00"),
        ("2027-01-01 12:00", "2027-01-11 09:00", "2026-12-30 14:00"),
    ],
)
def test_openings_are_found_in_both_directions(moment: str, following: str, previous: str) -> None:
    assert OFFICE.next_opening(at(moment)) == at(following)
    assert OFFICE.previous_opening(at(moment)) == at(previous)


@pytest.mark.parametrize(
    ("moment", "end"),
    [
        ("2026-11-24 10:00", "2026-11-24 18:00"),
        ("2026-11-24 13:30", "2026-11-24 18:00"),
        ("2026-11-24 07:00", "2026-11-24 18:00"),
        ("2026-11-24 18:00", "2026-11-25 18:00"),
        ("2025-11-01 16:58", "2025-11-01 17:00"),
        ("2025-11-01 17:00", "2025-11-05 18:00"),
    ],
)
def test_the_same_day_is_the_working_day_that_is_or_comes(moment: str, end: str) -> None:
    assert OFFICE.end_of_day(at(moment)) == at(end)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-11-24 10:15", 1, "2026-11-25 10:15"),
        ("2026-11-27 10:15", 2, "2026-12-01 10:15"),
        ("2025-10-31 16:30", 1, "2025-11-01 16:30"),  # a working Saturday
        ("2025-10-31 17:30", 1, "2025-11-01 17:00"),  # that is short
        ("2025-11-01 12:00", 1, "2025-11-05 12:00"),
        ("2026-11-21 15:00", 1, "2026-11-23 15:00"),  # from a Saturday off
        ("2026-11-24 13:00", 1, "2026-11-25 13:00"),
        ("2026-11-24 13:30", 1, "2026-11-25 14:00"),  # over lunch
        ("2026-11-24 22:00", 1, "2026-11-25 18:00"),
        ("2026-11-24 06:00", 1, "2026-11-25 09:00"),
        ("2026-11-24 22:00", 0, "2026-11-24 22:00"),
    ],
)
def test_a_working_day_later_is_the_same_clock_time(start: str, days: int, due: str) -> None:
    assert OFFICE.add_workdays(at(start), days) == at(due)


def test_working_days_between_are_those_that_begin_after_the_start() -> None:
    assert OFFICE.workdays_between(at("2025-11-01 10:00"), at("2025-11-05 09:00")) == 1
    assert OFFICE.workdays_between(at("2026-11-24 09:00"), at("2026-11-24 18:00")) == 0
    assert OFFICE.workdays_between(at("2026-11-24 09:00"), at("2026-11-20 18:00")) == 0


def test_the_company_decides_otherwise_about_a_date() -> None:
    calendar = a_calendar(
        overrides={
            date(2026, 11, 24): DayKind.OFF,
            date(2026, 11, 25): DayKind.SHORT,
            date(2026, 11, 28): DayKind.WORKING,
            date(2026, 11, 29): parse_windows(["10:00-11:00"]),
            date(2025, 11, 1): DayKind.OFF,
        }
    )

    lengths = [
        calendar.between(at(f"2026-11-{day} 00:00"), at(f"2026-11-{day + 1} 00:00")) / HOUR
        for day in range(24, 30)
    ]

    assert lengths == [0, 7, 8, 8, 8, 1]
    assert calendar.kind_of(date(2026, 11, 29)) is DayKind.WORKING
    assert calendar.add(at("2025-10-31 17:55"), 10 * MINUTE) == at("2025-11-05 09:05")


def test_a_short_day_can_lose_whole_windows() -> None:
    calendar = a_calendar(
        windows=("09:00-13:00", "14:00-15:00", "16:00-17:00"), short_day_minutes=150
    )

    assert calendar.between(at("2026-11-03 00:00"), at("2026-11-04 00:00")) == 3.5 * HOUR


def test_a_calendar_without_country_knows_no_holidays() -> None:
    calendar = a_calendar(country=None)

    assert calendar.is_workday(date(2026, 1, 1))
    assert not calendar.is_provisional(2094)


def test_an_hour_that_the_clocks_skip_is_not_counted_and_one_they_repeat_is_twice() -> None:
    berlin = always("Europe/Berlin")
    skipped = at("2026-03-29 00:00", "Europe/Berlin"), at("2026-03-30 00:00", "Europe/Berlin")
    repeated = at("2026-10-25 00:00", "Europe/Berlin"), at("2026-10-26 00:00", "Europe/Berlin")

    assert berlin.between(*skipped) == 23 * HOUR
    assert berlin.between(*repeated) == 25 * HOUR


def test_a_window_inside_the_repeated_hour_opens_twice() -> None:
    berlin = a_calendar(
        zone="Europe/Berlin", windows=("02:00-02:30",), days="mon-sun", country=None
    )
    first = at("2026-10-25 02:00", "Europe/Berlin")
    second = at("2026-10-25 02:00", "Europe/Berlin", fold=1)

    assert berlin.next_opening(at("2026-10-25 01:00", "Europe/Berlin")) == first
    assert berlin.next_opening(first + 30 * MINUTE) == second
    assert berlin.add(first, HOUR) == second + 30 * MINUTE


def test_a_day_whose_only_window_is_skipped_is_no_working_day() -> None:
    berlin = a_calendar(
        zone="Europe/Berlin", windows=("02:00-02:30",), days="mon-sun", country=None
    )

    due = berlin.add_workdays(at("2026-03-28 02:10", "Europe/Berlin"), 1)

    assert not berlin.is_workday(date(2026, 3, 29))
    assert due == at("2026-03-30 02:10", "Europe/Berlin")


def test_a_calendar_that_never_closes_begins_anew_at_midnight() -> None:
    berlin = always("Europe/Berlin")

    assert berlin.previous_opening(at("2026-11-24 10:00", "Europe/Berlin")) == at(
        "2026-11-24 00:00", "Europe/Berlin"
    )
    assert berlin.end_of_day(at("2026-11-24 10:00", "Europe/Berlin")) == at(
        "2026-11-25 00:00", "Europe/Berlin"
    )


def test_windows_that_touch_are_one() -> None:
    calendar = a_calendar(windows=("09:00-13:00", "13:00-18:00"))

    assert calendar.previous_opening(at("2026-11-24 15:00")) == at("2026-11-24 09:00")


def test_answers_do_not_depend_on_the_order_of_questions() -> None:
    early, late = at("2019-05-08 16:00"), at("2027-02-20 16:30")
    forward, backward = a_calendar(), a_calendar()

    in_order = [forward.add(start, 3 * HOUR) for start in (early, late)]
    reversed_order = [backward.add(start, 3 * HOUR) for start in (late, early)]

    assert in_order == reversed_order[::-1]
    assert forward.between(early, late) == backward.between(early, late)


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda: OFFICE.add(datetime(2026, 11, 24), HOUR), "has no zone"),  # noqa: DTZ001 - that is the point
        (lambda: OFFICE.add(at("2026-11-24 10:00"), -MINUTE), "not negative"),
        (lambda: OFFICE.add_workdays(at("2026-11-24 10:00"), -1), "not negative"),
        (lambda: OFFICE.add(at("1989-06-01 10:00"), HOUR), "has the years 1990 to 2100"),
        (lambda: OFFICE.is_open(at("2101-06-01 10:00")), "asked for 2101"),
    ],
)
def test_a_question_that_has_no_answer_is_refused(ask, told: str) -> None:  # type: ignore[no-untyped-def]  # any question
    with pytest.raises(ValueError, match=told):
        ask()


def test_a_calendar_that_its_overrides_close_for_years_says_so() -> None:
    closed = {date(2026, 1, 1) + timedelta(days=step): DayKind.OFF for step in range(1200)}
    calendar = a_calendar(overrides=dict(closed))

    with pytest.raises(ValueError, match="closed the whole year 2027"):
        calendar.add(at("2026-11-24 10:00"), MINUTE)
    with pytest.raises(ValueError, match="no working day in the 400 days"):
        calendar.add_workdays(at("2026-11-24 10:00"), 1)
    with pytest.raises(ValueError, match="was closed for 400 days"):
        calendar.previous_opening(at("2028-11-24 10:00"))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"windows": ()}, "at least one window"),
        ({"windows": ("9-18",)}, "'9-18' is not a window; write e.g. '09:00-13:00'"),
        ({"windows": ("18:00-09:00",)}, "a night shift is two windows"),
        ({"windows": ("09:00-24:30",)}, "does not open before it closes within one day"),
        ({"windows": ("14:00-18:00", "09:00-13:00")}, "out of order"),
        ({"windows": ("09:00-13:00", "12:00-18:00")}, "overlap"),
        ({"days": "mon-fry"}, "'fry' is not a day of the week; did you mean 'fri'?"),
        ({"days": "workdays"}, "write one of mon, tue"),
        ({"days": ()}, "at least one day"),
        ({"country": "DE"}, "holidays of 'DE' are not known; write RU"),
        ({"zone": "Moscow"}, "zone 'Moscow' is not known; write an IANA name"),
        ({"zone": "../etc"}, "is not known"),
        ({"short_day_minutes": 480}, "less than the windows of a day"),
        ({"short_day_minutes": -1}, "must be from 0"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused_with_a_cure(
    wrong: dict[str, object], told: str
) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is compared below
        a_calendar(**wrong)  # type: ignore[arg-type]  # wrong on purpose

    assert told in str(caught.value)


def test_days_of_the_week_are_ranges_and_lists() -> None:
    from westsync.domain.windows import parse_days  # noqa: PLC0415 - used here only

    assert parse_days("mon-fri") == {0, 1, 2, 3, 4}
    assert parse_days("sat-mon") == {5, 6, 0}
    assert parse_days(["mon-tue", "sat"]) == {0, 1, 5}


def test_a_spec_needs_days_also_when_it_is_not_read_from_text() -> None:
    with pytest.raises(ValueError, match="needs days of the week"):
        CalendarSpec(
            name="office",
            zone="UTC",
            windows=parse_windows(["09:00-10:00"]),
            days=frozenset({7}),
        )


def test_a_calendar_is_called_by_its_name() -> None:
    assert repr(OFFICE) == "WorkingCalendar('office')"

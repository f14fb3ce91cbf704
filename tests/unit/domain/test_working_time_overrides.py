"""The yearly table of a company, as it is written in config/calendars."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from westsync.domain.day_overrides import YearTable, read_year_table
from westsync.domain.windows import DayKind, parse_windows
from westsync.settings.yaml12 import parse, read_yaml

if TYPE_CHECKING:
    from westsync.domain.places import Problem

EXAMPLE = Path(__file__).parents[3] / "config" / "calendars" / "2026.yaml"

KINDS = "write off, working, short or windows, e.g. ['09:00-12:00']"
NOT_NAMES = (
    "calendars is not a list of names; write e.g. calendars: [office], or leave it out for all"
)


def read(text: str) -> tuple[YearTable | None, list[Problem]]:
    root = parse(text, file="2026.yaml").root
    assert root is not None
    return read_year_table(root)


def test_a_table_tells_what_its_dates_are() -> None:
    table, problems = read(
        "version: 1\nyear: 2026\ncalendars: [office]\ndays:\n"
        "  2026-12-30: off\n  2026-12-29: short\n  2026-12-26: working\n"
        "  2026-12-28: ['09:00-12:00']\n"
    )

    assert problems == []
    assert table is not None
    assert (table.is_for("office"), table.is_for("always")) == (True, False)
    assert table.days == {
        date(2026, 12, 30): DayKind.OFF,
        date(2026, 12, 29): DayKind.SHORT,
        date(2026, 12, 26): DayKind.WORKING,
        date(2026, 12, 28): parse_windows(["09:00-12:00"]),
    }


def test_a_table_without_names_is_for_every_calendar() -> None:
    table, problems = read("version: 1\nyear: 2026\n")

    assert (table, problems) == (YearTable(year=2026), [])
    assert table is not None
    assert table.is_for("office")


def test_every_mistake_is_told_with_its_place_and_cure() -> None:
    _, problems = read(
        "version: 2\nyear: 2026\ncalenders: [office]\ndays:\n"
        "  2026-12-30: of\n  2027-01-11: off\n  30.12.2026: off\n"
        "  2026-12-29: ['9-12']\n  2026-12-28: {a: b}\n  2026-12-27: []\n"
    )

    assert [str(problem) for problem in problems] == [
        "2026.yaml:3:1: unknown key 'calenders' of a yearly table; did you mean 'calendars'?",
        "2026.yaml:1:1: unknown version; write version: 1",
        "2026.yaml:5:15: 'of' is not a kind of day; did you mean 'off'?",
        "2026.yaml:6:3: 2027-01-11 is not in the year 2026; move it to the table of 2027",
        "2026.yaml:7:3: '30.12.2026' is not a date; write e.g. 2026-12-30",
        "2026.yaml:8:15: '9-12' is not a window; write e.g. '09:00-13:00'",
        f"2026.yaml:9:15: not a kind of day; {KINDS}",
        "2026.yaml:10:15: a date needs at least one window; write off, or e.g. ['09:00-12:00']",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- 2026", "2026.yaml:1:1: a yearly table has keys; write year: and days:"),
        ("version: 1", "2026.yaml:1:1: year is missing; write e.g. year: 2026"),
        ("version: 1\nyear: '2026'", "2026.yaml:2:1: year is missing; write e.g. year: 2026"),
        (
            "version: 1\nyear: 2026\ncalendars: office",
            f"2026.yaml:3:12: {NOT_NAMES}",
        ),
        (
            "version: 1\nyear: 2026\ncalendars: [1]",
            f"2026.yaml:3:12: {NOT_NAMES}",
        ),
        (
            "version: 1\nyear: 2026\ndays: [2026-12-30]",
            "2026.yaml:3:7: days is not a table; write e.g. 2026-12-30: off",
        ),
    ],
)
def test_a_table_of_another_form_is_refused(text: str, told: str) -> None:
    _, problems = read(text)

    assert [str(problem) for problem in problems] == [told]


def test_the_shipped_table_is_right() -> None:
    root = read_yaml(EXAMPLE).root
    assert root is not None

    table, problems = read_year_table(root)

    assert problems == []
    assert table is not None
    assert table.days == {date(2026, 12, 30): parse_windows(["09:00-13:00"])}

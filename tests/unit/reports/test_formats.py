"""Promises of Russian dates, money and lengths."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from tests.unit.reports.shipped import MOSCOW, settings
from westsync.reports.formats import Formats
from westsync.reports.model import Cell, Kind, Period, Value
from westsync.reports.words import MissingWords, Words

FORMATS = Formats(settings().words, MOSCOW)


def shown(value: Value, kind: Kind = Kind.TEXT) -> str:
    return FORMATS.shown(Cell(value=value), kind).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("1234.5", "1 234,50 ₽"),
        ("0", "0,00 ₽"),
        ("-100", "−100,00 ₽"),
        ("1234567.895", "1 234 567,90 ₽"),
        ("-0.001", "0,00 ₽"),
    ],
)
def test_money_has_thousands_apart_a_comma_and_two_places(amount: str, expected: str) -> None:
    assert shown(Decimal(amount), Kind.MONEY) == expected


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (timedelta(), "0 мин"),
        (timedelta(minutes=5, seconds=59), "5 мин"),
        (timedelta(hours=1), "1 ч"),
        (timedelta(hours=26, minutes=10), "26 ч 10 мин"),
    ],
)
def test_a_length_is_in_hours_because_a_day_of_work_is_no_day(
    length: timedelta, expected: str
) -> None:
    assert shown(length, Kind.LENGTH) == expected


def test_a_moment_is_shown_in_the_office_zone() -> None:
    assert shown(datetime(2026, 12, 31, 21, 30, tzinfo=UTC), Kind.MOMENT) == "01.01.2027 00:30"


@pytest.mark.parametrize(
    ("share", "kind", "expected"),
    [
        (Decimal("0.845"), Kind.SHARE, "85 %"),
        (Decimal("0.1"), Kind.CHANGE, "+10 п. п."),
        (Decimal("-0.1"), Kind.CHANGE, "−10 п. п."),
    ],
)
def test_shares_are_whole_percent(share: Decimal, kind: Kind, expected: str) -> None:
    assert shown(share, kind) == expected


def test_what_is_not_known_is_a_dash_and_nothing_counted_is_a_zero() -> None:
    assert shown(None, Kind.COUNT) == "—"
    assert shown(0, Kind.COUNT) == "0"
    assert shown(12345, Kind.COUNT) == "12 345"


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2026, 11, 24), date(2026, 11, 24), "24 ноября 2026, вторник"),
        (date(2026, 11, 16), date(2026, 11, 22), "16 – 22 ноября 2026"),
        (date(2026, 11, 30), date(2026, 12, 6), "30 ноября – 6 декабря 2026"),
        (date(2026, 12, 28), date(2027, 1, 3), "28 декабря 2026 – 3 января 2027"),
    ],
)
def test_days_are_said_in_words_through_ends_of_months_and_years(
    first: date, last: date, expected: str
) -> None:
    period = Period(first=first, last=last, zone=MOSCOW)

    assert FORMATS.period(period).replace("\N{NO-BREAK SPACE}", " ") == expected


def test_a_value_is_put_into_words_as_it_is() -> None:
    words = Words({"greeting": "Здравствуйте, {name}"})

    assert words.say("greeting", name="{name}") == "Здравствуйте, {name}"
    with pytest.raises(MissingWords, match="there are no words for 'farewell'"):
        words.say("farewell")

"""Megaplan's values, read tolerantly and written strictly (contract 3)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from westsync.connectors.megaplan.values import (
    date_json,
    date_only,
    deadline_moment,
    escaped,
    field_value,
    html_of,
    link_id,
    moment,
    moment_json,
    money,
    number,
    phone_digits,
    plain_text,
    text,
)

MOSCOW = "Europe/Moscow"


@given(st.dates())
def test_a_date_comes_back_although_its_month_counts_from_zero(day: date) -> None:
    assert date_only(date_json(day)) == day


@given(st.datetimes(timezones=st.just(UTC), min_value=datetime(1971, 1, 1)))  # noqa: DTZ001 - hypothesis adds the zone itself
def test_a_moment_comes_back_in_whole_seconds(at: datetime) -> None:
    assert moment(moment_json(at, MOSCOW)) == at.replace(microsecond=0)


def test_november_is_month_ten() -> None:
    value = {"contentType": "DateOnly", "year": 2026, "month": 10, "day": 24}

    assert date_only(value) == date(2026, 11, 24)


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        "",
        {"contentType": "DateOnly", "month": 10, "day": 24},
        {"contentType": "DateOnly", "year": 2026, "month": 12, "day": 1},
        {"contentType": "DateOnly", "year": 2026, "month": 1, "day": 31},
        {"contentType": "DateTime", "value": "2026-11-24T09:00:00+00:00"},
    ],
)
def test_what_is_no_date_is_none(value: object) -> None:
    assert date_only(value) is None


@pytest.mark.parametrize(
    ("value", "at"),
    [
        ("2026-11-24T09:15:00+00:00", datetime(2026, 11, 24, 9, 15, tzinfo=UTC)),
        ("2026-11-24T12:15:00+03:00", datetime(2026, 11, 24, 9, 15, tzinfo=UTC)),
        ("2026-11-24T09:15:00Z", datetime(2026, 11, 24, 9, 15, tzinfo=UTC)),
        ("2026-11-24T09:15:00", datetime(2026, 11, 24, 9, 15, tzinfo=UTC)),
        ("31.02.2024", None),
        ("", None),
    ],
)
def test_a_moment_is_read_in_utc(value: str, at: datetime | None) -> None:
    assert moment({"contentType": "DateTime", "value": value}) == at
    assert moment(value) == at


def test_a_date_only_deadline_is_the_end_of_that_day_in_the_accounts_zone() -> None:
    day = {"contentType": "DateOnly", "year": 2026, "month": 10, "day": 24}

    assert deadline_moment(day, MOSCOW) == datetime(2026, 11, 24, 20, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("markup", "plain"),
    [
        ("<p>Раз</p><p>Два &amp; три</p>", "Раз\n\nДва & три"),
        ("Раз<br>Два", "Раз\nДва"),
        ("<ul><li>a</li><li>b</li></ul>", "a\n\nb"),
        ("<script>x()</script>y", "y"),
        ("a < b", "a < b"),
        ("&lt;p&gt;", "<p>"),
        ("<p>не закрыт", "не закрыт"),
        (None, ""),
        ([], ""),
        (12, "12"),
    ],
)
def test_html_is_read_as_text(markup: object, plain: str) -> None:
    assert plain_text(markup) == plain


@given(st.lists(st.text(), max_size=4))
def test_what_we_write_reads_back_as_the_same_words(lines: list[str]) -> None:
    printed = [
        "".join(char for char in line if char >= " " and not "\ud800" <= char <= "\udfff")
        for line in lines
    ]

    read = plain_text(html_of(printed))

    assert read.split() == " ".join(printed).split()


@given(st.text())
def test_escaped_text_holds_no_markup_and_no_control_characters(line: str) -> None:
    sent = escaped(line)

    assert "<" not in sent
    assert ">" not in sent
    assert all(char >= " " or char in "\n\t" for char in sent)
    sent.encode()


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (5, Decimal(5)),
        (Decimal("1250.5"), Decimal("1250.5")),
        ("1250,5", Decimal("1250.5")),
        (" 7 ", Decimal(7)),
        ("", None),
        ("звоните", None),
        ("1e999999999", None),
        ("NaN", None),
        (10**40, None),
        (True, None),
        (None, None),
        ([], None),
    ],
)
def test_a_number_is_read_from_what_stands_for_one(value: object, read: Decimal | None) -> None:
    assert number(value) == read


def test_money_is_taken_in_the_base_currency() -> None:
    euros = {"contentType": "Money", "currency": "EUR", "value": 10, "valueInMain": 980}

    assert money(euros) == 980
    assert money({"contentType": "Money", "value": Decimal("1250.5")}) == Decimal("1250.5")
    assert money(None) is None


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("", None),
        (None, None),
        ([], None),
        ({}, None),
        ({"contentType": "Money", "value": 0, "valueInMain": 0}, None),
        ({"contentType": "Money", "value": Decimal("12.5")}, "12.50"),
        ("<p>Тверь</p>", "Тверь"),
        (False, False),
        (0, 0),
        (Decimal("1.5"), 1.5),
        (Decimal("1e999999999999"), None),
        (10**400, None),
        ({"contentType": "DateOnly", "year": 2026, "month": 0, "day": 5}, "2026-01-05"),
        (
            {"contentType": "DateTime", "value": "2026-11-24T12:00:00+03:00"},
            "2026-11-24T09:00:00+00:00",
        ),
        ({"contentType": "DateInterval", "value": 5400}, 5400),
        ([{"contentType": "File", "id": "9", "name": "a.pdf"}, "x", None], ("a.pdf", "x")),
        ({"contentType": "Employee", "id": "1000003"}, "1000003"),
    ],
)
def test_a_custom_field_becomes_plain(value: object, kept: object) -> None:
    assert field_value(value) == kept
    assert type(field_value(value)) is type(kept)


@pytest.mark.parametrize(
    ("raw", "digits"),
    [
        ("+7 (999) 000-00-01", "79990000001"),
        ("8 999 000 00 01", "79990000001"),
        ("+49 30 901820", "4930901820"),
        ("доб. 12", "12"),
        ("", ""),
    ],
)
def test_phones_become_digits_with_country_code(raw: str, digits: str) -> None:
    assert phone_digits(raw) == digits


@pytest.mark.parametrize(
    ("value", "read"), [({"id": 5}, "5"), ({"id": "5"}, "5"), ({}, None), ([], None), (None, None)]
)
def test_an_id_is_text_whatever_it_came_as(value: object, read: str | None) -> None:
    assert link_id(value) == read


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.decimals() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=6,
    )
)
def test_no_value_can_break_a_reader(value: object) -> None:
    for read in (text, moment, date_only, number, money, link_id, plain_text, field_value):
        read(value)

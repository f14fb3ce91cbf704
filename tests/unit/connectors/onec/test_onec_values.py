"""Promises of 1C's values (1C contract 2.4, 3.2)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from westsync.connectors.onec import values
from westsync.connectors.onec.config import carries_marker

MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (120000, "120000.00"),
        (Decimal("120000.5"), "120000.50"),
        ("120000", "120000.00"),
        ("1 234,50", "1234.50"),
        ("1\u00a0234.50", "1234.50"),
        ("1234-50", "1234.50"),
        ("-15.005", "-15.01"),
    ],
)
def test_a_sum_is_read_in_every_way_it_is_written(written: object, read: str) -> None:
    assert str(values.money(written)) == read


@pytest.mark.parametrize("written", ["", "нет", "1.2.3", None, True, [], "1e5", "NaN", "9" * 40])
def test_what_is_no_sum_is_none(written: object) -> None:
    assert values.money(written) is None


def test_the_empty_date_is_none() -> None:
    assert values.moment("0001-01-01T00:00:00", MOSCOW) is None
    assert values.day("0001-01-01T00:00:00") is None
    assert values.moment(datetime(1, 1, 1), MOSCOW) is None  # noqa: DTZ001 - as zeep reads it


def test_a_wall_clock_of_the_server_becomes_utc() -> None:
    assert values.moment("2025-02-01T09:30:00", MOSCOW) == datetime(2025, 2, 1, 6, 30, tzinfo=UTC)
    assert values.day("2025-02-01T00:15:00") == date(2025, 2, 1)


def test_an_offset_is_no_part_of_1c_and_is_dropped() -> None:
    assert values.moment("2025-02-01T09:30:00Z", MOSCOW) == datetime(2025, 2, 1, 6, 30, tzinfo=UTC)


def test_the_empty_reference_is_none() -> None:
    assert values.reference(values.EMPTY_REF) is None
    assert values.reference("") is None
    assert values.reference("3C2CC1B3-DC18-576F-9108-5D690AE167D5") == (
        "3c2cc1b3-dc18-576f-9108-5d690ae167d5"
    )


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2060, 1, 1)))  # noqa: DTZ001 - wall clocks
def test_a_moment_survives_the_way_there_and_back(local: datetime) -> None:
    at = local.replace(microsecond=0, tzinfo=UTC)

    wire = values.wire_moment(at, MOSCOW)

    assert values.moment(wire, MOSCOW) == at
    assert len(wire) == len("2025-02-01T09:30:00")


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_a_sum_survives_its_text(amount: Decimal) -> None:
    assert values.money(f"{amount:,}".replace(",", "\u00a0").replace(".", ",")) == amount


@pytest.mark.parametrize(
    ("comment", "carries"),
    [
        ("WS:megaplan:deal:7:invoice:1", True),
        ("срочно! WS:megaplan:deal:7:invoice:1, звонить", True),
        ("WS:megaplan:deal:7:invoice:12", False),
        ("WS:megaplan:deal:77:invoice:1", False),
        ("XWS:megaplan:deal:7:invoice:1", False),
        ("", False),
    ],
)
def test_a_marker_counts_only_as_a_whole(comment: str, carries: bool) -> None:
    assert carries_marker(comment, "WS:megaplan:deal:7:invoice:1") is carries

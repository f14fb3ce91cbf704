"""Days as suppliers write them (suppliers contract 7.1)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from westsync.connectors.suppliers.reading.cleaning import compared
from westsync.connectors.suppliers.reading.days import OLDEST, days_in, nearest

TODAY = date(2025, 2, 20)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("12.03", (2025, 3, 12), (2025, 3, 12)),
        ("12.03.2026", (2026, 3, 12), (2026, 3, 12)),
        ("2025-03-12", (2025, 3, 12), (2025, 3, 12)),
        ("26-30.01.26", (2026, 1, 26), (2026, 1, 30)),
        ("с 26.01 по 30.01", (2025, 1, 26), (2025, 1, 30)),
        ("26.01-30.01.26", (2026, 1, 26), (2026, 1, 30)),
        ("15 марта", (2025, 3, 15), (2025, 3, 15)),
        ("10-15 марта 2026", (2026, 3, 10), (2026, 3, 15)),
        ("март-апрель", (2025, 3, 1), (2025, 4, 30)),
        ("конец марта", (2025, 3, 21), (2025, 3, 31)),
        ("3 квартал", (2025, 7, 1), (2025, 9, 30)),
        ("q2 2026", (2026, 4, 1), (2026, 6, 30)),
        ("3-4 недели", (2025, 3, 13), (2025, 3, 20)),
        ("5-7 рабочих дней", (2025, 2, 27), (2025, 3, 3)),
        ("через неделю", (2025, 2, 27), (2025, 2, 27)),
        ("29.02", (2028, 2, 29), (2028, 2, 29)),
    ],
)
def test_days_are_read(text: str, first: tuple[int, ...], last: tuple[int, ...]) -> None:
    assert days_in(text, TODAY) == (date(*first), date(*last))


@pytest.mark.parametrize("text", ["", "31.02.2025", "99.99", "скоро", "9999 недель"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert days_in(text, TODAY) is None


@given(st.integers(1, 12), st.integers(1, 28), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_day_without_a_year_is_the_first_one_not_too_old(
    month: int, day: int, today: date
) -> None:
    found = nearest(month, day, today)

    assert found is not None
    assert found >= today - OLDEST
    assert (found - today + OLDEST).days < 366


@given(st.text(alphabet="0123456789.-/ аяеднкмртпчфвьизг", max_size=40))
def test_no_text_breaks_the_reading(text: str) -> None:
    found = days_in(compared(text), TODAY)

    assert found is None or found[0] <= found[1]

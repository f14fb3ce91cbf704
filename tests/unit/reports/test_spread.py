"""Promises of medians and percentiles."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from westsync.reports.spread import Length, length_cell, percentile, share


def minutes(*values: int) -> list[Length]:
    return [Length(timedelta(minutes=value)) for value in values]


def test_nothing_has_no_median_and_no_share() -> None:
    assert percentile([], 50) is None
    assert share(0, 0) is None
    assert length_cell(None).value is None


@pytest.mark.parametrize(("percent", "expected"), [(50, 5), (90, 9), (100, 10), (1, 1)])
def test_of_ten_lengths_the_median_is_the_fifth_and_the_ninetieth_the_ninth(
    percent: int, expected: int
) -> None:
    found = percentile(minutes(10, 3, 8, 1, 6, 5, 4, 7, 2, 9), percent)

    assert found == Length(timedelta(minutes=expected))


def test_a_length_that_is_only_bounded_is_shown_so_and_stands_before_its_bound() -> None:
    lengths = [Length(timedelta(minutes=5), is_exact=False), *minutes(5, 7)]

    first, second = percentile(lengths, 1), percentile(lengths, 50)

    assert length_cell(first).at_most
    assert second == Length(timedelta(minutes=5))


def test_a_share_is_exact() -> None:
    assert share(1, 4) == Decimal("0.25")


@given(
    values=st.lists(st.integers(0, 10_000), min_size=1, max_size=60), percent=st.integers(1, 100)
)
def test_a_percentile_is_the_least_value_that_so_many_do_not_exceed(
    values: list[int], percent: int
) -> None:
    found = percentile(minutes(*values), percent)

    assert found is not None
    value = found.value // timedelta(minutes=1)
    reached = [
        v for v in sorted(set(values)) if 100 * sum(o <= v for o in values) >= percent * len(values)
    ]
    assert value == reached[0]

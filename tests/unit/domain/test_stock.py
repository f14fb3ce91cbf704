"""What several places hold together (suppliers contract 7.1)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from westsync.domain.stock import OUT, UNKNOWN, Availability, StockStatus, together

FIVE = Availability(status=StockStatus.IN_STOCK, qty_min=5, qty_max=5)
OVER_TEN = Availability(status=StockStatus.IN_STOCK, qty_min=11)
COMING = Availability(status=StockStatus.EXPECTED, qty_min=0, qty_max=0)


@pytest.mark.parametrize(
    ("parts", "status", "least", "most"),
    [
        ((), StockStatus.UNKNOWN, None, None),
        ((FIVE, FIVE), StockStatus.IN_STOCK, 10, 10),
        ((FIVE, OVER_TEN), StockStatus.IN_STOCK, 16, None),
        ((FIVE, OUT), StockStatus.IN_STOCK, 5, 5),
        ((FIVE, UNKNOWN), StockStatus.IN_STOCK, 5, None),
        ((OUT, COMING), StockStatus.EXPECTED, 0, 0),
        ((OUT, OUT), StockStatus.OUT, 0, 0),
    ],
)
def test_pieces_are_added_up(
    parts: tuple[Availability, ...], status: StockStatus, least: int | None, most: int | None
) -> None:
    found = together(parts)

    assert (found.status, found.qty_min, found.qty_max) == (status, least, most)


def test_absence_is_told_only_if_every_place_tells_it() -> None:
    assert together((OUT, UNKNOWN)).status is StockStatus.UNKNOWN


@given(st.lists(st.sampled_from((FIVE, OVER_TEN, COMING, OUT, UNKNOWN)), min_size=1))
def test_the_order_of_places_does_not_matter(parts: list[Availability]) -> None:
    assert together(parts) == together(list(reversed(parts)))


def test_a_number_known_to_the_piece_is_exact() -> None:
    assert FIVE.exact
    assert not OVER_TEN.exact
    assert not UNKNOWN.exact

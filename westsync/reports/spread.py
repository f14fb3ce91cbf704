"""Median, 90th percentile and shares, also where some lengths are only known to be short."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from westsync.reports.model import Cell

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

MEDIAN, NINETIETH = 50, 90


@dataclass(frozen=True, slots=True, order=True)
class Length:
    """A counted time.

    Attributes:
        value: The time, or the most it can have been.
        is_exact: False if it was at most this: the duty was seen to be done already.
    """

    value: timedelta
    is_exact: bool = True


def percentile(lengths: Sequence[Length], percent: int) -> Length | None:
    """Return the nearest-rank percentile: the least length that so many percent do not exceed.

    Of ten lengths the median is the fifth, the 90th percentile the ninth; a length that occurred,
    never one between two. A length that is only bounded stands before the exact ones of its bound.

    Args:
        lengths: In any order.
        percent: From 1 to 100.

    Returns:
        None if there are no lengths.
    """
    if not lengths:
        return None
    rank = -(-len(lengths) * percent // 100)
    return sorted(lengths)[rank - 1]


def length_cell(length: Length | None) -> Cell:
    """Return a length as a cell."""
    if length is None:
        return Cell(value=None)
    return Cell(value=length.value, at_most=not length.is_exact)


def share(part: int, whole: int) -> Decimal | None:
    """Return a part of a whole from 0 to 1; None of nothing."""
    return Decimal(part) / Decimal(whole) if whole else None

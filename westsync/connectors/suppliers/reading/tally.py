"""Counts of one reading, for the guards and for people (`results.Reading`)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from westsync.domain.stock import Flag, StockStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from westsync.connectors.suppliers.reading.stock_cells import StockReading

_BAD = frozenset({Flag.BAD_VALUE, Flag.REQUIRED_MISSING, Flag.ROW_LENGTH})
_IN_STOCK = frozenset({StockStatus.IN_STOCK.value, StockStatus.LOW.value})


class Tally:
    """Counts of the offers that were staged."""

    def __init__(self) -> None:
        """Start at zero."""
        self.items = 0
        self.in_stock = 0
        self.bad_rows = 0
        self.unknown_quantities = 0
        self.flags: Counter[Flag] = Counter()

    def add(self, readings: Iterable[StockReading], statuses: Sequence[str]) -> None:
        """Count offers by what their stock cells said, and by the status they got."""
        self.items += len(statuses)
        self.in_stock += sum(map(_IN_STOCK.__contains__, statuses))
        for reading, times in Counter(readings).items():
            if not reading.understood:
                self.unknown_quantities += times
            for word in reading.seen:
                word.count += times

    def flag(self, flags: Iterable[Flag]) -> str | None:
        """Count the flags of one offer; return them as they are staged."""
        kept = dict.fromkeys(flags)
        if not kept:
            return None
        self.flags.update(kept.keys())
        self.bad_rows += not _BAD.isdisjoint(kept)
        return " ".join(kept)

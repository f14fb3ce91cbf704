"""How far a staged reading is from the last accepted one: codes kept, prices moved."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING

import msgspec

from westsync.ports.staged_rows import staged_rows
from westsync.ports.stock_rows import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_KEY, _ARTICLE, _PRICES = map(COLUMNS.index, ("supplier_key", "vendor_key", "prices"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """The two figures of `guards.Past` that need both snapshots.

    Attributes:
        keys_kept: Share of the former codes that are still there; None: there were none.
        price_ratio: Median of new by old price over codes and roles in both; None: none are.
    """

    keys_kept: Decimal | None
    price_ratio: Decimal | None


def drift(staging: Path, former: Iterable[tuple[str, str | None]]) -> Drift:
    """Compare a staging file with the offers of the last accepted snapshot.

    Args:
        staging: Of a `Reading`.
        former: Strict key (the supplier's, else the maker's) and the JSON of its prices, as
            `stock_rows.COLUMNS` has them.
    """
    now: dict[str, str | None] = {
        key: row[_PRICES] for row in staged_rows(staging) if (key := row[_KEY] or row[_ARTICLE])
    }
    codes = kept = 0
    ratios: list[Decimal] = []
    for key, prices in former:
        codes += 1
        if key in now:
            kept += 1
            ratios += _ratios(prices, now[key])
    return Drift(
        keys_kept=Decimal(kept) / codes if codes else None,
        price_ratio=median(ratios) if ratios else None,
    )


def _ratios(former: str | None, now: str | None) -> list[Decimal]:
    """Return new by old price for each role that both have in one currency."""
    if not former or not now:
        return []
    before, after = msgspec.json.decode(former), msgspec.json.decode(now)
    return [
        Decimal(after[role][0]) / Decimal(amount)
        for role, (amount, currency) in before.items()
        if role in after and after[role][1] == currency and Decimal(amount)
    ]

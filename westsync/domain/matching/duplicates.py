"""Several rows of one article: warehouses, a harmless repetition, or a question."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from westsync.domain.matching.questions import Duplicates
from westsync.domain.matching.spelling import cleaned
from westsync.domain.stock import Price, together
from westsync.domain.stock_codes import strict_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from westsync.domain.matching.brands import BrandTable
    from westsync.domain.stock import Availability, Offer, PriceRole


def as_one(rows: Sequence[Offer], how: Duplicates, brands: BrandTable) -> Offer | None:
    """Return rows found by one key as one offer; None if they are not one article.

    Rows of one article have the same codes, brand and name. They agree if they also say the same
    of stock; otherwise they are added up only where the profile says that they are warehouses.
    """
    if not rows:
        return None
    first = rows[0]
    if len(rows) == 1:
        return first
    if len({_identity(row, brands) for row in rows}) > 1:
        return None
    prices = _dearest(rows)
    if all(row.availability == first.availability for row in rows) and how is Duplicates.ASK:
        return replace(first, prices=prices)
    if how is Duplicates.ASK:
        return None
    return replace(
        first,
        availability=together(row.availability for row in rows),
        stock_by_place=_by_place(rows),
        prices=prices,
    )


def _identity(row: Offer, brands: BrandTable) -> tuple[str, ...]:
    return (
        strict_key(row.supplier_code),
        strict_key(row.vendor_code),
        brands.canonical(row.brand),
        cleaned(row.name),
    )


def _dearest(rows: Sequence[Offer]) -> Mapping[PriceRole, Price]:
    """Return the highest price of each role: a client must not be told too little.

    A role with prices in two currencies is left out.
    """
    found: dict[PriceRole, list[Price]] = {}
    for row in rows:
        for role, price in row.prices.items():
            found.setdefault(role, []).append(price)
    return {
        role: Price(amount=max(price.amount for price in prices), currency=prices[0].currency)
        for role, prices in found.items()
        if len({price.currency for price in prices}) == 1
    }


def _by_place(rows: Sequence[Offer]) -> Mapping[str, Availability]:
    """Return the availability of every place of all rows."""
    found: dict[str, list[Availability]] = {}
    for row in rows:
        for place, availability in row.stock_by_place.items():
            found.setdefault(place, []).append(availability)
    return {place: together(parts) for place, parts in found.items()}

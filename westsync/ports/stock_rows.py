"""Offers as rows, and back: in the files that readers stage, and in ``supplier_offer``.

A store copies staged rows in chunks, without looking into them.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from westsync.domain.stock import (
    Availability,
    Flag,
    Offer,
    Price,
    PriceRole,
    SnapshotId,
    SourceId,
    StockStatus,
)
from westsync.domain.stock_codes import loose_key, strict_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

_NOWHERE = SourceId("")

COLUMNS = (
    "row_no", "sheet", "supplier_code", "vendor_code", "supplier_key", "supplier_loose",
    "vendor_key", "vendor_loose", "barcode", "brand", "name", "category", "unit", "pack", "status",
    "qty_min", "qty_max", "eta_from", "eta_to", "note", "raw_qty", "places", "prices", "flags",
    "raw",
)  # fmt: skip
"""Order of a row. Absent codes, brand, barcode and so on are NULL; `places`, `prices` and `raw` are
JSON objects or NULL: ``{"Москва": ["in_stock", 5, 5, null, null, ""]}``,
``{"rrp": ["1234.50", "RUB"]}``, ``{"vendor_code": "…"}``; `flags` are words joined by blanks."""


def offer_of(
    row: Mapping[str, Any],
    *,
    source: SourceId = _NOWHERE,
    snapshot: SnapshotId | None = None,
    shown: Callable[[Any], str] = str,
) -> Offer:
    """Return the offer of a mapping whose keys are `COLUMNS`; absent ones count as NULL.

    Args:
        row: The columns; more keys do no harm.
        source: Whose offer it is; empty while it is only staged.
        snapshot: Of which snapshot; None while it is only staged.
        shown: Makes a text of each cell in ``raw``.
    """
    raw = _object(row.get("raw"))
    if row.get("raw_qty"):
        raw["quantity"] = row["raw_qty"]
    texts = {name: row.get(name) or "" for name in ("sheet", *_TEXTS)}
    return Offer(
        source=source,
        snapshot=snapshot,
        row_no=row.get("row_no") or 0,
        availability=_availability([row.get(name) for name in _AVAILABILITY]),
        stock_by_place={
            name: _availability(parts) for name, parts in _object(row.get("places")).items()
        },
        prices={
            PriceRole(role): Price(amount=Decimal(amount), currency=currency)
            for role, (amount, currency) in _object(row.get("prices")).items()
        },
        flags=tuple(Flag(word) for word in (row.get("flags") or "").split()),
        raw={name: shown(cell) for name, cell in raw.items()},
        **texts,
    )


def row_of(offer: Offer) -> dict[str, str | int | None]:
    """Return an offer as a mapping whose keys are `COLUMNS`."""
    said = offer.availability
    return {
        "row_no": offer.row_no,
        "sheet": offer.sheet or None,
        **{name: getattr(offer, name) or None for name in _TEXTS},
        "supplier_key": strict_key(offer.supplier_code) or None,
        "supplier_loose": loose_key(offer.supplier_code) or None,
        "vendor_key": strict_key(offer.vendor_code) or None,
        "vendor_loose": loose_key(offer.vendor_code) or None,
        **dict(zip(_AVAILABILITY, _parts(said), strict=True)),
        "raw_qty": offer.raw.get("quantity"),
        "places": _json({name: _parts(part) for name, part in offer.stock_by_place.items()}),
        "prices": _json(
            {role: [f"{price.amount:f}", price.currency] for role, price in offer.prices.items()}
        ),
        "flags": " ".join(offer.flags) or None,
        "raw": _json({name: text for name, text in offer.raw.items() if name != "quantity"}),
    }


def encode_rows(offers: Iterable[Offer]) -> str:
    """Return offers as one JSON text."""
    return msgspec.json.encode([row_of(offer) for offer in offers]).decode()


def decode_rows(source: SourceId, text: str) -> tuple[Offer, ...]:
    """Return the offers of `encode_rows`."""
    return tuple(offer_of(row, source=source) for row in msgspec.json.decode(text))


_TEXTS = (
    "supplier_code", "vendor_code", "barcode", "brand", "name", "category", "unit", "pack",
)  # fmt: skip
_AVAILABILITY = ("status", "qty_min", "qty_max", "eta_from", "eta_to", "note")


def _object(text: str | None) -> dict[str, Any]:
    decoded: dict[str, Any] = msgspec.json.decode(text) if text else {}
    return decoded


def _json(value: Mapping[str, object]) -> str | None:
    return msgspec.json.encode(value).decode() if value else None


def _availability(parts: Sequence[Any]) -> Availability:
    status, least, most, eta_from, eta_to, note = parts
    return Availability(
        status=StockStatus(status),
        qty_min=least,
        qty_max=most,
        eta_from=date.fromisoformat(eta_from) if eta_from else None,
        eta_to=date.fromisoformat(eta_to) if eta_to else None,
        note=note or "",
    )


def _parts(said: Availability) -> tuple[str | int | None, ...]:
    return (
        said.status,
        said.qty_min,
        said.qty_max,
        said.eta_from.isoformat() if said.eta_from else None,
        said.eta_to.isoformat() if said.eta_to else None,
        said.note or None,
    )

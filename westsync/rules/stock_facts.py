"""The facts of a deal that suppliers tell: one answer for each of its lines."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from westsync.domain.availability import DealAnswers, LineAnswer

STOCK_FACTS = ("availability", "availability_at")


def stock_facts(seen: DealAnswers) -> dict[str, object]:
    """Return the facts of `STOCK_FACTS` by what was looked up."""
    return {
        "availability": tuple(_record(line) for line in seen.lines),
        "availability_at": seen.at,
    }


def _record(line: LineAnswer) -> Mapping[str, object]:
    return {
        "name": line.name,
        "article": line.article or None,
        "need": Decimal(line.need),
        "verdict": line.verdict,
        "decision": line.decision,
        "quantity": None if line.quantity is None else Decimal(line.quantity),
        "price": line.price,
        "purchase_price": line.purchase_price,
        "supplier": line.supplier or None,
        "chosen_by": line.chosen_by,
        "as_of": line.as_of,
        "expected": line.expected or None,
        "contact": line.contact or None,
        "candidates": line.candidates,
    }

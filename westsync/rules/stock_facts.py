"""What suppliers tell: an answer for each line of a deal; and how their sources stand."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from westsync.domain.facts import Facts, Group, Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from westsync.domain.availability import DealAnswers, LineAnswer
    from westsync.domain.catalogue.kinds import Catalogue
    from westsync.domain.stock_sources import SourceState

STOCK_FACTS = ("availability", "availability_at")


def stock_facts(seen: DealAnswers) -> dict[str, object]:
    """Return the facts of `STOCK_FACTS` by what was looked up."""
    if not seen.is_told:
        return dict.fromkeys(STOCK_FACTS, Unknown("a supplier's portal has not answered yet"))
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
        "supplier_id": line.supplier_id or None,
        "supplier_email": line.mail_to or None,
        "by_mail": line.by_mail,
        "as_of": line.as_of,
        "expected": line.expected or None,
        "contact": line.contact or None,
        "hurdle": line.hurdle or None,
        "candidates": line.candidates,
    }


def stock_source_facts(source: SourceState, catalogue: Catalogue, *, seen_at: datetime) -> Facts:
    """Return the facts of a source of supplier stock.

    Args:
        source: How it stands.
        catalogue: Types of the facts.
        seen_at: When (UTC) that was looked at.
    """
    return Facts(
        kind="stock_source",
        id=source.id,
        values={
            "id": source.id,
            "name": source.name,
            "state": source.state,
            "reasons": source.reasons,
            "detail": source.detail or None,
            "since": source.since,
            "data_at": source.data_at,
        },
        as_of={Group.STOCK: seen_at},
        source_as_of={"stock": seen_at},
        groups=catalogue.groups["stock_source"],
    )

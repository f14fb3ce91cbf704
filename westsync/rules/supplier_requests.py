"""P3.5: which lines of a deal a supplier is mailed about, and what such a mail may say.

A mail leaves the company. Its texts can name these values and no others, so no rule can show a
supplier who the client is, or what anybody pays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from westsync.domain.facts import FactType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from westsync.domain.facts import Facts

FOR_SUPPLIERS: Mapping[str, FactType | None] = {
    "deal.number": FactType.TEXT,
    "deal.manager": FactType.PERSON,
    "supplier.name": FactType.TEXT,
    "supplier.lines": FactType.TEXT,
}
"""What a text for suppliers may name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierRequest:
    """The lines that one supplier is asked about.

    Attributes:
        supplier: His id.
        name: What people call him.
        to: His mail address.
        lines: Article, name and wanted pieces, a line each.
    """

    supplier: str
    name: str
    to: str
    lines: tuple[str, ...]


def supplier_requests(facts: Facts, pieces: str) -> Sequence[SupplierRequest]:
    """Return what each supplier of a deal is asked, in the order of the lines.

    Args:
        facts: Of the deal; lines with ``by_mail`` are asked about.
        pieces: The word behind a number of pieces.
    """
    answers = facts.values.get("availability")
    found: dict[str, SupplierRequest] = {}
    for entry in answers if isinstance(answers, tuple) else ():
        if not isinstance(entry, dict) or entry.get("by_mail") is not True:
            continue
        supplier, to = str(entry.get("supplier_id") or ""), str(entry.get("supplier_email") or "")
        before = found.get(supplier)
        found[supplier] = SupplierRequest(
            supplier=supplier,
            name=str(entry.get("supplier") or supplier),
            to=to,
            lines=(*(before.lines if before is not None else ()), _line(entry, pieces)),
        )
    return tuple(found.values())


def _line(entry: Mapping[str, object], pieces: str) -> str:
    article = f"{entry['article']} " if entry.get("article") else ""
    return f"• {article}{entry.get('name')}: {entry.get('need')} {pieces}"

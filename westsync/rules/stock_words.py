"""A supplier's answer to a line in the words of ``config/texts`` (labels ``stock_...``)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

RETAIL = frozenset({"purchase_price"})
"""What a text for eyes beyond purchasing leaves out."""
BRIEF = RETAIL | {"contact", "candidates"}
"""What a field of one line leaves out."""

_TOLD = (("supplier", "stock_supplier"), ("expected", "stock_on"))


def pruned(entries: tuple[object, ...], without: frozenset[str]) -> tuple[object, ...]:
    """Return the entries of a list without some of their values."""
    return tuple(
        {key: value for key, value in entry.items() if key not in without}
        if isinstance(entry, dict)
        else entry
        for entry in entries
    )


def stock_answer(
    name: str,
    entry: Mapping[str, object],
    *,
    label: Callable[[str], str],
    show: Callable[[object], str],
) -> str:
    """Return one answer; only what is exact is told as yes or no.

    A price says which one it is: what the supplier asks of us is told only if he recommends no
    price to clients, and never without its name.

    Args:
        name: What the line is called.
        entry: A record of the fact ``availability``.
        label: The word for a name.
        show: A value as people read it.
    """
    decision = entry.get("decision")
    is_sure = entry["verdict"] == "exact" and decision not in {None, "ask"}
    word = decision if is_sure else "ask" if entry["verdict"] == "exact" else entry["verdict"]
    article = f" ({entry['article']})" if entry.get("article") else ""
    said = [label(f"stock_{word}")]
    if isinstance(quantity := entry.get("quantity"), Decimal | int):
        said.append(f"{Decimal(quantity).normalize():f} {label('stock_pieces')}")
    for key in ("price", "purchase_price"):
        if isinstance(price := entry.get(key), Decimal):
            said.append(f"{label(f'stock_{key}')} {show(price)}")
            break
    said += [f"{label(word)} {entry[key]}" for key, word in _TOLD if entry.get(key)]
    if isinstance(at := entry.get("as_of"), datetime):
        said.append(f"{label('stock_as_of')} {show(at)}")
    if entry.get("hurdle"):
        said.append(label(f"stock_portal_{entry['hurdle']}"))
    if not (is_sure and decision == "yes"):
        if entry.get("contact"):
            said.append(f"{label('stock_contact')} {entry['contact']}")
        candidates = entry.get("candidates")
        if isinstance(candidates, tuple) and candidates:
            said.append(f"{label('stock_candidates')} {' / '.join(map(str, candidates))}")
    return f"{name}{article}: {', '.join(said)}"

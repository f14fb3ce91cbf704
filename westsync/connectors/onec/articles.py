"""The catalogue of articles, and which of them a position means (1C contract 4.9.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.connectors.onec import query
from westsync.connectors.onec.config import SYSTEM, UnknownItem
from westsync.connectors.onec.parties import no_folder
from westsync.domain.ledger import Item
from westsync.domain.refusals import ArticlesUnclear
from westsync.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from westsync.connectors.onec.base import Base
    from westsync.connectors.onec.tables import Row, Table
    from westsync.domain.ledger import InvoiceLine, LedgerRef


def by_article(base: Base, articles: Sequence[str]) -> Mapping[str, Sequence[Item]]:
    """Return items by article as it was asked for; an unknown one is absent."""
    return _by(base, "article", articles)


def by_code(base: Base, codes: Sequence[str]) -> Mapping[str, Sequence[Item]]:
    """Return items by 1C's own code; an unknown one is absent."""
    return _by(base, "code", codes)


def items_of(base: Base, lines: Sequence[InvoiceLine]) -> list[LedgerRef]:
    """Return the article of each position: as named, by its code, by its article number.

    Raises:
        Rejected: Naming every position that 1C does not know, or knows several times.
    """
    unnamed = [line for line in lines if line.item is None]
    codes = by_code(base, [line.code for line in unnamed])
    numbers = by_article(base, [line.article for line in unnamed])
    found: list[LedgerRef] = []
    unknown: list[str] = []
    alike: list[str] = []
    for line in lines:
        fitting = _living(codes.get(line.code, ())) or _living(numbers.get(line.article, ()))
        if line.item is not None:
            found.append(line.item)
        elif len(fitting) == 1:
            found.append(fitting[0].ref)
        elif not fitting and base.config.unknown_item is UnknownItem.PLACEHOLDER:
            found.append(_placeholder(base))
        else:
            named = f"{line.name} ({line.article})" if line.article else line.name
            (alike if fitting else unknown).append(named)
    if unknown or alike:
        unclear = ArticlesUnclear(unknown=tuple(unknown), alike=tuple(alike))
        raise Rejected(SYSTEM, "find the articles", unclear)
    return found


def _placeholder(base: Base) -> LedgerRef:
    code = base.config.placeholder_item
    found = _living(by_code(base, [code]).get(code, ()))
    if len(found) != 1:
        raise Rejected(
            SYSTEM,
            "find the catch-all article",
            f"{len(found) or 'no'} articles have the code {code}; see placeholder_item",
        )
    return found[0].ref


def _living(items: Sequence[Item]) -> list[Item]:
    return [item for item in items if not item.marked]


def _by(base: Base, word: str, wanted: Sequence[str]) -> Mapping[str, Sequence[Item]]:
    asked = sorted({one.strip() for one in wanted if one.strip()})
    if not asked:
        return {}

    def question(table: Table) -> list[Row]:
        conditions = (f"{table.name(word)} eq {query.literal(one)}" for one in asked)
        return base.any_of(table, conditions, no_folder(table), table.select())

    found: dict[str, dict[str, Item]] = {}
    for row in base.ask("item", question):
        if not row.flag("is_folder"):
            found.setdefault(_folded(row.text(word)), {})[row.key()] = item_of(row)
    return {one: list(found[_folded(one)].values()) for one in wanted if _folded(one) in found}


def item_of(row: Row) -> Item:
    """Return an article of the catalogue."""
    return Item(
        ref=row.key(),
        code=row.text("code"),
        article=row.text("article"),
        name=row.text("name"),
        marked=row.flag("marked"),
    )


def _folded(value: str) -> str:
    """Return a code as 1C compares it: without regard to case and spaces around."""
    return value.strip().casefold()

"""docs/reference/facts.md: the fact catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docs._generate.markdown import code, page, table
from westsync.domain.catalogue.kinds import catalogue
from westsync.domain.facts import SOURCE_OF_GROUP, FactType, Group
from westsync.rules.operators import OPERATORS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from westsync.domain.facts import FactSpec

_TYPES = {
    FactType.TEXT: "text; letter case does not count in comparisons",
    FactType.NUMBER: "number",
    FactType.MONEY: "roubles, exact",
    FactType.MOMENT: 'moment; write `now`, or office time as `"2026-11-24 10:00"`',
    FactType.FLAG: "`true` or `false`; in a list of conditions its name alone means `true`",
    FactType.PERSON: "login of `people` in westsync.yaml; an employee who is not there is `#id`",
    FactType.STAGE: "name of `stages` in westsync.yaml",
    FactType.PIPELINE: "name of `programs` in westsync.yaml",
    FactType.CHOICE: "one of the words of its row",
    FactType.TEXTS: "list of texts",
    FactType.RECORDS: "list of entries; their fields stand below it",
}

_GROUPS = {
    Group.DEAL: "with every poll",
    Group.CLIENT: "with the polls of clients",
    Group.HISTORY: "comments and changes of the one deal, before a step is taken",
    Group.TODOS: "calls and meetings of the one object, before a step is taken",
    Group.TASKS: "tasks of the one deal, before a step is taken",
    Group.ONEC: "from 1C; unknown while 1C is not connected",
    Group.STOCK: "from the suppliers' stock; unknown while it is not connected",
    Group.CLOCK: "of the clock rule itself; never too old, so `needs` does not know it",
}

# What a kind of object is called, where that is not its name.
_KINDS = {
    "schedule": "clock rule",
    "ledger": "1C as a source (`ledger`)",
    "stock_source": "source of supplier stock (`stock_source`)",
}


_INTRODUCTION = """\
What the conditions, clocks and texts of a rule may name. In conditions a fact is written by its
name (`stage`), in texts and expressions with what it belongs to (`{deal.stage}`). A fact that
nobody could read is *unknown*: it neither fires a rule nor clears anything. *Empty* is not unknown:
it was read, and nothing is there.

A **human touch** is a comment, a finished call, meeting or task, a stage change or a field edit by
an employee who is not westsync's own account, and that Megaplan does not mark as made by a trigger
or scenario."""


def facts_page() -> str:
    """Return the page."""
    blocks = [
        _INTRODUCTION,
        "## Types",
        table(["type", "values", "operators"], _types()),
        "## When a fact is read",
        table(["read", "source for `needs`", "how"], _groups()),
    ]
    for kind, facts in catalogue().kinds.items():
        head = ["fact", "type", "meaning", "read"]
        blocks += [f"## Facts of a {_KINDS.get(kind, kind)}", table(head, _rows(facts.values()))]
    blocks.append(
        "A fact marked *configured* exists only if `fields` of westsync.yaml names its custom "
        "field. Any other name in `fields` becomes a text fact of that name."
    )
    return page("Facts", ["westsync/domain/catalogue"], *blocks)


def _types() -> Iterable[tuple[str, str, str]]:
    for kind in FactType:
        fitting = [code(op.name) for op in OPERATORS.values() if kind in op.types]
        yield code(kind), _TYPES[kind], " ".join(fitting)


def _groups() -> Iterable[tuple[str, str, str]]:
    for group in Group:
        yield code(group), code(SOURCE_OF_GROUP[group]), _GROUPS[group]


def _rows(facts: Iterable[FactSpec], above: str = "") -> Iterable[tuple[str, str, str, str]]:
    for fact in facts:
        meaning = fact.meaning + (" (configured)" if fact.custom else "")
        words = ": " + ", ".join(map(code, fact.choices)) if fact.choices else ""
        groups = [code(group) for group in Group if group in fact.groups]
        name = f"{above} › {code(fact.name)}" if above else code(fact.name)
        yield name, str(fact.type), meaning + words, "" if above else " ".join(groups)
        yield from _rows(fact.items, above=code(fact.name))

"""The leaves of a condition as they are written, for looking at several of them together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from westsync.domain.places import Map, Node, Place, Scalar, Seq
from westsync.rules.operators import OPERATORS
from westsync.rules.reading import as_items, as_text

if TYPE_CHECKING:
    from collections.abc import Iterator

_GROUPS = ("any", "all", "not", "expr")


@dataclass(frozen=True, slots=True)
class WrittenLeaf:
    """One fact with one operator.

    Attributes:
        fact, op: As the rule writes them; ``is`` where a bare value stands.
        argument: Its argument.
        place: Where it stands.
        holds: False below a ``not``.
    """

    fact: str
    op: str
    argument: Node
    place: Place
    holds: bool = True

    @property
    def words(self) -> frozenset[str]:
        """The values that the argument lists, letter case folded as operators do."""
        return frozenset(
            text.casefold().strip()
            for item in as_items(self.argument)
            if (text := as_text(item)) is not None
        )

    @property
    def flag(self) -> bool | None:
        """The truth that the argument is; None if it is none."""
        value = self.argument.value if isinstance(self.argument, Scalar) else None
        return value if isinstance(value, bool) else None

    def __str__(self) -> str:
        """Render the way people read it."""
        value = as_text(self.argument)
        shown = value if value is not None else f"[{', '.join(sorted(self.words))}]"
        text = f"{self.fact} {'' if self.op == 'is' else self.op + ' '}{shown}"
        return text if self.holds else f"not {text}"


def required(node: Node | None) -> Iterator[WrittenLeaf]:
    """Yield the leaves that must all hold for a condition to hold."""
    for item in as_items(node) if node is not None else ():
        if isinstance(item, Map):
            for key, place, value in item.entries:
                yield from _of_entry(key, place, value)


def branches(node: Node | None) -> Iterator[tuple[Place, tuple[Node, ...]]]:
    """Yield each ``any`` group that must hold: its place and its branches."""
    for item in as_items(node) if node is not None else ():
        if not isinstance(item, Map):
            continue
        for key, place, value in item.entries:
            if key == "any":
                yield place, as_items(value)
            elif key == "all":
                yield from branches(value)


def _of_entry(key: str, place: Place, value: Node) -> Iterator[WrittenLeaf]:
    if key == "all":
        yield from required(value)
    elif key == "not":
        parts = list(required(value))
        if len(parts) == 1 and not list(branches(value)) and not _has_expression(value):
            part = parts[0]
            yield WrittenLeaf(part.fact, part.op, part.argument, part.place, not part.holds)
    elif key not in _GROUPS:
        yield from _of_fact(key, place, value)


def _of_fact(fact: str, place: Place, value: Node) -> Iterator[WrittenLeaf]:
    if isinstance(value, Map):
        for op, where, argument in value.entries:
            if op in OPERATORS:
                yield WrittenLeaf(fact, op, argument, where)
    else:
        yield WrittenLeaf(fact, "in" if isinstance(value, Seq) else "is", value, place)


def _has_expression(node: Node) -> bool:
    return any(isinstance(item, Map) and item.get("expr") is not None for item in as_items(node))

"""Finding and replacing parts of a tree of nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.domain.places import Map, Node, Place, Scalar, Seq

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Path = tuple[str | int, ...]


def find(node: Node, path: Sequence[str | int]) -> tuple[Node, Path]:
    """Follow a path as far as it exists.

    A part that leads nowhere is passed over: validators add parts of their own (``[key]``, names of
    types) to the places of their errors.

    Returns:
        The last node that was found, and the part of the path that leads to it.
    """
    found: Path = ()
    for part in path:
        child: Node | None = None
        if isinstance(node, Map) and isinstance(part, str):
            child = node.get(part)
        elif isinstance(node, Seq) and isinstance(part, int) and part < len(node.items):
            child = node.items[part]
        if child is not None:
            node, found = child, (*found, part)
    return node, found


def get(node: Node | None, *path: str) -> Node | None:
    """Return the node at a path of keys, None if there is none."""
    for key in path:
        if not isinstance(node, Map):
            return None
        node = node.get(key)
    return node


def entries(node: Node | None) -> Iterator[tuple[str, Place, Node]]:
    """Iterate over (key, its place, value); nothing for anything but a mapping."""
    if isinstance(node, Map):
        yield from node.entries


def texts(node: Node | None) -> Iterator[tuple[str, Place]]:
    """Iterate over the texts of a list, or the one text that stands instead of a list."""
    for item in node.items if isinstance(node, Seq) else (node,):
        if isinstance(item, Scalar) and isinstance(item.value, str):
            yield item.value, item.place


def put(node: Node | None, path: Sequence[str], value: Node) -> Map:
    """Return the tree with a value at a path of keys; missing mappings are made.

    What is no mapping on the way is replaced by one.
    """
    key, *rest = path
    base = node if isinstance(node, Map) else Map((), value.place)
    child = put(base.get(key), rest, value) if rest else value
    if key in base.keys():  # noqa: SIM118 - a Map is not a dict
        changed = tuple(
            (name, place, child if name == key else old) for name, place, old in base.entries
        )
    else:
        changed = (*base.entries, (key, value.place, child))
    return Map(changed, base.place)


def without(node: Node, path: Path) -> Node:
    """Return the tree without the part at a path."""
    key, *rest = path
    if isinstance(node, Map):
        return Map(
            tuple(
                (name, place, without(child, tuple(rest)) if name == key else child)
                for name, place, child in node.entries
                if name != key or rest
            ),
            node.place,
        )
    if isinstance(node, Seq):
        return Seq(
            tuple(
                without(child, tuple(rest)) if index == key else child
                for index, child in enumerate(node.items)
                if index != key or rest
            ),
            node.place,
        )
    return node

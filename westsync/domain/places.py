"""Where something stands in a configuration file, and what is wrong there.

A configuration file is read into nodes that remember their place, so that every later
mistake, also one that only the rule compiler can see, is reported as ``file:line:col``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A position in a file.

    Attributes:
        file: Path as the administrator knows it (relative to the working directory if shorter).
        line: 1-based line.
        column: 1-based column.
    """

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        """Render as ``file:line:column``, which editors make clickable."""
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake in the configuration.

    Attributes:
        place: Where it stands.
        text: What is wrong, in one clause.
        cure: What to write instead, e.g. ``did you mean 'new'?``; None if nobody can tell.
    """

    place: Place
    text: str
    cure: str | None = None

    def __str__(self) -> str:
        """Render as ``file:line:column: text; cure``."""
        return f"{self.place}: {self.text}" + (f"; {self.cure}" if self.cure else "")


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value: text, number, boolean or null.

    Attributes:
        value: The value after the YAML 1.2 core schema.
        place: Where it stands.
        source: The text as written (``"19:30"``, ``0x10``), for messages.
        plain: False if it was quoted or a block text.
    """

    value: str | int | float | bool | None
    place: Place
    source: str = ""
    plain: bool = True


@dataclass(frozen=True, slots=True)
class Seq:
    """A list of nodes."""

    items: tuple[Node, ...]
    place: Place

    def __iter__(self) -> Iterator[Node]:
        """Iterate over the items."""
        return iter(self.items)


@dataclass(frozen=True, slots=True)
class Map:
    """A mapping with unique text keys, in the order of the file.

    Attributes:
        entries: (key, place of the key, value) in order.
        place: Where the mapping begins.
    """

    entries: tuple[tuple[str, Place, Node], ...]
    place: Place

    def get(self, key: str) -> Node | None:
        """Return the node of a key, None if the key is not there."""
        for name, _, node in self.entries:
            if name == key:
                return node
        return None

    def place_of(self, key: str) -> Place:
        """Return where a key stands; the mapping itself if the key is not there."""
        for name, place, _ in self.entries:
            if name == key:
                return place
        return self.place

    def keys(self) -> tuple[str, ...]:
        """Return the keys in the order of the file."""
        return tuple(name for name, _, _ in self.entries)


Node = Scalar | Seq | Map


def plain(node: Node) -> object:
    """Return the node as ordinary Python values, places dropped."""
    match node:
        case Scalar():
            return node.value
        case Seq():
            return [plain(item) for item in node.items]
        case Map():
            return {key: plain(value) for key, _, value in node.entries}


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """Return ``did you mean '…'?`` for the nearest known word, None if none is near."""
    from difflib import get_close_matches  # noqa: PLC0415 - only for a wrong word

    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"did you mean '{near[0]}'?" if near else None

"""Reading rule files node by node, so that every mistake is reported at its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.domain.durations import Duration
from westsync.domain.places import Map, Node, Place, Problem, Scalar, Seq, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta


class Problems:
    """Collects mistakes; reading goes on after each, so that all come at once.

    Attributes:
        found: What is wrong.
        hints: What may be meant so, and should be looked at.
        noted: How often something wrong was noted; the same again counts as well.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self.found: list[Problem] = []
        self.hints: list[Problem] = []
        self.noted = 0

    def hint(self, place: Place, text: str, cure: str | None = None) -> None:
        """Note something that may be meant so."""
        self.hints.append(Problem(place=place, text=text, cure=cure))

    def add(self, place: Place, text: str, cure: str | None = None) -> None:
        """Note one mistake; the same one twice (a script used by two rules) is noted once."""
        self.noted += 1
        problem = Problem(place=place, text=text, cure=cure)
        if problem not in self.found:
            self.found.append(problem)

    def unknown(self, place: Place, what: str, word: str, of: str, known: Iterable[str]) -> None:
        """Note a word that is none of the known ones, with the nearest as the cure."""
        known = sorted(known)
        cure = did_you_mean(word, known)
        if cure is None and known and len(known) <= 12:
            cure = "known are " + ", ".join(known)
        self.add(place, f"unknown {what} '{word}'{of}", cure)


class Reader:
    """A mapping of a rule file, read key by key.

    Attributes:
        place: Where the mapping begins.
        what: What it describes, for messages, e.g. ``step``.
    """

    def __init__(self, node: Map, what: str, problems: Problems) -> None:
        """Wrap a mapping."""
        self.node = node
        self.place = node.place
        self.what = what
        self.problems = problems

    def allow(self, *keys: str, what: str = "key") -> None:
        """Note every key that is not one of these.

        Args:
            keys: What may stand here.
            what: What a key is, for the message.
        """
        for key, place, _ in self.node.entries:
            if key not in keys:
                self.problems.unknown(place, what, key, f" of {self.what}", keys)

    def has(self, key: str) -> bool:
        """Return whether the key is there."""
        return self.node.get(key) is not None

    def at(self, key: str) -> Place:
        """Return where the value of a key stands; the mapping if the key is not there."""
        node = self.node.get(key)
        return node.place if node is not None else self.place

    def require(self, key: str) -> Node | None:
        """Return the node of a key; a missing one is a mistake."""
        node = self.node.get(key)
        if node is None:
            self.problems.add(self.place, f"{self.what} has no '{key}'", f"add '{key}:'")
        return node

    def text(self, key: str, default: str | None = None) -> str | None:
        """Return a text; ``default`` if the key is not there or its value is no text."""
        node = self.node.get(key)
        if node is None:
            return default
        value = as_text(node)
        if value is None:
            self.problems.add(node.place, f"'{key}' of {self.what} must be a text")
            return default
        return value

    def flag(self, key: str, default: bool = False) -> bool:
        """Return true or false."""
        node = self.node.get(key)
        if node is None:
            return default
        if isinstance(node, Scalar) and isinstance(node.value, bool):
            return node.value
        self.problems.add(node.place, f"'{key}' of {self.what} must be true or false")
        return default

    def number(self, key: str, default: int | None = None, *, least: int = 0) -> int | None:
        """Return a whole number not below ``least``."""
        node = self.node.get(key)
        if node is None:
            return default
        if (
            isinstance(node, Scalar)
            and isinstance(node.value, int)
            and not isinstance(node.value, bool)
            and node.value >= least
        ):
            return node.value
        self.problems.add(
            node.place, f"'{key}' of {self.what} must be a whole number not below {least}"
        )
        return default

    def duration(self, key: str) -> Duration | None:
        """Return a duration; None if the key is not there or is no duration."""
        node = self.node.get(key)
        return None if node is None else read_duration(node, self.problems)

    def wall_duration(self, key: str) -> timedelta | None:
        """Return a duration of the wall clock; one that needs a calendar is noted."""
        duration = self.duration(key)
        if duration is None:
            return None
        try:
            return duration.wall()
        except ValueError as exc:
            self.problems.add(self.at(key), str(exc))
            return None

    def word(self, key: str, known: Iterable[str], default: str | None = None) -> str | None:
        """Return one of the known words."""
        value = self.text(key, default)
        known = tuple(known)
        if value is not None and value not in known:
            self.problems.unknown(self.at(key), key, value, "", known)
            return default
        return value

    def items(self, key: str) -> tuple[Node, ...]:
        """Return the items of a list; a single value counts as a list of one."""
        node = self.node.get(key)
        return () if node is None else as_items(node)


def as_text(node: Node) -> str | None:
    """Return a scalar as text the way it was written; None for anything else."""
    if not isinstance(node, Scalar) or node.value is None:
        return None
    return node.value if isinstance(node.value, str) else node.source or str(node.value)


def as_items(node: Node) -> tuple[Node, ...]:
    """Return a list's items; a single value counts as a list of one."""
    return node.items if isinstance(node, Seq) else (node,)


def read_duration(node: Node, problems: Problems) -> Duration | None:
    """Return a duration; a bad one is noted with the grammar's own words."""
    text = as_text(node)
    if text is None:
        problems.add(node.place, "a duration like 10m, 1h30m, '1 workday' or '7 days' is expected")
        return None
    try:
        return Duration.parse(text)
    except ValueError as exc:
        problems.add(node.place, str(exc))
        return None

"""What every rule module looks like."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from westsync.domain.places import Map, Node, Place, Scalar, Seq

if TYPE_CHECKING:
    from westsync.rules.reading import Reader

Draft = Mapping[str, object]
"""A rule as ordinary values, in the words of grammar.md; without ``id``, ``title`` and ``step``
of its own it takes those of the ``use`` rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What an administrator wrote beside ``params``.

    Attributes:
        id, title, step: Of the ``use`` rule; a module that makes several rules joins a word to
            the id.
        module: Name of the module; its phrases begin with it.
        phrases: Texts of ``config/texts`` by name.
        sources: What is connected, as in the vocabulary.
        params: The mapping ``params``, to be read with `Reader`'s methods: so every mistake is
            reported at its place. Unknown keys are noted by the module's ``allow``.
    """

    id: str
    title: str
    step: str
    module: str
    phrases: Mapping[str, str]
    sources: frozenset[str]
    params: Reader

    def say(self, key: str) -> str:
        """Return the module's phrase of this name; a missing one is noted and said by its name."""
        name = f"{self.module}.{key}"
        if name not in self.phrases:
            self.params.problems.add(
                self.params.place,
                f"module '{self.module}' needs the phrase '{name}'",
                "add it to a file of config/texts, below 'phrases:'",
            )
        return self.phrases.get(name, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleModule:
    """One module.

    Attributes:
        params: Key -> what it means, for the reference page and the schema.
        meaning: One clause for the reference page.
        needs: Sources that must be configured, e.g. ``onec``.
        expand: Makes the rules.
    """

    meaning: str
    params: Mapping[str, str]
    needs: frozenset[str] = frozenset()
    expand: Callable[[Use], Sequence[Draft]]


def grown(value: object, place: Place, written: Mapping[str, Place]) -> Node:
    """Return ordinary values as nodes that all stand at one place.

    Args:
        value: Of a rule.
        place: Where it stands.
        written: Texts that stand at another place, as the administrator wrote them.

    Raises:
        TypeError: A value is of no kind that a rule file can hold.
    """
    match value:
        case Mapping():
            return Map(
                tuple(
                    (str(key), place, grown(item, place, written)) for key, item in value.items()
                ),
                place,
            )
        case str():
            return Scalar(value, written.get(value, place), source=value)
        case None | bool() | int() | float():
            return Scalar(value, place, source="" if value is None else str(value))
        case Sequence():
            return Seq(tuple(grown(item, place, written) for item in value), place)
        case _:
            raise TypeError(f"a rule file cannot hold {value!r}")

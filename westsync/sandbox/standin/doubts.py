"""What nobody knows about an outside system yet, as switches."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Self, get_args, get_type_hints

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubts:
    """One of the possible systems; a field of a subclass is a switch, and has a default.

    A text is one of the words of its ``Literal``, a tuple holds texts, numbers are interchangeable.
    """

    def turned(self, values: Mapping[str, object]) -> Self:
        """Return the switches with some of them turned.

        Raises:
            ValueError: There is no such switch, or it has no such position.
        """
        hints = get_type_hints(type(self))
        defaults = {field.name: field.default for field in fields(self)}
        clean: dict[str, object] = {}
        for name, given in values.items():
            if name not in defaults:
                raise ValueError(f"no switch '{name}'; there are {', '.join(sorted(defaults))}")
            value = tuple(given) if isinstance(given, list) else given
            if not _fits(value, defaults[name], get_args(hints[name])):
                raise ValueError(f"switch '{name}' cannot be {given!r}")
            clean[name] = value
        return replace(self, **clean)


def _fits(value: object, default: object, positions: tuple[object, ...]) -> bool:
    """Return whether a value is of the default's kind and, for a choice, one of its positions."""
    if isinstance(default, str):
        return value in positions
    if isinstance(default, bool):
        return isinstance(value, bool)
    if isinstance(default, tuple):
        return isinstance(value, tuple) and all(isinstance(item, str) for item in value)
    return isinstance(value, int | float) and not isinstance(value, bool)

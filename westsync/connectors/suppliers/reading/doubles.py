"""Codes that several rows of one list share, found in little memory (suppliers contract 8)."""

from __future__ import annotations

from array import array
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

_PARTS = 64


class Doubles:
    """Which codes come more than once, by their hashes alone.

    A hash that two codes share costs a look at both and nothing else. Hashes are kept in parts,
    so that only a part of them is ever laid out for counting.
    """

    def __init__(self) -> None:
        """Start with nothing seen."""
        self._parts = [array("q") for _ in range(_PARTS)]

    def saw(self, codes: Iterable[str | None]) -> None:
        """Remember codes; None and the empty one are no codes."""
        parts = self._parts
        for number in map(hash, filter(None, codes)):
            parts[number % _PARTS].append(number)

    def conflicting(self, told: Iterable[tuple[str | None, Hashable]]) -> set[str]:
        """Return the codes whose rows do not all say the same.

        Args:
            told: Code of every row with what the row says of it; walked only if some code came
                twice.
        """
        twice = self._twice()
        if not twice:
            return set()
        first: dict[str, int] = {}
        found: set[str] = set()
        for code, said in told:
            if code and hash(code) in twice and first.setdefault(code, hash(said)) != hash(said):
                found.add(code)
        return found

    def _twice(self) -> set[int]:
        """Return the hashes that came more than once."""
        found: set[int] = set()
        for part in self._parts:
            if len(set(part)) < len(part):
                found.update(number for number, times in Counter(part).items() if times > 1)
        return found

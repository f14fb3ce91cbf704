"""Brands and their spellings: "Ямаха" is YAMAHA, "Allen&Heath" is "ALLEN & HEATH"."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from westsync.domain.matching.spelling import KNOWN_WORDS, cleaned, folded, is_look_alike

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_SHORT = 2
_WORDS = 3
"""A brand is looked for in up to so many neighbouring words ("ALLEN & HEATH")."""


@lru_cache(KNOWN_WORDS)
def brand_key(text: str) -> str:
    """Return the letters and digits of a brand, by which two spellings of it are compared.

    Separators are ignored; Cyrillic letters are taken for Latin ones only if all of them could be.
    """
    if text.isascii():
        return "".join(filter(str.isalnum, text.upper()))
    key = "".join(filter(str.isalnum, cleaned(text)))
    return folded(key) if is_look_alike(key) else key


class BrandTable:
    """Spellings of brands; a brand that is not in the table is known by its own key."""

    def __init__(self, spellings: Mapping[str, Iterable[str]] | None = None) -> None:
        """Take the table.

        Args:
            spellings: Canonical brand -> its other spellings (``config/brands.yaml``).

        Raises:
            ValueError: One spelling belongs to two brands.
        """
        self._known: dict[str, str] = {}
        for canonical, others in (spellings or {}).items():
            key = brand_key(canonical)
            for spelling in (canonical, *others):
                found = brand_key(spelling)
                if self._known.setdefault(found, key) != key:
                    raise ValueError(
                        f"'{spelling}' is a spelling of two brands, one of them {canonical}"
                    )

        # A place in a name is looked at only if a brand begins like it.
        self._beginnings = {key[:end] for key in self._known for end in range(1, len(key) + 1)}

    @property
    def fingerprint(self) -> str:
        """Return a text that is another one for another table."""
        return repr(sorted(self._known.items()))

    def canonical(self, brand: str) -> str:
        """Return the key of a brand whatever its spelling; empty for a blank."""
        key = brand_key(brand)
        return self._known.get(key, key)

    def take(self, tokens: Sequence[str], also: Iterable[str] = ()) -> tuple[str, list[str]]:
        """Return the brand that stands in the words of a name, and the other words.

        Args:
            tokens: Of a cleaned name.
            also: Keys of brands that count besides the table's, e.g. of the row's own field.

        Returns:
            The canonical key, empty if no brand or two different ones are found (then the words
            stay); and the words without it.
        """
        extra = {key for key in also if key and key not in self._known}
        found: dict[str, set[int]] = {}
        keys = [brand_key(token) for token in tokens]
        beginnings = self._beginnings
        if extra:
            beginnings = beginnings | {key[:end] for key in extra for end in range(len(key) + 1)}
        for start in [at for at, key in enumerate(keys) if key in beginnings]:
            for length in range(_WORDS, 0, -1):
                key = "".join(keys[start : start + length])
                canonical = self._known.get(key, key)
                if (key in self._known or canonical in extra) and _is_telling(
                    key, tokens[start : start + length]
                ):
                    found.setdefault(canonical, set()).update(range(start, start + length))
                    break
        if len(found) != 1:
            return "", list(tokens)
        [(brand, places)] = found.items()
        return brand, [token for at, token in enumerate(tokens) if at not in places]


def _is_telling(key: str, tokens: Sequence[str]) -> bool:
    """Whether words can be a brand: "K&M" can, the KM of the model "KM 184" cannot."""
    return len(key) > _SHORT or (key != "" and "".join(tokens) != key)

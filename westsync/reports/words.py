"""The Russian words of the reports, which stand in ``config/reports`` and not in the code."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class MissingWords(LookupError):
    """A report needs words that the configuration does not have.

    Attributes:
        key: Dotted key below ``words:``.
    """

    def __init__(self, key: str) -> None:
        """Name the key."""
        self.key = key
        super().__init__(f"there are no words for '{key}'")


class Words:
    """Texts by dotted keys.

    Attributes:
        asked: Keys that were asked for; what a sample of every report never asks is a mistake.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        """Hold the texts; ``{name}`` in one is a place to be filled."""
        self._texts = texts
        self.asked: set[str] = set()

    def say(self, key: str, **values: object) -> str:
        """Return a text with its places filled; values are put in as they are.

        Raises:
            MissingWords: The configuration has no such text.
        """
        self.asked.add(key)
        try:
            text = self._texts[key]
        except KeyError:
            raise MissingWords(key) from None
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", str(value))
        return text

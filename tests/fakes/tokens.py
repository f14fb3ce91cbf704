"""A place for tokens that remembers what was saved, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from westsync.ports import TokenPair


class FakeTokens:
    """Tokens in memory.

    Attributes:
        saved: Every pair that was saved; the last one is what `load` returns.
    """

    def __init__(self, *pairs: TokenPair) -> None:
        """Start with what an earlier run saved."""
        self.saved: list[TokenPair] = list(pairs)

    def load(self) -> TokenPair | None:
        """Return the last pair."""
        return self.saved[-1] if self.saved else None

    def save(self, pair: TokenPair) -> None:
        """Keep a pair."""
        self.saved.append(pair)

"""How the sources of supplier stock stood, in the memory of an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.domain.stock_sources import SourceStates
from westsync.journal.codec import decoder, encode

if TYPE_CHECKING:
    from westsync.journal.port import Store

_KEPT = "stock.sources"

_read = decoder(SourceStates)


def kept_states(store: Store) -> SourceStates | None:
    """Return how the sources stood when this account last looked; None if it never did."""
    text = store.keepsakes.get(_KEPT)
    return _read(text.encode()) if text else None


def keep_states(store: Store, states: SourceStates) -> None:
    """Keep how the sources stand, durably."""
    store.keepsakes.put(_KEPT, encode(states).decode())

"""The answers to a deal's lines in the memory of its account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.domain.availability import DealAnswers
from westsync.journal.codec import decoder, encode

if TYPE_CHECKING:
    from westsync.journal.port import Store

_read = decoder(DealAnswers)


def kept_answers(store: Store, deal: str) -> DealAnswers | None:
    """Return what was last answered to a deal's lines; None if nobody asked."""
    text = store.keepsakes.get(_key(deal))
    return _read(text.encode()) if text else None


def keep_answers(store: Store, deal: str, answers: DealAnswers | None) -> None:
    """Keep the answers durably; None forgets them."""
    store.keepsakes.put(_key(deal), "" if answers is None else encode(answers).decode())


def _key(deal: str) -> str:
    return f"stock.answers:{deal}"

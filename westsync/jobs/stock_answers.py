"""The answers to a deal's lines in the memory of its account."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from westsync.domain.availability import DealAnswers
from westsync.journal.codec import decoder, encode

if TYPE_CHECKING:
    from westsync.journal.port import Store

_ASKED = "stock.asked_at"

_read = decoder(DealAnswers)


def kept_answers(store: Store, deal: str) -> DealAnswers | None:
    """Return what was last answered to a deal's lines; None if nobody asked."""
    text = store.keepsakes.get(_key(deal))
    return _read(text.encode()) if text else None


def keep_answers(store: Store, deal: str, answers: DealAnswers | None) -> None:
    """Keep the answers durably; None forgets them."""
    store.keepsakes.put(_key(deal), "" if answers is None else encode(answers).decode())


def all_asked_at(store: Store) -> datetime | None:
    """Return when it was last found out of every open deal whether it hangs on stock (UTC).

    So old is what is known of a deal that keeps no answers: that none is wanted. None if supplier
    stock was never asked.
    """
    text = store.keepsakes.get(_ASKED)
    return datetime.fromisoformat(text) if text else None


def note_all_asked(store: Store, now: datetime) -> None:
    """Keep the moment at which all open deals were looked at."""
    store.keepsakes.put(_ASKED, now.isoformat())


def _key(deal: str) -> str:
    return f"stock.answers:{deal}"

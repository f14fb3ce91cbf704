"""The facts that tell how a deal is closed: data asked for, letters, answers, claims (P4, P7).

They come from what people wrote and from calls that were held; which words count is configured.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from westsync.rules.fact_setup import (
    CLAIM,
    CONTACT,
    DATA_RECEIVED,
    DATA_REQUEST,
    INVOICE_CONFIRMED,
    INVOICE_LETTER,
    QUALITY,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from westsync.rules.touches import HumanTouch

    Sayings = Callable[[str], Iterable[HumanTouch]]

# Who writes of a claim again so soon writes of the same one.
_CLAIM_GOES_ON = timedelta(days=3)


def written_facts(said: Sayings, entered_invoice_at: datetime | None) -> dict[str, object]:
    """Return what comments alone tell.

    Args:
        said: Gives the comments of people that say something of a word group, oldest first.
        entered_invoice_at: When the deal entered the stage of role ``invoice_sent`` (UTC); None
            if it never did.
    """
    letter = max((touch.at for touch in said(INVOICE_LETTER)), default=None)
    claim = _present_claim(said(CLAIM))
    return {
        "data_requested_at": max((touch.at for touch in said(DATA_REQUEST)), default=None),
        "invoice_letter_at": letter,
        "invoice_sent_at": letter if entered_invoice_at is None else entered_invoice_at,
        "claim_at": None if claim is None else claim.at,
        "claim": None if claim is None else " ".join(claim.text.split()),
    }


def answer_facts(
    said: Sayings, held: Sequence[HumanTouch], known: Mapping[str, object]
) -> dict[str, object]:
    """Return when people answered the client, and heard from him, after something had happened.

    A call that was held answers everything that happened before it; what a comment answers is told
    by its words.

    Args:
        said: As for `written_facts`.
        held: Calls and meetings that took place.
        known: ``client_data_received_at``, ``invoice_sent_at`` and ``delivered_at``; a moment that
            is not there cannot be answered.
    """
    talks = [*held, *said(CONTACT)]
    told = [*talks, *said(DATA_RECEIVED), *said(INVOICE_LETTER)]
    asked = [*talks, *said(QUALITY), *said(CLAIM)]
    return {
        "data_acknowledged_at": _first_since(known.get("client_data_received_at"), told),
        "invoice_confirmed_at": _first_since(
            known.get("invoice_sent_at"), [*held, *said(INVOICE_CONFIRMED)]
        ),
        "quality_call_at": _first_since(known.get("delivered_at"), asked),
    }


def _first_since(moment: object, touches: Iterable[HumanTouch]) -> datetime | None:
    if not isinstance(moment, datetime):
        return None
    return min((touch.at for touch in touches if touch.at > moment), default=None)


def _present_claim(comments: Iterable[HumanTouch]) -> HumanTouch | None:
    """Return the comment that opened the latest claim; those that follow it up open no other."""
    opened: HumanTouch | None = None
    last: HumanTouch | None = None
    for comment in comments:
        if last is None or comment.at - last.at > _CLAIM_GOES_ON:
            opened = comment
        last = comment
    return opened

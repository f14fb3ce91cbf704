"""Whether 1C can be read, for the rules that tell a person when it cannot (1C contract 4.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.domain.intents import ObjectRef
from westsync.domain.ledger_standing import AWAY, NO_ACCESS, REFUSED, LedgerStanding
from westsync.errors import AccessDenied, Unavailable
from westsync.journal.codec import decoder, encode

if TYPE_CHECKING:
    from datetime import datetime

    from westsync.errors import ConnectorError
    from westsync.journal.port import Store

LEDGER = ObjectRef(kind="ledger", id="onec")
_KEPT = "onec.standing"
_LONGEST_DETAIL = 500

_read = decoder(LedgerStanding)


def kept_standing(store: Store) -> LedgerStanding:
    """Return how 1C stood when it was asked last."""
    text = store.keepsakes.get(_KEPT)
    return _read(text.encode()) if text else LedgerStanding()


def keep_trouble(store: Store, cause: ConnectorError, now: datetime) -> None:
    """Keep that 1C could not be read, and have the rules look at it, each time it happens.

    Args:
        store: The account's memory.
        cause: What came instead of an answer.
        now: Present (UTC).
    """
    match cause:
        case AccessDenied():
            state = NO_ACCESS
        case Unavailable():
            state = AWAY
        case _:
            state = REFUSED
    before = kept_standing(store)
    since = before.since if before.state == state else now
    _keep(store, LedgerStanding(state=state, detail=str(cause)[:_LONGEST_DETAIL], since=since), now)


def keep_recovery(store: Store, now: datetime) -> None:
    """Keep that 1C answers; the same again writes nothing."""
    fine = LedgerStanding()
    if kept_standing(store) != fine:
        _keep(store, fine, now)


def _keep(store: Store, standing: LedgerStanding, now: datetime) -> None:
    with store.transaction():  # what is kept and not marked no rule would ever look at
        store.keepsakes.put(_KEPT, encode(standing).decode())
        store.mirror.dirty.mark([LEDGER], now)

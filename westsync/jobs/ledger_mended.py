"""Dead letters of invoices that a person has settled in 1C since (1C contract 8.2, NEEDS_HUMAN)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.domain.actions import ACTION_NAMES, PostInvoice
from westsync.domain.ledger import LedgerRef
from westsync.journal.audit import DAEMON
from westsync.journal.entries import IntentState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from westsync.journal.entries import Entry
    from westsync.journal.port import Store

_POSTING = ACTION_NAMES[PostInvoice]


def retry_posted(store: Store, now: datetime) -> None:
    """Have postings that 1C refused looked up again where the mirror shows them posted.

    The look-up, which comes before every posting, then finds them done.

    Args:
        store: One account's.
        now: The present (aware).
    """
    for entry in tuple(_stuck(store)):
        if isinstance(entry.payload, PostInvoice) and _is_posted(store, entry.payload):
            store.outbox.retry(entry.key, by=DAEMON, now=now)


def _stuck(store: Store) -> Iterator[Entry]:
    for state in (IntentState.FAILED, IntentState.HELD):
        after = 0
        while batch := store.outbox.in_state(state, after=after):
            yield from (entry for entry in batch if entry.action == _POSTING)
            after = batch[-1].number


def _is_posted(store: Store, posting: PostInvoice) -> bool:
    made = store.outbox.entry(posting.invoice)
    invoice = None if made is None or not made.ref else store.ledger.invoice(LedgerRef(made.ref))
    return invoice is not None and invoice.posted

"""Who waits for shipping papers now, so that 1C is asked for them every few minutes (P6.1).

Shipments are otherwise read once an hour (1C contract 4.11). A deal waits if a rule that reads its
papers has an episode that counts already, or will within two hours, and 1C has not shown them all.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from westsync.jobs.ledger_book import ledger_seen
from westsync.rules.ledger_papers import PAPER_FACTS, incomplete, paper_facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    from westsync.journal.port import Store
    from westsync.rules.ledger_picture import LedgerSeen
    from westsync.rules.model import Rule

_AHEAD = timedelta(hours=2)


class AwaitedPapers:
    """The deals of one account that wait for their papers."""

    def __init__(self, store: Store, rules: Iterable[Rule] = ()) -> None:
        """Bind the memory and find the rules that read papers; without any, nobody waits."""
        self._store = store
        self._rules = tuple(
            rule.id
            for rule in rules
            if rule.kind == "deal" and not PAPER_FACTS.isdisjoint(rule.reads)
        )

    def back_to(self, now: datetime) -> date | None:
        """Return from which date on papers are awaited; None if no deal waits for any.

        A shipment whose Счёт-фактура is missing counts from its own date: its papers become whole
        only when it is read together with what was issued for it.

        Args:
            now: The present (aware).
        """
        return min((day for seen in self._waiting(now) for day in _dates(seen, now)), default=None)

    def _waiting(self, now: datetime) -> Iterator[LedgerSeen]:
        open_ = self._store.episodes.open_of(self._rules)
        counting = {obj for obj, episode in open_ if episode.started_at <= now + _AHEAD}
        for obj in counting:
            deal = self._store.mirror.deal(obj.id)
            if deal is not None:
                seen = ledger_seen(self._store, deal)
                if paper_facts(seen)["documents_ready"] is False:
                    yield seen


def _dates(seen: LedgerSeen, now: datetime) -> Iterator[date]:
    yield now.date()
    for invoice in seen.invoices:
        yield from (shipment.dated for shipment in incomplete(invoice.shipments))

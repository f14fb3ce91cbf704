"""Between observing and deciding: sources of supplier stock whose standing changed are decided.

What is kept in the stock file all accounts share; what a rule made of it belongs to one account.
So each account keeps how the sources stood when it last looked, and marks those that changed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from westsync.domain.intents import ObjectRef
from westsync.domain.stock import Verdict
from westsync.domain.stock_sources import FINE, OFF, TROUBLES, SourceState, SourceStates
from westsync.jobs.stock_standing import Trouble, standing
from westsync.jobs.stock_states import keep_states, kept_states

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from westsync.jobs.availability import Inquiry
    from westsync.jobs.company import Company
    from westsync.jobs.stock_standing import Standing
    from westsync.journal.port import Store
    from westsync.journal.stock import StockStore
    from westsync.journal.stock_snapshots import Snapshot
    from westsync.ports.stock import StockSource

STOCK_SOURCE = "stock_source"
_LONGEST_DETAIL = 500
# The age of what is known need not be exact: each writing is a wait for the disk.
_EXACT = timedelta(minutes=5)


class SourceWatch:
    """Looks at the sources for the rules that watch them."""

    def __init__(self, stock: StockStore, sources: Iterable[StockSource], zone: ZoneInfo) -> None:
        """Take what is looked at.

        Args:
            stock: The stock memory.
            sources: All of the configuration.
            zone: Of the office.
        """
        self._stock = stock
        self._sources = tuple(sources)
        self._zone = zone

    def run(self, store: Store, company: Company, now: datetime) -> int:
        """Keep how the sources stand, mark those that changed; return how many did.

        Args:
            store: The account's memory.
            company: After a change of its rules every source is decided again.
            now: Present (UTC).
        """
        if not any(rule.kind == STOCK_SOURCE for rule in company.ruleset.rules):
            return 0
        before = kept_states(store)
        states = tuple(self._states(before, now))
        same_rules = before is not None and before.version == company.version
        known = frozenset(before.sources if before is not None and same_rules else ())
        changed = [ObjectRef(kind=STOCK_SOURCE, id=one.id) for one in states if one not in known]
        if before is not None and not changed and now - before.seen_at < _EXACT:
            return 0
        with store.transaction():
            store.mirror.dirty.mark(changed, now)
        keep_states(store, SourceStates(seen_at=now, version=company.version, sources=states))
        return len(changed)

    def _states(self, before: SourceStates | None, now: datetime) -> Iterator[SourceState]:
        here = {str(source.id) for source in self._sources}
        for source in self._sources:
            former = before.of(source.id) if before is not None else None
            found = standing(self._stock, source, self._zone, now)
            yield self._state(found, former, now)
        for gone in before.sources if before is not None else ():
            if gone.id not in here:
                yield SourceState(id=gone.id, name=gone.name, state=OFF)

    def _state(self, found: Standing, former: SourceState | None, now: datetime) -> SourceState:
        source, trouble = found.source, found.trouble
        data_at = found.current.as_of if found.current is not None else None
        calm = SourceState(id=source.id, name=source.title, state=FINE, data_at=data_at)
        if not source.enabled:
            return replace(calm, state=OFF)
        if trouble is None:
            return calm
        troubled = former is not None and former.state in TROUBLES
        return replace(
            calm,
            state=trouble.value,
            reasons=tuple(self._reasons(found)),
            detail=found.detail[:_LONGEST_DETAIL],
            since=former.since if former is not None and troubled else now,
        )

    def _reasons(self, found: Standing) -> Iterator[str]:
        """Yield the codes of what was found in the file that waits or was refused."""
        blamed: Snapshot | None = None
        if found.trouble is Trouble.HELD:
            blamed = found.waiting
        elif found.trouble is Trouble.REJECTED:
            blamed = self._stock.snapshots.newest(found.source.id)
        for finding in blamed.findings if blamed is not None else ():
            if finding.verdict is not Verdict.ACCEPTED:  # else it is only a warning
                yield finding.code


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierStock:
    """What the cycles of every account ask of the stock memory.

    Attributes:
        inquiry: Answers the lines of deals.
        watch: Tells how the sources stand.
    """

    inquiry: Inquiry
    watch: SourceWatch

    def run(
        self, store: Store, company: Company, now: datetime, progress: Callable[[], None]
    ) -> None:
        """Look at the sources, then ask about the deals.

        Args:
            store: The account's memory; what changed is kept there and marked.
            company: Its rules.
            now: Present (UTC).
            progress: Called for each deal.
        """
        self.watch.run(store, company, now)
        self.inquiry.run(store, company, now, progress)

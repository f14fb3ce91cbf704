"""Between observing and deciding: suppliers' answers to the lines of deals that hang on them.

Only what lies in the local stock memory is asked, so a cycle never waits for a supplier. What only
a portal can tell, the stock thread asks beside, and for a while the deal waits for it. A deal is
asked about when a rule could fire but for its answers; it is decided again when they change.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from westsync.domain.availability import DealAnswers, Hurdle
from westsync.domain.facts import Group, Unknown
from westsync.domain.intents import ObjectRef
from westsync.domain.matching.answers import Certainty
from westsync.jobs.facts import FactBook
from westsync.jobs.line_answers import line_answer
from westsync.jobs.stock_answers import keep_answers, kept_answers, note_all_asked
from westsync.jobs.stock_standing import is_stale
from westsync.rules.stock_facts import STOCK_FACTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from westsync.domain.availability import LineAnswer
    from westsync.jobs.company import Company
    from westsync.jobs.portal_questions import PortalQuestions
    from westsync.jobs.stock_lookup import StockLookup
    from westsync.jobs.stock_suppliers import SupplierBook
    from westsync.journal.port import Store
    from westsync.journal.stock import StockStore
    from westsync.ports.stock import StockSource

_VERSION = "stock.version"
_EVERYTHING = 1_000_000
# A portal is asked within seconds, many questions within minutes; then what is known is told.
_PATIENCE = timedelta(minutes=15)

log = structlog.get_logger()


class Inquiry:
    """Asks the stock memory about the deals of one account."""

    def __init__(
        self,
        stock: StockStore,
        sources: Iterable[StockSource],
        book: SupplierBook,
        lookup: StockLookup,
        questions: PortalQuestions | None = None,
    ) -> None:
        """Take who answers.

        Args:
            stock: The stock memory, for what is current.
            sources: Enabled and other ones.
            book: Tells the suppliers of a line.
            lookup: Answers single questions.
            questions: Where `lookup` leaves what only portals can answer; None: nobody asks them.
        """
        self._stock = stock
        self._sources = tuple(source for source in sources if source.enabled)
        self._book = book
        self._lookup = lookup
        self._questions = questions

    def run(
        self, store: Store, company: Company, now: datetime, progress: Callable[[], None]
    ) -> int:
        """Ask about every deal that needs it; return how many answers changed.

        Deals that changed are looked at each time, all open ones when the stock did and once an
        hour, so that the age of an answer stays known.

        Args:
            store: The account's memory; answers are kept there, and their deals marked.
            company: The rules say which deals hang on stock.
            now: Present (UTC).
            progress: Called for each deal.
        """
        rules = [
            rule
            for rule in company.ruleset.rules
            if any(Group.STOCK in groups for groups in rule.reads.values())
        ]
        if not rules:
            return 0
        book = FactBook(store, company)
        version = self._version(company, now)
        is_new = store.keepsakes.get(_VERSION) != version
        changed = 0
        for deal in _open_deals(store) if is_new else _changed_deals(store):
            ref = ObjectRef(kind="deal", id=deal)
            facts = book.facts(ref, now, now)
            values: Mapping[str, object] = {} if facts is None else facts.values
            blind = {**values, **dict.fromkeys(STOCK_FACTS, Unknown("not asked yet"))}
            hangs = facts is not None and any(
                rule.kind == "deal" and rule.when.test(blind, now) is not False for rule in rules
            )
            changed += self._ask(store, ref, now) if hangs else _forget(store, deal)
            progress()
        if is_new:
            store.keepsakes.put(_VERSION, version)
            note_all_asked(store, now)
        return changed

    def _version(self, company: Company, now: datetime) -> str:
        """Return what answers hang on: the configuration, snapshots, their staleness, the hour."""
        parts = [f"{now:%Y%m%d%H}", company.version, self._book.version]
        if self._questions is not None:
            parts.append(self._questions.version(now))
        for source in self._sources:
            current = self._stock.snapshots.current(source.id)
            if current is not None:
                mark = "!" if is_stale(source, current, now) else ""
                parts.append(f"{source.id}@{source.revision}#{current.id}{mark}")
        return ";".join(parts)

    def _ask(self, store: Store, ref: ObjectRef, now: datetime) -> int:
        deal = store.mirror.deal(ref.id)
        if deal is None:
            return 0
        lines = tuple(line_answer(line, self._book, self._lookup) for line in deal.lines)
        before = kept_answers(store, ref.id)
        waiting_since = self._waiting_since(lines, before, now)
        if waiting_since is not None and now - waiting_since < _PATIENCE:
            waits = before or DealAnswers(lines=(), at=now, asked_at=now)
            waits = replace(waits, asked_at=now, waiting_since=waiting_since)
            keep_answers(store, ref.id, waits)
            return 0
        same = before is not None and before.is_told and before.says_the_same(lines)
        at = before.at if before is not None and same else now
        given = DealAnswers(lines=lines, at=at, asked_at=now, waiting_since=waiting_since)
        keep_answers(store, ref.id, given)
        if same:
            return 0
        with store.transaction():
            store.mirror.dirty.mark([ref], now)
        log.info("stock.answered", deal=ref.id, lines=len(lines))
        return 1

    def _waiting_since(
        self, lines: tuple[LineAnswer, ...], before: DealAnswers | None, now: datetime
    ) -> datetime | None:
        """Return since when the deal waits for portals; None if it does not.

        A program that asks no portals (a preview) leaves a deal waiting that waits already.
        """
        known = None if before is None else before.waiting_since
        if self._questions is None:
            return known if any(line.verdict == Certainty.UNKNOWN for line in lines) else None
        if any(line.hurdle == Hurdle.WAITING for line in lines):
            return known or now
        return None


def _forget(store: Store, deal: str) -> int:
    """Forget answers that nobody waits for, so that a return to the stage asks anew."""
    if kept_answers(store, deal) is not None:
        keep_answers(store, deal, None)
    return 0


def _changed_deals(store: Store) -> Iterator[str]:
    yield from (obj.id for obj in store.mirror.dirty.objects(_EVERYTHING) if obj.kind == "deal")


def _open_deals(store: Store) -> Iterator[str]:
    after = ""
    while batch := store.mirror.open_deals(after):
        yield from batch
        after = batch[-1]

"""Between observing and deciding: suppliers' answers to the lines of deals that hang on them.

Only what lies in the local stock memory is asked, so a cycle never waits for a supplier. A deal is
asked about when a rule could fire but for its answers; it is decided again when they change.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING

import structlog

from westsync.domain.availability import DealAnswers, LineAnswer
from westsync.domain.facts import Group, Unknown
from westsync.domain.intents import ObjectRef
from westsync.domain.matching.answers import Certainty
from westsync.domain.matching.questions import Question
from westsync.domain.stock import PriceRole
from westsync.jobs.facts import FactBook
from westsync.jobs.stock_answers import keep_answers, kept_answers
from westsync.jobs.stock_standing import is_stale
from westsync.rules.stock_facts import STOCK_FACTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from westsync.domain.records import Line
    from westsync.domain.stock import Offer, StockAnswer
    from westsync.jobs.company import Company
    from westsync.jobs.stock_lookup import SourceAnswer, StockLookup
    from westsync.journal.port import Store
    from westsync.journal.stock import StockStore
    from westsync.ports.stock import StockSource, SupplierContact

_VERSION = "stock.version"
_EVERYTHING = 1_000_000
_ROUBLES = "RUB"
# What we pay comes before what the supplier recommends to ask.
_PRICES = (
    PriceRole.DEALER,
    PriceRole.SPECIAL,
    PriceRole.WHOLESALE,
    PriceRole.MRP,
    PriceRole.RRP,
)

log = structlog.get_logger()


class Inquiry:
    """Asks the stock memory about the deals of one account."""

    def __init__(
        self, stock: StockStore, sources: Iterable[StockSource], lookup: StockLookup
    ) -> None:
        """Take who answers.

        Args:
            stock: The stock memory, for what is current.
            sources: Enabled and other ones.
            lookup: Answers single questions.
        """
        self._stock = stock
        self._sources = tuple(source for source in sources if source.enabled)
        self._lookup = lookup

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
        version = self._version(now)
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
        return changed

    def _version(self, now: datetime) -> str:
        """Return what answers hang on: snapshots, their staleness, and the hour."""
        parts = [f"{now:%Y%m%d%H}"]
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
        lines = tuple(self._answer(line) for line in deal.lines)
        before = kept_answers(store, ref.id)
        same = before is not None and before.says_the_same(lines)
        at = before.at if before is not None and same else now
        keep_answers(store, ref.id, DealAnswers(lines=lines, at=at, asked_at=now))
        if same:
            return 0
        with store.transaction():
            store.mirror.dirty.mark([ref], now)
        log.info("stock.answered", deal=ref.id, lines=len(lines))
        return 1

    def _answer(self, line: Line) -> LineAnswer:
        wanted = line.quantity or Decimal(1)
        need = int(wanted.to_integral_value(ROUND_CEILING))
        article = line.article or ""
        question = Question(
            article=article, name=line.name, need=max(need, 1), our_key=article or line.name
        )
        blank = LineAnswer(
            name=line.name,
            article=article,
            need=question.need,
            verdict=Certainty.UNKNOWN,
            decision="ask",
            reason="no supplier is connected",
        )
        given = self._lookup.ask(question)
        return _of_source(blank, _best(given)) if given else blank


def _best(given: tuple[SourceAnswer, ...]) -> SourceAnswer:
    """Return the most useful answer; who lacks an article says nothing if another one has it."""
    telling = [one for one in given if one.certainty is not Certainty.ABSENT]
    return telling[0] if telling else given[0]


def _of_source(blank: LineAnswer, best: SourceAnswer) -> LineAnswer:
    answer, source = best.answer, best.source
    said = answer.availability
    expected = said.eta_to or said.eta_from
    return LineAnswer(
        name=blank.name,
        article=blank.article,
        need=blank.need,
        verdict=best.certainty.value,
        decision=answer.decision.value,
        quantity=said.qty_min,
        price=_price(answer),
        supplier=source.title or str(source.id),
        as_of=answer.as_of or answer.fetched_at,
        expected=expected.isoformat() if expected is not None else "",
        contact=_contact(source.contact),
        candidates=tuple(map(_row, answer.candidates)),
        reason=answer.reason,
    )


def _price(answer: StockAnswer) -> Decimal | None:
    for role in _PRICES:
        price = answer.prices.get(role)
        if price is not None and price.currency == _ROUBLES:
            return price.amount
    return None


def _contact(who: SupplierContact) -> str:
    parts = (who.name, who.phone, who.email, who.messenger, who.hours)
    return ", ".join(part for part in parts if part)


def _row(row: Offer) -> str:
    code = row.vendor_code or row.supplier_code
    return f"{code} {row.brand} {row.name}".strip().replace("  ", " ")


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

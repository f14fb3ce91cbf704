"""The answer to one line of a deal, made of what its suppliers' sources say."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING

from westsync.domain.availability import LineAnswer
from westsync.domain.matching.answers import Certainty
from westsync.domain.matching.questions import Question
from westsync.domain.stock import PriceRole, StockDecision
from westsync.jobs.stock_suppliers import ChosenBy

if TYPE_CHECKING:
    from westsync.domain.records import Line
    from westsync.domain.stock import Offer, StockAnswer
    from westsync.jobs.stock_lookup import SourceAnswer, StockLookup
    from westsync.jobs.stock_suppliers import Carriers, SupplierBook
    from westsync.ports.stock import SupplierContact

_ROUBLES = "RUB"
# A client may be told the first, never the second (suppliers contract 7.2).
_RETAIL = (PriceRole.RRP, PriceRole.MRP)
_PURCHASE = (PriceRole.DEALER, PriceRole.SPECIAL, PriceRole.WHOLESALE)
_TELLING = frozenset({Certainty.EXACT, Certainty.LIKELY, Certainty.AMBIGUOUS})


def question_of(line: Line) -> Question:
    """Return what is asked about a line; without a quantity one piece is wanted."""
    wanted = line.quantity or Decimal(1)
    need = int(wanted.to_integral_value(ROUND_CEILING))
    article = line.article or ""
    return Question(
        article=article, name=line.name, need=max(need, 1), our_key=article or line.name
    )


def line_answer(line: Line, book: SupplierBook, lookup: StockLookup) -> LineAnswer:
    """Ask the suppliers of a line and return the most useful answer."""
    question, carriers = question_of(line), book.carriers(line)
    given = lookup.ask(question, carriers.ids)
    if not given:
        return LineAnswer(
            name=line.name,
            article=question.article,
            need=question.need,
            verdict=Certainty.UNKNOWN,
            decision=StockDecision.ASK,
            chosen_by=carriers.by,
            supplier=carriers.named,
            contact=_contact(carriers.contact),
            reason="no supplier is connected",
        )
    best = _best(given)
    hurdle = next((one.hurdle.value for one in given if one.hurdle is not None), "")
    is_another = carriers.by is ChosenBy.SEARCH or carriers.named
    if is_another and best.certainty not in _TELLING:
        return replace(_of_nobody(question, carriers, best), hurdle=hurdle)
    is_settled = best.certainty is Certainty.EXACT and best.answer.decision is not StockDecision.ASK
    return replace(_of_source(question, carriers, best), hurdle="" if is_settled else hurdle)


def _best(given: tuple[SourceAnswer, ...]) -> SourceAnswer:
    """Return the most useful answer; who lacks an article says nothing if another one has it."""
    telling = [one for one in given if one.certainty is not Certainty.ABSENT]
    return telling[0] if telling else given[0]


def _of_nobody(question: Question, carriers: Carriers, best: SourceAnswer) -> LineAnswer:
    """Return what asking others without a find says: none of them is the supplier."""
    return LineAnswer(
        name=question.name,
        article=question.article,
        need=question.need,
        verdict=best.certainty,
        decision=best.answer.decision,
        chosen_by=carriers.by,
        supplier=carriers.named,
        contact=_contact(carriers.contact),
        as_of=best.answer.as_of or best.answer.fetched_at,
        candidates=tuple(map(_row, best.answer.candidates)),
        reason=best.answer.reason,
    )


def _of_source(question: Question, carriers: Carriers, best: SourceAnswer) -> LineAnswer:
    answer, source = best.answer, best.source
    said = answer.availability
    expected = said.eta_to or said.eta_from
    return LineAnswer(
        name=question.name,
        article=question.article,
        need=question.need,
        verdict=best.certainty,
        decision=answer.decision,
        quantity=said.qty_min,
        price=_price(answer, _RETAIL),
        purchase_price=_price(answer, _PURCHASE),
        supplier=source.title or str(source.id),
        chosen_by=carriers.by,
        supplier_id=source.supplier or str(source.id),
        mail_to=source.contact.email,
        as_of=answer.as_of or answer.fetched_at,
        expected=expected.isoformat() if expected is not None else "",
        contact=_contact(source.contact),
        candidates=tuple(map(_row, answer.candidates)),
        reason=answer.reason,
    )


def _price(answer: StockAnswer, roles: tuple[PriceRole, ...]) -> Decimal | None:
    for role in roles:
        price = answer.prices.get(role)
        if price is not None and price.currency == _ROUBLES:
            return price.amount
    return None


def _contact(who: SupplierContact | None) -> str:
    if who is None:
        return ""
    parts = (who.name, who.phone, who.email, who.messenger, who.hours)
    return ", ".join(part for part in parts if part)


def _row(row: Offer) -> str:
    code = row.vendor_code or row.supplier_code
    return f"{code} {row.brand} {row.name}".strip().replace("  ", " ")

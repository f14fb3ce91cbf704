"""Promises of answers: nobody is promised what is not there (suppliers contract 2)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.unit.domain.matching.lists import an_offer, pieces
from westsync.domain.matching.answers import Certainty, Origin, answer, certainty, not_read
from westsync.domain.matching.questions import Match
from westsync.domain.stock import Availability, MatchLevel, StockDecision, StockStatus

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
FRESH = Origin(ref="lira #1", as_of=NOW, fetched_at=NOW)
STALE = Origin(ref="lira #1", as_of=NOW, fetched_at=NOW, stale=True)

YES, NO, PARTIAL, EXPECTED, ASK = (
    StockDecision.YES,
    StockDecision.NO,
    StockDecision.PARTIAL,
    StockDecision.EXPECTED,
    StockDecision.ASK,
)


def said(status: StockStatus, least: int | None = 0, most: int | None = 0) -> Availability:
    return Availability(status=status, qty_min=least, qty_max=most)


@pytest.mark.parametrize(
    ("availability", "need", "decision"),
    [
        (pieces(5), 5, YES),
        (pieces(5), 6, PARTIAL),
        (pieces(0), 1, NO),
        (said(StockStatus.IN_STOCK, 1, None), 1, YES),  # "есть"
        (said(StockStatus.IN_STOCK, 1, None), 2, ASK),
        (said(StockStatus.IN_STOCK, 11, None), 11, YES),  # "> 10"
        (said(StockStatus.IN_STOCK, 11, None), 12, ASK),
        (said(StockStatus.IN_STOCK, 1, 5), 3, ASK),  # "1-5"
        (said(StockStatus.IN_STOCK, 1, 5), 6, PARTIAL),
        (said(StockStatus.LOW, 1, 4), 1, YES),  # "<5"
        (said(StockStatus.LOW, 0, 1), 1, ASK),
        (said(StockStatus.RESERVED), 1, NO),
        (said(StockStatus.EXPECTED), 1, EXPECTED),
        (said(StockStatus.ON_ORDER), 1, EXPECTED),
        (said(StockStatus.DISCONTINUED, None, None), 1, ASK),
        (said(StockStatus.ASK, None, None), 1, ASK),
        (said(StockStatus.UNKNOWN, None, None), 1, ASK),
    ],
)
def test_a_certain_article_is_answered_by_what_the_supplier_says(
    availability: Availability, need: int, decision: StockDecision
) -> None:
    match = Match(level=MatchLevel.ARTICLE, offer=an_offer(availability=availability))

    assert answer(match, need, FRESH).decision is decision


@pytest.mark.parametrize("level", [level for level in MatchLevel if level is not MatchLevel.NONE])
def test_old_data_promise_nothing(level: MatchLevel) -> None:
    given = answer(Match(level=level, offer=an_offer()), 1, STALE)

    assert given.decision is ASK
    assert certainty(given) is Certainty.UNKNOWN
    assert "too old" in given.reason


@pytest.mark.parametrize(
    ("level", "decision", "sure"),
    [
        (MatchLevel.LINK, YES, Certainty.EXACT),
        (MatchLevel.ARTICLE, YES, Certainty.EXACT),
        (MatchLevel.BARCODE, YES, Certainty.EXACT),
        (MatchLevel.ARTICLE_LOOSE, YES, Certainty.EXACT),
        (MatchLevel.NAME, ASK, Certainty.LIKELY),
    ],
)
def test_only_what_is_certain_acts_alone(
    level: MatchLevel, decision: StockDecision, sure: Certainty
) -> None:
    given = answer(Match(level=level, offer=an_offer()), 1, FRESH)

    assert (given.decision, certainty(given)) == (decision, sure)


def test_a_name_acts_where_the_profile_lets_it() -> None:
    origin = Origin(as_of=NOW, fetched_at=NOW, name_acts=True)

    given = answer(Match(level=MatchLevel.NAME, offer=an_offer()), 1, origin)

    assert (given.decision, certainty(given)) == (YES, Certainty.EXACT)


def test_several_candidates_are_shown_and_asked_about() -> None:
    rows = (an_offer(), an_offer())

    given = answer(Match(level=MatchLevel.AMBIGUOUS, candidates=rows), 1, FRESH)

    assert (given.decision, given.candidates) == (ASK, rows)
    assert certainty(given) is Certainty.AMBIGUOUS


@pytest.mark.parametrize(
    ("gone", "full_list", "decision"),
    [(True, True, NO), (True, False, ASK), (False, True, ASK), (False, False, ASK)],
)
def test_absence_is_told_only_if_a_full_list_lost_the_row(
    gone: bool, full_list: bool, decision: StockDecision
) -> None:
    origin = Origin(as_of=NOW, fetched_at=NOW, absence_is_out=full_list)

    given = answer(Match(level=MatchLevel.NONE, gone=gone), 1, origin)

    assert (given.decision, certainty(given)) == (decision, Certainty.ABSENT)


def test_a_source_that_was_never_read_knows_nothing() -> None:
    given = not_read("lira", "there are no data yet")

    assert (given.decision, certainty(given)) == (ASK, Certainty.UNKNOWN)


def test_an_answer_names_its_source_row_and_age() -> None:
    offer = an_offer(row_no=17)

    given = answer(Match(level=MatchLevel.ARTICLE, offer=offer), 1, FRESH)

    assert (given.source_ref, given.as_of) == ("lira #1 row 17", NOW)

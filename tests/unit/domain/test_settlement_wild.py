"""Money as payers really send it: no wrong match at all, and few that a person must place."""

from __future__ import annotations

from collections import defaultdict
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.unit.domain.settling import settle_all
from tests.unit.domain.wild_payments import Market
from westsync.domain.settlement.candidates import candidates
from westsync.domain.settlement.values import Terms, bill_of

if TYPE_CHECKING:
    from decimal import Decimal

    from westsync.domain.ledger import LedgerRef

COUNT = 400


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("by_amount", [False, True])
def test_no_match_is_wrong_most_are_made_and_the_rest_are_shown_to_a_person(
    seed: int, by_amount: bool
) -> None:
    market = Market(Random(seed))
    payments = market.payments(COUNT)
    bills = [bill_of(invoice) for invoice in market.invoices]

    found = settle_all(bills, [one.payment for one in payments], Terms(match_by_amount=by_amount))

    shares: dict[LedgerRef, dict[LedgerRef, Decimal]] = defaultdict(dict)
    for share in found.shares:
        shares[share.payment][share.invoice] = share.amount
    placed = [one for one in payments if one.payment.ref in shares]
    wrong = [one for one in placed if shares[one.payment.ref] != one.shares]
    assert [(one.style, one.payment.purpose) for one in wrong] == []

    matchable = [one for one in payments if one.is_matchable]
    matched = [one for one in matchable if one.payment.ref in shares]
    assert len(matchable) > COUNT / 2
    assert len(matched) >= 0.85 * len(matchable)

    remaining = {ref: state.remaining for ref, state in found.states.items()}
    asked = {question.payment.ref: question for question in found.questions}
    assert asked.keys() | shares.keys() == {one.payment.ref for one in payments}
    for one in payments:
        if one.payment.ref in asked and one.meant is not None:
            shown = candidates(asked[one.payment.ref], bills, remaining)
            assert one.meant in {candidate.invoice for candidate in shown}, one

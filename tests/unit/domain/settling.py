"""The money of all parties placed at once, as a look at a whole small ledger."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from westsync.domain.settlement.book import settle
from westsync.domain.settlement.values import Settlement, party_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from westsync.domain.ledger import Payment
    from westsync.domain.settlement.values import Bill, Terms


def settle_all(bills: Sequence[Bill], payments: Sequence[Payment], terms: Terms) -> Settlement:
    """Place the money of all parties; for a whole look at a small ledger."""
    by_party: dict[str, list[Bill]] = defaultdict(list)
    parties = {party_of(payment.inn, payment.counterparty) for payment in payments}
    for bill in bills:
        by_party[bill.party].append(bill)
    found = []
    for party in sorted(parties | by_party.keys()):
        own = {bill.ref for bill in by_party[party]}
        concerned = [
            payment
            for payment in payments
            if party_of(payment.inn, payment.counterparty) == party
            or any(row.invoice in own for row in payment.rows)
        ]
        found.append(settle(party, by_party[party], concerned, terms, witnesses=payments))
    return Settlement(
        states={ref: state for one in found for ref, state in one.states.items()},
        shares=tuple(share for one in found for share in one.shares),
        questions=tuple(question for one in found for question in one.questions),
        same_money={row: document for one in found for row, document in one.same_money.items()},
    )

"""What explain and closing notes say of a condition."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.unit.rules.company import FORMATTER, a_rule, deal, msk
from westsync.domain.facts import Group, Unknown
from westsync.rules.traces import age_word, condition_lines, proof_of, verdict_word

NOON = msk("2026-11-24 12:00")
RULE = a_rule(
    when="[ { stage: [new, offer] }, { any: [ { price: { gt: 3 } }, { city: Тула } ] },"
    " { first_touch_at: { empty: true } }, { paid_total: { gt: 0 } } ]"
)


def test_each_leaf_is_told_with_mark_value_source_age_and_note() -> None:
    seen = deal(
        NOON,
        ages={Group.DEAL: NOON - timedelta(seconds=40), Group.HISTORY: NOON - timedelta(hours=2)},
        stage="new",
        price=Decimal(4),
        paid_total=Unknown("onec is not connected"),
    )
    seen = replace(
        seen,
        notes={"first_touch_at": "2 by trigger not counted"},
        as_of={group: at for group, at in seen.as_of.items() if group is not Group.ONEC},
    )

    lines = list(condition_lines(RULE.when, seen, NOON, FORMATTER))

    assert [" ".join(line.split()) for line in lines] == [
        "ok stage in [new, offer] = new megaplan, 40s ago",
        "ok any of",
        "ok price gt 3 = 4,00 ₽ megaplan, 40s ago",
        "no city = Тула = - megaplan, 40s ago",
        "ok first_touch_at empty = - megaplan, 2h ago (2 by trigger not counted)",
        "?? paid_total gt 0 = ? (onec is not connected) onec",
    ]


def test_the_proof_names_what_no_longer_holds_in_the_words_of_the_company() -> None:
    seen = deal(NOON, stage="won", first_touch_at=NOON, price=Decimal(4), paid_total=Decimal(1))

    proof = proof_of(RULE.when, seen, NOON, FORMATTER)

    assert proof == "этап: won; город: -; first_touch_at: 24.11.2026 12:00"


@pytest.mark.parametrize(("verdict", "word"), [(True, "TRUE"), (False, "FALSE"), (None, "UNKNOWN")])
def test_a_verdict_is_told_in_one_word(verdict: bool | None, word: str) -> None:
    assert verdict_word(verdict) == word


@pytest.mark.parametrize(
    ("age", "word"),
    [
        (timedelta(seconds=-3), "0s"),
        (timedelta(seconds=59), "59s"),
        (timedelta(seconds=60), "1m"),
        (timedelta(hours=1), "1h"),
        (timedelta(days=2, hours=5), "2d"),
    ],
)
def test_an_age_is_told_in_its_largest_unit(age: timedelta, word: str) -> None:
    assert age_word(NOON, NOON - age) == word

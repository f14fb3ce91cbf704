"""Laws of matching on invented lists whose articles have near siblings (suppliers contract 8.1)."""

from __future__ import annotations

import random

import pytest

from benchmarks.goods import BRANDS, offer, question, things
from westsync.domain.matching.matcher import Matcher
from westsync.domain.matching.questions import MatchPolicy, Question
from westsync.domain.matching.shelf import Shelf

SEEDS = [11, 12, 13]
SIZE = 600


@pytest.mark.parametrize("seed", SEEDS)
def test_an_article_that_is_not_in_the_list_is_never_taken_for_a_sibling(seed: int) -> None:
    rows = [offer(at, thing) for at, thing in enumerate(things(SIZE, seed))]
    absent, listed = rows[::3], [row for at, row in enumerate(rows) if at % 3]
    matcher = Matcher(Shelf(listed, BRANDS), MatchPolicy(), BRANDS)

    accepted = [
        row.name
        for row in absent
        for wanted in (
            Question(name=row.name),
            Question(article=row.vendor_code, name=row.name, brand=row.brand),
        )
        if matcher.match(wanted).offer is not None
    ]

    assert accepted == []


@pytest.mark.parametrize("seed", SEEDS)
def test_an_article_that_is_in_the_list_is_found_by_its_name_or_asked_about(seed: int) -> None:
    rows = [offer(at, thing) for at, thing in enumerate(things(SIZE, seed))]
    matcher = Matcher(Shelf(rows, BRANDS), MatchPolicy(), BRANDS)

    found = [(row.row_no, matcher.match(Question(name=row.name)).offer) for row in rows]

    assert [at for at, hit in found if hit is not None and hit.row_no != at] == []
    assert sum(hit is not None for _, hit in found) > SIZE * 0.9


@pytest.mark.parametrize("seed", SEEDS)
def test_a_name_in_other_words_rarely_finds_another_article(seed: int) -> None:
    draw = random.Random(seed)
    drawn = list(things(SIZE, seed))
    matcher = Matcher(
        Shelf((offer(at, thing) for at, thing in enumerate(drawn)), BRANDS), MatchPolicy(), BRANDS
    )

    found = [(at, matcher.match(question(thing, draw)).offer) for at, thing in enumerate(drawn)]

    wrong = [at for at, hit in found if hit is not None and hit.row_no != at]
    right = [at for at, hit in found if hit is not None and hit.row_no == at]
    assert len(wrong) <= SIZE * 0.005
    assert len(right) > SIZE * 0.4

"""Who and what the demo plays with must be acceptable to both systems."""

from __future__ import annotations

from westsync.cli.stage.casting import ALIKE, FIRM_KINDS, FIRM_NAMES, GOODS, KPP, SOLD_OUT, inn
from westsync.cli.stage.programme import firms_wanted
from westsync.domain.requisites import is_inn, is_kpp


def test_every_firm_has_an_inn_of_its_own_that_1c_takes() -> None:
    numbers = [inn(number) for number in range(firms_wanted(20))]

    assert all(map(is_inn, numbers))
    assert len(set(numbers)) == len(numbers)
    assert is_kpp(KPP)


def test_the_longest_play_has_names_for_all_its_firms() -> None:
    assert firms_wanted(20) <= len(set(FIRM_KINDS)) * len(set(FIRM_NAMES))


def test_no_two_goods_have_one_article() -> None:
    articles = [article for _, _, article in (*GOODS, SOLD_OUT) if article]

    assert len(set(articles)) == len(GOODS) + 1
    assert ALIKE[2] == ""

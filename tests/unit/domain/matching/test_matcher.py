"""Promises of the match order (suppliers contract 8): only what is certain acts alone."""

from __future__ import annotations

import pytest

from tests.unit.domain.matching.lists import BRANDS, an_offer, match, pieces
from westsync.domain.matching.matcher import Matcher
from westsync.domain.matching.questions import MANY, Duplicates, Link, MatchPolicy, Question
from westsync.domain.matching.shelf import Shelf
from westsync.domain.stock import Flag, MatchLevel, Offer, Price, PriceRole

EAN = "4006381333931"


def test_an_article_equal_to_the_letter_acts_alone() -> None:
    wanted = an_offer(vendor_code="QX1204USB", name="Микшер QX-1204 USB")

    found = match(
        Question(article="qx1204usb", name="Behringer XENYX QX1204USB"),
        an_offer(vendor_code="QX1202USB"),
        wanted,
    )

    assert (found.level, found.offer) == (MatchLevel.ARTICLE, wanted)


def test_look_alike_letters_are_the_same_article() -> None:
    found = match(Question(article="ds-i205m(c)"), an_offer(vendor_code="DS-I205M(С)"))

    assert found.level is MatchLevel.ARTICLE


def test_only_the_listed_code_fields_count() -> None:
    offer = an_offer(supplier_code="445867X", vendor_code="QX1204USB")

    found = match(Question(article="445867X"), offer, keys=("vendor_code",))

    assert found.level is MatchLevel.NONE


def test_the_same_article_of_two_brands_is_told_apart_by_the_brand() -> None:
    ours = an_offer(vendor_code="A100", brand="Yamaha", name="Стойка A100")
    other = an_offer(vendor_code="A100", brand="Shure", name="Кабель A100")

    assert match(Question(article="A100", brand="Ямаха"), ours, other).offer == ours
    assert match(Question(article="A100"), ours, other).level is MatchLevel.AMBIGUOUS
    assert match(Question(article="A100", brand="KRK"), ours, other).level is MatchLevel.AMBIGUOUS


def test_rows_of_one_article_are_added_up_only_if_they_are_warehouses() -> None:
    rows = [
        an_offer(vendor_code="A100", name="Стойка", availability=pieces(2)),
        an_offer(vendor_code="A100", name="Стойка", availability=pieces(3)),
    ]

    summed = match(Question(article="A100"), *rows, duplicates=Duplicates.SUM)
    asked = match(Question(article="A100"), *rows)

    assert summed.offer is not None
    assert summed.offer.availability == pieces(5)
    assert asked.level is MatchLevel.AMBIGUOUS
    assert len(asked.candidates) == 2


def test_a_repeated_row_is_one_article_and_the_dearer_price_counts() -> None:
    cheap = {PriceRole.RRP: Price(amount=100)}  # type: ignore[arg-type]  # whole roubles will do
    dear = {PriceRole.RRP: Price(amount=120)}  # type: ignore[arg-type]  # as above

    found = match(
        Question(article="A100"),
        an_offer(vendor_code="A100", name="Стойка", prices=cheap),
        an_offer(vendor_code="A100", name="Стойка", prices=dear),
    )

    assert found.offer is not None
    assert (found.level, found.offer.prices) == (MatchLevel.ARTICLE, dear)


def test_a_number_that_means_another_thing_at_this_supplier_is_asked_about() -> None:
    offer = an_offer(supplier_code="445867", name="Кабель XLR-XLR")

    found = match(Question(article="445867", name="Микшер Behringer QX1204USB"), offer)

    assert (found.level, found.candidates) == (MatchLevel.AMBIGUOUS, (offer,))


def test_a_code_whose_model_is_another_one_is_asked_about() -> None:
    offer = an_offer(vendor_code="GA0022", brand="Yamaha", name="Yamaha F370")

    found = match(Question(article="GA0022", name="Yamaha C40"), offer)

    assert found.level is MatchLevel.AMBIGUOUS


def test_a_valid_barcode_of_one_row_acts_alone() -> None:
    offer = an_offer(barcode=EAN, name="Маркер")

    assert match(Question(barcode=EAN), offer).level is MatchLevel.BARCODE


@pytest.mark.parametrize("code", ["4006381333932", "2000000000008", "12345", ""])
def test_an_invalid_or_private_barcode_matches_nothing(code: str) -> None:
    offer = an_offer(barcode=code, name="Маркер")

    assert match(Question(barcode=code), offer).level is MatchLevel.NONE


def test_a_barcode_of_another_brand_is_asked_about() -> None:
    offer = an_offer(barcode=EAN, brand="Shure", name="Микрофон")

    found = match(Question(barcode=EAN, brand="Yamaha"), offer)

    assert found.level is MatchLevel.AMBIGUOUS


def test_a_barcode_decides_between_rows_of_one_article() -> None:
    wanted = an_offer(vendor_code="A100", barcode=EAN, name="Стойка A100")
    other = an_offer(vendor_code="A100", name="Кабель A100")

    found = match(Question(article="A100", barcode=EAN), other, wanted)

    assert (found.level, found.offer) == (MatchLevel.BARCODE, wanted)


def test_an_article_and_a_barcode_of_two_rows_are_a_question() -> None:
    by_article = an_offer(vendor_code="A100", name="Стойка A100")
    by_barcode = an_offer(vendor_code="A200", barcode=EAN, name="Стойка A200")

    found = match(Question(article="A100", barcode=EAN), by_article, by_barcode)

    assert found.level is MatchLevel.AMBIGUOUS
    assert found.candidates == (by_article, by_barcode)


@pytest.mark.parametrize("spelling", ["F 310", "F310", "f-310"])
def test_signs_in_an_article_do_not_matter_if_brand_or_model_confirm_it(spelling: str) -> None:
    offer = an_offer(vendor_code="F/310", brand="Yamaha", name="Гитара F310")

    found = match(Question(article=spelling, name="Yamaha F310 гитара"), offer)

    assert found.level is MatchLevel.ARTICLE_LOOSE


def test_signs_in_an_article_matter_if_nothing_confirms_it() -> None:
    offer = an_offer(vendor_code="F/310", name="Гитара акустическая")

    found = match(Question(article="F310"), offer)

    assert (found.level, found.offer) == (MatchLevel.AMBIGUOUS, None)


def test_a_loose_key_of_two_articles_is_ambiguous() -> None:
    rows = [
        an_offer(vendor_code="AB-12", brand="Yamaha", name="Yamaha AB12"),
        an_offer(vendor_code="A-B12", brand="Yamaha", name="Yamaha AB12"),
    ]

    found = match(Question(article="AB 12", brand="Yamaha"), *rows)

    assert found.level is MatchLevel.AMBIGUOUS


@pytest.mark.parametrize(("ours", "theirs"), [("DR-1.5", "DR-15"), ("1/4", "14"), ("PRO+", "PRO")])
def test_what_looks_nearly_the_same_is_not(ours: str, theirs: str) -> None:
    offer = an_offer(vendor_code=theirs, brand="Yamaha")

    assert match(Question(article=ours, brand="Yamaha"), offer).level is MatchLevel.NONE


def test_a_prefix_only_our_shop_writes_is_taken_off() -> None:
    offer = an_offer(vendor_code="GA0022", brand="Yamaha", name="Yamaha F370")
    question = Question(article="S-GA0022", brand="Yamaha")

    assert match(question, offer).level is MatchLevel.NONE
    assert match(question, offer, strip_prefixes=("S-",)).level is MatchLevel.ARTICLE_LOOSE


def test_the_brand_in_front_of_an_article_is_taken_off() -> None:
    offer = an_offer(vendor_code="F370", brand="Yamaha", name="Гитара F370")

    found = match(Question(article="YAMAHA-F370", brand="Yamaha"), offer)

    assert found.level is MatchLevel.ARTICLE_LOOSE


@pytest.mark.parametrize(
    ("prefix", "article"), [("S-", "S-12"), ("S-", "S-ABC")], ids=["too short", "no digit"]
)
def test_what_is_left_without_a_prefix_must_still_be_an_article(prefix: str, article: str) -> None:
    offer = an_offer(vendor_code=article.removeprefix(prefix), brand="Yamaha")

    found = match(Question(article=article, brand="Yamaha"), offer, strip_prefixes=(prefix,))

    assert found.level is MatchLevel.NONE


def test_zeros_a_spreadsheet_ate_are_put_back_only_where_it_says_so() -> None:
    eaten = an_offer(supplier_code="123", brand="Yamaha", flags=(Flag.FROM_NUMBER,))
    whole = an_offer(supplier_code="123", brand="Yamaha")
    question = Question(article="000123", brand="Yamaha")

    assert match(question, eaten).level is MatchLevel.ARTICLE_LOOSE
    assert match(question, whole).level is MatchLevel.NONE


def test_zeros_our_own_number_lost_are_looked_for() -> None:
    offer = an_offer(supplier_code="000123", brand="Yamaha")

    found = match(Question(article="123", brand="Yamaha", from_number=True), offer)

    assert found.level is MatchLevel.ARTICLE_LOOSE


def test_a_name_alone_finds_one_article() -> None:
    wanted = an_offer(name="Гитара акустическая Yamaha F310", brand="Yamaha")

    found = match(
        Question(name="Ямаха F 310"), an_offer(name="Yamaha F370", brand="Yamaha"), wanted
    )

    assert (found.level, found.offer) == (MatchLevel.NAME, wanted)


def test_a_sibling_of_the_wanted_article_is_only_a_candidate() -> None:
    sibling = an_offer(name="Yamaha F310 BK", brand="Yamaha")

    found = match(Question(name="Yamaha F310"), sibling)

    assert (found.level, found.offer, found.candidates) == (MatchLevel.AMBIGUOUS, None, (sibling,))


def test_a_doubtful_row_beside_a_good_one_makes_it_a_question() -> None:
    found = match(
        Question(name="Yamaha F310"),
        an_offer(name="Yamaha F310", brand="Yamaha"),
        an_offer(name="Чехол для Yamaha F310", brand="Yamaha"),
    )

    assert found.level is MatchLevel.AMBIGUOUS


def test_two_rows_of_one_name_with_two_codes_are_a_question() -> None:
    found = match(
        Question(name="Yamaha F310"),
        an_offer(name="Yamaha F310", brand="Yamaha", supplier_code="1"),
        an_offer(name="Yamaha F310", brand="Yamaha", supplier_code="2"),
    )

    assert found.level is MatchLevel.AMBIGUOUS


def test_nobody_is_shown_more_than_three_rows() -> None:
    rows = [an_offer(name=f"Yamaha F310 вид {n}Z", brand="Yamaha") for n in range(9)]
    rows += [an_offer(vendor_code="F310", name=f"Разное {n}") for n in range(9)]

    assert len(match(Question(article="F310"), *rows).candidates) == 3


def test_more_rows_than_anybody_looks_through_are_a_question() -> None:
    rows = [an_offer(name="Yamaha 100", brand="Yamaha") for _ in range(MANY)]

    assert match(Question(name="Yamaha 100"), *rows).level is MatchLevel.AMBIGUOUS


def test_a_name_without_a_model_is_never_decided_by_likeness() -> None:
    offer = an_offer(name="Медиатор Yamaha", brand="Yamaha")

    found = match(Question(name="Медиатор Yamaha", brand="Yamaha"), offer)

    assert (found.level, found.candidates) == (MatchLevel.AMBIGUOUS, (offer,))


def test_a_persons_choice_comes_before_everything() -> None:
    chosen = an_offer(supplier_code="77", brand="Yamaha", name="Yamaha F310 TBS")
    exact = an_offer(supplier_code="F310", brand="Yamaha", name="Yamaha F310")
    matcher = Matcher(Shelf((chosen, exact), BRANDS), MatchPolicy(), BRANDS)

    found = matcher.match(Question(article="F310", our_key="p1"), matcher.link_to(chosen))

    assert (found.level, found.offer) == (MatchLevel.LINK, chosen)


@pytest.mark.parametrize(
    "changed",
    [
        an_offer(supplier_code="77", brand="Yamaha", name="Yamaha F370"),
        an_offer(supplier_code="77", brand="Shure", name="Shure F310"),
    ],
)
def test_a_chosen_row_that_became_another_article_is_asked_about_again(changed: Offer) -> None:
    link = Link(code="77", brand="YAMAHA", models="F310")

    found = match(Question(our_key="p1"), changed, link=link)

    assert found.suspended
    assert (found.level, found.offer) == (MatchLevel.AMBIGUOUS, None)


def test_a_chosen_row_that_is_gone_is_said_to_be_gone() -> None:
    link = Link(code="77", brand="YAMAHA", models="F310")

    found = match(Question(our_key="p1"), an_offer(supplier_code="78"), link=link)

    assert found.gone
    assert found.level is MatchLevel.NONE


def test_a_row_without_codes_cannot_be_linked() -> None:
    with pytest.raises(ValueError, match="no code"):
        Matcher(Shelf((), BRANDS), MatchPolicy(), BRANDS).link_to(an_offer(name="Yamaha F310"))


def test_a_need_is_at_least_one_piece() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Question(article="F310", need=0)

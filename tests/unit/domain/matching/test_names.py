"""Promises of taking names apart (suppliers contract 8.1)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.matching.lists import BRANDS
from westsync.domain.matching.brands import BrandTable, brand_key
from westsync.domain.matching.comparison import Likeness, compare
from westsync.domain.matching.names import prepare
from westsync.domain.matching.spelling import cleaned


@pytest.mark.parametrize(
    ("name", "models"),
    [
        ("Гитара Yamaha F310", {"F310"}),
        ("Гитара Yamaha F 310", {"F310"}),
        ("Гитара Yamaha F-310", {"F310"}),
        ("Контроллер DDJ-400 MKII", {"DDJ400MKII"}),
        ("Пульт ХН 8565", {"XH8565"}),  # Cyrillic letters right before a number
        ("Кейс DS-I205M(С)", {"DSI205M"}),
        ("Гитара 900 с чехлом", {"900"}),  # "с" is no letter of the model
        ("Динамик WXF15.400", {"WXF15.400"}),
        ("Обработка DR-1.5", {"DR1.5"}),
        ("Обработка DR-15", {"DR15"}),
        ("Микшер ZED-10FX", {"ZED10FX"}),
        ("Гитара классическая", set()),
    ],
)
def test_the_model_is_found_however_it_is_spelt(name: str, models: set[str]) -> None:
    assert prepare(name, BRANDS).models == models


@pytest.mark.parametrize(
    ("name", "unit", "number"),
    [
        ("Усилитель 300 Вт", "W", "300"),
        ("Усилитель 300W", "W", "300"),
        ("Пульт 16 кан", "CH", "16"),
        ("Пульт 16-канальный", "CH", "16"),
        ('Динамик 12"', "IN", "12"),
        ("Динамик 12 дюймов", "IN", "12"),
        ("Кабель 5 м", "M", "5"),
        ("Кабель 0,5 м", "M", "0.5"),
        ("Кабель 5.0 м.", "M", "5"),
        ("Стойка 15 кг", "KG", "15"),
        ("Скрипка 1/4", "FR", "1/4"),
        ("Скрипка ¼", "FR", "1/4"),
        ("Скрипка 4/4", "FR", "4/4"),
    ],
)
def test_a_measure_is_no_model(name: str, unit: str, number: str) -> None:
    prepared = prepare(name, BRANDS)

    assert prepared.measures == {unit: {number}}
    assert not prepared.models


def test_the_5w_inside_a_code_is_not_watts() -> None:
    prepared = prepare("Лампа I5W", BRANDS)

    assert prepared.measures == {}
    assert prepared.models == {"I5W"}


@pytest.mark.parametrize(
    "name", ["Гитара F310 черная", "Гитара F310 BLACK", "Гитара F310-BK", "Гитара F310BK"]
)
def test_a_colour_is_one_whatever_it_is_called(name: str) -> None:
    prepared = prepare(name, BRANDS)

    assert prepared.colours == {"black"}
    assert prepared.models == {"F310"}


@pytest.mark.parametrize(
    ("name", "brand"),
    [
        ("Гитара Ямаха F310", "YAMAHA"),
        ("Микшер Allen & Heath ZED-10", "ALLENHEATH"),
        ("Микшер ALLEN&HEATH ZED-10", "ALLENHEATH"),
        ("Плеер Pioneer DJ CDJ-3000", "PIONEERDJ"),
        ("Плеер Pioneer CDJ-3000", "PIONEERDJ"),
        ("Плеер CDJ-3000", ""),
    ],
)
def test_a_brand_is_found_in_the_name(name: str, brand: str) -> None:
    prepared = prepare(name, BRANDS)

    assert prepared.brand == brand
    assert not {"ALLEN", "HEATH", "PIONEER", "YAMAHA"} & set(prepared.words)


def test_the_field_of_the_brand_is_believed_and_recognised_in_the_name() -> None:
    prepared = prepare("Стойка K&M 210/2", BRANDS, brand="K&M")

    assert prepared.brand == "KM"
    assert "K&M" not in prepared.words


def test_two_letters_of_a_model_are_no_brand() -> None:
    table = BrandTable({"K&M": []})

    assert prepare("Стойка K&M 210", table).brand == "KM"
    assert prepare("Микрофон KM 184", table).brand == ""


def test_two_brands_in_one_name_are_no_brand() -> None:
    assert prepare("Чехол Yamaha для Behringer X32", BRANDS).brand == ""


def test_one_spelling_cannot_belong_to_two_brands() -> None:
    with pytest.raises(ValueError, match="two brands"):
        BrandTable({"Yamaha": ["Ямаха"], "Jamaha": ["Ямаха"]})


def test_a_brand_in_look_alike_letters_is_the_same() -> None:
    assert brand_key("ВОСЕ") == brand_key("BOCE")
    assert brand_key("Ямаха") != brand_key("Yamaha")


@pytest.mark.parametrize(
    ("ours", "theirs", "likeness"),
    [
        ("Yamaha F310", "Гитара Ямаха F-310", Likeness.ACCEPT),
        ("Гитара Yamaha F310 акустическая", "Гитара акуст. Yamaha F 310", Likeness.ACCEPT),
        ("Yamaha F310", "Yamaha F370", Likeness.REJECT),
        ("Yamaha F310", "Behringer F310", Likeness.REJECT),
        ("Yamaha F310 черная", "Yamaha F310 белая", Likeness.REJECT),
        ("Yamaha F310", "Yamaha F310 BK", Likeness.ASK),
        ("Shure SM58 5 м", "Shure SM58 10 м", Likeness.REJECT),
        ("Shure SM58", "Shure SM58 10 м", Likeness.ASK),
        ("Скрипка Yamaha V5 1/4", "Скрипка Yamaha V5 4/4", Likeness.REJECT),
        ("Скрипка Yamaha V5", "Скрипка Yamaha V5 4/4", Likeness.ASK),
        ("Yamaha F310", "F310", Likeness.ASK),
        ("Yamaha F310", "Чехол для Yamaha F310", Likeness.ASK),
        ("Гитара Yamaha F310", "Гитара Yamaha F310 с чехлом", Likeness.ASK),
        ("Гитара Yamaha F310", "Гитара Yamaha F310 без чехла", Likeness.ASK),
        ("Гитара Yamaha F310", "Гитара Yamaha F310 уценка", Likeness.ASK),
        ("Гитара Yamaha F310", "Гитара Yamaha F310 TBSX", Likeness.ASK),
        ("Стойка навесная Yamaha L200", "Стойка подвесная Yamaha L200", Likeness.ASK),
        ("Гитара Yamaha", "Гитара Yamaha", Likeness.ASK),
    ],
)
def test_names_are_compared_by_what_they_say(ours: str, theirs: str, likeness: Likeness) -> None:
    one, other = prepare(ours, BRANDS), prepare(theirs, BRANDS)

    assert compare(one, other).likeness is likeness
    assert compare(other, one).likeness is likeness


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert cleaned(cleaned(text)) == cleaned(text)


@given(st.text(), st.text(), st.text())
def test_no_text_is_too_strange_to_be_prepared_and_compared(
    ours: str, theirs: str, brand: str
) -> None:
    one, other = prepare(ours, BRANDS, brand=brand), prepare(theirs, BRANDS)

    assert compare(one, other).likeness is compare(other, one).likeness

"""Requisites and numbers: the vectors of 1C contract 7.2, and the laws behind them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from westsync.domain.requisites import (
    NumberKey,
    VatRate,
    is_inn,
    is_kpp,
    number_key,
    vat_included,
    vat_on_top,
    vat_rate_on,
)

ORGANISATIONS = ("7701234560", "9990000019", "9990000026", "9990000033")


@pytest.mark.parametrize("inn", [*ORGANISATIONS, "999000000143"])
def test_an_inn_with_right_check_digits_is_one(inn: str) -> None:
    assert is_inn(inn)


@pytest.mark.parametrize(
    "text",
    ["7701234567", "9990000018", "", "0000000000", "00000000000", "999000000144", "77012345６0"],
)
def test_what_is_no_inn_is_refused(text: str) -> None:
    assert not is_inn(text)


@given(st.sampled_from([*ORGANISATIONS, "999000000143"]), st.data())
def test_one_wrong_digit_is_noticed(inn: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(inn) - 1))
    other = data.draw(st.sampled_from(sorted(set("0123456789") - {inn[place]})))
    mistyped = inn[:place] + other + inn[place + 1 :]

    # The check digit is a remainder of 11 taken by 10, so 10 and 0 look the same, and no others.
    assert not is_inn(mistyped) or _remainder(mistyped) in {0, 10} or _remainder(inn) in {0, 10}


def _remainder(inn: str) -> int:
    weights = (2, 4, 10, 3, 5, 9, 4, 6, 8) if len(inn) == 10 else (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
    return sum(int(d) * w for d, w in zip(inn, weights, strict=False)) % 11


@pytest.mark.parametrize(
    ("text", "fits"), [("770101001", True), ("7701AB001", True), ("77010100", False), ("", False)]
)
def test_a_kpp_has_nine_places(text: str, fits: bool) -> None:
    assert is_kpp(text) is fits


@pytest.mark.parametrize(
    ("number", "prefix", "digits"),
    [
        ("0000-000123", "", 123),
        ("ВТ00-000015", "ВТ", 15),
        ("00УТ-000007", "УТ", 7),
        ("0ФГЛ-000001234", "ФГЛ", 1234),
        ("УТ-1234", "УТ", 1234),
        ("123", "", 123),
        ("ВТ-15/1", "ВТ15/", 1),
        (" вт00-000015 ", "ВТ", 15),
        ("BT-15", "ВТ", 15),  # Latin letters
        ("без номера", "БЕЗ НОМЕРА", None),
        ("9" * 5000, "9" * 5000, None),
    ],
)
def test_a_number_is_told_without_its_padding(number: str, prefix: str, digits: int | None) -> None:
    assert number_key(number) == NumberKey(prefix, digits)


@pytest.mark.parametrize(
    ("quoted", "printed", "means"),
    [
        ("123", "0000-000123", True),
        ("15", "ВТ00-000015", True),
        ("ВТ-15", "ВТ00-000015", True),
        ("УТ-15", "ВТ00-000015", False),
        ("ВТ-15", "0000-000015", False),
        ("1", "ВТ-15/1", False),
        ("15/1", "ВТ-15/1", True),
        ("123/1", "0000-000001", False),
        ("без номера", "0000-000001", False),
    ],
)
def test_a_payer_may_leave_out_the_prefix_and_nothing_else(
    quoted: str, printed: str, means: bool
) -> None:
    assert number_key(quoted).means(number_key(printed)) is means


@given(st.text(alphabet="0123456789ВТУABН-/", max_size=14))
def test_every_number_means_itself(number: str) -> None:
    assert number_key(number).means(number_key(number))


def test_vat_is_rounded_half_up() -> None:
    assert vat_included(Decimal("120000.00"), Decimal(20)) == Decimal("20000.00")
    assert vat_included(Decimal("10000.00"), Decimal(22)) == Decimal("1803.28")
    assert vat_on_top(Decimal("0.125"), Decimal(20)) == Decimal("0.03")


def test_the_rate_of_vat_is_that_of_the_day() -> None:
    old = VatRate(since=date(2019, 1, 1), percent=Decimal(20), name="НДС20")
    new = VatRate(since=date(2026, 1, 1), percent=Decimal(22), name="НДС22")

    assert vat_rate_on(date(2025, 12, 31), [new, old]) == old
    assert vat_rate_on(date(2026, 1, 1), [new, old]) == new
    assert vat_rate_on(date(2018, 12, 31), [new, old]) is None

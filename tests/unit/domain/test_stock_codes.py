"""Keys of articles and barcodes (suppliers contract 7.3, 7.4)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from westsync.domain.stock_codes import barcode, is_internal_barcode, loose_key, strict_key


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("DS-I205M(С)", "DSI205MC"),
        ("ds-i205m(c)", "DSI205MC"),
        ("F 310", "F310"),
        ("F-310", "F310"),
        ("F310", "F310"),
        ("DR-1.5", "DR1.5"),
        ("DR-1,5", "DR1.5"),
        ("1/4", "1/4"),
        ("АВ\u00ad12", "AB12"),
        ("№5", "NO5"),
        ("888880-006013", "888880006013"),
        ("ЖК-12", "ЖK12"),
        ("PRO+", "PRO+"),
    ],
)
def test_the_loose_key_forgets_separators_and_nothing_that_tells_goods_apart(
    code: str, key: str
) -> None:
    assert loose_key(code) == key


@pytest.mark.parametrize(("one", "other"), [("DR-1.5", "DR-15"), ("1/4", "14"), ("PRO+", "PRO")])
def test_different_goods_keep_different_keys(one: str, other: str) -> None:
    assert loose_key(one) != loose_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("АВ-12", "AB–12"), ("ab  12", "AB 12"), ("Ｆ３１０", "F310")]
)
def test_the_strict_key_forgets_what_nobody_sees(one: str, other: str) -> None:
    assert strict_key(one) == strict_key(other)


def test_the_strict_key_keeps_separators() -> None:
    assert strict_key("F-310") != strict_key("F310")


@given(st.text())
def test_forming_a_key_twice_changes_nothing(text: str) -> None:
    assert strict_key(strict_key(text)) == strict_key(text)
    assert loose_key(loose_key(text)) == loose_key(text)


@given(st.text())
def test_equal_strict_keys_have_equal_loose_keys(text: str) -> None:
    assert loose_key(strict_key(text)) == loose_key(text)


@given(st.from_regex(r"[0-9]{7}|[0-9]{11,13}", fullmatch=True))
def test_exactly_one_check_digit_is_right(digits: str) -> None:
    right = [check for check in "0123456789" if barcode(digits + check) is not None]

    assert len(right) == (1 if digits.strip("0") else 0)


def test_upc_equals_the_same_code_as_ean() -> None:
    assert barcode("036000291452") == barcode("0036000291452") == "0036000291452"


def test_codes_of_one_shop_are_known() -> None:
    assert is_internal_barcode("2000000000008")
    assert not is_internal_barcode("4006381333931")

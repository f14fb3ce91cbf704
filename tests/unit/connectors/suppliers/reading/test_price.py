"""The grammar of prices (suppliers contract 7.2)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from westsync.connectors.suppliers.profile import PriceRules
from westsync.connectors.suppliers.reading.price import Marks, Prices
from westsync.domain.stock import Flag

PLAIN = Prices(PriceRules())


@pytest.mark.parametrize(
    ("cell", "amount", "currency"),
    [
        ("1 234,50", "1234.50", "RUB"),
        ("3 171,00р.", "3171.00", "RUB"),
        ("1.234,50", "1234.50", "RUB"),
        ("$1,234.50", "1234.50", "USD"),
        ("12 990", "12990", "RUB"),
        ("12\u202f990 ₽", "12990", "RUB"),
        ("1'234.5", "1234.50", "RUB"),
        ("1.234.567", "1234567", "RUB"),
        ("0,125", "0.125", "RUB"),
        ("1 234,50 руб./шт", "1234.50", "RUB"),
        ("12.50 EUR", "12.50", "EUR"),
        ("¥ 120", "120", "CNY"),
        ("12,5 у.е.", "12.50", "UE"),
        (12990.0, "12990", "RUB"),
        (0.1 + 0.2, "0.30", "RUB"),
        (99, "99", "RUB"),
    ],
)
def test_prices_are_read_exactly(cell: str | float, amount: str, currency: str) -> None:
    price = PLAIN.read(cell).price

    assert price is not None
    assert (price.amount, price.currency) == (Decimal(amount), currency)


@pytest.mark.parametrize("cell", ["звоните", "по запросу", "договорная", "-", "0", "", None, 0.0])
def test_a_price_that_is_not_told_is_none_and_never_zero(cell: str | float | None) -> None:
    reading = PLAIN.read(cell)

    assert reading.price is None
    assert reading.flags == ()


@pytest.mark.parametrize(
    "cell", ["1e999999999", "−5", -5.0, "1 500 - 2 000", "9" * 16, float("inf"), "12;5", True]
)
def test_what_cannot_be_a_price_is_flagged(cell: str | float) -> None:
    reading = PLAIN.read(cell)

    assert reading.price is None
    assert reading.flags == (Flag.PRICE_UNREADABLE,)


def test_a_price_from_is_kept_with_a_flag() -> None:
    reading = PLAIN.read("от 1 500")

    assert reading.price is not None
    assert reading.price.amount == 1500
    assert reading.flags == (Flag.PRICE_FROM,)


@pytest.mark.parametrize(("decimal", "amount"), [("", "1234"), (",", "1.234"), (".", "1234")])
def test_one_mark_with_three_digits_is_ambiguous(decimal: str, amount: str) -> None:
    reading = Prices(PriceRules(decimal=decimal)).read("1,234")

    assert reading.price is not None
    assert reading.price.amount == Decimal(amount)
    assert reading.flags == (Flag.PRICE_AMBIGUOUS,)


def test_the_majority_of_a_column_decides_its_mark() -> None:
    marks = Marks()

    for text in ("1,50", "2,75", "3.10"):
        marks.saw(PLAIN.read(text).mark)

    assert marks.decimal() == ","


def test_ue_is_the_currency_the_profile_names() -> None:
    price = Prices(PriceRules(ue="USD")).read("12 уе").price

    assert price is not None
    assert price.currency == "USD"


@pytest.mark.parametrize(("named", "currency"), [("RUR", "RUB"), ("usd", "USD"), ("", "EUR")])
def test_a_row_may_name_its_currency(named: str, currency: str) -> None:
    price = Prices(PriceRules(), "EUR").read("10", named).price

    assert price is not None
    assert price.currency == currency


@given(st.text())
def test_no_text_breaks_the_grammar(text: str) -> None:
    price = PLAIN.read(text).price

    assert price is None or price.amount > 0


@given(st.decimals(min_value=Decimal("0.01"), max_value=Decimal(99_999_999), places=2))
def test_a_price_written_down_is_read_again(amount: Decimal) -> None:
    grouped = f"{amount:,.2f}"

    for text in (grouped, grouped.replace(",", " ").replace(".", ","), f"{amount}"):
        price = PLAIN.read(text).price
        assert price is not None
        assert price.amount == amount

"""The grammar of quantities: every vector of suppliers contract 7.1, and its laws."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from westsync.connectors.suppliers.profile import QuantityRules
from westsync.connectors.suppliers.reading.quantity import Quantities, with_reserve
from westsync.domain.stock import Availability, Flag, StockStatus

TODAY = date(2025, 2, 20)
PLAIN = Quantities(QuantityRules(), TODAY)


def said(text: object) -> tuple[str, int | None, int | None]:
    found = PLAIN.read(text).availability  # type: ignore[arg-type]  # any cell is allowed
    return found.status.value, found.qty_min, found.qty_max


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("12", 12, 12),
        ('"12"', 12, 12),
        ("12 шт.", 12, 12),
        ("1 000", 1000, 1000),
        ("1\u00a0000", 1000, 1000),
        ("12,000", 12, 12),
        ("2.5", 2, 2),
        ("12.00", 12, 12),
        ("15.50", 15, 15),
        ("15,12", 15, 15),
        ("есть", 1, None),
        ("Есть в наличии", 1, None),
        ("да", 1, None),
        ("+", 1, None),
        ("True", 1, None),
        ("++", 1, None),
        ("много", 1, None),
        ("> 10", 11, None),
        ("более 50", 51, None),
        ("10+", 10, None),
        ("≥5", 5, None),
        ("от 5", 5, None),
        ("1-5", 1, 5),
        ("1–5", 1, 5),
        ("~20", 1, None),
        ("5 (резерв 2)", 3, 3),
        ("5 (2 в резерве)", 3, 3),
        ("5 шт., из них 2 шт. в резерве", 3, 3),
        ("ИСТИНА", 1, None),
        (12.0, 12, 12),
        (7, 7, 7),
        (True, 1, None),
        ("не менее 5", 5, None),
        ("в наличии: 12 шт", 12, 12),
        ("12 шт в наличии", 12, 12),
        ("1 000,000", 1000, 1000),
    ],
)
def test_goods_that_are_there_are_counted(text: object, least: int, most: int | None) -> None:
    assert said(text) == ("in_stock", least, most)


@pytest.mark.parametrize(
    "text",
    [
        "0",
        "0 шт",
        "-",
        "—",
        "Х",
        "нет",
        "-3",
        "Нет в наличии",
        "продано",
        "НЕТ В НАЛИЧИИ",
        0.0,
        "ЛОЖЬ",
        "N",
        "не ожид.",
    ],
)
def test_stated_absence_is_absence(text: object) -> None:
    assert said(text) == ("out", 0, 0)


@pytest.mark.parametrize(
    ("text", "most"),
    [("мало", None), ("куски", None), ("отрезы", None), ("остатки", None), ("<5", 4), ("до 3", 3)],
)
def test_a_few_are_few(text: str, most: int | None) -> None:
    assert said(text) == ("low", 1, most)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("ожидается 12.03", date(2025, 3, 12), date(2025, 3, 12)),
        ("нет, ожидается 12.03", date(2025, 3, 12), date(2025, 3, 12)),
        ("ожидается 26.01.26-30.01.26", date(2026, 1, 26), date(2026, 1, 30)),
        ("в пути, март", date(2025, 3, 1), date(2025, 3, 31)),
        ("скоро в продаже", None, None),
        ("ожид. 12.03", date(2025, 3, 12), date(2025, 3, 12)),
        ("нет, будет 12.03", date(2025, 3, 12), date(2025, 3, 12)),
        ("Ждём 15 марта", date(2025, 3, 15), date(2025, 3, 15)),
    ],
)
def test_goods_on_the_way_are_not_there_yet(
    text: str, first: date | None, last: date | None
) -> None:
    found = PLAIN.read(text).availability

    assert (found.status, found.qty_min) == (StockStatus.EXPECTED, 0)
    assert (found.eta_from, found.eta_to) == (first, last)


def test_a_term_on_order_counts_from_the_day_of_the_data() -> None:
    found = PLAIN.read("под заказ 3-4 недели").availability

    assert found.status is StockStatus.ON_ORDER
    assert (found.eta_from, found.eta_to) == (date(2025, 3, 13), date(2025, 3, 20))


@pytest.mark.parametrize("text", ["по звонку", "уточняйте", "звоните"])
def test_a_question_to_the_manager_is_no_zero(text: str) -> None:
    assert said(text) == ("ask", None, None)


@pytest.mark.parametrize("text", ["EOL / остатки", "снят с производства"])
def test_what_is_no_longer_made_is_discontinued(text: str) -> None:
    assert said(text) == ("discontinued", None, None)


@pytest.mark.parametrize(
    "text",
    ["*", "***", "5/3", "#Н/Д", "есть аналог", "в наличии 12.03", "есть с 12.03", "15.12",
     "5.01", "x" * 500,
     date(2025, 5, 1), datetime(2025, 5, 1, 10, tzinfo=UTC), float("nan"), float("inf"), 1e300],
)  # fmt: skip
def test_what_nobody_understands_is_unknown_and_counted(text: object) -> None:
    found = PLAIN.read(text)  # type: ignore[arg-type]  # any cell is allowed

    assert found.availability.status is StockStatus.UNKNOWN
    assert not found.understood


@pytest.mark.parametrize("blank", ["", " ", "\u00a0", None])
@pytest.mark.parametrize(
    ("policy", "status"),
    [("unknown", "unknown"), ("out", "out"), ("in_stock", "in_stock")],
)
def test_an_empty_cell_says_what_the_profile_says(
    blank: str | None, policy: str, status: str
) -> None:
    found = Quantities(QuantityRules(blank=policy), TODAY).read(blank)

    assert found.availability.status.value == status
    assert found.understood


def test_oddities_leave_a_flag() -> None:
    assert PLAIN.read("-3").flags == (Flag.NEGATIVE,)
    assert PLAIN.read("2.5").flags == (Flag.FRACTION,)
    assert PLAIN.read("2 (резерв 3)").flags == (Flag.RESERVE_EXCEEDS,)


@pytest.mark.parametrize("text", ["2 (резерв 3)", "резерв 2"])
def test_what_is_all_reserved_is_not_to_be_had(text: str) -> None:
    assert said(text) == ("reserved", 0, 0)


def test_notes_tell_plenty_from_about() -> None:
    assert PLAIN.read("много").availability.note == "plenty"
    assert PLAIN.read("~20").availability.note == "approx"


def test_the_sources_own_words_go_first() -> None:
    ten = Availability(status=StockStatus.IN_STOCK, qty_min=10)
    call = Availability(status=StockStatus.ASK)
    rules = QuantityRules(map=(("***", ten), ("~^5/", call), ("99", call)))
    own = Quantities(rules, TODAY)

    assert own.read("***").availability == ten
    assert own.read("5/3").availability == call
    assert own.read(99.0).availability == call


def test_a_reserve_that_is_no_number_takes_nothing() -> None:
    assert with_reserve(PLAIN.read("5"), PLAIN.read("")).availability.qty_min == 5


@given(st.text())
def test_no_text_breaks_the_grammar(text: str) -> None:
    found = PLAIN.read(text).availability

    assert found.qty_min is None or found.qty_min >= 0
    assert found.qty_max is None or found.qty_min is None or found.qty_min <= found.qty_max


@given(st.sampled_from(["нет", "ожидается", "звоните"]), st.integers(0, 999))
def test_no_number_makes_a_promise_of_a_refusal(word: str, number: int) -> None:
    for text in (f"{word} {number}", f"{number} {word}", f"{word}, {number} шт"):
        assert PLAIN.read(text).availability.status is not StockStatus.IN_STOCK


@given(st.floats() | st.integers() | st.dates() | st.timedeltas(max_value=timedelta(days=9)))
def test_no_cell_breaks_the_grammar(cell: float | date | timedelta) -> None:
    assert PLAIN.read(cell).availability.status in StockStatus

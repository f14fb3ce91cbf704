"""Purposes of payments: every vector of 1C contract 7.4, and what payers really write."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from westsync.domain.purposes import Vat, read_purpose

NONE = Vat(percent=None)
FIRST = date(2025, 2, 1)

CONTRACT = [
    (
        "Оплата по счету № 123 от 01.02.2025 за звуковое оборудование. В т.ч. НДС 20% - 20000.00",
        [("123", FIRST)],
        Vat(percent=20, amount=Decimal("20000.00")),
    ),
    (
        "Оплата по счету N 0000-000123 от 01.02.2025г. НДС не облагается",
        [("0000-000123", FIRST)],
        NONE,
    ),
    (
        "Оплата по сч.№123 от 1 февраля 2025 г, в том числе НДС (20%) 20000-00",
        [("123", FIRST)],
        Vat(percent=20, amount=Decimal("20000.00")),
    ),
    (
        "По счетам №120 от 27.01.25, №123 от 01.02.25 за товар Сумма 150000-00 Без налога (НДС)",
        [("120", date(2025, 1, 27)), ("123", FIRST)],
        NONE,
    ),
    ("Оплата за товар по счет-фактуре 77 от 01.02.2025", [], None),
    ("Перевод на расчетный счет 40702810200000000001", [], None),
    (
        "Предоплата 50% по счету-договору №ВТ00-000015 от 03.02.2025",
        [("ВТ00-000015", date(2025, 2, 3))],
        None,
    ),
    ("Оплата по счету 123", [("123", None)], None),
    (
        "Оплата счета на оплату № ВТ-15/1 от 03.02.2025, вкл. НДС 22% 1 803,28 руб.",
        [("ВТ-15/1", date(2025, 2, 3))],
        Vat(percent=22, amount=Decimal("1803.28")),
    ),
    ("Частичная оплата по счёту №123 от 01.02.2025 (доплата)", [("123", FIRST)], None),
    ("Возврат ошибочно перечисленных средств п/п 57 от 31.01.2025", [], None),
    ("ОПЛАТА ПО СЧЕТУ № УТ-1234 ОТ 05.03.2025", [("УТ-1234", date(2025, 3, 5))], None),
]


@pytest.mark.parametrize(("text", "invoices", "vat"), CONTRACT)
def test_the_purposes_of_the_contract_are_read(
    text: str, invoices: list[tuple[str, date | None]], vat: Vat | None
) -> None:
    purpose = read_purpose(text)

    assert [(one.number, one.dated) for one in purpose.invoices] == invoices
    assert purpose.vat == vat
    assert purpose.is_refund is text.startswith("Возврат")
    assert purpose.is_certain


@pytest.mark.parametrize(
    ("text", "invoices"),
    [
        ("счет от 01.02.2025 № 123", [("123", FIRST)]),
        ("по счету №123от 1.2.25", [("123", FIRST)]),
        ("Счета №№ 120, 121 от 5 мая 2025г", [("120", None), ("121", date(2025, 5, 5))]),
        ("По счетам № 120 и № 123 от 01.02.2025", [("120", None), ("123", FIRST)]),
        (
            "по счету N123/2 от 2025-02-01 и счету N124 от 03/02/2025",
            [("123/2", FIRST), ("124", date(2025, 2, 3))],
        ),
        ("по счету №123 от 01.02.2025 по договору №15 от 03.01.2025", [("123", FIRST)]),
        ("Оплата по счету 123, 2 шт", [("123", None)]),
        ("Оплата по счету 123 120000-00", [("123", None)]),
        ("по c\u0447ету № 123 от 01.02.2025", [("123", FIRST)]),  # a Latin letter in "счету"
        ("за счет средств 5 отдела от 01.02.2025", []),
        ("сч/ф 77 от 01.02.2025, счет - фактура № 8", []),
        ("по договору № 5 от 01.02.25, смету № 7 от 01.02.2025", []),
        ("р/счет 40702810200000000001 оплата по счету 5", [("5", None)]),
        ("по счету № 1 августа", []),
        ("счет 123 (01.02.2025)", [("123", FIRST)]),
        ("счет 123 (от 01.02.25)", [("123", FIRST)]),
        ("сч. 123 01.02.2025г.", [("123", FIRST)]),
        ("счет 123 (2.5 кг)", [("123", None)]),
        ("счет 123 01.02 руб", [("123", None)]),
        ("Оплата по счету (№123 от 01.02.2025)", [("123", FIRST)]),
        ("по счету n\N{MASCULINE ORDINAL INDICATOR} 123 от 01.02.25", [("123", FIRST)]),
        ("опл.по счету NУТ-1849 от 1 февраля 2025 года", [("УТ-1849", FIRST)]),
        ("по счету (без номера) от 01.02.2025", []),
    ],
)
def test_what_payers_write_is_read_too(text: str, invoices: list[tuple[str, date | None]]) -> None:
    assert [(one.number, one.dated) for one in read_purpose(text).invoices] == invoices


@pytest.mark.parametrize(
    "text",
    [
        "счет 12 3 от 01.02.2025",
        "счет № 12 / 3 от 01.02.2025",
        "счет № 123 от 01 02 2025",
        "по счетам № 120 от 27.01.25, 121, 122",
        "по счетам № 120 от 27.01.25, 121,122",
        "по счетам № 120 от 27.01.25 и 121.",
    ],
)
def test_a_number_or_date_that_is_torn_makes_the_whole_uncertain(text: str) -> None:
    assert not read_purpose(text).is_certain


@pytest.mark.parametrize("amount", ["120000.00", "120000,00 руб", "120000-00", "5 шт", "50%"])
def test_a_sum_after_the_invoice_is_no_other_invoice(amount: str) -> None:
    purpose = read_purpose(f"Оплата по счету 123 от 01.02.2025, {amount}")

    assert [one.number for one in purpose.invoices] == ["123"]
    assert purpose.is_certain


@pytest.mark.parametrize("word", ["счеиу", "щету", "счту", "сечту", "счетту"])
def test_a_slip_in_the_word_is_forgiven_and_noted(word: str) -> None:
    (mention,) = read_purpose(f"оплата по {word} № 123 от 01.02.2025").invoices

    assert (mention.number, mention.dated, mention.is_mistyped) == ("123", FIRST, True)


def test_a_date_that_no_calendar_has_is_kept_as_evidence() -> None:
    (mention,) = read_purpose("счет 5 от 31.02.2025").invoices

    assert mention.dated is None
    assert mention.agrees_with(date(2025, 2, 28)) is False


def test_a_date_without_year_agrees_with_any_year() -> None:
    (mention,) = read_purpose("счет 5 от 01.02").invoices

    assert mention.agrees_with(date(2025, 2, 1)) is True
    assert mention.agrees_with(date(2025, 2, 2)) is False


def test_without_a_date_nothing_is_said_about_it() -> None:
    (mention,) = read_purpose("счет 5").invoices

    assert mention.agrees_with(FIRST) is None


@given(
    st.sampled_from(["Оплата по счету №{n} от {d:%d.%m.%Y}", "сч.{n} от {d:%d.%m.%y}г, НДС 20%"]),
    st.integers(1, 999_999),
    st.dates(date(2020, 1, 1), date(2029, 12, 31)),
)
def test_number_and_date_are_found_in_every_usual_form(form: str, number: int, day: date) -> None:
    (mention,) = read_purpose(form.format(n=number, d=day)).invoices

    assert (mention.number, mention.dated) == (str(number), day)


@given(st.text(max_size=210))
def test_any_text_can_be_read(text: str) -> None:
    purpose = read_purpose(text)

    assert all(any(sign.isdigit() for sign in one.number) for one in purpose.invoices)

"""Refusals of 1C in staff's words: every code has a text, and each text says what it knows."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from tests.unit.rules.company import node
from westsync.app.configuration import read_configuration
from westsync.domain.refusals import (
    REFUSALS,
    ArticlesUnclear,
    BuyersAlike,
    ContractUnknown,
    DraftKeptOtherwise,
    DraftOfAnotherSum,
    Refusal,
    RefusalCode,
    SaidByLedger,
)
from westsync.journal.refusal_records import read_refusal, refusal_record
from westsync.rules.reading import Problems
from westsync.rules.refusal_texts import refusal_templates, worded
from westsync.rules.ruleset import read_texts
from westsync.rules.texts import Formatter, Words

if TYPE_CHECKING:
    from westsync.rules.ruleset import RuleSet

SHIPPED = Path(__file__).parents[3] / "config"
SAMPLES: dict[str, object] = {
    "str": "7701",
    "int": 2,
    "Decimal": Decimal("90000.00"),
    "date | None": date(2026, 11, 24),
    "tuple[str, ...]": ("draft_total", "draft_buyer"),
}


@pytest.fixture(scope="module")
def shipped() -> RuleSet:
    return read_configuration(SHIPPED, {}).companies["main"].ruleset


def a_refusal(code: RefusalCode) -> Refusal:
    kind = REFUSALS[code]
    return kind(**{name: SAMPLES[type_] for name, type_ in kind.__annotations__.items()})


def said(refusal: Refusal, ruleset: RuleSet) -> str:
    formatter = Formatter(ZoneInfo("Europe/Moscow"), ruleset.words, {})
    return worded(refusal, ruleset.refusals, formatter).replace("\xa0", " ")


@pytest.mark.parametrize("code", RefusalCode)
def test_every_refusal_has_a_russian_text_and_an_english_line(
    code: RefusalCode, shipped: RuleSet
) -> None:
    refusal = a_refusal(code)

    assert re.search("[а-я]{3}", said(refusal, shipped))
    assert not re.search("[а-я]", str(refusal))


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (
            DraftOfAnotherSum(number="0000-000007", total=Decimal(90000), wanted=Decimal(120000)),
            (
                "Черновик 0000-000007 на 90 000,00 ₽, а сделка на 120 000,00 ₽: исправьте его в 1С "
                "или пометьте на удаление"
            ),
        ),
        (
            ContractUnknown(number="15/25", dated=date(2025, 1, 20)),
            (
                "В 1С нет договора с покупателем № 15/25 от 20.01.2025: заведите его или исправьте "
                "номер в сделке"
            ),
        ),
        (
            ArticlesUnclear(unknown=("Кабель", "Стойка (K10)"), alike=()),
            "Нет в номенклатуре 1С: Кабель, Стойка (K10); есть несколько раз: —",
        ),
        (
            DraftKeptOtherwise(number="0000-000007", parts=("draft_total", "draft_lines")),
            (
                "Черновик 0000-000007 записан в 1С не так (сумма, позиции): он не проведён, "
                "исправьте его в 1С"
            ),
        ),
        (SaidByLedger(text='Поле "{x}" не заполнено'), '1С отвечает: Поле "{x}" не заполнено'),
    ],
)
def test_a_refusal_says_what_a_person_needs_to_mend_it(
    refusal: Refusal, words: str, shipped: RuleSet
) -> None:
    assert said(refusal, shipped) == words


@pytest.mark.parametrize("code", RefusalCode)
def test_a_refusal_stands_in_the_journal_as_it_was(code: RefusalCode) -> None:
    assert read_refusal(refusal_record(a_refusal(code))) == a_refusal(code)


@pytest.mark.parametrize("record", [None, b"", b"{}", b'{"code": "from_the_future", "of": {}}'])
def test_a_refusal_of_another_version_is_none(record: bytes | None) -> None:
    assert read_refusal(record) is None


def test_names_of_clients_stay_out_of_the_line_for_the_log() -> None:
    assert "Сцена" not in str(BuyersAlike(inn="9990000019", names=("Сцена (999001001)",)))


def test_texts_without_refusals_leave_the_english_line() -> None:
    texts = refusal_templates({}, Problems())

    formatter = Formatter(ZoneInfo("Europe/Moscow"), Words(), {})
    assert worded(SaidByLedger(text="no"), texts, formatter) == "no"


def test_what_is_missing_or_unknown_is_named() -> None:
    problems = Problems()
    document = node(
        "version: 1\nrefusals:\n  draft_marked: '{nummer}'\n  buyer_unknwon: нет\n", "texts.yaml"
    )

    refusal_templates(read_texts([document], problems).refusals, problems)

    found = [str(problem) for problem in problems.found]
    assert any("buyer_unknwon" in one and "buyer_unknown" in one for one in found)
    assert any("nummer" in one for one in found)
    assert any("lack a text for 'not_posted'" in one for one in found)

"""The bank writes its files badly in every way the contract knows (contract 5.1, 10.14)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from westsync.sandbox.onec import Layout, OneCWorld, statement
from westsync.sandbox.onec.furnishing import BUYER

FIRST, LAST = date(2025, 2, 1), date(2025, 2, 28)


@pytest.fixture
def paid(base: OneCWorld) -> OneCWorld:
    base.pay_invoice(base.make_invoice(BUYER.key, "120000.00"))
    base.pay_out("45000.50", payee=BUYER.key, purpose="Возврат")
    return base


def test_a_statement_has_head_balances_and_both_directions(paid: OneCWorld) -> None:
    lines = statement(paid, FIRST, LAST).decode("cp1251").split("\r\n")

    assert lines[0] == "1CClientBankExchange"
    assert lines[-2:] == ["КонецФайла", ""]
    for line in (
        "Кодировка=Windows",
        "ВсегоПоступило=120000.00",
        "ВсегоСписано=45000.50",
        "КонечныйОстаток=84999.50",
        "ПлательщикИНН=9990000019",
        "ДатаПоступило=04.02.2025",
        "ДатаСписано=04.02.2025",
    ):
        assert line in lines


@pytest.mark.parametrize(
    ("layout", "encoding", "says"),
    [
        ({"encoding": "cp866"}, "cp866", "DOS"),
        ({"encoding": "cp866", "says": "Windows"}, "cp866", "Windows"),
        ({"encoding": "utf-8"}, "utf-8", "Windows"),
        ({"encoding": "utf-8-sig", "newline": "\n"}, "utf-8-sig", "Windows"),
    ],
)
def test_encodings_may_lie(
    paid: OneCWorld, layout: dict[str, Any], encoding: str, says: str
) -> None:
    text = statement(paid, FIRST, LAST, Layout(**layout)).decode(encoding)

    assert text.startswith("1CClientBankExchange")
    assert f"Кодировка={says}" in text
    assert ("\r\n" in text) is (layout.get("newline") != "\n")


def test_a_file_may_still_be_being_written_and_sums_may_lack_kopecks(paid: OneCWorld) -> None:
    text = statement(paid, FIRST, LAST, Layout(finished=False, kopecks=False)).decode("cp1251")

    assert text.endswith("КонецДокумента\r\n")
    assert "Сумма=120000\r\n" in text
    assert "Сумма=45000.50\r\n" in text


def test_overlapping_statements_repeat_the_same_document(paid: OneCWorld) -> None:
    first = statement(paid, FIRST, date(2025, 2, 4)).decode("cp1251")
    second = statement(paid, date(2025, 2, 4), LAST).decode("cp1251")
    later = statement(paid, date(2025, 2, 5), LAST).decode("cp1251")

    body = first[first.index("СекцияДокумент") :]
    assert body == second[second.index("СекцияДокумент") :]
    assert "СекцияДокумент" not in later

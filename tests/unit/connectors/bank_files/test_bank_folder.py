"""The watched folder: each payment once, unfinished files later, bad ones never and aloud."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from tests.unit.connectors.bank_files.statements import (
    HEADER,
    OUTGOING,
    THEIRS,
    document,
    statement,
)
from westsync.connectors.bank_files.folder import BankFolder
from westsync.domain.ledger import MoneyKind
from westsync.errors import Unavailable

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fakes.clock import FakeClock
    from tests.unit.connectors.bank_files.conftest import Put
    from westsync.domain.ledger import Payment

SINCE, UNTIL = date(2025, 1, 1), date(2025, 3, 1)


def payments(folder: BankFolder, since: date = SINCE, until: date = UNTIL) -> list[Payment]:
    return [payment for page in folder.payments(since, until) for payment in page]


def test_the_sample_of_the_contract_gives_a_receipt_and_a_payment_out(
    folder: BankFolder, put: Put
) -> None:
    put("kl_to_1c.txt", statement())

    coming, going = sorted(payments(folder), key=lambda one: one.kind)

    assert coming.kind is MoneyKind.BANK
    assert coming.amount == Decimal("120000.00")
    assert coming.dated == date(2025, 2, 2)
    assert coming.at == datetime(2025, 2, 1, 21, tzinfo=UTC)  # midnight in Moscow
    assert (coming.incoming_number, coming.incoming_on) == ("57", date(2025, 2, 1))
    assert (coming.inn, coming.payer) == ("9990000019", 'ООО "Сцена"')
    assert coming.purpose.startswith("Оплата по счету № 123 от 01.02.2025 за")
    assert coming.ref.startswith("bank:")
    assert coming.counts
    assert going.kind is MoneyKind.OUT
    assert (going.amount, going.inn) == (Decimal("45000.00"), "9990000026")
    assert going.payer == 'ООО "Поставщик звука"'


def test_overlapping_statements_show_each_payment_once(folder: BankFolder, put: Put) -> None:
    put("monday.txt", statement(document()))
    put("week.TXT", statement(document(), document(Номер="58")).encode("utf-8"))
    put("again.txt", statement(document(Сумма="120000")).encode("cp866"))

    assert sorted(one.number for one in payments(folder)) == ["57", "58"]


@pytest.mark.parametrize(
    "changes",
    [
        {"Номер": "58"},
        {"Дата": "31.01.2025"},
        {"Сумма": "120000.01"},
        {"ПлательщикСчет": "40702810800000000003"},
        {"НазначениеПлатежа": "Оплата по счету № 124 от 01.02.2025"},
    ],
)
def test_what_makes_another_payment_gives_another_key(
    folder: BankFolder, put: Put, changes: dict[str, Any]
) -> None:
    put("both.txt", statement(document(), document(**changes)))

    assert len({one.ref for one in payments(folder)}) == 2


def test_a_transfer_between_own_accounts_is_no_payment(folder: BankFolder, put: Put) -> None:
    header = HEADER.replace("СекцияРасчСчет", f"РасчСчет={THEIRS}\nСекцияРасчСчет", 1)
    put("transfer.txt", statement(document(), header=header))

    assert payments(folder) == []
    assert folder.quarantined == ()


def test_money_that_has_not_arrived_is_not_shown(folder: BankFolder, put: Put) -> None:
    put("waiting.txt", statement(document(ДатаПоступило="")))

    assert payments(folder) == []


def test_the_account_may_stand_in_the_other_field(folder: BankFolder, put: Put) -> None:
    put("other.txt", statement(document(ПолучательСчет=None)))

    assert len(payments(folder)) == 1


def test_a_purpose_in_parts_and_a_name_with_inn_are_put_right(folder: BankFolder, put: Put) -> None:
    changed = document(НазначениеПлатежа=None, Плательщик1=None)
    put("parts.txt", statement(changed))

    (payment,) = payments(folder)

    assert payment.purpose.endswith("оборудование. В т.ч. НДС 20% - 20000.00")
    assert payment.payer == 'ООО "Сцена"'


def test_money_back_to_a_buyer_is_negative(folder: BankFolder, put: Put) -> None:
    purpose = "Возврат по счету № 123 от 01.02.2025"
    put("refund.txt", statement(document(OUTGOING, НазначениеПлатежа=purpose)))

    (payment,) = payments(folder)

    assert (payment.kind, payment.amount) == (MoneyKind.OUT, Decimal("-45000.00"))


def test_a_payer_without_inn_is_written_as_zero_and_has_none(folder: BankFolder, put: Put) -> None:
    put("person.txt", statement(document(ПлательщикИНН="0")))

    assert payments(folder)[0].inn == ""


@pytest.mark.parametrize("written", ["9990000019/999001001", " 9990000019 "])
def test_an_inn_is_read_without_what_stands_beside_it(
    folder: BankFolder, put: Put, written: str
) -> None:
    put("inn.txt", statement(document(ПлательщикИНН=written)))

    assert payments(folder)[0].inn == "9990000019"


def test_an_inn_that_only_stands_before_the_name_is_read_there(
    folder: BankFolder, put: Put
) -> None:
    put("name.txt", statement(document(ПлательщикИНН=None)))

    (payment,) = payments(folder)

    assert (payment.inn, payment.payer) == ("9990000019", 'ООО "Сцена"')


def test_only_the_window_is_shown(folder: BankFolder, put: Put) -> None:
    put("kl.txt", statement())

    arrived = date(2025, 2, 2)

    assert payments(folder, SINCE, arrived) == []
    assert len(payments(folder, arrived, arrived + timedelta(days=1))) == 2
    assert payments(folder, arrived + timedelta(days=1), UNTIL) == []
    assert len(payments(folder)) == 2


def test_an_unfinished_file_waits_two_minutes_and_is_then_quarantined(
    folder: BankFolder, put: Put, clock: FakeClock
) -> None:
    put("growing.txt", statement(end=""), age_s=0)

    with capture_logs() as early:
        assert payments(folder) == []
    clock.advance(timedelta(minutes=2))
    with capture_logs() as late:
        assert payments(folder) == []
        assert payments(folder) == []

    assert early == []
    assert [(log["event"], log["file"]) for log in late] == [
        ("bank_file.quarantined", "growing.txt")
    ]
    assert "КонецФайла" in folder.quarantined[0].why


def test_a_file_that_is_finished_later_is_read_then(folder: BankFolder, put: Put) -> None:
    put("growing.txt", statement(end=""), age_s=1)
    assert payments(folder) == []

    put("growing.txt", statement(), age_s=0)

    assert len(payments(folder)) == 2


def test_a_file_that_is_no_statement_does_not_stop_the_others(folder: BankFolder, put: Put) -> None:
    put("a.txt", b"1CClientBankExchange\n\x00\x01")
    put("b.txt", statement())
    put("readme.pdf", b"%PDF")

    assert len(payments(folder)) == 2
    assert [one.name for one in folder.quarantined] == ["a.txt"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"Сумма": "много"}, "Сумма"),
        ({"Сумма": "-5.00"}, "Сумма"),
        ({"Дата": "2025-02-01"}, "Дата"),
        ({"ДатаПоступило": "31.02.2025"}, "ДатаПоступило"),
        ({"ПолучательСчет": "1", "ПолучательРасчСчет": "1"}, "РасчСчет"),
    ],
)
def test_a_bad_document_is_named_with_its_line_and_the_others_count(
    folder: BankFolder, put: Put, changes: dict[str, Any], why: str
) -> None:
    put("mixed.txt", statement(document(**changes), document(Номер="58")))

    assert [one.number for one in payments(folder)] == ["58"]
    (refused,) = folder.quarantined
    assert refused.line == HEADER.count("\n") + 1
    assert why in refused.why


@pytest.mark.parametrize(
    ("written", "read"), [("120000", "120000.00"), ("120000,5", "120000.50"), ("7-50", "7.50")]
)
def test_sums_are_read_in_every_usual_form(
    folder: BankFolder, put: Put, written: str, read: str
) -> None:
    put("sum.txt", statement(document(Сумма=written)))

    assert payments(folder)[0].amount == Decimal(read)


def test_a_folder_that_is_not_there_is_unavailable_and_named(
    tmp_path: Path, clock: FakeClock, folder: BankFolder
) -> None:
    missing = BankFolder(tmp_path / "nowhere", folder._zone, clock)

    with pytest.raises(Unavailable, match="bank_folder"):
        payments(missing)


def test_a_year_of_statements_stays_whole_when_read_again(folder: BankFolder, put: Put) -> None:
    for number in range(100):
        day = (SINCE + timedelta(days=number % 50)).strftime("%d.%m.%Y")
        one = document(Номер=str(number), Дата=day, ДатаПоступило=day)
        put(f"{number}.txt", statement(one))

    first, second = payments(folder), payments(folder)

    assert len(first) == 100
    assert first == second
    assert [one.dated for one in first] == sorted(one.dated for one in first)

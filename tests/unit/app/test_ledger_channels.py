"""Promises of the channels: who tells what, who may write, what is imported (1C contract 1)."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.fakes.clock import FakeClock
from westsync.app.ledger import connect_ledger
from westsync.connectors.onec.odata_writer import ODataWriter
from westsync.connectors.onec.soap_writer import SoapWriter
from westsync.errors import Rejected
from westsync.settings.onec import OneCSettings

if TYPE_CHECKING:
    from pathlib import Path

    from westsync.app.ledger import ConnectedLedger

DAY = date(2026, 11, 20)
STATEMENT = """1CClientBankExchange
ВерсияФормата=1.03
Кодировка=Windows
РасчСчет=40702810200000000001
СекцияДокумент=Платежное поручение
Номер=57
Дата=20.11.2026
Сумма=120000.00
ПлательщикСчет=40702810800000000002
ПлательщикИНН=9990000019
ПолучательСчет=40702810200000000001
ДатаПоступило=20.11.2026
НазначениеПлатежа=Оплата по счету № 123 от 01.11.2026
КонецДокумента
КонецФайла
"""


def settings(**changes: object) -> OneCSettings:
    """Return the section ``onec`` of a base that nobody listens for."""
    return OneCSettings.model_validate(
        {
            "url": "http://127.0.0.1:9/base",
            "user": "Интеграция",
            "password": "пароль",
            "organization_inn": "7701234560",
            **changes,
        }
    )


def connected(**changes: object) -> ConnectedLedger:
    return connect_ledger("main", settings(**changes), FakeClock())


def test_a_base_is_read_only_until_the_settings_say_otherwise() -> None:
    ledger = connected()

    assert ledger.writer is None
    assert ledger.told == {"invoices", "supplier_invoices", "payments", "shipments"}
    ledger.close()


@pytest.mark.parametrize(("channel", "writer"), [("odata", ODataWriter), ("soap", SoapWriter)])
def test_invoices_are_written_through_their_channel(channel: str, writer: type[object]) -> None:
    ledger = connected(readonly=False, channels={"invoices": channel})

    assert isinstance(ledger.writer, writer)
    ledger.close()


def test_a_preview_has_no_writer_whatever_the_settings_say() -> None:
    ledger = connect_ledger("main", settings(readonly=False), FakeClock(), writes=False)

    assert ledger.writer is None
    ledger.close()


def test_files_alone_need_no_connection(tmp_path: Path) -> None:
    (tmp_path / "kl_to_1c.txt").write_bytes(STATEMENT.encode("cp1251"))
    channels = {"invoices": "none", "payments": ["bank_file"], "shipments": "none"}
    made = settings(channels=channels, bank_folder=tmp_path.name)

    ledger = connect_ledger("main", made, FakeClock(), directory=tmp_path.parent)
    ((payment,),) = ledger.reader.payments(DAY, date(2026, 11, 21))

    assert ledger.told == {"payments"}
    assert ledger.session is None
    assert payment.incoming_number == "57"


def test_what_no_channel_tells_is_said_to_be_untold() -> None:
    channels = {"invoices": "none", "payments": ["none"], "shipments": "none"}
    ledger = connected(channels=channels)

    with pytest.raises(Rejected, match=r"onec\.channels"):
        next(ledger.reader.invoices(DAY, DAY))
    assert ledger.told == frozenset()
    assert ledger.reader.items(["SRM450"]) == {}
    assert ledger.reader.print_form("x", "СчетНаОплату") is None  # type: ignore[arg-type]  # no key


def test_zeep_is_loaded_only_for_the_service() -> None:
    lean = (
        "import sys\n"
        "from westsync.app import ledger\n"
        "from westsync.settings.onec import OneCSettings\n"
        "from westsync.clocks import SystemClock\n"
        "made = OneCSettings.model_validate({'url': 'http://127.0.0.1:9/base', 'user': 'u',"
        " 'password': 'p', 'organization_inn': '7701234560'})\n"
        "ledger.connect_ledger('main', made, SystemClock()).close()\n"
        "print(sorted({'zeep', 'lxml', 'requests'} & set(sys.modules)))\n"
    )

    done = subprocess.run(  # noqa: S603 - our own interpreter and words
        [sys.executable, "-c", lean], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "changes",
    [
        {"channels": {"invoices": "bank_file"}},
        {"unknown_item": "placeholder"},
        {"placeholder_item": "00-00000001"},
        {"tolerance": -1},
        {"vat_rates": []},
        {"session": "always"},
    ],
)
def test_what_contradicts_itself_is_a_mistake(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="OneCSettings"):
        settings(**changes)

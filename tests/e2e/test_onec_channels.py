"""Each duty of 1C by each of its channels, from westsync.yaml to what goes over HTTP."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.e2e.office import MSK, SHIPPED, TUESDAY
from tests.fakes.clock import FakeClock
from westsync.app.configuration import read_configuration
from westsync.app.ledger import connect_ledger
from westsync.domain.ledger import LedgerRef
from westsync.errors import Rejected
from westsync.sandbox.onec import OneCServer, OneCWorld, breaches, statement
from westsync.sandbox.onec.furnishing import BUYER
from westsync.sandbox.onec.world import PASSWORD, USER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from westsync.app.ledger import ConnectedLedger

DAY = date(2026, 11, 24)
NEXT = DAY + timedelta(days=1)
TOTAL = Decimal("120000.00")
NOTHING = {"invoices": "none", "payments": "none", "shipments": "none", "print_forms": "none"}


@pytest.fixture
def base() -> OneCWorld:
    """A base in which an invoice was issued, paid and shipped this morning."""
    world = OneCWorld(start=TUESDAY)
    invoice = world.make_invoice(BUYER.key, TOTAL)
    world.pay_invoice(invoice)
    world.ship(invoice)
    return world


@contextmanager
def configured(base: OneCWorld, directory: Path, **channels: str) -> Iterator[ConnectedLedger]:
    """Connect to a base by a whole configuration; channels that are not given are none."""
    config = directory / "config"
    shutil.copytree(SHIPPED, config)
    (config / "bank").mkdir()
    (config / "bank" / "kl_to_1c.txt").write_bytes(statement(base, DAY, NEXT))
    chosen = ", ".join(f"{duty}: {way}" for duty, way in (NOTHING | channels).items())
    with OneCServer(base) as server:
        section = (
            f"    onec:\n      url: {server.url}\n      user: {USER}\n"
            f'      organization_inn: "7701234560"\n      channels: {{ {chosen} }}\n'
        )
        if "bank_file" in chosen:
            section += "      bank_folder: bank\n"
        written = (config / "westsync.yaml").read_text(encoding="utf-8")
        whole = written.replace("\npeople:", f"\n{section}\npeople:", 1)
        (config / "westsync.yaml").write_text(whole, encoding="utf-8")
        env = {k: v for k, v in os.environ.items() if not k.startswith("WESTSYNC")}
        env["WESTSYNC__ACCOUNTS__MAIN__ONEC__PASSWORD"] = PASSWORD
        settings = read_configuration(config, env).must_be_right().settings.accounts["main"].onec
        assert settings is not None
        clock = FakeClock(datetime(2026, 11, 24, 12, tzinfo=MSK))
        ledger = connect_ledger("main", settings, clock, directory=config)
        yield ledger
        ledger.close()
        assert list(breaches(base.requests)) == []


def told(ledger: ConnectedLedger, duty: str) -> list[str]:
    """Return what a duty brings of the day, each document by what it is known by."""
    reader = ledger.reader
    match duty:
        case "invoices":
            return [str(one.total) for page in reader.invoices(DAY, NEXT) for one in page]
        case "payments":
            return [str(one.amount) for page in reader.payments(DAY, NEXT) for one in page]
        case _:
            return [str(one.total) for page in reader.shipments(DAY, NEXT) for one in page]


@pytest.mark.parametrize(
    ("duty", "channel", "asked"),
    [
        ("invoices", "odata", "GET Document_СчетНаОплатуПокупателю"),
        ("invoices", "soap", "SOAP WestSync.ListInvoices"),
        ("payments", "odata", "GET Document_ПоступлениеНаРасчетныйСчет"),
        ("payments", "soap", "SOAP WestSync.ListPayments"),
        ("payments", "bank_file", None),
        ("shipments", "odata", "GET Document_РеализацияТоваровУслуг"),
        ("shipments", "soap", "SOAP WestSync.ListShipments"),
    ],
)
def test_a_duty_is_done_by_its_channel_and_by_no_other(
    base: OneCWorld, tmp_path: Path, duty: str, channel: str, asked: str | None
) -> None:
    with configured(base, tmp_path, **{duty: channel}) as ledger:
        found = told(ledger, duty)

        routes = {str(one.route) for one in base.requests}
        assert found == ["120000.00"]
        assert duty in ledger.told
        assert ledger.told <= {duty, "supplier_invoices"}
        assert (routes == set()) if asked is None else (asked in routes)
        assert any(route.startswith("SOAP") for route in routes) is (channel == "soap")


@pytest.mark.parametrize("duty", ["invoices", "shipments"])
def test_a_duty_that_no_channel_has_asks_nobody(base: OneCWorld, tmp_path: Path, duty: str) -> None:
    with configured(base, tmp_path) as ledger:
        with pytest.raises(Rejected, match=r"onec\.channels"):
            told(ledger, duty)

        assert told(ledger, "payments") == []
        assert ledger.told == frozenset()
        assert list(base.requests) == []


def test_a_print_form_comes_from_the_service_also_beside_odata(
    base: OneCWorld, tmp_path: Path
) -> None:
    with configured(base, tmp_path, invoices="odata", print_forms="soap") as ledger:
        (page,) = ledger.reader.invoices(DAY, NEXT)

        content = ledger.reader.print_form(page[0].ref, "СчетНаОплату")

        assert content is not None
        assert content.startswith(b"%PDF")
        assert "SOAP WestSync.GetPrintForm" in {str(one.route) for one in base.requests}


def test_without_a_channel_for_them_there_are_no_print_forms(
    base: OneCWorld, tmp_path: Path
) -> None:
    with configured(base, tmp_path, invoices="odata") as ledger:
        key = LedgerRef(
            next(str(one["Ref"]) for one in base.store.all("Document_СчетНаОплатуПокупателю"))
        )

        assert ledger.reader.print_form(key, "СчетНаОплату") is None

"""What people do in 1C, as westsync will meet it (contract 10.12)."""

from __future__ import annotations

import threading
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.sandbox.onec.conftest import INVOICES, RECEIPTS, by_key
from westsync.sandbox.onec.bp30 import FACTURA, INVOICE, INVOICE_FILES, SHIPMENT
from westsync.sandbox.onec.furnishing import BUYER, SUPPLIER

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.onec.conftest import OData
    from westsync.sandbox.onec import OneCWorld

WINDOW = "Date ge datetime'2025-02-04T00:00:00' and Date lt datetime'2025-02-05T00:00:00'"


def test_a_payment_quotes_the_invoice_as_payers_do(odata: OData, base: OneCWorld) -> None:
    key = base.make_invoice(BUYER.key, "120000.00")

    base.pay_invoice(key)

    row = odata.rows(RECEIPTS)[0]
    assert (
        row["НазначениеПлатежа"] == "Оплата по счету № 1 от 04.02.2025. В т.ч. НДС 20% - 20000.00"
    )
    assert row["РасшифровкаПлатежа"][0]["СчетНаОплату_Key"] == key
    assert row["Posted"] is True


def test_one_payment_covers_two_invoices_in_two_rows(odata: OData, base: OneCWorld) -> None:
    keys = [base.make_invoice(BUYER.key, total) for total in (100, 250)]

    base.pay_together(keys)

    row = odata.rows(RECEIPTS)[0]
    rows = [(line["СчетНаОплату_Key"], line["СуммаПлатежа"]) for line in row["РасшифровкаПлатежа"]]
    assert row["СуммаДокумента"] == 350
    assert rows == list(zip(keys, (100, 250), strict=True))
    assert "по счетам № 1 от 04.02.2025, № 2 от 04.02.2025" in row["НазначениеПлатежа"]


@pytest.mark.parametrize("means", ["bank", "cash", "card"])
def test_every_kind_of_money_counts(base: OneCWorld, means: str) -> None:
    key = base.make_invoice(BUYER.key, 100)

    base.pay_invoice(key, 130, means=means)  # type: ignore[arg-type]  # one of the three

    settled = base.settlement.of(base.need(INVOICE, key))
    assert (settled.paid, settled.status) == (Decimal(130), "Оплачен")


def test_money_without_a_link_does_not_count_until_it_is_linked(
    odata: OData, base: OneCWorld
) -> None:
    key = base.make_invoice(BUYER.key, 100)
    payment = base.pay_invoice(key, linked=False, payer=SUPPLIER.key)
    unlinked = base.settlement.of(base.need(INVOICE, key)).status
    base.link_payment(payment, [(key, 100)])

    row = odata.rows(RECEIPTS)[0]

    assert unlinked == "НеОплачен"
    assert row["Контрагент"] == SUPPLIER.key
    assert base.settlement.of(base.need(INVOICE, key)).status == "Оплачен"
    base.change_payment(payment, 40)
    assert base.settlement.of(base.need(INVOICE, key)).paid == 40
    base.unpost_document(payment)
    assert base.settlement.of(base.need(INVOICE, key)).paid == 0


def test_money_from_nobody_stays_unposted(odata: OData, base: OneCWorld) -> None:
    base.receive(77, purpose="Неизвестно от кого")

    row = odata.rows(RECEIPTS)[0]

    assert (row["Posted"], row["Контрагент_Type"]) == (False, "StandardODATA.Undefined")


def test_the_accountants_mark_pays_and_cancels(base: OneCWorld) -> None:
    key = base.make_invoice(BUYER.key, 100)

    def status() -> str:
        return base.settlement.of(base.need(INVOICE, key)).status

    base.set_status(key, "Оплачен")
    paid = status()
    base.set_status(key, "Отменен")
    cancelled = status()
    base.set_status(key, None)

    assert (paid, cancelled, status()) == ("Оплачен", "Отменен", "НеОплачен")


def test_every_edit_changes_the_version(odata: OData, base: OneCWorld) -> None:
    key = base.make_invoice(BUYER.key, 100, post=False)
    versions = [odata.row(by_key(INVOICES, key))["DataVersion"]]

    acts: list[Callable[[], None]] = [
        lambda: base.post_document(key),
        lambda: base.edit(key, Комментарий="x"),
        lambda: base.edit_total(key, "200.10"),
        lambda: base.move_date(key, datetime.fromisoformat("2025-03-01T00:00:00")),
        lambda: base.mark_document(key),
    ]
    for act in acts:
        act()
        versions.append(odata.row(by_key(INVOICES, key))["DataVersion"])

    row = odata.row(by_key(INVOICES, key))
    assert len(set(versions)) == 6
    assert (row["СуммаДокумента"], row["Товары"][0]["СуммаНДС"]) == (200.10, 33.35)
    assert (row["Date"], row["DeletionMark"]) == ("2025-03-01T00:00:00", True)


def test_papers_point_at_each_other(odata: OData, base: OneCWorld) -> None:
    key = base.make_invoice(BUYER.key, 600)

    torg = base.ship(key, factura=True)
    upd = base.ship(key, upd=True)

    shipments = {row["Ref_Key"]: row for row in odata.rows(SHIPMENT)}
    factura = odata.rows(FACTURA)[0]
    assert shipments[torg]["СчетНаОплатуПокупателю_Key"] == key
    assert shipments[torg]["ВидЭлектронногоДокумента"] == "ТОРГ12Продавец"
    assert shipments[upd]["ЭтоУниверсальныйДокумент"] is True
    assert (factura["ДокументОснование"], factura["СуммаНДСДокумента"]) == (torg, 100)
    assert factura["ДокументыОснования"][0]["ДокументОснование_Type"] == f"StandardODATA.{SHIPMENT}"


def test_a_file_has_its_content_unless_it_lies_in_a_volume(odata: OData, base: OneCWorld) -> None:
    key = base.make_invoice(BUYER.key, 1)
    base.attach_file(key, "счет", b"%PDF-1.4")
    base.attach_file(key, "скан", None)

    rows = odata.rows(INVOICE_FILES, orderby="Размер desc")

    assert [row["ФайлХранилище_Base64Data"] for row in rows] == ["JVBERi0xLjQ=", ""]
    assert {row["ВладелецФайла_Key"] for row in rows} == {key}


def test_a_supplier_is_paid_by_money_out(base: OneCWorld) -> None:
    day = datetime.fromisoformat("2025-01-30").date()
    key = base.make_supplier_invoice(SUPPLIER.key, "ПЗ-77", day, 45000)

    base.pay_supplier(key, 20000)

    row = base.need(base.locate(key).entity, key)
    assert base.settlement.of(row).status == "ОплаченЧастично"


def test_an_edit_of_a_field_that_does_not_exist_is_an_error(base: OneCWorld) -> None:
    key = base.make_invoice(BUYER.key, 1)

    with pytest.raises(KeyError, match="НетТакого"):
        base.edit(key, НетТакого=1)


def test_people_may_act_while_a_client_reads(odata: OData, base: OneCWorld) -> None:
    def act() -> None:
        for total in range(1, 150):
            base.pay_invoice(base.make_invoice(BUYER.key, total))

    people = threading.Thread(target=act)
    people.start()
    seen = [len(odata.rows(RECEIPTS, filter=WINDOW)) for _ in range(15)]
    people.join()

    assert seen == sorted(seen)
    assert len(odata.rows(RECEIPTS, filter=WINDOW)) == 149

"""Promises of reading through OData, on the contract's own answers (1C contract 4.7-4.9)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.fakes.http_server import reply
from tests.unit.connectors.onec.small_base import (
    BUYER,
    INVOICE,
    JSON,
    OURS,
    RECEIPT,
    ROUBLE,
    metadata_xml,
    page,
    published,
    refusal,
    small_base,
)
from westsync.connectors.onec.odata_reader import ODataReader
from westsync.domain.ledger import LedgerRef, MoneyKind, PaymentRow, PaymentStatus
from westsync.errors import Rejected, UnexpectedReply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.connectors.onec.small_base import SmallBase

SINCE, UNTIL = date(2025, 2, 1), date(2025, 2, 4)
EMPTY = "00000000-0000-0000-0000-000000000000"
OTHER = LedgerRef("99999999-2222-11ee-8c5e-0050569b0c11")
SCENE: dict[str, object] = {
    "Ref_Key": BUYER,
    "Description": "Сцена ООО",
    "ИНН": "9990000019",
    "КПП": "999001001",
    "ЮридическоеФизическоеЛицо": "ЮридическоеЛицо",
    "DeletionMark": False,
}


def an_invoice(**changes: object) -> dict[str, object]:
    """Return the head of an invoice."""
    return {
        "Ref_Key": INVOICE,
        "DataVersion": "AAAAAQAAAAA=",
        "DeletionMark": False,
        "Number": "0000-000123",
        "Date": "2025-02-01T09:30:00",
        "Posted": True,
        "Организация_Key": OURS,
        "Контрагент_Key": BUYER,
        "ВалютаДокумента_Key": ROUBLE,
        "СуммаДокумента": 120000,
        "Комментарий": "WS:megaplan:deal:1000345:invoice:1",
        **changes,
    }


def a_receipt(**changes: object) -> dict[str, object]:
    """Return the receipt of contract 4.9.9."""
    return {
        "Ref_Key": RECEIPT,
        "DataVersion": "AAAABAAAAAA=",
        "DeletionMark": False,
        "Number": "0000-000031",
        "Date": "2025-02-02T12:00:00",
        "Posted": True,
        "ВидОперации": "ОплатаПокупателя",
        "Организация_Key": OURS,
        "Контрагент": BUYER,
        "Контрагент_Type": "StandardODATA.Catalog_Контрагенты",
        "СуммаДокумента": 120000,
        "ДатаВходящегоДокумента": "2025-02-01T00:00:00",
        "НомерВходящегоДокумента": "57",
        "НазначениеПлатежа": "Оплата по счету № 123 от 01.02.2025",
        "РасшифровкаПлатежа": [
            {"LineNumber": "1", "СчетНаОплату_Key": INVOICE, "СуммаПлатежа": 120000}
        ],
        **changes,
    }


@pytest.fixture
def onec() -> Iterator[SmallBase]:
    """Return a connector to a base without the register of states."""
    with small_base(payment_statuses=False) as small:
        yield small


def test_an_invoice_is_read_with_its_buyer(onec: SmallBase) -> None:
    onec.answer(page([an_invoice()]), page([SCENE]))

    ((found,),) = ODataReader(onec.base).invoices(SINCE, UNTIL)

    assert found.ref == INVOICE
    assert found.number == "0000-000123"
    assert found.at == datetime(2025, 2, 1, 6, 30, tzinfo=UTC)
    assert found.dated == date(2025, 2, 1)
    assert (found.total, found.inn, found.posted) == (Decimal("120000.00"), "9990000019", True)
    assert not found.foreign_currency
    assert onec.asked()[0] == (
        "GET /base/odata/standard.odata/Document_СчетНаОплатуПокупателю"
        "?$format=json;odata=nometadata"
        "&$filter=Date ge datetime'2025-02-01T00:00:00' and Date lt datetime'2025-02-04T00:00:00'"
        f" and Организация_Key eq guid'{OURS}'&$orderby=Date,Ref_Key&$top=500"
        "&$select=Ref_Key,DataVersion,DeletionMark,Number,Date,Posted,СуммаДокумента,Комментарий,"
        "Организация_Key,Контрагент_Key,ВалютаДокумента_Key"
    )


def test_documents_of_another_organisation_do_not_count(onec: SmallBase) -> None:
    onec.answer(page([an_invoice(Организация_Key=OTHER)]))

    assert list(ODataReader(onec.base).invoices(SINCE, UNTIL)) == []


def test_another_currency_is_told(onec: SmallBase) -> None:
    onec.answer(page([an_invoice(ВалютаДокумента_Key=OTHER)]), page([SCENE]))

    ((found,),) = ODataReader(onec.base).invoices(SINCE, UNTIL)

    assert found.foreign_currency


def test_a_buyer_is_asked_for_once(onec: SmallBase) -> None:
    reader = ODataReader(onec.base)
    onec.answer(page([an_invoice()]), page([SCENE]), page([an_invoice()]))

    list(reader.invoices(SINCE, UNTIL))
    ((found,),) = reader.invoices(SINCE, UNTIL)

    assert found.inn == "9990000019"
    assert len(onec.server.seen) == 3


def test_many_new_buyers_are_learned_from_the_catalogue_at_once(onec: SmallBase) -> None:
    buyers = [f"0a7d1e52-1f0b-11ee-8c5e-{n:012d}" for n in range(100)]
    heads = [
        an_invoice(Ref_Key=f"3c2cc1b3-dc18-576f-9108-{n:012d}", Контрагент_Key=buyer)
        for n, buyer in enumerate(buyers)
    ]
    catalogue = [
        {**SCENE, "Ref_Key": buyer, "ИНН": f"99900{n:05d}"} for n, buyer in enumerate(buyers)
    ]
    onec.answer(page(heads), page(catalogue))

    (found,) = ODataReader(onec.base).invoices(SINCE, UNTIL)

    assert [one.inn for one in found] == [f"99900{n:05d}" for n in range(100)]
    assert len(onec.server.seen) == 2


def test_a_payment_is_read_with_its_link(onec: SmallBase) -> None:
    onec.answer(page([a_receipt()]), page([SCENE]))

    (payment,) = next(ODataReader(onec.base).payments(SINCE, UNTIL))

    assert payment.kind is MoneyKind.BANK
    assert payment.rows == (PaymentRow(invoice=INVOICE, amount=Decimal("120000.00")),)
    assert (payment.inn, payment.payer) == ("9990000019", "Сцена ООО")
    assert (payment.incoming_number, payment.incoming_on) == ("57", date(2025, 2, 1))


def test_money_comes_by_bank_cash_and_card_and_goes_out(onec: SmallBase) -> None:
    back = a_receipt(ВидОперации="ВозвратПокупателю", Ref_Key=OTHER)
    onec.answer(page([]), page([]), page([]), page([back]), page([SCENE]))

    ((refund,),) = ODataReader(onec.base).payments(SINCE, UNTIL)

    assert [line.split("?")[0].rpartition("/")[2] for line in onec.asked()[:4]] == [
        "Document_ПоступлениеНаРасчетныйСчет",
        "Document_ПриходныйКассовыйОрдер",
        "Document_ОплатаПлатежнойКартой",
        "Document_СписаниеСРасчетногоСчета",
    ]
    assert (refund.kind, refund.amount) == (MoneyKind.OUT, Decimal("-120000.00"))
    assert refund.rows[0].amount == Decimal("-120000.00")


def test_a_row_without_a_link_keeps_its_sum(onec: SmallBase) -> None:
    rows = [{"LineNumber": "1", "СчетНаОплату_Key": EMPTY, "СуммаПлатежа": 120000}]
    onec.answer(page([a_receipt(РасшифровкаПлатежа=rows)]), page([SCENE]))

    (payment,) = next(ODataReader(onec.base).payments(SINCE, UNTIL))

    assert payment.rows == (PaymentRow(invoice=None, amount=Decimal("120000.00")),)


def test_a_shipment_has_its_factura_by_the_basis_or_the_list_of_bases(onec: SmallBase) -> None:
    shipment = {
        **an_invoice(),
        "Ref_Key": RECEIPT,
        "СчетНаОплатуПокупателю_Key": INVOICE,
        "ЭтоУниверсальныйДокумент": False,
        "Товары": [{"СтавкаНДС": "НДС20"}],
        "Услуги": [],
    }
    kind = {"ДокументОснование_Type": "StandardODATA.Document_РеализацияТоваровУслуг"}
    factura = {
        **an_invoice(Number="0000-000007"),
        "ВидСчетаФактуры": "НаРеализацию",
        "ДокументОснование": EMPTY,
        "ДокументОснование_Type": "StandardODATA.Undefined",
        "ДокументыОснования": [{"LineNumber": "1", "ДокументОснование": RECEIPT, **kind}],
    }
    advance = {**factura, "ВидСчетаФактуры": "НаАванс", "Number": "0000-000008"}
    onec.answer(page([factura, advance]), page([shipment]))

    ((found,),) = ODataReader(onec.base).shipments(SINCE, UNTIL)

    assert (found.factura, found.factura_on) == ("0000-000007", date(2025, 2, 1))
    assert (found.invoice, found.is_upd, found.is_vat_free) == (INVOICE, False, False)


def test_the_accountants_mark_is_read_with_the_invoice() -> None:
    mark = {
        "Организация_Key": OURS,
        "Документ": INVOICE,
        "Документ_Type": "StandardODATA.Document_СчетНаОплатуПокупателю",
        "Статус": "Оплачен",
        "Статус_Type": "UnavailableEnums.СтатусОплатыСчета",
    }
    with small_base() as onec:
        onec.answer(reply(an_invoice(), headers=JSON), reply(mark, headers=JSON), page([SCENE]))
        reader = ODataReader(onec.base)

        found = reader.invoice(INVOICE)

        assert found is not None
        assert found.status is PaymentStatus.PAID
        assert onec.asked()[1].startswith(
            "GET /base/odata/standard.odata/InformationRegister_СтатусыДокументов("
            f"Организация_Key=guid'{OURS}', Документ='{INVOICE}', "
            "Документ_Type='StandardODATA.Document_СчетНаОплатуПокупателю')?"
        )


def test_a_refused_register_leaves_states_to_the_payments() -> None:
    with small_base() as onec:
        onec.answer(refusal("-1", "Ошибка"), page([an_invoice()]), page([SCENE]))

        ((found,),) = ODataReader(onec.base).invoices(SINCE, UNTIL)

    assert found.status is None


def test_an_invoice_is_found_by_its_number_with_and_without_prefix(onec: SmallBase) -> None:
    onec.answer(page([]), page([an_invoice(), an_invoice(Number="ВТ00-001123", Ref_Key=OTHER)]))
    onec.answer(page([SCENE]))

    found = ODataReader(onec.base).find_invoices("123", date(2025, 7, 1))

    assert [one.number for one in found] == ["0000-000123"]
    assert "endswith(Number,'123')" in onec.asked()[1]
    assert "Date ge datetime'2025-01-01T00:00:00'" in onec.asked()[1]


def test_no_such_invoice_is_none(onec: SmallBase) -> None:
    onec.answer(refusal("9", status=404))

    assert ODataReader(onec.base).invoice(INVOICE) is None


def test_a_filter_that_the_base_ignores_is_seen(onec: SmallBase) -> None:
    other = {**SCENE, "ИНН": "9990000026"}
    onec.answer(page([SCENE, other]))

    assert [one.inn for one in ODataReader(onec.base).counterparties("9990000019")] == [
        "9990000019"
    ]


def test_a_document_that_lacks_its_sum_is_named(onec: SmallBase) -> None:
    onec.answer(page([an_invoice(СуммаДокумента="много")]), page([SCENE]))

    with pytest.raises(UnexpectedReply, match="0000-000123"):
        list(ODataReader(onec.base).invoices(SINCE, UNTIL))


def test_articles_are_asked_ten_at_a_time(onec: SmallBase) -> None:
    articles = [f"ART-{n}" for n in range(23)]

    found = ODataReader(onec.base).items(articles)

    assert found == {}
    assert len(onec.server.seen) == 3
    assert all(len(one.target) < 2000 for one in onec.server.seen)


def test_names_that_no_longer_fit_are_read_again_once(onec: SmallBase) -> None:
    onec.answer(
        refusal("8", status=404),
        reply(metadata_xml(), headers={"Content-Type": "application/xml"}),
        page([an_invoice()]),
        page([SCENE]),
    )
    reader = ODataReader(onec.base)

    assert len(list(reader.invoices(SINCE, UNTIL))) == 1

    onec.answer(refusal("8", status=404))
    with pytest.raises(Rejected, match="composition"):
        list(reader.invoices(SINCE, UNTIL))


def test_names_are_kept_over_a_restart(onec: SmallBase) -> None:
    onec.base._names = None
    onec.answer(reply(metadata_xml(), headers={"Content-Type": "application/xml"}))
    onec.base.names()

    onec.base._names = None
    onec.base.names()

    assert len(onec.server.seen) == 1


def test_what_is_not_published_is_told_with_its_cure(onec: SmallBase) -> None:
    onec.describe(published(without={"Document_ПоступлениеНаРасчетныйСчет"}))
    onec.server.usual = reply(
        metadata_xml(without={"Document_ПоступлениеНаРасчетныйСчет"}),
        headers={"Content-Type": "application/xml"},
    )

    with pytest.raises(Rejected, match=r"ПоступлениеНаРасчетныйСчет.*composition"):
        list(ODataReader(onec.base).payments(SINCE, UNTIL))


def test_money_of_ut_finds_the_invoice_of_its_order() -> None:
    order, invoice = OTHER, INVOICE
    receipt = a_receipt(
        РасшифровкаПлатежа=[
            {
                "LineNumber": "1",
                "Заказ": order,
                "Заказ_Type": "StandardODATA.Document_ЗаказКлиента",
                "ОснованиеПлатежа": EMPTY,
                "ОснованиеПлатежа_Type": "StandardODATA.Undefined",
                "Сумма": 120000,
            }
        ]
    )
    with small_base("ut11") as onec:
        onec.answer(
            page([receipt]),
            page([SCENE]),
            page(
                [
                    {
                        "Ref_Key": invoice,
                        "DeletionMark": False,
                        "ДокументОснование": order,
                        "ДокументОснование_Type": "StandardODATA.Document_ЗаказКлиента",
                    }
                ]
            ),
        )

        ((payment,),) = ODataReader(onec.base).payments(SINCE, UNTIL)

        assert payment.rows == (PaymentRow(invoice=invoice, amount=Decimal("120000.00")),)
        assert f"cast(guid'{order}', 'Document_ЗаказКлиента')" in onec.asked()[2]

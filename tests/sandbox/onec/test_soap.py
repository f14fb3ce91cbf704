"""The WestSync service as zeep and hand-written envelopes see it (contract 3)."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import requests
import zeep
from lxml import etree
from zeep.transports import Transport

from tests.sandbox.conftest import NO_TLS
from tests.sandbox.onec.conftest import INVOICES, REF, by_key
from westsync.sandbox.onec.bp30 import INVOICE, PARTIES
from westsync.sandbox.onec.breaches import breaches
from westsync.sandbox.onec.furnishing import BUYER, PERSON, SUPPLIER
from westsync.sandbox.onec.soap.xml import NotXml, read_xml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.sandbox.onec.conftest import OData
    from westsync.sandbox.onec import OneCServer, OneCWorld

SERVICE = "urn:westsync:1c:service:1"
NIGHT = datetime(2025, 2, 3)  # noqa: DTZ001 - the wall clock of the server has no zone
NEXT_WEEK = datetime(2025, 2, 10)  # noqa: DTZ001 - as above


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.auth = ("Интеграция".encode(), "пароль".encode())  # type: ignore[assignment]  # bytes, as contract 2.2 wants
        yield session


def served(address: str, binding: str, session: requests.Session) -> Any:
    """Connect as contract 3.2 says: with the true address."""
    client = zeep.Client(f"{address}?wsdl", transport=Transport(session=session))  # type: ignore[no-untyped-call]  # zeep has no types
    return client.create_service(binding, address)  # type: ignore[no-untyped-call]  # as above


@pytest.fixture(params=["WestSyncSoapBinding", "WestSyncSoap12Binding"])
def soap(onec: OneCServer, session: requests.Session, request: Any) -> Any:
    return served(f"{onec.url}/ws/westsync.1cws", f"{{{SERVICE}}}{request.param}", session)


def invoice(**fields: Any) -> dict[str, Any]:
    """The invoice of contract 3.4."""
    line = {
        "ItemCode": "00-00000042",
        "Article": "SRM450",
        "Name": "Акустическая система",
        "Unit": "796",
        "Quantity": Decimal(2),
        "Price": Decimal("60000.00"),
        "Amount": Decimal("120000.00"),
        "VATRate": "НДС20",
        "VATAmount": Decimal("20000.00"),
    }
    buyer = {"INN": "9990000019", "KPP": "999001001", "Name": "Сцена ООО", "IsLegalEntity": True}
    document = {
        "Ref": REF,
        "ExternalId": "megaplan:deal:1000345:invoice:1",
        "Date": datetime(2025, 2, 1, 9, 30),  # noqa: DTZ001 - as above
        "OrganizationINN": "7701234560",
        "Buyer": buyer,
        "ContractNumber": "15/25",
        "ContractDate": datetime(2025, 1, 20),  # noqa: DTZ001 - as above
        "PriceIncludesVAT": True,
        "Comment": "WS:megaplan:deal:1000345:invoice:1",
        "Lines": [line],
    }
    return document | fields


def test_the_wsdl_is_pinned_and_names_a_host_nobody_can_reach(
    onec: OneCServer, session: requests.Session
) -> None:
    root = etree.fromstring(session.get(f"{onec.url}/ws/westsync.1cws?wsdl").content)

    addresses = {one.get("location") for one in root.iterfind(".//{*}address")}
    actions = [one.get("soapAction") for one in root.iterfind(".//{*}operation[@soapAction]")]
    messages = [one.get("name") for one in root.iterfind("{*}message")]
    port_types = [one.get("name") for one in root.iterfind("{*}portType")]
    assert addresses == {"http://1c-internal:8080/base/ws/westsync.1cws"}
    assert actions[:2] == [f"{SERVICE}#WestSync:Ping", f"{SERVICE}#WestSync:CreateInvoice"]
    assert len(actions) == 2 * 8
    assert messages[:2] == ["PingRequestMessage", "PingResponseMessage"]
    assert port_types == ["WestSyncPortType"]


def test_ping_names_configuration_and_local_time(soap: Any) -> None:
    assert soap.Ping() == "WestSync 1; БухгалтерияПредприятия 3.0.164.20; 2025-02-04T09:00:00"


def test_an_invoice_is_created_once_posted_and_seen_by_odata(soap: Any, odata: OData) -> None:
    first = soap.CreateInvoice(invoice())
    second = soap.CreateInvoice(invoice(Comment="другое"))

    made = first["return"]
    assert (made.Number, made.Posted, made.Amount, made.Created) == (
        "0000-000001",
        True,
        Decimal(120000),
        True,
    )
    assert (made.PaidAmount, made.PaymentStatus, made.LastPaymentDate) == (0, "НеОплачен", None)
    assert first.ErrorMessage is None
    assert (second["return"].Created, second["return"].Version) == (False, made.Version)
    row = odata.row(by_key(INVOICES))
    assert (row["Posted"], row["Комментарий"]) == (True, "WS:megaplan:deal:1000345:invoice:1")
    assert row["Товары"][0]["СуммаНДС"] == 20000


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"OrganizationINN": "7700000000"}, "Организация с ИНН 7700000000: не найдено"),
        ({"Buyer": {"INN": "9990000033", "Name": "Нет", "IsLegalEntity": True}}, "9990000033"),
        ({"ContractNumber": "16/25"}, "Договор № 16/25: не найдено"),
        ({"Lines": [{**invoice()["Lines"][0], "ItemCode": "1"}]}, "Номенклатура 1"),
        ({"Lines": [{**invoice()["Lines"][0], "VATRate": "20%"}]}, "ставка НДС: 20%"),
        ({"Date": datetime(2024, 12, 31)}, "запрета изменения"),  # noqa: DTZ001 - as above
    ],
)
def test_a_business_refusal_is_an_answer_and_writes_nothing(
    soap: Any, base: OneCWorld, change: dict[str, Any], text: str
) -> None:
    base.close_period(datetime(2024, 12, 31, tzinfo=UTC).date())
    before = base.store.written

    answer = soap.CreateInvoice(invoice(**change))

    assert answer["return"] is None or answer["return"].Ref is None
    assert text in answer.ErrorMessage
    assert base.store.written == before
    assert base.make_invoice(BUYER.key, 1)
    assert base.store.all(INVOICE)[0]["Number"] == "0000-000001"


@pytest.mark.parametrize(
    "call",
    [
        lambda soap: soap.GetInvoiceState("не uuid", None),
        lambda soap: soap.CreateInvoice(invoice(Ref="нет")),
        lambda soap: soap.ListInvoices(None, None, 0),
        lambda soap: soap.ListPayments(NIGHT, NEXT_WEEK, None, 501),
        lambda soap: soap.ListPayments(NIGHT, NEXT_WEEK, "не курсор", 5),
    ],
)
def test_a_technical_error_is_a_fault(soap: Any, call: Any) -> None:
    with pytest.raises(zeep.exceptions.Fault, match=r"Ref|Limit|Cursor"):
        call(soap)


def test_an_unknown_invoice_is_no_error(soap: Any) -> None:
    answer = soap.GetInvoiceState(REF, None)

    assert answer["return"] is None or answer["return"].Ref is None
    assert answer.ErrorMessage is None


def test_a_state_follows_every_payment_and_its_loss(soap: Any, base: OneCWorld) -> None:
    soap.CreateInvoice(invoice())

    def seen() -> tuple[Any, str]:
        state = soap.GetInvoiceState(None, "megaplan:deal:1000345:invoice:1")["return"]
        versions.append(state.Version)
        return state.PaidAmount, state.PaymentStatus

    versions: list[str] = []
    history = [seen()]
    part = base.pay_invoice(REF, 50000)
    history.append(seen())
    base.pay_invoice(REF, 70000, means="cash")
    history.append(seen())
    base.refund(REF, 20000)
    history.append(seen())
    base.mark_document(part)
    history.append(seen())
    base.mark_document(REF)
    history.append(seen())

    assert history == [
        (0, "НеОплачен"),
        (50000, "ОплаченЧастично"),
        (120000, "Оплачен"),
        (100000, "ОплаченЧастично"),
        (50000, "ОплаченЧастично"),
        (50000, "Отменен"),
    ]
    assert len(set(versions)) == len(versions)


def test_lists_go_by_pages_and_lose_nothing(soap: Any, base: OneCWorld) -> None:
    keys = {base.make_invoice(BUYER.key, 100 + n) for n in range(5)}

    found, cursor = [], None
    for _ in range(3):
        page = soap.ListInvoices(None, cursor, 2)
        found += [item.Ref for item in page.Item]
        cursor = page.NextCursor

    assert cursor is None
    assert len(found) == 5
    assert set(found) == keys


def test_changed_since_is_inclusive_and_counts_payments(soap: Any, base: OneCWorld) -> None:
    old = base.make_invoice(BUYER.key, 100)
    base.make_invoice(BUYER.key, 200)
    base.set_now(datetime(2025, 2, 4, 7, 0, tzinfo=UTC))
    base.pay_invoice(old)

    changed = soap.ListInvoices(datetime(2025, 2, 4, 10, 0), None, 500)  # noqa: DTZ001 - as above

    assert [item.Ref for item in changed.Item] == [old]


def test_payments_come_row_by_row_and_refunds_are_negative(soap: Any, base: OneCWorld) -> None:
    first, second = (base.make_invoice(BUYER.key, total) for total in (100, 200))
    both = base.pay_together([first, second])
    base.refund(first, 30)
    base.receive(5, payer=SUPPLIER.key, purpose="Без ссылки", means="card")
    gone = base.pay_invoice(first)
    base.mark_document(gone)
    base.pay_out(40, operation="ПеречислениеНалога")

    page = soap.ListPayments(NIGHT, NEXT_WEEK, None, 1)
    rest = soap.ListPayments(NIGHT, NEXT_WEEK, page.NextCursor, 500)
    items = [*page.Item, *rest.Item]

    rows = sorted(
        (item.Amount, item.InvoiceRef, item.InvoiceAmount) for item in items if item.InvoiceRef
    )
    assert rows == sorted([(-30, first, -30), (300, first, 100), (300, second, 200)])
    assert [item.Ref for item in items].count(both) == 2
    unlinked = [item for item in items if not item.InvoiceRef]
    assert [(item.Amount, item.PayerINN) for item in unlinked] == [(5, "9990000026")]


def test_shipments_bring_their_factura_and_their_kind_of_paper(soap: Any, base: OneCWorld) -> None:
    key = base.make_invoice(BUYER.key, 100)
    base.ship(key, factura=True)
    base.ship(key, upd=True)
    base.ship(base.make_invoice(BUYER.key, 5))

    page = soap.ListShipments(key, None, None, None, 500)

    papers = {(item.IsUPD, item.FacturaNumber) for item in page.Item}
    assert papers == {(False, "0000-000001"), (True, None)}


def test_a_suppliers_invoice_is_registered_once_and_followed(soap: Any, base: OneCWorld) -> None:
    supplier = {"INN": "9990000026", "KPP": "999001001", "Name": "x", "IsLegalEntity": True}
    given = invoice(Buyer=supplier, ContractNumber=None, ContractDate=None)

    first = soap.RegisterSupplierInvoice(given, "ПЗ-77", NIGHT)
    second = soap.RegisterSupplierInvoice(given, "ПЗ-77", NIGHT)
    base.pay_supplier(REF)

    assert (first["return"].Created, second["return"].Created) == (True, False)
    assert soap.GetInvoiceState(REF, None)["return"].PaymentStatus == "Оплачен"


def test_a_buyer_without_inn_goes_by_name(soap: Any, base: OneCWorld) -> None:
    buyer = {"INN": None, "KPP": None, "Name": "Сидоров Пётр Ильич", "IsLegalEntity": False}
    base.change(PARTIES, PERSON.key, ИНН="")

    answer = soap.CreateInvoice(invoice(Buyer=buyer, ContractNumber=None, ContractDate=None))

    assert answer.ErrorMessage is None
    assert base.need(INVOICE, REF)["Контрагент"] == PERSON


def test_print_forms_are_pdf_of_the_right_document(soap: Any, base: OneCWorld) -> None:
    key = base.make_invoice(BUYER.key, 100)
    shipment = base.ship(key, upd=True)

    paper = soap.GetPrintForm(key, "СчетНаОплату")
    wrong = [soap.GetPrintForm(key, form) for form in ("ТОРГ12", "Паспорт")]
    upd = soap.GetPrintForm(shipment, "УПД")

    assert paper["return"].startswith(b"%PDF-1.4")
    assert paper["return"].rstrip().endswith(b"%%EOF")
    assert paper.FileName == "Счет на оплату покупателю № 0000-000001 от 04.02.2025.pdf"
    assert all(one["return"] is None and one.ErrorMessage for one in wrong)
    assert upd["return"].startswith(b"%PDF")


def test_the_version_service_answers_with_an_array(
    onec: OneCServer, session: requests.Session
) -> None:
    binding = "{http://www.1c.ru/SaaS/1.0/WS}InterfaceVersionSoapBinding"
    service = served(f"{onec.url}/ws/InterfaceVersion.1cws", binding, session)

    assert service.GetVersions("DataExchange") == ["3.0.1.1", "3.0.2.1"]


def test_a_moment_with_an_offset_is_understood_and_noted(soap: Any, base: OneCWorld) -> None:
    soap.ListPayments(NIGHT.replace(tzinfo=UTC), NEXT_WEEK.replace(tzinfo=UTC), None, 5)

    assert "moment-with-offset" in {breach.rule for breach in breaches(base.requests)}


def test_the_service_may_begin_with_a_byte_order_mark(soap: Any, base: OneCWorld) -> None:
    base.turn(bom=True)

    assert soap.Ping().startswith("WestSync 1")


def post(
    onec: OneCServer, body: str, soap: str = "http://schemas.xmlsoap.org/soap/envelope/"
) -> Any:
    envelope = f'<s:Envelope xmlns:s="{soap}"><s:Body>{body}</s:Body></s:Envelope>'
    return httpx.post(
        f"{onec.url}/ws/westsync.1cws",
        content=envelope.encode(),
        auth=httpx.BasicAuth("Интеграция", "пароль"),
        verify=NO_TLS,
    )


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<x/>",
        f'<m:Ping xmlns:m="{SERVICE}"><m:Extra/></m:Ping>',
        f'<m:Нет xmlns:m="{SERVICE}"/>',
        f'<m:ListInvoices xmlns:m="{SERVICE}"><m:Limit>5</m:Limit></m:ListInvoices>',
        f'<m:GetPrintForm xmlns:m="{SERVICE}"><m:Form>x</m:Form><m:Ref>x</m:Ref></m:GetPrintForm>',
        (
            f'<m:GetPrintForm xmlns:m="{SERVICE}"><m:Ref xsi:nil="true" '
            'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"/><m:Form>x</m:Form></m:GetPrintForm>'
        ),
    ],
)
def test_what_the_wsdl_does_not_allow_is_a_fault(onec: OneCServer, body: str) -> None:
    response = post(onec, body)

    assert response.status_code == 500
    fault = etree.fromstring(response.content).find(".//{*}Fault")
    assert fault is not None
    assert [child.tag for child in fault] == ["faultcode", "faultstring", "detail"]


def test_an_answer_looks_as_the_contract_shows_it(onec: OneCServer, base: OneCWorld) -> None:
    key = base.make_invoice(BUYER.key, 100)
    nil = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"'

    response = post(
        onec,
        f'<m:GetInvoiceState xmlns:m="{SERVICE}"><m:Ref>{key}</m:Ref><m:ExternalId {nil}/>'
        "</m:GetInvoiceState>",
    )

    assert response.headers["Content-Type"] == "text/xml; charset=utf-8"
    answer = etree.fromstring(response.content).find(f".//{{{SERVICE}}}GetInvoiceStateResponse")
    assert answer is not None
    assert [etree.QName(child).localname for child in answer] == ["return", "ErrorMessage"]
    assert answer.findtext(".//{urn:westsync:1c:data:1}Amount") == "100"
    assert answer[1].get("{http://www.w3.org/2001/XMLSchema-instance}nil") == "true"


def test_a_document_type_is_not_read() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'

    with pytest.raises(NotXml, match="document type"):
        read_xml(bomb)

"""Promises of our SOAP service's adapter, on the contract's own envelopes (1C contract 3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from tests.fakes.http_server import reply, reset
from tests.unit.connectors.onec.small_base import INVOICE, RECEIPT, small_base
from tests.unit.connectors.onec.test_onec_writing import SPEC
from westsync.connectors.onec.outcomes import Misfit, Refused
from westsync.connectors.onec.soap_description import differences, pinned
from westsync.connectors.onec.soap_reader import SoapReader
from westsync.connectors.onec.soap_service import SoapService
from westsync.connectors.onec.soap_writer import SoapWriter
from westsync.domain.ledger import LedgerRef, PaymentRow, PaymentStatus
from westsync.errors import AccessDenied, OutcomeUnknown, Rejected, Unavailable, UnexpectedReply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.connectors.onec.small_base import SmallBase

XML = {"Content-Type": "text/xml; charset=utf-8"}
SINCE, UNTIL = date(2025, 2, 1), date(2025, 2, 4)
OTHER = LedgerRef("99999999-2222-11ee-8c5e-0050569b0c11")
NIL = 'xsi:nil="true"'
STATE = f"""<d:Ref>{INVOICE}</d:Ref><d:ExternalId>megaplan:deal:1000345:invoice:1</d:ExternalId>
<d:Number>0000-000123</d:Number><d:Date>2025-02-01T09:30:00</d:Date><d:Posted>true</d:Posted>
<d:DeletionMark>false</d:DeletionMark><d:Amount>120000</d:Amount><d:PaidAmount>0</d:PaidAmount>
<d:PaymentStatus>НеОплачен</d:PaymentStatus><d:LastPaymentDate {NIL}/>
<d:Version>AAAAAgAAAAA=</d:Version><d:Created>true</d:Created>"""


def envelope(body: str) -> bytes:
    return (
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Header/>'
        f"<soap:Body>{body}</soap:Body></soap:Envelope>"
    ).encode()


def answer(operation: str, result: str, out: str = f"<m:ErrorMessage {NIL}/>") -> bytes:
    """Return an answer with Out parameters."""
    return reply(
        envelope(
            f'<m:{operation}Response xmlns:m="urn:westsync:1c:service:1" '
            'xmlns:d="urn:westsync:1c:data:1" '
            f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{result}{out}'
            f"</m:{operation}Response>"
        ),
        headers=XML,
    )


def fault(text: str) -> bytes:
    return reply(
        envelope(
            f"<soap:Fault><faultcode>soap:Server</faultcode><faultstring>{text}</faultstring>"
            "<detail/></soap:Fault>"
        ),
        status=500,
        headers=XML,
    )


def a_payment(invoice: str | None, part: str, **changes: str) -> str:
    fields = {
        "Ref": RECEIPT,
        "Number": "0000-000031",
        "Date": "2025-02-02T12:00:00",
        "IncomingNumber": "57",
        "IncomingDate": "2025-02-01T00:00:00",
        "PayerINN": "9990000019",
        "PayerName": "Сцена ООО",
        "Amount": "120000",
        "Purpose": "Оплата по счету № 123",
        **changes,
    }
    inside = "".join(f"<d:{name}>{value}</d:{name}>" for name, value in fields.items())
    if invoice is not None:
        inside += f"<d:InvoiceRef>{invoice}</d:InvoiceRef><d:InvoiceAmount>{part}</d:InvoiceAmount>"
    return f"<d:Item>{inside}<d:Posted>true</d:Posted></d:Item>"


@pytest.fixture
def onec() -> Iterator[SmallBase]:
    """Return a connector whose service has been compared."""
    with small_base() as small:
        small.answer(reply(pinned(), headers=XML))
        yield small


def reader_of(onec: SmallBase) -> SoapReader:
    return SoapReader(SoapService(onec.session), onec.base.config.tz)


def writer_of(onec: SmallBase) -> SoapWriter:
    service = SoapService(onec.session)
    return SoapWriter(service, SoapReader(service, onec.base.config.tz), onec.base.config)


def sent(onec: SmallBase) -> dict[str, str | None]:
    """Return the leaves of the last envelope by name."""
    root = etree.fromstring(onec.server.seen[-1].body)
    return {etree.QName(leaf).localname: leaf.text for leaf in root.iter() if len(leaf) == 0}


@pytest.mark.parametrize("empty", ["<m:return/>", f"<m:return><d:NextCursor {NIL}/></m:return>"])
def test_a_list_with_nothing_in_it_is_empty_however_it_is_written(
    empty: str, onec: SmallBase
) -> None:
    for operation in ("ListPayments", "ListShipments", "ListInvoices"):
        onec.answer(answer(operation, empty, out=""))
    reader = reader_of(onec)

    walks = (reader.payments, reader.shipments, reader.invoices)
    found = [one for walk in walks for page in walk(SINCE, UNTIL) for one in page]

    assert found == []


def test_an_invoice_is_sent_as_in_the_contract(onec: SmallBase) -> None:
    onec.answer(answer("CreateInvoice", f"<m:return>{STATE}</m:return>"))

    made = writer_of(onec).create_invoice(SPEC)

    leaves = sent(onec)
    seen = onec.server.seen[-1]
    assert seen.target == "/base/ws/westsync.1cws"
    assert seen.headers["soapaction"] == '"urn:westsync:1c:service:1#WestSync:CreateInvoice"'
    assert seen.headers["authorization"].startswith("Basic 0JjQvdGC")
    assert leaves["Ref"] == SPEC.ref
    assert leaves["ExternalId"] == "megaplan:deal:1000345:invoice:1"
    assert leaves["Date"] == "2025-02-01T09:30:00"
    assert leaves["OrganizationINN"] == "7701234560"
    assert (leaves["INN"], leaves["KPP"], leaves["IsLegalEntity"]) == (
        "9990000019",
        "999001001",
        "true",
    )
    assert (leaves["ContractNumber"], leaves["ContractDate"]) == ("15/25", "2025-01-20T00:00:00")
    assert (leaves["Price"], leaves["Amount"], leaves["VATAmount"]) == (
        "60000.00",
        "120000.00",
        "20000.00",
    )
    assert leaves["VATRate"] == "НДС20"
    assert (made.number, made.posted, made.total) == ("0000-000123", True, Decimal("120000.00"))
    assert made.at == datetime(2025, 2, 1, 6, 30, tzinfo=UTC)
    assert (made.paid, made.status) == (Decimal("0.00"), PaymentStatus.UNPAID)
    assert made.comment == SPEC.marker


def test_the_address_of_the_description_is_never_used(onec: SmallBase) -> None:
    onec.answer(answer("GetInvoiceState", f"<m:return {NIL}/>"))

    reader_of(onec).invoice(INVOICE)

    assert b"1c-internal" in pinned()
    assert [one.target for one in onec.server.seen] == [
        "/base/ws/westsync.1cws?wsdl",
        "/base/ws/westsync.1cws",
    ]


def test_no_such_invoice_is_none_although_zeep_builds_an_empty_one(onec: SmallBase) -> None:
    onec.answer(answer("GetInvoiceState", f"<m:return {NIL}/>"))

    assert reader_of(onec).invoice(INVOICE) is None


def test_an_empty_error_message_is_no_error(onec: SmallBase) -> None:
    found = f"<m:return>{STATE}</m:return>"
    onec.answer(answer("GetInvoiceState", found, "<m:ErrorMessage/>"))

    invoice = reader_of(onec).invoice(INVOICE)

    assert invoice is not None


def test_a_refusal_of_the_service_keeps_its_words(onec: SmallBase) -> None:
    words = "<m:ErrorMessage>Договор 15/25 не найден</m:ErrorMessage>"
    onec.answer(answer("CreateInvoice", f"<m:return {NIL}/>", words))

    with pytest.raises(Refused, match="Договор 15/25 не найден"):
        writer_of(onec).create_invoice(SPEC)


def test_neither_an_invoice_nor_an_error_is_in_doubt(onec: SmallBase) -> None:
    onec.answer(answer("CreateInvoice", f"<m:return {NIL}/>"))

    with pytest.raises(OutcomeUnknown):
        writer_of(onec).create_invoice(SPEC)


def test_a_fault_is_a_refusal_with_its_text(onec: SmallBase) -> None:
    onec.answer(fault("Не удалось записать: &quot;Счет на оплату покупателю&quot;!"))

    with pytest.raises(Refused, match="Не удалось записать"):
        writer_of(onec).create_invoice(SPEC)


@pytest.mark.parametrize("torn", [True, False])
def test_a_write_whose_answer_is_lost_is_in_doubt(onec: SmallBase, torn: bool) -> None:
    whole = answer("CreateInvoice", f"<m:return>{STATE}</m:return>")
    head, _, body = whole.partition(b"\r\n\r\n")
    cut = reply(body[:-60], headers=XML)
    onec.server.answers.append(cut if torn else reset)
    assert head

    with pytest.raises(OutcomeUnknown):
        writer_of(onec).create_invoice(SPEC)


def test_a_torn_list_is_no_short_list(onec: SmallBase) -> None:
    items = a_payment(INVOICE, "70000") + a_payment(OTHER, "50000", Ref=OTHER)
    whole = answer("ListPayments", f"<m:return>{items}<d:NextCursor {NIL}/></m:return>", "")
    body = whole.partition(b"\r\n\r\n")[2]
    onec.server.usual = reply(body[: body.index(b"50000")], headers=XML)

    with pytest.raises(Unavailable):
        list(reader_of(onec).payments(SINCE, UNTIL))


def test_a_page_instead_of_xml_is_a_missing_licence(onec: SmallBase) -> None:
    onec.server.usual = reply(b"<html>", headers={"Content-Type": "text/html"})

    with pytest.raises(Unavailable, match="licence"):
        reader_of(onec).invoice(INVOICE)


def test_a_service_that_is_not_published_is_named(onec: SmallBase) -> None:
    onec.server.answers.clear()
    onec.server.usual = reply(b"", status=404)

    with pytest.raises(Misfit, match="publication"):
        reader_of(onec).health()


def test_another_service_is_not_spoken_to(onec: SmallBase) -> None:
    other = pinned().replace(b'<xs:element name="PaidAmount" type="xs:decimal"/>', b"")
    onec.server.answers.clear()
    onec.answer(reply(other, headers=XML))

    with pytest.raises(Misfit, match=r"InvoiceState\.PaidAmount is missing"):
        reader_of(onec).health()
    assert len(onec.server.seen) == 1


def test_what_a_service_has_besides_does_not_matter() -> None:
    more = pinned().replace(
        b'<xs:complexType name="Line">',
        b'<xs:complexType name="Extra"><xs:sequence><xs:element name="A" type="xs:string"/>'
        b'</xs:sequence></xs:complexType><xs:complexType name="Line">',
    )

    assert differences(more) == []


def test_payments_of_several_rows_are_one_document(onec: SmallBase) -> None:
    items = a_payment(INVOICE, "70000") + a_payment(None, "")
    page = f"<m:return>{items}<d:NextCursor {NIL}/></m:return>"
    onec.answer(answer("ListPayments", page, ""))

    ((payment,),) = reader_of(onec).payments(SINCE, UNTIL)

    assert payment.amount == Decimal("120000.00")
    assert payment.rows == (
        PaymentRow(invoice=INVOICE, amount=Decimal("70000.00")),
        PaymentRow(invoice=None, amount=Decimal("50000.00")),
    )
    assert (payment.inn, payment.incoming_on) == ("9990000019", date(2025, 2, 1))
    assert (sent(onec)["DateFrom"], sent(onec)["DateTo"]) == (
        "2025-02-01T00:00:00",
        "2025-02-04T00:00:00",
    )


def test_a_list_is_walked_by_its_cursor(onec: SmallBase) -> None:
    first = f"<m:return><d:Item>{STATE}</d:Item><d:NextCursor>n1</d:NextCursor></m:return>"
    again = f"<m:return><d:Item>{STATE}</d:Item><d:NextCursor {NIL}/></m:return>"
    onec.answer(answer("ListInvoices", first, ""), answer("ListInvoices", again, ""))

    pages = list(reader_of(onec).invoices(SINCE, UNTIL))

    assert [invoice.ref for page in pages for invoice in page] == [INVOICE]
    assert sent(onec)["Cursor"] == "n1"


def test_a_cursor_that_goes_in_a_circle_is_seen(onec: SmallBase) -> None:
    page = "<m:return><d:NextCursor>n1</d:NextCursor></m:return>"
    onec.answer(answer("ListInvoices", page, ""), answer("ListInvoices", page, ""))

    with pytest.raises(UnexpectedReply, match="again and again"):
        list(reader_of(onec).invoices(SINCE, UNTIL))


def test_a_shipment_is_read_and_a_correction_is_none(onec: SmallBase) -> None:
    fields = (
        f"<d:Ref>{RECEIPT}</d:Ref><d:Number>0000-000005</d:Number>"
        "<d:Date>2025-02-03T10:00:00</d:Date><d:Kind>РеализацияТоваровУслуг</d:Kind>"
        f"<d:Amount>120000</d:Amount><d:InvoiceRef>{INVOICE}</d:InvoiceRef>"
        "<d:FacturaNumber>7</d:FacturaNumber><d:FacturaDate>2025-02-03T00:00:00</d:FacturaDate>"
        "<d:IsUPD>false</d:IsUPD><d:Posted>true</d:Posted>"
    )
    other = fields.replace(">РеализацияТоваровУслуг<", ">КорректировкаРеализации<")
    page = f"<m:return><d:Item>{fields}</d:Item><d:Item>{other}</d:Item></m:return>"
    onec.answer(answer("ListShipments", page, ""))

    ((shipment,),) = reader_of(onec).shipments(SINCE, UNTIL)

    assert (shipment.invoice, shipment.factura, shipment.factura_on) == (
        INVOICE,
        "7",
        date(2025, 2, 3),
    )


def test_a_print_form_is_bytes(onec: SmallBase) -> None:
    onec.answer(
        answer(
            "GetPrintForm",
            "<m:return>JVBERg==</m:return>",
            f"<m:FileName {NIL}/><m:ErrorMessage {NIL}/>",
        )
    )

    assert reader_of(onec).print_form(INVOICE, "СчетНаОплату") == b"%PDF"


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("2025-02-01T09:30:00", datetime(2025, 2, 1, 6, 30, tzinfo=UTC)),
        ("01.02.2025 09:30:00", datetime(2025, 2, 1, 6, 30, tzinfo=UTC)),
        ("вчера", None),
    ],
)
def test_the_service_tells_its_configuration_and_clock(
    onec: SmallBase, said: str, at: datetime | None
) -> None:
    text = f"WestSync 1; БухгалтерияПредприятия 3.0.169.15; {said}"
    onec.answer(answer("Ping", f"<m:return>{text}</m:return>", ""))

    health = reader_of(onec).health()

    assert health.configuration == "БухгалтерияПредприятия 3.0.169.15"
    assert health.server_time == at


def test_a_suppliers_invoice_is_entered_only_if_allowed(onec: SmallBase) -> None:
    with pytest.raises(Rejected, match="register_supplier_invoices"):
        writer_of(onec).register_supplier_invoice(SPEC, "ПЗ-77", date(2025, 1, 30))


def test_an_unposted_invoice_is_left_to_a_person(onec: SmallBase) -> None:
    unposted = STATE.replace("<d:Posted>true", "<d:Posted>false")
    onec.answer(answer("GetInvoiceState", f"<m:return>{unposted}</m:return>"))

    with pytest.raises(Rejected, match="not posted"):
        writer_of(onec).post_invoice(INVOICE)


def test_a_buyer_without_inn_travels_without_one(onec: SmallBase) -> None:
    person = replace(SPEC, buyer=replace(SPEC.buyer, inn="", kpp="", is_organisation=False))
    onec.answer(answer("CreateInvoice", f"<m:return>{STATE}</m:return>"))

    writer_of(onec).create_invoice(replace(person, contract_number=None, contract_on=None))

    assert sent(onec).get("INN") is None
    assert sent(onec)["IsLegalEntity"] == "false"


def test_a_refused_password_stops_the_service_too(onec: SmallBase) -> None:
    onec.server.answers.clear()
    onec.server.usual = reply(b"", status=401)

    for _ in range(3):
        with pytest.raises(AccessDenied):
            reader_of(onec).health()
    assert len(onec.server.seen) == 2

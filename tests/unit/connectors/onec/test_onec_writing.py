"""Promises of writing through OData: single steps with typed outcomes (1C contract 4.5, 8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from tests.fakes.http_server import reply, reset
from tests.unit.connectors.onec.small_base import (
    ACCOUNT,
    BUYER,
    INVOICE,
    ITEM,
    JSON,
    OURS,
    ROUBLE,
    SmallBase,
    metadata_xml,
    page,
    published,
    refusal,
    small_base,
)
from westsync.connectors.onec.config import UnknownItem
from westsync.connectors.onec.odata_reader import ODataReader
from westsync.connectors.onec.odata_writer import ODataWriter
from westsync.connectors.onec.values import EMPTY_REF
from westsync.domain.ledger import Buyer, InvoiceLine, InvoiceSpec, LedgerRef
from westsync.domain.ledger_keys import counterparty_ref, invoice_marker, invoice_ref
from westsync.domain.refusals import PersonsAlike, PersonUnknown
from westsync.errors import OutcomeUnknown, Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTRACT = LedgerRef("22222222-3333-11ee-8c5e-0050569b0c11")
OTHER = LedgerRef("99999999-2222-11ee-8c5e-0050569b0c11")
LINE = InvoiceLine(
    name="Акустическая система SRM450",
    quantity=Decimal(2),
    price=Decimal(60000),
    amount=Decimal(120000),
    vat_rate="НДС20",
    vat_amount=Decimal(20000),
    article="SRM450",
)
SPEC = InvoiceSpec(
    ref=invoice_ref("1000345", 1),
    marker=invoice_marker("1000345", 1),
    dated_at=datetime(2025, 2, 1, 6, 30, tzinfo=UTC),
    buyer=Buyer(name="Сцена ООО", inn="9990000019", kpp="999001001", is_organisation=True),
    lines=(LINE,),
    contract_number="15/25",
    contract_on=date(2025, 1, 20),
)
# The body of contract 4.9.5, with money as the Decimal that it is.
BODY = {
    "Ref_Key": INVOICE,
    "Date": "2025-02-01T09:30:00",
    "Организация_Key": OURS,
    "Контрагент_Key": BUYER,
    "ДоговорКонтрагента_Key": CONTRACT,
    "ВалютаДокумента_Key": ROUBLE,
    "СтруктурнаяЕдиница_Key": ACCOUNT,
    "СуммаВключаетНДС": True,
    "СуммаДокумента": Decimal("120000.00"),
    "Комментарий": "WS:megaplan:deal:1000345:invoice:1",
    "Товары": [
        {
            "LineNumber": "1",
            "Номенклатура": ITEM,
            "Номенклатура_Type": "StandardODATA.Catalog_Номенклатура",
            "Содержание": "Акустическая система SRM450",
            "Количество": 2,
            "Цена": Decimal("60000.00"),
            "Сумма": Decimal("120000.00"),
            "СтавкаНДС": "НДС20",
            "СуммаНДС": Decimal("20000.00"),
        }
    ],
}
SCENE = {
    "Ref_Key": BUYER,
    "Description": "Сцена ООО",
    "ИНН": "9990000019",
    "КПП": "999001001",
    "ЮридическоеФизическоеЛицо": "ЮридическоеЛицо",
    "DeletionMark": False,
}
AGREED = {
    "Ref_Key": CONTRACT,
    "Description": "Договор 15/25",
    "Owner_Key": BUYER,
    "Организация_Key": OURS,
    "ВидДоговора": "СПокупателем",
    "Номер": "15/25",
    "Дата": "2025-01-20T00:00:00",
    "DeletionMark": False,
}
SPEAKER = {
    "Ref_Key": ITEM,
    "Code": "00-00000042",
    "Description": "Акустическая система",
    "Артикул": "SRM450",
    "DeletionMark": False,
}
NOT_FOUND = refusal("9", status=404)


def kept(**changes: object) -> dict[str, object]:
    """Return the draft as 1C answers it, without trailing zeros."""
    plain = msgspec.json.decode(msgspec.json.encode(BODY, enc_hook=float))
    return {
        **plain,
        "DataVersion": "AAAAAQAAAAA=",
        "DeletionMark": False,
        "Number": "0000-000123",
        "Posted": False,
        "СуммаДокумента": 120000,
        **changes,
    }


def made(raw: dict[str, object], status: int = 201) -> bytes:
    return reply(raw, status=status, headers=JSON)


@pytest.fixture
def onec() -> Iterator[SmallBase]:
    """Return a connector to a written server."""
    with small_base(payment_statuses=False) as small:
        yield small


def writer_of(small: SmallBase) -> ODataWriter:
    return ODataWriter(small.base, ODataReader(small.base))


def before_sending(onec: SmallBase) -> None:
    """Write the answers up to the POST: nothing there, buyer, contract, article found."""
    onec.answer(NOT_FOUND, page([]), page([SCENE]), page([AGREED]), page([SPEAKER]))


def sent(onec: SmallBase) -> dict[str, Any]:
    """Return the body of the only POST."""
    (body,) = (one.body for one in onec.server.seen if one.method == "POST")
    decoded: dict[str, Any] = msgspec.json.Decoder(float_hook=Decimal).decode(body)
    return decoded


def test_a_draft_is_sent_as_in_the_contract(onec: SmallBase) -> None:
    before_sending(onec)
    onec.answer(made(kept()), page([SCENE]))

    invoice = writer_of(onec).create_invoice(SPEC)

    assert sent(onec) == BODY
    assert b'"\xd0\xa6\xd0\xb5\xd0\xbd\xd0\xb0":60000.00' in onec.server.seen[-2].body
    assert (invoice.ref, invoice.number, invoice.posted) == (SPEC.ref, "0000-000123", False)
    assert "Posted" not in sent(onec)


def test_names_that_no_longer_fit_a_draft_are_read_again_once_then_a_person_is_told(
    onec: SmallBase,
) -> None:
    unknown = refusal("10", "Свойство СуммаВключаетНДС не найдено", status=400)
    lacking = metadata_xml(without={"Document_СчетНаОплатуПокупателю.СуммаВключаетНДС"})
    before_sending(onec)
    onec.answer(unknown, reply(lacking, headers={"Content-Type": "application/xml"}))
    onec.answer(made(kept()), page([SCENE]))

    invoice = writer_of(onec).create_invoice(SPEC)

    bodies = [one.body.decode() for one in onec.server.seen if one.method == "POST"]
    assert invoice.number == "0000-000123"
    assert ["СуммаВключаетНДС" in body for body in bodies] == [True, False]

    before_sending(onec)
    onec.answer(unknown)
    with pytest.raises(Rejected, match="code 10"):
        writer_of(onec).create_invoice(SPEC)


def test_an_invoice_that_exists_is_returned_and_nothing_is_sent(onec: SmallBase) -> None:
    onec.answer(made(kept(Posted=True), status=200), page([SCENE]))

    invoice = writer_of(onec).create_invoice(SPEC)

    assert invoice.posted
    assert [one.method for one in onec.server.seen] == ["GET", "GET"]


def test_an_invoice_with_our_marker_is_adopted(onec: SmallBase) -> None:
    by_hand = kept(Ref_Key=OTHER, Комментарий=f"срочно {SPEC.marker}")
    similar = kept(Комментарий=f"{SPEC.marker}2")
    onec.answer(NOT_FOUND, page([similar, by_hand]), page([SCENE]))

    assert writer_of(onec).create_invoice(SPEC).ref == OTHER
    assert "Date ge datetime'2025-01-29T00:00:00'" in onec.asked()[1]
    assert "Date lt datetime'2025-02-05T00:00:00'" in onec.asked()[1]


@pytest.mark.parametrize("status", [400, 409, 500])
def test_code_15_is_the_document_that_exists(onec: SmallBase, status: int) -> None:
    before_sending(onec)
    onec.answer(refusal("15", status=status), made(kept(), status=200), page([SCENE]))

    assert writer_of(onec).create_invoice(SPEC).ref == SPEC.ref


def test_a_create_that_may_have_happened_is_in_doubt_and_then_found(onec: SmallBase) -> None:
    before_sending(onec)
    onec.server.answers.append(reset)
    writer = writer_of(onec)

    with pytest.raises(OutcomeUnknown):
        writer.create_invoice(SPEC)
    onec.answer(made(kept(), status=200), page([SCENE]))

    found = writer.look_up(SPEC)
    assert found is not None
    assert found.number == "0000-000123"


def test_a_500_without_a_word_of_1c_is_in_doubt(onec: SmallBase) -> None:
    before_sending(onec)
    onec.answer(reply(b"Internal Server Error", status=500, headers={"Content-Type": "text/plain"}))

    with pytest.raises(OutcomeUnknown):
        writer_of(onec).create_invoice(SPEC)


def test_an_answer_that_does_not_fit_is_in_doubt(onec: SmallBase) -> None:
    before_sending(onec)
    onec.answer(made({"Ref_Key": SPEC.ref}))

    with pytest.raises(OutcomeUnknown):
        writer_of(onec).create_invoice(SPEC)


def test_another_key_is_theirs_and_is_remembered(onec: SmallBase) -> None:
    before_sending(onec)
    onec.answer(made(kept(Ref_Key=OTHER)), page([SCENE]))

    assert writer_of(onec).create_invoice(SPEC).ref == OTHER
    onec.server.usual = page([])
    assert "client_ref" not in ODataReader(onec.base).health().capabilities


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"СуммаДокумента": 0}, "draft_total"),
        ({"Комментарий": ""}, "draft_comment"),
        ({"Товары": []}, "draft_lines"),
        ({"Товары": [{"LineNumber": "1", "Сумма": 0}]}, "draft_lines"),
        ({"Контрагент_Key": OTHER}, "draft_buyer"),
        ({"ДоговорКонтрагента_Key": EMPTY_REF}, "draft_contract"),
    ],
)
def test_what_1c_drops_without_a_word_is_seen(
    onec: SmallBase, change: dict[str, object], named: str
) -> None:
    before_sending(onec)
    onec.answer(made(kept(**change)), page([SCENE]))

    with pytest.raises(Rejected, match=named):
        writer_of(onec).create_invoice(SPEC)


def test_a_refusal_keeps_the_words_of_1c(onec: SmallBase) -> None:
    onec.answer(made(kept(), status=200), page([SCENE]))
    onec.answer(refusal("-1", 'Поле "Договор" не заполнено'))

    with pytest.raises(Rejected, match='Поле "Договор" не заполнено'):
        writer_of(onec).post_invoice(SPEC.ref)


def test_a_draft_is_posted_and_read_back(onec: SmallBase) -> None:
    onec.answer(made(kept(), status=200), page([SCENE]), reply(b""))
    onec.answer(made(kept(Posted=True, DataVersion="AAAAAgAAAAA="), status=200))

    posted = writer_of(onec).post_invoice(SPEC.ref, "AAAAAQAAAAA=")

    assert (posted.posted, posted.version) == (True, "AAAAAgAAAAA=")


def test_posting_a_posted_one_does_nothing(onec: SmallBase) -> None:
    onec.answer(made(kept(Posted=True), status=200), page([SCENE]))

    assert writer_of(onec).post_invoice(SPEC.ref).posted
    assert [one.method for one in onec.server.seen] == ["GET", "GET"]


@pytest.mark.parametrize(
    ("change", "said"),
    [({"DataVersion": "AAAAAwAAAAA="}, "changed"), ({"DeletionMark": True}, "marked")],
)
def test_a_draft_that_somebody_touched_is_not_posted(
    onec: SmallBase, change: dict[str, object], said: str
) -> None:
    onec.answer(made(kept(**change), status=200), page([SCENE]))

    with pytest.raises(Rejected, match=said):
        writer_of(onec).post_invoice(SPEC.ref, "AAAAAQAAAAA=")
    assert all(one.method == "GET" for one in onec.server.seen)


def test_a_posting_that_may_have_happened_is_in_doubt(onec: SmallBase) -> None:
    onec.answer(made(kept(), status=200), page([SCENE]))
    onec.server.answers.append(reset)

    with pytest.raises(OutcomeUnknown):
        writer_of(onec).post_invoice(SPEC.ref)


def test_a_draft_without_a_contract_gets_the_technical_one_if_allowed() -> None:
    empty = "00000000-0000-0000-0000-000000000000"
    technical = {**AGREED, "Номер": "", "Description": "Без договора"}
    draft = made(kept(ДоговорКонтрагента_Key=empty), status=200)
    with small_base(payment_statuses=False, technical_contract=True) as onec:
        onec.answer(draft, page([SCENE]), refusal("-1", 'Поле "Договор" не заполнено'))
        onec.answer(draft, page([technical]), made(kept(), status=200), reply(b""))
        onec.answer(made(kept(Posted=True), status=200))

        assert writer_of(onec).post_invoice(SPEC.ref).posted
        (change,) = (one for one in onec.server.seen if one.method == "PATCH")

    assert change.json == {"ДоговорКонтрагента_Key": CONTRACT}
    assert change.headers["if-match"] == "AAAAAQAAAAA="


def test_the_buyer_is_the_one_with_the_kpp_else_the_only_one(onec: SmallBase) -> None:
    branch = {**SCENE, "Ref_Key": OTHER, "КПП": "999002001"}
    marked = {**SCENE, "Ref_Key": ITEM, "DeletionMark": True}
    onec.answer(page([branch, SCENE, marked]), page([branch, marked]), page([branch, SCENE]))
    writer = writer_of(onec)

    assert writer.ensure_counterparty(SPEC.buyer).ref == BUYER
    assert writer.ensure_counterparty(SPEC.buyer).ref == OTHER
    with pytest.raises(Rejected, match="several"):
        writer.ensure_counterparty(replace(SPEC.buyer, kpp="999003001"))


def test_an_unknown_buyer_is_left_to_a_person(onec: SmallBase) -> None:
    with pytest.raises(Rejected, match="no counterparty"):
        writer_of(onec).ensure_counterparty(SPEC.buyer)
    assert all(one.method == "GET" for one in onec.server.seen)


def test_an_unknown_buyer_is_entered_if_allowed() -> None:
    ours = counterparty_ref("9990000019", "999001001")
    with small_base(create_counterparties=True) as onec:
        onec.answer(page([]), made({**SCENE, "Ref_Key": ours}))

        assert writer_of(onec).ensure_counterparty(SPEC.buyer).ref == ours
        assert sent(onec) == {
            "Ref_Key": "2ef21544-0234-5c3b-abac-e5ff29d121e2",
            "Description": "Сцена ООО",
            "НаименованиеПолное": "Сцена ООО",
            "ЮридическоеФизическоеЛицо": "ЮридическоеЛицо",
            "ИНН": "9990000019",
            "КПП": "999001001",
        }


def test_a_person_without_inn_is_known_by_the_whole_name_only(onec: SmallBase) -> None:
    person = {**SCENE, "ИНН": "", "КПП": "", "ЮридическоеФизическоеЛицо": "ФизическоеЛицо"}
    ivan = Buyer(name="Иванов Иван Иванович")
    named = {**person, "Description": "Иванов  Иван Иванович"}
    onec.answer(page([named]), page([named, {**named, "Ref_Key": OTHER}]), page([]))
    writer = writer_of(onec)

    assert writer.ensure_counterparty(ivan).ref == BUYER
    for told in (PersonsAlike(name=ivan.name, count=2), PersonUnknown(name=ivan.name)):
        with pytest.raises(Rejected) as caught:
            writer.ensure_counterparty(ivan)
        assert caught.value.refusal == told


def test_positions_that_1c_does_not_know_are_all_named(onec: SmallBase) -> None:
    other = replace(LINE, name="Кабель", article="CAB-1")
    onec.answer(NOT_FOUND, page([]), page([SCENE]), page([AGREED]), page([]))

    with pytest.raises(Rejected, match=r"SRM450.*Кабель"):
        writer_of(onec).create_invoice(replace(SPEC, lines=(LINE, other)))


def test_the_catch_all_article_stands_for_what_1c_does_not_know() -> None:
    catch_all = {**SPEAKER, "Code": "00-00000001", "Артикул": ""}
    with small_base(
        payment_statuses=False,
        unknown_item=UnknownItem.PLACEHOLDER,
        placeholder_item="00-00000001",
    ) as onec:
        onec.answer(NOT_FOUND, page([]), page([SCENE]), page([AGREED]), page([]))
        onec.answer(page([catch_all]), made(kept()), page([SCENE]))

        assert writer_of(onec).create_invoice(SPEC).ref == SPEC.ref


def test_a_contract_that_is_not_there_is_left_to_a_person(onec: SmallBase) -> None:
    onec.answer(NOT_FOUND, page([]), page([SCENE]), page([{**AGREED, "Номер": "16/25"}]))

    with pytest.raises(Rejected, match="15/25"):
        writer_of(onec).create_invoice(SPEC)


def test_a_base_that_makes_invoices_from_orders_is_only_read() -> None:
    with small_base("ut11") as onec, pytest.raises(Rejected, match="soap"):
        writer_of(onec).create_invoice(SPEC)


def test_an_article_is_named_by_key_where_the_base_has_it_so(onec: SmallBase) -> None:
    entity = "Document_СчетНаОплатуПокупателю_Товары"
    onec.describe(published(forms={f"{entity}.Номенклатура": "k"}))
    lines = [{"LineNumber": "1", "Номенклатура_Key": ITEM, "Сумма": 120000}]
    before_sending(onec)
    onec.answer(made(kept(Товары=lines)), page([SCENE]))

    writer_of(onec).create_invoice(SPEC)

    (line,) = sent(onec)["Товары"]
    assert line["Номенклатура_Key"] == ITEM
    assert "Номенклатура_Type" not in line


def test_a_suppliers_invoice_carries_its_own_number() -> None:
    supplier = replace(SPEC, contract_number=None)
    lines = [{"LineNumber": "1", "Номенклатура_Key": ITEM, "Сумма": 120000}]
    with small_base(payment_statuses=False, register_supplier_invoices=True) as onec:
        onec.answer(NOT_FOUND, page([]), page([SCENE]), page([SPEAKER]))
        onec.answer(made(kept(Товары=lines)), page([SCENE]))

        writer_of(onec).register_supplier_invoice(supplier, " ПЗ-77 ", date(2025, 1, 30))
        body = sent(onec)

    assert body["НомерВходящегоДокумента"] == "ПЗ-77"
    assert body["ДатаВходящегоДокумента"] == "2025-01-30T00:00:00"


def test_suppliers_invoices_are_not_entered_unless_allowed(onec: SmallBase) -> None:
    with pytest.raises(Rejected, match="register_supplier_invoices"):
        writer_of(onec).register_supplier_invoice(SPEC, "ПЗ-77", date(2025, 1, 30))

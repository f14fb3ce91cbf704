"""The adapters keep the promises of the ledger ports, against the stand-in over real HTTP."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.contract.ledger_contract import DAY, SPEC, SUM, Books, LedgerContract
from tests.contract.onec_books import OneCBooks, a_clock, a_world
from westsync.connectors.onec.odata_reader import ODataReader
from westsync.connectors.onec.odata_writer import ODataWriter
from westsync.domain.ledger import LedgerRef, PaymentStatus
from westsync.errors import OutcomeUnknown, Rejected, Unavailable
from westsync.sandbox.onec import ut11
from westsync.sandbox.onec.breaches import breaches
from westsync.sandbox.onec.furnishing import BUYER, ORGANISATION, ROUBLE
from westsync.sandbox.onec.server import OneCServer
from westsync.sandbox.onec.values import Ref

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TOMORROW = DAY + timedelta(days=1)


class TestOData(LedgerContract):
    """Through the standard OData interface."""

    @pytest.fixture
    def books(self) -> Iterator[Books]:
        """Return a fresh base."""
        yield from _opened("odata")


class TestSoap(LedgerContract):
    """Through our own SOAP service."""

    @pytest.fixture
    def books(self) -> Iterator[Books]:
        """Return a fresh base."""
        yield from _opened("soap")


@pytest.fixture
def opened() -> Iterator[Callable[..., OneCBooks]]:
    """Return what opens a base with switches and connects to it."""
    clock = a_clock()
    made: list[OneCBooks] = []
    servers: list[OneCServer] = []

    def open_base(channel: str = "odata", *, onec: object = None, **switches: object) -> OneCBooks:
        servers.append(OneCServer(a_world(clock, **switches)).start())
        settings = onec if isinstance(onec, dict) else {}
        made.append(OneCBooks(servers[-1], clock, channel, **settings))
        return made[-1]

    yield open_base
    for books in made:
        books.close()
    for server in servers:
        server.stop()


@pytest.mark.parametrize(
    "switches",
    [
        {"bom": True},
        {"duplicate_status": 409},
        {"duplicate_status": 500},
        {"item_link": "key"},
        {"payment_link": "composite"},
        {"if_match": "ignored"},
        {"composite_compare": "500"},
        {"length_required": True},
        {"inlinecount": "honours_paging"},
        {"long_text_compare": False},
    ],
)
def test_every_kind_of_base_gets_its_invoice_once(
    opened: Callable[..., OneCBooks], switches: dict[str, object]
) -> None:
    books = opened(**switches)
    books.break_next("after")

    with pytest.raises(OutcomeUnknown):
        books.writer.create_invoice(SPEC)
    made = books.writer.create_invoice(SPEC)
    books.writer.post_invoice(made.ref)
    books.pay(DAY, ((made.ref, SUM),))

    assert books.made() == 1
    ((payment,),) = books.reader.payments(DAY, TOMORROW)
    assert [(row.invoice, row.amount) for row in payment.rows] == [(SPEC.ref, SUM)]


def test_a_base_that_ignores_our_key_makes_one_invoice_all_the_same(
    opened: Callable[..., OneCBooks],
) -> None:
    books = opened(client_ref=False)
    books.break_next("after")

    with pytest.raises(OutcomeUnknown):
        books.writer.create_invoice(SPEC)
    made = books.writer.create_invoice(SPEC)
    again = books.writer.create_invoice(SPEC)

    assert books.made() == 1
    assert made.ref == again.ref != SPEC.ref
    assert books.writer.post_invoice(made.ref).posted


def test_an_invoice_of_one_channel_is_the_invoice_of_the_other(
    opened: Callable[..., OneCBooks],
) -> None:
    odata = opened()
    soap = OneCBooks(odata.server, odata.clock, "soap")

    made = odata.writer.create_invoice(SPEC)
    odata.writer.post_invoice(made.ref)
    again = soap.writer.create_invoice(SPEC)

    assert (again.ref, again.number) == (made.ref, odata.writer.create_invoice(SPEC).number)
    assert odata.made() == 1
    soap.close()


def test_a_500_after_the_commit_is_in_doubt_and_found(opened: Callable[..., OneCBooks]) -> None:
    books = opened()
    books.world.break_next("POST Document_СчетНаОплатуПокупателю", "commit_then_500")

    with pytest.raises(OutcomeUnknown):
        books.writer.create_invoice(SPEC)

    assert books.writer.look_up(SPEC) is not None
    assert books.made() == 1


def test_a_posting_whose_answer_is_lost_is_posted_once(opened: Callable[..., OneCBooks]) -> None:
    books = opened()
    made = books.writer.create_invoice(SPEC)
    books.world.break_next("POST Document_*/Post", "commit_then_drop")

    with pytest.raises(OutcomeUnknown):
        books.writer.post_invoice(made.ref)

    assert books.writer.post_invoice(made.ref).posted


def test_a_refused_posting_keeps_the_draft_and_the_words(opened: Callable[..., OneCBooks]) -> None:
    books = opened()
    made = books.writer.create_invoice(SPEC)
    books.world.refuse_posting("Цена запрещена")

    with pytest.raises(Rejected, match="Цена запрещена"):
        books.writer.post_invoice(made.ref)

    found = books.reader.invoice(made.ref)
    assert found is not None
    assert not found.posted


def test_a_contract_that_1c_wants_is_given_if_the_settings_say_so(
    opened: Callable[..., OneCBooks],
) -> None:
    strict = opened(contract_to_post="everybody")
    kind = opened(contract_to_post="everybody", onec={"technical_contract": True})

    with pytest.raises(Rejected):
        strict.writer.post_invoice(strict.writer.create_invoice(SPEC).ref)

    assert kind.writer.post_invoice(kind.writer.create_invoice(SPEC).ref).posted


def test_the_accountants_mark_is_told(opened: Callable[..., OneCBooks]) -> None:
    books = opened()
    ref = books.enter_invoice(DAY, SUM)
    books.world.set_status(ref, "Оплачен")

    ((in_window,),) = books.reader.invoices(DAY, TOMORROW)
    by_key = books.reader.invoice(ref)

    assert by_key is not None
    assert in_window.status is by_key.status is PaymentStatus.PAID


def test_papers_of_a_shipment_are_told(opened: Callable[..., OneCBooks]) -> None:
    books = opened()
    invoice = books.enter_invoice(DAY, SUM)
    plain = books.ship(DAY, invoice, SUM)
    upd = books.world.ship(invoice, upd=True)
    books.world.issue_factura(plain)

    pages = books.reader.shipments(DAY, TOMORROW + timedelta(days=30))
    found = {one.ref: one for page in pages for one in page}

    assert found[plain].factura is not None
    assert found[upd].is_upd  # type: ignore[index]  # the stand-in's keys are plain texts
    assert not found[plain].is_vat_free


def test_a_thousand_documents_are_walked_once_each(opened: Callable[..., OneCBooks]) -> None:
    books = opened(onec={"payment_statuses": False})
    made = {books.enter_invoice(DAY, SUM) for _ in range(3)}
    for hour in range(24):
        for _ in range(42):
            made.add(_at_hour(books, hour))

    walked = [one.ref for page in books.reader.invoices(DAY, TOMORROW) for one in page]

    assert sorted(walked) == sorted(made)
    assert books.world.requests.counts()["GET Document_СчетНаОплатуПокупателю"] <= 5


@pytest.mark.parametrize("channel", ["odata", "soap"])
def test_a_working_day_breaks_no_rule_of_the_contract(
    opened: Callable[..., OneCBooks], channel: str
) -> None:
    books = opened(channel)
    books.enter_invoice(DAY, SUM)
    made = books.writer.create_invoice(SPEC)
    books.writer.post_invoice(made.ref)
    books.pay(DAY, ((made.ref, SUM),))
    books.ship(DAY, made.ref, SUM)
    for walk in (books.reader.invoices, books.reader.payments, books.reader.shipments):
        assert any(walk(DAY, TOMORROW))
    books.reader.health()
    books.reader.find_invoices("123", DAY)

    assert breaches(books.world.requests) == []


@pytest.mark.parametrize(
    ("route", "kind"),
    [
        ("GET Document_СчетНаОплатуПокупателю", "truncated"),
        ("GET Document_СчетНаОплатуПокупателю", "drop_before"),
        ("GET Document_СчетНаОплатуПокупателю", "empty_body"),
        ("GET Catalog_Контрагенты", "status"),
        ("GET $metadata", "commit_then_drop"),
    ],
)
def test_a_walk_that_stumbles_once_is_whole_all_the_same(
    opened: Callable[..., OneCBooks], route: str, kind: str
) -> None:
    books = opened()
    ref = books.enter_invoice(DAY, SUM)
    books.world.break_next(route, kind)

    ((found,),) = books.reader.invoices(DAY, TOMORROW)

    assert (found.ref, found.inn) == (ref, "9990000019")


@pytest.mark.parametrize("status", [200, 503])
def test_without_a_licence_it_is_for_later(opened: Callable[..., OneCBooks], status: int) -> None:
    books = opened(licences=1, licence_status=status, session_life_s=1e6)
    books.world.sessions.start(books.world.now)

    with pytest.raises(Unavailable):
        books.reader.invoice(SPEC.ref)


def test_a_session_of_our_own_that_an_administrator_ends_is_begun_anew(
    opened: Callable[..., OneCBooks],
) -> None:
    books = opened(onec={"session": "manual"})
    ref = books.enter_invoice(DAY, SUM)
    assert books.reader.invoice(ref) is not None

    books.world.end_sessions()

    assert books.reader.invoice(ref) is not None
    assert books.writer.create_invoice(SPEC).ref == SPEC.ref


def test_money_of_ut_finds_its_invoice_through_the_order(
    opened: Callable[..., OneCBooks],
) -> None:
    books = opened(profile="ut11", onec={"profile": "ut11", "readonly": True})
    parties = {"Организация": ORGANISATION, "Контрагент": BUYER, "Date": books.world.wall_clock}
    order = books.world.create(ut11.ORDER, **parties, СуммаДокумента=SUM)
    basis = Ref(ut11.ORDER, order["Ref"])
    invoice = books.world.create(
        ut11.INVOICE, **parties, ДокументОснование=basis, Валюта=ROUBLE, СуммаДокумента=SUM
    )
    part = {"LineNumber": 1, "Заказ": basis, "Сумма": SUM, "СуммаВзаиморасчетов": SUM}
    link = part | {"ОснованиеПлатежа": None}
    books.world.create(ut11.BANK_IN, **parties, СуммаДокумента=SUM, РасшифровкаПлатежа=(link,))

    ((payment,),) = books.reader.payments(DAY, TOMORROW)
    ((found,),) = books.reader.invoices(DAY, TOMORROW)

    assert [row.invoice for row in payment.rows] == [invoice["Ref"]]
    assert (found.total, found.inn) == (SUM, "9990000019")
    assert books.ledger.told == {"invoices", "payments", "shipments"}
    assert books.ledger.base is not None
    writer = ODataWriter(books.ledger.base, ODataReader(books.ledger.base))
    with pytest.raises(Rejected, match="soap"):
        writer.create_invoice(SPEC)


@pytest.mark.parametrize("kpp", ["770101001", None])
def test_a_branch_with_the_same_inn_is_told_apart_by_its_kpp(
    opened: Callable[..., OneCBooks], kpp: str | None
) -> None:
    books = opened(onec={"organization_kpp": kpp})
    branch = {"Description": "Филиал", "ИНН": "7701234560", "КПП": "780143001"}
    books.world.create(ORGANISATION.entity, **branch)
    books.world.make_invoice(BUYER.key, SUM)

    if kpp is None:
        with pytest.raises(Rejected, match="organization_kpp"):
            list(books.reader.invoices(DAY, TOMORROW))
    else:
        ((found,),) = books.reader.invoices(DAY, TOMORROW)
        assert found.total == SUM


def test_an_empty_composition_is_told_with_its_cure(opened: Callable[..., OneCBooks]) -> None:
    books = opened(composition="empty")

    with pytest.raises(Rejected, match="composition"):
        list(books.reader.invoices(DAY, TOMORROW))


def _opened(channel: str) -> Iterator[OneCBooks]:
    clock = a_clock()
    with OneCServer(a_world(clock)) as server:
        books = OneCBooks(server, clock, channel)
        yield books
        books.close()


def _at_hour(books: OneCBooks, hour: int) -> LedgerRef:
    at = datetime.combine(DAY, time(hour))
    return LedgerRef(books.world.make_invoice(BUYER.key, SUM, at=at))

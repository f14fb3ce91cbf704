"""1C from end to end: the installed command between a stand-in of Megaplan and one of 1C."""

from __future__ import annotations

import shutil
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.e2e.firm import INN, INVOICES, KPP, ONEC, TOTAL, Firm
from tests.e2e.office import CITY
from westsync.domain.ledger_keys import invoice_marker, invoice_ref
from westsync.sandbox.onec import FaultKind
from westsync.sandbox.onec.furnishing import BUYER

if TYPE_CHECKING:
    from pathlib import Path

# -- the invoice -----------------------------------------------------------------------------------


def test_an_invoice_is_made_posted_and_its_number_told(firm: Firm) -> None:
    deal = firm.deal()

    firm.cycle(9, 1)
    firm.cycle(9, 10)

    firm.assert_one_invoice(deal)
    assert firm.written() == {f"POST {INVOICES}": 1, f"POST {INVOICES}(key)/Post": 1}


def test_an_organisation_entered_today_gets_its_invoice_today(firm: Firm) -> None:
    firm.cycle(9, 1)
    firm.client = firm.office.world.create_client(company_name="Новая сцена", inn=INN, kpp=KPP)
    deal = firm.deal()

    firm.cycle(9, 10)
    firm.cycle(9, 20)

    firm.assert_one_invoice(deal)


@pytest.mark.parametrize(
    ("route", "kind"),
    [
        (f"POST {INVOICES}", FaultKind.COMMIT_THEN_DROP),
        (f"POST {INVOICES}", FaultKind.COMMIT_THEN_500),
        (f"POST {INVOICES}(key)/Post", FaultKind.COMMIT_THEN_DROP),
    ],
)
def test_a_reply_that_is_lost_makes_no_second_invoice(
    firm: Firm, route: str, kind: FaultKind
) -> None:
    deal = firm.deal()
    firm.base.break_next(route, kind)

    for minute in (1, 10, 20):
        firm.cycle(9, minute)

    assert firm.base.faults.armed == ()
    firm.assert_one_invoice(deal)
    assert firm.written() == {f"POST {INVOICES}": 1, f"POST {INVOICES}(key)/Post": 1}


@pytest.mark.parametrize(
    ("route", "nth", "is_posted"),
    [
        (f"POST {INVOICES}", 1, False),  # the draft is there, its answer is not
        (f"GET {INVOICES}(key)", 3, False),  # both look-ups are over, the draft is there
        (f"POST {INVOICES}(key)/Post", 1, True),  # it is posted, the answer is not there
    ],
)
def test_a_kill_between_draft_and_posting_makes_no_second_invoice(
    firm: Firm, route: str, nth: int, *, is_posted: bool
) -> None:
    deal = firm.deal()
    firm.base.break_next(route, FaultKind.DELAY, nth=nth, seconds=1)

    def is_so_far() -> bool:
        made = [one["Posted"] for one in firm.invoices]
        return firm.base.faults.armed == () and made == [is_posted]

    firm.kill_cycle(9, 1, is_so_far)
    for minute in (10, 20):
        firm.cycle(9, minute)

    firm.assert_one_invoice(deal)
    assert firm.written()[f"POST {INVOICES}"] == 1


def test_a_restored_old_state_makes_no_second_invoice(firm: Firm, tmp_path: Path) -> None:
    deal = firm.deal("requisites")
    firm.cycle(9, 1)
    state = firm.office.config / "westsync.db"
    backup = shutil.copy2(state, tmp_path)
    firm.office.world.put_deal(deal, "supplier_invoice", by="ivanov")
    firm.cycle(9, 10)
    firm.cycle(9, 20)

    for leftover in ("-wal", "-shm"):
        state.with_name(f"{state.name}{leftover}").unlink(missing_ok=True)
    shutil.copy2(backup, state)
    firm.cycle(9, 30)
    firm.cycle(9, 40)

    firm.assert_one_invoice(deal)
    assert firm.written() == {f"POST {INVOICES}": 1, f"POST {INVOICES}(key)/Post": 1}


def test_an_invoice_that_exists_under_our_key_already_is_taken_over(firm: Firm) -> None:
    deal = firm.deal()
    # Another channel made the draft, and for a minute 1C does not show it to us: code 15.
    firm.base.break_next(f"GET {INVOICES}*", FaultKind.STALE, seconds=90)
    firm.base.make_invoice(
        BUYER.key, TOTAL, key=invoice_ref(deal, 1), comment=invoice_marker(deal, 1), post=False
    )

    first = firm.cycle(9, 1)
    for minute in (10, 20):
        firm.cycle(9, minute)

    assert [(one["kind"], one["state"]) for one in first["acted"]] == [
        ("invoice.issue", "in_doubt")
    ]
    firm.assert_one_invoice(deal)
    refused = [one.status for one in firm.base.requests if one.route == f"POST {INVOICES}"]
    assert refused == [firm.base.switches.duplicate_status]


def test_a_draft_that_a_restored_journal_forgot_is_found_and_posted(firm: Firm) -> None:
    deal = firm.deal()
    firm.draft(deal)

    for minute in (1, 10, 20):
        firm.cycle(9, minute)

    firm.assert_one_invoice(deal)
    assert firm.written() == {f"POST {INVOICES}(key)/Post": 1}


def test_a_forgotten_draft_that_nobody_wants_is_a_task_with_its_number(firm: Firm) -> None:
    deal = firm.deal("requisites")
    firm.draft(deal)

    for minute in (1, 10, 20):
        firm.cycle(9, minute)

    (draft,) = firm.invoices
    assert not draft["Posted"]
    assert [title for title in firm.tasks if f"черновиком счёта {draft['Number']}" in title]
    assert firm.written() == {}


def test_a_draft_of_another_sum_is_not_posted_and_a_person_is_told(firm: Firm) -> None:
    deal = firm.deal()
    firm.draft(deal, Decimal("90000.00"))

    for minute in (1, 2, 10):
        firm.cycle(9, minute)

    (draft,) = firm.invoices
    assert not draft["Posted"]
    assert sum("не выставлен" in title for title in firm.tasks) == 1
    (told,) = (text for text in firm.task_texts if "исправьте его в 1С" in text)
    assert f"Черновик {draft['Number']} на 90\xa0000,00\xa0₽" in told
    assert firm.written() == {}


@pytest.mark.parametrize(
    ("route", "kind"),
    [
        (f"POST {INVOICES}", FaultKind.COMMIT_THEN_DROP),  # the draft is there, and in doubt
        (f"POST {INVOICES}(key)/Post", FaultKind.DROP_BEFORE),  # the posting did not come
    ],
)
def test_a_deal_that_is_lost_between_draft_and_posting_is_not_posted(
    firm: Firm, route: str, kind: FaultKind
) -> None:
    deal = firm.deal()
    firm.base.break_next(route, kind)
    firm.cycle(9, 1)
    firm.office.world.put_deal(deal, "lost", by="ivanov")

    for minute in (3, 10, 20):
        firm.cycle(9, minute)

    (draft,) = firm.invoices
    assert firm.base.faults.armed == ()
    assert not draft["Posted"]
    assert sum(f"черновиком счёта {draft['Number']}" in title for title in firm.tasks) == 1


def test_a_refused_posting_is_settled_when_a_person_posts_the_draft(firm: Firm) -> None:
    deal = firm.deal()
    firm.base.refuse_posting('Поле "Договор" не заполнено')
    firm.cycle(9, 1)
    firm.cycle(9, 2)
    refused = sum("не выставлен: ответ 1С" in title for title in firm.tasks)
    firm.base.post_document(str(firm.invoices[0]["Ref"]))

    for minute in (10, 11, 20):
        firm.cycle(9, minute)

    assert refused == 1
    firm.assert_one_invoice(deal)
    assert firm.written()[f"POST {INVOICES}(key)/Post"] == 1
    tasks = firm.office.world.store.all("Task")
    assert [one["status"] for one in tasks if "ответ 1С" in str(one["name"])] == ["completed"]


def test_what_1c_refuses_is_told_in_the_next_cycle(firm: Firm) -> None:
    firm.office.world.store.change(
        next(one for one in firm.office.world.store.all("Payer") if one["inn"] == INN),
        inn="9990000033",
    )
    firm.deal()

    firm.cycle(9, 1)
    firm.cycle(9, 2)

    assert firm.invoices == []
    assert sum("не выставлен: ответ 1С" in title for title in firm.tasks) == 1
    told = [text for text in firm.task_texts if "В 1С нет контрагента с ИНН 9990000033" in text]
    assert len(told) == 1


def test_a_base_that_may_only_be_read_is_planned_for_and_not_written(firm: Firm) -> None:
    firm.office.env[f"{ONEC}READONLY"] = "true"
    firm.deal()
    at = firm.office.at(9, 1)
    firm.office.world.clock.set(at)

    planned = firm.office.run("plan", "--at", at.isoformat())
    firm.cycle(9, 1)
    firm.cycle(9, 10)

    assert planned.returncode == 0, planned.stderr
    assert "invoice.issue" in planned.stdout
    assert "Сцена: 120000.00 RUB" in planned.stdout
    assert firm.invoices == []
    assert firm.written() == {}


def test_the_contract_that_the_deal_names_stands_in_the_invoice(firm: Firm) -> None:
    settings = firm.office.config / "westsync.yaml"
    written = settings.read_text(encoding="utf-8")
    city = f"        contract_number: {CITY}\n        delivery_at:"
    assert "        delivery_at:" in written
    settings.write_text(written.replace("        delivery_at:", city, 1), encoding="utf-8")
    contract = firm.base.add_contract(BUYER.key, "17/25")
    deal = firm.deal("requisites")
    firm.office.world.edit_deal(deal, {"city": "17/25"}, by="ivanov")
    firm.office.world.put_deal(deal, "supplier_invoice", by="ivanov")

    firm.cycle(9, 1)
    firm.cycle(9, 10)

    firm.assert_one_invoice(deal)
    assert firm.invoices[0]["ДоговорКонтрагента"].key == contract


# -- its number and its PDF ----------------------------------------------------------------------


@pytest.fixture
def printing(firm: Firm) -> Firm:
    """A company whose 1C makes PDFs, and whose deals have a field for the invoice's number."""
    firm.office.env[f"{ONEC}CHANNELS__PRINT_FORMS"] = "soap"
    rules = firm.office.config / "rules" / "p4-invoices.yaml"
    written = rules.read_text()
    params = "stages: [supplier_invoice], "
    assert params in written
    rules.write_text(written.replace(params, f"{params}number_field: city, "))
    return firm


def test_number_and_pdf_come_back_into_the_deal(printing: Firm) -> None:
    deal = printing.deal()

    for minute in (1, 10, 20):
        printing.cycle(9, minute)

    printing.assert_one_invoice(deal)
    (invoice,) = printing.invoices
    assert printing.office.world.store.need("Deal", deal)[CITY] == invoice["Number"]
    assert printing.pdfs(deal) == [f"Счёт клиенту {invoice['Number']}.pdf"]


@pytest.mark.parametrize(
    ("route", "kind"),
    [
        ("POST /api/file", "commit_then_drop"),
        ("POST /api/file", "drop_before"),
        ("POST /deal/{id}", "commit_then_drop"),
    ],
)
def test_a_pdf_is_attached_once_although_a_reply_is_lost(
    printing: Firm, route: str, kind: str
) -> None:
    deal = printing.deal()
    printing.cycle(9, 1)
    printing.office.world.break_next(route, kind)

    for minute in (10, 20):
        printing.cycle(9, minute)

    assert len(printing.pdfs(deal)) == 1


@pytest.mark.parametrize("route", ["POST /api/file", "GET /deal/{id}"])
def test_a_kill_between_upload_and_attaching_attaches_it_once(printing: Firm, route: str) -> None:
    deal = printing.deal()
    printing.cycle(9, 1)
    world = printing.office.world
    world.break_next(route, "delay", times=None, seconds=0.5)

    def is_so_far() -> bool:
        names = [str(one["name"]) for one in world.store.all("File")]
        return any(name.startswith("Счёт клиенту ") for name in names)

    printing.kill_cycle(9, 10, is_so_far)
    attached = len(printing.pdfs(deal))
    world.faults.clear()
    printing.cycle(9, 20)

    assert attached == 0
    assert len(printing.pdfs(deal)) == 1


def test_a_restored_old_state_attaches_no_second_pdf(printing: Firm, tmp_path: Path) -> None:
    deal = printing.deal()
    printing.cycle(9, 1)
    state = printing.office.config / "westsync.db"
    backup = shutil.copy2(state, tmp_path)
    printing.cycle(9, 10)
    before = printing.pdfs(deal)

    for leftover in ("-wal", "-shm"):
        state.with_name(f"{state.name}{leftover}").unlink(missing_ok=True)
    shutil.copy2(backup, state)
    printing.cycle(9, 20)

    assert len(before) == 1
    assert printing.pdfs(deal) == before


# -- the money -------------------------------------------------------------------------------------


def test_a_linked_payment_becomes_a_comment_a_task_and_a_status(firm: Firm) -> None:
    bill, invoice = firm.bill("created")
    firm.cycle(9, 1)
    firm.base.set_now(firm.office.at(9, 5))
    firm.base.pay_invoice(invoice)

    firm.cycle(9, 10)
    firm.cycle(9, 20)

    told = [text for text in firm.comments if text.startswith("Поступила оплата")]
    assert len(told) == 1
    assert "120\xa0000,00" in told[0] or "120 000,00" in told[0]
    assert sum(title.startswith("Сообщить клиенту об оплате") for title in firm.tasks) == 1
    assert firm.status_of(bill) == "paid"
    assert firm.written() == {}


def test_a_partial_payment_leaves_the_bill_open_until_the_rest_comes(firm: Firm) -> None:
    bill, invoice = firm.bill()
    firm.base.pay_invoice(invoice, "40000.00")
    firm.cycle(9, 10)
    partly = firm.status_of(bill)
    firm.base.set_now(firm.office.at(10, 0))
    firm.base.pay_invoice(invoice, "80000.00")

    firm.cycle(10, 10)

    assert (partly, firm.status_of(bill)) == ("drawn", "paid")
    told = [text.partition("Всего")[2] for text in firm.comments if "Поступила оплата" in text]
    assert [text.replace("\xa0", " ") for text in told] == [
        " оплачено 40 000,00 ₽ из 120 000,00 ₽.",
        " оплачено 120 000,00 ₽ из 120 000,00 ₽.",
    ]


def test_an_overpayment_is_a_task_to_agree_with_the_client(firm: Firm) -> None:
    _, invoice = firm.bill()
    firm.base.pay_invoice(invoice, "125000.00")

    firm.cycle(9, 10)
    firm.cycle(9, 30)

    asked = [title for title in firm.tasks if title.startswith("Переплата")]
    assert len(asked) == 1
    assert "5\xa0000,00" in asked[0] or "5 000,00" in asked[0]


def test_a_working_day_breaks_no_rule_of_either_contract(firm: Firm) -> None:
    deal = firm.deal()

    with firm.office.opened(firm.office.at(9, 1)) as drive:
        for step in range(18):  # until six in the evening
            at = firm.office.at(9, 1) + timedelta(minutes=30 * step)
            firm.base.set_now(at)
            if step == 7:
                firm.base.pay_invoice(str(firm.invoices[0]["Ref"]))
            report = drive.go_to(at)
            assert report.unavailable == ()

    firm.assert_one_invoice(deal)
    assert sum(title.startswith("Сообщить клиенту об оплате") for title in firm.tasks) == 1
    assert len(firm.base.requests) > 50

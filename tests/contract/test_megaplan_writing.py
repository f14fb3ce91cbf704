"""Writing to an account: what is sent, how often, and what its doubts do to it."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.contract.crm_contract import CLOSE, MANAGER, MARKER, OTHER, a_task, tasks
from westsync.connectors.megaplan.config import (
    DeadlineForm,
    LinkFallback,
    NotifyForm,
    TransitionForm,
)
from westsync.connectors.megaplan.protocol import Endpoint
from westsync.domain.actions import CommentDeal, MoveDeal, Notify, SetDealField
from westsync.errors import OutcomeUnknown, Rejected, Unavailable

if TYPE_CHECKING:
    from tests.contract.conftest import Account
    from tests.contract.megaplan_company import MegaplanCompany

QUALIFY = "128"


def bodies(account: Account, route: str) -> list[dict[str, object]]:
    return [
        entry.body
        for entry in account.world.requests
        if entry.route == route and isinstance(entry.body, dict)
    ]


def comments_on(crm: MegaplanCompany, deal: str) -> list[str]:
    said = crm.session.get_list(Endpoint.DEAL_COMMENTS, deal).data
    assert isinstance(said, list)
    return [str(one["content"]) for one in said if isinstance(one, dict)]


# Tasks.


def test_a_new_task_is_strictly_what_the_contract_shows(account: Account) -> None:
    crm = account.connect()
    deal = crm.enter_deal("Заявка")

    crm.writer.create_task(a_task(deal, auditors=("1000004",)), MARKER)

    (body,) = bodies(account, "POST /task")
    assert body["isTemplate"] is False
    assert body["isUrgent"] is True
    assert body["deadline"] == {
        "contentType": "DateTime",
        "value": "2026-11-24T14:05:00+03:00",
    }
    assert body["deals"] == [{"contentType": "Deal", "id": deal}]
    assert body["auditors"] == [{"contentType": "Employee", "id": "1000004"}]
    subject = str(body["subject"])
    assert subject.endswith(f"<p>ws:{MARKER}</p>")
    assert "&lt;ООО&gt;" in subject
    assert f"/deals/{deal}/card/" in subject
    assert str(body["statement"]).splitlines()[-1] == f"ws:{MARKER}"
    assert crm.breaches() == []


def test_a_date_only_deadline_ends_with_its_day(account: Account) -> None:
    account.world.turn(deadline_time=False)
    crm = account.connect(task_deadline=DeadlineForm.DATE)

    crm.writer.create_task(a_task(), MARKER)

    (body,) = bodies(account, "POST /task")
    assert body["deadline"] == {"contentType": "DateOnly", "year": 2026, "month": 10, "day": 24}
    (found,) = tasks(crm)
    assert found.deadline is not None
    assert found.deadline.isoformat() == "2026-11-24T20:59:59+00:00"


def test_text_of_clients_can_neither_break_out_nor_forge_links(account: Account) -> None:
    crm = account.connect()
    evil = '"><script>alert(1)</script>\x00\n' + crm.config.url + '/x"onmouseover="y'

    crm.writer.create_task(a_task(body=evil, title="a\nb\x07" + "ы" * 400), MARKER)

    (body,) = bodies(account, "POST /task")
    assert "<script" not in str(body["subject"])
    assert f'href="{crm.config.url}/x&quot;onmouseover=&quot;y">' in str(body["subject"])
    assert "\x00" not in str(body["subject"])
    assert len(str(body["name"])) == 250
    assert "\n" not in str(body["name"])


def test_an_account_that_cannot_link_gets_the_tasks_address_once(account: Account) -> None:
    account.world.turn(deals_on_create=False, link_with="404")
    crm = account.connect()
    deal = crm.enter_deal("Заявка")
    made = crm.writer.create_task(a_task(deal), MARKER)

    receipts = [crm.writer.link_task(made.ref, deal) for _ in range(2)]

    assert made.linked is not True
    assert [receipt.linked for receipt in receipts] == [False, False]
    addresses = [said for said in comments_on(crm, deal) if f"/task/{made.ref}/card/" in said]
    assert len(addresses) == 1


def test_the_address_is_left_only_where_it_is_wanted(account: Account) -> None:
    account.world.turn(deals_on_create=False, link_with="404")
    crm = account.connect(link_fallback=LinkFallback.NONE)
    deal = crm.enter_deal("Заявка")
    made = crm.writer.create_task(a_task(deal), MARKER)

    receipt = crm.writer.link_task(made.ref, deal)

    assert receipt.note.startswith("not linked")
    assert comments_on(crm, deal) == []


@pytest.mark.parametrize("fault", ["commit_then_500", "truncated", "empty_body"])
def test_a_create_without_a_sound_answer_is_in_doubt(account: Account, fault: str) -> None:
    crm = account.connect()
    account.world.break_next("POST /task", fault)

    with pytest.raises(OutcomeUnknown):
        crm.writer.create_task(a_task(), MARKER)

    assert crm.asked("POST /task") == 1


def test_a_task_that_shows_late_is_found_after_the_settle_window(account: Account) -> None:
    crm = account.connect()
    since = account.clock.now()
    account.world.break_next("POST /task", "apply_late", seconds=120)
    with pytest.raises(OutcomeUnknown):
        crm.writer.create_task(a_task(), MARKER)

    at_once = crm.writer.find_task(MARKER, since, None)
    crm.pass_time(seconds=180)
    later = crm.writer.find_task(MARKER, since, None)

    assert at_once == ()
    assert len(later) == 1


def test_a_task_with_a_persons_comment_is_left_alone(account: Account) -> None:
    crm = account.connect()
    made = a_task()
    task = crm.writer.create_task(made, MARKER).ref
    account.world.comment_task(task, by="ivanov", text="Перезвоню завтра")

    receipt = crm.writer.close_task(task, CLOSE, OTHER, made)

    assert receipt.note == f"left alone: edited by {MANAGER}"
    assert crm.asked("POST /task/{id}/doAction") == 0


def test_a_task_given_to_another_person_is_left_alone(account: Account) -> None:
    crm = account.connect()
    made = a_task()
    task = crm.writer.create_task(made, MARKER).ref
    other = {"responsible": {"contentType": "Employee", "id": "1000001"}}
    account.world.edit_task(task, other, by="westsync")

    receipt = crm.writer.close_task(task, CLOSE, OTHER, made)

    assert receipt.note == "left alone: it was given to 1000001"


def test_finished_work_that_waits_for_us_is_accepted(account: Account) -> None:
    crm = account.connect()
    made = a_task()
    task = crm.writer.create_task(made, MARKER).ref
    account.world.finish_task(task, by="ivanov")
    (before,) = tasks(crm)

    receipt = crm.writer.close_task(task, CLOSE, OTHER, made)

    (after,) = tasks(crm)
    assert before.status == "done"
    assert receipt.note == "closed: the work was accepted"
    assert after.status == "completed"


def test_an_owner_that_may_not_finish_cancels(account: Account) -> None:
    account.world.turn(owner_may_finish=False)
    crm = account.connect()
    made = a_task()
    task = crm.writer.create_task(made, MARKER).ref

    receipt = crm.writer.close_task(task, CLOSE, OTHER, made)

    (found,) = tasks(crm)
    assert receipt.note == "closed"
    assert not found.is_open
    assert [body["action"] for body in bodies(account, "POST /task/{id}/doAction")] == [
        "act_cancel"
    ]


def test_the_proof_of_closing_is_written_once_with_its_marker(account: Account) -> None:
    crm = account.connect()
    made = a_task()
    task = crm.writer.create_task(made, MARKER).ref

    crm.writer.close_task(task, CLOSE, OTHER, made)

    texts = [str(body.get("text", "")) for body in bodies(account, "POST /task/{id}/doAction")]
    assert texts[0] == f"{CLOSE.note}\nws:{OTHER}"
    assert all(not text for text in texts[1:])


# Comments.


def test_a_comment_never_carries_transports(account: Account) -> None:
    crm = account.connect()
    deal = crm.enter_deal("Заявка")

    crm.writer.comment_deal(CommentDeal(deal=deal, text="Раз\nДва"), MARKER)
    crm.writer.notify(Notify(via="megaplan", to=(MANAGER,), text="Три", deal=deal), OTHER)

    simple, notifying = bodies(account, "POST /deal/{id}/comments")
    assert simple == {
        "contentType": "Comment",
        "content": f"<p>Раз</p><p>Два</p><p>ws:{MARKER}</p>",
    }
    assert set(notifying) == {"contentType", "comment", "participantsToNotify"}
    assert notifying["participantsToNotify"] == [{"contentType": "Employee", "id": MANAGER}]
    assert crm.breaches() == []


def test_a_mention_names_the_person_in_the_text(account: Account) -> None:
    crm = account.connect(notify_form=NotifyForm.MENTION)
    deal = crm.enter_deal("Заявка")
    notice = Notify(via="megaplan", to=(MANAGER,), text="Заявка без звонка", deal=deal)

    made = crm.writer.notify(notice, MARKER)

    (body,) = bodies(account, "POST /deal/{id}/comments")
    assert f'<megaplan:mention to="Employee/{MANAGER}">' in str(body["content"])
    assert [one.ref for one in crm.writer.find_comment(MARKER, deal, account.clock.now())] == [
        made.ref
    ]


def test_a_notice_without_a_deal_is_not_sent(account: Account) -> None:
    crm = account.connect()

    with pytest.raises(Rejected):
        crm.writer.notify(Notify(via="megaplan", to=(MANAGER,), text="..."), MARKER)

    assert len(account.world.requests) == 0


# Deals.


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("city", "Тверь <1> & Ко", "Тверь <1> & Ко"),
        ("urgent", "да", True),
        ("delivery_at", "2026-12-01T12:00:00+03:00", "2026-12-01T09:00:00+00:00"),
        ("delivery_kind", "Самовывоз", "Самовывоз"),
    ],
)
def test_a_field_is_set_in_the_form_of_its_kind(
    account: Account, field: str, value: str, kept: object
) -> None:
    crm = account.connect()
    deal = crm.enter_deal("Заявка")

    crm.writer.set_field(SetDealField(deal=deal, field=field, value=value))

    (page,) = crm.reader.changed_deals(None)
    assert page.deals[0].custom[field] == kept
    (body,) = bodies(account, "POST /deal/{id}")
    assert body["id"] == deal
    assert crm.breaches() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [("urgent", "может быть"), ("delivery_at", "скоро"), ("delivery_kind", "почтой"), ("x", "y")],
)
def test_a_value_that_does_not_fit_is_refused_before_it_is_sent(
    account: Account, field: str, value: str
) -> None:
    crm = account.connect()
    deal = crm.enter_deal("Заявка")

    with pytest.raises(Rejected):
        crm.writer.set_field(SetDealField(deal=deal, field=field, value=value))

    assert crm.asked("POST /deal/{id}") == 0


def test_an_empty_value_clears_the_field(account: Account) -> None:
    crm = account.connect()
    deal = crm.enter_deal("Заявка")
    account.world.edit_deal(deal, {"city": "Тверь"}, by="ivanov")

    crm.writer.set_field(SetDealField(deal=deal, field="city", value=""))

    (page,) = crm.reader.changed_deals(None)
    assert page.deals[0].custom["city"] is None


@pytest.mark.parametrize(("fault", "sends"), [("commit_then_drop", 1), ("drop_before", 2)])
def test_an_interrupted_set_is_read_back_before_it_is_repeated(
    account: Account, fault: str, sends: int
) -> None:
    crm = account.connect()
    deal = crm.enter_deal("Заявка")
    account.world.break_next("POST /deal/{id}", fault)

    crm.writer.set_field(SetDealField(deal=deal, field="city", value="Тверь"))

    assert crm.asked("POST /deal/{id}") == sends
    (page,) = crm.reader.changed_deals(None)
    assert page.deals[0].custom["city"] == "Тверь"


def test_a_set_that_never_arrives_is_given_back(account: Account) -> None:
    crm = account.connect()
    deal = crm.enter_deal("Заявка")
    account.world.break_next("POST /deal/{id}", "drop_before", times=None)

    with pytest.raises(Unavailable):
        crm.writer.set_field(SetDealField(deal=deal, field="city", value="Тверь"))

    assert crm.asked("POST /deal/{id}") == 3


def a_move(deal: str) -> MoveDeal:
    return MoveDeal(deal=deal, stage=QUALIFY, stage_name="qualify")


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"enabled": False, "reason": "Не заполнен город"}, "Не заполнен город"),
        ({"ask": True}, "asks for input"),
    ],
)
def test_a_transition_that_is_closed_or_asks_is_left_to_a_person(
    account: Account, how: dict[str, object], why: str
) -> None:
    crm = account.connect()
    deal = crm.enter_deal("Заявка")
    account.world.set_transition("new", "qualify", **how)  # type: ignore[arg-type]  # keywords by name

    with pytest.raises(Rejected, match=why):
        crm.writer.move_deal(a_move(deal))

    assert crm.asked("POST /deal/{id}/applyTransition") == 0


def test_an_interrupted_move_is_in_doubt_and_then_already_there(account: Account) -> None:
    crm = account.connect()
    deal = crm.enter_deal("Заявка")
    account.world.break_next("POST /deal/{id}/applyTransition", "commit_then_drop")
    with pytest.raises(OutcomeUnknown):
        crm.writer.move_deal(a_move(deal))

    receipt = crm.writer.move_deal(a_move(deal))

    assert receipt.note == "already there"
    assert crm.asked("POST /deal/{id}/applyTransition") == 1


@pytest.mark.parametrize(
    ("accepted", "form"), [("raml", TransitionForm.RAML), ("sdk", TransitionForm.SHORT)]
)
def test_both_forms_of_a_transition_can_be_sent(
    account: Account, accepted: str, form: TransitionForm
) -> None:
    account.world.turn(transition_body=accepted)
    crm = account.connect(transition_form=form)
    deal = crm.enter_deal("Заявка")

    crm.writer.move_deal(a_move(deal))

    assert account.world.stage_of(deal) == "qualify"


# Files.


def test_a_file_goes_up_is_attached_beside_the_old_ones_and_comes_down(account: Account) -> None:
    crm = account.connect()
    deal = crm.enter_deal("Заявка")
    old = account.world.attach_file(deal, "старый.pdf", by="ivanov")
    content = bytes(range(256)) * 40

    file = crm.writer.upload_file('счёт "12".pdf', content)
    crm.writer.attach_files(deal, [file])
    again = crm.writer.attach_files(deal, [file])

    (page,) = crm.reader.changed_deals(None)
    assert [one.id for one in page.deals[0].attachments] == [old, file]
    assert again.note == "already attached"
    sink = io.BytesIO()
    crm.writer.download_file(account.world.store.need("File", file)["path"], sink)
    assert sink.getvalue() == content
    assert crm.breaches() == []


@pytest.mark.parametrize("path", ["https://elsewhere.test/attach/x", "//elsewhere/x", "/api/v3/x"])
def test_only_attachments_of_the_account_are_fetched(account: Account, path: str) -> None:
    crm = account.connect()

    with pytest.raises(Rejected):
        crm.writer.download_file(path, io.BytesIO())

    assert len(account.world.requests) == 0


def test_nothing_is_sent_faster_than_the_pace(account: Account) -> None:
    crm = account.connect(requests_per_second=2.0)
    before = account.clock.now()

    for _ in range(5):
        crm.reader.me()

    assert account.clock.now() - before >= timedelta(seconds=2.5)

"""Facts of a deal that people made: touches, talks, letters, refusals, tasks, plans."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.rules.observed import (
    EVERYTHING_SET,
    ME,
    NOTHING,
    SECRETARY,
    SETUP,
    TEN,
    a_client,
    a_comment,
    a_deal,
    a_task,
    a_todo,
    a_touch,
    at,
    facts_of,
    whole_facts,
)
from westsync.domain.records import (
    TodoRecord,
    Touch,
    TouchKind,
)
from westsync.rules.deal_facts import deal_facts
from westsync.rules.deal_seen import Observed


@pytest.mark.parametrize(
    "touch",
    [
        a_touch(5, TouchKind.CREATION),
        a_touch(5, generated_by="trigger"),
        a_touch(5, TouchKind.STAGE, generated_by="scenario"),
        a_touch(5, by=ME),
        a_comment(5, "ws", by=ME),
        a_touch(5, by=None),
    ],
)
def test_what_no_person_did_is_no_touch(touch: Touch) -> None:
    facts = facts_of(touches=(touch,))

    assert facts["first_touch_at"] is None
    assert facts["quiet_since"] == TEN


@pytest.mark.parametrize(
    "seen",
    [
        {"touches": (a_comment(5, "Привет"),)},
        {"touches": (a_touch(5, TouchKind.STAGE, fields=("state=127",)),)},
        {"touches": (a_touch(5, fields=("city",)),)},
        {"todos": (a_todo(5),)},
        {"todos": (a_todo(5, "success", "meeting"),)},
        {"tasks": (a_task(status="done", status_at=at(5)),)},
        {"tasks": (a_task(status="completed", active_at=at(5)),)},
    ],
)
def test_what_a_person_did_is_a_touch(seen: dict[str, Any]) -> None:
    facts = facts_of(**seen)

    assert (facts["first_touch_at"], facts["last_touch_at"]) == (at(5), at(5))
    assert facts["quiet_since"] == at(5)
    assert facts["manager_contact_at"] == at(5)


@pytest.mark.parametrize(
    "seen",
    [
        {"todos": (a_todo(5, "scheduled"),)},
        {"todos": (a_todo(5, "fail"),)},
        {"todos": (a_todo(5, category="todo"),)},
        {"todos": (a_todo(5, responsible_id=ME),)},
        {"todos": (a_todo(5, finished_at=None),)},
        {"tasks": (a_task(status="assigned", status_at=at(5)),)},
        {"tasks": (a_task(status="cancelled", status_at=at(5)),)},
        {"tasks": (a_task(status="done", status_at=at(5), responsible_id=ME),)},
        {
            "tasks": (a_task("77", status="done", status_at=at(5)),),
            "closed_by_us": frozenset({"77"}),
        },
    ],
)
def test_what_is_not_done_or_was_done_by_the_daemon_is_no_touch(seen: dict[str, Any]) -> None:
    assert facts_of(**seen)["first_touch_at"] is None


def test_the_first_and_the_last_touch_are_told_in_whatever_order_they_come() -> None:
    touches = (a_comment(9, "b", by=SECRETARY), a_comment(3, "a"), a_touch(6, by=SECRETARY))

    facts = facts_of(touches=touches)

    assert (facts["first_touch_at"], facts["last_touch_at"]) == (at(3), at(9))
    assert facts["manager_contact_at"] == at(3)


def test_explain_is_told_what_did_not_count() -> None:
    touches = (
        a_touch(1, generated_by="trigger"),
        a_touch(2, generated_by="trigger"),
        a_touch(3, by=ME),
    )

    notes = whole_facts(touches=touches).notes

    assert notes["first_touch_at"] == "2 by trigger, 1 by westsync not counted"
    assert whole_facts().notes == {}


def test_the_entry_into_the_stage_ends_the_quiet() -> None:
    assert facts_of(a_deal(stage_entered_at=at(40)))["quiet_since"] == at(40)
    assert facts_of(a_deal(stage_entered_at=None))["quiet_since"] == TEN


def test_a_contact_is_a_held_call_or_a_comment_with_its_words() -> None:
    touches = (a_comment(5, "Созвонились, ждёт"), a_comment(30, "просто так"))

    assert facts_of(touches=touches)["last_client_contact_at"] == at(5)
    assert facts_of(touches=touches, todos=(a_todo(7),))["last_client_contact_at"] == at(7)
    assert facts_of()["last_client_contact_at"] is None


def test_a_talk_of_the_manager_is_his_own() -> None:
    todos = (a_todo(7, responsible_id=SECRETARY), a_todo(3))

    assert facts_of(todos=todos)["manager_talk_at"] == at(3)
    assert facts_of(a_deal(manager_id=None), todos=todos)["manager_talk_at"] is None


def test_a_missed_call_is_open_until_somebody_contacts_the_client() -> None:
    missed = a_todo(5, "fail")

    assert facts_of(todos=(missed,))["missed_call_at"] == at(5)
    assert facts_of(todos=(missed, a_todo(6)))["missed_call_at"] is None
    assert facts_of(todos=(missed, a_todo(4)))["missed_call_at"] == at(5)
    unfinished = a_todo(5, "finish_without_result", finished_at=None, created_at=at(2))
    assert facts_of(todos=(unfinished,))["missed_call_at"] == at(2)
    assert facts_of(todos=(a_todo(5, "fail", "meeting"),))["missed_call_at"] is None


def test_a_callback_is_asked_by_its_word_or_by_the_urgent_field() -> None:
    urgent = a_deal(custom={**EVERYTHING_SET, "urgent": True})

    assert facts_of(touches=(a_comment(5, "СРОЧНО! перезвонить"),))["callback_asked_at"] == at(5)
    assert facts_of(urgent)["callback_asked_at"] == TEN
    assert facts_of(urgent, touches=(a_touch(8, fields=("urgent",)),))["callback_asked_at"] == at(8)
    assert facts_of(urgent, todos=(a_todo(9),))["callback_asked_at"] is None
    assert facts_of()["callback_asked_at"] is None


def test_what_the_client_wants_of_a_callback_stands_in_its_comment() -> None:
    urgent = a_deal(custom={**EVERYTHING_SET, "urgent": True})
    asked = (a_comment(3, "Срочно! цена?"), a_comment(5, "СРОЧНО! Студия «Эхо»:\nкогда привезут?"))

    assert facts_of(touches=asked)["callback_question"] == "СРОЧНО! Студия «Эхо»: когда привезут?"
    assert facts_of(touches=asked, todos=(a_todo(9),))["callback_question"] is None
    assert facts_of(urgent)["callback_question"] is None


def test_a_letter_is_sent_by_its_words_else_by_the_entry_into_the_stage() -> None:
    offer = a_deal(state_id="130", stage_entered_at=at(20))
    written = (a_comment(5, "Письмо отправлено"),)

    assert facts_of(touches=written)["letter_sent_at"] == at(5)
    assert facts_of(offer)["letter_sent_at"] == at(20)
    assert facts_of(offer, touches=written)["letter_sent_at"] == at(5)
    assert facts_of()["letter_sent_at"] is None


def test_a_letter_is_confirmed_by_words_or_a_call_after_it() -> None:
    sent = a_comment(5, "письмо отправлено")

    def confirmed(*touches: Touch, todos: tuple[TodoRecord, ...] = ()) -> Any:
        return facts_of(touches=touches, todos=todos)["letter_confirmed_at"]

    assert confirmed(sent) is None
    assert confirmed(sent, a_comment(9, "Письмо получено")) == at(9)
    assert confirmed(sent, todos=(a_todo(4), a_todo(8), a_todo(12))) == at(8)
    assert confirmed(a_comment(9, "Письмо получено")) is None


def test_a_held_call_is_unrecorded_until_somebody_writes() -> None:
    call = (a_todo(5),)

    assert facts_of(todos=call)["unrecorded_contact_at"] == at(5)
    assert facts_of(todos=call, touches=(a_comment(6, "x"),))["unrecorded_contact_at"] is None
    assert facts_of(todos=call, touches=(a_comment(4, "x"),))["unrecorded_contact_at"] == at(5)
    assert facts_of()["unrecorded_contact_at"] is None


def test_refusals_are_counted_and_the_last_is_the_reason() -> None:
    touches = (a_comment(5, "Отказ: дорого"), a_comment(9, "снова ОТКАЗ"), a_comment(7, "думает"))

    facts = facts_of(touches=touches)

    assert (facts["refusals"], facts["last_refusal_at"]) == (2, at(9))
    assert facts["lost_reason"] == "снова ОТКАЗ"
    assert facts_of()["refusals"] == 0


def test_a_lost_deal_has_the_comment_of_its_closing_as_the_reason() -> None:
    lost = a_deal(state_id="140", stage_entered_at=at(60))
    touches = (a_comment(5, "давно"), a_comment(55, "купил у других"))

    assert facts_of(lost, touches=touches)["lost_reason"] == "купил у других"
    assert facts_of(lost, touches=touches[:1])["lost_reason"] is None
    assert facts_of(touches=touches)["lost_reason"] is None


def test_delivery_and_bill_are_told_by_the_entry_into_their_stages() -> None:
    history = (
        a_touch(5, TouchKind.STAGE, fields=("state=133",)),
        a_touch(9, TouchKind.STAGE, fields=("state=137",), by=None, generated_by="scenario"),
    )

    facts = facts_of(touches=history)

    assert (facts["invoice_sent_at"], facts["delivered_at"]) == (at(5), at(9))
    now_there = facts_of(a_deal(state_id="137", stage_entered_at=at(30)), touches=history)
    assert now_there["delivered_at"] == at(30)
    hidden = facts_of(a_deal(state_id="137", stage_entered_at=None), touches=history)
    assert hidden["delivered_at"] == at(9)


def test_tasks_are_told_with_what_rules_ask_about_them() -> None:
    open_one = a_task("1", deadline=at(90), created_at=at(2))
    done = a_task("2", "done", responsible_id=None, owner_id=ME, created_at=at(1))

    facts = facts_of(tasks=(open_one, done), task_rules={"1": "call"})

    assert [task["id"] for task in facts["tasks"]] == ["2", "1"]
    assert facts["open_tasks"] == (
        {
            "id": "1",
            "name": "Задача 1",
            "responsible": "ivanov",
            "deadline": at(90),
            "status": "assigned",
            "open": True,
            "ours": True,
            "for_manager": True,
            "rule": "call",
            "created_at": at(2),
        },
    )
    assert facts["tasks"][0]["responsible"] is None
    assert facts["tasks"][0]["ours"] is True
    assert facts["next_task_at"] == at(90)


def test_the_polled_list_is_newer_than_the_linked_tasks_and_gone_ones_are_left_out() -> None:
    linked = (a_task("1", active_at=at(1)), a_task("2"), a_task("3", active_at=at(9)))
    polled = (
        a_task("1", "done", active_at=at(5)),
        a_task("2", gone=True),
        a_task("3", "done", active_at=at(5)),
        a_task("4"),
    )
    observed = Observed(
        deal=a_deal(), client=a_client(), details=replace(NOTHING, tasks=linked), tasks=polled
    )

    facts: dict[str, Any] = dict(deal_facts(observed, SETUP).values)

    assert {task["id"]: task["status"] for task in facts["tasks"]} == {
        "1": "done",
        "3": "assigned",
        "4": "assigned",
    }


def test_a_promise_is_the_nearest_plan_of_people_and_not_of_the_daemon() -> None:
    tasks = (
        a_task("1", deadline=at(60)),
        a_task("2", deadline=at(30), marker="0123456789abcdef"),
        a_task("3", deadline=at(40)),
        a_task("4", "done", deadline=at(10)),
    )

    assert facts_of(tasks=tasks)["promised_at"] == at(40)
    assert facts_of(tasks=tasks, task_rules={"3": "r"})["promised_at"] == at(60)
    planned = (a_todo(20, "scheduled"), a_todo(5, "scheduled", starts_at=None))
    assert facts_of(tasks=tasks, todos=planned)["promised_at"] == at(20)
    assert facts_of()["promised_at"] is None


def test_the_nearest_planned_call_is_told() -> None:
    todos = (a_todo(60, "scheduled"), a_todo(30, "scheduled"), a_todo(5, "scheduled", "private"))

    assert facts_of(todos=todos)["planned_call_at"] == at(30)

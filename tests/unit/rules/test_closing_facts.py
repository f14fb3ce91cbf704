"""Facts of a deal that is closed: data asked for and answered, letters, quality calls, claims."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.rules.observed import (
    ME,
    SETUP,
    a_comment,
    a_deal,
    a_todo,
    a_touch,
    at,
    facts_of,
)
from westsync.domain.facts import Unknown
from westsync.domain.records import Attachment, Details, TouchKind
from westsync.rules.fact_setup import (
    CLAIM,
    DATA_RECEIVED,
    DATA_REQUEST,
    INVOICE_CONFIRMED,
    INVOICE_LETTER,
    QUALITY,
)

if TYPE_CHECKING:
    from westsync.domain.records import Touch
    from westsync.rules.fact_setup import FactSetup

WORDY = replace(
    SETUP,
    words={
        **SETUP.words,
        DATA_REQUEST: ("данные запрошены",),
        DATA_RECEIVED: ("данные получ",),
        INVOICE_LETTER: ("счёт отправлен",),
        INVOICE_CONFIRMED: ("счёт получ",),
        QUALITY: ("доволен",),
        CLAIM: ("претензи", "брак", "недоволен"),
    },
    negations=("не", "нет", "без"),
    negations_after=("нет",),
)
DAY = 24 * 60
DELIVERED = a_touch(0, TouchKind.STAGE, fields=("state=137",))
DATA = Attachment(id="f1", name="Реквизиты.pdf", at=at(10))


def told(*touches: Touch, setup: FactSetup = WORDY, **seen: Any) -> dict[str, Any]:
    """Return the facts after people wrote something."""
    return facts_of(seen.pop("deal", None), setup, touches=touches, **seen)


def test_a_request_for_data_is_the_latest_comment_that_says_so() -> None:
    facts = told(a_comment(5, "Данные запрошены"), a_comment(9, "Данные запрошены ещё раз"))

    assert facts["data_requested_at"] == at(9)
    assert told(a_comment(5, "Данные не запрошены"))["data_requested_at"] is None
    assert told(a_comment(5, "Данные запрошены", by=ME))["data_requested_at"] is None


@pytest.mark.parametrize(
    "answer",
    [
        {"touches": (a_comment(12, "Данные получены, клиенту сообщили"),)},
        {"touches": (a_comment(12, "Созвонились"),)},
        {"touches": (a_comment(12, "Счет отправлен"),)},
        {"todos": (a_todo(12),)},
    ],
)
def test_the_client_is_answered_by_word_talk_or_bill_after_his_data_came(
    answer: dict[str, Any],
) -> None:
    facts = facts_of(a_deal(attachments=(DATA,)), WORDY, **answer)

    assert facts["client_data_received_at"] == at(10)
    assert facts["data_acknowledged_at"] == at(12)


def test_a_talk_before_the_data_answers_nothing() -> None:
    deal = a_deal(attachments=(DATA,))

    assert told(a_comment(8, "Созвонились"), deal=deal)["data_acknowledged_at"] is None
    assert told(a_comment(12, "Созвонились"))["data_acknowledged_at"] is None


def test_the_bill_was_sent_when_its_stage_was_entered_else_with_its_letter() -> None:
    letter = a_comment(7, "Счёт отправлен клиенту и директорам")
    stage = a_touch(5, TouchKind.STAGE, fields=("state=133",))

    assert told(letter)["invoice_sent_at"] == at(7)
    assert told(stage, letter)["invoice_sent_at"] == at(5)
    assert told(stage, letter)["invoice_letter_at"] == at(7)
    assert told(stage)["invoice_letter_at"] is None


def test_the_client_has_the_bill_after_a_call_or_a_word_that_follow_it() -> None:
    sent = a_touch(5, TouchKind.STAGE, fields=("state=133",))

    assert told(sent, a_comment(9, "Счет получен"))["invoice_confirmed_at"] == at(9)
    assert told(sent, todos=(a_todo(8),))["invoice_confirmed_at"] == at(8)
    assert told(sent, a_comment(9, "Созвонились"))["invoice_confirmed_at"] is None
    assert told(sent, todos=(a_todo(4),))["invoice_confirmed_at"] is None


@pytest.mark.parametrize("text", ["Клиент доволен", "Созвонились", "Претензия: скол", "Брак"])
def test_a_quality_call_is_any_word_with_the_client_after_the_delivery(text: str) -> None:
    before, after = a_comment(-5, text), a_comment(30, text)

    assert told(DELIVERED, after)["quality_call_at"] == at(30)
    assert told(before, DELIVERED)["quality_call_at"] is None


def test_a_held_call_after_the_delivery_is_a_quality_call() -> None:
    assert told(DELIVERED, todos=(a_todo(30),))["quality_call_at"] == at(30)
    assert told(DELIVERED, todos=(a_todo(30, "fail"),))["quality_call_at"] is None


def test_a_claim_is_told_with_its_words_on_one_line() -> None:
    facts = told(DELIVERED, a_comment(30, "Претензия:\n скол  на корпусе"))

    assert (facts["claim_at"], facts["claim"]) == (at(30), "Претензия: скол на корпусе")


@pytest.mark.parametrize(
    "text",
    ["Претензий нет", "Нет претензий", "Брака нет, всё хорошо", "Без брака", "Доволен", "брать"],
)
def test_who_has_no_claim_makes_none(text: str) -> None:
    facts = told(DELIVERED, a_comment(30, text))

    assert (facts["claim_at"], facts["claim"]) == (None, None)


def test_a_word_on_a_claim_within_three_days_goes_on_with_it_a_later_one_opens_another() -> None:
    first = a_comment(0, "Претензия: скол")
    soon = a_comment(2 * DAY, "По претензии: ждём фото")
    sooner_again = a_comment(4 * DAY, "По претензии: фото пришли")
    later = a_comment(8 * DAY, "Брак: не включается")

    assert told(first, soon, sooner_again)["claim_at"] == at(0)
    assert told(first, soon, sooner_again, later)["claim"] == "Брак: не включается"


def test_what_was_not_read_is_not_known() -> None:
    facts = facts_of(setup=WORDY, details=Details(touches=(DELIVERED,), todos=None, tasks=None))

    assert facts["claim_at"] is None
    assert isinstance(facts["quality_call_at"], Unknown)
    assert isinstance(facts["data_acknowledged_at"], Unknown)


@given(
    before=st.lists(st.integers(1, 50), max_size=5),
    after=st.lists(st.integers(61, 200), max_size=5),
)
def test_the_first_word_after_the_bill_confirms_it(before: list[int], after: list[int]) -> None:
    sent = a_touch(60, TouchKind.STAGE, fields=("state=133",))
    words = (a_comment(minute, "Счёт получен") for minute in {*before, *after})

    confirmed = told(sent, *words)["invoice_confirmed_at"]

    assert confirmed == (at(min(after)) if after else None)

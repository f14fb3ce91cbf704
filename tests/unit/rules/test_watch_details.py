"""Details are read only when a decision hangs on them, and nothing is done on an old picture."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.unit.rules.company import Life, a_rule, msk, step_text, steps_text
from westsync.domain.actions import CloseTask, CommentDeal
from westsync.domain.episodes import Phase
from westsync.domain.facts import DETAIL_GROUPS, Group, Unknown

TEN = msk("2026-11-24 10:00")
UNTOUCHED = "[ { stage: new }, { first_touch_at: { empty: true } } ]"
TASK = "task.ensure: { to: [role:secretary], title: Позвонить }"
CALL = steps_text(step_text("call", "10m", do=TASK), step_text("chief", "1h"))
TOUCH = frozenset({Group.HISTORY, Group.TODOS, Group.TASKS})


def at(minute: int) -> datetime:
    """Return so many minutes after ten o'clock."""
    return TEN + timedelta(minutes=minute)


def unread(*, changed: bool = False, read_at: datetime | None = None, **parts: str) -> Life:
    """Return a deal whose details were read too long ago, or never."""
    life = Life(a_rule(**{"when": UNTOUCHED, "steps": CALL, **parts}), {"stage": "new"})
    life.values["created_at"] = TEN
    never = msk("2020-01-01 00:00")
    life.ages = dict.fromkeys(DETAIL_GROUPS, read_at or never)
    life.world = {"fresh_since": msk("2030-01-01 00:00"), "changed": changed}
    return life


def read(life: Life, at_: datetime) -> None:
    """Have the details read at a moment."""
    life.ages = dict.fromkeys(DETAIL_GROUPS, at_)
    life.world = {**life.world, "fresh_since": at_}


def wanted(life: Life) -> frozenset[Group]:
    """Return the details that the last decision asked for."""
    assert life.outcome is not None
    return life.outcome.wanted


def test_a_deal_whose_first_step_is_not_due_costs_no_reading() -> None:
    life = unread(changed=True)

    assert life.look(at(1)) == []
    assert wanted(life) == frozenset()
    assert life.outcome is not None
    assert life.outcome.next_at == at(10)
    assert life.outcome.reason == "details are read when a step is due"
    assert life.episode is not None
    assert life.episode.phase is Phase.POSSIBLE


def test_the_details_are_wanted_when_the_step_is_due_and_nothing_is_done_without_them() -> None:
    life = unread()

    assert life.look(at(10)) == []
    assert wanted(life) == TOUCH
    read(life, at(10))
    assert life.look(at(10)) == ["call:0:task.ensure"]


def test_details_that_could_not_be_read_are_asked_for_again_a_minute_later() -> None:
    life = unread()

    life.look(at(10))

    assert life.outcome is not None
    assert life.outcome.next_at == at(11)


def test_an_old_picture_does_not_count_even_if_it_is_there() -> None:
    life = unread()
    life.values["first_touch_at"] = at(1)

    assert life.look(at(10)) == []
    assert wanted(life) == TOUCH


def test_a_condition_that_is_false_without_the_details_reads_nothing() -> None:
    life = unread(changed=True)

    assert life.look(at(10), stage="offer") == []
    assert wanted(life) == frozenset()


def test_an_open_episode_is_read_again_when_its_object_changes() -> None:
    life = unread()
    read(life, at(10))
    life.look(at(10))
    life.world = {"fresh_since": at(12), "changed": True}

    assert life.look(at(12)) == []
    assert wanted(life) == TOUCH


def test_an_open_episode_rests_for_a_while_when_nothing_changes() -> None:
    life = unread()
    read(life, at(10))
    life.look(at(10))
    assert life.outcome is not None
    assert life.outcome.next_at == at(15)
    life.world = {"fresh_since": at(12), "changed": False}

    assert life.look(at(12)) == []
    assert wanted(life) == frozenset()
    assert life.look(at(15)) == []
    assert wanted(life) == TOUCH


def test_the_longer_an_episode_lasts_the_less_often_it_is_read_but_hourly_at_least() -> None:
    life = unread()
    read(life, at(10))
    life.look(at(10))
    life.world = {"fresh_since": at(160)}
    life.ages = dict.fromkeys(DETAIL_GROUPS, at(160))

    life.look(at(160))
    assert life.outcome is not None
    soon = life.outcome.next_at
    days_later = msk("2026-12-08 10:00")
    read(life, days_later)
    life.look(days_later)

    assert soon == at(168)
    assert life.outcome is not None
    assert life.outcome.next_at == days_later + timedelta(hours=1)


def test_details_are_not_read_again_in_the_night() -> None:
    life = unread()
    read(life, at(10))
    life.look(at(10))
    evening = msk("2026-11-24 17:58")
    read(life, evening)

    life.look(evening)

    assert life.outcome is not None
    assert life.outcome.next_at == msk("2026-11-25 09:00")


def test_a_clock_that_starts_by_a_detail_reads_it_when_the_object_changes() -> None:
    clock = "{ from: last_client_contact_at, calendar: office }"
    changed = unread(changed=True, when="[ { stage: new } ]", clock=clock)
    quiet = unread(read_at=at(4), when="[ { stage: new } ]", clock=clock)

    changed.look(at(5))
    quiet.look(at(5))

    assert wanted(changed) == {Group.HISTORY, Group.TODOS}
    assert wanted(quiet) == frozenset()
    assert quiet.outcome is not None
    assert quiet.outcome.next_at == at(10)


def test_without_its_start_no_detail_can_matter() -> None:
    life = unread(changed=True, clock="{ from: delivery_at, calendar: office }")

    assert life.look(at(30)) == []
    assert wanted(life) == frozenset()


def test_a_step_s_own_condition_is_read_when_the_step_is_due() -> None:
    steps = steps_text(step_text("call", "10m", more="when: [ { open_tasks: { count: 0 } } ]"))
    life = unread(when="[ { stage: new } ]", steps=steps)

    life.look(at(9))
    before = wanted(life)
    life.look(at(10))

    assert before == frozenset()
    assert wanted(life) == {Group.TASKS}
    read(life, at(10))
    assert life.look(at(10)) == ["call:0:deal.comment"]


def test_a_step_that_its_condition_forbids_reads_nothing() -> None:
    steps = steps_text(step_text("call", "10m", do=TASK, more="when: [ { urgent: true } ]"))
    life = unread(steps=steps)

    assert life.look(at(20), urgent=False) == []
    assert wanted(life) == frozenset()


def test_a_pause_that_hangs_on_a_detail_is_read_before_a_step_runs() -> None:
    life = unread(
        when="[ { stage: new } ]",
        clock="{ from: created_at, pause_when: [ { planned_call_at: { gt: now } } ] }",
    )

    assert life.look(at(10)) == []
    assert wanted(life) == {Group.TODOS}
    read(life, at(10))
    assert life.look(at(10), planned_call_at=at(60)) == []
    read(life, at(60))
    assert life.look(at(60)) == []
    read(life, at(70))
    assert life.look(at(70)) == ["call:0:task.ensure"]


def test_a_text_is_never_written_from_an_old_picture() -> None:
    text = "deal.comment: { text: 'Последний контакт {deal.last_touch_at|dt}' }"
    life = unread(when="[ { stage: new } ]", steps=steps_text(step_text("tell", "10m", do=text)))
    life.values["last_touch_at"] = at(1)

    assert life.look(at(10)) == []
    assert wanted(life) == TOUCH
    read(life, at(10))
    (intent,) = life.intents(at(10), last_touch_at=at(9))

    assert intent.action == CommentDeal(deal="43", text="Последний контакт 24.11.2026 10:09")


def test_a_closing_note_is_never_written_from_an_old_picture() -> None:
    note = "on_clear: [ { task.close: { note: 'Контакт {deal.first_touch_at|dt|default:-}' } } ]"
    life = unread(more=note)
    read(life, at(10))
    life.look(at(10))
    life.world = {"fresh_since": at(20), "changed": True}

    assert life.look(at(20), stage="offer") == []
    assert wanted(life) == TOUCH
    read(life, at(20))
    (intent,) = life.intents(at(20), first_touch_at=at(19))

    assert isinstance(intent.action, CloseTask)
    assert intent.action.note == "Контакт 24.11.2026 10:19"


def test_the_end_of_an_episode_that_did_nothing_reads_nothing() -> None:
    note = "on_clear: [ { task.close: { note: 'Контакт {deal.first_touch_at|dt|default:-}' } } ]"
    life = unread(more=note, changed=True)
    life.look(at(1))

    assert life.look(at(2), stage="offer") == []
    assert wanted(life) == frozenset()


def test_an_episode_that_another_took_the_place_of_is_closed_without_reading() -> None:
    life = unread(clock="{ from: stage_entered_at, calendar: office }")
    life.values["stage_entered_at"] = TEN
    read(life, at(10))
    life.look(at(10))
    life.world = {"fresh_since": at(21), "changed": False}

    assert life.look(at(21), stage_entered_at=at(20)) == ["clear:0:task.close"]
    assert wanted(life) == frozenset()
    assert life.outcome is not None
    assert life.outcome.withdrawn == ("call",)
    assert life.episode is not None
    assert life.episode.started_at == at(20)


def test_an_episode_that_another_took_the_place_of_reads_what_its_note_names() -> None:
    life = unread(
        clock="{ from: stage_entered_at, calendar: office }",
        more="on_clear: [ { deal.comment: { text: '{deal.first_touch_at|dt|default:-}' } } ]",
    )
    life.values["stage_entered_at"] = TEN
    read(life, at(10))
    life.look(at(10))
    life.world = {"fresh_since": at(21), "changed": False}

    life.look(at(21), stage_entered_at=at(20))

    assert wanted(life) == TOUCH


def test_a_detail_that_cannot_be_read_freezes_the_rule() -> None:
    life = unread()
    life.world = {"fresh_since": TEN}
    life.ages = {}

    assert life.look(at(10), first_touch_at=Unknown("403 from history")) == []
    assert wanted(life) == frozenset()
    assert life.outcome is not None
    assert life.outcome.reason == "first_touch_at: 403 from history"
    assert life.outcome.next_at == at(15)


@pytest.mark.parametrize("minute", [0, 9, 10, 11, 59, 60, 61, 600])
def test_with_fresh_details_nothing_more_is_ever_wanted(minute: int) -> None:
    life = unread(changed=True)
    read(life, at(minute))

    life.look(at(minute))

    assert wanted(life) == frozenset()


def test_reading_is_not_repeated_while_a_step_waits_for_the_morning() -> None:
    life = unread(
        clock="{ from: created_at, calendar: always }",
        more="deliver: { calendar: office, outside: defer }",
        when="[ { stage: new } ]",
        steps=steps_text(
            step_text("tell", "10m", do="deal.comment: { text: '{deal.last_touch_at|dt}' }")
        ),
    )
    life.values["created_at"] = msk("2026-11-24 20:00")

    assert life.look(msk("2026-11-24 20:10")) == []
    assert wanted(life) == frozenset()
    assert life.outcome is not None
    assert life.outcome.next_at == msk("2026-11-25 09:00")


def test_what_is_false_only_by_a_detail_it_begins_with_is_looked_at_again() -> None:
    life = unread(
        when="[ { stage: new }, { missed_call_at: { empty: false } } ]",
        clock="{ from: missed_call_at, calendar: office }",
    )
    read(life, at(10))

    life.look(at(10))
    by_detail = life.outcome
    life.look(at(10), stage="offer")
    by_stage = life.outcome

    assert by_detail is not None
    assert by_stage is not None
    assert (by_detail.verdict, by_detail.next_at) == (False, at(15))
    assert (by_stage.verdict, by_stage.next_at) == (False, None)


@pytest.mark.parametrize(
    ("quiet_for", "rest"),
    [
        (timedelta(minutes=1), timedelta(minutes=5)),
        (timedelta(hours=10), timedelta(minutes=30)),
        (timedelta(days=365), timedelta(days=1)),
    ],
)
def test_a_client_is_read_the_less_often_the_longer_he_is_quiet(
    quiet_for: timedelta, rest: timedelta
) -> None:
    rule = a_rule(
        watch="client",
        when="[ { deals_count: 0 }, { missed_call_at: { empty: false } } ]",
        clock="{ from: missed_call_at, calendar: always }",
        steps=steps_text(step_text("call", "10m", do=TASK)),
    )
    life = Life(rule, {"deals_count": 0, "updated_at": TEN - quiet_for})

    life.look(TEN)

    assert life.outcome is not None
    assert life.outcome.next_at == TEN + rest

"""Episodes: when one begins and ends, which steps it runs, and that it runs each of them once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.unit.rules.company import Life, a_rule, msk, step_text, steps_text
from westsync.domain.actions import CloseTask, CommentDeal
from westsync.domain.episodes import Pause, Phase
from westsync.domain.facts import Unknown
from westsync.rules.steps import plan_steps

TEN = msk("2026-11-24 10:00")
TASK = "task.ensure: { to: [role:secretary], title: Позвонить }"
LADDER = steps_text(
    step_text("call", "5m", do=TASK),
    step_text("head", "10m", more="repeat: { every: 30m, max: 2 }"),
    step_text("chief", "1h"),
)


def at(minute: int, day: str = "2026-11-24") -> datetime:
    """Return so many minutes after ten o'clock."""
    return msk(f"{day} 10:00") + timedelta(minutes=minute)


def a_life(*, stage: str = "new", created_at: datetime = TEN, **parts: str) -> Life:
    """Return a deal of stage new in the eyes of a rule."""
    return Life(a_rule(**parts), {"stage": stage, "created_at": created_at})


# -- worked times of the grammar ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("created", "early", "due"),
    [
        ("2025-11-01 16:58", "2025-11-05 09:07:59", "2025-11-05 09:08"),
        ("2026-11-24 12:55", "2026-11-24 14:04:59", "2026-11-24 14:05"),
    ],
)
def test_ten_counted_minutes_are_over_when_the_grammar_says_so(
    created: str, early: str, due: str
) -> None:
    life = a_life(created_at=msk(created))

    before = life.look(msk(early))
    then = life.look(msk(due))

    assert before == []
    assert then == ["tell:0:deal.comment"]


def test_the_next_look_is_asked_for_when_the_next_step_falls_due() -> None:
    life = a_life(created_at=msk("2025-11-01 16:58"))

    life.look(msk("2025-11-01 16:59"))

    assert life.outcome is not None
    assert life.outcome.next_at == msk("2025-11-05 09:08")


# -- the ladder ----------------------------------------------------------------------------------


def test_each_step_and_each_repetition_runs_once_at_its_time() -> None:
    life = a_life(steps=LADDER)

    ran = {minute: wanted for minute in range(120) if (wanted := life.look(at(minute)))}

    assert ran == {
        5: ["call:0:task.ensure"],
        10: ["head:0:deal.comment"],
        40: ["head:1:deal.comment"],
        60: ["chief:0:deal.comment"],
        70: ["head:2:deal.comment"],
    }


def test_found_late_only_the_highest_due_step_runs() -> None:
    life = a_life(steps=LADDER)

    wanted = life.look(at(100))

    assert wanted == ["chief:0:deal.comment"]
    assert life.look(at(101)) == []


def test_found_late_a_reminder_that_repeats_does_not_outrun_the_escalation() -> None:
    life = a_life(steps=LADDER)
    life.look(at(45))

    assert life.look(at(75)) == ["chief:0:deal.comment"]


def test_found_late_a_step_marked_always_runs_besides_the_highest() -> None:
    steps = LADDER.replace(", after: 5m", ", after: 5m, always: true")
    life = a_life(steps=steps)

    assert life.look(at(100)) == ["call:0:task.ensure", "chief:0:deal.comment"]


def test_found_late_of_many_repetitions_only_the_newest_runs() -> None:
    life = a_life(steps=steps_text(step_text("tell", "10m", more="repeat: { every: 10m, max: 5 }")))

    assert life.look(at(39)) == ["tell:2:deal.comment"]
    assert life.look(at(40)) == ["tell:3:deal.comment"]


def test_steps_that_fall_due_together_run_together() -> None:
    life = a_life(steps=steps_text(step_text("one", "10m"), step_text("two", "10m")))

    assert life.look(at(10)) == ["one:0:deal.comment", "two:0:deal.comment"]


def test_a_repetition_stops_at_its_most() -> None:
    life = a_life(steps=steps_text(step_text("tell", "10m", more="repeat: { every: 1h, max: 2 }")))
    days = [f"2026-11-{day}" for day in (24, 25, 26, 27)]

    ran = [w for day in days for hour in range(8) for w in life.look(at(60 * hour + 10, day))]

    assert ran == ["tell:0:deal.comment", "tell:1:deal.comment", "tell:2:deal.comment"]


def test_a_repetition_by_workdays_comes_at_the_same_clock_time() -> None:
    life = a_life(
        created_at=msk("2026-11-26 10:00"),
        steps=steps_text(step_text("tell", "10m", more="repeat: { every: 1 workday, max: 2 }")),
    )

    life.look(msk("2026-11-26 10:10"))

    assert life.look(msk("2026-11-27 10:09")) == []
    assert life.look(msk("2026-11-27 10:10")) == ["tell:1:deal.comment"]
    assert life.look(msk("2026-11-30 10:09")) == []
    assert life.look(msk("2026-11-30 10:10")) == ["tell:2:deal.comment"]


def test_a_step_whose_condition_does_not_hold_waits_and_lower_ones_run() -> None:
    steps = steps_text(
        step_text("call", "5m"), step_text("chief", "10m", more="when: [ { urgent: true } ]")
    )
    life = a_life(steps=steps)

    assert life.look(at(20), urgent=False) == ["call:0:deal.comment"]
    assert life.look(at(30), urgent=True) == ["chief:0:deal.comment"]


def test_a_step_is_left_out_unless_its_exception_ends() -> None:
    steps = steps_text(step_text("call", "5m", more="unless: [ { urgent: true } ]"))
    life = a_life(steps=steps)

    assert life.look(at(20), urgent=True) == []
    assert life.look(at(21), urgent=Unknown("hidden in Megaplan")) == []
    assert life.look(at(22), urgent=False) == ["call:0:deal.comment"]


def test_a_step_that_waits_for_a_moment_is_looked_at_again_then() -> None:
    steps = steps_text(step_text("call", "5m", more="when: [ { delivery_at: { lte: now } } ]"))
    life = a_life(steps=steps)

    life.look(at(20), delivery_at=at(50))

    assert life.outcome is not None
    assert life.outcome.next_at == at(50)
    assert life.look(at(50)) == ["call:0:deal.comment"]


# -- keys ----------------------------------------------------------------------------------------


def test_a_key_names_the_situation_and_not_the_moment() -> None:
    soon, later = a_life(), a_life()

    (first,) = soon.intents(at(10))
    (second,) = later.intents(at(59))

    assert first.key == second.key == "main:call:deal-43:20261124T070000Z:tell:0:deal.comment"


def test_deciding_again_with_what_was_remembered_wants_nothing_new() -> None:
    life = a_life(steps=LADDER)
    wanted = life.look(at(5))

    again = life.look(at(5))

    assert (wanted, again) == (["call:0:task.ensure"], [])


# -- the beginning -------------------------------------------------------------------------------


def test_an_episode_starts_with_the_clock_s_fact_and_not_when_it_was_noticed() -> None:
    life = a_life()

    life.look(at(7))

    assert life.episode is not None
    assert (life.episode.started_at, life.episode.noticed_at) == (TEN, at(7))


def test_a_clock_from_first_seen_starts_when_it_was_noticed_and_goes_on() -> None:
    life = a_life(clock="{ from: first_seen, calendar: office }")

    life.look(at(7))

    assert life.look(at(16)) == []
    assert life.look(at(17)) == ["tell:0:deal.comment"]
    assert life.look(at(18)) == []


def test_what_began_before_active_from_is_left_alone() -> None:
    life = a_life()
    life.world = {"active_from": at(1)}

    assert life.look(at(30)) == []
    assert life.episode is None
    assert life.outcome is not None
    assert life.outcome.reason == "began before active_from"


def test_without_the_clock_s_moment_nothing_begins() -> None:
    life = a_life(clock="{ from: delivery_at, calendar: office }")

    assert life.look(at(30)) == []
    assert life.outcome is not None
    assert life.outcome.verdict is False
    assert life.outcome.reason == "delivery_at has no value; the clock does not start"


def test_an_unknown_start_freezes_the_rule() -> None:
    life = a_life(clock="{ from: delivery_at, calendar: office }")
    life.look(at(5), delivery_at=TEN)
    kept = life.episode

    assert life.look(at(30), delivery_at=Unknown("hidden in Megaplan")) == []
    assert life.episode == kept
    assert life.outcome is not None
    assert life.outcome.verdict is None
    assert life.outcome.reason == "delivery_at: hidden in Megaplan"


def test_when_the_clock_s_moment_vanishes_the_episode_is_over() -> None:
    life = a_life(clock="{ from: delivery_at, calendar: office }", steps=LADDER)
    life.look(at(6), delivery_at=TEN)

    assert life.look(at(7), delivery_at=None) == ["clear:0:task.close"]


def test_a_changed_start_is_a_new_episode_and_the_old_one_is_closed() -> None:
    life = a_life(clock="{ from: delivery_at, calendar: office }", steps=LADDER)
    life.look(at(6), delivery_at=TEN)

    closed = life.look(at(8), delivery_at=at(7))
    later = life.look(at(12))

    assert closed == ["clear:0:task.close"]
    assert later == ["call:0:task.ensure"]
    assert life.episode is not None
    assert life.episode.started_at == at(7)


def test_a_new_episode_that_is_due_at_once_makes_its_own_task() -> None:
    life = a_life(clock="{ from: delivery_at, calendar: office }", steps=LADDER)
    life.look(at(6), delivery_at=TEN)

    wanted = life.intents(at(20), delivery_at=at(15))

    assert [(i.step, i.key.split(":")[3]) for i in wanted] == [
        ("clear", "20261124T070000Z"),
        ("call", "20261124T071500Z"),
    ]
    assert [task.is_open for task in life.tasks] == [False, True]
    assert life.outcome is not None
    assert life.outcome.withdrawn == ("call",)


def test_a_changed_start_of_an_episode_that_did_nothing_closes_nothing() -> None:
    life = a_life(clock="{ from: delivery_at, calendar: office }", steps=LADDER)
    life.look(at(2), delivery_at=TEN)

    assert life.look(at(4), delivery_at=at(3)) == []


# -- the end -------------------------------------------------------------------------------------


def test_when_the_condition_ends_the_open_task_is_closed_with_the_proof() -> None:
    life = a_life(steps=LADDER)
    life.look(at(6))

    (intent,) = life.intents(at(8), stage="offer")

    assert isinstance(intent.action, CloseTask)
    assert intent.action.note == "этап: offer"
    assert intent.action.task == "main:call:deal-43:20261124T070000Z:call:0:task.ensure"
    assert intent.key == "main:call:deal-43:20261124T070000Z:clear:0:task.close.call"
    assert life.look(at(9)) == []


def test_the_rule_s_own_note_is_put_in_the_place_of_the_proof() -> None:
    note = "on_clear: [ { task.close: { note: 'Ушла на {deal.stage}' } } ]"
    life = a_life(steps=LADDER, more=note)
    life.look(at(6))

    (intent,) = life.intents(at(8), stage="offer")

    assert isinstance(intent.action, CloseTask)
    assert intent.action.note == "Ушла на offer"


def test_a_task_that_a_person_closed_is_not_closed_again() -> None:
    life = a_life(steps=LADDER)
    life.look(at(6))
    life.close("call")

    assert life.look(at(8), stage="offer") == []


def test_on_clear_is_done_only_when_something_was_done_before() -> None:
    clear = "on_clear: [ { deal.comment: { text: done } } ]"
    idle, busy = a_life(more=clear), a_life(more=clear)
    idle.look(at(9))
    busy.look(at(10))

    assert idle.look(at(11), stage="offer") == []
    assert busy.look(at(11), stage="offer") == ["clear:0:deal.comment"]


def test_a_false_condition_settles_before_the_episode_is_over() -> None:
    life = a_life(
        clock="{ from: created_at, calendar: office, settle: 10m }",
        more="on_clear: [ { deal.comment: { text: done } } ]",
    )
    life.look(at(10))

    waiting = life.look(at(20), stage="offer")
    assert life.outcome is not None
    again = life.outcome.next_at
    almost = life.look(at(29))
    over = life.look(at(30))

    assert (waiting, again, almost) == ([], at(30), [])
    assert over == ["clear:0:deal.comment"]


def test_a_condition_that_holds_again_while_it_settles_never_ended() -> None:
    life = a_life(
        clock="{ from: created_at, calendar: office, settle: 10m }",
        more="on_clear: [ { deal.comment: { text: done } } ]",
    )
    life.look(at(10))
    life.look(at(20), stage="offer")
    life.look(at(25), stage="new")

    assert life.look(at(29), stage="offer") == []
    assert life.look(at(38)) == []
    assert life.look(at(39)) == ["clear:0:deal.comment"]


def test_unknown_does_not_begin_the_settling_anew() -> None:
    life = a_life(
        when="[ { stage: new }, { city: { empty: true } } ]",
        clock="{ from: created_at, calendar: office, settle: 10m }",
        more="on_clear: [ { deal.comment: { text: done } } ]",
    )
    life.look(at(10))
    life.look(at(20), city="Тула")
    life.look(at(25), city=Unknown("hidden in Megaplan"))

    assert life.look(at(30), city="Тула") == ["clear:0:deal.comment"]


def test_unknown_neither_fires_nor_clears() -> None:
    life = a_life(when="[ { stage: new }, { city: { empty: true } } ]", steps=LADDER)
    life.look(at(6))
    kept = life.episode

    assert life.look(at(90), city=Unknown("hidden in Megaplan")) == []
    assert life.episode == kept
    assert life.outcome is not None
    assert (life.outcome.verdict, life.outcome.reason) == (None, "city: hidden in Megaplan")
    assert life.look(at(91), city=None) == ["chief:0:deal.comment"]


def test_an_episode_that_only_might_have_been_leaves_no_memory() -> None:
    life = a_life(when="[ { stage: new }, { first_touch_at: { empty: true } } ]")
    life.ages = dict.fromkeys(life.rule.details, TEN)
    life.world = {"fresh_since": at(1), "changed": False}
    life.look(at(2))
    assert life.episode is not None
    assert life.episode.phase is Phase.POSSIBLE

    life.look(at(3), stage="offer")

    assert life.episode is None


# -- again ---------------------------------------------------------------------------------------


def test_what_holds_again_is_a_new_episode_that_begins_when_it_was_noticed() -> None:
    life = a_life(steps=LADDER)
    life.look(at(6))
    life.look(at(8), stage="offer")

    assert life.look(at(20), stage="new") == []
    assert life.look(at(24)) == []
    assert life.look(at(25)) == ["call:0:task.ensure"]
    assert life.look(at(26)) == []
    assert life.episode is not None
    assert life.episode.started_at == at(20)


def test_what_holds_again_with_a_later_start_begins_at_that_start() -> None:
    life = a_life(clock="{ from: stage_entered_at, calendar: office }", steps=LADDER)
    life.look(at(6), stage_entered_at=TEN)
    life.look(at(8), stage="offer", stage_entered_at=at(7))

    assert life.look(at(20), stage="new", stage_entered_at=at(15)) == ["call:0:task.ensure"]


def test_a_start_that_moves_on_after_an_episode_opened_again_is_one_more_episode() -> None:
    life = a_life(clock="{ from: delivery_at, calendar: office }", steps=LADDER)
    life.look(at(6), delivery_at=TEN)
    life.look(at(8), stage="offer")
    life.look(at(20), stage="new")
    life.look(at(25))

    assert life.look(at(35), delivery_at=at(30)) == ["clear:0:task.close", "call:0:task.ensure"]


def test_what_holds_again_soon_enough_is_the_same_episode_and_the_gap_is_not_counted() -> None:
    life = a_life(steps=LADDER, more="reopen: { same_within: 1h }")
    life.look(at(6))
    life.look(at(8), stage="offer")

    assert life.look(at(38), stage="new") == []
    assert life.look(at(39)) == []
    assert life.look(at(40)) == ["head:0:deal.comment"]
    assert life.episode is not None
    assert life.episode.started_at == TEN


def test_what_holds_again_too_late_is_a_new_episode() -> None:
    life = a_life(steps=LADDER, more="reopen: { same_within: 10m }")
    life.look(at(6))
    life.look(at(8), stage="offer")

    life.look(at(19), stage="new")

    assert life.episode is not None
    assert life.episode.started_at == at(19)


def test_a_clock_from_first_seen_continues_the_same_episode_too() -> None:
    life = a_life(
        clock="{ from: first_seen, calendar: office }",
        steps=LADDER,
        more="reopen: { same_within: 1h }",
    )
    life.look(TEN)
    life.look(at(6))
    life.look(at(8), stage="offer")

    assert life.look(at(38), stage="new") == []
    assert life.look(at(40)) == ["head:0:deal.comment"]


def test_a_clock_from_first_seen_starts_anew_after_the_end() -> None:
    life = a_life(clock="{ from: first_seen, calendar: office }", steps=LADDER)
    life.look(TEN)
    life.look(at(6))
    life.look(at(8), stage="offer")
    life.look(at(20), stage="new")

    assert life.look(at(25)) == ["call:0:task.ensure"]


def test_an_episode_that_ended_in_a_pause_runs_again_after_it() -> None:
    life = a_life(
        when="[ { city: { empty: true } } ]",
        clock="{ from: created_at, calendar: office, pause_when: [ { stage: waiting } ] }",
        steps=LADDER,
        more="reopen: { same_within: 1h }",
    )
    life.look(at(6))
    life.look(at(7), stage="waiting")
    life.look(at(8), city="Тула")

    assert life.look(at(20), city=None, stage="new") == []
    assert life.look(at(22)) == []
    assert life.look(at(23)) == ["head:0:deal.comment"]


# -- pauses --------------------------------------------------------------------------------------

PAUSED = "{ from: created_at, calendar: office, pause_when: [ { stage: [waiting] } ] }"
HELD_BY_FIELD = "{ from: created_at, calendar: office, pause_when: [ { urgent: false } ] }"
ANY_STAGE = "[ { stage: [new, waiting] } ]"


def test_a_paused_clock_stands_still_from_the_entry_into_the_stage() -> None:
    life = a_life(when=ANY_STAGE, clock=PAUSED)
    life.look(at(1), stage_entered_at=TEN)
    life.look(at(8), stage="waiting", stage_entered_at=at(4))

    assert life.look(at(30)) == []
    assert life.outcome is not None
    assert life.outcome.next_at is None
    assert life.look(at(45), stage="new", stage_entered_at=at(40)) == []
    assert life.look(at(46)) == ["tell:0:deal.comment"]
    assert life.episode is not None
    assert life.episode.pauses == (Pause(since=at(4), until=at(40)),)


def test_a_pause_that_is_not_about_stages_counts_from_when_it_was_seen() -> None:
    life = a_life(clock=HELD_BY_FIELD)
    life.look(at(2), urgent=True)
    life.look(at(5), urgent=False)
    life.look(at(15), urgent=True)

    assert life.look(at(19)) == []
    assert life.look(at(20)) == ["tell:0:deal.comment"]


def test_a_pause_that_held_from_the_beginning_counts_nothing() -> None:
    life = a_life(when=ANY_STAGE, clock=PAUSED)

    life.look(at(2), stage="waiting", stage_entered_at=at(-30))

    assert life.episode is not None
    assert life.episode.pauses == (Pause(since=TEN),)


def test_a_pause_that_nobody_saw_begin_holds_back_what_is_due() -> None:
    life = a_life(clock=HELD_BY_FIELD)

    assert life.look(at(30), urgent=False) == []
    assert life.look(at(40), urgent=True) == []
    assert life.look(at(50)) == ["tell:0:deal.comment"]


def test_nothing_fires_while_nobody_knows_whether_the_clock_stands_still() -> None:
    life = a_life(clock=HELD_BY_FIELD)
    life.look(at(2), urgent=True)

    assert life.look(at(30), urgent=Unknown("hidden in Megaplan")) == []
    assert life.outcome is not None
    assert life.outcome.reason == "urgent: hidden in Megaplan"
    assert life.look(at(31), urgent=True) == ["tell:0:deal.comment"]


def test_a_pause_that_ends_by_time_is_looked_at_then() -> None:
    clock = "{ from: created_at, calendar: office, pause_when: [ { delivery_at: { gt: now } } ] }"
    life = a_life(clock=clock)

    life.look(at(0), delivery_at=at(30))

    assert life.outcome is not None
    assert life.outcome.next_at == at(30)
    assert life.look(at(30)) == []
    assert life.look(at(40)) == ["tell:0:deal.comment"]


# -- tasks ---------------------------------------------------------------------------------------

AGAIN = steps_text(step_text("call", "5m", do=TASK, more="repeat: { every: 10m, max: 5 }"))


def test_an_open_task_is_not_made_twice() -> None:
    life = a_life(steps=AGAIN)

    assert life.look(at(5)) == ["call:0:task.ensure"]
    assert life.look(at(15)) == []


def test_a_task_that_a_person_closed_is_made_again_with_the_next_repetition_only() -> None:
    life = a_life(steps=AGAIN)
    life.look(at(5))
    life.close("call")

    assert life.look(at(6)) == []
    assert life.look(at(15)) == ["call:1:task.ensure"]


# -- what explain shows --------------------------------------------------------------------------


def test_the_plan_of_the_steps_is_told_in_the_order_of_the_rule() -> None:
    life = a_life(steps=LADDER)
    life.look(at(45))
    assert life.outcome is not None

    told = [(due.step.id, due.at, due.repeat, due.next_at, due.fired) for due in life.outcome.steps]

    assert told == [
        ("call", at(5), 0, None, -1),
        ("head", at(40), 1, at(70), -1),
        ("chief", at(60), -1, None, -1),
    ]


def test_an_intent_carries_the_lines_of_explain() -> None:
    (intent,) = a_life().intents(at(10))

    assert intent.trace.startswith("ok  stage in [new]")
    assert "= new" in intent.trace
    assert "megaplan, 0s ago" in intent.trace


def test_a_plan_of_an_unfinished_pause_has_no_next_moment() -> None:
    rule = a_rule(steps=LADDER)
    life = Life(rule, {"stage": "new", "created_at": TEN})
    life.look(at(1))
    assert life.episode is not None
    episode: Any = life.episode
    paused = type(episode)(
        rule=episode.rule,
        phase=episode.phase,
        started_at=TEN,
        noticed_at=TEN,
        pauses=(Pause(since=at(2)),),
    )

    plan = plan_steps(rule, paused, life.values, at(60))

    assert plan.next_at is None
    assert not plan.has_due


def test_a_comment_is_about_the_deal_that_is_watched() -> None:
    (intent,) = a_life().intents(at(10))

    assert intent.action == CommentDeal(deal="43", text="hello")


def test_a_step_that_was_due_before_the_stage_stopped_the_clock_still_runs() -> None:
    life = a_life(when=ANY_STAGE, clock=PAUSED, stage="waiting")

    assert life.look(at(30), stage_entered_at=at(20)) == ["tell:0:deal.comment"]


def test_a_step_that_was_due_before_the_clock_was_seen_to_stop_still_runs() -> None:
    life = a_life(clock=HELD_BY_FIELD)
    life.look(at(5), urgent=True)

    assert life.look(at(30), urgent=False) == ["tell:0:deal.comment"]

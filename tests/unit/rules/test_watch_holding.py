"""Due steps that must wait: delivery hours, acks, mutes, other rules, limits, stale sources."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.unit.rules.company import (
    CATALOGUE,
    Life,
    a_rule,
    compiled,
    facts,
    msk,
    rule_text,
    situation,
    step_text,
    steps_text,
)
from westsync.rules.situation import Acked
from westsync.rules.watch import decide

TEN = msk("2026-11-24 10:00")
ALWAYS_COUNTED = "{ from: created_at, calendar: always }"
CLEAR = "on_clear: [ { deal.comment: { text: done } } ]"


def at(minute: int) -> datetime:
    """Return so many minutes after ten o'clock."""
    return TEN + timedelta(minutes=minute)


def a_life(**parts: str) -> Life:
    """Return a deal in stage new since ten o'clock."""
    return Life(a_rule(**parts), {"stage": "new", "created_at": TEN})


def reason(life: Life) -> tuple[str, datetime | None]:
    """Return why nothing was done, and when to look again."""
    assert life.outcome is not None
    return life.outcome.reason, life.outcome.next_at


def test_deferred_steps_are_decided_again_at_opening() -> None:
    life = a_life(clock=ALWAYS_COUNTED, more="deliver: { calendar: office, outside: defer }")
    life.values["created_at"] = msk("2026-11-24 19:00")

    held = life.look(msk("2026-11-24 19:10"))
    why = reason(life)
    gone = a_life(clock=ALWAYS_COUNTED, more="deliver: { calendar: office, outside: defer }")
    gone.values["created_at"] = msk("2026-11-24 19:00")
    gone.look(msk("2026-11-24 19:10"))

    assert (held, why) == ([], ("outside the delivery hours", msk("2026-11-25 09:00")))
    assert life.look(msk("2026-11-25 09:00")) == ["tell:0:deal.comment"]
    assert gone.look(msk("2026-11-25 09:00"), stage="offer") == []


def test_dropped_steps_are_never_run() -> None:
    life = a_life(clock=ALWAYS_COUNTED, more="deliver: { calendar: office, outside: drop }")
    life.values["created_at"] = msk("2026-11-24 19:00")

    dropped = life.look(msk("2026-11-24 19:10"))

    assert dropped == []
    assert reason(life)[0] == "outside the delivery hours, dropped"
    assert life.look(msk("2026-11-25 09:00")) == []


def test_a_rule_that_drops_runs_its_steps_in_the_delivery_hours() -> None:
    life = a_life(more="deliver: { calendar: office, outside: drop }")

    assert life.look(at(10)) == ["tell:0:deal.comment"]


def test_steps_sent_outside_of_hours_run_at_once() -> None:
    life = a_life(clock=ALWAYS_COUNTED, more="deliver: { calendar: office, outside: send }")
    life.values["created_at"] = msk("2026-11-24 19:00")

    assert life.look(msk("2026-11-24 19:10")) == ["tell:0:deal.comment"]


AN_HOUR = Acked(at=TEN, until=at(60))


@pytest.mark.parametrize(
    ("silence", "until", "why"),
    [("acked", AN_HOUR, "acknowledged by a person"), ("muted", at(60), "muted by a person")],
)
def test_a_silenced_episode_waits_until_the_silence_ends(
    silence: str, until: object, why: str
) -> None:
    life = a_life()
    life.look(TEN)
    life.world = {silence: {"call": until}}

    held = life.look(at(10))

    assert (held, reason(life)) == ([], (why, at(60)))
    assert life.look(at(59)) == []
    assert life.look(at(60)) == ["tell:0:deal.comment"]


TELLING = steps_text(
    step_text("task", "10m"),
    "{ id: tell, after: 10m, do: [ { notify: { to: [role:head_of_sales], via: [megaplan], "
    "text: still } } ] }",
)


def test_an_ack_that_ends_tells_the_last_notice_once_more_and_only_once() -> None:
    life = a_life(steps=TELLING)
    told = life.look(at(10))
    life.world = {"acked": {"call": Acked(at=at(20), until=at(80))}}

    quiet = life.look(at(20))
    next_at = reason(life)[1]
    again = life.look(at(80))
    keys = [intent.key for intent in life.outcome.intents] if life.outcome else []
    then = [life.look(at(minute)) for minute in (81, 140)]

    assert told[-1] == "tell:0:notify"
    assert (quiet, next_at) == ([], at(80))
    assert again == ["tell:0:notify"]
    assert [key.partition(":tell:")[2] for key in keys] == [
        "0:notify.megaplan.ack-20261124T082000Z"
    ]
    assert then == [[], []]


def test_an_ack_that_ends_with_its_episode_tells_nothing() -> None:
    life = a_life(steps=TELLING)
    life.look(at(10))
    life.world = {"acked": {"call": Acked(at=at(20), until=at(80))}}
    life.look(at(20))

    assert life.look(at(80), stage="offer") == []


def test_an_ack_of_an_earlier_episode_does_not_silence_a_new_one() -> None:
    life = a_life(steps=TELLING)
    life.world = {"acked": {"call": Acked(at=at(-60), until=at(600))}}

    assert life.look(at(10))[-1] == "tell:0:notify"


@pytest.mark.parametrize(("silence", "until"), [("acked", AN_HOUR), ("muted", at(60))])
def test_a_silence_of_another_rule_changes_nothing(silence: str, until: object) -> None:
    life = a_life()
    life.world = {silence: {"other": until}}

    assert life.look(at(10)) == ["tell:0:deal.comment"]


def test_a_silenced_episode_still_ends() -> None:
    life = a_life(more=CLEAR)
    life.look(at(10))
    life.world = {"muted": {"call": at(600)}}

    assert life.look(at(20), stage="offer") == ["clear:0:deal.comment"]


def test_a_rule_is_silent_while_one_that_inhibits_it_holds() -> None:
    ruleset, problems = compiled(
        rule_text(more="inhibit_by: [ stronger ]")
        + rule_text().partition("rules:\n")[2].replace("id: call", "id: stronger")
    )
    weaker = ruleset.rule("call")
    assert problems == []
    assert weaker is not None
    life = Life(weaker, {"stage": "new", "created_at": TEN})
    life.world = {"inhibited": frozenset({"stronger"})}

    held = life.look(at(10))

    assert (held, reason(life)) == ([], ("inhibited by stronger", at(15)))
    life.world = {"inhibited": frozenset({"another"})}
    assert life.look(at(15)) == ["tell:0:deal.comment"]


def test_a_rule_waits_when_its_limit_for_the_hour_is_used_up() -> None:
    life = a_life(more="limit: { per_hour: 3 }")
    life.world = {"budget": {"call": 0}}

    held = life.look(at(10))

    assert (held, reason(life)) == ([], ("the rule's limit per hour is reached", at(20)))
    life.world = {"budget": {"call": 1}}
    assert life.look(at(20)) == ["tell:0:deal.comment"]


def test_a_limit_does_not_hold_a_rule_in_shadow() -> None:
    life = a_life(more="limit: { per_hour: 3 }\nmode: shadow")
    life.world = {"budget": {"call": 0}}

    assert life.look(at(10)) == ["tell:0:deal.comment"]


def test_a_held_rule_is_looked_at_before_the_silence_ends_if_something_may_change() -> None:
    steps = steps_text(step_text("tell", "10m"), step_text("chief", "30m"))
    life = a_life(steps=steps)
    life.world = {"muted": {"call": at(600)}}

    life.look(at(10))

    assert reason(life) == ("muted by a person", at(30))


def test_a_held_rule_wants_the_end_of_the_episode_it_replaced() -> None:
    life = a_life(clock="{ from: delivery_at, calendar: office }", more=CLEAR)
    life.look(at(10), delivery_at=TEN)
    life.world = {"muted": {"call": at(600)}}

    assert life.look(at(50), delivery_at=at(30)) == ["clear:0:deal.comment"]
    assert life.look(at(51)) == []


# -- sources -------------------------------------------------------------------------------------


def test_a_source_that_is_too_old_neither_fires_nor_clears() -> None:
    rule = a_rule(more=f"needs: {{ megaplan: 10m }}\n{CLEAR}")
    life = Life(rule, {"stage": "new", "created_at": TEN})
    life.look(at(10))
    assert life.episode is not None
    late = facts("deal", at(20), stage="offer", created_at=TEN)
    blind = replace(late, source_as_of={"megaplan": at(9)})

    outcome = decide(rule, blind, life.episode, situation(at(20)))

    assert outcome.verdict is None
    assert outcome.episode == life.episode
    assert outcome.intents == ()
    assert outcome.reason == "megaplan was read 11m ago"
    assert outcome.next_at == at(21)


def test_a_source_as_old_as_allowed_is_good_enough() -> None:
    rule = a_rule(more="needs: { megaplan: 10m }")
    seen = replace(
        facts("deal", at(20), stage="new", created_at=TEN), source_as_of={"megaplan": at(10)}
    )

    outcome = decide(rule, seen, None, situation(at(20)))

    assert outcome.verdict is True


def test_a_source_that_was_never_read_is_told() -> None:
    rule = a_rule(more="needs: { onec: 30m }")
    seen = facts("deal", at(20), stage="new", created_at=TEN)

    outcome = decide(rule, seen, None, situation(at(20)))

    assert (outcome.verdict, outcome.reason) == (None, "onec was never read")


def test_facts_that_a_rule_does_not_read_do_not_keep_it_from_deciding() -> None:
    unread = {name for name in CATALOGUE.of("deal") if name.startswith("paid")}

    assert unread
    assert a_life().look(at(10)) == ["tell:0:deal.comment"]

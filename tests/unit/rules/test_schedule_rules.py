"""Clock rules: when they fall due, how late is too late, and what their steps may do."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.unit.rules.company import (
    ALWAYS,
    CATALOGUE,
    FORMATTER,
    OFFICE,
    STAFF,
    VOCABULARY,
    compiled,
    msk,
    node,
)
from westsync.domain.actions import EnsureTask, Notify, SendReport
from westsync.domain.facts import Facts, Group
from westsync.rules.reading import Problems
from westsync.rules.schedules import Schedule
from westsync.rules.situation import Outcome, Situation
from westsync.rules.trial import Trials
from westsync.rules.watch import decide

if TYPE_CHECKING:
    from westsync.rules.ruleset import RuleSet

REPORTING = replace(VOCABULARY, reports=frozenset({"secretary-daily", "daily"}))
DAILY = """\
version: 1
rules:
  - id: daily
    step: P8.1
    title: Отчёт
    schedule: { at: "10:50", days: workdays, calendar: office, catch_up: 3h }
    report: { attach: xlsx, period: since_last }
    steps:
      - { id: send, after: 0m, do: [ report.send: { to: [role:head_of_sales], via: [email] } ] }
      - id: not-delivered
        after: 10m
        unless: delivered
        do: [ notify: { to: [role:secretary], via: [email], text: "Отчёт не доставлен" } ]
"""


def rules_of(text: str) -> RuleSet:
    ruleset, problems = compiled(text, vocabulary=REPORTING)
    assert problems == []
    return ruleset


def mistakes(line: str, instead: str) -> list[str]:
    assert line in DAILY
    _, problems = compiled(DAILY.replace(line, instead), vocabulary=REPORTING)
    return [problem.partition(" ")[2] for problem in problems]


RULES = rules_of(DAILY)


def decided(now: str, *, delivered: bool = False, before: Outcome | None = None) -> Outcome:
    rule = RULES.rules[0]
    assert rule.schedule is not None
    at = msk(now)
    facts = Facts(
        kind="schedule",
        id="daily",
        values={
            "id": "daily",
            "due_at": rule.schedule.latest(at),
            "delivered": delivered,
            "last_delivered_at": msk("2026-11-23 10:50"),
        },
        as_of={Group.CLOCK: at},
        groups=CATALOGUE.groups["schedule"],
    )
    situation = Situation(
        now=at,
        account="main",
        staff=STAFF,
        formatter=FORMATTER,
        task_frame=RULES.task_frames["schedule"],
        close_frame=RULES.close_frames["schedule"],
    )
    return decide(rule, facts, before.episode if before is not None else None, situation)


@pytest.mark.parametrize(
    ("now", "latest", "following"),
    [
        ("2026-11-24 10:49", "2026-11-23 10:50", "2026-11-24 10:50"),
        ("2026-11-24 10:50", "2026-11-24 10:50", "2026-11-25 10:50"),
        ("2026-11-28 12:00", "2026-11-27 10:50", "2026-11-30 10:50"),  # a Saturday
        ("2026-11-04 12:00", "2026-11-03 10:50", "2026-11-05 10:50"),  # a holiday
        ("2025-11-01 12:00", "2025-11-01 10:50", "2025-11-05 10:50"),  # a working Saturday
        ("2027-01-01 00:00", "2026-12-30 10:50", "2027-01-11 10:50"),
    ],
)
def test_it_falls_due_on_the_working_days_of_its_calendar(
    now: str, latest: str, following: str
) -> None:
    schedule = Schedule(at=time(10, 50), calendar=OFFICE, weekdays=None, catch_up=None)

    assert schedule.latest(msk(now)) == msk(latest)
    assert schedule.next_after(msk(now)) == msk(following)


def test_days_of_the_week_do_not_care_for_holidays() -> None:
    schedule = Schedule(at=time(9), calendar=ALWAYS, weekdays=frozenset({2}), catch_up=None)

    assert schedule.next_after(msk("2026-11-03 12:00")) == msk("2026-11-04 09:00")


def test_a_report_is_sent_when_it_falls_due_and_not_again() -> None:
    first = decided("2026-11-24 10:50")
    again = decided("2026-11-24 10:51", before=first)

    (intent,) = first.intents
    assert isinstance(intent.action, SendReport)
    assert intent.action.to == ("orlov@example.test",)
    assert intent.action.due_at == msk("2026-11-24 10:50")
    assert intent.action.since == msk("2026-11-23 10:50")
    assert intent.key == "main:daily:schedule-daily:20261124T075000Z:send:0:report.send"
    assert again.intents == ()


def test_a_report_that_was_not_delivered_is_told() -> None:
    first = decided("2026-11-24 10:50")
    late = decided("2026-11-24 11:00", before=first)
    well = decided("2026-11-24 11:00", before=first, delivered=True)

    assert [type(intent.action) for intent in late.intents] == [Notify]
    assert well.intents == ()


def test_found_late_it_is_still_sent_and_its_absence_told() -> None:
    late = decided("2026-11-24 11:20")

    assert [intent.step for intent in late.intents] == ["send", "not-delivered"]


def test_too_late_it_is_left_to_the_next_time() -> None:
    missed = decided("2026-11-24 13:51")
    following = decided("2026-11-25 10:50", before=missed)

    assert (missed.verdict, missed.intents) == (False, ())
    assert [intent.step for intent in following.intents] == ["send"]


def test_the_next_time_is_an_episode_of_its_own() -> None:
    first = decided("2026-11-24 10:50")
    following = decided("2026-11-25 10:50", before=first)

    assert [intent.step for intent in following.intents] == ["send"]
    assert first.intents[0].key != following.intents[0].key


def test_a_clock_rule_has_rule_tests_like_every_other() -> None:
    tests = """\
version: 1
tests:
  - name: the report goes out, and its absence is told
    rule: daily
    given: { schedule: {} }
    timeline:
      - { at: "2026-11-24 10:49", expect: [] }
      - { at: "2026-11-24 10:50", expect: [ { report.send: { title: daily } } ] }
      - { at: "2026-11-24 11:00", expect: [ { notify: { text: не доставлен } } ] }
      - { at: "2026-11-25 10:50", expect: [ report.send ] }
      - { at: "2026-11-25 11:00", set: { schedule: { delivered: true } }, expect: [] }
"""
    problems = Problems()
    trials = Trials(
        RULES,
        CATALOGUE,
        lambda kind, at: Situation(
            now=at,
            account="main",
            staff=STAFF,
            formatter=FORMATTER,
            task_frame=RULES.task_frames[kind],
            close_frame=RULES.close_frames[kind],
        ),
        STAFF,
        FORMATTER,
    )

    results = list(trials.run([node(tests)], problems))

    assert (problems.found, [result.failures for result in results]) == ([], [()])


def test_a_clock_rule_may_have_a_task_made_that_hangs_on_no_deal() -> None:
    text = DAILY.replace(
        "report.send: { to: [role:head_of_sales], via: [email] }",
        "task.ensure: { to: [role:secretary], title: Проверить оплаты, due: 30m }",
    )
    rule = rules_of(text).rules[0]
    at = msk("2026-11-24 10:50")
    facts = Facts(kind="schedule", id="daily", values={"due_at": at, "id": "daily"})
    situation = Situation(
        now=at,
        account="main",
        staff=STAFF,
        formatter=FORMATTER,
        task_frame=RULES.task_frames["schedule"],
        close_frame=RULES.close_frames["schedule"],
    )

    (intent,) = decide(rule, facts, None, situation).intents

    assert isinstance(intent.action, EnsureTask)
    assert intent.action.deal is None
    assert intent.action.deadline == at + timedelta(minutes=30)


WRONG = {
    "time": ('at: "10:50"', 'at: "25:00"', "'25:00' is no time of day"),
    "day": ("days: workdays", "days: [ mo ]", "unknown day 'mo'"),
    "calendar": ("calendar: office", "calendar: offise", "did you mean 'office'?"),
    "catch up": ("catch_up: 3h", "catch_up: 1d", "'1d' is ambiguous"),
    "key": ("catch_up: 3h", "catchup: 3h", "did you mean 'catch_up'?"),
    "report": ("{ attach: xlsx,", "{ name: daly, attach: xlsx,", "unknown report 'daly'"),
    "attachment": ("attach: xlsx", "attach: docx", "unknown attachment 'docx'"),
    "period": ("since_last", "since_first", "unknown period 'since_first'"),
    "template": ("attach: xlsx", "template: a.j2", "unknown template 'a.j2'"),
    "flag": ("unless: delivered", "unless: deliverd", "a condition is written"),
    "no report": ("    report: { attach: xlsx, period: since_last }\n", "", "needs a clock rule"),
    "way": ("via: [email] } ] }", "via: [megaplan] } ] }", "a report is mailed"),
}


@pytest.mark.parametrize("part", WRONG)
def test_a_wrong_part_is_told(part: str) -> None:
    line, instead, told = WRONG[part]

    assert any(told in mistake for mistake in mistakes(line, instead))


def test_a_report_belongs_to_clock_rules() -> None:
    text = DAILY.replace("    schedule: {", "    watch: deal\n    when: {").replace(
        '{ at: "10:50", days: workdays, calendar: office, catch_up: 3h }', "{ stage: new }"
    )

    _, problems = compiled(text, vocabulary=REPORTING)

    assert any("'report.send' needs a clock rule" in problem for problem in problems)

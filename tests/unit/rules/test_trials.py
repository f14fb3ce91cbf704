"""Rule tests of the configuration: they pass if the rule does what they say, else tell why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.rules.company import (
    CATALOGUE,
    FORMATTER,
    STAFF,
    node,
    rule_text,
    rules_of,
    situation,
    step_text,
    steps_text,
)
from westsync.rules.reading import Problems
from westsync.rules.trial import Trials

if TYPE_CHECKING:
    from datetime import datetime

    from westsync.rules.ruleset import RuleSet

TASK = "task.ensure: { to: [role:secretary], title: 'Позвонить {deal.number}', due: 1h }"
LADDER = steps_text(
    step_text("call", "10m", do=TASK),
    step_text(
        "head",
        "20m",
        do="notify: { to: [role:head_of_sales], via: [megaplan], text: Долго }",
        more="repeat: { every: 10m, max: 2 }",
    ),
)
RULES = rules_of(rule_text(steps=LADDER, more="needs: { megaplan: 10m }"))


def ran(
    tests: str, ruleset: RuleSet = RULES, only: str | None = None
) -> tuple[list[Any], list[str]]:
    """Return the results of some tests, and the mistakes of the file."""
    problems = Problems()

    def world(kind: str, at: datetime) -> Any:
        frame = ruleset.task_frames[kind]
        return situation(at, task_frame=frame, close_frame=ruleset.close_frames[kind])

    trials = Trials(ruleset, CATALOGUE, world, STAFF, FORMATTER)
    document = node(f"version: 1\ntests:\n{tests}", file="t")
    results = list(trials.run([document], problems, only))
    return results, [str(problem) for problem in problems.found]


def a_test(timeline: str, given: str = "{ deal: *new }", rule: str = "call") -> str:
    """Return one test about a deal of stage new, created at ten."""
    new = '{ id: "43", number: "43", stage: new, created_at: "2026-11-24 10:00", manager: ivanov }'
    return (
        f"- name: a promise\n  rule: {rule}\n"
        f"  given: {given.replace('*new', new)}\n  timeline: {timeline}\n"
    )


def failures(timeline: str, **parts: str) -> list[str]:
    """Return what a test without mistakes of its own complains about."""
    (result,), problems = ran(a_test(timeline, **parts))
    assert problems == []
    assert result.passed is (result.failures == ())
    return list(result.failures)


def mistakes(timeline: str, **parts: str) -> list[str]:
    """Return the mistakes of a test file."""
    return ran(a_test(timeline, **parts))[1]


PASSING = [
    '[ { at: "2026-11-24 10:09", expect: [], expect_verdict: true } ]',
    '[ { at: "2026-11-24 10:10", expect: [ task.ensure ] } ]',
    '[ { at: "2026-11-24T07:10:00+00:00", expect: [ { task.ensure: { to: secretary } } ] } ]',
    (
        '[ { at: "2026-11-24 10:10", expect: [ { task.ensure: { to: sidorova, title: "43",'
        ' step: call, repeat: 0, due: "2026-11-24 11:10", urgent: false, body: Звонок } } ] } ]'
    ),
    (
        '[ { at: "2026-11-24 10:30", expect: [ { notify: { to: [orlov], via: megaplan, text: Долго,'
        " step: head, repeat: 1 } } ] } ]"
    ),
    (
        '[ { at: "2026-11-24 10:10", expect: [ task.ensure ] },'
        ' { at: "2026-11-24 10:12", set: { deal: { stage: offer } },'
        " expect: [ { task.close: { note: offer } } ], expect_verdict: false } ]"
    ),
    (
        '[ { at: "2026-11-24 10:10", expect: [ task.ensure ] },'
        ' { at: "2026-11-24 10:12", closed: [ call ], expect: [] },'
        ' { at: "2026-11-24 10:13", set: { deal: { stage: offer } }, expect: [] } ]'
    ),
    '[ { at: "2026-11-24 10:10", age: { megaplan: 11m }, expect: [], expect_verdict: unknown } ]',
    '[ { at: "2026-11-24 10:10", set: { deal: { stage: unknown } }, expect_verdict: unknown } ]',
]


@pytest.mark.parametrize("timeline", PASSING)
def test_a_promise_that_the_rule_keeps_passes(timeline: str) -> None:
    assert failures(timeline) == []


FAILING = {
    '[ { at: "2026-11-24 10:10" } ]': (
        "24.11.2026 10:10: unexpected task.ensure to ['sidorova'] title 'Позвонить 43'"
    ),
    '[ { at: "2026-11-24 10:09", expect: [ task.ensure ] } ]': (
        "24.11.2026 10:09: t:6:51: expected task.ensure did not come"
    ),
    '[ { at: "2026-11-24 10:10", expect: [ { task.ensure: { to: orlov } } ] } ]': (
        "24.11.2026 10:10: t:6:51: task.ensure: to is ['sidorova'], expected 'orlov'"
    ),
    '[ { at: "2026-11-24 10:10", expect: [ { task.ensure: { due: "2026-11-24 11:11" } } ] } ]': (
        "24.11.2026 10:10: t:6:51: task.ensure: "
        "due is '2026-11-24 11:10', expected '2026-11-24 11:11'"
    ),
    '[ { at: "2026-11-24 10:10", expect: [ { task.ensure: { note: x } } ] } ]': (
        "24.11.2026 10:10: t:6:51: task.ensure: note is None, expected 'x'"
    ),
    '[ { at: "2026-11-24 10:09", expect_verdict: false } ]': (
        "24.11.2026 10:09: t:6:57: the verdict is true, expected False"
    ),
    '[ { at: "2026-11-24 10:09", age: { megaplan: 1h }, expect_verdict: true } ]': (
        "24.11.2026 10:09: t:6:80: "
        "the verdict is unknown (megaplan was read 60m ago), expected True"
    ),
}


@pytest.mark.parametrize("timeline", FAILING)
def test_a_promise_that_the_rule_breaks_says_when_where_and_what(timeline: str) -> None:
    assert failures(timeline) == [FAILING[timeline]]


def test_the_ages_of_sources_may_be_given_at_the_beginning() -> None:
    given = "{ deal: *new, age: { megaplan: 11m } }"

    assert failures('[ { at: "2026-11-24 10:10", expect_verdict: unknown } ]', given=given) == []


def test_an_effect_that_cannot_be_done_fails_the_test_with_its_defect() -> None:
    ruleset = rules_of(
        rule_text(steps=steps_text(step_text("tell", "5m", do="deal.move: { stage: qualify }")))
    )
    timeline = '[ { at: "2026-11-24 10:10", expect: [ { deal.move: { stage: qualify } } ] } ]'

    (result,), _ = ran(a_test(timeline), ruleset)

    assert "it cannot be done: pipeline '' has no stage 'qualify'" in result.failures[0]


def test_the_effects_of_every_action_can_be_expected() -> None:
    ruleset = rules_of(
        rule_text(
            steps="[ { id: tell, after: 10m, do: ["
            " { deal.comment: { text: Привет } }, { deal.set: { field: city, value: Тула } },"
            " { deal.move: { stage: qualify } },"
            " { notify: { to: [user:ivanov], via: [email], text: Письмо } } ] } ]"
        )
    )
    timeline = (
        '[ { at: "2026-11-24 10:10", set: { deal: { pipeline: sales } }, expect: ['
        " { deal.comment: { text: Прив } }, { deal.set: { field: city, value: Тула } },"
        " { deal.move: { stage: qualify } }, { notify: { to: ivanov@example.test, via: email } }"
        " ] } ]"
    )

    (result,), problems = ran(a_test(timeline), ruleset)

    assert problems == []
    assert result.failures == ()


def test_every_type_of_fact_can_be_given() -> None:
    given = (
        "{ deal: { id: '7', stage: new, created_at: '2026-11-24 10:00', price: 10.50, refusals: 3,"
        " urgent: true, client_kind: person, missing: [city], city: null, source: unknown,"
        " open_tasks: [ { name: a, open: true, deadline: '2026-11-24 12:00' } ] } }"
    )
    ruleset = rules_of(
        rule_text(
            when="[ { price: 10.5 }, { refusals: 3 }, { urgent: true }, { client_kind: person },"
            " { missing: { contains: city } }, { city: { empty: true } },"
            " { open_tasks: { any: [ { open: true }, { ours: false } ] } } ]",
            steps=steps_text(
                step_text("tell", "5m", do="deal.comment: { text: '{deal.refusals} отказа' }")
            ),
        )
    )
    timeline = '[ { at: "2026-11-24 10:10", expect: [ { deal.comment: { text: "3 отказа" } } ] } ]'

    (result,), problems = ran(a_test(timeline, given=given), ruleset)

    assert problems == []
    assert result.failures == ()


@pytest.mark.parametrize(
    ("timeline", "told"),
    [
        ("[ x ]", 'a moment is a mapping, e.g. {at: "2026-11-24 10:05"}'),
        ("[ { at: morning } ]", "'at' is a time like \"2026-11-24 10:05\""),
        ("[ { expect: [] } ]", "'at' is a time like \"2026-11-24 10:05\""),
        (
            '[ { at: "2026-11-24 10:05", expct: [] } ]',
            "unknown key 'expct' of a moment of the timeline; did you mean 'expect'?",
        ),
        (
            '[ { at: "2026-11-24 10:05", expect: [ task.ensur ] } ]',
            "unknown action 'task.ensur'; did you mean 'task.ensure'?",
        ),
        (
            '[ { at: "2026-11-24 10:05", expect: [ [] ] } ]',
            "an effect is 'task.close' or {task.ensure: {to: ...}}",
        ),
        (
            '[ { at: "2026-11-24 10:05", expect: [ { task.ensure: x } ] } ]',
            "'task.ensure' takes a mapping of its parts",
        ),
        (
            '[ { at: "2026-11-24 10:10", expect: [ { task.ensure: { too: x } } ] } ]',
            "unknown key 'too' of expected task.ensure; did you mean 'to'?",
        ),
        (
            '[ { at: "2026-11-24 10:05", expect_verdict: maybe } ]',
            "a verdict is true, false or unknown",
        ),
        (
            '[ { at: "2026-11-24 10:05", set: { deal: { stge: new } } } ]',
            "unknown fact 'stge' of deal; did you mean 'stage'?",
        ),
        (
            '[ { at: "2026-11-24 10:05", set: { dael: { stage: new } } } ]',
            "unknown key 'dael' of set; did you mean 'deal'?",
        ),
        (
            '[ { at: "2026-11-24 10:05", set: stage } ]',
            "'set' of a moment of the timeline is a mapping",
        ),
        (
            '[ { at: "2026-11-24 10:05", age: { megapaln: 5m } } ]',
            "unknown source 'megapaln' of age; did you mean 'megaplan'?",
        ),
        (
            '[ { at: "2026-11-24 10:05", age: { megaplan: 1 workday } } ]',
            "'1 workday' depends on a calendar; write hours or days here",
        ),
        (
            '[ { at: "2026-11-24 10:05", closed: [ cal ] } ]',
            "unknown step 'cal'; did you mean 'call'?",
        ),
        (
            '[ { at: "2026-11-24 10:05", set: { deal: { created_at: soon } } } ]',
            "'created_at' is a moment, not 'soon'",
        ),
        (
            '[ { at: "2026-11-24 10:05", set: { deal: { price: much } } } ]',
            "'price' is a money, not 'much'",
        ),
        (
            '[ { at: "2026-11-24 10:05", set: { deal: { urgent: "yes" } } } ]',
            "'urgent' is a flag, not 'yes'",
        ),
        (
            '[ { at: "2026-11-24 10:05", set: { deal: { client_kind: robot } } } ]',
            "'client_kind' is a choice, not 'robot'",
        ),
        (
            '[ { at: "2026-11-24 10:05", set: { deal: { open_tasks: [ x ] } } } ]',
            "an entry of 'open_tasks' is a mapping",
        ),
        (
            '[ { at: "2026-11-24 10:05", set: { deal: { open_tasks: [ { nme: x } ] } } } ]',
            "unknown field 'nme' of open_tasks; did you mean 'name'?",
        ),
    ],
)
def test_a_mistake_in_a_test_is_told_and_never_makes_it_pass(timeline: str, told: str) -> None:
    found = mistakes(timeline)

    assert [problem.partition(" ")[2] for problem in found] == [told]


def test_a_mistake_in_what_is_given_is_told() -> None:
    assert mistakes("[]", given="{ deal: x }") == ["t:5:18: 'deal' of given is a mapping"]
    assert mistakes("[]", given="x") == ["t:5:10: 'given' of test is a mapping"]


def test_a_test_of_a_rule_that_is_not_there_is_a_mistake() -> None:
    assert mistakes("[]", rule="cal") == ["t:4:9: unknown rule 'cal'; did you mean 'call'?"]


def test_a_test_without_its_parts_is_a_mistake() -> None:
    _, problems = ran("- { nme: x }\n- x\n")

    assert [problem.partition(" ")[2] for problem in problems] == [
        "unknown key 'nme' of test; did you mean 'name'?",
        "test has no 'name'; add 'name:'",
        "test has no 'rule'; add 'rule:'",
        "test has no 'given'; add 'given:'",
        "test has no 'timeline'; add 'timeline:'",
        "unknown rule ''; known are call",
        "a test is a mapping with name, rule, given, timeline",
    ]


def test_a_file_that_is_no_test_file_is_a_mistake() -> None:
    problems = Problems()
    trials = Trials(RULES, CATALOGUE, lambda _, at: situation(at), STAFF, FORMATTER)

    results = list(trials.run([node("[]", file="t")], problems))

    assert results == []
    assert [str(problem) for problem in problems.found] == [
        "t:1:1: a test file is a mapping with 'version' and 'tests'"
    ]


@pytest.mark.parametrize(
    ("only", "names"),
    [(None, ["a promise"]), ("promise", ["a promise"]), ("call", ["a promise"]), ("x", [])],
)
def test_tests_can_be_chosen_by_name_or_rule(only: str | None, names: list[str]) -> None:
    results, _ = ran(a_test("[]"), only=only)

    assert [result.name for result in results] == names

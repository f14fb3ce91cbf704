"""Rule files: every mistake at once, at its place, with the cure where there is one."""

from __future__ import annotations

import pytest

from tests.unit.rules.company import (
    VOCABULARY,
    WORDS,
    a_rule,
    compiled,
    mistakes,
    node,
    rule_text,
    rules_of,
    step_text,
    steps_text,
)
from westsync.domain.facts import Group
from westsync.domain.places import Place, did_you_mean
from westsync.rules.model import Mode
from westsync.rules.modules import MODULES
from westsync.rules.ruleset import RuleSet, Texts, build_ruleset

TASK = "task.ensure: { to: [role:secretary], title: Позвонить }"


def _known_modules() -> str:
    """Return the cure for an unknown module: the nearest, or all of them if there are few."""
    near = did_you_mean("paiments", MODULES)
    if near is None and MODULES:
        near = "known are " + ", ".join(sorted(MODULES))
    return f"; {near}" if near else ""


def at_lines(lines: dict[int, str]) -> str:
    """Return a text that has these lines at these numbers and nothing between."""
    return "\n".join(lines.get(number, "") for number in range(1, max(lines) + 1))


GRAMMAR_EXAMPLE = at_lines(
    {
        1: "version: 1",
        2: "rules:",
        3: "- id: first",
        4: "  title: one",
        5: "  watch: deal",
        6: "  clock: { from: created_at }",
        7: "  when:",
        8: "      - stage: { in: [",
        9: "        nwe ] }",
        10: "      - first_touch: { empty: true }",
        24: "  steps:",
        25: "  - id: call",
        26: "    aftr: 5m",
        27: "    after: 5m",
        28: "    do: [ { deal.comment: { text: hello } } ]",
        40: "- id: second",
        41: "  title: two",
        42: "  watch: deal",
        43: "  clock: { from: created_at }",
        45: "  when:",
        46: "  - expr: 'deal.price >= deal.invoce_total * 0.3'",
        52: "  steps:",
        53: "    - id: tell",
        54: "      after: 1d",
        55: "      do: [ { deal.comment: { text: hello } } ]",
    }
)


def test_the_grammar_s_five_mistakes_are_told_in_its_words_at_their_places_in_file_order() -> None:
    _, problems = build_ruleset(
        [node(GRAMMAR_EXAMPLE, file="config/rules/p1.yaml")], Texts(), VOCABULARY
    )

    assert [str(problem) for problem in problems] == [
        "config/rules/p1.yaml:9:9: unknown stage 'nwe'; did you mean 'new'?",
        (
            "config/rules/p1.yaml:10:9: unknown fact 'first_touch' of deal; "
            "did you mean 'first_touch_at'?"
        ),
        "config/rules/p1.yaml:26:5: unknown key 'aftr' of step; did you mean 'after'?",
        (
            "config/rules/p1.yaml:46:11: expr: unknown attribute 'invoce_total'; "
            "did you mean 'invoice_total'?"
        ),
        "config/rules/p1.yaml:54:14: '1d' is ambiguous; write '1 workday' or '1 days'",
    ]


def test_a_rule_with_mistakes_is_left_out_and_the_sound_ones_are_kept() -> None:
    good = rule_text()
    bad = rule_text(when="[ { stgae: new } ]").replace("id: call", "id: broken")

    ruleset, problems = compiled(good, bad)

    assert [rule.id for rule in ruleset.rules] == ["call"]
    assert problems == ["rules.yaml:7:15: unknown fact 'stgae' of deal; did you mean 'stage'?"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[]", "rules.yaml:1:1: a rule file is a mapping with 'version' and 'rules'"),
        ("rules: []", "rules.yaml:1:1: the rule file has no 'version'; add 'version:'"),
        ("version: 2\nrules: []", "rules.yaml:1:10: this westsync reads version 1 of rules"),
        ("version: 1", "rules.yaml:1:1: the rule file has no 'rules'; add 'rules:'"),
        (
            "version: 1\nrules: [ call ]",
            "rules.yaml:2:10: a rule is a mapping that begins with '- id: name'",
        ),
        (
            "version: 1\nrule: []\nrules: []",
            "rules.yaml:2:1: unknown key 'rule' of the rule file; did you mean 'rules'?",
        ),
    ],
)
def test_a_file_that_is_no_rule_file_is_refused(text: str, told: str) -> None:
    _, problems = compiled(text)

    assert problems == [told]


def test_a_second_rule_of_the_same_id_is_refused_with_the_place_of_the_first() -> None:
    _, problems = compiled(rule_text(), rule_text())

    assert problems == ["rules.yaml:3:9: rule 'call' is there already, at rules.yaml:3:5"]


@pytest.mark.parametrize(
    ("watch", "told"),
    [
        ("dael", ["unknown kind of object 'dael'; did you mean 'deal'?"]),
        ("[ deal ]", ["'watch' of rule must be a text"]),
    ],
)
def test_what_cannot_be_watched_is_refused(watch: str, told: list[str]) -> None:
    assert mistakes(watch=watch) == told


def test_a_rule_watches_or_uses_or_is_scheduled() -> None:
    both = rule_text(more="use: payments")
    used = "version: 1\nrules:\n  - { id: b, title: T, use: paiments }\n"
    neither = rule_text().replace("    watch: deal\n", "")

    _, problems = compiled(both, used, "\n" + neither.replace(": call", ": c"))

    assert [problem.partition(" ")[2] for problem in problems] == [
        "a rule has exactly one of 'watch', 'use' and 'schedule'",
        f"unknown use 'paiments'{_known_modules()}",
        "a rule has exactly one of 'watch', 'use' and 'schedule'",
    ]


UNKNOWN_KEYS = {
    "rule": ("needz: {}", "unknown key 'needz' of rule; did you mean 'needs'?"),
    "ack": (
        "ack: { by: [role:secretary], mutes: 1h, mute: 1h }",
        "unknown key 'mute' of ack; did you mean 'mutes'?",
    ),
    "deliver": (
        "deliver: { calender: office }",
        "unknown key 'calender' of deliver; did you mean 'calendar'?",
    ),
    "limit": (
        "limit: { per_hour: 3, per_huor: 3 }",
        "unknown key 'per_huor' of limit; did you mean 'per_hour'?",
    ),
    "needs": (
        "needs: { megaplna: 5m }",
        "unknown source 'megaplna' of needs; did you mean 'megaplan'?",
    ),
    "on_clear": (
        "on_clear: [ { task.close: { note: done, nota: done } } ]",
        "unknown key 'nota' of task.close; did you mean 'note'?",
    ),
}


@pytest.mark.parametrize("level", UNKNOWN_KEYS)
def test_an_unknown_key_is_told_at_every_level_of_a_rule(level: str) -> None:
    more, told = UNKNOWN_KEYS[level]

    assert mistakes(more=more) == [told]


def test_an_unknown_key_of_clock_step_repeat_and_action_is_told() -> None:
    found = mistakes(
        clock="{ from: created_at, calendr: office }",
        steps=steps_text(
            step_text("tell", "5m", more="unles: [ { urgent: true } ]"),
            step_text("again", "6m", more="repeat: { every: 5m, max: 2, mux: 3 }"),
            step_text("task", "7m", do=TASK.replace("to:", "duw: 1h, to:")),
        ),
    )

    assert found == [
        "unknown key 'calendr' of clock; did you mean 'calendar'?",
        "unknown key 'unles' of step; did you mean 'unless'?",
        "unknown key 'mux' of repeat; did you mean 'max'?",
        "unknown key 'duw' of task.ensure; did you mean 'due'?",
    ]


WRONG_PARTS = {
    "id": ("id: Call", "'Call' is no rule id; write small words joined by hyphens"),
    "long id": (
        f"id: {'x' * 65}",
        f"'{'x' * 65}' is no rule id; write small words joined by hyphens",
    ),
    "owner": ("owner: nobodyy", "unknown person or role 'nobodyy'; did you mean 'nobody'?"),
    "mode": ("mode: shadw", "unknown mode 'shadw'; did you mean 'shadow'?"),
    "needs form": ("needs: megaplan", "needs is written {megaplan: 10m}"),
    "needs age": (
        "needs: { megaplan: 1 workday }",
        "'1 workday' depends on a calendar; write hours or days here",
    ),
    "ack form": ("ack: 1h", "ack is written {by: [role:x], mutes: 1h}"),
    "ack by": ("ack: { mutes: 1h }", "ack has no 'by'; add 'by:'"),
    "ack nobody": ("ack: { by: [], mutes: 1h }", "'by' of ack names nobody"),
    "ack mutes": ("ack: { by: [role:secretary] }", "ack has no 'mutes'; add 'mutes:'"),
    "deliver form": (
        "deliver: office",
        "deliver is written {calendar: office, outside: defer}",
    ),
    "deliver calendar": (
        "deliver: { calendar: offise }",
        "unknown calendar 'offise'; did you mean 'office'?",
    ),
    "deliver outside": (
        "deliver: { outside: wait }",
        "unknown outside 'wait'; known are defer, drop, send",
    ),
    "limit form": ("limit: 3", "limit is written {per_hour: 30}"),
    "limit empty": ("limit: {}", "limit has no 'per_hour'; add 'per_hour:'"),
    "limit zero": (
        "limit: { per_hour: 0 }",
        "'per_hour' of limit must be a whole number not below 1",
    ),
    "reopen": ("reopen: never", "reopen is 'new' or {same_within: 1h}"),
    "reopen length": (
        "reopen: { same_within: 2 workdays }",
        "'2 workdays' depends on a calendar; write hours or days here",
    ),
    "inhibit_by": ("inhibit_by: [ cal ]", "unknown rule 'cal'; did you mean 'call'?"),
    "group_by fact": (
        "group_by: [ manger ]",
        "unknown fact 'manger' of deal; did you mean 'manager'?",
    ),
}


@pytest.mark.parametrize("part", WRONG_PARTS)
def test_a_wrong_part_of_a_rule_is_told_with_its_cure(part: str) -> None:
    line, told = WRONG_PARTS[part]
    text = rule_text(more=line) if not line.startswith("id") else rule_text()
    text = text.replace("id: call", line) if line.startswith("id") else text

    _, problems = compiled(text)

    assert [problem.partition(" ")[2] for problem in problems] == [told]


def test_mistakes_of_all_parts_come_at_once_also_when_the_condition_is_missing() -> None:
    text = rule_text(more="mode: lvie\nlimit: 3\nneeds: megaplan\ndeliver: office")
    text = text.replace("    when: [ { stage: { in: [new] } } ]\n", "")

    _, problems = compiled(text)

    assert {problem.partition(" ")[2] for problem in problems} == {
        "rule has no 'when'; add 'when:'",
        "unknown mode 'lvie'; did you mean 'live'?",
        "limit is written {per_hour: 30}",
        "needs is written {megaplan: 10m}",
        "deliver is written {calendar: office, outside: defer}",
    }


WRONG_CLOCKS = {
    "5m": "clock is a mapping, e.g. {from: created_at}",
    "{ calendar: office }": "clock has no 'from'; add 'from:'",
    "{ from: creatd_at }": "unknown fact 'creatd_at' of deal; did you mean 'created_at'?",
    "{ from: price }": "a clock starts at a moment; 'price' is a money",
    "{ from: created_at, calendar: ofice }": "unknown calendar 'ofice'; did you mean 'office'?",
    "{ from: created_at, settle: 5 }": "'5' has no unit; write 5m, 5h or '5 workdays'",
    "{ from: created_at, settle: same day }": (
        "'same day' depends on a calendar; write hours or days here"
    ),
    "{ from: created_at, pause_when: [ { stge: new } ] }": (
        "unknown fact 'stge' of deal; did you mean 'stage'?"
    ),
}


@pytest.mark.parametrize("clock", WRONG_CLOCKS)
def test_a_wrong_clock_is_told(clock: str) -> None:
    assert mistakes(clock=clock) == [WRONG_CLOCKS[clock]]


WRONG_STEPS = {
    "[]": "the rule has no steps and would do nothing",
    "[ tell ]": "a step is a mapping with id, after and do",
    "[ { after: 5m, do: [ { deal.comment: { text: x } } ] } ]": "step has no 'id'; add 'id:'",
    "[ { id: tell, do: [ { deal.comment: { text: x } } ] } ]": "step has no 'after'; add 'after:'",
    "[ { id: tell, after: 5m } ]": "step has no 'do'; add 'do:'",
    "[ { id: tell, after: 5m, do: [] } ]": "the step has no actions and would do nothing",
    "[ { id: clear, after: 5m, do: [ { deal.comment: { text: x } } ] } ]": (
        "'clear' is no step id; write small words joined by hyphens"
    ),
    "[ { id: tell, after: [5m], do: [ { deal.comment: { text: x } } ] } ]": (
        "a duration like 10m, 1h30m, '1 workday' or '7 days' is expected"
    ),
    "[ { id: tell, after: 1d, do: [ { deal.comment: { text: x } } ] } ]": (
        "'1d' is ambiguous; write '1 workday' or '1 days'"
    ),
    "[ { id: tell, after: 5m, do: [ { task.close: { note: x } } ] } ]": (
        "a step closes no task: the rule's own are closed when it clears; "
        "put 'task.close' into on_clear"
    ),
    steps_text(step_text("tell", "5m"), step_text("tell", "6m")): (
        "step 'tell' is there already in this rule"
    ),
    steps_text(step_text("late", "1h"), step_text("soon", "5m")): (
        "step 'soon' (after 5m) stands behind 'late' (after 1h); order steps by their time"
    ),
    steps_text(step_text("a", "1h"), step_text("b", "1 workday"), step_text("c", "5m")): (
        "step 'c' (after 5m) stands behind 'a' (after 1h); order steps by their time"
    ),
    steps_text(step_text("tell", "5m", more="repeat: 5m")): (
        "repeat is written {every: 30m, max: 3}"
    ),
    steps_text(step_text("tell", "5m", more="repeat: { max: 2 }")): (
        "repeat has no 'every'; add 'every:'"
    ),
    steps_text(step_text("tell", "5m", more="repeat: { every: 5m }")): (
        "repeat has no 'max'; add 'max:'"
    ),
    steps_text(step_text("tell", "5m", more="repeat: { every: 5m, max: 0 }")): (
        "'max' of repeat must be a whole number not below 1"
    ),
    steps_text(step_text("tell", "5m", more="repeat: { every: 30s, max: 2 }")): (
        "'every' must be a minute at least"
    ),
    steps_text(step_text("tell", "5m", more="repeat: { every: 0 days, max: 2 }")): (
        "'every' must be a minute at least"
    ),
    steps_text(step_text("tell", "5m", more="always: often")): (
        "'always' of step must be true or false"
    ),
    steps_text(step_text("tell", "5m", more="when: [ { prise: 3 } ]")): (
        "unknown fact 'prise' of deal; did you mean 'price'?"
    ),
}


@pytest.mark.parametrize("steps", WRONG_STEPS)
def test_a_wrong_step_is_told(steps: str) -> None:
    assert WRONG_STEPS[steps] in mistakes(steps=steps)


def test_a_repeat_by_days_or_until_the_end_of_the_day_is_accepted() -> None:
    rule = a_rule(
        steps=steps_text(
            step_text("daily", "1 workday", more="repeat: { every: 1 workday, max: 2 }"),
            step_text("evening", "same day", more="repeat: { every: same day, max: 2 }"),
        )
    )

    assert [step.id for step in rule.steps] == ["daily", "evening"]


def test_rules_that_inhibit_each_other_in_a_ring_are_refused() -> None:
    first = rule_text(more="inhibit_by: [ second ]")
    second = rule_text(more="inhibit_by: [ call ]").replace("id: call", "id: second")

    _, problems = compiled(first, second)

    assert problems == [
        "rules.yaml:3:5: rule 'call' inhibits itself through inhibit_by",
        "rules.yaml:3:5: rule 'second' inhibits itself through inhibit_by",
    ]


def test_a_rule_is_not_inhibited_by_one_that_watches_something_else() -> None:
    first = rule_text(more="inhibit_by: [ second ]")
    second = rule_text(
        watch="client",
        when="[ { name: { empty: false } } ]",
        steps=steps_text(step_text("a", "5m", do=TASK)),
    ).replace("id: call", "id: second")

    _, problems = compiled(first, second)

    assert problems == [
        (
            "rules.yaml:3:5: rule 'call' watches a deal and is inhibited by 'second', "
            "which watches a client; inhibit rules of the same object"
        )
    ]


def test_inhibiting_rules_are_decided_before_those_they_inhibit() -> None:
    ruleset = rules_of(
        rule_text(more="inhibit_by: [ z ]").replace("id: call", "id: a")
        + rule_text(more="inhibit_by: [ y ]").partition("rules:\n")[2].replace("id: call", "id: z")
        + rule_text().partition("rules:\n")[2].replace("id: call", "id: y")
    )

    assert [rule.id for rule in ruleset.rules] == ["y", "z", "a"]


def test_a_rule_that_is_off_is_not_among_the_rules_and_shadow_is() -> None:
    off, shadow = rule_text(more="mode: off"), rule_text(more="mode: shadow")

    ruleset = rules_of(off + shadow.partition("rules:\n")[2].replace("id: call", "id: quiet"))

    assert [(rule.id, rule.mode) for rule in ruleset.rules] == [("quiet", Mode.SHADOW)]
    assert ruleset.rule("quiet") is ruleset.rules[0]
    assert ruleset.rule("call") is None


def test_rules_are_found_by_kind_and_stage_and_by_a_living_episode() -> None:
    ruleset = rules_of(rule_text())

    def names(kind: str, stage: str | None, live: tuple[str, ...] = ()) -> list[str]:
        return [rule.id for rule in ruleset.for_object(kind, stage, live)]

    assert names("deal", "new") == ["call"]
    assert names("deal", "offer") == []
    assert names("deal", "offer", ("call",)) == ["call"]
    assert names("task", "new") == []


@pytest.mark.parametrize(
    ("when", "stages"),
    [
        ("{ stage: new }", {"new"}),
        ("[ { urgent: true }, { stage: [new, offer] } ]", {"new", "offer"}),
        ("[ { stage: { is: won } } ]", {"won"}),
        ("[ { stage: { not_in: [won] } } ]", None),
        ("[ { any: [ { stage: new }, { urgent: true } ] } ]", None),
    ],
)
def test_only_a_stage_that_must_hold_narrows_the_deals_a_rule_looks_at(
    when: str, stages: set[str] | None
) -> None:
    assert a_rule(when=when).stages == (None if stages is None else frozenset(stages))


def test_a_rule_knows_what_its_decisions_and_its_texts_read_per_object() -> None:
    rule = a_rule(
        when="[ { stage: new }, { open_tasks: { count: 0 } } ]",
        steps=steps_text(
            step_text("plain", "5m"),
            step_text("told", "6m", do="deal.comment: { text: 'since {deal.last_touch_at|dt}' }"),
        ),
        more="on_clear: [ { deal.comment: { text: '{deal.missed_call_at|dt}' } } ]",
    )

    assert rule.details == {Group.TASKS}
    assert rule.step_details["plain"] == frozenset()
    assert rule.step_details["told"] == {Group.HISTORY, Group.TODOS, Group.TASKS}
    assert rule.clear_details == {Group.HISTORY, Group.TODOS}
    assert rule.reads.keys() == {
        "stage",
        "open_tasks",
        "created_at",
        "last_touch_at",
        "missed_call_at",
    }


def test_the_version_of_a_rule_changes_with_its_text_and_not_with_its_layout() -> None:
    again = rule_text().replace("{ stage: { in: [new] } }", "{ stage: {in: [ new ]} }")

    (same,) = rules_of(again).rules
    other = a_rule(when="[ { stage: { in: [new, offer] } } ]")

    assert same.version == a_rule().version
    assert other.version != a_rule().version


def test_without_an_office_calendar_time_counts_always() -> None:
    vocabulary = VOCABULARY.counting_on(None)
    only_always = type(vocabulary)(
        **{
            name: getattr(vocabulary, name)
            for name in type(vocabulary).__dataclass_fields__
            if name != "calendars"
        },
        calendars={"always": VOCABULARY.calendars["always"]},
    )

    ruleset, problems = compiled(rule_text(clock="{ from: created_at }"), vocabulary=only_always)

    assert problems == []
    assert ruleset.rules[0].clock.calendar_name == "always"


def test_a_broken_script_is_told_once_at_its_own_place() -> None:
    steps = steps_text(
        step_text("a", "5m", do=TASK.replace("title:", "script: s, title:")),
        step_text("b", "6m", do=TASK.replace("title:", "script: s, title:")),
    )
    shared = Texts(
        scripts={"s": ("Здравствуйте, {deal.clint_name}", Place(file="texts.yaml", line=7))},
        words=WORDS,
    )

    _, problems = compiled(rule_text(steps=steps), shared=shared)

    assert problems == [
        (
            "texts.yaml:7:1: unknown value 'deal.clint_name' in a text; "
            "did you mean 'deal.client_name'?"
        )
    ]


def test_frames_are_checked_for_every_kind_that_they_serve() -> None:
    shared = Texts(
        frames={
            "task": ("{deal.nmae}", Place(file="f.yaml")),
            "close_note": ("{txt}", Place(file="f.yaml", line=2)),
        }
    )

    _, problems = build_ruleset([], shared, VOCABULARY)

    assert [str(problem) for problem in problems] == [
        "f.yaml:1:1: unknown value 'deal.nmae' in a text; did you mean 'deal.name'?",
        "f.yaml:2:1: unknown value 'txt' in a text; did you mean 'text'?",
    ]


def test_an_empty_configuration_has_frames_and_no_rules() -> None:
    ruleset, problems = build_ruleset([], Texts(), VOCABULARY)

    assert problems == ()
    assert isinstance(ruleset, RuleSet)
    assert ruleset.rules == ()
    assert ruleset.task_frames.keys() == set(VOCABULARY.catalogue.kinds)

"""Conditions: every operator with the facts that it fits, and what the linter says otherwise."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.rules.company import CATALOGUE, OFFICE, VOCABULARY, deal, mistakes, msk, node
from westsync.domain.facts import FactType, Unknown
from westsync.rules.condition_reading import Scope, compile_conditions
from westsync.rules.operators import OPERATORS
from westsync.rules.reading import Problems

if TYPE_CHECKING:
    from westsync.rules.conditions import Condition, Verdict

NOON = msk("2026-11-24 12:00")
UNKNOWN = Unknown("not read yet")


def condition(text: str, kind: str = "deal") -> Condition:
    """Return the compiled conditions of a YAML text without mistakes."""
    problems = Problems()
    scope = Scope(kind, CATALOGUE.of(kind), VOCABULARY.counting_on(OFFICE), problems)
    compiled = compile_conditions(node(text), scope)
    assert problems.found == []
    return compiled


def holds(text: str, **values: Any) -> Verdict:
    """Return whether a condition holds for a deal at noon."""
    return condition(text).test(deal(NOON, **values).values, NOON)


HOLDS: list[tuple[str, dict[str, Any], bool]] = [
    # is, and its short forms
    ("{ stage: new }", {"stage": "new"}, True),
    ("{ stage: { is: new } }", {"stage": "offer"}, False),
    ("{ stage: [new, offer] }", {"stage": "offer"}, True),
    ("{ name: { is: Yamaha DTX6 } }", {"name": " yamaha dtx6 "}, True),
    ("{ name: { is: null } }", {"name": None}, True),
    ("{ name: { is: '' } }", {"name": "x"}, False),
    ("{ urgent: true }", {"urgent": True}, True),
    ("{ urgent: false }", {"urgent": True}, False),
    ("{ urgent: false }", {"urgent": None}, False),
    ("{ refusals: 3 }", {"refusals": 3}, True),
    ("{ price: 100 }", {"price": Decimal("100.00")}, True),
    ("{ price: { is: 100.5 } }", {"price": Decimal(100)}, False),
    ('{ created_at: "2026-11-24 12:00" }', {"created_at": NOON}, True),
    ("{ manager: ivanov }", {"manager": "ivanov"}, True),
    ("{ client_kind: person }", {"client_kind": "organisation"}, False),
    ("{ pipeline: sales }", {"pipeline": "sales"}, True),
    # in, not_in
    ("{ stage: { in: [new, offer] } }", {"stage": "new"}, True),
    ("{ stage: { in: new } }", {"stage": "new"}, True),
    ("{ source: { not_in: [Звонок] } }", {"source": "ЗВОНОК"}, False),
    ("{ source: { not_in: [Звонок] } }", {"source": None}, True),
    ("{ refusals: { in: [1, 2] } }", {"refusals": 2}, True),
    # empty
    ("{ first_touch_at: { empty: true } }", {}, True),
    ("{ first_touch_at: { empty: false } }", {}, False),
    ("{ name: { empty: true } }", {"name": ""}, True),
    ("{ missing: { empty: true } }", {"missing": ()}, True),
    ("{ missing: { empty: false } }", {"missing": ("city",)}, True),
    ("{ urgent: { empty: true } }", {"urgent": False}, False),
    ("{ refusals: { empty: true } }", {"refusals": 0}, False),
    # order
    ("{ price: { gt: 100 } }", {"price": Decimal("100.01")}, True),
    ("{ price: { gt: 100 } }", {"price": Decimal(100)}, False),
    ("{ price: { gte: 100 } }", {"price": Decimal(100)}, True),
    ("{ price: { lt: 100 } }", {"price": Decimal(100)}, False),
    ("{ price: { lte: 100 } }", {"price": Decimal(100)}, True),
    ("{ price: { lt: 100 } }", {"price": None}, False),
    ("{ price: { gt: 1, lt: 3 } }", {"price": Decimal(2)}, True),
    ("{ price: { gt: 1, lt: 3 } }", {"price": Decimal(3)}, False),
    ("{ refusals: { gte: 3 } }", {"refusals": 3}, True),
    ("{ price: { between: [1, 3] } }", {"price": Decimal(3)}, True),
    ("{ price: { between: [1, 3] } }", {"price": Decimal(4)}, False),
    ("{ price: { between: [1, 3] } }", {"price": None}, False),
    ('{ created_at: { lt: "2026-11-24 12:01" } }', {"created_at": NOON}, True),
    ('{ created_at: { gt: "2026-11-24T12:00+03:00" } }', {"created_at": NOON}, False),
    (
        '{ created_at: { between: ["2026-11-24", "2026-11-25"] } }',
        {"created_at": msk("2026-11-24 00:00")},
        True,
    ),
    # now
    ("{ next_task_at: { lt: now } }", {"next_task_at": NOON - timedelta(seconds=1)}, True),
    ("{ next_task_at: { lt: now } }", {"next_task_at": NOON}, False),
    ("{ next_task_at: { lte: now } }", {"next_task_at": NOON}, True),
    ("{ next_task_at: { gt: now } }", {"next_task_at": NOON}, False),
    ("{ next_task_at: { gte: now } }", {"next_task_at": NOON}, True),
    ("{ next_task_at: { gt: now } }", {"next_task_at": None}, False),
    # contains
    ("{ name: { contains: dtx } }", {"name": "Yamaha DTX6"}, True),
    ("{ name: { contains: dtx } }", {"name": None}, False),
    ("{ missing: { contains: city } }", {"missing": ("city", "source")}, True),
    ("{ missing: { contains: cit } }", {"missing": ("city",)}, False),
    # ages, counted on the calendar of the rule: ten minutes before noon, and before lunch
    ("{ created_at: { older_than: 10m } }", {"created_at": msk("2026-11-24 11:50")}, True),
    ("{ created_at: { older_than: 10m } }", {"created_at": msk("2026-11-24 11:51")}, False),
    ("{ created_at: { changed_within: 10m } }", {"created_at": msk("2026-11-24 11:50")}, False),
    ("{ created_at: { changed_within: 10m } }", {"created_at": msk("2026-11-24 11:51")}, True),
    ("{ created_at: { older_than: 3h } }", {"created_at": msk("2026-11-23 18:00")}, True),
    ("{ created_at: { older_than: 3h1m } }", {"created_at": msk("2026-11-23 18:00")}, False),
    ("{ created_at: { older_than: 1 workday } }", {"created_at": msk("2026-11-23 12:00")}, True),
    ("{ created_at: { older_than: 1m } }", {"created_at": None}, False),
    ("{ created_at: { changed_within: 1m } }", {"created_at": None}, False),
    # lists
    ("{ missing: { count: 1 } }", {"missing": ("city",)}, True),
    ("{ missing: { count: { gte: 2, lt: 4 } } }", {"missing": ("city",)}, False),
    ("{ open_tasks: { count: { in: [0, 2] } } }", {"open_tasks": ()}, True),
    ("{ open_tasks: { any: [ { ours: true } ] } }", {"open_tasks": ()}, False),
    ("{ open_tasks: { none: [ { ours: true } ] } }", {"open_tasks": ()}, True),
    ("{ open_tasks: { all: [ { ours: true } ] } }", {"open_tasks": ()}, True),
    ("{ tasks: { any: [ { ours: true }, { open: true } ] } }", {"tasks": "two"}, False),
    ("{ tasks: { any: [ { ours: true } ] } }", {"tasks": "two"}, True),
    ("{ tasks: { none: [ { ours: true, open: true } ] } }", {"tasks": "two"}, True),
    ("{ tasks: { none: { responsible: ivanov } } }", {"tasks": "two"}, False),
    ("{ tasks: { all: [ { responsible: ivanov } ] } }", {"tasks": "two"}, True),
    ("{ tasks: { all: [ { ours: true } ] } }", {"tasks": "two"}, False),
    # groups
    ("[ { stage: new }, { urgent: true } ]", {"stage": "new", "urgent": True}, True),
    ("{ stage: new, urgent: true }", {"stage": "new", "urgent": False}, False),
    ("{ any: [ { stage: new }, { urgent: true } ] }", {"stage": "won", "urgent": True}, True),
    ("{ any: [ { stage: new }, { urgent: true } ] }", {"stage": "won", "urgent": False}, False),
    ("{ all: [ { stage: new }, { urgent: true } ] }", {"stage": "new", "urgent": True}, True),
    ("{ not: [ { stage: new } ] }", {"stage": "new"}, False),
    ("{ not: { stage: new } }", {"stage": "won"}, True),
    ("{ not: [ { stage: new }, { urgent: true } ] }", {"stage": "new", "urgent": False}, True),
]
TWO_TASKS = (
    {"ours": True, "open": False, "responsible": "ivanov"},
    {"ours": False, "open": True, "responsible": "ivanov"},
)


@pytest.mark.parametrize(("text", "values", "answer"), HOLDS)
def test_a_condition_says_what_the_reference_says(
    text: str, values: dict[str, Any], answer: bool
) -> None:
    known = {name: TWO_TASKS if value == "two" else value for name, value in values.items()}

    assert holds(text, **known) is answer


def test_every_operator_is_among_the_examples() -> None:
    texts = " ".join(text for text, _, _ in HOLDS)

    assert [name for name in OPERATORS if f"{name}:" not in texts] == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("{ stage: new }", {"stage": UNKNOWN}),
        ("{ first_touch_at: { empty: true } }", {"first_touch_at": UNKNOWN}),
        ("{ open_tasks: { none: [ { ours: true } ] } }", {"open_tasks": UNKNOWN}),
        ("{ expr: 'deal.price > 3' }", {"price": UNKNOWN}),
        ("{ any: [ { stage: new }, { price: 3 } ] }", {"stage": "won", "price": UNKNOWN}),
        ("[ { stage: won }, { price: 3 } ]", {"stage": "won", "price": UNKNOWN}),
        ("{ not: { price: 3 } }", {"price": UNKNOWN}),
        ("{ tasks: { any: { ours: true } } }", {"tasks": ({"ours": UNKNOWN},)}),
        ("{ tasks: { none: { ours: true } } }", {"tasks": ({"ours": UNKNOWN},)}),
        ("{ tasks: { all: { ours: true } } }", {"tasks": ({"ours": UNKNOWN},)}),
        ("{ tasks: { any: { ours: true } } }", {"tasks": ({"name": "no such field"},)}),
    ],
)
def test_what_nobody_knows_is_unknown(text: str, values: dict[str, Any]) -> None:
    assert holds(text, **values) is None


@pytest.mark.parametrize(
    ("text", "values", "answer"),
    [
        ("[ { stage: new }, { price: 3 } ]", {"stage": "won", "price": UNKNOWN}, False),
        ("{ any: [ { price: 3 }, { stage: won } ] }", {"stage": "won", "price": UNKNOWN}, True),
        (
            "{ tasks: { any: { ours: true } } }",
            {"tasks": ({"ours": UNKNOWN}, {"ours": True})},
            True,
        ),
        (
            "{ tasks: { all: { ours: true } } }",
            {"tasks": ({"ours": UNKNOWN}, {"ours": False})},
            False,
        ),
    ],
)
def test_what_is_known_decides_where_it_can(
    text: str, values: dict[str, Any], answer: bool
) -> None:
    assert holds(text, **values) is answer


MISTAKES = {
    "{ stage: nwe }": "unknown stage 'nwe'; did you mean 'new'?",
    "{ pipeline: slaes }": "unknown pipeline 'slaes'; did you mean 'sales'?",
    "{ manager: ivanof }": "unknown person 'ivanof'; did you mean 'ivanov'?",
    "{ client_kind: persn }": "unknown client_kind 'persn'; did you mean 'person'?",
    "{ urgent: 'yes' }": "'urgent' is true or false, not 'yes'",
    "{ price: much }": "'price' is a number, not 'much'",
    "{ price: { gt: nan } }": "'price' is a number, not 'nan'",
    "{ price: { gt: .inf } }": "'price' is a number, not '.inf'",
    "{ price: { gt: null } }": "'price' is compared with nothing; write a value",
    "{ price: { between: [ 1, null ] } }": "'price' is compared with nothing; write a value",
    "{ price: { is: [ 1, 2 ] } }": "'price' is compared with a single value",
    "{ created_at: { lt: yesterday } }": (
        "'created_at' is a moment, not 'yesterday'; "
        'write a time like "2026-11-24 10:00", or compare with now by gt, gte, lt, lte'
    ),
    "{ created_at: { is: now } }": (
        "'created_at' is a moment, not 'now'; "
        'write a time like "2026-11-24 10:00", or compare with now by gt, gte, lt, lte'
    ),
    "{ stage: { gt: new } }": (
        "operator 'gt' does not fit 'stage', which is a stage; use is, in, not_in, empty"
    ),
    "{ urgent: { in: [true] } }": (
        "operator 'in' does not fit 'urgent', which is a flag; use is, empty"
    ),
    "{ missing: { is: city } }": (
        "operator 'is' does not fit 'missing', which is a texts; use empty, contains, count"
    ),
    "{ open_tasks: { contains: x } }": (
        "operator 'contains' does not fit 'open_tasks', which is a records; "
        "use empty, any, none, all, count"
    ),
    "{ price: { older_than: 1h } }": (
        "operator 'older_than' does not fit 'price', which is a money; "
        "use is, in, not_in, empty, gt, gte, lt, lte, between"
    ),
    "{ price: { gtr: 3 } }": "unknown operator 'gtr' of 'price'; did you mean 'gt'?",
    "{ price: {} }": (
        "'price' has no operator; use is, in, not_in, empty, gt, gte, lt, lte, between"
    ),
    "{ price: { between: [3] } }": "'between' takes two values, the lower one first",
    "{ price: { between: [3, 1] } }": "'between' has the higher value first; swap the two",
    "{ price: { between: [x, 1] } }": "'price' is a number, not 'x'",
    "{ stage: { in: [] } }": "'in' of 'stage' has no values",
    "{ first_touch_at: { empty: 'yes' } }": "'empty' takes true or false",
    "{ name: { contains: '' } }": "'contains' takes a text that is not empty",
    "{ name: { contains: [a] } }": "'contains' takes a text that is not empty",
    "{ created_at: { older_than: 1d } }": "'1d' is ambiguous; write '1 workday' or '1 days'",
    "{ tasks: { count: { gt: x } } }": "'count of tasks' is a number, not 'x'",
    "{ tasks: { count: { empty: true } } }": (
        "unknown operator 'empty' of 'count'; known are between, gt, gte, in, is, lt, lte, not_in"
    ),
    "{ tasks: { any: [ { our: true } ] } }": (
        "unknown fact 'our' of an entry of tasks; did you mean 'ours'?"
    ),
    "{ tasks: { any: [] } }": "there are no conditions: it would always hold",
    "{ tasks: { any: [ { expr: 'task.ours' } ] } }": (
        "expr: not offered for an entry of tasks; use operators"
    ),
    "[]": "there are no conditions: it would always hold",
    "new": "a condition is written {fact: value} or {fact: {op: argument}}",
    "[ {} ]": "a condition is written {fact: value} or {fact: {op: argument}}",
    "{ any: [] }": "'any' has no conditions",
    "{ not: x }": "a condition is written {fact: value} or {fact: {op: argument}}",
    "{ all: [ { x: 1 } ] }": "unknown fact 'x' of deal",
    "{ expr: [1] }": "expr: a text is expected",
}


@pytest.mark.parametrize("when", MISTAKES)
def test_a_mistake_in_a_condition_is_told_with_its_cure(when: str) -> None:
    assert mistakes(when=when) == [MISTAKES[when]]


WRONG_FOR = {
    FactType.TEXT: ("name", {"gt", "between", "older_than", "any", "count"}),
    FactType.NUMBER: ("refusals", {"contains", "older_than", "any", "count"}),
    FactType.MONEY: ("price", {"contains", "changed_within", "none", "count"}),
    FactType.MOMENT: ("created_at", {"contains", "any", "count"}),
    FactType.FLAG: ("urgent", {"in", "not_in", "gt", "contains", "any", "count"}),
    FactType.PERSON: ("manager", {"lt", "contains", "all", "count"}),
    FactType.STAGE: ("stage", {"lte", "contains", "all", "count"}),
    FactType.PIPELINE: ("pipeline", {"gte", "contains", "all", "count"}),
    FactType.CHOICE: ("client_kind", {"gte", "contains", "all", "count"}),
    FactType.TEXTS: ("missing", {"is", "in", "gt", "any", "none", "all", "older_than"}),
    FactType.RECORDS: ("tasks", {"is", "in", "gt", "contains", "older_than"}),
}


@pytest.mark.parametrize("kind", list(FactType))
def test_an_operator_that_does_not_fit_the_fact_s_type_is_refused(kind: FactType) -> None:
    name, wrong = WRONG_FOR[kind]

    for op in sorted(wrong):
        (told,) = mistakes(when=f"{{ {name}: {{ {op}: 1 }} }}")

        assert told.startswith(f"operator '{op}' does not fit '{name}', which is a {kind}; use ")


def test_a_mistake_stands_where_the_word_stands() -> None:
    problems = Problems()
    scope = Scope("deal", CATALOGUE.of("deal"), VOCABULARY.counting_on(OFFICE), problems)

    compile_conditions(node("- stage: [new,\n    nwe]\n- { prise: 3 }\n"), scope)

    assert [str(problem) for problem in problems.found] == [
        "rules.yaml:2:5: unknown stage 'nwe'; did you mean 'new'?",
        "rules.yaml:3:5: unknown fact 'prise' of deal; did you mean 'price'?",
    ]


FLIPS: list[tuple[str, dict[str, Any], list[str]]] = [
    ("{ created_at: { older_than: 1h } }", {"created_at": "11:30"}, ["12:30"]),
    ("{ created_at: { older_than: 1h } }", {"created_at": "12:00"}, ["13:00"]),
    ("{ created_at: { changed_within: 2h } }", {"created_at": "12:00"}, ["15:00"]),
    ("{ created_at: { older_than: 1h } }", {"created_at": "10:00"}, []),
    ("{ created_at: { older_than: 1h } }", {}, []),
    ("{ next_task_at: { gt: now } }", {"next_task_at": "12:30"}, ["12:30"]),
    ("{ next_task_at: { lte: now } }", {"next_task_at": "12:30"}, ["12:30"]),
    ("{ next_task_at: { lt: now } }", {"next_task_at": "11:30"}, []),
    ("{ stage: new }", {"stage": "new"}, []),
    ("{ expr: 'deal.price > 3' }", {"price": Decimal(3)}, []),
    ("{ missing: { count: 2 } }", {}, []),
    (
        "[ { created_at: { older_than: 1h } }, { any: [ { next_task_at: { gt: now } } ] } ]",
        {"created_at": "11:30", "next_task_at": "12:10"},
        ["12:30", "12:10"],
    ),
    ("{ not: { next_task_at: { gt: now } } }", {"next_task_at": "12:10"}, ["12:10"]),
    (
        "{ any: [ { next_task_at: { gt: now } }, { created_at: { older_than: 1h } } ] }",
        {"created_at": "11:30", "next_task_at": "12:10"},
        ["12:10", "12:30"],
    ),
]


@pytest.mark.parametrize(("text", "clocks", "moments"), FLIPS)
def test_a_condition_knows_when_time_alone_changes_it(
    text: str, clocks: dict[str, Any], moments: list[str]
) -> None:
    values: dict[str, Any] = {
        name: msk(f"2026-11-24 {clock}") if isinstance(clock, str) and ":" in clock else clock
        for name, clock in clocks.items()
    }

    found = list(condition(text).flips_at(deal(NOON, **values).values, NOON))

    assert found == [msk(f"2026-11-24 {moment}") for moment in moments]


def test_a_list_flips_when_the_first_of_its_entries_does() -> None:
    text = "{ open_tasks: { any: { deadline: { lt: now } } } }"
    tasks = (
        {"deadline": NOON + timedelta(hours=2)},
        {"deadline": NOON + timedelta(hours=1)},
        {"deadline": None},
    )

    (moment,) = condition(text).flips_at(deal(NOON, open_tasks=tasks).values, NOON)

    assert moment == NOON + timedelta(hours=1, seconds=1)


@pytest.mark.parametrize("op", ["lt", "lte", "gt", "gte"])
def test_a_comparison_with_now_has_its_new_answer_when_it_says_so(op: str) -> None:
    test = condition(f"{{ next_task_at: {{ {op}: now }} }}")
    values = deal(NOON, next_task_at=NOON + timedelta(minutes=5)).values

    (flip,) = test.flips_at(values, NOON)

    assert test.test(values, flip) is (not test.test(values, NOON))
    assert list(test.flips_at(values, flip)) == []


def test_a_comparison_with_now_at_the_moment_itself_still_tells_of_its_flip() -> None:
    test = condition("{ next_task_at: { lt: now } }")
    values = deal(NOON, next_task_at=NOON).values

    (flip,) = test.flips_at(values, NOON)

    assert test.test(values, NOON) is False
    assert test.test(values, flip) is True


def test_a_trace_tells_every_leaf_and_how_deep_it_stands() -> None:
    text = """
- stage: { in: [new] }
- any:
    - urgent: true
    - not: { price: { gt: 3 } }
- first_touch_at: { empty: true }
- open_tasks: { none: [ { ours: true } ] }
- name: { empty: false }
- price: { between: [1, 2] }
- expr: 'deal.price > 3'
"""
    values = deal(NOON, stage="new", urgent=False, price=Decimal(4), name="x").values

    traced = condition(text).trace(values, NOON, 0)

    assert [(leaf.verdict, leaf.depth, leaf.text, leaf.facts) for leaf in traced] == [
        (True, 0, "stage in [new]", ("stage",)),
        (False, 0, "any of", ()),
        (False, 1, "urgent = true", ("urgent",)),
        (False, 1, "not", ()),
        (True, 2, "price gt 3", ("price",)),
        (True, 0, "first_touch_at empty", ("first_touch_at",)),
        (True, 0, "open_tasks none [{ours true}]", ("open_tasks",)),
        (True, 0, "name not empty", ("name",)),
        (False, 0, "price between [1, 2]", ("price",)),
        (True, 0, "expr deal.price > 3", ("price",)),
    ]


def test_a_condition_reads_the_facts_that_it_names() -> None:
    text = "[ { stage: new }, { not: { any: [ { urgent: true }, { expr: 'deal.price > 3' } ] } } ]"

    assert condition(text).reads == {"stage", "urgent", "price"}

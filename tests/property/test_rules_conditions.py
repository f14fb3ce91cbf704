"""Laws of three-valued conditions: Kleene's, and that knowing more never turns an answer round."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.rules.company import CATALOGUE, OFFICE, VOCABULARY, deal, msk
from westsync.domain.facts import Unknown
from westsync.domain.places import Map, Node, Place, Scalar, Seq
from westsync.rules.condition_reading import Scope, compile_conditions
from westsync.rules.conditions import Verdict, all_of, any_of, opposite
from westsync.rules.reading import Problems

if TYPE_CHECKING:
    from westsync.rules.conditions import Condition

NOON = msk("2026-11-24 12:00")
HERE = Place(file="r")
UNKNOWN = Unknown("not read yet")
WORLD: dict[str, tuple[Any, ...]] = {
    "stage": ("new", "offer"),
    "urgent": (True, False),
    "price": (None, Decimal(1), Decimal(5)),
    "missing": ((), ("city",)),
}
LEAVES: tuple[tuple[str, Any], ...] = (
    ("stage", "new"),
    ("stage", {"not_in": ["new"]}),
    ("urgent", True),
    ("price", {"gt": 3}),
    ("price", {"empty": True}),
    ("missing", {"count": 1}),
    ("missing", {"contains": "city"}),
    ("expr", "deal.price < 3"),
)

verdicts = st.sampled_from([True, False, None])
answers = st.lists(verdicts, max_size=6)
leaves = st.sampled_from(LEAVES).map(lambda leaf: {leaf[0]: leaf[1]})
trees = st.recursive(
    leaves,
    lambda inner: st.tuples(
        st.sampled_from(["any", "all", "not"]), st.lists(inner, min_size=1, max_size=3)
    ).map(lambda group: {group[0]: group[1]}),
    max_leaves=8,
)
known_values = st.fixed_dictionaries({name: st.sampled_from(v) for name, v in WORLD.items()})
values_or_unknown = st.fixed_dictionaries(
    {name: st.sampled_from([*v, UNKNOWN]) for name, v in WORLD.items()}
)


COMPILED = settings(deadline=None)  # the first expression loads its library


def as_node(tree: Any) -> Node:
    """Return plain values as nodes."""
    if isinstance(tree, dict):
        return Map(tuple((key, HERE, as_node(value)) for key, value in tree.items()), HERE)
    if isinstance(tree, list):
        return Seq(tuple(as_node(item) for item in tree), HERE)
    return Scalar(tree, HERE, source=str(tree))


def condition(tree: Any) -> Condition:
    """Return a compiled condition."""
    problems = Problems()
    scope = Scope("deal", CATALOGUE.of("deal"), VOCABULARY.counting_on(OFFICE), problems)
    compiled = compile_conditions(as_node(tree), scope)
    assert problems.found == []
    return compiled


def verdict_of(tree: Any, values: dict[str, Any]) -> Verdict:
    """Return what a condition says."""
    return condition(tree).test(deal(NOON, **values).values, NOON)


@given(answers)
def test_all_and_any_are_each_other_s_opposites(given_answers: list[Verdict]) -> None:
    turned = [opposite(answer) for answer in given_answers]

    assert opposite(all_of(given_answers)) is any_of(turned)
    assert opposite(any_of(given_answers)) is all_of(turned)


@given(answers, answers)
def test_groups_do_not_depend_on_order_or_grouping(one: list[Verdict], two: list[Verdict]) -> None:
    assert all_of([*one, *two]) is all_of([*two, *one]) is all_of([all_of(one), all_of(two)])
    assert any_of([*one, *two]) is any_of([*two, *one]) is any_of([any_of(one), any_of(two)])


@given(verdicts)
def test_turning_round_twice_changes_nothing(answer: Verdict) -> None:
    assert opposite(opposite(answer)) is answer


def test_the_tables_are_kleene_s() -> None:
    order: dict[Verdict, int] = {False: 0, None: 1, True: 2}

    for one, two in product(order, repeat=2):
        assert all_of([one, two]) is min(one, two, key=order.__getitem__)
        assert any_of([one, two]) is max(one, two, key=order.__getitem__)


@COMPILED
@given(trees, known_values)
def test_what_is_known_altogether_is_never_unknown(tree: Any, values: dict[str, Any]) -> None:
    assert verdict_of(tree, values) is not None


@COMPILED
@given(trees, values_or_unknown)
def test_knowing_more_never_turns_an_answer_round(tree: Any, values: dict[str, Any]) -> None:
    compiled = condition(tree)
    answer = compiled.test(deal(NOON, **values).values, NOON)
    open_facts = [name for name, value in values.items() if isinstance(value, Unknown)]

    for filled in product(*(WORLD[name] for name in open_facts)):
        completed = {**values, **dict(zip(open_facts, filled, strict=True))}
        then = compiled.test(deal(NOON, **completed).values, NOON)

        assert answer is None or then is answer


@COMPILED
@given(trees, values_or_unknown)
def test_a_trace_ends_with_the_leaves_that_the_condition_reads(
    tree: Any, values: dict[str, Any]
) -> None:
    compiled = condition(tree)

    traced = list(compiled.trace(deal(NOON, **values).values, NOON, 0))

    assert {name for leaf in traced for name in leaf.facts} == compiled.reads


@COMPILED
@given(trees, values_or_unknown)
def test_a_fact_that_a_condition_does_not_read_does_not_matter(
    tree: Any, values: dict[str, Any]
) -> None:
    compiled = condition(tree)
    blind: dict[str, Any] = {n: v if n in compiled.reads else UNKNOWN for n, v in values.items()}

    answer = compiled.test(deal(NOON, **values).values, NOON)

    assert compiled.test(deal(NOON, **blind).values, NOON) is answer

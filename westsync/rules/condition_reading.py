"""Reading conditions of a rule file; every mistake is noted at its place and reading goes on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from westsync.domain.catalogue.kinds import BUILT_IN_CUSTOM
from westsync.domain.facts import FactSpec, FactType
from westsync.domain.places import Map, Node, Place, Scalar, Seq
from westsync.rules.conditions import (
    All,
    AnyOf,
    Condition,
    Expression,
    Leaf,
    Not,
    Verdict,
    all_of,
    any_of,
    opposite,
)
from westsync.rules.expressions import compile_expression
from westsync.rules.operators import OPERATORS, compile_scalar, is_empty, never, never_true
from westsync.rules.reading import as_items, as_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from westsync.rules.operators import Flip, Predicate
    from westsync.rules.reading import Problems
    from westsync.rules.vocabulary import Vocabulary

_GROUPS = ("any", "all", "not")
# What a number of entries can be compared with; it is never empty.
_COUNTED_BY = tuple(
    op.name for op in OPERATORS.values() if FactType.NUMBER in op.types and op.name != "empty"
)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a condition may speak about.

    Attributes:
        kind: What is watched, for messages: ``deal``, or ``an entry of open_tasks``.
        facts: The facts that may be named.
        vocabulary: Known names, the calendar that counts durations, the office zone.
        problems: Where mistakes are noted; compilation goes on after each.
    """

    kind: str
    facts: Mapping[str, FactSpec]
    vocabulary: Vocabulary
    problems: Problems


def compile_conditions(node: Node, scope: Scope) -> Condition:
    """Compile conditions all of which must hold; a single one counts as a list of one."""
    if isinstance(node, Seq) and not node.items:
        scope.problems.add(node.place, "there are no conditions: it would always hold")
    parts = _compile_each(as_items(node), scope)
    return parts[0] if len(parts) == 1 else All(parts, node.place)


def _compile_each(nodes: tuple[Node, ...], scope: Scope) -> tuple[Condition, ...]:
    compiled = (_compile_one(node, scope) for node in nodes)
    return tuple(part for part in compiled if part is not None)


def _compile_one(node: Node, scope: Scope) -> Condition | None:
    flag = as_text(node) if isinstance(node, Scalar) else None
    if flag is not None and flag in scope.facts and scope.facts[flag].type is FactType.FLAG:
        node = Map(((flag, node.place, Scalar(value=True, place=node.place)),), node.place)
    if not isinstance(node, Map) or not node.entries:
        scope.problems.add(
            node.place, "a condition is written {fact: value} or {fact: {op: argument}}"
        )
        return None
    parts = [
        part
        for key, place, value in node.entries
        if (part := _compile_entry(key, place, value, scope)) is not None
    ]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else All(tuple(parts), node.place)


def _compile_entry(key: str, place: Place, value: Node, scope: Scope) -> Condition | None:
    if key in _GROUPS:
        return _compile_group(key, place, value, scope)
    if key == "expr":
        return _compile_expr(value, scope)
    return _compile_leaf(key, place, value, scope)


def _compile_group(key: str, place: Place, value: Node, scope: Scope) -> Condition | None:
    parts = _compile_each(as_items(value), scope)
    if not parts:
        if isinstance(value, Seq) and not value.items:
            scope.problems.add(place, f"'{key}' has no conditions")
        return None
    match key:
        case "any":
            return AnyOf(parts, place)
        case "all":
            return All(parts, place)
        case _:
            return Not(parts[0] if len(parts) == 1 else All(parts, place), place)


def _compile_expr(value: Node, scope: Scope) -> Condition | None:
    text = as_text(value)
    if text is None:
        scope.problems.add(value.place, "expr: a text is expected")
        return None
    if scope.kind not in scope.vocabulary.catalogue.kinds:
        scope.problems.add(value.place, f"expr: not offered for {scope.kind}", "use operators")
        return None
    compiled = compile_expression(text, scope.kind, scope.facts, value.place, scope.problems)
    if compiled is None:
        return None
    reads, evaluate = compiled
    return Expression(text, value.place, reads, evaluate)


def _compile_leaf(name: str, place: Place, value: Node, scope: Scope) -> Condition | None:
    fact = scope.facts.get(name)
    if fact is None and name in BUILT_IN_CUSTOM and scope.kind == "deal":
        cure = f"name it in westsync.yaml, fields: {{ {name}: ... }}"
        scope.problems.add(place, f"fact '{name}' of deal has no custom field", cure)
        return None
    if fact is None:
        scope.problems.unknown(place, "fact", name, f" of {scope.kind}", scope.facts)
        return None
    if isinstance(value, Map):
        operators = value.entries
    else:
        operators = (("in" if isinstance(value, Seq) else "is", place, value),)
    fitting = [op.name for op in OPERATORS.values() if fact.type in op.types]
    if not operators:
        scope.problems.add(value.place, f"'{name}' has no operator", "use " + ", ".join(fitting))
    tests = []
    words = []
    for op, op_place, argument in operators:
        if op not in OPERATORS:
            scope.problems.unknown(op_place, "operator", op, f" of '{name}'", fitting)
        elif op not in fitting:
            scope.problems.add(
                op_place,
                f"operator '{op}' does not fit '{name}', which is a {fact.type}",
                "use " + ", ".join(fitting),
            )
        else:
            words.append(_written(op, argument))
            tests.append(_compile_operator(op, argument, fact, scope))
    if not tests:
        return None
    return Leaf(name, f"{name} {' and '.join(words)}", place, tuple(tests))


def _compile_operator(
    op: str, argument: Node, fact: FactSpec, scope: Scope
) -> tuple[Predicate, Flip]:
    match op:
        case "empty":
            if not (isinstance(argument, Scalar) and isinstance(argument.value, bool)):
                scope.problems.add(argument.place, "'empty' takes true or false")
                return never_true, never
            wanted = argument.value
            return (lambda value, _: is_empty(value) is wanted), never
        case "count":
            return _compile_count(argument, fact, scope)
        case "any" | "none" | "all":
            return _compile_quantifier(op, argument, fact, scope)
        case _:
            return compile_scalar(op, argument, fact, scope.vocabulary, scope.problems)


def _compile_count(argument: Node, fact: FactSpec, scope: Scope) -> tuple[Predicate, Flip]:
    number = FactSpec(
        name=f"count of {fact.name}", type=FactType.NUMBER, groups=fact.groups, meaning=""
    )
    entries = argument.entries if isinstance(argument, Map) else (("is", argument.place, argument),)
    tests = []
    for op, place, operand in entries:
        if op not in _COUNTED_BY:
            scope.problems.unknown(place, "operator", op, " of 'count'", _COUNTED_BY)
            continue
        tests.append(compile_scalar(op, operand, number, scope.vocabulary, scope.problems)[0])

    def test(value: object, now: datetime) -> Verdict:
        size = len(value) if isinstance(value, tuple) else 0
        return all_of(part(size, now) for part in tests)

    return test, never


def _compile_quantifier(
    op: str, argument: Node, fact: FactSpec, scope: Scope
) -> tuple[Predicate, Flip]:
    items = {spec.name: spec for spec in fact.items}
    inner = compile_conditions(
        argument, replace(scope, kind=f"an entry of {fact.name}", facts=items)
    )

    def test(value: object, now: datetime) -> Verdict:
        entries = value if isinstance(value, tuple) else ()
        answers = (inner.test(entry, now) for entry in entries)
        match op:
            case "any":
                return any_of(answers)
            case "none":
                return opposite(any_of(answers))
            case _:
                return all_of(answers)

    def flip(value: object, now: datetime) -> datetime | None:
        entries = value if isinstance(value, tuple) else ()
        moments = [moment for entry in entries for moment in inner.flips_at(entry, now)]
        return min(moments, default=None)

    return test, flip if inner.turns else never


def _written(op: str, argument: Node) -> str:
    """Return an operator and its argument the way people read it."""
    match argument:
        case Scalar(value=True) if op == "empty":
            return "empty"
        case Scalar(value=False) if op == "empty":
            return "not empty"
        case Scalar():
            shown = argument.source or str(argument.value)
            return f"= {shown}" if op == "is" else f"{op} {shown}"
        case Seq():
            inner = ", ".join(_written("", item).strip() for item in argument.items)
            return f"{op} [{inner}]"
        case Map():
            inner = ", ".join(f"{k} {_written('', v).strip()}" for k, _, v in argument.entries)
            return f"{op} {{{inner}}}"

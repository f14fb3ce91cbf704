"""Conditions: three-valued trees over facts, compiled once from the rule file.

A leaf is true, false or unknown (None); groups follow Kleene: ``all`` is false as soon as one
part is false, else unknown as soon as one is unknown. Unknown never fires and never clears.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from westsync.domain.facts import Facts, FactSpec, FactType, Group, Unknown
from westsync.domain.places import Map, Node, Place, Scalar, Seq
from westsync.rules.expressions import compile_expression
from westsync.rules.operators import OPERATORS, compile_scalar, is_empty
from westsync.rules.reading import as_items, as_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from westsync.rules.operators import Flip, Predicate
    from westsync.rules.reading import Problems
    from westsync.rules.vocabulary import Vocabulary

Verdict = bool | None

_GROUPS = ("any", "all", "not")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafTrace:
    """What one leaf said, for `westsync explain`.

    Attributes:
        verdict: True, False, or None for unknown.
        text: The leaf as written, in one line.
        facts: Names of the facts it read.
        depth: How deep it stands in any/all/not groups.
    """

    verdict: Verdict
    text: str
    facts: tuple[str, ...]
    depth: int = 0


class Condition(Protocol):
    """A compiled condition.

    Attributes:
        reads: Names of all facts it can read.
        place: Where it stands in the rule file.
    """

    reads: frozenset[str]
    place: Place

    def test(self, values: Mapping[str, object], now: datetime) -> Verdict:
        """Return whether it holds."""
        ...

    def flips_at(self, values: Mapping[str, object], now: datetime) -> Iterator[datetime]:
        """Yield the future moments at which time alone may change a leaf's answer."""
        ...

    def trace(self, values: Mapping[str, object], now: datetime, depth: int) -> Iterator[LeafTrace]:
        """Yield what each leaf said."""
        ...


class Leaf:
    """One fact with one or more operators, all of which must fit."""

    def __init__(
        self, fact: str, text: str, place: Place, tests: tuple[tuple[Predicate, Flip], ...]
    ) -> None:
        """Bind the compiled operators to the fact."""
        self.fact = fact
        self.text = text
        self.place = place
        self.reads = frozenset({fact})
        self._tests = tuple(test for test, _ in tests)
        self._flips = tuple(flip for _, flip in tests)

    def test(self, values: Mapping[str, object], now: datetime) -> Verdict:
        """Return whether the fact fits; unknown if nobody knows it."""
        value = values.get(self.fact, _MISSING)
        if value.__class__ is Unknown:
            return None
        return all(test(value, now) for test in self._tests)

    def flips_at(self, values: Mapping[str, object], now: datetime) -> Iterator[datetime]:
        """Yield when an age limit of this leaf is reached."""
        value = values.get(self.fact, _MISSING)
        for flip in self._flips:
            moment = flip(value, now)
            if moment is not None:
                yield moment

    def trace(self, values: Mapping[str, object], now: datetime, depth: int) -> Iterator[LeafTrace]:
        """Yield this leaf's answer."""
        verdict = self.test(values, now)
        yield LeafTrace(verdict=verdict, text=self.text, facts=(self.fact,), depth=depth)


class Expression:
    """An ``expr`` leaf: the escape hatch for comparing facts with each other."""

    def __init__(
        self,
        text: str,
        place: Place,
        reads: frozenset[str],
        evaluate: Callable[[Mapping[str, object]], bool],
    ) -> None:
        """Bind the compiled expression."""
        self.text = text
        self.place = place
        self.reads = reads
        self._evaluate = evaluate

    def test(self, values: Mapping[str, object], now: datetime) -> Verdict:
        """Return whether it holds; unknown if a fact it reads is unknown."""
        del now  # an expression knows no time: it could not say when it will change
        if any(values.get(name, _MISSING).__class__ is Unknown for name in self.reads):
            return None
        return self._evaluate(values)

    def flips_at(self, values: Mapping[str, object], now: datetime) -> Iterator[datetime]:
        """Yield nothing: time alone changes no expression."""
        del values, now
        return iter(())

    def trace(self, values: Mapping[str, object], now: datetime, depth: int) -> Iterator[LeafTrace]:
        """Yield this leaf's answer."""
        yield LeafTrace(
            verdict=self.test(values, now),
            text=f"expr {self.text}",
            facts=tuple(sorted(self.reads)),
            depth=depth,
        )


class All:
    """Every part must hold."""

    def __init__(self, parts: tuple[Condition, ...], place: Place) -> None:
        """Combine the parts."""
        self.parts = parts
        self.place = place
        self.reads = frozenset[str]().union(*(part.reads for part in parts))
        self._tests = tuple(part.test for part in parts)

    def test(self, values: Mapping[str, object], now: datetime) -> Verdict:
        """Return false if a part is false, else unknown if one is unknown."""
        verdict: Verdict = True
        for test in self._tests:
            answer = test(values, now)
            if answer is False:
                return False
            if answer is None:
                verdict = None
        return verdict

    def flips_at(self, values: Mapping[str, object], now: datetime) -> Iterator[datetime]:
        """Yield the parts' moments."""
        for part in self.parts:
            yield from part.flips_at(values, now)

    def trace(self, values: Mapping[str, object], now: datetime, depth: int) -> Iterator[LeafTrace]:
        """Yield the parts' answers."""
        for part in self.parts:
            yield from part.trace(values, now, depth)


class AnyOf:
    """At least one part must hold."""

    def __init__(self, parts: tuple[Condition, ...], place: Place) -> None:
        """Combine the parts."""
        self.parts = parts
        self.place = place
        self.reads = frozenset[str]().union(*(part.reads for part in parts))

    def test(self, values: Mapping[str, object], now: datetime) -> Verdict:
        """Return true if a part is true, else unknown if one is unknown."""
        verdict: Verdict = False
        for part in self.parts:
            answer = part.test(values, now)
            if answer is True:
                return True
            if answer is None:
                verdict = None
        return verdict

    def flips_at(self, values: Mapping[str, object], now: datetime) -> Iterator[datetime]:
        """Yield the parts' moments."""
        for part in self.parts:
            yield from part.flips_at(values, now)

    def trace(self, values: Mapping[str, object], now: datetime, depth: int) -> Iterator[LeafTrace]:
        """Yield the group's answer and below it the parts'."""
        yield LeafTrace(verdict=self.test(values, now), text="any of", facts=(), depth=depth)
        for part in self.parts:
            yield from part.trace(values, now, depth + 1)


class Not:
    """The part must not hold."""

    def __init__(self, part: Condition, place: Place) -> None:
        """Turn the part round."""
        self.part = part
        self.place = place
        self.reads = part.reads

    def test(self, values: Mapping[str, object], now: datetime) -> Verdict:
        """Return the opposite; unknown stays unknown."""
        answer = self.part.test(values, now)
        return None if answer is None else not answer

    def flips_at(self, values: Mapping[str, object], now: datetime) -> Iterator[datetime]:
        """Yield the part's moments."""
        return self.part.flips_at(values, now)

    def trace(self, values: Mapping[str, object], now: datetime, depth: int) -> Iterator[LeafTrace]:
        """Yield the group's answer and below it the part's."""
        yield LeafTrace(verdict=self.test(values, now), text="not", facts=(), depth=depth)
        yield from self.part.trace(values, now, depth + 1)


ALWAYS = All((), Place(file="-"))
_MISSING = Unknown("not a fact of this object")


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
    parts = _compile_each(as_items(node), scope)
    return parts[0] if len(parts) == 1 else All(parts, node.place)


def _compile_each(nodes: tuple[Node, ...], scope: Scope) -> tuple[Condition, ...]:
    compiled = (_compile_one(node, scope) for node in nodes)
    return tuple(part for part in compiled if part is not None)


def _compile_one(node: Node, scope: Scope) -> Condition | None:
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
    compiled = compile_expression(text, scope.kind, scope.facts, value.place, scope.problems)
    if compiled is None:
        return None
    reads, evaluate = compiled
    return Expression(text, value.place, reads, evaluate)


def _compile_leaf(name: str, place: Place, value: Node, scope: Scope) -> Condition | None:
    fact = scope.facts.get(name)
    if fact is None:
        scope.problems.unknown(place, "fact", name, f" of {scope.kind}", scope.facts)
        return None
    if isinstance(value, Map):
        operators = value.entries
    else:
        operators = (("in" if isinstance(value, Seq) else "is", place, value),)
    fitting = [op.name for op in OPERATORS.values() if fact.type in op.types]
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
            wanted = not (isinstance(argument, Scalar) and argument.value is False)
            return (lambda value, _: is_empty(value) is wanted), _no_flip
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
        if op not in OPERATORS or FactType.NUMBER not in OPERATORS[op].types:
            fitting = [o.name for o in OPERATORS.values() if FactType.NUMBER in o.types]
            scope.problems.unknown(place, "operator", op, " of 'count'", fitting)
            continue
        tests.append(compile_scalar(op, operand, number, scope.vocabulary, scope.problems)[0])

    def test(value: object, now: datetime) -> bool:
        size = len(value) if isinstance(value, tuple) else 0
        return all(part(size, now) for part in tests)

    return test, _no_flip


def _compile_quantifier(
    op: str, argument: Node, fact: FactSpec, scope: Scope
) -> tuple[Predicate, Flip]:
    items = {spec.name: spec for spec in fact.items}
    inner = compile_conditions(
        argument, replace(scope, kind=f"an entry of {fact.name}", facts=items)
    )

    def test(value: object, now: datetime) -> bool:
        entries = value if isinstance(value, tuple) else ()
        fits = (inner.test(entry, now) is True for entry in entries)
        match op:
            case "any":
                return any(fits)
            case "none":
                return not any(fits)
            case _:
                return all(fits)

    def flip(value: object, now: datetime) -> datetime | None:
        entries = value if isinstance(value, tuple) else ()
        moments = [moment for entry in entries for moment in inner.flips_at(entry, now)]
        return min(moments, default=None)

    return test, flip


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


def _no_flip(_value: object, _now: datetime) -> datetime | None:
    return None


def groups_read(condition: Condition, facts: Mapping[str, FactSpec]) -> frozenset[Group]:
    """Return everything that must have been read for the condition to be known."""
    return frozenset(
        group for name in condition.reads if name in facts for group in facts[name].groups
    )


def describe(facts: Facts, name: str) -> object:
    """Return a fact's value for a trace; `Unknown` where nobody knows it."""
    return facts.values.get(name, _MISSING)

"""The operators of the rule language: which fact types they fit and what they mean.

An operator compiles its argument once and answers many times. Values are as `domain.facts.Facts`
describes them; an unknown value never reaches an operator.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from westsync.domain.facts import FactSpec, FactType
from westsync.domain.places import Node, Scalar
from westsync.rules.operands import NOW, read_operand
from westsync.rules.reading import Problems, as_items, as_text, read_duration

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from decimal import Decimal

    from westsync.rules.vocabulary import Vocabulary

    Predicate = Callable[[object, datetime], bool | None]
    Flip = Callable[[object, datetime], datetime | None]

_NUMERIC = frozenset({FactType.NUMBER, FactType.MONEY})
_ORDERED = _NUMERIC | {FactType.MOMENT}
_WORDS = frozenset(
    {FactType.TEXT, FactType.PERSON, FactType.STAGE, FactType.PIPELINE, FactType.CHOICE}
)
_SCALAR = _ORDERED | _WORDS | {FactType.FLAG}
_MANY = frozenset({FactType.TEXTS, FactType.RECORDS})


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator of the reference page.

    Attributes:
        name: As rules write it.
        types: Fact types it fits.
        meaning: One clause for the reference page.
        takes: What its argument looks like, for the reference page.
    """

    name: str
    types: frozenset[FactType]
    meaning: str
    takes: str


OPERATORS: Mapping[str, Operator] = {
    op.name: op
    for op in (
        Operator("is", _SCALAR, "the fact has this value (texts: letter case is ignored)", "value"),
        Operator("in", _SCALAR - {FactType.FLAG}, "the fact has one of these values", "list"),
        Operator("not_in", _SCALAR - {FactType.FLAG}, "the fact has none of these values", "list"),
        Operator("empty", _SCALAR | _MANY, "the fact has no value, or the list no entry", "flag"),
        Operator("gt", _ORDERED, "greater, or later", "value"),
        Operator("gte", _ORDERED, "greater or equal, or not earlier", "value"),
        Operator("lt", _ORDERED, "less, or earlier", "value"),
        Operator("lte", _ORDERED, "less or equal, or not later", "value"),
        Operator("between", _ORDERED, "from the first to the second, both included", "pair"),
        Operator(
            "contains",
            frozenset({FactType.TEXT, FactType.TEXTS}),
            "the text contains the words, or the list the entry",
            "text",
        ),
        Operator(
            "changed_within",
            frozenset({FactType.MOMENT}),
            "the moment lies less than this much counted time back",
            "duration",
        ),
        Operator(
            "older_than",
            frozenset({FactType.MOMENT}),
            "the moment lies at least this much counted time back",
            "duration",
        ),
        Operator("any", frozenset({FactType.RECORDS}), "some entry fits all conditions", "leaves"),
        Operator("none", frozenset({FactType.RECORDS}), "no entry fits all conditions", "leaves"),
        Operator("all", frozenset({FactType.RECORDS}), "every entry fits all conditions", "leaves"),
        Operator("count", _MANY, "the number of entries fits", "number or {op: number}"),
    )
}

_TICK = timedelta(seconds=1)


def is_empty(value: object) -> bool:
    """Return whether a known value counts as not filled: None, an empty text or list."""
    # Nearly all values are true: only those that are not are looked at.
    return not value and (value is None or value in ("", ()))


def compile_scalar(
    op: str, argument: Node, fact: FactSpec, vocabulary: Vocabulary, problems: Problems
) -> tuple[Predicate, Flip]:
    """Compile one operator on a single value.

    Args:
        op: Name of an operator that fits the fact's type.
        argument: Its argument in the rule file.
        fact: The fact it is applied to.
        vocabulary: Known names, the calendar that counts durations, the office zone.
        problems: Where a bad argument is noted (the predicate is then never true).

    Returns:
        The predicate of (value, now), and when its answer may next change by time alone.
    """
    match op:
        case "is":
            wanted = read_operand(argument, fact, vocabulary, problems)
            if is_empty(wanted):
                return (lambda value, _: is_empty(value)), never
            return _equality(frozenset({_folded(wanted)}), expected=True), never
        case "in" | "not_in":
            operands = [read_operand(n, fact, vocabulary, problems) for n in as_items(argument)]
            if not operands:
                problems.add(argument.place, f"'{op}' of '{fact.name}' has no values")
            words = frozenset(_folded(item) for item in operands)
            return _equality(words, expected=op == "in"), never
        case "contains":
            return _contains(argument, problems), never
        case "changed_within" | "older_than":
            return _age(op, argument, vocabulary, problems)
        case "between":
            return _between(argument, fact, vocabulary, problems)
        case _:
            return _comparison(op, argument, fact, vocabulary, problems)


def _folded(value: object) -> object:
    return value.casefold().strip() if isinstance(value, str) else value


def _equality(words: frozenset[object], *, expected: bool) -> Predicate:
    def test(value: object, _now: datetime) -> bool:
        if value in words:  # most names stand in rules as they stand in the settings
            return expected
        known = value.casefold().strip() if isinstance(value, str) else value
        return (known in words) is expected

    return test


def _contains(argument: Node, problems: Problems) -> Predicate:
    text = as_text(argument)
    if text is None or not text.strip():
        problems.add(argument.place, "'contains' takes a text that is not empty")
        return never_true
    needle = text.casefold()

    def test(value: object, _now: datetime) -> bool:
        if isinstance(value, str):
            return needle in value.casefold()
        return isinstance(value, tuple) and needle in {str(item).casefold() for item in value}

    return test


def _age(
    op: str, argument: Node, vocabulary: Vocabulary, problems: Problems
) -> tuple[Predicate, Flip]:
    duration = read_duration(argument, problems)
    calendar = vocabulary.calendar
    if duration is None or calendar is None:
        return never_true, never
    within = op == "changed_within"

    def test(value: object, now: datetime) -> bool:
        return isinstance(value, datetime) and (now < duration.due(value, calendar)) is within

    def flip(value: object, now: datetime) -> datetime | None:
        due = duration.due(value, calendar) if isinstance(value, datetime) else None
        return due if due is not None and due > now else None

    return test, flip


def _read_limit(
    node: Node, fact: FactSpec, vocabulary: Vocabulary, problems: Problems
) -> str | bool | Decimal | datetime | None:
    """Read a value that a fact is greater or less than; nothing is not such a value."""
    if isinstance(node, Scalar) and node.value is None:
        problems.add(node.place, f"'{fact.name}' is compared with nothing", "write a value")
        return None
    return read_operand(node, fact, vocabulary, problems)


def _comparison(
    op: str, argument: Node, fact: FactSpec, vocabulary: Vocabulary, problems: Problems
) -> tuple[Predicate, Flip]:
    if fact.type is FactType.MOMENT and as_text(argument) == NOW:
        return _against_now(op)
    limit = _read_limit(argument, fact, vocabulary, problems)
    if limit is None:
        return never_true, never
    compare = _COMPARE[op]

    def test(value: object, _now: datetime) -> bool:
        return value is not None and compare(value, limit)

    return test, never


def _against_now(op: str) -> tuple[Predicate, Flip]:
    compare = _COMPARE[op]
    # At the moment itself `gt` and `lte` change their answer; `lt` and `gte` do so just after it.
    delay = timedelta(0) if op in {"gt", "lte"} else _TICK

    def test(value: object, now: datetime) -> bool:
        return isinstance(value, datetime) and compare(value, now)

    def flip(value: object, now: datetime) -> datetime | None:
        moment = value + delay if isinstance(value, datetime) else None
        return moment if moment is not None and moment > now else None

    return test, flip


def _between(
    argument: Node, fact: FactSpec, vocabulary: Vocabulary, problems: Problems
) -> tuple[Predicate, Flip]:
    pair = as_items(argument)
    if len(pair) != 2:
        problems.add(argument.place, "'between' takes two values, the lower one first")
        return never_true, never
    low, high = (_read_limit(node, fact, vocabulary, problems) for node in pair)
    if low is None or high is None:
        return never_true, never
    if _COMPARE["gt"](low, high):
        problems.add(argument.place, "'between' has the higher value first; swap the two")

    def test(value: object, _now: datetime) -> bool:
        return value is not None and _COMPARE["lte"](low, value) and _COMPARE["lte"](value, high)

    return test, never


_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {  # both sides have the fact's own type
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}


def never_true(_value: object, _now: datetime) -> bool:
    """Hold for nothing: what is left of an operator whose argument is wrong."""
    return False


def never(_value: object, _now: datetime) -> datetime | None:
    """Say that time alone does not change the answer."""
    return None

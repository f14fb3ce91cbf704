"""``expr``: rule-engine expressions over the fact catalogue, type-checked when the file is read.

Regex operators and the clock are taken out: the first can hang on a client's text, the second would
make an answer change without anybody knowing when. An empty fact makes a comparison false.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from westsync.domain.facts import FactSpec, FactType

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import rule_engine

    from westsync.domain.places import Place
    from westsync.rules.reading import Problems

MAX_LENGTH = 300

_QUOTED = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"")
_REGEX_OPERATOR = re.compile(r"[=!]~~?")
_BUILT_IN_TIME = re.compile(r"\$(now|today|random)\b")
_COMPREHENSION = re.compile(r"\bfor\b")


class _EmptyFact(Exception):
    """A fact that the expression reads has no value."""


def compile_expression(
    text: str, kind: str, facts: Mapping[str, FactSpec], place: Place, problems: Problems
) -> tuple[frozenset[str], Callable[[Mapping[str, object]], bool]] | None:
    """Compile an expression such as ``deal.paid_total >= deal.invoice_total * 0.3``.

    Args:
        text: The expression.
        kind: Name of the object in it: ``deal``, ``client`` or ``task``.
        facts: The object's facts; their types are checked now.
        place: Where it stands.
        problems: Where a mistake is noted.

    Returns:
        The names of the facts it reads and the function that answers; None after a mistake.
    """
    bare = _QUOTED.sub("''", text)
    reason = _refusal(text, bare, kind)
    if reason is not None:
        problems.add(place, f"expr: {reason}")
        return None
    import rule_engine  # noqa: PLC0415 - costs start-up time only where a rule has an expression
    from rule_engine import errors  # noqa: PLC0415 - as above

    context = _context(kind, facts)
    try:
        rule = rule_engine.Rule(text, context=context)
    except errors.ObjectAttributeError as exc:
        problems.unknown(place, "attribute", exc.attribute_name, "", facts)
        _mark_expression(problems)
        return None
    except errors.SymbolResolutionError as exc:
        problems.add(place, f"expr: unknown name '{exc.symbol_name}'", f"write {kind}.<fact>")
        return None
    except errors.EngineError as exc:
        problems.add(place, f"expr: {exc.message}")
        return None
    pattern = re.compile(rf"\b{re.escape(kind)}&?\.(\w+)")
    return frozenset(pattern.findall(bare)), _evaluator(rule, kind)


def _refusal(text: str, bare: str, kind: str) -> str | None:
    if len(text) > MAX_LENGTH:
        return f"longer than {MAX_LENGTH} characters; split it into several conditions"
    if _REGEX_OPERATOR.search(bare):
        return "regular expressions are not offered; use the operator 'contains'"
    if _BUILT_IN_TIME.search(bare):
        return "the clock is not offered; use 'older_than', 'changed_within' or 'lt: now'"
    if _COMPREHENSION.search(bare):
        return "comprehensions are not offered; use any, none, all or count on the list"
    if re.search(rf"\b{re.escape(kind)}\b(?!&?\.\w)", bare):
        # The facts that it reads are found by their names; the object as a whole has none.
        return f"'{kind}' alone is no value; write {kind}.<fact>"
    return None


def _mark_expression(problems: Problems) -> None:
    """Put ``expr:`` before the newest problem, as the grammar shows it."""
    last = problems.found.pop()
    problems.add(last.place, f"expr: {last.text}", last.cure)


def _context(kind: str, facts: Mapping[str, FactSpec]) -> rule_engine.Context:
    from rule_engine import Context, DataType  # noqa: PLC0415 - see compile_expression

    types = {
        FactType.NUMBER: DataType.FLOAT,
        FactType.MONEY: DataType.FLOAT,
        FactType.MOMENT: DataType.DATETIME,
        FactType.FLAG: DataType.BOOLEAN,
        FactType.TEXTS: DataType.ARRAY(DataType.STRING),
    }

    def attribute(values: Mapping[str, object], name: str) -> object:
        value = values[name]
        if value is None:
            raise _EmptyFact
        return value

    attributes = {
        name: types.get(fact.type, DataType.STRING)
        for name, fact in facts.items()
        if fact.type is not FactType.RECORDS
    }
    definition = DataType.OBJECT(kind, attributes, attribute)
    return Context(type_resolver={kind: definition}, default_timezone="UTC")


def _evaluator(rule: rule_engine.Rule, kind: str) -> Callable[[Mapping[str, object]], bool]:
    from rule_engine import errors  # noqa: PLC0415 - see compile_expression

    def evaluate(values: Mapping[str, object]) -> bool:
        try:
            return bool(rule.matches({kind: values}))
        except (_EmptyFact, errors.EvaluationError):
            return False

    return evaluate

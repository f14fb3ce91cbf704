"""The values that facts are compared with, as rules write them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from westsync.domain.facts import FactSpec, FactType
from westsync.domain.places import Node, Scalar
from westsync.rules.reading import Problems, as_text

if TYPE_CHECKING:
    from westsync.rules.vocabulary import Vocabulary

NOW = "now"


def read_operand(
    node: Node, fact: FactSpec, vocabulary: Vocabulary, problems: Problems
) -> str | bool | Decimal | datetime | None:
    """Read the value that a fact is compared with; a value that cannot fit is noted."""
    if isinstance(node, Scalar) and node.value is None:
        return None
    text = as_text(node)
    if text is None:
        problems.add(node.place, f"'{fact.name}' is compared with a single value")
        return None
    match fact.type:
        case FactType.FLAG:
            if isinstance(node, Scalar) and isinstance(node.value, bool):
                return node.value
            problems.add(node.place, f"'{fact.name}' is true or false, not '{text}'")
            return None
        case FactType.NUMBER | FactType.MONEY:
            return _read_number(node, text, fact, problems)
        case FactType.MOMENT:
            return _read_moment(node, text, fact, vocabulary, problems)
        case FactType.STAGE:
            vocabulary.check("stage", text, vocabulary.stage_names(), node.place, problems)
        case FactType.PIPELINE:
            vocabulary.check("pipeline", text, vocabulary.pipelines, node.place, problems)
        case FactType.PERSON:
            vocabulary.check("person", text, vocabulary.people, node.place, problems)
        case FactType.CHOICE:
            vocabulary.check(f"{fact.name}", text, fact.choices, node.place, problems)
        case FactType.TEXT | FactType.TEXTS | FactType.RECORDS:
            pass
    return text


def _read_number(node: Node, text: str, fact: FactSpec, problems: Problems) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if number.is_finite():
        return number
    problems.add(node.place, f"'{fact.name}' is a number, not '{text}'")
    return None


def _read_moment(
    node: Node, text: str, fact: FactSpec, vocabulary: Vocabulary, problems: Problems
) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        problems.add(
            node.place,
            f"'{fact.name}' is a moment, not '{text}'",
            'write a time like "2026-11-24 10:00", or compare with now by gt, gte, lt, lte',
        )
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=vocabulary.zone)

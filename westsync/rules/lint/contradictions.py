"""Conditions that can never hold together."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from itertools import combinations
from typing import TYPE_CHECKING

from westsync.domain.durations import Duration
from westsync.domain.facts import FactType
from westsync.rules.lint.leaves import WrittenLeaf, branches, required
from westsync.rules.operands import NOW, read_operand
from westsync.rules.reading import Problems, as_items, as_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from westsync.domain.facts import FactSpec
    from westsync.domain.places import Node
    from westsync.rules.vocabulary import Vocabulary

_BELOW = frozenset({"lt", "lte"})
_ABOVE = frozenset({"gt", "gte"})
_NEEDS_A_VALUE = frozenset(
    {"in", "gt", "gte", "lt", "lte", "between", "contains", "changed_within", "older_than", "any"}
)
Clash = tuple[WrittenLeaf, WrittenLeaf]


def clash_in(
    nodes: Sequence[Node | None], facts: Mapping[str, FactSpec], vocabulary: Vocabulary
) -> Clash | None:
    """Return two leaves that can never both hold though all of the conditions must; None if none.

    Args:
        nodes: Conditions all of which must hold.
        facts: What they may speak about.
        vocabulary: Which stages are of which pipeline.
    """
    leaves = [leaf for node in nodes for leaf in required(node)]
    found = _among(leaves, facts, vocabulary)
    if found is not None:
        return found
    for node in nodes:
        for _, parts in branches(node):
            dead = [_among([*leaves, *required(part)], facts, vocabulary) for part in parts]
            if dead and all(clash is not None for clash in dead):
                return dead[0]
    return None


def _among(
    leaves: Iterable[WrittenLeaf], facts: Mapping[str, FactSpec], vocabulary: Vocabulary
) -> Clash | None:
    for one, other in combinations(leaves, 2):
        spec = facts.get(one.fact)
        if one.fact == other.fact and spec is not None:
            if _exclude(one, other, spec, vocabulary) or _exclude(other, one, spec, vocabulary):
                return one, other
        elif {one.fact, other.fact} == {"pipeline", "stage"}:
            pipeline, stage = (one, other) if one.fact == "pipeline" else (other, one)
            if _is_elsewhere(stage, pipeline, vocabulary):
                return one, other
    return None


def _exclude(one: WrittenLeaf, other: WrittenLeaf, spec: FactSpec, vocabulary: Vocabulary) -> bool:
    """Return whether the first leaf says what the second forbids; asked both ways round."""
    if _says_empty(one) and _says_filled(other):
        return True
    if spec.type in {FactType.NUMBER, FactType.MONEY, FactType.MOMENT}:
        return _out_of_reach(one, other, spec, vocabulary)
    chosen, others, forbidden = _chosen(one), _chosen(other), _forbidden(other)
    if chosen is None:
        return False
    if others is not None:
        return not chosen & others
    return forbidden is not None and chosen <= forbidden


def _says_empty(leaf: WrittenLeaf) -> bool:
    return leaf.op == "empty" and leaf.flag is leaf.holds


def _says_filled(leaf: WrittenLeaf) -> bool:
    if leaf.op == "empty":
        return leaf.flag is not None and leaf.flag is not leaf.holds
    if leaf.op == "is":
        return leaf.holds and bool(leaf.words) and leaf.words != {""}
    return leaf.holds and leaf.op in _NEEDS_A_VALUE


def _chosen(leaf: WrittenLeaf) -> frozenset[str] | None:
    """Return the only values that a leaf allows; None if it allows others too."""
    if (leaf.op in {"is", "in"} and leaf.holds) or (leaf.op == "not_in" and not leaf.holds):
        return leaf.words
    return None


def _forbidden(leaf: WrittenLeaf) -> frozenset[str] | None:
    """Return the values that a leaf forbids; None if it forbids none by name."""
    if (leaf.op in {"is", "in"} and not leaf.holds) or (leaf.op == "not_in" and leaf.holds):
        return leaf.words
    return None


def _is_elsewhere(stage: WrittenLeaf, pipeline: WrittenLeaf, vocabulary: Vocabulary) -> bool:
    stages, pipelines = _chosen(stage), _chosen(pipeline)
    if not stages or not pipelines:
        return False
    there = {
        name.casefold()
        for program, names in vocabulary.stages.items()
        if program.casefold() in pipelines
        for name in names
    }
    return bool(there) and not stages & there


# -- greater and less ------------------------------------------------------------------------------


def _out_of_reach(
    low: WrittenLeaf, high: WrittenLeaf, spec: FactSpec, vocabulary: Vocabulary
) -> bool:
    """Return whether one leaf wants more than the other allows."""
    if not (low.holds and high.holds):
        return False
    if {low.op, high.op} == {"older_than", "changed_within"}:
        older, within = (low, high) if low.op == "older_than" else (high, low)
        return _at_least_as_long(older.argument, within.argument)
    if as_text(low.argument) == NOW or as_text(high.argument) == NOW:
        return _is_ahead(low) and _is_past(high)
    floor, ceiling = _floor(low, spec, vocabulary), _ceiling(high, spec, vocabulary)
    if floor is None or ceiling is None:
        return False
    (least, open_below), (most, open_above) = floor, ceiling
    if isinstance(least, Decimal) and isinstance(most, Decimal):
        return least > most or (least == most and (open_below or open_above))
    if isinstance(least, datetime) and isinstance(most, datetime):
        return least > most or (least == most and (open_below or open_above))
    return False


def _is_ahead(leaf: WrittenLeaf) -> bool:
    return leaf.op == "gt" and as_text(leaf.argument) == NOW


def _is_past(leaf: WrittenLeaf) -> bool:
    return leaf.op == "older_than" or (leaf.op in _BELOW and as_text(leaf.argument) == NOW)


def _at_least_as_long(older: Node, within: Node) -> bool:
    """Return whether what must be so old cannot have changed so lately."""
    try:
        least, most = Duration.parse(as_text(older) or ""), Duration.parse(as_text(within) or "")
    except ValueError:
        return False
    return least.unit is most.unit and least.amount >= most.amount


Bound = tuple[object, bool]


def _floor(leaf: WrittenLeaf, spec: FactSpec, vocabulary: Vocabulary) -> Bound | None:
    """Return the least value a leaf allows, and whether it is itself left out."""
    if leaf.op in _ABOVE:
        return _value(leaf.argument, spec, vocabulary), leaf.op == "gt"
    return _named(leaf, 0, spec, vocabulary)


def _ceiling(leaf: WrittenLeaf, spec: FactSpec, vocabulary: Vocabulary) -> Bound | None:
    """Return the greatest value a leaf allows, and whether it is itself left out."""
    if leaf.op in _BELOW:
        return _value(leaf.argument, spec, vocabulary), leaf.op == "lt"
    return _named(leaf, 1, spec, vocabulary)


def _named(leaf: WrittenLeaf, end: int, spec: FactSpec, vocabulary: Vocabulary) -> Bound | None:
    """Return the value that ``is`` names, or one end of those that ``between`` names."""
    if leaf.op == "is":
        return _value(leaf.argument, spec, vocabulary), False
    pair = as_items(leaf.argument)
    if leaf.op == "between" and len(pair) == 2:
        return _value(pair[end], spec, vocabulary), False
    return None


def _value(node: Node, spec: FactSpec, vocabulary: Vocabulary) -> object:
    return read_operand(node, spec, vocabulary, Problems())

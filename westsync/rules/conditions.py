"""Conditions: three-valued trees over facts, compiled once from the rule file.

A leaf is true, false or unknown (None); groups follow Kleene: ``all`` is false as soon as one
part is false, else unknown as soon as one is unknown. Unknown never fires and never clears.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from westsync.domain.facts import Unknown
from westsync.rules.operators import never

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from westsync.domain.places import Place
    from westsync.rules.operators import Flip, Predicate

Verdict = bool | None

_MISSING = Unknown("not a fact of this object")


def all_of(answers: Iterable[Verdict]) -> Verdict:
    """Return false if an answer is false, else unknown if one is unknown, else true."""
    verdict: Verdict = True
    for answer in answers:
        if answer is False:
            return False
        if answer is None:
            verdict = None
    return verdict


def any_of(answers: Iterable[Verdict]) -> Verdict:
    """Return true if an answer is true, else unknown if one is unknown, else false."""
    verdict: Verdict = False
    for answer in answers:
        if answer is True:
            return True
        if answer is None:
            verdict = None
    return verdict


def _every(fits: tuple[Predicate, ...]) -> Predicate:
    """Return a predicate that says what `all_of` says of the answers of some."""
    if len(fits) == 1:  # as nearly always
        return fits[0]
    return lambda value, now: all_of(one(value, now) for one in fits)


def opposite(answer: Verdict) -> Verdict:
    """Return the opposite; unknown stays unknown."""
    return None if answer is None else not answer


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
        turns: Whether time alone may change its answer.
    """

    reads: frozenset[str]
    place: Place
    turns: bool

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
        self.fits = _every(tuple(test for test, _ in tests))
        self._flips = tuple(flip for _, flip in tests if flip is not never)
        self.turns = bool(self._flips)

    def test(self, values: Mapping[str, object], now: datetime) -> Verdict:
        """Return whether the fact fits; unknown if nobody knows it."""
        value = values.get(self.fact, _MISSING)
        return None if value.__class__ is Unknown else self.fits(value, now)

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
        self.turns = False
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


class _Group:
    """Conditions that are asked together."""

    def __init__(self, parts: tuple[Condition, ...], place: Place) -> None:
        """Combine the parts."""
        self.parts = parts
        self.place = place
        self.reads = frozenset[str]().union(*(part.reads for part in parts))
        self.turns = any(part.turns for part in parts)
        self._turning = tuple(part for part in parts if part.turns)

    def flips_at(self, values: Mapping[str, object], now: datetime) -> Iterator[datetime]:
        """Yield the parts' moments."""
        for part in self._turning:
            yield from part.flips_at(values, now)


class All(_Group):
    """Every part must hold."""

    def __init__(self, parts: tuple[Condition, ...], place: Place) -> None:
        """Combine the parts: leaves are looked at before what costs more."""
        super().__init__(parts, place)
        self._leaves = tuple((part.fact, part.fits) for part in parts if isinstance(part, Leaf))
        self._others = tuple(part for part in parts if not isinstance(part, Leaf))

    def test(self, values: Mapping[str, object], now: datetime) -> Verdict:
        """Return false if a part is false, else unknown if one is unknown.

        Of all questions this is asked most; so each leaf is looked at without a call of its own.
        """
        verdict: Verdict = True
        for fact, fits in self._leaves:
            value = values.get(fact, _MISSING)
            answer = None if value.__class__ is Unknown else fits(value, now)
            if answer is False:
                return False
            if answer is None:
                verdict = None
        rest = all_of(part.test(values, now) for part in self._others) if self._others else True
        return verdict if rest is True else rest

    def trace(self, values: Mapping[str, object], now: datetime, depth: int) -> Iterator[LeafTrace]:
        """Yield the parts' answers."""
        for part in self.parts:
            yield from part.trace(values, now, depth)


class AnyOf(_Group):
    """At least one part must hold."""

    def test(self, values: Mapping[str, object], now: datetime) -> Verdict:
        """Return true if a part is true, else unknown if one is unknown."""
        return any_of(part.test(values, now) for part in self.parts)

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
        self.turns = part.turns

    def test(self, values: Mapping[str, object], now: datetime) -> Verdict:
        """Return the opposite; unknown stays unknown."""
        return opposite(self.part.test(values, now))

    def flips_at(self, values: Mapping[str, object], now: datetime) -> Iterator[datetime]:
        """Yield the part's moments."""
        return self.part.flips_at(values, now)

    def trace(self, values: Mapping[str, object], now: datetime, depth: int) -> Iterator[LeafTrace]:
        """Yield the group's answer and below it the part's."""
        yield LeafTrace(verdict=self.test(values, now), text="not", facts=(), depth=depth)
        yield from self.part.trace(values, now, depth + 1)

"""Comparing two prepared names: the same, perhaps, or not (suppliers contract 8.1)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from westsync.domain.matching.spelling import has_cyrillic, has_digit, has_latin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from westsync.domain.matching.names import PreparedName

_LIKE = 80.0
_LIKE_FROM = 4
_PREFIX = 4
_SAME_BEGINNING = 3
_DENIALS = frozenset({"БЕЗ", "НЕ", "КРОМЕ"})
_CHANGES_THE_GOODS = (
    # Something beside the article, something for it, or the article in another state.
    "ЧЕХ", "КЕЙС", "КОФР", "СУМК", "РЮКЗАК", "НАКИДК", "СТОЙК", "ПОДСТАВК", "СТЕНД", "КРЕПЛ",
    "КРОНШТ", "КАБЕЛ", "АДАПТЕР", "БЛОК", "ЗАПЧАСТ", "ЗАПАСН", "СМЕНН", "РЕМКОМПЛ", "КОМПЛ",
    "НАБОР", "СИСТЕМ", "РЕМЕН", "РЕМН", "СТРУН", "ПЕДАЛ", "ПЛАСТИК", "КАПСЮЛ", "ДИНАМИК", "ПАРА",
    "ПАРЫ", "УПАК", "ЛЕВ", "ПРАВ", "АКТИВ", "ПАССИВ", "УЦЕН", "ВИТРИН", "ДЕМО", "Б/У", "БУ",
    "ВОССТАН", "КОМИСС", "АКСЕССУАР", "ДЕТАЛЬ", "ПЛАТА", "ЭКРАН", "ЛАМП", "ПУЛЬТ", "ДЕТСК",
)  # fmt: skip
"""Beginnings of words that, said on one side only, make it another article or another state."""


class Likeness(StrEnum):
    """What comparing two names comes to."""

    ACCEPT = "accept"
    ASK = "ask"
    REJECT = "reject"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The outcome and its reason, half an English sentence."""

    likeness: Likeness
    reason: str = ""


def compare(ours: PreparedName, theirs: PreparedName) -> Comparison:
    """Return whether two names are of one article.

    Symmetric. `Likeness.ACCEPT` needs both brands, equal model keys, and nothing said on one side
    that could make a difference.
    """
    rejected = _contradiction(ours, theirs)
    if rejected:
        return Comparison(likeness=Likeness.REJECT, reason=rejected)
    doubt = _one_sided(ours, theirs) or _residue(ours.words, theirs.words)
    if doubt:
        return Comparison(likeness=Likeness.ASK, reason=doubt)
    return Comparison(likeness=Likeness.ACCEPT)


def share_a_word(ours: PreparedName, theirs: PreparedName) -> bool:
    """Whether some word that is no model stands in both names, perhaps in another form."""
    return any(one == other or _alike(one, other) for one in ours.words for other in theirs.words)


def _contradiction(ours: PreparedName, theirs: PreparedName) -> str:
    """Return what the names contradict each other in; empty if in nothing."""
    if ours.brand and theirs.brand and ours.brand != theirs.brand:
        return "the brands differ"
    if ours.models != theirs.models:
        return "the models differ"
    for unit, numbers in ours.measures.items():
        if theirs.measures.get(unit, numbers) != numbers:
            return f"the numbers of {unit} differ"
    if ours.colours and theirs.colours and ours.colours != theirs.colours:
        return "the colours differ"
    return ""


def _one_sided(ours: PreparedName, theirs: PreparedName) -> str:
    """Return what only one of the names says; empty if nothing that matters."""
    if not ours.models:
        return "there is no model in the name"
    if not ours.brand or not theirs.brand:
        return "a brand is not known"
    if ours.colours != theirs.colours:
        return "only one name has a colour"
    if ours.is_for_model != theirs.is_for_model:
        return "one of them is something for the other"
    sizes = ours.measures.keys() ^ theirs.measures.keys()
    if sizes:
        # A wattage is often mere description, but a person decides that, not we.
        return f"only one name has a measure ({', '.join(sorted(sizes))})"
    return ""


def _residue(ours: Iterable[str], theirs: Iterable[str]) -> str:
    """Return why the words without a counterpart matter; empty if they do not."""
    left, right = list(ours), list(theirs)
    for word in list(left):
        twin = next((other for other in right if other == word), None)
        if twin is None:
            twin = next((other for other in right if _alike(word, other)), None)
        if twin is not None:
            left.remove(word)
            right.remove(twin)
    if left and right:
        return f"'{' '.join(left)}' or '{' '.join(right)}'?"
    for word in (*left, *right):
        if has_latin(word) or has_digit(word) or word in _DENIALS:
            return f"only one name has '{word}'"
        if word.startswith(_CHANGES_THE_GOODS):
            return f"only one name has '{word}', which may be another article"
    return ""


def _alike(one: str, other: str) -> bool:
    """Whether two different words are forms of one: Russian ones only, the rest must be equal."""
    if any(has_latin(word) or has_digit(word) for word in (one, other)):
        return False
    short, long = sorted((one.rstrip("."), other.rstrip(".")), key=len)
    if len(short) >= _PREFIX and long.startswith(short):
        return True
    if len(short) < _LIKE_FROM or not (has_cyrillic(short) and has_cyrillic(long)):
        return False
    # "навесной" and "подвесной" are 82 alike: what differs in front is another word.
    if short[:_SAME_BEGINNING] != long[:_SAME_BEGINNING]:
        return False
    from rapidfuzz.fuzz import ratio  # noqa: PLC0415 - heavy; only names that nearly agree need it

    return ratio(short, long) >= _LIKE

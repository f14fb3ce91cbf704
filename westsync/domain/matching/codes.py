"""Under which keys an article may stand in a source (suppliers contract 8, ``article_loose``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from westsync.domain.stock import Flag, Offer
from westsync.domain.stock_codes import loose_key, strict_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from westsync.domain.matching.questions import Question

_SHORTEST_STRIPPED = 3
_LOST_ZEROS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """One loose key to try.

    Attributes:
        number_only: It counts only for rows whose codes were numbers and may have lost zeros.
    """

    loose: str
    number_only: bool = False


def codes_of(row: Offer, keys: Iterable[str]) -> tuple[str, ...]:
    """Return the codes of a row in the fields that the profile lists; blank ones left out."""
    return tuple(code for key in keys if (code := str(getattr(row, key, ""))))


def strict_codes(row: Offer, keys: Iterable[str]) -> frozenset[str]:
    """Return the strict keys of a row's codes."""
    return frozenset(map(strict_key, codes_of(row, keys)))


def fits(row: Offer, spelling: Spelling, keys: Iterable[str]) -> bool:
    """Whether a row has the spelling in one of the listed fields."""
    if spelling.number_only and Flag.FROM_NUMBER not in row.flags:
        return False
    return any(loose_key(code) == spelling.loose for code in codes_of(row, keys))


def spellings(question: Question, prefixes: Iterable[str]) -> Iterator[Spelling]:
    """Walk the loose keys a question's article may have in the source, likeliest first.

    Args:
        question: With an article.
        prefixes: ``match.strip_prefixes`` and the brand's spelling, which only we write in front.
    """
    whole = loose_key(question.article)
    if not whole:
        return
    yield Spelling(loose=whole)
    strict = strict_key(question.article)
    for prefix in map(strict_key, prefixes):
        if prefix and strict.startswith(prefix):
            rest = loose_key(strict[len(prefix) :])
            if len(rest) >= _SHORTEST_STRIPPED and any(sign.isdigit() for sign in rest):
                yield Spelling(loose=rest)
    if whole.startswith("0") and whole.lstrip("0"):
        yield Spelling(loose=whole.lstrip("0"), number_only=True)
    if question.from_number:
        for zeros in range(1, _LOST_ZEROS + 1):
            yield Spelling(loose="0" * zeros + whole)

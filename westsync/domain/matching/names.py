"""Preparing a name for comparison: brand, model keys, measures, colour, and the words that remain.

Steps of suppliers contract 8.1. Product siblings differ by one character of a model number, so
model numbers are compared as keys, never by likeness.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from westsync.domain.matching.colours import colour_of, split_code
from westsync.domain.matching.measures import pull_measures
from westsync.domain.matching.spelling import (
    KNOWN_WORDS,
    cleaned,
    folded,
    has_cyrillic,
    has_digit,
    has_latin,
    is_latin_word,
    is_look_alike,
)
from westsync.domain.stock_codes import loose_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from westsync.domain.matching.brands import BrandTable
    from westsync.domain.matching.measures import Measures

_SPLIT = re.compile(r"[\s()\[\]{},;:!?«»\"'|]+")
_TELLING = re.compile(r"[^\W_]")
_STOP = frozenset(["С", "В", "К", "О", "У", "НА", "ДЛЯ", "ЦВЕТ", "NEW", "НОВИНКА", "ХИТ", "АКЦИЯ"])
_FOR = "ДЛЯ"
_FOR_REACH = 4
_GLUED_BEFORE = 4
_SUFFIXES = frozenset(
    (
        *("MKI", "MKII", "MKIII", "MKIV", "MK1", "MK2", "MK3", "MK4", "MK5", "III"),
        *("PRO", "PRO+", "PLUS", "LITE", "MINI", "MAX", "USB", "DSP"),
    )
)
_SUFFIX = 2
_LONGEST_NUMBER_WORD = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedName:
    """What a name says, taken apart.

    Attributes:
        brand: Canonical key; empty if not known.
        models: Model keys: "F 310" -> F310, "DDJ-400 MKII" -> DDJ400MKII.
        keys: `models` and what they would be without the word before the number, for searching.
        measures: Unit -> numbers.
        colours: Canonical colours.
        words: What remains, in order.
        is_for_model: The name is of something *for* a model ("Чехол для F310").
    """

    brand: str
    models: frozenset[str]
    keys: frozenset[str]
    measures: Measures
    colours: frozenset[str]
    words: tuple[str, ...]
    is_for_model: bool


def prepare(
    name: str, brands: BrandTable, *, brand: str = "", also: Iterable[str] = ()
) -> PreparedName:
    """Take a name apart.

    Args:
        name: As written by the supplier or in our CRM.
        brands: The table of spellings.
        brand: The field of the brand beside the name; empty if there is none.
        also: Canonical keys of brands to recognise in the name besides.
    """
    measures, text = pull_measures(cleaned(name))
    raw = _tokens(text)
    own = brands.canonical(brand)
    found, tokens = brands.take(_folded(raw), (own, *also))
    colours: set[str] = set()
    models, keys, words = _models(list(_without_colours(tokens, colours)))
    return PreparedName(
        brand=own or found,
        models=frozenset(models),
        keys=frozenset(models | keys),
        measures=measures,
        colours=frozenset(colours),
        words=tuple(words),
        is_for_model=_is_for_model(raw),
    )


def search_keys(name: str, brands: BrandTable, *, brand: str = "") -> set[str]:
    """Return the `PreparedName.keys` of a name alone, which is all that a long list is kept by.

    Args:
        name: As written by the supplier.
        brands: The table of spellings.
        brand: The field of the brand beside the name; empty if there is none.
    """
    _, text = pull_measures(cleaned(name))
    _, tokens = brands.take(_folded(_tokens(text)), (brands.canonical(brand),))
    models, keys, _ = _models(list(_without_colours(tokens, set())))
    return models | keys


def _tokens(text: str) -> list[str]:
    return [token for token in _SPLIT.split(text) if _TELLING.search(token) is not None]


def _folded(raw: list[str]) -> list[str]:
    """Return the tokens without stop words, with look-alikes Latin where they must be."""
    # Stop words go first: otherwise "900 с чехлом" becomes the model 900C.
    tokens = [token for token in raw if token not in _STOP]
    result = []
    for at, token in enumerate(tokens):
        after = tokens[at + 1] if at + 1 < len(tokens) else ""
        before_number = (
            after[:1].isdigit() and len(token) <= _LONGEST_NUMBER_WORD and token.isalpha()
        )
        result.append(_meant(token, before_number=before_number))
    return result


@lru_cache(KNOWN_WORDS)
def _meant(token: str, *, before_number: bool) -> str:
    """Return the token Latin if it belongs to a model and could be so, else as it is."""
    if token.isascii():
        return token
    modelled = before_number or has_digit(token) or has_latin(token)
    return folded(token) if modelled and is_look_alike(token) else token


def _without_colours(tokens: list[str], colours: set[str]) -> Iterator[str]:
    """Walk the tokens that are no colours, taking colour codes off the models."""
    for token in tokens:
        colour = colour_of(token)
        if colour:
            colours.add(colour)
            continue
        if has_digit(token):
            token, colour = split_code(token)  # noqa: PLW2901 - the model without its colour
            if colour:
                colours.add(colour)
        yield token


def _models(tokens: list[str]) -> tuple[set[str], set[str], list[str]]:
    """Return the model keys, the keys without the word before, and the words that remain."""
    models: set[str] = set()
    keys: set[str] = set()
    words: list[str] = []
    taken = -1
    for at, token in enumerate(tokens):
        if at <= taken:
            continue
        if not has_digit(token) or token in _SUFFIXES:
            words.append(token)
            continue
        suffix = ""
        if at + 1 < len(tokens) and _is_suffix(tokens[at + 1]):
            suffix, taken = tokens[at + 1], at + 1
        bare = loose_key(token + suffix)
        before = words[-1] if words else ""
        glued = token[0].isdigit() and len(before) <= _GLUED_BEFORE and is_latin_word(before)
        if glued and at and tokens[at - 1] == before:
            words.pop()
            models.add(loose_key(before + token + suffix))
            keys.add(bare)
        else:
            models.add(bare)
    return models, keys, words


def _is_suffix(token: str) -> bool:
    """Whether a word behind a model number belongs to it (II, MKII, PRO, S)."""
    if token in _SUFFIXES:
        return True
    return is_latin_word(token) and len(token) <= _SUFFIX


def _is_for_model(raw: list[str]) -> bool:
    """Whether a model stands right behind the word "для"."""
    if _FOR not in raw:
        return False
    at = raw.index(_FOR)
    return any(
        has_digit(token) or not has_cyrillic(token) for token in raw[at + 1 : at + _FOR_REACH]
    )

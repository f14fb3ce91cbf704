"""The words of OData v3 expressions: keys in paths, ``$filter``, ``$orderby`` (contract 4.4)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from westsync.sandbox.onec.refusals import UNREADABLE_TEXT, OneCRefused, bad_option
from westsync.sandbox.onec.values import canonical, wall_clock

_WORDS = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<typed>(?:guid|datetime)'[^']*')"
    r"|(?P<text>'(?:[^']|'')*')"
    r"|(?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?[mMfFdDlL]?(?!\w))"
    r"|(?P<name>\w+)"
    r"|(?P<mark>[(),/:=*-])"
)


class WordKind(StrEnum):
    """What a word is."""

    LITERAL = "literal"
    NAME = "name"
    MARK = "mark"
    END = "end"


@dataclass(frozen=True, slots=True)
class Guid:
    """A literal ``guid'...'``; the key is canonical."""

    key: str


LiteralValue = str | bool | Decimal | datetime | Guid | None


@dataclass(frozen=True, slots=True)
class Word:
    """One word.

    Attributes:
        kind: What it is.
        text: As it was written; empty at the end.
        value: Value of a literal; moments are naive.
    """

    kind: WordKind
    text: str
    value: LiteralValue = None


_CONSTANTS: dict[str, LiteralValue] = {"true": True, "false": False, "null": None}


def words_of(text: str) -> list[Word]:
    """Split an expression into words, an end mark last.

    Raises:
        OneCRefused: Code 14: it cannot be split. Code 1: a literal is no such value.
    """
    found: list[Word] = []
    place = 0
    while place < len(text):
        match = _WORDS.match(text, place)
        if match is None:
            if text[place] == "+":
                raise bad_option("Операция не разрешена в предложении ГДЕ: +")
            raise bad_option(f"неожиданный символ '{text[place]}' в позиции {place}")
        place = match.end()
        if match.lastgroup != "space":
            found.append(_word(str(match.lastgroup), match.group()))
    return [*found, Word(WordKind.END, "")]


def _word(group: str, text: str) -> Word:
    match group:
        case "typed":
            return Word(WordKind.LITERAL, text, _typed(text))
        case "text":
            return Word(WordKind.LITERAL, text, text[1:-1].replace("''", "'"))
        case "number":
            return Word(WordKind.LITERAL, text, Decimal(text.rstrip("mMfFdDlL")))
        case "name" if text in _CONSTANTS:
            return Word(WordKind.LITERAL, text, _CONSTANTS[text])
        case "name":
            return Word(WordKind.NAME, text)
        case _:
            return Word(WordKind.MARK, text)


def _typed(text: str) -> Guid | datetime:
    kind, _, rest = text.partition("'")
    inner = rest[:-1]
    try:
        return Guid(canonical(inner)) if kind == "guid" else wall_clock(inner)
    except ValueError as exc:
        raise OneCRefused(UNREADABLE_TEXT, f"Строка {text} не может быть разобрана") from exc

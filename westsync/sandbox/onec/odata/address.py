"""Paths below the root: entity sets, keys, functions (contract 4.1, 4.2, 4.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from westsync.sandbox.onec.odata.words import Guid, LiteralValue, WordKind, words_of
from westsync.sandbox.onec.refusals import BAD_URL, MISSING_KEY, OneCRefused
from westsync.sandbox.onec.values import EMPTY_KEY, Ref, canonical

if TYPE_CHECKING:
    from westsync.sandbox.onec.infobase import Infobase
    from westsync.sandbox.onec.schema import EntityType

Arguments = dict[str, LiteralValue]


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment of a path.

    Attributes:
        name: Before the bracket.
        arguments: What stands in the bracket, a single unnamed literal under ``""``; None if
            there is no bracket.
    """

    name: str
    arguments: Arguments | None


def read_path(path: str) -> list[Segment]:
    """Read a decoded path below the root.

    Raises:
        OneCRefused: Code 6: it is no address.
    """
    return [_segment(part) for part in _split(path) if part]


def _split(path: str) -> list[str]:
    """Split at slashes that are not inside a literal."""
    parts, quoted = [""], False
    for mark in path:
        quoted ^= mark == "'"
        if mark == "/" and not quoted:
            parts.append("")
        else:
            parts[-1] += mark
    return parts


def _segment(text: str) -> Segment:
    name, bracket, rest = text.partition("(")
    if not bracket:
        return Segment(name, None)
    if not rest.rstrip().endswith(")"):
        raise OneCRefused(BAD_URL, f"Неверный URL: {text}")
    return Segment(name.strip(), _arguments(rest.rstrip()[:-1], text))


def _arguments(text: str, whole: str) -> Arguments:
    words = words_of(text)
    found: Arguments = {}
    place = 0
    while words[place].kind is not WordKind.END:
        name = ""
        if words[place].kind is WordKind.NAME and words[place + 1].text == "=":
            name = words[place].text
            place += 2
        if words[place].kind is not WordKind.LITERAL:
            raise OneCRefused(BAD_URL, f"Неверный URL: {whole}")
        found[name] = words[place].value
        place += 1
        if words[place].text == ",":
            place += 1
        elif words[place].kind is not WordKind.END:
            raise OneCRefused(BAD_URL, f"Неверный URL: {whole}")
    return found


def key_of(base: Infobase, kind: EntityType, arguments: Arguments) -> str:
    """Return the key under which the store keeps the addressed row.

    Raises:
        OneCRefused: Code 7: a part of the key is missing. Code 6: it is of another type.
    """
    if not kind.dimensions:
        value = arguments.get("", arguments.get("Ref_Key"))
        if not isinstance(value, Guid):
            raise OneCRefused(MISSING_KEY, f"{kind.name}: не указан ключ guid'...'")
        return value.key
    row = {name: _dimension(kind, name, arguments) for name in kind.dimensions}
    return base.record_key(kind.name, row)


def _dimension(kind: EntityType, name: str, arguments: Arguments) -> Ref | None:
    one = kind.fields[name]
    if one.target is not None:
        value = arguments.get(f"{name}_Key")
        if not isinstance(value, Guid):
            raise OneCRefused(MISSING_KEY, f"{kind.name}: не указан ключ {name}_Key")
        return None if value.key == EMPTY_KEY else Ref(one.target, value.key)
    text, type_ = arguments.get(name), arguments.get(f"{name}_Type")
    if text is None or not isinstance(type_, str):
        raise OneCRefused(MISSING_KEY, f"{kind.name}: не указаны {name} и {name}_Type")
    try:
        key = text.key if isinstance(text, Guid) else canonical(str(text))
    except ValueError as exc:
        raise OneCRefused(BAD_URL, f"{kind.name}: {exc}") from exc
    return Ref(type_.removeprefix("StandardODATA."), key)

"""Values inside conditions: their types, where they come from, how they compare (contract 4.4)."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from westsync.sandbox.onec.odata.appearance import shown
from westsync.sandbox.onec.odata.functions import ValueType
from westsync.sandbox.onec.odata.words import Guid
from westsync.sandbox.onec.refusals import bad_option
from westsync.sandbox.onec.schema import FieldKind, Part, Property
from westsync.sandbox.onec.values import Ref, Row, canonical

if TYPE_CHECKING:
    from collections.abc import Callable

    from westsync.sandbox.onec.odata.syntax import Literal

_T = ValueType
_TYPES = {
    FieldKind.STRING: _T.STRING,
    FieldKind.ENUM: _T.STRING,
    FieldKind.LONG_TEXT: _T.LONG_TEXT,
    FieldKind.BOOLEAN: _T.BOOLEAN,
    FieldKind.MOMENT: _T.MOMENT,
    FieldKind.MONEY: _T.NUMBER,
    FieldKind.QUANTITY: _T.NUMBER,
    FieldKind.INTEGER: _T.NUMBER,
    FieldKind.KEY: _T.GUID,
}
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}


@dataclass(frozen=True, slots=True)
class Typed:
    """An expression that was understood: what it yields, and how to compute it."""

    type: ValueType
    of: Callable[[Row, Row], Any]


def property_value(one: Property) -> Typed:
    """Return how to read a property; a composite one yields its raw value."""
    name = one.field.name
    if one.part is Part.COMPOSITE:
        return Typed(_T.COMPOSITE, lambda row, _: row[name])
    if one.part is Part.KEY:
        return Typed(_T.GUID, lambda row, _: shown(one, row))
    if one.part is not Part.WHOLE:
        return Typed(_T.STRING, lambda row, _: shown(one, row))
    return Typed(_TYPES[one.field.kind], lambda row, _: row[name])


def literal(node: Literal) -> Typed:
    """Return a literal; right spaces of a text do not count (contract 2.4)."""
    value = node.value
    match value:
        case None:
            return Typed(_T.NULL, lambda *_: None)
        case bool():
            return Typed(_T.BOOLEAN, lambda *_: value)
        case Guid():
            key = value.key
            return Typed(_T.GUID, lambda *_: key)
        case str():
            text = value.rstrip(" ")
            return Typed(_T.STRING, lambda *_: text)
        case Decimal():
            return Typed(_T.NUMBER, lambda *_: value)
        case _:
            return Typed(_T.MOMENT, lambda *_: value)


def comparison(left: Typed, right: Typed, word: str) -> Typed:
    """Compare values of one type; nothing is equal to what is not there."""
    compare, first, second = COMPARE[word], left.of, right.of

    def compared(row: Row, line: Row) -> bool:
        one, other = first(row, line), second(row, line)
        if one is None or other is None:
            return word == "ne" and one is not other
        return compare(one, other)

    return Typed(_T.BOOLEAN, compared)


def null_comparison(left: Typed, right: Typed, word: str) -> Typed:
    """Compare with ``null``.

    Raises:
        OneCRefused: Code 14: by something else than eq and ne.
    """
    if word not in {"eq", "ne"}:
        raise bad_option("с null сравнивают только eq и ne")
    equal = word == "eq"
    return Typed(
        _T.BOOLEAN,
        lambda row, line: (left.of(row, line) is None and right.of(row, line) is None) is equal,
    )


def key_of(typed: Typed) -> Typed:
    """Return the key of what ``cast`` made, so that it compares with a guid."""
    if typed.type is _T.GUID:
        return typed

    def key(row: Row, line: Row) -> str | None:
        ref: Ref | None = typed.of(row, line)
        return ref.key if ref else None

    return Typed(_T.GUID, key)


def plain(type_: ValueType) -> ValueType:
    """Return the type under which a value compares and goes into functions."""
    return _T.STRING if type_ is _T.LONG_TEXT else type_


def need(typed: Typed, wanted: ValueType) -> None:
    """Insist on a type.

    Raises:
        OneCRefused: Code 14: it is another.
    """
    if typed.type is not wanted:
        raise bad_option(f"ожидается {wanted}, а не {typed.type}")


def key_text(value: object) -> str:
    """Return a key written as text.

    Raises:
        OneCRefused: Code 14: it is no UUID.
    """
    try:
        return canonical(str(value))
    except ValueError as exc:
        raise bad_option(f"{exc}") from exc

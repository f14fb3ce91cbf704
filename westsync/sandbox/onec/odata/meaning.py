"""What a ``$filter`` means: a tree to a function over rows, with types checked (contract 4.4)."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from westsync.sandbox.onec.odata.appearance import type_name
from westsync.sandbox.onec.odata.functions import FUNCTIONS, ValueType
from westsync.sandbox.onec.odata.syntax import Binary, Call, Literal, Node, Path, Some, Unary
from westsync.sandbox.onec.odata.typed import (
    COMPARE,
    Typed,
    comparison,
    key_of,
    key_text,
    literal,
    need,
    null_comparison,
    plain,
    property_value,
)
from westsync.sandbox.onec.odata.words import Guid
from westsync.sandbox.onec.refusals import (
    MISSING_ARGUMENT,
    UNKNOWN_METHOD,
    ConfigurationRefused,
    OneCRefused,
    bad_option,
    no_property,
)
from westsync.sandbox.onec.values import Ref, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from decimal import Decimal

    from westsync.sandbox.onec.infobase import Infobase
    from westsync.sandbox.onec.schema import EntityType, Section

NO_ROW: Row = {}
_T = ValueType
_COMPUTE: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "mod": operator.mod,
}


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where names are looked up."""

    kind: EntityType | Section
    variable: str = ""
    section: Section | None = None


class Meaning:
    """Understands conditions about the rows of an infobase.

    Attributes:
        notes: Breaches of the contract that were seen, by rule name.
    """

    def __init__(self, base: Infobase) -> None:
        """Understand conditions about a base."""
        self._base = base
        self.notes: list[str] = []

    def condition(self, node: Node, kind: EntityType | Section) -> Callable[[Row], bool]:
        """Return a test of rows.

        Raises:
            OneCRefused: Code 10: no such field. Code 11: no such function. Code 14: types do not
                fit, or it is no condition.
        """
        typed = self._typed(node, _Scope(kind))
        if typed.type is not _T.BOOLEAN:
            raise bad_option("выражение не является условием")
        test = typed.of
        return lambda row: bool(test(row, NO_ROW))

    def value(self, path: Path, kind: EntityType) -> Typed:
        """Return how to compute a path, e.g. for ``$orderby``."""
        return self._path(path.parts, _Scope(kind))

    def _typed(self, node: Node, scope: _Scope) -> Typed:
        match node:
            case Literal():
                return literal(node)
            case Path():
                return self._path(node.parts, scope)
            case Call(name="cast"):
                return self._cast(node, scope)
            case Call(name="isof"):
                return self._isof(node, scope)
            case Call():
                return self._call(node, scope)
            case Unary():
                return self._unary(node, scope)
            case Some():
                return self._some(node, scope)
            case Binary(operator="and" | "or"):
                return self._joined(node, scope)
            case Binary(operator=word) if word in COMPARE:
                return self._compared(node, scope)
            case Binary():
                return self._computed(node, scope)

    def _path(self, parts: tuple[str, ...], scope: _Scope) -> Typed:
        if scope.section is not None and parts[0] == scope.variable:
            inner = self._walk(parts[1:], scope.section)
            return Typed(inner.type, lambda _, line: inner.of(line, line))
        return self._walk(parts, scope.kind)

    def _walk(self, parts: tuple[str, ...], kind: EntityType | Section) -> Typed:
        """Follow references to the property at the end of a path."""
        if len(parts) == 1:
            one = kind.properties.get(parts[0])
            if one is None:
                raise no_property(kind.name, parts[0])
            return property_value(one)
        reference = kind.fields.get(parts[0]) if parts else None
        target = self._base.published.get(reference.target or "") if reference else None
        if reference is None or target is None:
            raise no_property(kind.name, "/".join(parts))
        inner = self._walk(parts[1:], target)
        store = self._base.store

        def follow(row: Row, line: Row) -> Any:  # noqa: ANN401 - a value of a foreign schema
            found = store.follow(row[reference.name])
            return None if found is None else inner.of(found, line)

        return Typed(inner.type, follow)

    def _cast(self, node: Call, scope: _Scope) -> Typed:
        """``cast(guid'..', 'Document_X')`` or ``cast(field, 'Document_X')``."""
        entity = self._type_argument(node)
        subject = node.arguments[0]
        if isinstance(subject, Literal):
            key = subject.value.key if isinstance(subject.value, Guid) else key_text(subject.value)
            ref = Ref(entity, key)
            return Typed(_T.REFERENCE, lambda *_: ref)
        inner = self._typed(subject, scope)
        if inner.type is not _T.COMPOSITE:
            raise bad_option("cast применим к полю составного типа и к guid")

        def narrowed(row: Row, line: Row) -> Ref | None:
            value = inner.of(row, line)
            return value if isinstance(value, Ref) and value.entity == entity else None

        return Typed(_T.REFERENCE, narrowed)

    def _isof(self, node: Call, scope: _Scope) -> Typed:
        entity = self._type_argument(node)
        inner = self._typed(node.arguments[0], scope)
        full = f"StandardODATA.{entity}"
        return Typed(_T.BOOLEAN, lambda row, line: type_name(inner.of(row, line)) == full)

    def _type_argument(self, node: Call) -> str:
        if len(node.arguments) != 2:
            raise OneCRefused(MISSING_ARGUMENT, f"Метод {node.name}: нужны два аргумента")
        named = node.arguments[1]
        text = str(named.value) if isinstance(named, Literal) else ""
        entity = text.removeprefix("StandardODATA.")
        if entity not in self._base.schema:
            raise bad_option(f"тип '{text}' не найден")
        return entity

    def _call(self, node: Call, scope: _Scope) -> Typed:
        function = FUNCTIONS.get(node.name)
        if function is None:
            raise OneCRefused(UNKNOWN_METHOD, f'Метод "{node.name}" не найден')
        given = [self._typed(argument, scope) for argument in node.arguments]
        least = len(function.takes) - function.optional
        if not least <= len(given) <= len(function.takes):
            raise OneCRefused(MISSING_ARGUMENT, f'Метод "{node.name}": не те аргументы')
        for wanted, argument in zip(function.takes, given, strict=False):
            if plain(argument.type) is not wanted:
                raise bad_option(f'метод "{node.name}" не применим к {argument.type}')
        getters = [argument.of for argument in given]
        apply = function.apply

        def called(row: Row, line: Row) -> Any:  # noqa: ANN401 - a value of a foreign schema
            values = [get(row, line) for get in getters]
            if None in values:
                return None
            try:
                return apply(*values)
            except (ArithmeticError, ValueError) as exc:
                raise ConfigurationRefused(f"Ошибка вычисления {node.name}") from exc

        return Typed(function.yields, called)

    def _unary(self, node: Unary, scope: _Scope) -> Typed:
        inner = self._typed(node.operand, scope)
        if node.operator == "not":
            need(inner, _T.BOOLEAN)
            return Typed(_T.BOOLEAN, lambda row, line: not inner.of(row, line))
        need(inner, _T.NUMBER)
        return Typed(_T.NUMBER, lambda row, line: -inner.of(row, line))

    def _some(self, node: Some, scope: _Scope) -> Typed:
        sections: Mapping[str, Section] = getattr(scope.kind, "sections", {})
        section = sections.get(node.section[0]) if len(node.section) == 1 else None
        if section is None:
            raise no_property(scope.kind.name, "/".join(node.section))
        name, every = section.name, node.quantifier == "all"
        if node.condition is None:
            return Typed(_T.BOOLEAN, lambda row, _: bool(row[name]))
        inner = self._typed(node.condition, _Scope(scope.kind, node.variable, section))
        need(inner, _T.BOOLEAN)
        test = all if every else any
        return Typed(_T.BOOLEAN, lambda row, _: test(inner.of(row, line) for line in row[name]))

    def _joined(self, node: Binary, scope: _Scope) -> Typed:
        left, right = self._typed(node.left, scope), self._typed(node.right, scope)
        need(left, _T.BOOLEAN)
        need(right, _T.BOOLEAN)
        first, second = left.of, right.of
        if node.operator == "and":
            return Typed(_T.BOOLEAN, lambda row, line: first(row, line) and second(row, line))
        return Typed(_T.BOOLEAN, lambda row, line: first(row, line) or second(row, line))

    def _computed(self, node: Binary, scope: _Scope) -> Typed:
        left, right = self._typed(node.left, scope), self._typed(node.right, scope)
        need(left, _T.NUMBER)
        need(right, _T.NUMBER)
        compute = _COMPUTE[node.operator]

        def computed(row: Row, line: Row) -> Decimal:
            try:
                return compute(left.of(row, line), right.of(row, line))
            except ArithmeticError as exc:
                raise ConfigurationRefused("Деление на 0") from exc

        return Typed(_T.NUMBER, computed)

    def _compared(self, node: Binary, scope: _Scope) -> Typed:
        left, right = self._typed(node.left, scope), self._typed(node.right, scope)
        word = node.operator
        if _T.NULL in {left.type, right.type}:
            return null_comparison(left, right, word)
        if _T.COMPOSITE in {left.type, right.type}:
            return self._compared_composite(left, right, word)
        if {left.type, right.type} == {_T.REFERENCE, _T.GUID}:
            left, right = key_of(left), key_of(right)
        if plain(left.type) is not plain(right.type):
            raise bad_option(f"несовместимые типы: {left.type} и {right.type}")
        if _T.LONG_TEXT in {left.type, right.type} and not self._base.switches.long_text_compare:
            raise bad_option("нельзя сравнивать поля неограниченной длины")
        if word not in {"eq", "ne"} and left.type in {_T.BOOLEAN, _T.REFERENCE}:
            raise bad_option(f"операция {word} не применима к {left.type}")
        return comparison(left, right, word)

    def _compared_composite(self, left: Typed, right: Typed, word: str) -> Typed:
        """Without ``cast`` such a comparison never holds, or fails (contract 4.4)."""
        if word in {"eq", "ne"} and _T.REFERENCE in {left.type, right.type}:
            return comparison(left, right, word)
        self.notes.append("composite-without-cast")
        if self._base.switches.composite_compare == "500":
            raise ConfigurationRefused("Неверные параметры в операции сравнения")
        holds = word == "ne"
        return Typed(_T.BOOLEAN, lambda *_: holds)

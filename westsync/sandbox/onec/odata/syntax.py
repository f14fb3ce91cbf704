"""The grammar of ``$filter``: words to a tree, with the precedence of OData v3 (contract 4.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from westsync.sandbox.onec.odata.words import LiteralValue, Word, WordKind, words_of
from westsync.sandbox.onec.refusals import bad_option

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that was written down."""

    value: LiteralValue


@dataclass(frozen=True, slots=True)
class Path:
    """A property, with the references before it."""

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Unary:
    """``not x`` or ``-x``."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary:
    """``left operator right``."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Some:
    """``section/any(x: condition)`` or ``section/all(...)``; without a condition: not empty."""

    section: tuple[str, ...]
    quantifier: str
    variable: str
    condition: Node | None


Node = Literal | Path | Call | Unary | Binary | Some

# Loosest first; every level is left-associative.
_LEVELS = (
    ("or",),
    ("and",),
    ("eq", "ne"),
    ("gt", "ge", "lt", "le"),
    ("add", "sub"),
    ("mul", "div", "mod"),
)
MOST_NESTED = 60


def parse(text: str) -> Node:
    """Read a condition.

    Raises:
        OneCRefused: Code 14 or 1, with what was not understood.
    """
    reader = _Reader(words_of(text))
    node = reader.level(0)
    reader.expect_end()
    return node


def conjuncts(node: Node) -> Iterator[Node]:
    """Yield the conditions that all have to hold."""
    if isinstance(node, Binary) and node.operator == "and":
        yield from conjuncts(node.left)
        yield from conjuncts(node.right)
    else:
        yield node


def nodes(node: Node) -> Iterator[Node]:
    """Yield a tree's nodes, the root first."""
    yield node
    match node:
        case Binary():
            yield from nodes(node.left)
            yield from nodes(node.right)
        case Unary():
            yield from nodes(node.operand)
        case Call():
            for argument in node.arguments:
                yield from nodes(argument)
        case Some(condition=condition) if condition is not None:
            yield from nodes(condition)


class _Reader:
    """A place among the words."""

    def __init__(self, words: list[Word]) -> None:
        self._words = words
        self._place = 0
        self._depth = 0

    @property
    def _word(self) -> Word:
        return self._words[self._place]

    def _next(self) -> Word:
        word = self._word
        self._place += 1
        return word

    def _takes(self, mark: str) -> bool:
        if self._word.kind is WordKind.MARK and self._word.text == mark:
            self._place += 1
            return True
        return False

    def _need(self, mark: str) -> None:
        if not self._takes(mark):
            raise bad_option(f"ожидается '{mark}' вместо '{self._word.text or 'конца'}'")

    def expect_end(self) -> None:
        if self._word.kind is not WordKind.END:
            raise bad_option(f"лишнее: '{self._word.text}'")

    def level(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._unary()
        left = self.level(level + 1)
        while self._word.kind is WordKind.NAME and self._word.text in _LEVELS[level]:
            operator = self._next().text
            left = Binary(operator, left, self.level(level + 1))
        return left

    def _unary(self) -> Node:
        if self._word.kind is WordKind.NAME and self._word.text == "not":
            self._next()
            return Unary("not", self._unary())
        if self._takes("-"):
            return Unary("-", self._unary())
        return self._primary()

    def _primary(self) -> Node:
        word = self._next()
        if word.kind is WordKind.LITERAL:
            return Literal(word.value)
        if word.kind is WordKind.NAME:
            return self._named(word.text)
        if word.kind is WordKind.MARK and word.text == "(":
            return self._bracketed()
        raise bad_option(f"неожиданно: '{word.text or 'конец'}'")

    def _bracketed(self) -> Node:
        self._depth += 1
        if self._depth > MOST_NESTED:
            raise bad_option("слишком много вложенных скобок")
        node = self.level(0)
        self._need(")")
        self._depth -= 1
        return node

    def _named(self, name: str) -> Node:
        if self._takes("("):
            return Call(name, self._arguments())
        parts = [name]
        while self._takes("/"):
            word = self._next()
            if word.kind is not WordKind.NAME:
                raise bad_option(f"ожидается имя вместо '{word.text}'")
            if word.text in {"any", "all"} and self._takes("("):
                return self._some(tuple(parts), word.text)
            parts.append(word.text)
        return Path(tuple(parts))

    def _arguments(self) -> tuple[Node, ...]:
        if self._takes(")"):
            return ()
        found = [self.level(0)]
        while self._takes(","):
            found.append(self.level(0))
        self._need(")")
        return tuple(found)

    def _some(self, section: tuple[str, ...], quantifier: str) -> Node:
        if self._takes(")"):
            return Some(section, quantifier, "", None)
        variable = self._next()
        if variable.kind is not WordKind.NAME:
            raise bad_option("ожидается имя переменной")
        self._need(":")
        condition = self.level(0)
        self._need(")")
        return Some(section, quantifier, variable.text, condition)

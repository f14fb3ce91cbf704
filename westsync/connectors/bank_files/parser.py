"""The format 1CClientBankExchange 1.01-1.03: lines ``key=value`` in sections (1C contract 5.1).

Unknown keys are kept, unknown sections passed over. The parser knows nothing of money: it gives
each document with the line where it begins, so that a mistake in it can be found.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from westsync.connectors.bank_files.encoding import END, FIRST_LINE

if TYPE_CHECKING:
    from collections.abc import Mapping

_SECTION = "Секция"
_DOCUMENT, _END_OF_DOCUMENT = "СекцияДокумент", "КонецДокумента"
_ACCOUNT, _END_OF_ACCOUNT = "СекцияРасчСчет", "КонецРасчСчет"
OUR_ACCOUNT = "РасчСчет"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One ``СекцияДокумент``.

    Attributes:
        kind: Its value, e.g. ``Платежное поручение``.
        line: 1-based line on which it begins.
        values: Everything in it; a key that repeats keeps its first value.
    """

    kind: str
    line: int
    values: Mapping[str, str]


@dataclass(slots=True, kw_only=True)
class Statement:
    """What a file holds.

    Attributes:
        accounts: Our own accounts, from the header and the account sections.
        documents: In the order of the file.
        is_whole: The file ends with ``КонецФайла``; otherwise it is still being written.
        remarks: (line, what) of what was passed over.
    """

    accounts: frozenset[str] = frozenset()
    documents: list[Document] = field(default_factory=list)
    is_whole: bool = False
    remarks: list[tuple[int, str]] = field(default_factory=list)


def parse(text: str) -> Statement:
    """Read the text of a file as far as it goes.

    Args:
        text: Decoded, without byte order mark; lines end in LF or CRLF.
    """
    reader = _Reader()
    for number, line in enumerate(text.splitlines(), 1):
        reader.take(number, line.strip())
    return reader.finish()


class _Reader:
    """Knows in which section the next line stands."""

    def __init__(self) -> None:
        self._statement = Statement()
        self._accounts: set[str] = set()
        self._begin: tuple[str, int] | None = None  # kind and line of the open document
        self._values: dict[str, str] = {}
        self._last = ""
        self._closed_by: str | None = None  # end of a section that is passed over

    def take(self, number: int, line: str) -> None:
        """Read one line."""
        if not line or self._statement.is_whole or (number == 1 and line == FIRST_LINE):
            return
        key, equals, value = (part.strip() for part in line.partition("="))
        if line == END:
            self._close_document(number)
            self._statement.is_whole = True
        elif self._closed_by is not None and key not in {_DOCUMENT, _ACCOUNT}:
            self._closed_by = None if line == self._closed_by else self._closed_by
        elif key.startswith(_SECTION):
            self._open(number, key, value)
        elif line == _END_OF_DOCUMENT:
            self._keep_document()
        elif line != _END_OF_ACCOUNT:
            self._value(number, key, value, is_pair=bool(equals))

    def finish(self) -> Statement:
        """Return what was read; an open document of an unfinished file is left out."""
        self._statement.accounts = frozenset(self._accounts)
        return self._statement

    def _open(self, number: int, key: str, value: str) -> None:
        self._close_document(number)
        self._closed_by = None
        if key == _DOCUMENT:
            self._begin, self._values, self._last = (value, number), {}, ""
        elif key != _ACCOUNT:
            self._closed_by = f"Конец{key.removeprefix(_SECTION)}"
            self._statement.remarks.append((number, f"unknown section {key} was passed over"))

    def _value(self, number: int, key: str, value: str, *, is_pair: bool) -> None:
        if is_pair and self._begin is None:
            if key == OUR_ACCOUNT and value:
                self._accounts.add(value)
        elif is_pair:
            self._values.setdefault(key, value)
            self._last = key
        elif self._last and self._begin is not None:
            # A purpose of several lines: the format has no such thing, and banks write it.
            self._values[self._last] = f"{self._values[self._last]} {key}"
        else:
            self._statement.remarks.append((number, "a line without '=' was passed over"))

    def _close_document(self, number: int) -> None:
        if self._begin is not None:
            self._statement.remarks.append((number, f"{_END_OF_DOCUMENT} is missing before here"))
            self._keep_document()

    def _keep_document(self) -> None:
        if self._begin is not None:
            kind, line = self._begin
            self._statement.documents.append(Document(kind=kind, line=line, values=self._values))
        self._begin, self._last = None, ""

"""XML read as a stream, and the repair of feeds that are not quite XML (suppliers contract 5.3).

The standard library's parser never loads external entities and refuses blow-ups (expat >= 2.4.1).
A recovering parser would be worse than none: it turns a cut feed into a short one without an error.
"""

from __future__ import annotations

import html.entities
import re
from typing import IO, TYPE_CHECKING, cast
from xml.etree.ElementTree import Element, ParseError, XMLParser, iterparse

if TYPE_CHECKING:
    from collections.abc import Iterator

_CUT_SHORT = frozenset({3, 5, 6, 20})
"""Codes of expat for a document that ends too early: at once, in a tag, a character, a CDATA."""

_KNOWN = frozenset({b"amp", b"lt", b"gt", b"quot", b"apos"})
_TOKEN = re.compile(
    rb"<!\[CDATA\[|\]\]>|&(?:#([0-9]{1,7});|#[xX]([0-9a-fA-F]{1,6});|([A-Za-z][A-Za-z0-9]{1,31});)?"
    rb"|[\x00-\x08\x0b\x0c\x0e-\x1f]+"
)
_HELD = 40
"""Bytes at the end of a part that may be the start of something cut in two."""
_BEFORE = b"\xef\xbb\xbf \r\n\t"
"""What a script prints before the declaration: the mark of UTF-8, and its own empty lines."""


def walked(file: IO[bytes] | Repaired, encoding: str = "") -> Iterator[tuple[str, Element]]:
    """Return an iterator of ``(event, element)`` for starts and ends.

    Args:
        file: The XML.
        encoding: Python's name, stronger than what the XML states; empty: as stated.

    Raises:
        xml.etree.ElementTree.ParseError: It is not well-formed, or ends before its root does.
    """
    parser = XMLParser(encoding=encoding) if encoding else None  # noqa: S314 - expat >= 2.4.1
    # Only starts and ends are asked for, and those always come with an element.
    events = iterparse(file, events=("start", "end"), parser=parser)  # noqa: S314 - as above
    return cast("Iterator[tuple[str, Element]]", events)


def local(tag: str) -> str:
    """Return a tag without its namespace."""
    return tag.rpartition("}")[2]


def is_cut(error: ParseError) -> bool:
    """Whether the document ended before its root did."""
    return error.code in _CUT_SHORT


class Repaired:
    """A stream of XML with its usual mistakes mended.

    Named entities of HTML become characters, a bare ``&`` becomes ``&amp;``, control characters are
    dropped; the first two only outside CDATA. Blanks before the declaration are left out. Used
    only after a strict reading has failed.
    """

    def __init__(self, file: IO[bytes]) -> None:
        """Start at the file's position; one byte per ASCII sign is taken for granted."""
        self._file = file
        self._rest = b""
        self._in_cdata = False
        self._at_start = True

    def read(self, size: int = 64 * 1024) -> bytes:
        """Return the next mended bytes; empty only at the end."""
        while True:
            chunk = self._file.read(size)
            text = self._rest + chunk
            if self._at_start and chunk:
                text = text.lstrip(_BEFORE)
                self._at_start = not text
            if not text:
                return b""
            cut = _safe_end(text) if chunk else len(text)
            self._rest = text[cut:]
            mended = _TOKEN.sub(self._mended, text[:cut])
            if mended or not chunk:
                return mended

    def _mended(self, token: re.Match[bytes]) -> bytes:
        """Return what should stand in the place of a token."""
        text = token[0]
        if text == b"<![CDATA[":
            self._in_cdata = True
            return text
        if text == b"]]>":
            self._in_cdata = False
            return text
        if text[0] < 32:
            return b""
        if self._in_cdata:
            return text
        if token[1] or token[2]:
            number = int(token[1]) if token[1] else int(token[2], 16)
            return text if _is_allowed(number) else b""
        if token[3]:
            return text if token[3] in _KNOWN else _named(token[3])
        return b"&amp;"


def _safe_end(text: bytes) -> int:
    """Return where a part may be cut without cutting an entity or a mark of CDATA."""
    tail = len(text) - _HELD
    start = max((text.rfind(sign, max(tail, 0)) for sign in (b"&", b"<", b"]")), default=-1)
    while start > 0 and text[start - 1 : start] == b"]":
        start -= 1
    return start if start > 0 else len(text)


def _named(name: bytes) -> bytes:
    """Return a named entity of HTML as numbers; a name nobody knows was a bare ``&``."""
    signs = html.entities.html5.get(f"{name.decode('ascii')};")
    if signs is None:
        return b"&amp;" + name + b";"
    return "".join(f"&#{ord(sign)};" for sign in signs).encode("ascii")


def _is_allowed(number: int) -> bool:
    """Whether XML 1.0 may name this character."""
    return number in {9, 10, 13} or 32 <= number <= 0xD7FF or 0xE000 <= number <= 0x10FFFF

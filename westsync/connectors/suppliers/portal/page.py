"""One answer of a portal: its characters, its tree, and the signs that are seen on it."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser

from westsync.connectors.suppliers.reading.cleaning import compared

if TYPE_CHECKING:
    from collections.abc import Mapping

    from westsync.connectors.suppliers.profile_portal import Sign

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]{3,20})", re.IGNORECASE)
_HTML = frozenset({"", "text/html", "application/xhtml+xml"})
_UNSEEN = ("script", "style", "noscript", "template")


@dataclass(slots=True)
class Page:
    """An answer.

    Attributes:
        url: Final address.
        headers: Lower-case names.
        encoding: Python's name of the encoding it is in; forms are sent in the same.
    """

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes
    encoding: str = field(init=False)
    tree: LexborHTMLParser = field(init=False)
    _words: str | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Decode and parse."""
        self.encoding = _encoding(self.headers.get("content-type", ""), self.body)
        self.tree = LexborHTMLParser(self.body.decode(self.encoding, errors="replace"))

    @property
    def is_html(self) -> bool:
        """Whether the server calls it a page."""
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        return kind in _HTML

    @property
    def words(self) -> str:
        """The text a person sees, made comparable."""
        if self._words is None:
            # A second tree: the first one keeps the scripts, where a meta tag or form may hide.
            seen = LexborHTMLParser(self.body.decode(self.encoding, errors="replace"))
            seen.strip_tags(list(_UNSEEN))
            root = seen.root
            self._words = "" if root is None else compared(root.text(separator=" "))
        return self._words

    def shows(self, sign: Sign | None) -> bool:
        """Whether any member of a sign is seen."""
        if sign is None:
            return False
        if sign.url and sign.url in self.url:
            return True
        if sign.css and self.tree.css_first(sign.css) is not None:
            return True
        return any(compared(text) in self.words for text in sign.text)


def _encoding(content_type: str, body: bytes) -> str:
    """Return the encoding the header or the page states; else UTF-8 if it is that, else cp1251."""
    for place in (content_type.encode("ascii", "ignore"), body[:4096]):
        stated = _CHARSET.search(place)
        if stated is not None:
            try:
                return codecs.lookup(stated[1].decode("ascii")).name
            except LookupError:
                continue
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1251"
    return "utf-8"

"""Telling a page from a file: log-ins, maintenance and errors come with status 200 too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from westsync.connectors.suppliers.fetching.verdicts import NotAFile
from westsync.connectors.suppliers.profile import Format

if TYPE_CHECKING:
    from collections.abc import Mapping

    from westsync.connectors.suppliers.fetching.landing import Landing
    from westsync.domain.stock import SourceId

_HEAD_BYTES = 64 * 1024
_OPENING = 2048
_SKIPPED = re.compile(rb"(?:\s|<!--.*?-->|<\?xml.*?\?>)+", re.DOTALL)
_PAGE = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|title|meta|script|style|link|form|table|div|span|center"
    rb"|h[1-6]|p|b|br|font|a)[\s>/]",
    re.IGNORECASE,
)
_PASSWORD = re.compile(rb"<input[^>]+type\s*=\s*[\"']?password", re.IGNORECASE)
_TABLE = re.compile(rb"<table[\s>]", re.IGNORECASE)
_MARKS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"\xef\xbb\xbf", "utf-8"))


def refuse_page(
    landing: Landing,
    headers: Mapping[str, str],
    expected: Format,
    source: SourceId,
    operation: str,
) -> None:
    """Refuse a page where a file is expected (suppliers contract 3).

    A table saved as ``.xls`` is a file although it is HTML: it is taken if the profile expects
    HTML, or expects nothing and the server calls it a spreadsheet or an attachment.

    Args:
        landing: What came.
        headers: Of the answer, lower-case names.
        expected: ``read.format``.
        source: For the message.
        operation: For the message.

    Raises:
        NotAFile: It is a page.
    """
    head = _as_ascii(landing.head(_HEAD_BYTES))
    if not looks_like_page(head):
        return
    if _PASSWORD.search(head):
        text = "a log-in page came; check auth: and whether the link still is the right one"
        raise NotAFile(source, operation, text)
    if expected is Format.HTML:
        return
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    attached = headers.get("content-disposition", "").strip().lower().startswith("attachment")
    is_page = kind in {"", "text/html", "application/xhtml+xml", "text/plain"}
    if expected is Format.AUTO and _TABLE.search(head) and (attached or not is_page):
        return
    text = "a page came where a file was expected (maintenance, an error?); open the link and look"
    raise NotAFile(source, operation, text)


def looks_like_page(head: bytes) -> bool:
    """Whether the first bytes of a file are those of a page."""
    opening = head[:_OPENING]
    skipped = _SKIPPED.match(opening)
    return _PAGE.match(opening, skipped.end() if skipped else 0) is not None


def _as_ascii(head: bytes) -> bytes:
    """Return the bytes in an encoding in which ASCII is itself, without a byte order mark."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            text = head[len(mark) :].decode(encoding, errors="replace")
            return text.encode("utf-8", errors="replace")
    return head

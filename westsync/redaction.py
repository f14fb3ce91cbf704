"""What may stand in a log line: identifiers, counts, moments, states and masked error texts.

The company's managers collect names, phones, addresses and passports, and a log is read by more
people than a deal is. So a value passes only if its key is on the list below *and* it looks like
what the key promises; everything else becomes ``~`` and eight digits, which tell two values apart
within one run and say nothing of either. Masking of texts is the second line, not the first.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import unicodedata
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from westsync.errors import WestsyncError

MAX_TEXT: Final = 500
"""Longest text in a line, in characters; a foreign server decides the length of its errors."""

_MAX_ITEMS: Final = 20

_IDENTIFIERS: Final = frozenset(
    """account action calendar channel command component connector cursor deal deals duty
    employee entry episode fact field file generation guard host intent job key keys kind listen
    marker mode object outcome owner pid place policy port program ref refs role rule rules
    service signal since source stage state states status step supplier system target task
    tasks until verdict version wanted watermark
    """.split()  # noqa: SIM905 - a paragraph of words; as a list it would be sixty lines
)
"""Keys whose values are ours or are ids; so are those that end in ``_id``, ``_key``, ``_at``."""

_TEXTS: Final = frozenset(
    ("cause", "cure", "detail", "error", "note", "operation", "problem", "problems", "reason")
)
"""Keys whose values are sentences: they pass masked."""

_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9_/*.-][A-Za-z0-9_.:/+#*=-]{0,199}")
_LARGEST_COUNT: Final = 10**8
"""A number below this cannot be a phone, an INN, a passport or a card (9 digits and more)."""

_LONG_NUMBER: Final = re.compile(r"\+?\d(?:[\s().-]{0,3}\d){8,}")
_TOKEN: Final = re.compile(
    r"\beyJ[\w-]+"  # a JWT
    r"|\b(?=[\w-]*[A-Za-z]\d+[A-Za-z])(?=(?:[A-Za-z_-]*\d+[A-Za-z_-]+){2}\d)[A-Za-z0-9_-]{24,}"
)
"""A long mixture of letters and digits; field names and rule ids are not so mixed."""

_HARMLESS: Final = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"  # a moment
    r"|(?<![\d.+])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!\d{4})|\b(?![.\d]))){4}"  # an IPv4 address
    r"|\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"  # a UUID, e.g. a Ref_Key of 1C
)
"""What has many digits and is nobody's number."""

_MASKS: Final = (
    (re.compile(r"(?<=://)[^\s/@]+@"), "***@"),
    (re.compile(r"(?<=\S)\?\{.*\}"), "?..."),  # Megaplan's query string is JSON
    (re.compile(r"(?<=[^\s?])\?[^\s'\"]+"), "?..."),
    (re.compile(r"(?i)\b(bearer|basic)\s+[^\s,;'\"]+"), r"\1 ***"),
    (
        re.compile(
            r"(?i)(passw(?:or)?d|secret|token|api[_-]?key|authorization|cookie|session)"
            r"(['\"]?\s*[:=]\s*['\"]?)(?!bearer\s|basic\s)[^\s,;'\"}]+"
        ),
        r"\1\2***",
    ),
    (re.compile(r"[\w.+%-]+@[\w.-]+"), "<mail>"),
    (_TOKEN, "<token>"),
    (_LONG_NUMBER, "<number>"),
    # Our own words are English: other letters are somebody's name, address or text.
    (
        re.compile(r"[^\x00-\x7f](?:[\s,.\d/-]*[^\x00-\x7f])*(?:[\s,./-]*+\d++)*+"),
        "...",
    ),
)

_RUN: Final = os.urandom(16)  # unknown outside this process: a phone cannot be found by trying all
_secrets: set[str] = set()


def never_show(*secrets: str) -> None:
    """Remember exact texts (passwords, tokens) that no line may contain from now on.

    Args:
        secrets: As they are sent. Shorter than four characters are ignored: masking them would
            eat ordinary words.
    """
    _secrets.update(secret for secret in secrets if len(secret) >= 4)


def one_line(text: str) -> str:
    r"""Escape line breaks, control, invisible and unpaired characters as ``\uXXXX``."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        f"\\u{ord(char):04x}" if unicodedata.category(char)[0] == "C" or char in "\u2028\u2029"
        else char
        for char in text
    )  # fmt: skip


def masked(text: str) -> str:
    """Return an error text for people: one line, cut, without secrets and personal data.

    Secrets given to `never_show` go first, then credentials, queries of URLs, mail addresses,
    token-like words, numbers of nine digits and more, and everything in non-Latin letters.
    Moments, addresses of machines and UUIDs stay.
    """
    for secret in _secrets:
        text = text.replace(secret, "***")
    text = one_line(text[: 4 * MAX_TEXT])
    kept: list[str] = []
    done = 0
    for harmless in _HARMLESS.finditer(text):
        kept += (_mask(text[done : harmless.start()]), harmless[0])
        done = harmless.end()
    text = "".join((*kept, _mask(text[done:])))
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 3] + "..."


def _mask(text: str) -> str:
    for pattern, instead in _MASKS:
        text = pattern.sub(instead, text)
    return text


def described(error: BaseException) -> str:
    """Name an error; its text only if it is our own.

    A foreign exception may quote a request or a reply, so only its type is told (and the errno of
    a system error); what it means for us is told by the error of ours that was raised from it.
    """
    kind = type(error).__name__
    if isinstance(error, WestsyncError):
        return f"{kind}: {masked(str(error))}"
    if isinstance(error, OSError) and error.errno is not None:
        return f"{kind}: {errno.errorcode.get(error.errno, error.errno)}"
    return kind


class Promise(Enum):
    """What the key of a log call promises of a text; other values are judged by themselves.

    ``IDENTIFIER``: an id or a word of ours, written if it looks like one. ``SENTENCE``: written
    masked. ``NOTHING``: never written, only its hash.
    """

    IDENTIFIER = "identifier"
    SENTENCE = "sentence"
    NOTHING = "nothing"


def promised(key: str) -> Promise:
    """Return what a key promises of its texts."""
    if key in _TEXTS:
        return Promise.SENTENCE
    if key in _IDENTIFIERS or key.endswith(("_id", "_key", "_at")):
        return Promise.IDENTIFIER
    return Promise.NOTHING


def allowed(key: str, value: object) -> object:
    """Return what a log line shows for a value: itself, its masked text, or ``~`` and a hash.

    Args:
        key: The key of the log call.
        value: Anything. Sequences, sets and mappings are judged item by item, at most twenty;
            collections inside collections are not shown.

    Returns:
        Something that `json.dumps` can write.
    """
    match value:
        case Mapping():
            items = list(value.items())[:_MAX_ITEMS]
            return {str(_scalar("key", name)): _scalar(key, item) for name, item in items}
        case AbstractSet():
            return [_scalar(key, item) for item in sorted(value, key=str)[:_MAX_ITEMS]]
        case list() | tuple():
            return [_scalar(key, item) for item in value[:_MAX_ITEMS]]
        case _:
            return _scalar(key, value)


def _scalar(key: str, value: object) -> object:
    match value:
        case None | bool():
            return value
        case int() | float():
            return value if abs(value) < _LARGEST_COUNT else _veiled(repr(value))
        case datetime():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case BaseException():
            return described(value)
        case Enum():
            return value.name.lower()
        case _ if promised(key) is Promise.SENTENCE:
            return masked(str(value))
        case str():
            fits = promised(key) is Promise.IDENTIFIER and _is_identifier(value)
            return value if fits else _veiled(value)
        case _:
            return f"~{type(value).__name__}"  # its repr may be anything


def _is_identifier(value: str) -> bool:
    """Tell whether this looks like an id of ours or of Megaplan: no phone, no passport, no name."""
    if not _IDENTIFIER.fullmatch(value) or any(secret in value for secret in _secrets):
        return False
    rest = _HARMLESS.sub(" ", value)
    return _LONG_NUMBER.search(rest) is None and _TOKEN.search(rest) is None


def _veiled(value: str) -> str:
    digest = hashlib.blake2s(value.encode("utf-8", "backslashreplace"), key=_RUN)
    return f"~{digest.hexdigest()[:8]}"

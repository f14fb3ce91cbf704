"""Texts of untrusted files, made comparable and harmless (suppliers contract 6.1, 11)."""

from __future__ import annotations

import re
import unicodedata

LONGEST_TEXT = 4096
"""Characters a text field keeps (suppliers contract 11)."""

_CONTROL = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"))


def shown(text: str) -> str:
    """Return the text for people: one line, no control characters, blanks collapsed.

    Cut to `LONGEST_TEXT` characters. Doing it twice changes nothing.
    """
    if text.isprintable():
        if "  " not in text:
            text = text.strip(" ")
            return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT].rstrip()
    else:
        text = "".join(
            sign if sign.isprintable() else " " if _is_blank(sign) else "" for sign in text
        )
    return " ".join(text.split())[:LONGEST_TEXT].rstrip()


def compared(text: str) -> str:
    """Return the text for comparing: NFKC, casefold, ё as е, one kind of dash, blanks collapsed."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е").translate(_DASHES)
    return shown(unicodedata.normalize("NFKC", text))


def header_name(text: str) -> str:
    """Return a column's name for comparing; a trailing ``*`` or ``:`` is no part of it."""
    return compared(text).rstrip("*: ")


def pattern(text: str) -> re.Pattern[str] | None:
    """Return the regular expression of a text that starts with ``~``; None for a plain text."""
    return re.compile(text[1:], re.IGNORECASE) if text.startswith("~") else None


def _is_blank(sign: str) -> bool:
    """Whether a sign that is not printable separates words (nbsp, tab, line feed)."""
    return sign.isspace() or unicodedata.category(sign) not in _CONTROL

"""Spelling of names: what is made equal before two names are compared (suppliers contract 8.1)."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

KNOWN_WORDS = 20_000
"""Words whose nature is remembered: names are made of few, a list is prepared twice as fast."""

LOOK_ALIKE_LETTERS = frozenset("АВЕКМНОРСТУХІЈЅ")
"""Cyrillic capitals that look like Latin ones (suppliers contract 7.3)."""

_TO_LATIN = str.maketrans("АВЕКМНОРСТУХІЈЅ", "ABEKMHOPCTYXIJS")
_DASHES = re.compile("[\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d]")
_SIGNS = str.maketrans(
    {
        # Marks of inches and quotes, before NFKC turns the double prime into two signs.
        "″": '"', "”": '"', "“": '"', "„": '"', "’": "'",
        # The sign of a vulgar fraction, which NFKC makes of "¼".
        "\u2044": "/",
        "×": "X",
    }
)  # fmt: skip
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")
_VULGAR = re.compile("(?<=\\d)(?=[\u00bc-\u00be\u2150-\u215e])")
_PLAIN = re.compile(r"[\x00-\x7fА-Яа-яЁё«»]*")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_LATIN = re.compile(r"[A-Z]")
_LATIN_ONLY = re.compile(r"[A-Z]+\+?\Z")
_DIGIT = re.compile(r"[0-9]")


def cleaned(text: str) -> str:
    """Return a name in capitals with one spelling of every sign; twice is the same as once."""
    if _PLAIN.fullmatch(text) is not None:  # nearly all names are
        text = text.upper().replace("Ё", "Е")
        return " ".join((_DECIMAL_COMMA.sub(".", text) if "," in text else text).split())
    # Upper-casing can undo NFKC, and a sign can become several: repeated until nothing moves.
    previous = ""
    while text != previous:
        previous = text
        text = _VULGAR.sub(" ", text.translate(_SIGNS))
        text = unicodedata.normalize("NFKC", text).translate(_SIGNS)
        if not text.isprintable():  # format characters are not
            text = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
        text = _DASHES.sub("-", text.upper().replace("Ё", "Е"))
        text = " ".join(_DECIMAL_COMMA.sub(".", text).split())
    return text


def folded(token: str) -> str:
    """Return a token of a cleaned name with its Cyrillic look-alikes Latin."""
    return token.translate(_TO_LATIN)


@lru_cache(KNOWN_WORDS)
def is_look_alike(token: str) -> bool:
    """Whether every Cyrillic letter of the token could as well be a Latin one."""
    return LOOK_ALIKE_LETTERS.issuperset(_CYRILLIC.findall(token))


@lru_cache(KNOWN_WORDS)
def has_digit(token: str) -> bool:
    """Whether the token has an ordinary digit."""
    return _DIGIT.search(token) is not None


@lru_cache(KNOWN_WORDS)
def has_latin(token: str) -> bool:
    """Whether the token has a Latin capital."""
    return _LATIN.search(token) is not None


def has_cyrillic(token: str) -> bool:
    """Whether the token has a Cyrillic letter."""
    return _CYRILLIC.search(token) is not None


@lru_cache(KNOWN_WORDS)
def is_latin_word(token: str) -> bool:
    """Whether the token is nothing but Latin capitals, perhaps with a plus behind ("PRO+")."""
    return _LATIN_ONLY.match(token) is not None

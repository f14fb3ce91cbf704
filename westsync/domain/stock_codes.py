"""Keys of articles and barcodes, by which two spellings of one code are equal.

Suppliers contract 7.3 and 7.4. Readers form them for every row, matching forms them for the
question; so they live here, pure and alike for both.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_LOOK_ALIKES = str.maketrans("АВЕКМНОРСТУХІЈЅ", "ABEKMHOPCTYXIJS")
"""Cyrillic capitals that look like Latin ones (suppliers contract 7.3). З/3, О/0, Б/6 are not
folded: two real articles may differ by just that."""

_DASHES = re.compile("[\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d]")
_LENGTHS = frozenset({8, 12, 13, 14})
_ZERO = ord("0")
_VALUES = bytes(sign - _ZERO if chr(sign).isdigit() else 0 for sign in range(128)) + bytes(128)
_TENS = bytes(range(0, 256, 10))
_DIGIT_COMMA = re.compile(r"(?<=\d),(?=\d)")
# "." and "/" only where a side is no digit. One class first, and the exceptions behind it: so the
# search jumps from sign to sign, which is twice as fast as alternatives.
_SEPARATORS = re.compile(r"[\W_](?<!\+)(?:(?<![./])|(?!\d)|(?<!\d.))")


def strict_key(code: str) -> str:
    """Return the code with everything unseen or look-alike made equal, separators kept.

    NFKC, format characters dropped, upper case, one kind of dash, look-alikes Latin, blanks
    collapsed. Applying it twice changes nothing.
    """
    if code.isascii():
        return " ".join(code.upper().split())
    # Upper-casing can undo NFKC ("ŉ"), and folding can join a letter with a mark after it, so
    # both are repeated until nothing moves; one round is enough for any real code.
    previous = ""
    key = code
    while key != previous:
        previous = key
        key = _DASHES.sub("-", unicodedata.normalize("NFKC", key))
        key = "".join(sign for sign in key if unicodedata.category(sign) != "Cf")
        key = " ".join(key.upper().translate(_LOOK_ALIKES).split())
    return key


def loose_key(code: str) -> str:
    """Return the strict key without separators.

    Between two digits ``.`` (also for ``,``) and ``/`` stay, and ``+`` stays everywhere: DR-1.5
    is not DR-15, the violin size 1/4 is not 14, PRO+ is not PRO (suppliers contract 7.3).
    """
    key = strict_key(code)
    if key.isalnum() and key.isascii():
        return key
    bare = _SEPARATORS.sub("", _DIGIT_COMMA.sub(".", key) if "," in key else key)
    return bare if bare.isascii() else strict_key(bare)


def barcode(text: str) -> str | None:
    """Return the barcode for matching, or None if the text is not a valid one.

    EAN-13, EAN-8, UPC-A and ITF-14 with a right check digit; UPC-A gets its leading zero, so that
    it equals the same code written as EAN-13 (suppliers contract 7.4).
    """
    digits = text if text.isdigit() else "".join(text.split())
    if len(digits) not in _LENGTHS or not (digits.isascii() and digits.isdigit()):
        return None
    signs = digits.encode("ascii")
    weighed, plain = signs[-2::-2], signs[-3::-2]
    total = 3 * sum(weighed) + sum(plain) - _ZERO * (3 * len(weighed) + len(plain))
    if (total + signs[-1] - _ZERO) % 10 or not digits.strip("0"):
        return None
    return f"0{digits}" if len(digits) == 12 else digits


def are_ean13(codes: Sequence[str]) -> bool:
    """Whether every text is an EAN-13 that `barcode` returns as it is; quick for many at once.

    The digits at one place in all codes are the bytes of one long number. Numbers are added, not
    codes one by one; no sum passes 225, so no byte runs over into the next.
    """
    joined = "".join(codes)
    if {*map(len, codes)} != {13} or not (joined.isascii() and joined.isdigit()):
        return False
    digits = joined.encode("ascii").translate(_VALUES)
    places = [int.from_bytes(digits[at::13], "big") for at in range(13)]
    sums = sum(places[::2]) + 3 * sum(places[1::2])
    right = not sums.to_bytes(len(codes), "big").translate(None, _TENS)
    return right and "0" * 13 not in codes


def is_internal_barcode(code: str) -> bool:
    """Whether the barcode belongs to one shop only (prefix 2): never used across suppliers."""
    return len(code) == 13 and code.startswith("2")

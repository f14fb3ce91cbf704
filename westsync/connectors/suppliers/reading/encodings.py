"""Which encoding and delimiter a text has, where the profile does not say (suppliers contract 4).

The rule: byte order mark, else strict UTF-8 (a cut last character is forgiven), else the Russian
encoding whose reading looks most like Russian. Once a source works, its profile should fix both.
"""

from __future__ import annotations

import codecs
from collections import Counter

SAMPLE_BYTES = 64 * 1024

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_RUSSIAN = ("cp1251", "cp866", "koi8-r")
_COMMON = frozenset("оеаинтср")
_DELIMITERS = ";\t,|"
_LINES = 50


def guess_encoding(sample: bytes, among: tuple[str, ...] = _RUSSIAN) -> str:
    """Return Python's name of the encoding the sample is most likely in.

    Args:
        sample: The first bytes of the text.
        among: Encodings of one byte per letter to choose from.
    """
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name
    if _is_utf8(sample):
        return "utf-8"
    # UTF-16 without a mark: plain signs have a zero byte on one side.
    if sample[1:200:2].count(0) > len(sample[1:200:2]) // 2:
        return "utf-16-le"
    if sample[0:200:2].count(0) > len(sample[0:200:2]) // 2:
        return "utf-16-be"
    return max(among, key=lambda name: _russian_score(sample.decode(name, errors="replace")))


def guess_delimiter(sample: str, quote: str = '"') -> str:
    """Return the delimiter with the most stable number of columns over the first lines."""
    lines = [line for line in sample.splitlines()[:_LINES] if line.strip()]
    if lines and lines[0].lower().startswith("sep=") and len(lines[0].strip()) == 5:
        return lines[0].strip()[4]
    best, best_rank = ";", (0.0, 0)
    for delimiter in _DELIMITERS:
        counts = Counter(_outside_quotes(line, delimiter, quote) for line in lines)
        counts.pop(0, None)
        if counts:
            columns, times = max(counts.items(), key=lambda one: (one[1], one[0]))
            rank = (times / len(lines), columns)
            if rank > best_rank:
                best, best_rank = delimiter, rank
    return best


def columns_of(sample: str, delimiter: str, quote: str = '"') -> int:
    """Return how many columns most of the first lines have."""
    lines = [line for line in sample.splitlines()[:_LINES] if line.strip()]
    counts = Counter(_outside_quotes(line, delimiter, quote) + 1 for line in lines)
    return max(counts.items(), key=lambda one: (one[1], one[0]))[0] if counts else 1


def _is_utf8(sample: bytes) -> bool:
    """Whether the sample is UTF-8; its last character may be cut."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return False
    return b"\0" not in sample[:200]


def _russian_score(text: str) -> int:
    """Return how Russian a reading looks (the weights of suppliers contract 4)."""
    score = 0
    before = ""
    for sign in text:
        if sign in _COMMON:
            score += 2
        elif "а" <= sign <= "я" or sign == "ё":
            score += 1
        elif "\u2500" <= sign <= "\u259f" or sign == "\ufffd" or "\u0400" <= sign < "\u0410":
            score -= 4
        if before and "а" <= before <= "я" and "А" <= sign <= "Я":
            score -= 3
        before = sign
    return score


def _outside_quotes(line: str, delimiter: str, quote: str) -> int:
    """Count the delimiter where no quote is open."""
    if not quote or quote not in line:
        return line.count(delimiter)
    return sum(part.count(delimiter) for part in line.split(quote)[::2])

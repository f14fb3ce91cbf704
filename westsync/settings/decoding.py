"""From the bytes of a configuration file to its characters, or to a problem with a cure."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from westsync.domain.places import Place, Problem

if TYPE_CHECKING:
    from pathlib import Path

# 200 rules take 61 KB; a megabyte is no configuration but a mistaken file.
MAX_BYTES = 1_000_000

_UTF8 = "save the file as UTF-8"
_WIDE = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}


def read_bytes(path: Path, *, file: str) -> bytes | Problem:
    """Return the content of a file, or why it cannot be read.

    Args:
        path: Where the file is.
        file: How messages call it.
    """
    place = Place(file=file)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            # Opening a pipe would wait for its other end.
            return Problem(place=place, text="this is not a file")
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return Problem(place=place, text="there is no such file")
    except OSError as exc:
        return Problem(place=place, text=f"the file cannot be read: {exc.strerror}")
    if len(content) > MAX_BYTES:
        return Problem(
            place=place,
            text=f"the file is longer than {MAX_BYTES // 1000} KB",
            cure="split it; rules may stand in as many files as you like",
        )
    return content


def decode(content: bytes, *, file: str) -> str | Problem:
    """Return the characters of a file, a leading byte order mark dropped, or a problem.

    Only UTF-8 is accepted: a guess that is right nine times writes a wrong name the tenth.

    Args:
        content: The file's bytes.
        file: How messages call it.
    """
    for mark, name in _WIDE.items():
        if content.startswith(mark):
            return Problem(place=Place(file=file), text=f"the file is {name}", cure=_UTF8)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        # With "utf-8-sig" the error's own position does not count a byte order mark.
        start = exc.start + 3 * content.startswith(b"\xef\xbb\xbf")
        return _not_utf8(content, start, file)
    return forbidden(text, file=file) or text


def forbidden(text: str, *, file: str) -> Problem | None:
    """Return a problem for the first character that no YAML file may hold, None if all may."""
    # A file has few different characters: looking at each of them once is quick.
    wrong = {char for char in set(text) if not _is_allowed(ord(char))}
    if not wrong:
        return None
    at = min(text.index(char) for char in wrong)
    code = ord(text[at])
    cure = "remove it"
    if code == 0:
        cure = "remove it; a file full of them is UTF-16: save it as UTF-8"
    elif code in {0x85, 0x2028, 0x2029}:
        cure = "write an ordinary line break"
    return Problem(
        place=_place_after(text[:at], file),
        text=f"the invisible character U+{code:04X} is not allowed",
        cure=cure,
    )


def _is_allowed(code: int) -> bool:
    """Tell what YAML 1.2 calls printable (chapter 5.1), less three line separators.

    At NEL, LS and PS (U+0085, U+2028, U+2029) YAML 1.1 breaks lines and 1.2 does not: a parser
    would see a new line where an editor shows nothing.
    """
    if code < 0xA0:
        return 0x20 <= code <= 0x7E or code in {0x09, 0x0A, 0x0D}
    if code in {0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF}:
        return False
    return not 0xD800 <= code <= 0xDFFF


def _not_utf8(content: bytes, start: int, file: str) -> Problem:
    before = content[:start].decode("utf-8", errors="replace").removeprefix("\ufeff")
    line_begin = content.rfind(b"\n", 0, start) + 1
    line = content[line_begin : line_begin + 200].split(b"\n")[0]
    if content[start : start + 1] == b"\xed" and content[start + 1 : start + 2] >= b"\xa0":
        text, cure = "half of a surrogate pair is not a character", "write the character itself"
    else:
        text, cure = "this is not UTF-8", _UTF8
        guess = line.decode("cp1251", errors="replace").strip()[:40]
        if not any(word in guess.lower() for word in ("password", "token", "secret")):
            cure = f"{_UTF8}; if the line reads '{guess}', it is Windows-1251 now"
    return Problem(place=_place_after(before, file), text=text, cure=cure)


def _place_after(before: str, file: str) -> Place:
    """Return the place of the character that follows this text."""
    line_begin = max(before.rfind("\n"), before.rfind("\r")) + 1
    lines = before.replace("\r\n", "\n").replace("\r", "\n").count("\n")
    return Place(file=file, line=lines + 1, column=len(before) - line_begin + 1)

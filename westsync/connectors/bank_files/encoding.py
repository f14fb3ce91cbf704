"""Finding out in which code page a bank wrote its file; the header's word alone is not enough."""

from __future__ import annotations

import codecs

FIRST_LINE = "1CClientBankExchange"
END = "КонецФайла"
_DOCUMENT = "СекцияДокумент"
_DOS, _WINDOWS = "cp866", "cp1251"
_SAYS_DOS = tuple("Кодировка=DOS".encode(page) for page in (_DOS, _WINDOWS))


class Undecodable(ValueError):
    """The bytes are no statement in any code page that banks use."""


def decode(content: bytes) -> str:
    """Return the text of an exchange file without byte order mark.

    UTF-8 is taken where the bytes are strictly valid UTF-8, whatever the header says; otherwise
    the header's ``Кодировка`` is tried first and the other code page second. A reading is right
    if the words of the format are in it.

    Raises:
        Undecodable: No code page makes a statement of it; the text names what is missing.
    """
    if not content.removeprefix(codecs.BOM_UTF8).startswith(FIRST_LINE.encode()):
        raise Undecodable(f"the first line is not {FIRST_LINE}")
    for page in _pages(content):
        try:
            text = content.decode(page)
        except UnicodeDecodeError:
            continue
        if _DOCUMENT in text or END in text:
            return text
    raise Undecodable(f"neither {_DOCUMENT} nor {END} can be read in UTF-8, {_WINDOWS} or {_DOS}")


def _pages(content: bytes) -> tuple[str, ...]:
    says_dos = any(word in content for word in _SAYS_DOS)
    return ("utf-8-sig", *((_DOS, _WINDOWS) if says_dos else (_WINDOWS, _DOS)))

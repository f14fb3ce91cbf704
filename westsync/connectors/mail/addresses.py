"""Which addresses can be written to, in the form that SMTP carries."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
# RFC 5321 4.5.3.1
_LONGEST_LOCAL, _LONGEST_DOMAIN = 64, 255


def deliverable(raw: str) -> str | None:
    """Return an address in the ASCII form of SMTP; None if it cannot be written to.

    The domain may be international (почта.рф) and is then carried as IDNA. The part before the
    ``@`` must be plain ASCII without quotes: few servers offer SMTPUTF8. Addresses come from a
    person's card in Megaplan too, where anything can stand, also line breaks.
    """
    local, at, domain = raw.strip().rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    fits = len(local) <= _LONGEST_LOCAL and len(ascii_domain) <= _LONGEST_DOMAIN
    if not at or not fits or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(ascii_domain):
        return None
    return f"{local}@{ascii_domain}"


def sorted_out(raw: Iterable[str]) -> tuple[tuple[str, ...], int]:
    """Return the addresses that can be written to, each once, and how many cannot.

    Two that differ in the case of letters only are one mailbox everywhere in practice.
    """
    good: dict[str, str] = {}
    bad = 0
    for one in raw:
        address = deliverable(one)
        if address is None:
            bad += 1
        else:
            good.setdefault(address.lower(), address)
    return tuple(good.values()), bad

"""Kinds of values in supplier files: spans with days, patterns, hours, sizes, addresses."""

import codecs
import re
from datetime import time
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from westsync.domain.windows import parse_days
from westsync.settings.kinds import Unfit, one_text

_SPAN = re.compile(r"(?:([0-9]{1,3})d)?(?:([0-9]{1,4})h)?(?:([0-9]{1,5})m)?(?:([0-9]{1,6})s)?")
_HOURS = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])")
_SIZE = re.compile(r"([0-9]{1,6})(KiB|MiB|GiB)")
_UNITS = {"KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}
_LARGEST_BYTES = 2 * 1024**3
_LETTER = re.compile(r"[A-Z]{1,3}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_PIN = re.compile(r"[0-9a-f]{64}")
_PLACEHOLDER = re.compile(r"(?<!\$)\{([^{}]*)\}")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_DANGLING = re.compile(r"(?:^[>+~]|[>+~.#:@=]$)|::|[.#]{2}|>\s*>")
_SECRET = re.compile(r"\$\{secret:[^}]*\}")


def _span(value: object) -> int:
    if isinstance(value, str) and value and (found := _SPAN.fullmatch(value)):
        days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    raise Unfit("must be a length of time", "write it like 30s, 5m, 2h or 3d")


def _hours(value: str) -> str:
    found = _HOURS.fullmatch(value)
    if found is None or (found[3] == "24" and found[4] != "00"):
        raise Unfit("must be hours of the day", 'write them like "08:00-20:00"')
    return value


def hours(value: str | None) -> tuple[time, time] | None:
    """Return opening and end of ``08:00-20:00``; ``24:00`` is the midnight that ends the day."""
    found = _HOURS.fullmatch(value or "")
    if found is None:
        return None
    begin_h, begin_m, end_h, end_m = map(int, found.groups())
    return time(begin_h, begin_m), time(end_h % 24, end_m)


def _days(value: tuple[str, ...]) -> tuple[str, ...]:
    lower = tuple(text.lower() for text in value)
    parse_days(lower)
    return lower


def compiles(value: str) -> str:
    """Return a regular expression that is one.

    Raises:
        Unfit: It is not.
    """
    try:
        re.compile(value.removeprefix("~"))
    except re.error as exc:
        cure = "check its brackets; in double quotes a backslash is written twice"
        raise Unfit(f"is not a regular expression ({exc})", cure) from exc
    return value


def _pattern(value: str) -> str:
    return compiles(value) if value.startswith("~") else value


def _css(value: str) -> str:
    """Find slips of the pen; whether the parser of pages knows all of it shows when it reads one.

    The parser itself is not asked: it would sit in every daemon whether or not a portal is asked.
    """
    bare = _QUOTED.sub("", value)
    closed = all(bare.count(opening) == bare.count(end) for opening, end in ("[]", "()"))
    parts = [part.strip() for part in bare.split(",")]
    if not closed or not all(parts) or bare.count("'") or bare.count('"'):
        raise Unfit("is not a CSS selector", "write it like table.catalog tr.item")
    if any(_DANGLING.search(part) for part in parts):
        raise Unfit("is not a CSS selector: it ends in the middle", "complete or remove the end")
    return value


def _size(value: object) -> int:
    size: object = value
    if isinstance(value, str) and (found := _SIZE.fullmatch(value)):
        size = int(found[1]) * _UNITS[found[2]]
    if isinstance(size, bool) or not isinstance(size, int):
        raise Unfit("must be a number of bytes", "write it like 33554432 or 32MiB")
    if not 1024 <= size <= _LARGEST_BYTES:
        raise Unfit("must be between 1KiB and 2GiB")
    return size


def _letter(value: str) -> str:
    if not _LETTER.fullmatch(value) or (len(value), value) > (3, "XFD"):
        raise Unfit("is not a column of a sheet", "write its letters: A to XFD")
    return value


def _encoding(value: str) -> str:
    try:
        codecs.lookup(value)
    except LookupError:
        raise Unfit("is not an encoding", "write e.g. cp1251, cp866 or utf-8") from None
    return value


def _currency(value: str) -> str:
    if not _CURRENCY.fullmatch(value):
        raise Unfit("is not a currency", "write its three letters, e.g. RUB")
    return value


def _delimiter(value: str) -> str:
    sign = "\t" if value == "tab" else value
    if len(sign) != 1:
        raise Unfit("must be one character", 'write e.g. ";" or tab')
    return sign


def _one_sign(value: str) -> str:
    if len(value) > 1:
        raise Unfit("must be one character, or empty")
    return value


def _pin(value: str) -> str:
    digest = value.replace(":", "").lower()
    if not _PIN.fullmatch(digest):
        raise Unfit("is not a SHA-256", "write the 64 hex digits of the certificate's fingerprint")
    return digest


def _source_url(value: str) -> str:
    if value.startswith("${secret:"):
        return value  # a link with a token in it is a secret as a whole
    bare = _SECRET.sub("secret", value)
    for name in _PLACEHOLDER.findall(bare):
        if name != "timestamp" and not name.startswith("date:%"):
            raise Unfit(
                f"has the unknown placeholder {{{name}}}",
                "known are {date:%d.%m.%y} and {timestamp}",
            )
    _plain_url(_PLACEHOLDER.sub("0", bare))
    return value


def _site_url(value: str) -> str:
    if "?" in value or "#" in value:
        raise Unfit("has a query or fragment in it", "remove everything from '?' or '#'")
    return _plain_url(value).rstrip("/")


def _plain_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise Unfit(
            "is not an address", "write it like https://supplier.example/price.xls"
        ) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0 or " " in value:
        raise Unfit("is not an address", "write it like https://supplier.example/price.xls")
    if "@" in parts.netloc:
        raise Unfit("has a user name or password in it", "write them under auth:")
    return value


_TEXT = {"type": "string"}
_SPAN_SCHEMA = {
    "type": "string",
    "pattern": r"^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$",
    "examples": ["30m", "2d"],
}

Span = Annotated[int, BeforeValidator(_span), WithJsonSchema(_SPAN_SCHEMA)]
Hours = Annotated[str, AfterValidator(_hours)]
Days = Annotated[tuple[str, ...], BeforeValidator(one_text), AfterValidator(_days)]
Regex = Annotated[str, AfterValidator(compiles)]
Pattern = Annotated[str, AfterValidator(_pattern)]
Patterns = Annotated[tuple[Pattern, ...], BeforeValidator(one_text)]
Texts = Annotated[tuple[str, ...], BeforeValidator(one_text)]
Css = Annotated[str, AfterValidator(_css)]
Bytes = Annotated[
    int, BeforeValidator(_size), WithJsonSchema({"anyOf": [{"type": "integer"}, _TEXT]})
]
Letter = Annotated[str, AfterValidator(_letter)]
Encoding = Annotated[str, AfterValidator(_encoding)]
Currency = Annotated[str, AfterValidator(_currency)]
Delimiter = Annotated[str, AfterValidator(_delimiter)]
OneSign = Annotated[str, AfterValidator(_one_sign)]
Pin = Annotated[str, AfterValidator(_pin)]
SourceUrl = Annotated[str, AfterValidator(_source_url)]
PortalUrl = Annotated[str, AfterValidator(_site_url)]

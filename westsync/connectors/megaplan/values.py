"""Megaplan's value objects (contract 3), read tolerantly and written strictly."""

from __future__ import annotations

import html
import re
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING, TypeAlias
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from westsync.domain.records import FieldValue

# What `msgspec.json` makes of JSON; numbers with a fraction are Decimal, never float.
Json: TypeAlias = "bool | int | float | Decimal | str | list[Json] | dict[str, Json] | None"

BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "ul", "ol", "table"})
SILENT = frozenset({"script", "style", "head", "title"})
HOME_REGION = "RU"
MAX_DIGITS = 15


def text(value: object) -> str:
    """Return a plain string; null, ``[]`` and ``{}`` are empty, a number becomes its digits."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return str(value)
    return ""


def moment(value: object) -> datetime | None:
    """Return the UTC moment of a `DateTime`; None if it is empty or cannot be read.

    Responses come in UTC with offset (contract 3, LIVE); a value without one is taken as UTC.
    """
    raw = value.get("value") if isinstance(value, dict) else value
    if not isinstance(raw, str) or not raw:
        return None
    try:
        read = datetime.fromisoformat(raw)
    except ValueError:
        return None
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)


def date_only(value: object) -> date | None:
    """Return the date of a `DateOnly`, whose month counts from zero; None if it has no year."""
    if not isinstance(value, dict) or value.get("contentType") != "DateOnly":
        return None
    try:
        year, month, day = (int(text(value.get(part))) for part in ("year", "month", "day"))
        return date(year, month + 1, day)
    except ValueError:
        return None


def deadline_moment(value: object, zone: str) -> datetime | None:
    """Return a task's deadline in UTC; a date ends with its day in the account's zone."""
    day = date_only(value)
    if day is None:
        return moment(value)
    end = datetime.combine(day, time.max, tzinfo=ZoneInfo(zone)).replace(microsecond=0)
    return end.astimezone(UTC)


def midnight(value: object, zone: str) -> datetime | None:
    """Return the UTC moment at which a `DateOnly` begins in a zone; None if it is none."""
    day = date_only(value)
    if day is None:
        return None
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def number(value: object) -> Decimal | None:
    """Return a number of at most 15 digits, also one that came as text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    try:
        # Nearly all numbers of an answer are whole ones; a float goes through its shortest text.
        whole = isinstance(value, int)
        read = Decimal(value) if whole else Decimal(str(value).strip().replace(",", "."))
    except InvalidOperation:
        return None
    if not read.is_finite() or abs(read.adjusted()) > MAX_DIGITS:
        return None
    return read


def money(value: object) -> Decimal | None:
    """Return the roubles of a `Money`: the amount in the account's base currency if it is told."""
    if not isinstance(value, dict):
        return number(value)
    in_main = number(value.get("valueInMain"))
    return number(value.get("value")) if in_main is None else in_main


def link_id(value: object) -> str | None:
    """Return the id of a link as text; None if there is no link."""
    if not isinstance(value, dict):
        return None
    return text(value.get("id")) or None


def items(value: object) -> list[dict[str, Json]]:
    """Return the objects of a list; an empty PHP array may come as ``{}`` and the reverse."""
    found = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(found, list):
        return []
    return [one for one in found if isinstance(one, dict)]


def plain_text(markup: object) -> str:
    """Return the text of HTML: tags dropped, entities resolved, blocks as lines."""
    source = text(markup)
    if "<" not in source and "&" not in source:
        return source.strip()
    reader = _TextReader()
    reader.feed(source)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def html_of(lines: Iterable[str]) -> str:
    """Return paragraphs of escaped text."""
    return "".join(f"<p>{escaped(line)}</p>" for line in lines)


def escaped(line: str) -> str:
    """Return text that HTML shows as it is; control characters do not travel."""
    return html.escape(printable(line), quote=False)


def printable(line: str) -> str:
    """Return the line without control characters and lone surrogates."""
    kept = "".join(char for char in line if char >= " " or char in "\n\t")
    return kept.encode("utf-8", "ignore").decode("utf-8")


def date_json(day: date) -> dict[str, Json]:
    """Return a `DateOnly`; its month counts from zero."""
    return {"contentType": "DateOnly", "year": day.year, "month": day.month - 1, "day": day.day}


def moment_json(at: datetime, zone: str) -> dict[str, Json]:
    """Return a `DateTime` with an explicit offset and whole seconds (contract 3)."""
    local = at.astimezone(ZoneInfo(zone)).replace(microsecond=0)
    return {"contentType": "DateTime", "value": local.isoformat()}


def field_value(value: object) -> FieldValue:
    """Return a custom field's value in plain terms (contract 4.11).

    Moments and dates become ISO 8601, money roubles with two decimals, files and sets the tuple of
    their names; "", null, [], {} and zero money are all empty.
    """
    match value:
        case None | "" | []:
            return None
        case bool():
            return value
        case int() | float() | Decimal():
            read = number(value)  # a number beyond all sense is as good as none
            if read is None or isinstance(value, int):
                return None if read is None else int(read)
            return float(read)
        case str():
            return plain_text(value) or None
        case list():
            named = (field_value(one) for one in value)
            return tuple(str(one) for one in named if one is not None) or None
        case dict():
            return _object_value(value)
        case _:
            return None


def _object_value(value: Mapping[str, Json]) -> FieldValue:
    match value.get("contentType"):
        case "DateOnly":
            day = date_only(value)
            return None if day is None else day.isoformat()
        case "DateTime":
            at = moment(value)
            return None if at is None else at.isoformat()
        case "Money":
            amount = money(value)
            return f"{amount:.2f}" if amount else None
        case "DateInterval":
            seconds = number(value.get("value"))
            return int(seconds) if seconds else None
        case _:
            return plain_text(value.get("name")) or link_id(value)


@lru_cache(maxsize=4096)  # a poll shows the same clients again and again, and reading one is slow
def phone_digits(raw: str) -> str:
    """Return a phone's digits with country code (E.164 without plus) where they can be read.

    A number that `phonenumbers` does not take for possible keeps its bare digits.
    """
    import phonenumbers  # noqa: PLC0415 - its metadata costs megabytes; only clients need it

    try:
        parsed = phonenumbers.parse(raw, HOME_REGION)
    except phonenumbers.NumberParseException:
        return re.sub(r"\D", "", raw)
    if not phonenumbers.is_possible_number(parsed):
        return re.sub(r"\D", "", raw)
    return f"{parsed.country_code}{phonenumbers.national_significant_number(parsed)}"


class _TextReader(HTMLParser):
    """Collects the visible text of HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in SILENT:
            self._silent += 1
        elif tag in BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)

"""The query options of a request (contract 4.1, 4.4, 10.13)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

from westsync.sandbox.onec.odata.syntax import Node, Path, parse
from westsync.sandbox.onec.refusals import BAD_REPRESENTATION, OneCRefused, bad_option

Level = Literal["nometadata", "minimalmetadata", "fullmetadata"]
_LEVELS: tuple[Level, ...] = ("nometadata", "minimalmetadata", "fullmetadata")


def split_query(raw: str) -> dict[str, str]:
    """Return the options as they came, percent-decoded; a ``+`` stays a plus sign.

    Raises:
        OneCRefused: Code 14: an escape is no UTF-8 text.
    """
    try:
        pairs = (part.partition("=") for part in raw.split("&") if part)
        return {
            unquote(name, errors="strict"): unquote(value, errors="strict")
            for name, _, value in pairs
        }
    except UnicodeDecodeError as exc:
        raise bad_option("строка запроса не в UTF-8") from exc


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a list or an object is asked with.

    Attributes:
        condition: ``$filter``; None: every row.
        order: Paths and whether each is descending.
        top, skip: None: without.
        select: Paths as texts; empty: everything.
        expand: Paths of references.
        counts: ``$inlinecount=allpages``.
        allowed_only: ``allowedOnly=true``.
    """

    condition: Node | None = None
    order: tuple[tuple[Path, bool], ...] = ()
    top: int | None = None
    skip: int | None = None
    select: tuple[str, ...] = ()
    expand: tuple[str, ...] = ()
    counts: bool = False
    allowed_only: bool = False

    @classmethod
    def read(cls, raw: str, given: dict[str, str]) -> Options:
        """Read the options of a request.

        Args:
            raw: The query string as it came: a literal ``+`` in it is an addition.
            given: The same, split.

        Raises:
            OneCRefused: Code 14 or 1.
        """
        parts = (part for part in raw.split("&") if part.startswith(("$", "%24")))
        if any("+" in part and "format" not in part for part in parts):
            raise bad_option("Операция не разрешена в предложении ГДЕ: +")
        condition = given.get("$filter", "").strip()
        return cls(
            condition=parse(condition) if condition else None,
            order=_order(given.get("$orderby", "")),
            top=_count(given, "$top"),
            skip=_count(given, "$skip"),
            select=_names(given.get("$select", "")),
            expand=_names(given.get("$expand", "")),
            counts=_choice(given, "$inlinecount", ("none", "allpages")) == "allpages",
            allowed_only=given.get("allowedOnly", "").lower() == "true",
        )


def level_of(given: dict[str, str], accept: str) -> Level | None:
    """Return the metadata level of the JSON that is wanted; None: Atom.

    ``$format`` wins over ``Accept``.

    Raises:
        OneCRefused: 406, code 3: neither JSON nor Atom.
    """
    wanted = given.get("$format", "").strip().lower()
    if not wanted:
        accepted = accept.lower()
        return _json_level(accepted) if "application/json" in accepted else None
    if wanted in {"atom", "application/atom+xml"}:
        return None
    if wanted.partition(";")[0].strip() in {"json", "application/json"}:
        return _json_level(wanted)
    raise OneCRefused(BAD_REPRESENTATION, f"Неверный формат представления: {wanted}")


def _json_level(text: str) -> Level:
    return next(
        (level for level in _LEVELS if f"odata={level}" in text.replace(" ", "")), _LEVELS[1]
    )


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _count(given: dict[str, str], name: str) -> int | None:
    text = given.get(name)
    if text is None:
        return None
    if not text.strip().isdecimal():
        raise bad_option(f"{name}={text}: ожидается целое число")
    return int(text)


def _choice(given: dict[str, str], name: str, choices: tuple[str, ...]) -> str:
    text = given.get(name, choices[0])
    if text not in choices:
        raise bad_option(f"{name}={text}: ожидается {' или '.join(choices)}")
    return text


def _order(text: str) -> tuple[tuple[Path, bool], ...]:
    found = []
    for part in _names(text):
        name, _, direction = part.partition(" ")
        if direction.strip() not in {"", "asc", "desc"}:
            raise bad_option(f"$orderby={part}: ожидается asc или desc")
        found.append((Path(tuple(name.split("/"))), direction.strip() == "desc"))
    return tuple(found)

"""The yearly table of a company: dates on which it works otherwise (``config/calendars``)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from westsync.domain.places import Map, Place, Problem, Scalar, Seq, did_you_mean, plain
from westsync.domain.windows import DayKind, parse_windows

if TYPE_CHECKING:
    from westsync.domain.calendar_spec import Override
    from westsync.domain.places import Node

_KEYS = ("version", "year", "calendars", "days")
_KINDS = tuple(kind.value for kind in DayKind)
_FORMS = f"write {', '.join(_KINDS)} or windows, e.g. ['09:00-12:00']"


@dataclass(frozen=True, slots=True, kw_only=True)
class YearTable:
    """One file of ``config/calendars``.

    Attributes:
        year: The year of all its dates.
        calendars: Names of the calendars it is for, each with its place; None means all.
        days: What each date is.
    """

    year: int
    calendars: tuple[tuple[str, Place], ...] | None = None
    days: dict[date, Override] = field(default_factory=dict)

    def is_for(self, calendar: str) -> bool:
        """Tell whether the table is for a calendar."""
        return self.calendars is None or any(name == calendar for name, _ in self.calendars)


def read_year_table(file: Node) -> tuple[YearTable | None, list[Problem]]:
    """Read one file of the yearly table.

    Args:
        file: The whole file, e.g. ``{version: 1, year: 2026, calendars: [office],
            days: {2026-12-30: short, 2026-12-29: off, 2026-12-28: ["09:00-12:00"]}}``.

    Returns:
        What could be read, None without a year; and every mistake with its place.
    """
    if not isinstance(file, Map):
        return None, [
            Problem(place=file.place, text="a yearly table has keys", cure="write year: and days:")
        ]
    problems = [
        Problem(
            place=place,
            text=f"unknown key '{key}' of a yearly table",
            cure=did_you_mean(key, _KEYS) or f"write one of {', '.join(_KEYS)}",
        )
        for key, place, _ in file.entries
        if key not in _KEYS
    ]
    version = file.get("version")
    if not (isinstance(version, Scalar) and version.source == "1"):
        problems.append(
            Problem(place=file.place_of("version"), text="unknown version", cure="write version: 1")
        )
    year = file.get("year")
    if not (isinstance(year, Scalar) and type(year.value) is int):
        problems.append(
            Problem(
                place=file.place_of("year"), text="year is missing", cure="write e.g. year: 2026"
            )
        )
        return None, problems
    table = YearTable(
        year=year.value,
        calendars=_read_calendars(file.get("calendars"), problems),
        days=_read_days(file.get("days"), year.value, problems),
    )
    return table, problems


def _read_calendars(
    node: Node | None, problems: list[Problem]
) -> tuple[tuple[str, Place], ...] | None:
    if node is None:
        return None
    names = [
        (item.value, item.place)
        for item in (node if isinstance(node, Seq) else ())
        if isinstance(item, Scalar) and isinstance(item.value, str)
    ]
    if not isinstance(node, Seq) or len(names) != len(node.items):
        problems.append(
            Problem(
                place=node.place,
                text="calendars is not a list of names",
                cure="write e.g. calendars: [office], or leave it out for all",
            )
        )
    return tuple(names)


def _read_days(node: Node | None, year: int, problems: list[Problem]) -> dict[date, Override]:
    days: dict[date, Override] = {}
    if node is None:
        return days
    if not isinstance(node, Map):
        problems.append(
            Problem(place=node.place, text="days is not a table", cure="write e.g. 2026-12-30: off")
        )
        return days
    for key, place, value in node.entries:
        try:
            day = date.fromisoformat(key)
        except ValueError:
            problems.append(
                Problem(place=place, text=f"'{key}' is not a date", cure="write e.g. 2026-12-30")
            )
            continue
        if day.year != year:
            problems.append(
                Problem(
                    place=place,
                    text=f"{key} is not in the year {year}",
                    cure=f"move it to the table of {day.year}",
                )
            )
            continue
        override = _read_override(value, problems)
        if override is not None:
            days[day] = override
    return days


def _read_override(node: Node, problems: list[Problem]) -> Override | None:
    match node:
        case Scalar(value=str(word)) if word in _KINDS:
            return DayKind(word)
        case Scalar():
            text = f"'{node.value}' is not a kind of day"
            cure = did_you_mean(str(node.value), _KINDS) or _FORMS
        case Seq(items=()):
            text, cure = "a date needs at least one window", "write off, or e.g. ['09:00-12:00']"
        case Seq():
            try:
                return parse_windows(str(plain(item)) for item in node)
            except ValueError as exc:
                text, _, cure = str(exc).partition("; ")
        case Map():
            text, cure = "not a kind of day", _FORMS
    problems.append(Problem(place=node.place, text=text, cure=cure))
    return None

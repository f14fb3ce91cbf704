"""What a working calendar is described by, checked before anything is computed from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from westsync.domain.windows import (
    DayKind,
    Window,
    check_windows,
    parse_days,
    parse_windows,
    shortened,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

Override = DayKind | tuple[Window, ...]
"""What the company decided about one date: a kind of day, or its very windows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarSpec:
    """A calendar as the configuration describes it (``calendars:`` of westsync.yaml).

    Attributes:
        name: What rules call it.
        zone: IANA name of the zone of its wall clock.
        windows: Of an ordinary day, from morning to evening.
        days: Working days of the week, Monday is 0.
        country: ``RU`` keeps the Russian production calendar; None knows no holidays.
        short_day_minutes: How much earlier a short day ends.
        overrides: Dates about which the company decided otherwise.
    """

    name: str
    zone: str
    windows: tuple[Window, ...]
    days: frozenset[int]
    country: str | None = None
    short_day_minutes: int = 60
    overrides: Mapping[date, Override] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what cannot be a calendar.

        Raises:
            ValueError: The first thing that is wrong, with what to write instead.
        """
        check_windows(self.windows)
        if not self.days or not self.days <= set(range(7)):
            raise ValueError(f"calendar '{self.name}' needs days of the week, e.g. mon-fri")
        if self.country not in {None, "RU"}:
            raise ValueError(
                f"calendar '{self.name}': holidays of '{self.country}' are not known; "
                "write RU, or leave country out and list the days off in config/calendars"
            )
        has_short_days = self.country is not None or DayKind.SHORT in self.overrides.values()
        if self.short_day_minutes < 0 or (
            has_short_days and not shortened(self.windows, self.short_day_minutes)
        ):
            raise ValueError(
                f"calendar '{self.name}': short_day_minutes {self.short_day_minutes} "
                "must be from 0 to less than the windows of a day"
            )
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
            raise ValueError(
                f"calendar '{self.name}': zone '{self.zone}' is not known; "
                "write an IANA name, e.g. Europe/Moscow"
            ) from exc

    @classmethod
    def parse(
        cls,
        *,
        name: str,
        zone: str,
        windows: Iterable[str],
        days: str | Iterable[str],
        country: str | None = None,
        short_day_minutes: int = 60,
        overrides: Mapping[date, Override] | None = None,
    ) -> CalendarSpec:
        """Read a calendar from the texts of a configuration file.

        Raises:
            ValueError: A window, a day, the country, the zone or a number is wrong.
        """
        return cls(
            name=name,
            zone=zone,
            windows=parse_windows(windows),
            days=parse_days(days),
            country=country,
            short_day_minutes=short_day_minutes,
            overrides=dict(overrides or {}),
        )

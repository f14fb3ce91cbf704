"""When people are away, so that nobody is asked to do what he cannot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """A stretch in which a person is away.

    Attributes:
        person: Key of the person under ``people:`` of westsync.yaml.
        start: First moment of it, aware.
        end: First moment after it, aware; None if nobody knows yet.
        reason: What it is (``vacation``, ``sick leave``); empty if it was not told.
    """

    person: str
    start: datetime
    end: datetime | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        """Refuse naive moments and an end that is not after the start.

        Raises:
            ValueError: As said, naming the person.
        """
        for at in (self.start, self.end):
            if at is not None and at.utcoffset() is None:
                raise ValueError(f"absence of '{self.person}': {at.isoformat()} has no zone")
        if self.end is not None and self.end <= self.start:
            raise ValueError(
                f"absence of '{self.person}' ends at {self.end.isoformat()}, "
                f"not after its start {self.start.isoformat()}"
            )

    @classmethod
    def on_dates(
        cls, person: str, first: date, last: date, *, zone: str, reason: str = ""
    ) -> Absence:
        """Make an absence of whole days, as people and Megaplan write it.

        Args:
            person: Key of the person.
            first: First day away, in `zone`.
            last: Last day away, included.
            zone: IANA name of the zone in which the days begin.
            reason: What it is.

        Raises:
            ValueError: `last` is before `first`.
        """
        if last < first:
            raise ValueError(f"absence of '{person}' ends on {last}, before its start {first}")
        return cls(
            person=person,
            start=_midnight(first, zone),
            end=_midnight(last + timedelta(days=1), zone),
            reason=reason,
        )

    def covers(self, at: datetime) -> bool:
        """Tell whether the person is away at an aware moment."""
        return self.start <= at and (self.end is None or at < self.end)


class Absences:
    """All absences that are known, by person."""

    __slots__ = ("_by_person",)

    def __init__(self, absences: Iterable[Absence] = ()) -> None:
        """Take absences in any order; those of one person may overlap."""
        self._by_person: dict[str, list[Absence]] = {}
        for absence in sorted(absences, key=lambda absence: absence.start):
            self._by_person.setdefault(absence.person, []).append(absence)

    def is_absent(self, person: str, at: datetime) -> bool:
        """Tell whether a person is away at an aware moment; nobody knows of others."""
        return any(absence.covers(at) for absence in self._by_person.get(person, ()))


def _midnight(day: date, zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)

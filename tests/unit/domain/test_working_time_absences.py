"""Who is away when."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from westsync.domain.absences import Absence, Absences


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


VACATION = Absence.on_dates(
    "ivanov", date(2026, 11, 23), date(2026, 11, 27), zone="Europe/Moscow", reason="vacation"
)


@pytest.mark.parametrize(
    ("moment", "absent"),
    [
        ("2026-11-22 20:59", False),
        ("2026-11-22 21:00", True),  # midnight in Moscow
        ("2026-11-27 20:59", True),
        ("2026-11-27 21:00", False),
    ],
)
def test_days_of_absence_begin_and_end_at_local_midnight(moment: str, absent: bool) -> None:
    assert Absences([VACATION]).is_absent("ivanov", utc(moment)) is absent


def test_nobody_else_is_absent() -> None:
    assert not Absences([VACATION]).is_absent("petrova", utc("2026-11-24 12:00"))


def test_an_absence_without_end_lasts() -> None:
    absences = Absences([Absence(person="ivanov", start=utc("2026-11-24 00:00"))])

    assert absences.is_absent("ivanov", utc("2030-01-01 00:00"))


def test_an_absence_that_cannot_be_is_refused() -> None:
    naive = datetime(2026, 11, 24)  # noqa: DTZ001 - that is the point

    with pytest.raises(ValueError, match="'ivanov': 2026-11-24T00:00:00 has no zone"):
        Absence(person="ivanov", start=naive)
    with pytest.raises(ValueError, match="'ivanov' ends at"):
        Absence(person="ivanov", start=utc("2026-11-24 00:00"), end=utc("2026-11-24 00:00"))
    with pytest.raises(ValueError, match="before its start"):
        Absence.on_dates("ivanov", date(2026, 11, 2), date(2026, 11, 1), zone="UTC")

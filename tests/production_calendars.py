"""Russian production calendars, written down by hand from what was published.

They are the oracle: nothing here is computed by westsync or by the package ``holidays``.
2024-2026 follow the published production calendars. For 2027 the days off follow the transfers
of the Government's decree as ``holidays`` 0.109 cites it (20.02 -> 22.02, 02.01 -> 05.11,
03.01 -> 31.12); its months were added up by hand from article 112 and the order 588n.
"""

from __future__ import annotations

from datetime import date

WEEKDAYS_OFF = {
    2024: "01.01 02.01 03.01 04.01 05.01 08.01 23.02 08.03 29.04 30.04 01.05 09.05 10.05 12.06 "
    "04.11 30.12 31.12",
    2025: "01.01 02.01 03.01 06.01 07.01 08.01 01.05 02.05 08.05 09.05 12.06 13.06 03.11 04.11 "
    "31.12",
    2026: "01.01 02.01 05.01 06.01 07.01 08.01 09.01 23.02 09.03 01.05 11.05 12.06 04.11 31.12",
    2027: "01.01 04.01 05.01 06.01 07.01 08.01 22.02 23.02 08.03 03.05 10.05 14.06 04.11 05.11 "
    "31.12",
}
WORKING_SATURDAYS = {2024: "27.04 02.11 28.12", 2025: "01.11", 2026: "", 2027: "20.02"}
SHORT_DAYS = {
    2024: "22.02 07.03 08.05 11.06 02.11",
    2025: "07.03 30.04 11.06 01.11",
    2026: "30.04 08.05 11.06 03.11",
    2027: "20.02 30.04 11.06 03.11",
}

MONTHS = {
    2024: "17/136 20/159 20/159 21/168 20/159 19/151 23/184 22/176 21/168 23/184 21/167 21/168",
    2025: "17/136 20/160 21/167 22/175 18/144 19/151 23/184 21/168 22/176 23/184 19/151 22/176",
    2026: "15/120 19/152 21/168 22/175 19/151 21/167 23/184 21/168 22/176 22/176 20/159 22/176",
    2027: "15/120 19/151 22/176 22/175 19/152 21/167 22/176 22/176 22/176 21/168 20/159 22/176",
}
"""Working days and hours of a 40-hour week, January to December."""

YEARS = {
    2015: (247, 1971),
    2016: (247, 1974),
    2017: (247, 1973),
    2018: (247, 1970),
    2019: (247, 1970),
    2020: (248, 1979),
    2021: (247, 1972),
    2022: (247, 1973),
    2023: (247, 1973),
    2024: (248, 1979),
    2025: (247, 1972),
    2026: (247, 1972),
    2027: (247, 1972),
}
"""Working days and hours of a 40-hour week in a year."""


def dates(year: int, text: str) -> frozenset[date]:
    """Read ``01.11 02.11`` as dates of a year."""
    return frozenset(
        date(year, int(month), int(day))
        for day, month in (word.split(".") for word in text.split())
    )


def months(year: int) -> list[tuple[int, int]]:
    """Return working days and hours, January to December."""
    pairs = (word.split("/") for word in MONTHS[year].split())
    return [(int(days), int(hours)) for days, hours in pairs]

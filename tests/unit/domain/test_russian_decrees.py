"""The decrees of the Government, as they are read out of the package ``holidays``."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest

from westsync.domain.russian_decrees import decrees, read_decrees


@pytest.mark.parametrize("year", range(2005, 2031))
def test_the_table_tells_the_transfers_that_the_package_itself_would(year: int) -> None:
    from holidays import country_holidays  # noqa: PLC0415 - slow to import

    names = country_holidays("RU", years=year, language="ru")
    package = {
        day: datetime.strptime(found.group(), "%d.%m.%Y").date()  # noqa: DTZ007 - a date has no zone
        for day, name in names.items()
        if (found := re.search(r"\d{2}\.\d{2}\.\d{4}", name))
    }

    assert decrees().get(year, {}) == package


def test_a_day_may_come_from_another_year_and_an_added_holiday_moves_nothing() -> None:
    source = (
        "class Table:\n"
        "    special_public_holidays = {\n"
        "        2026: ((JAN, 9, JAN, 3), (DEC, 31, JAN, 4, 2027)),\n"
        "        2027: (NOV, 5, unity_day),\n"
        "        2028: (MAR, 7, MAR, 5),\n"
        "    }\n"
    )

    assert read_decrees(source) == {
        2026: {date(2026, 1, 9): date(2026, 1, 3), date(2026, 12, 31): date(2027, 1, 4)},
        2028: {date(2028, 3, 7): date(2028, 3, 5)},
    }


def test_a_package_that_keeps_its_table_otherwise_is_refused() -> None:
    source = "MOVED = load('russia.json')\n"

    with pytest.raises(RuntimeError, match="install the version that westsync was locked with"):
        read_decrees(source)

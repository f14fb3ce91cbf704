"""All reports by their names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from westsync.reports import process_weekly, sales_daily, secretary_daily
from westsync.reports.periods import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from westsync.reports.gathered import Gathered
    from westsync.reports.model import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A report that can be asked for: its days, and how it is built."""

    span: Span
    build: Callable[[Gathered], Report]


REPORTS: Mapping[str, Recipe] = {
    secretary_daily.NAME: Recipe(span=Span.WORKDAY_BEFORE, build=secretary_daily.build),
    sales_daily.NAME: Recipe(span=Span.SAME_DAY, build=sales_daily.build),
    process_weekly.NAME: Recipe(span=Span.WEEK, build=process_weekly.build),
}


def build_report(name: str, day: date, gathered: Gathered) -> Report:
    """Return a report.

    Args:
        name: One of `REPORTS`.
        day: A date within the gathered period, e.g. its first one.
        gathered: Rows of that period.

    Raises:
        KeyError: There is no such report.
        ValueError: The rows are of another period.
        MissingWords: The configuration lacks words that the report needs.
    """
    period = gathered.period
    if not period.first <= day <= period.last:
        raise ValueError(f"{day} is not within the gathered {period.first} to {period.last}")
    return REPORTS[name].build(gathered)

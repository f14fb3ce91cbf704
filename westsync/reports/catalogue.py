"""All reports by their names."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from westsync.reports.periods import Span

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from westsync.reports.gathered import Gathered
    from westsync.reports.model import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A report that can be asked for: its days, and the module that builds it when it is asked for.

    A daemon that waits needs the names alone.
    """

    span: Span
    module: str

    def build(self, gathered: Gathered) -> Report:
        """Return the report; see `build_report`."""
        report: Report = import_module(f"westsync.reports.{self.module}").build(gathered)
        return report


REPORTS: Mapping[str, Recipe] = {
    "secretary-daily": Recipe(span=Span.WORKDAY_BEFORE, module="secretary_daily"),
    "sales-daily": Recipe(span=Span.SAME_DAY, module="sales_daily"),
    "process-weekly": Recipe(span=Span.WEEK, module="process_weekly"),
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

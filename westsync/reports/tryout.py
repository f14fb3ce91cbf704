"""Trying words and templates on made-up rows, before a report is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from westsync.domain.calendar_spec import CalendarSpec
from westsync.domain.working_time import WorkingCalendar
from westsync.reports.catalogue import REPORTS
from westsync.reports.formats import MONTHS, WEEKDAYS
from westsync.reports.periods import period_of
from westsync.reports.press import COMMON, HTML, SUFFIX, BrokenTemplate, Press
from westsync.reports.sample import samples
from westsync.reports.words import MissingWords, Words
from westsync.reports.workbook import workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from westsync.reports.model import Report

_ZONE = "Europe/Moscow"
_MONDAY = date(2026, 11, 23)
_MAIL = f".{HTML}{SUFFIX}"
# Words that no sample happens to need: of other days, and of what can go wrong while gathering.
_SAID_ELSEWHERE = (
    *(f"months.{month}" for month in MONTHS),
    *(f"weekdays.{day}" for day in WEEKDAYS),
    *(
        f"gathering.{key}"
        for key in ("unread", "only_mirror", "not_read_since", "never_read", "talks_unread")
    ),
    *(f"values.{key}" for key in ("same_day", "workdays", "days", "at_most")),
    "mail.more",
    "mail.late",
    "mail.late_subject",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """Something wrong with words or a template.

    Attributes:
        template: File name of the template; empty if the words are wrong.
        line: Where in the template, from 1.
        key: Dotted key of the words; empty if they are not at fault.
        text: What is wrong.
    """

    text: str
    template: str = ""
    line: int = 1
    key: str = ""


def try_out(words: Words, templates: Mapping[str, str]) -> tuple[Mistake, ...]:
    """Build and draw every report on made-up rows.

    Args:
        words: Of the configuration; what was asked of them is noted in them.
        templates: File name -> source.

    Returns:
        Every mistake once: missing words, and templates that break.
    """
    found: list[Mistake] = []
    trial = _Trial(words)
    for key in _SAID_ELSEWHERE:
        trial.say(key)
    press = Press(templates, trial)
    reports = tuple(_reports(trial))
    for report in reports:
        found += _mistakes(lambda: (press.html(report), press.text(report)))  # noqa: B023 - called at once
        workbook(report, trial)
    for name in sorted(templates):
        if name.endswith(_MAIL) and not _serves_by_its_name(name):
            found += _worst_of(press, reports, name)
    found += [Mistake(key=key, text=f"there are no words for '{key}'") for key in trial.missing]
    return tuple(dict.fromkeys(found))


def _worst_of(press: Press, reports: Sequence[Report], name: str) -> list[Mistake]:
    """Try a template that a rule may name; it need not suit every report, but some."""
    tries = [
        _mistakes(lambda: (press.html(report, name), press.text(report, name)))  # noqa: B023 - as above
        for report in reports
    ]
    return [] if any(not tried for tried in tries) else tries[0]


def _mistakes(draw: Callable[[], object]) -> list[Mistake]:
    try:
        draw()
    except BrokenTemplate as exc:
        return [Mistake(template=exc.name, line=exc.line, text=exc.text)]
    return []


def _serves_by_its_name(name: str) -> bool:
    return name.partition(".")[0] in {COMMON, *REPORTS}


def _reports(words: Words) -> Iterator[Report]:
    """Yield every report built from every sample."""
    calendar = WorkingCalendar(
        CalendarSpec.parse(name="sample", zone=_ZONE, windows=("09:00-18:00",), days="mon-fri")
    )
    for recipe in REPORTS.values():
        period = period_of(recipe.span, _MONDAY, _ZONE)
        for gathered in samples(words, calendar, period):
            yield recipe.build(gathered)


class _Trial(Words):
    """Words that say their key where the configuration has none, so that all come at once."""

    def __init__(self, words: Words) -> None:
        super().__init__({})
        self._real = words
        self.missing: dict[str, None] = {}

    def say(self, key: str, **values: object) -> str:
        try:
            return self._real.say(key, **values)
        except MissingWords:
            self.missing[key] = None
            return key

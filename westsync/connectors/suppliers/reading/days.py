"""Days as suppliers write them: "12.03", "26.01.26-30.01.26", "15 марта", "март", "3-4 недели".

Suppliers contract 7.1. Days are of the supplier's calendar. A date without a year is the nearest
one that is not older than 90 days.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

OLDEST = timedelta(days=90)
"""How far back a date without a year may lie (suppliers contract 7.1)."""

_FARTHEST_DAYS = 1000
_STEMS = (
    r"янв(?:ар|\b)", r"фев(?:рал|\b)", r"мар(?:т|\b)", r"апр(?:ел|\b)", r"ма[йея]\b", "июн", "июл",
    r"авг(?:уст|\b)", r"сент?(?:ябр|\b)", r"окт(?:ябр|\b)", r"ноя(?:бр|\b)", r"дек(?:абр|\b)",
)  # fmt: skip
_MONTH = "|".join(f"(?P<m{number}>{stem}[а-я]*)" for number, stem in enumerate(_STEMS, start=1))
_YEAR = r"(?P<year>\d{4}|\d{2}(?= ?г))"

_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_NUMERIC = re.compile(r"(?<![\d.,/])(\d{1,2})[./](\d{1,2})(?:[./](\d{4}|\d{2}))?(?![\d]|[./]\d)")
_SHORT_RANGE = re.compile(
    r"(?<![\d.,/])(\d{1,2}) ?- ?(\d{1,2})[./](\d{1,2})(?:[./](\d{4}|\d{2}))?(?!\d)"
)
_DAY_OF_MONTH = re.compile(
    rf"(?<!\d)(?:(?P<first>\d{{1,2}}) ?- ?)?(?P<day>\d{{1,2}}) (?:{_MONTH})\b\.?(?: {_YEAR})?"
)
_MONTH_ONLY = re.compile(
    rf"\b(?:(?P<part>начал|середин|коне|конц)[а-я]* )?(?:{_MONTH})\b\.?(?:[ ,]+{_YEAR})?"
)
_QUARTER = re.compile(r"\b(?:q ?)?([1-4]|i{1,3}|iv)(?:-?й)?(?: ?кв[а-я.]*|(?<=q\d))(?: (\d{4}))?")
_TERM = re.compile(
    r"(?<![\d.,])(?:(\d{1,3}) ?(?:-|до) ?)?(\d{1,3}) ?(раб[а-я.]* ?)?"
    r"(дн|день|сут|недел|нед\b|мес|day|week|month)"
)
_WORD_TERM = re.compile(r"\b(?:через|в течение|за) (недел|месяц)")
_NAMED = {"послезавтра": 2, "завтра": 1, "сегодня": 0}
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_PARTS = {"начал": (1, 10), "середин": (11, 20), "коне": (21, 31), "конц": (21, 31)}


def days_in(text: str, today: date) -> tuple[date, date] | None:
    """Return the first and last day a cleaned text speaks of; None if it names none.

    Args:
        text: Cleaned by `cleaning.compared`.
        today: Day of the data, from which terms ("3-4 недели") count.
    """
    found = _spelled(text, today)
    if not found:
        return _term(text, today)
    first, last = min(start for start, _ in found), max(end for _, end in found)
    return first, last


def nearest(month: int, day: int, today: date) -> date | None:
    """Return the nearest such day that is not older than 90 days; None if there is no such day."""
    oldest = today - OLDEST
    for year in range(oldest.year, oldest.year + 9):
        found = _date(year, month, day)
        if found is not None and found >= oldest:
            return found
    return None


def _spelled(text: str, today: date) -> list[tuple[date, date]]:
    """Return every day and span of days written out, by the most telling spelling first."""
    found: list[tuple[date, date] | None] = [
        _span(_date(int(year), int(month), int(day))) for year, month, day in _ISO.findall(text)
    ]
    for first, last, month, year in _SHORT_RANGE.findall(text):
        found.append(_joined(_dated(first, month, year, today), _dated(last, month, year, today)))
    if not any(found):
        numeric = _NUMERIC.findall(text)
        # "26.01-30.01.26": the year at the end is that of both.
        stated = next((year for _, _, year in numeric if year), "")
        found += [_span(_dated(day, month, year or stated, today)) for day, month, year in numeric]
    if not any(found):
        found += [_in_words(match, today) for match in _DAY_OF_MONTH.finditer(text)]
    if not any(found):
        found += [_month(match, today) for match in _MONTH_ONLY.finditer(text)]
    if not any(found):
        found += [_quarter(number, year, today) for number, year in _QUARTER.findall(text)]
    if not any(found):
        named = next((after for word, after in _NAMED.items() if word in text), None)
        found.append(None if named is None else _span(_after(today, named)))
    return [span for span in found if span is not None]


def _dated(day: str, month: str, year: str, today: date) -> date | None:
    """Return a day written in digits; without a year the nearest one."""
    if not year:
        return nearest(int(month), int(day), today)
    return _date(_full_year(year), int(month), int(day))


def _in_words(match: re.Match[str], today: date) -> tuple[date, date] | None:
    """Return the day, or the span, of "15 марта", "10-15 марта 2025"."""
    month = str(_month_number(match))
    year = match["year"] or ""
    last = _dated(match["day"], month, year, today)
    return _joined(_dated(match["first"], month, year, today) if match["first"] else last, last)


def _month(match: re.Match[str], today: date) -> tuple[date, date] | None:
    """Return the span of "март", "конец марта", "март 2025"."""
    month = _month_number(match)
    first, last = _PARTS.get(match["part"] or "", (1, 31))
    if match["year"]:
        year = _full_year(match["year"])
    else:
        end = nearest(month, 28, today)
        year = today.year if end is None else end.year
    if not 1 <= year <= 9998:
        return None
    last = min(last, calendar.monthrange(year, month)[1])
    return _joined(_date(year, month, first), _date(year, month, last))


def _quarter(number: str, year: str, today: date) -> tuple[date, date] | None:
    """Return the span of "2 квартал", "III кв. 2026"; without a year the nearest one."""
    quarter = _ROMAN.get(number) or int(number)
    last = quarter * 3
    end = nearest(last, 28, today) if not year else _date(int(year), last, 28)
    if end is None:
        return None
    days = calendar.monthrange(end.year, last)[1]
    return _joined(_date(end.year, last - 2, 1), _date(end.year, last, days))


def _month_number(match: re.Match[str]) -> int:
    """Return which of the twelve month groups matched."""
    return next(number for number in range(1, 13) if match[f"m{number}"])


def _term(text: str, today: date) -> tuple[date, date] | None:
    """Return the span of "3-4 недели", "10 рабочих дней", counted from today."""
    match = _TERM.search(text)
    if match is None:
        word = _WORD_TERM.search(text)
        return None if word is None else _span(_after(today, 7 if word[1] == "недел" else 30))
    first, last = int(match[1] or match[2]), int(match[2])
    if first > last:
        return None
    unit = match[4]
    if unit.startswith(("нед", "week")):
        each = 7
    elif unit.startswith(("мес", "month")):
        each = 30
    else:
        each = 1
    if match[3] and each == 1:
        return _joined(_working(today, first), _working(today, last))
    return _joined(_after(today, first * each), _after(today, last * each))


def _working(today: date, days: int) -> date | None:
    """Return the day after so many weekdays; holidays are the supplier's affair."""
    weeks, rest = divmod(days, 5)
    found = _after(today, weeks * 7)
    while found is not None and rest:
        found = _after(found, 1)
        rest -= found is not None and found.weekday() < 5
    return found


def _after(today: date, days: int) -> date | None:
    """Return the day so many days later; None for a term nobody means."""
    if days > _FARTHEST_DAYS or today > date.max - timedelta(days=days):
        return None
    return today + timedelta(days=days)


def _span(day: date | None) -> tuple[date, date] | None:
    """Return one day as a span."""
    return None if day is None else (day, day)


def _joined(first: date | None, last: date | None) -> tuple[date, date] | None:
    """Return the span between two days; None if either is missing or they are swapped."""
    if first is None or last is None or first > last:
        return None
    return first, last


def _full_year(year: str) -> int:
    """Return the year in four digits: nobody announces goods for 1926."""
    return int(year) + 2000 if len(year) == 2 else int(year)


def _date(year: int, month: int, day: int) -> date | None:
    """Return the day, None if the calendar has none such."""
    try:
        return date(year, month, day)
    except ValueError:
        return None

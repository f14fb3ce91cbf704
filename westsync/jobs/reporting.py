"""Reports: gather rows, build, draw, keep the files."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from westsync.jobs.observe import DEALS
from westsync.jobs.report_deals import DealBook
from westsync.jobs.report_money import gather_crm_money, gather_ledger_money
from westsync.jobs.report_process import Episodes, answer_limit, gather_standards
from westsync.jobs.report_requests import Requests, gather_talks, unread_note
from westsync.reports import process_weekly, sales_daily, secretary_daily
from westsync.reports.catalogue import REPORTS, build_report
from westsync.reports.formats import Formats
from westsync.reports.gathered import Gathered
from westsync.reports.model import Period
from westsync.reports.periods import Span, day_by_itself, days_off_before, period_before, period_of
from westsync.reports.press import Press
from westsync.reports.workbook import workbook

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    from westsync.jobs.report_sources import Sources
    from westsync.reports.model import Report

_ANSWER_STEP = "P1.1"
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A report as it is mailed.

    Attributes:
        stem: File name without ending, e.g. ``sales-daily-2026-11-24``.
        html: The mail.
        text: Its plain-text alternative.
        xlsx: The attached file.
    """

    report: Report
    stem: str
    html: str
    text: str
    xlsx: bytes


def period_asked(name: str, day: date | None, sources: Sources) -> Period:
    """Return the days of a report.

    Args:
        name: One of `REPORTS`.
        day: A date of the office zone; None: the report's own (working day before, today, the
            week before).
        sources: For calendar, zone and the present.

    Raises:
        KeyError: There is no such report.
    """
    span = REPORTS[name].span
    company = sources.company
    if day is None:
        today = sources.now.astimezone(company.setup.zone).date()
        day = day_by_itself(span, today, company.calendar)
    return period_of(span, day, company.zone)


def period_due(name: str, due_at: datetime, since: datetime | None, sources: Sources) -> Period:
    """Return the days of a report that fell due at a moment, also if it is built later.

    Args:
        name: One of `REPORTS`.
        due_at: When it fell due, UTC.
        since: When the last one that was sent had fallen due: then all days since then are in it,
            so that none is in no report. None: the report's own period.
        sources: For calendar and zone.

    Raises:
        KeyError: There is no such report.
    """
    company, span = sources.company, REPORTS[name].span
    day = due_at.astimezone(company.setup.zone).date()
    own = period_of(span, day_by_itself(span, day, company.calendar), company.zone)
    if since is None:
        return own
    ends = day if span is Span.SAME_DAY else day - _ONE_DAY
    behind = since.astimezone(company.setup.zone).date()
    begins = behind + _ONE_DAY if span is Span.SAME_DAY else behind
    return Period(first=begins, last=ends, zone=company.zone) if begins <= ends else own


def gather(name: str, period: Period, sources: Sources) -> Gathered:
    """Gather the rows that one report is built from.

    Args:
        name: One of `REPORTS`.
        period: Whole days, also others than the report's own.
        sources: Where from.

    Raises:
        KeyError: There is no such report.
    """
    book = DealBook(sources)
    base = Gathered(
        account=sources.company.account,
        words=sources.settings.words,
        office=sources.company.calendar,
        period=period,
        now=sources.now,
        notes=_age_notes(sources, period),
    )
    return _GATHERERS[name](base, sources, book)


def make_report(
    name: str, period: Period, sources: Sources, *, due_at: datetime | None = None
) -> Report:
    """Gather and build a report.

    Args:
        name: One of `REPORTS`.
        period: Its days.
        sources: Where from.
        due_at: When it should have been sent, if it is late: then it says so.

    Raises:
        KeyError: There is no such report.
        MissingWords: ``config/reports`` lacks words.
    """
    gathered = gather(name, period, sources)
    if due_at is not None:
        words = sources.settings.words
        shown = Formats(words, period.zone).moment(due_at)
        late = words.say("mail.late", moment=shown)
        gathered = replace(gathered, notes=(late, *gathered.notes))
    return build_report(name, period.first, gathered)


def draw(report: Report, sources: Sources, *, template: str = "") -> Drawn:
    """Draw a report in all its forms.

    Args:
        report: What to draw.
        sources: For words and templates.
        template: File of ``config/reports`` that lays out the mail; empty for the report's own.

    Raises:
        BrokenTemplate: The template is wrong.
        MissingWords: It asks for words that are not there.
    """
    settings = sources.settings
    press = Press(settings.templates, settings.words)
    return Drawn(
        report=report,
        stem=f"{report.name}-{report.period.first.isoformat()}",
        html=press.html(report, template),
        text=press.text(report, template),
        xlsx=workbook(report, settings.words),
    )


def keep(drawn: Drawn, directory: Path) -> tuple[Path, ...]:
    """Write the files of a report; each name appears only when its file is whole.

    Args:
        drawn: The report.
        directory: Made if it is not there.

    Raises:
        OSError: They cannot be written.
    """
    directory.mkdir(parents=True, exist_ok=True)
    files = {
        ".html": drawn.html.encode(),
        ".txt": drawn.text.encode(),
        ".xlsx": drawn.xlsx,
    }
    written = []
    for ending, content in files.items():
        path = directory / f"{drawn.stem}{ending}"
        fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
        fresh.write_bytes(content)
        fresh.replace(path)
        written.append(path)
    return tuple(written)


# -- one report each -------------------------------------------------------------------------------


def _secretary(base: Gathered, sources: Sources, book: DealBook) -> Gathered:
    off = days_off_before(base.period.first, sources.company.calendar)
    begins = replace(base.period, first=off[0]).begins_at if off else base.period.begins_at
    gathering = Requests(sources, book)
    requests = gathering.between(begins, base.period.ends_at)
    talks, talk_notes = gather_talks(sources, book, base.period)
    ours = [one for one in requests if base.period.holds(one.created_at)]
    return replace(
        base,
        notes=(*base.notes, *unread_note(sources, ours, gathering.unread), *talk_notes),
        requests=requests,
        talks=talks,
        answer_limit=answer_limit(sources, _ANSWER_STEP),
    )


def _sales(base: Gathered, sources: Sources, book: DealBook) -> Gathered:
    if sources.ledger is None:
        money, money_from = gather_crm_money(sources, book, base.period), "megaplan"
    else:
        money = gather_ledger_money(sources, sources.ledger, book, base.period)
        money_from = "onec"
    return replace(
        base,
        money_from=money_from,
        invoices=money.invoices,
        receipts=money.receipts,
        undated_payments=money.undated,
    )


def _process(base: Gathered, sources: Sources, book: DealBook) -> Gathered:
    begins = period_before(base.period).begins_at
    episodes = Episodes(sources, book)
    return replace(
        base,
        standards=gather_standards(sources),
        occurrences=tuple(episodes.between(begins, base.period.ends_at)),
    )


_GATHERERS = {
    secretary_daily.NAME: _secretary,
    sales_daily.NAME: _sales,
    process_weekly.NAME: _process,
}


def _age_notes(sources: Sources, period: Period) -> tuple[str, ...]:
    """Return a note if the CRM was last read before the report's days were over."""
    words = sources.settings.words
    cursor = sources.store.cursors.get(DEALS)
    if cursor is None:
        return (words.say("gathering.never_read"),)
    wanted = min(period.ends_at, sources.now - sources.company.pace.clients)
    if cursor.at >= wanted:
        return ()
    shown = Formats(words, period.zone).moment(cursor.at)
    return (words.say("gathering.not_read_since", moment=shown),)

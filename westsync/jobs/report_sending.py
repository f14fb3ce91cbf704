"""Mailing a report: built at the moment it is sent, marked when it is late."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from westsync.errors import ConfigError, Rejected
from westsync.ports import Attachment, Letter, nothing

if TYPE_CHECKING:
    from collections.abc import Callable

    from westsync.domain.actions import SendReport
    from westsync.domain.intents import Marker
    from westsync.jobs.report_sources import Sources
    from westsync.ports import LetterSender, Receipt

LATE = timedelta(minutes=10)
_SYSTEM = "report"
_SINCE_LAST = "since_last"
_XLSX = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class MailedReports:
    """`westsync.ports.ReportSender` by mail."""

    def __init__(self, letters: LetterSender, sources: Callable[[], Sources]) -> None:
        """Bind the ends.

        Args:
            letters: Sends letters.
            sources: Opens what reports are gathered from; called for each report, so that the
                words and templates are those of the moment.
        """
        self._letters = letters
        self._sources = sources

    def send_report(
        self, report: SendReport, marker: Marker, leaving: Callable[[], None] = nothing
    ) -> Receipt:
        """Build one report and mail it to all its readers together.

        Raises:
            Rejected: The report cannot be built as ``config/reports`` stands, or the mail server
                refused the letter for good.
            Unavailable, AccessDenied, OutcomeUnknown: As `LetterSender.post`.
        """
        return self._letters.post(self._letter(report), marker, leaving)

    def _letter(self, wanted: SendReport) -> Letter:
        # Templates and workbooks are heavy; the daemon loads them with its first report.
        from westsync.jobs.reporting import draw, make_report, period_due  # noqa: PLC0415
        from westsync.reports.press import BrokenTemplate  # noqa: PLC0415 - as above
        from westsync.reports.words import MissingWords  # noqa: PLC0415 - as above

        try:
            sources = self._sources()
            since = wanted.since if wanted.period == _SINCE_LAST else None
            period = period_due(wanted.report, wanted.due_at, since, sources)
            late = sources.now - wanted.due_at > LATE
            made = make_report(
                wanted.report, period, sources, due_at=wanted.due_at if late else None
            )
            drawn = draw(made, sources, template=wanted.template)
            subject = sources.settings.words.say("mail.late_subject", title=made.title)
        except (BrokenTemplate, MissingWords, ConfigError, KeyError) as exc:
            text = f"{wanted.report} cannot be built: {exc}; `westsync check` tells more"
            raise Rejected(_SYSTEM, "build", text) from exc
        attached = [Attachment(name=f"{drawn.stem}.xlsx", subtype=_XLSX, content=drawn.xlsx)]
        return Letter(
            to=wanted.to,
            subject=subject if late else made.title,
            text=drawn.text,
            html=drawn.html,
            attachments=tuple(attached) if "xlsx" in wanted.attach else (),
        )

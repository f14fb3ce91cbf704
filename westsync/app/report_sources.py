"""From a connected account, or from its memory alone, to what reports are gathered from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from westsync.connectors.megaplan.reader import MegaplanReader
from westsync.jobs.observe import Observer
from westsync.jobs.report_sending import MailedReports
from westsync.jobs.report_sources import Sources
from westsync.journal.store import SqliteStore

if TYPE_CHECKING:
    from westsync.app.account import OpenAccount
    from westsync.app.configuration import Configuration
    from westsync.jobs.company import Company
    from westsync.jobs.report_settings import ReportSettings
    from westsync.journal.port import Store
    from westsync.ports import Clock, LetterSender


def mailed_reports(
    account: OpenAccount, configuration: Configuration, letters: LetterSender
) -> MailedReports:
    """Return what mails an account's reports; ``config/reports`` is read anew for each.

    Args:
        account: Open for work.
        configuration: Where the reports are described.
        letters: The account's mailbox.
    """
    uses_ledger = configuration.settings.accounts[account.name].onec is not None

    def sources() -> Sources:
        from westsync.app.reports import report_settings  # noqa: PLC0415 - with the first report

        settings = report_settings(configuration)
        return sources_of(account, settings, uses_ledger=uses_ledger)

    return MailedReports(letters, sources)


def observe_now(account: OpenAccount) -> None:
    """Read what changed since the last look, so that a report is of this moment.

    What cannot be read stays as old as it is, and the report says how old that is.

    Raises:
        AccessDenied: The CRM refused our credentials; a person acts.
    """
    desk = account.desk
    Observer(desk.store, desk.reader, desk.clock, desk.company, desk.progress).observe()


def sources_of(account: OpenAccount, settings: ReportSettings, *, uses_ledger: bool) -> Sources:
    """Return what a connected account's reports are gathered from.

    Args:
        account: Open for work or for preview; what it reads is kept in its store.
        settings: Of `report_settings`.
        uses_ledger: 1C is configured for it.
    """
    desk = account.desk
    found = sources_known(desk.store, desk.company, settings, desk.clock, uses_ledger=uses_ledger)
    talks = desk.reader if isinstance(desk.reader, MegaplanReader) else None
    return replace(found, reader=desk.reader, talks=talks)


def sources_known(
    store: Store,
    company: Company,
    settings: ReportSettings,
    clock: Clock,
    *,
    uses_ledger: bool,
) -> Sources:
    """Return sources without a connection: only what was observed already counts.

    Raises:
        TypeError: The store cannot serve whole tables.
    """
    if not isinstance(store, SqliteStore):
        raise TypeError("reports are counted from a SQLite state")
    from westsync.app.installation import read_only_company  # noqa: PLC0415 - it opens accounts itself

    known = read_only_company(company, store)
    return Sources(
        store=store,
        rows=store.report_rows,
        company=known,
        settings=settings,
        now=clock.now(),
        ledger=store.report_money if uses_ledger else None,
    )

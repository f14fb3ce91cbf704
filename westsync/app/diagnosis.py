"""The doctor's probes of the systems of an account."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

from westsync.app.ledger import bank_folder, connect_ledger
from westsync.connectors.megaplan.probes import ReadingProbes
from westsync.connectors.megaplan.writing_probes import WritingProbes
from westsync.domain.probes import Finding, ProbeResult, Verdict, run
from westsync.jobs.hint_silence import silent_since

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from westsync.app.account import OpenAccount
    from westsync.ports import Clock
    from westsync.settings.onec import OneCSettings

_STATEMENT_DAYS = 60


def diagnose(account: OpenAccount, *, write: bool) -> Iterator[ProbeResult]:
    """Ask what the contract leaves open (contract 10).

    Args:
        account: Opened for preview; the state is not touched.
        write: Also probes that write, on objects that an administrator made for it.

    Raises:
        AccessDenied: The credentials were refused.
    """
    clock = account.desk.clock
    yield from ReadingProbes(account.session, account.config, clock).run()
    yield from run([(18, "webhooks", lambda: _events(account))])
    if write:
        yield from WritingProbes(account.session, account.config, clock).run()


def _events(account: OpenAccount) -> Finding:
    """Tell whether Megaplan's events come in; what it sends is seen only when it does."""
    store, company = account.desk.store, account.desk.company
    now, last = account.desk.clock.now(), store.hints.last_at()
    if not company.hears_events:
        return Verdict.SKIPPED, "not configured; polling does without", "docs/howto/webhooks.md"
    if last is None:
        cure = "give Megaplan the address (docs/howto/webhooks.md), then edit a deal"
        return Verdict.CHANGE, "no event has come yet", cure
    seen = f"the last event came at {last.astimezone():%d.%m.%Y %H:%M:%S}"
    silent = silent_since(store, company.calendar, now)
    if silent is not None:
        cure = "look into the proxy's log, and at the application's event streams in Megaplan"
        return Verdict.CHANGE, f"{seen}; changes of a working hour brought none", cure
    return Verdict.FINE, seen, ""


def diagnose_onec(
    account: str, settings: OneCSettings, clock: Clock, directory: Path, *, write: bool
) -> Iterator[ProbeResult]:
    """Ask what the 1C contract leaves open (contract 11); the state is not touched.

    Args:
        account: Name of the account.
        settings: Its section ``onec``, with the password.
        clock: Time.
        directory: The configuration's, to which a relative bank folder is relative.
        write: Also probes that write, for a counterparty that an administrator made for it.

    Raises:
        AccessDenied: The credentials were refused.
    """
    from westsync.connectors.onec import probes, writing_probes  # noqa: PLC0415 - who has 1C

    ledger = connect_ledger(account, settings, clock, writes=False, directory=directory)
    with closing(ledger):
        if ledger.base is not None:
            yield from probes.ReadingProbes(ledger.base).run()
        if settings.uses("soap") and ledger.session is not None:
            from westsync.connectors.onec.soap_probes import (  # noqa: PLC0415 - zeep is heavy
                ServiceProbes,
            )

            yield from ServiceProbes(ledger.session).run()
        yield from run([(18, "bank files", lambda: _bank_files(settings, clock, directory))])
        if write and ledger.base is not None:
            yield from writing_probes.WritingProbes(ledger.base).run()


def _bank_files(settings: OneCSettings, clock: Clock, directory: Path) -> Finding:
    if "bank_file" not in settings.channels.payments or not settings.bank_folder:
        return Verdict.SKIPPED, "no folder is configured", "bank_folder, if the bank's files come"
    folder = bank_folder(settings, clock, directory)
    today = clock.now().date()
    since = today - timedelta(days=_STATEMENT_DAYS)
    count = sum(len(page) for page in folder.payments(since, today + timedelta(days=1)))
    seen = f"{count} payments of the last {_STATEMENT_DAYS} days"
    if folder.quarantined:
        refused = "; ".join(f"{one.name}: {one.why}" for one in folder.quarantined)
        return Verdict.CHANGE, f"{seen}; not used: {refused}", "see what is wrong with these files"
    return Verdict.FINE, seen, ""

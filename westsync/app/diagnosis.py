"""The doctor's probes of an open account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.connectors.megaplan.probes import ReadingProbes
from westsync.connectors.megaplan.writing_probes import WritingProbes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from westsync.app.account import OpenAccount
    from westsync.connectors.megaplan.probes import ProbeResult


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
    if write:
        yield from WritingProbes(account.session, account.config, clock).run()

"""Everything durable about one account, over one state file: what the jobs are given."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from westsync.journal.audit import Audit
from westsync.journal.cursors import Cursors
from westsync.journal.delivery import Delivery
from westsync.journal.episodes import Episodes
from westsync.journal.hints import Hints
from westsync.journal.keepsakes import Keepsakes, Tokens
from westsync.journal.ledger import Ledger
from westsync.journal.mirror import Mirror
from westsync.journal.opening import open_copy
from westsync.journal.outbox import Outbox
from westsync.journal.report_money import ReportMoney
from westsync.journal.report_rows import ReportRows
from westsync.journal.silences import Silences

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from westsync.journal.database import Database, Lapse, Recovery
    from westsync.ports import Clock


class SqliteStore:
    """The parts of one account's memory. Several stores may share a database.

    A decision is one transaction::

        with store.transaction():
            store.episodes.save_decision(obj, episodes, next_at)
            store.outbox.record(intents, now)

    Attributes:
        account: Name of the account in the settings.
        mirror: What the CRM shows.
        ledger: What 1C shows, and how far invoices are paid.
        cursors: How far the sources are read.
        episodes: Memory and timers of the rules.
        outbox: What was decided.
        delivery: What is due to be sent, for `westsync.jobs.act` alone.
        hints: What events said, and is still to be read again.
        silences: What people acknowledged, muted, released.
        audit: The append-only log.
        keepsakes: Learned rates and the like.
        report_rows, report_money: Whole tables, for reports alone.
        tokens: The CRM's token pair (`westsync.ports.TokenStore`).
    """

    def __init__(self, database: Database, account: str) -> None:
        """Bind the parts to an account."""
        self._database = database
        self.account = account
        self.mirror = Mirror(database, account)
        self.ledger = Ledger(database, account, self.mirror)
        self.cursors = Cursors(database, account)
        self.episodes = Episodes(database, account)
        self.outbox = Outbox(database, account)
        self.delivery = Delivery(database, account)
        self.hints = Hints(database, account)
        self.silences = Silences(database, account)
        self.audit = Audit(database, account)
        self.keepsakes = Keepsakes(database, account)
        self.tokens = Tokens(database, account)
        self.report_rows = ReportRows(database, account)
        self.report_money = ReportMoney(database, account)

    @property
    def installation(self) -> bytes:
        """The secret of this installation, the key of every marker."""
        return self._database.installation

    @property
    def recovery(self) -> Recovery | None:
        """The recovery epoch that is on; None in ordinary life."""
        return self._database.recovery

    @property
    def lapse(self) -> Lapse | None:
        """The time of which effects may be forgotten; None if there is none."""
        return self._database.lapse

    def end_recovery(self) -> None:
        """Leave the recovery epoch: every watched object has been read once since the start."""
        self._database.end_recovery()

    @contextmanager
    def copied(self, clock: Clock) -> Iterator[SqliteStore]:
        """Open a private copy of this memory as it stands; it is thrown away at the end."""
        with closing(open_copy(self._database, clock)) as copy:
            yield SqliteStore(copy, self.account)

    def transaction(self) -> AbstractContextManager[None]:
        """Do all or nothing, durably (`westsync.journal.database.Database.transaction`)."""
        return self._database.transaction()

"""The port of everything durable about one account.

Embedded it is `westsync.journal.store.SqliteStore`; a distributed edition brings another
(design 9).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from westsync.journal.database import Lapse, Recovery
    from westsync.journal.port_ledger import Ledger
    from westsync.journal.port_memory import Cursors, Episodes, Hints, Keepsakes, Mirror, Silences
    from westsync.journal.port_outbox import Audit, Delivery, Outbox
    from westsync.ports import Clock, TokenStore


class Store(Protocol):
    """One account's memory, given to the jobs.

    A decision is one transaction::

        with store.transaction():
            store.episodes.save_decision(obj, episodes, next_at)
            store.outbox.record(intents, now)
    """

    @property
    def account(self) -> str:
        """Name of the account in the settings; part of every key."""
        ...

    @property
    def mirror(self) -> Mirror:
        """What the CRM shows."""
        ...

    @property
    def ledger(self) -> Ledger:
        """What 1C shows, and how far invoices are paid."""
        ...

    @property
    def cursors(self) -> Cursors:
        """How far the sources are read."""
        ...

    @property
    def episodes(self) -> Episodes:
        """Memory and timers of the rules."""
        ...

    @property
    def outbox(self) -> Outbox:
        """What was decided."""
        ...

    @property
    def delivery(self) -> Delivery:
        """What is due to be sent, for `westsync.jobs.act` alone."""
        ...

    @property
    def hints(self) -> Hints:
        """What events said, and is still to be read again."""
        ...

    @property
    def silences(self) -> Silences:
        """What people acknowledged, muted, released."""
        ...

    @property
    def audit(self) -> Audit:
        """The append-only log."""
        ...

    @property
    def keepsakes(self) -> Keepsakes:
        """Learned rates and the like."""
        ...

    @property
    def tokens(self) -> TokenStore:
        """The CRM's token pair."""
        ...

    @property
    def recovery(self) -> Recovery | None:
        """The recovery epoch that is on; None in ordinary life."""
        ...

    @property
    def lapse(self) -> Lapse | None:
        """The time of which effects may be forgotten; None if there is none."""
        ...

    @property
    def installation(self) -> bytes:
        """The secret that makes markers of keys; another installation never shares it."""
        ...

    def end_recovery(self) -> None:
        """Leave the recovery epoch: every watched object has been read once since the start."""
        ...

    def copied(self, clock: Clock) -> AbstractContextManager[Store]:
        """Open a private copy of this memory as it stands; it is thrown away at the end."""
        ...

    def transaction(self) -> AbstractContextManager[None]:
        """Do all or nothing, durably."""
        ...

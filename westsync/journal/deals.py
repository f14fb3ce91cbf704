"""Deals of the mirror, and the tally of those that are open."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from westsync.domain.intents import ObjectRef
from westsync.domain.records import DealRecord, StageType
from westsync.journal.codec import decoder, digest, encode, to_us
from westsync.journal.ledger_joins import Bills

if TYPE_CHECKING:
    from datetime import datetime

    from westsync.journal.clients import Clients
    from westsync.journal.database import Database
    from westsync.journal.history import History

_read_deal = decoder(DealRecord)


class Deals:
    """Deals of one account. Writing methods need a transaction."""

    def __init__(
        self, database: Database, account: str, history: History, clients: Clients
    ) -> None:
        """Work on one account of a state; what changes goes into its history as well."""
        self._database = database
        self._account = account
        self._history = history
        self._clients = clients
        self._bills = Bills(database, account)

    def keep(self, deal: DealRecord, seen_at: datetime) -> tuple[ObjectRef, ...]:
        """Store a deal as it was just read; returns what must be decided again."""
        ref = ObjectRef(kind="deal", id=deal.id)
        if deal.gone and self.deal(deal.id) is not None:
            return self.mark_gone(deal.id, seen_at)
        row = self._database.row(
            "SELECT hash, client, gone FROM deal WHERE account = ? AND id = ?",
            (self._account, deal.id),
        )
        record = encode(deal)
        hashed = digest(record)
        if row is not None and row[0] == hashed:
            return ()
        came_to_client = row is None or row[1:] != (deal.client_id, int(deal.gone))
        is_open = deal.stage_type in (StageType.ACTIVE, None) and not deal.gone
        self._database.write(
            "INSERT INTO deal (account, id, program, state, client, manager, updated_at, open,"
            " gone, hash, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (account, id) DO UPDATE SET program = excluded.program,"
            " state = excluded.state, client = excluded.client, manager = excluded.manager,"
            " updated_at = excluded.updated_at, open = excluded.open, gone = excluded.gone,"
            " hash = excluded.hash, record = excluded.record",
            (
                self._account,
                deal.id,
                deal.program_id,
                deal.state_id,
                deal.client_id,
                deal.manager_id,
                to_us(deal.updated_at),
                int(is_open),
                int(deal.gone),
                hashed,
                record,
            ),
        )
        self._bills.keep(deal)
        self._history.keep_deal(deal, seen_at)
        return (ref, *self._client_of_only(deal)) if came_to_client else (ref,)

    def mark_gone(self, deal_id: str, seen_at: datetime) -> tuple[ObjectRef, ...]:
        """Keep what is known of a deleted or hidden deal and say that it is gone."""
        # The hash is emptied: an object that comes back differs and is stored again.
        changed = self._database.write(
            "UPDATE deal SET gone = 1, open = 0, hash = x''"
            " WHERE account = ? AND id = ? AND NOT gone",
            (self._account, deal_id),
        )
        if not changed:
            return ()
        self._history.keep_gone("deal", deal_id, seen_at)
        return (ObjectRef(kind="deal", id=deal_id),)

    def deal(self, deal_id: str) -> DealRecord | None:
        """Return a deal; None if it was never seen."""
        row = self._database.row(
            "SELECT record, gone FROM deal WHERE account = ? AND id = ?", (self._account, deal_id)
        )
        if row is None:
            return None
        deal, gone = _read_deal(row[0]), bool(row[1])
        return deal if deal.gone is gone else replace(deal, gone=gone)

    def of_client(self, client_id: str) -> tuple[DealRecord, ...]:
        """Return all deals of a client that are not gone, oldest first."""
        rows = self._database.rows(
            "SELECT record FROM deal WHERE account = ? AND client = ? AND NOT gone",
            (self._account, client_id),
        )
        deals = (_read_deal(record) for (record,) in rows)
        return tuple(sorted(deals, key=lambda deal: (deal.created_at, deal.id)))

    def open_count(self) -> int:
        """Return how many deals are open; a kept tally, not a scan."""
        row = self._database.row("SELECT open_deals FROM tally WHERE account = ?", (self._account,))
        return 0 if row is None else int(row[0])

    def open_ids(self, after: str = "", limit: int = 1000) -> tuple[str, ...]:
        """Return ids of open deals in text order, a batch after an id; for the nightly sweep."""
        rows = self._database.rows(
            "SELECT id FROM deal WHERE account = ? AND open AND id > ? ORDER BY id LIMIT ?",
            (self._account, after, limit),
        )
        return tuple(id_ for (id_,) in rows)

    def _client_of_only(self, deal: DealRecord) -> tuple[ObjectRef, ...]:
        """Return the client whose only deal this is: until now he may have had none.

        The client's own record may not change by it, and what is said of him does.
        """
        client = deal.client_id
        if client is None or self._clients.client(client) is None:
            return ()
        only = len(self.of_client(client)) == 1
        return (ObjectRef(kind="client", id=client),) if only else ()

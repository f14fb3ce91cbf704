"""What reports are counted from: whole tables, read once a report and never in a cycle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.domain.episodes import Episode
from westsync.domain.intents import ObjectRef
from westsync.domain.records import DealRecord
from westsync.journal.codec import decoder, to_us

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from westsync.journal.database import Database

_read_deal = decoder(DealRecord)
_read_episode = decoder(Episode)
_BATCH = 1000


class ReportRows:
    """Rows of one account."""

    def __init__(self, database: Database, account: str) -> None:
        """Work on one account of a state."""
        self._database = database
        self._account = account

    def deals_created(self, begins_at: datetime, ends_at: datetime) -> tuple[DealRecord, ...]:
        """Return the deals created in ``[begins_at, ends_at)`` that are not gone, oldest first."""
        found = [
            deal
            for deal in self._deals(changed_since=begins_at)  # nothing changes before it is made
            if begins_at <= deal.created_at < ends_at
        ]
        return tuple(sorted(found, key=lambda deal: (deal.created_at, deal.id)))

    def deals_with_invoices(self) -> Iterator[DealRecord]:
        """Yield the deals that have bills to the client and are not gone, in the order of ids.

        A bill does not say when it changed and need not touch its deal: every deal is looked at.
        """
        return (deal for deal in self._deals(changed_since=None) if deal.invoices)

    def episodes(
        self, begins_at: datetime, ends_at: datetime
    ) -> Iterator[tuple[ObjectRef, Episode, bool]]:
        """Yield the episodes that began in ``[begins_at, ends_at)``: object, episode, is it past.

        A past one is no longer in the rules' memory: the next one took its place, or the rule
        forgot it. One that was possible and never opened ended before the rule had to act.
        """
        for table, is_past in (("episode", False), ("episode_past", True)):
            rows = self._database.rows(
                f"SELECT kind, id, record FROM {table} WHERE account = ?",  # noqa: S608 - our own words
                (self._account,),
            )
            for kind, id_, record in rows:
                episode = _read_episode(record)
                if begins_at <= episode.started_at < ends_at:
                    yield ObjectRef(kind=kind, id=id_), episode, is_past

    def _deals(self, changed_since: datetime | None) -> Iterator[DealRecord]:
        since = -(2**62) if changed_since is None else to_us(changed_since)
        after = ""
        while True:
            rows = self._database.rows(
                "SELECT id, record FROM deal WHERE account = ? AND id > ? AND updated_at >= ?"
                " AND NOT gone ORDER BY id LIMIT ?",
                (self._account, after, since, _BATCH),
            )
            for _, record in rows:
                yield _read_deal(record)
            if len(rows) < _BATCH:
                return
            after = rows[-1][0]

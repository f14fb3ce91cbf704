"""Which clients looked like the same one at some moment, by the pseudonyms of the history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.journal.clients import CROWD, keys_of
from westsync.journal.history_tracks import read_client, record_track
from westsync.rules.deal_seen import Twin

if TYPE_CHECKING:
    from datetime import datetime

    from westsync.domain.records import ClientRecord
    from westsync.journal.history_tracks import Track
    from westsync.journal.port import Store


class PastTwins:
    """All clients of one account over time, and what they ever had in common."""

    def __init__(self, store: Store) -> None:
        """Read every client once."""
        history = store.mirror.history
        self._clients: dict[str, Track[ClientRecord]] = {}
        self._sharing: dict[tuple[str, str], set[str]] = {}
        for id_ in history.ids("client"):
            client = record_track(history.rows("client", id_), read_client)
            self._clients[id_] = client
            for record in client.versions:
                for key in () if record is None else keys_of(record, set()):
                    self._sharing.setdefault(key, set()).add(id_)

    def of(self, client_id: str, at: datetime) -> tuple[Twin, ...]:
        """Return the clients who looked the same at a moment, in the order of their ids.

        What more than `westsync.journal.clients.CROWD` clients share is no evidence.
        """
        same: dict[str, set[str]] = {}
        for key in self._keys(client_id, at):
            sharing = [one for one in self._sharing.get(key, ()) if key in self._keys(one, at)]
            if len(sharing) <= CROWD:
                for other in sharing:
                    if other != client_id:
                        same.setdefault(other, set()).add(key[0])
        return tuple(
            Twin(id=id_, name=record.name, by=tuple(sorted(by)))
            for id_, by in sorted(same.items())
            if (record := self._clients[id_].at(at)) is not None
        )

    def moments(self, client_id: str) -> tuple[datetime, ...]:
        """Return when anybody changed who ever had something in common with a client."""
        records = self._clients[client_id].versions if client_id in self._clients else ()
        keys = {key for record in records if record is not None for key in keys_of(record, set())}
        others = {one for key in keys for one in self._sharing.get(key, ()) if one != client_id}
        return tuple(at for one in others for at in self._clients[one].moments)

    def _keys(self, client_id: str, at: datetime) -> frozenset[tuple[str, str]]:
        client = self._clients.get(client_id)
        record = None if client is None else client.at(at)
        return frozenset() if record is None else frozenset(keys_of(record, set()))

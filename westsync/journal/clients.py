"""Clients and payers of the mirror, and the keys by which two clients are seen to be one.

Keys (phone, e-mail, INN, name with city) are stored as keyed hashes only: they answer "the same?"
and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from westsync.domain.intents import ObjectRef
from westsync.domain.records import ClientKind, ClientRecord, Payer
from westsync.journal.codec import decoder, digest, encode, listed, to_us

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from westsync.journal.database import Database
    from westsync.journal.history import History

# A phone of a market hall or an e-mail "no@no" identifies nobody; also bounds the work per change.
CROWD = 50

_read_client = decoder(ClientRecord)
_read_payer = decoder(Payer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """Another client that seems to be the same one.

    Attributes:
        client: The other one.
        same: Sorted kinds of what both have: ``email``, ``inn``, ``name_city``, ``phone``.
    """

    client: ClientRecord
    same: tuple[str, ...]


class Clients:
    """Clients and payers of one account. Writing methods need a transaction."""

    def __init__(self, database: Database, account: str, history: History) -> None:
        """Work on one account of a state; what changes goes into its history as well."""
        self._database = database
        self._account = account
        self._history = history

    def keep(self, client: ClientRecord, seen_at: datetime) -> tuple[ObjectRef, ...]:
        """Store a client as it was just read.

        Returns:
            What must be decided again: the client, its open deals, and the open deals of clients
            that it became or ceased to be a twin of; nothing if it did not change.
        """
        if client.gone and self.client(client.id) is not None:
            return self.mark_gone(client.id, seen_at)
        record = encode(client)
        changed = self._database.write(
            "INSERT INTO client (account, id, created_at, gone, hash, record)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (account, id) DO UPDATE SET"
            " created_at = excluded.created_at, gone = excluded.gone, hash = excluded.hash,"
            " record = excluded.record WHERE excluded.hash <> client.hash",
            (
                self._account,
                client.id,
                to_us(client.created_at),
                int(client.gone),
                digest(record),
                record,
            ),
        )
        if not changed:
            return ()
        self._history.keep_client(self._with_payer(client), seen_at)
        return self._touched(client)

    def keep_payers(self, payers: Iterable[Payer], seen_at: datetime) -> tuple[ObjectRef, ...]:
        """Store payers as they were just read; returns what must be decided again."""
        owners: list[str] = []
        for payer in payers:
            before = self._database.row(
                "SELECT client FROM payer WHERE account = ? AND id = ?", (self._account, payer.id)
            )
            record = encode(payer)
            if self._database.write(
                "INSERT INTO payer (account, id, client, inn, hash, record)"
                " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (account, id) DO UPDATE SET"
                " client = excluded.client, inn = excluded.inn, hash = excluded.hash,"
                " record = excluded.record WHERE excluded.hash <> payer.hash",
                (self._account, payer.id, payer.client_id, payer.inn, digest(record), record),
            ):
                owners += [payer.client_id, *([] if before is None else [before[0]])]
        touched: list[ObjectRef] = []
        for owner in dict.fromkeys(owners):
            client = self.client(owner)
            if client is not None:
                self._history.keep_client(client, seen_at)
                touched += self._touched(client)
        return tuple(dict.fromkeys(touched))

    def client(self, client_id: str) -> ClientRecord | None:
        """Return a client with the INN of its payer; None if the mirror does not have it."""
        row = self._database.row(
            "SELECT client.record, client.gone, payer.record FROM client LEFT JOIN payer"
            " ON payer.account = client.account AND payer.client = client.id AND payer.inn <> ''"
            " WHERE client.account = ? AND client.id = ? ORDER BY payer.id LIMIT 1",
            (self._account, client_id),
        )
        if row is None:
            return None
        client, gone = _read_client(row[0]), bool(row[1])
        if row[2] is not None:
            client = _with_inn(client, _read_payer(row[2]))
        return client if client.gone is gone else replace(client, gone=gone)

    def known(self, client_ids: Iterable[str]) -> frozenset[str]:
        """Return those of some clients that the mirror has."""
        rows = self._database.rows(
            "SELECT id FROM client WHERE account = ? AND id IN (SELECT value FROM json_each(?))",
            (self._account, listed(client_ids)),
        )
        return frozenset(id_ for (id_,) in rows)

    def lacking_inn(self, client_ids: Iterable[str], deal_ids: Iterable[str]) -> tuple[str, ...]:
        """Return organisations without an INN, of some clients and of the clients of open deals."""
        rows = self._database.rows(
            "SELECT id FROM client WHERE account = ?1 AND id IN (SELECT value FROM json_each(?2)"
            "   UNION SELECT client FROM deal WHERE account = ?1 AND open"
            "   AND id IN (SELECT value FROM json_each(?3)))"
            " AND json_extract(CAST(record AS TEXT), '$.kind') = ?4"
            " AND coalesce(json_extract(CAST(record AS TEXT), '$.inn'), '') = ''"
            " AND NOT EXISTS (SELECT 1 FROM payer WHERE payer.account = client.account"
            "   AND payer.client = client.id AND payer.inn <> '') ORDER BY id",
            (self._account, listed(client_ids), listed(deal_ids), ClientKind.ORGANISATION),
        )
        return tuple(id_ for (id_,) in rows)

    def payers_of(self, client_id: str) -> tuple[Payer, ...]:
        """Return the requisites of a client, in the order of their ids."""
        rows = self._database.rows(
            "SELECT record FROM payer WHERE account = ? AND client = ? ORDER BY id",
            (self._account, client_id),
        )
        return tuple(_read_payer(record) for (record,) in rows)

    def payers_with(self, inn: str) -> tuple[Payer, ...]:
        """Return all requisites with this INN, in the order of their ids."""
        rows = self._database.rows(
            "SELECT record FROM payer WHERE account = ? AND inn = ? ORDER BY id",
            (self._account, inn),
        )
        return tuple(_read_payer(record) for (record,) in rows)

    def mark_gone(self, client_id: str, seen_at: datetime) -> tuple[ObjectRef, ...]:
        """Keep what is known of a deleted or hidden client and say that it is gone."""
        changed = self._database.write(
            "UPDATE client SET gone = 1, hash = x'' WHERE account = ? AND id = ? AND NOT gone",
            (self._account, client_id),
        )
        client = self.client(client_id) if changed else None
        if client is None:
            return ()
        self._history.keep_gone("client", client_id, seen_at)
        return self._touched(client)

    def twins(self, client_id: str) -> tuple[Twin, ...]:
        """Return clients that share a key with this one, in the order of their ids.

        A key that more than `CROWD` clients share is no evidence and is left out.
        """
        kinds: dict[str, set[str]] = {}
        for other, kind in self._database.rows(
            "SELECT other.client, mine.kind FROM client_key AS mine CROSS JOIN client_key AS other"
            " ON other.account = mine.account AND other.digest = mine.digest"
            " AND other.client <> mine.client WHERE mine.account = ? AND mine.client = ?"
            " AND (SELECT 1 FROM client_key AS each WHERE each.account = mine.account"
            "   AND each.digest = mine.digest LIMIT 1 OFFSET ?) IS NULL",
            (self._account, client_id, CROWD),
        ):
            kinds.setdefault(other, set()).add(kind)
        found = ((self.client(other), same) for other, same in sorted(kinds.items()))
        return tuple(
            Twin(client=client, same=tuple(sorted(same)))
            for client, same in found
            if client is not None and not client.gone
        )

    def without_deals(self, created_since: datetime, limit: int) -> tuple[ClientRecord, ...]:
        """Return clients created since a moment for whom the mirror knows no deal, oldest first."""
        rows = self._database.rows(
            "SELECT id FROM client WHERE account = ? AND created_at >= ? AND NOT gone"
            " AND NOT EXISTS (SELECT 1 FROM deal"
            "   WHERE deal.account = client.account AND deal.client = client.id)"
            " ORDER BY created_at LIMIT ?",
            (self._account, to_us(created_since), limit),
        )
        found = (self.client(id_) for (id_,) in rows)
        return tuple(client for client in found if client is not None)

    def open_deals(self, client_id: str) -> tuple[ObjectRef, ...]:
        """Return the open deals of a client."""
        rows = self._database.rows(
            "SELECT id FROM deal WHERE account = ? AND client = ? AND open = 1",
            (self._account, client_id),
        )
        return tuple(ObjectRef(kind="deal", id=id_) for (id_,) in rows)

    def _with_payer(self, client: ClientRecord) -> ClientRecord:
        """Return a client with INN and KPP of the first payer who has an INN."""
        payer = next((p for p in self.payers_of(client.id) if p.inn), None)
        return client if payer is None else _with_inn(client, payer)

    def _touched(self, client: ClientRecord) -> tuple[ObjectRef, ...]:
        """Bring the keys of a changed client up to date and say what that concerns."""
        inns = {payer.inn for payer in self.payers_of(client.id) if payer.inn}
        wanted = {
            digest(f"{kind}:{value}".encode(), secret=self._database.installation): kind
            for kind, value in keys_of(client, inns)
        }
        stored = {
            key
            for (key,) in self._database.rows(
                "SELECT digest FROM client_key WHERE account = ? AND client = ?",
                (self._account, client.id),
            )
        }
        touched = [ObjectRef(kind="client", id=client.id), *self.open_deals(client.id)]
        for key in sorted(stored ^ wanted.keys()):
            if key in wanted:
                self._database.write(
                    "INSERT INTO client_key VALUES (?, ?, ?, ?)",
                    (self._account, client.id, key, wanted[key]),
                )
            else:
                self._database.write(
                    "DELETE FROM client_key WHERE account = ? AND digest = ? AND client = ?",
                    (self._account, key, client.id),
                )
            for other in self._sharing(key):
                touched += self.open_deals(other)
        return tuple(dict.fromkeys(touched))

    def _sharing(self, key: bytes) -> tuple[str, ...]:
        rows = self._database.rows(
            "SELECT client FROM client_key WHERE account = ? AND digest = ? LIMIT ?",
            (self._account, key, CROWD + 1),
        )
        return tuple(client for (client,) in rows) if len(rows) <= CROWD else ()


def _with_inn(client: ClientRecord, payer: Payer) -> ClientRecord:
    inn = client.inn or payer.inn
    return replace(client, inn=inn, kpp=payer.kpp if payer.inn == inn else client.kpp)


def keys_of(client: ClientRecord, inns: set[str]) -> Iterator[tuple[str, str]]:
    """Yield (kind, value) of everything by which a client is seen to be another one.

    Args:
        client: The client.
        inns: INNs of his payers.
    """
    if client.gone:
        return
    for phone in client.phones:
        yield "phone", phone
    for email in client.emails:
        yield "email", email
    for inn in sorted(inns | ({client.inn} if client.inn else set())):
        yield "inn", inn
    if client.name.strip() and client.city and client.city.strip():
        yield "name_city", f"{plain_name(client.name)}|{plain_name(client.city)}"


def plain_name(text: str) -> str:
    """Return a name or city by its letters alone."""
    # Staff write ё and е, quotes and spaces as they like; a name is the same all the same.
    letters = text.casefold().replace("ё", "е")
    return " ".join("".join(c if c.isalnum() else " " for c in letters).split())

"""The whole stand-in of a 1C base: rows, people, users, sessions, doubts, faults, request log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from westsync.sandbox.onec.bp30 import EXCHANGE
from westsync.sandbox.onec.furnishing import furnish
from westsync.sandbox.onec.locking import locked
from westsync.sandbox.onec.odata.exchange import Exchange
from westsync.sandbox.onec.odata.incoming import Incoming
from westsync.sandbox.onec.sessions import Sessions
from westsync.sandbox.onec.settlement import Settlement
from westsync.sandbox.onec.trader import Trader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from westsync.sandbox.onec.values import Ref, Row

USER = "Интеграция"
PASSWORD = "пароль"  # noqa: S105 - of the stand-in, as in the contract's sample
STRANGER = "Гость"


class OneCWorld(Trader):
    """One 1C base and its staff.

    Attributes:
        users: Name -> password.
        without_rights: Users who may come in and see nothing.
        settlement: What the base says about payments of invoices.
        exchange: What changed for the nodes of the exchange plan.
        sessions: Sessions that were asked for by ``IBSession``.
        restricted: Rows that record-level restrictions hide from westsync.
    """

    def open(self, seed: int) -> None:
        """Fill the base with the company's catalogues; forget everything else."""
        super().open(seed)
        self.users = {USER: PASSWORD, STRANGER: PASSWORD}
        self.without_rights = {STRANGER}
        self.settlement = Settlement(self.store, lambda: self.wall_clock)
        self.exchange = Exchange(self.store)
        self.sessions = Sessions(seed)
        self.restricted: set[Ref] = set()
        self._hidden: dict[str, int] = {}
        self.external_ids: dict[str, str] = {}
        self.create(EXCHANGE, Code="БП", Description="Эта база", ThisNode=True)
        self.create(EXCHANGE, Code="WS", Description="westsync")
        furnish(self)

    @locked
    def write_row(self, entity: str, document: Mapping[str, Any]) -> str:
        """Write an object given as OData would have it, and post it if it says so.

        Args:
            entity: Entity set, of either configuration.
            document: Properties by their names on the wire.

        Returns:
            Its key; of a record in a register, its dimensions.
        """
        kind = self.known[entity]
        fields = Incoming(self, kind).fields(document)
        is_posted = fields.pop("Posted", False)
        row = self.create(entity, **fields)
        if is_posted:
            self.post(entity, row["Ref"])
        return self.record_key(entity, row) if kind.dimensions else str(row["Ref"])

    @locked
    def restrict(self, key: str) -> None:
        """Hide a row by record-level restrictions (contract 4.4, ``allowedOnly``)."""
        self.restricted.add(self.locate(key))

    @locked
    def hide_once(self, key: str, lists: int = 1) -> None:
        """Leave a row out of the next lists, as a base under load does (contract 10.11)."""
        self._hidden[key] = lists

    def hidden_among(self, rows: list[Row]) -> frozenset[str]:
        """Return the keys that this list leaves out, and count it for them."""
        if not self._hidden:
            return frozenset()
        now = frozenset(str(row.get("Ref")) for row in rows) & self._hidden.keys()
        for key in now:
            self._hidden[key] -= 1
            if not self._hidden[key]:
                del self._hidden[key]
        return now

    def end_sessions(self) -> None:
        """End every session that was asked for, as an administrator does."""
        with self.lock:
            self.sessions.end_all()

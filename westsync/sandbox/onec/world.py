"""The whole stand-in of a 1C base: rows, people, users, sessions, doubts, faults, request log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from westsync.sandbox.megaplan.faults import Fault, FaultKind, FaultPlan
from westsync.sandbox.onec.bp30 import EXCHANGE
from westsync.sandbox.onec.furnishing import furnish
from westsync.sandbox.onec.locking import locked
from westsync.sandbox.onec.odata.exchange import Exchange
from westsync.sandbox.onec.odata.incoming import Incoming
from westsync.sandbox.onec.requestlog import RequestLog
from westsync.sandbox.onec.sessions import Sessions
from westsync.sandbox.onec.settlement import Settlement
from westsync.sandbox.onec.trader import Trader

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from westsync.sandbox.onec.switches import OneCSwitches
    from westsync.sandbox.onec.values import Ref, Row

OFFICE_OPENS = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
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
        faults: What is armed to go wrong.
        requests: Every request so far.
        restricted: Rows that record-level restrictions hide from westsync.
    """

    def __init__(
        self,
        *,
        start: datetime | None = None,
        source: Callable[[], datetime] | None = None,
        seed: int = 0,
        switches: OneCSwitches | None = None,
    ) -> None:
        """Open a base.

        Args:
            start: Moment at which the clock stands; Tuesday 24.11.2026 09:00 Moscow by default,
                or the source's present.
            source: Running clock to follow; None for a clock that stands still.
            seed: Same seed and same acts give the same keys and faults.
            switches: Doubts to decide otherwise than by default.
        """
        at = start or (source() if source else OFFICE_OPENS)
        super().__init__(start=at, source=source, seed=seed, switches=switches)

    def open(self, seed: int) -> None:
        """Fill the base with the company's catalogues; forget everything else."""
        super().open(seed)
        self.users = {USER: PASSWORD, STRANGER: PASSWORD}
        self.without_rights = {STRANGER}
        self.settlement = Settlement(self.store, lambda: self.wall_clock)
        self.exchange = Exchange(self.store)
        self.sessions = Sessions(seed)
        self.faults = FaultPlan(seed)
        self.requests = RequestLog()
        self.restricted: set[Ref] = set()
        self._hidden: dict[str, int] = {}
        self._due: list[tuple[datetime, Callable[[], object]]] = []
        self.external_ids: dict[str, str] = {}
        self.create(EXCHANGE, Code="БП", Description="Эта база", ThisNode=True)
        self.create(EXCHANGE, Code="WS", Description="westsync")
        furnish(self)

    def reset(self, seed: int | None = None, start: datetime | None = None) -> None:
        """Begin again with a fresh base; switches stay.

        Args:
            seed: None keeps the present one.
            start: Moment to which the clock is set, aware; None leaves it.
        """
        with self.lock:
            if start is not None:
                self.clock.set(start)
            self.open(self.seed if seed is None else seed)

    def set_now(self, at: datetime) -> None:
        """Move the base's clock to a moment, aware."""
        with self.lock:
            self.clock.set(at)

    def advance(self, by: timedelta) -> None:
        """Move the base's clock by an interval."""
        with self.lock:
            self.clock.advance(by)

    def turn(self, **values: object) -> None:
        """Turn switches, e.g. ``world.turn(if_match="ignored")``.

        Raises:
            ValueError: There is no such switch or position.
        """
        with self.lock:
            self.switches = self.switches.turned(values)

    def break_next(self, route: str, kind: FaultKind | str, **how: object) -> None:
        """Arm a fault, e.g. ``world.break_next("POST Document_*/Post", "commit_then_drop")``.

        Args:
            route: Glob over the names of `Request.route`.
            kind: See `FaultKind`; ``html_login`` is the licence page.
            how: Further attributes of `Fault`.
        """
        fault = Fault.read({"route": route, "kind": str(kind), **how})
        with self.lock:
            self.faults.add(fault, at=self.now, written=self.store.written)

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

    def later(self, seconds: float, act: Callable[[], object]) -> None:
        """Do something when the base's clock has moved on by so many seconds."""
        self._due.append((self.now + timedelta(seconds=seconds), act))

    def apply_due(self) -> None:
        """Do what has become due; every request does so first."""
        due = [act for at, act in self._due if at <= self.now]
        self._due = [one for one in self._due if one[0] > self.now]
        for act in due:
            act()

    def end_sessions(self) -> None:
        """End every session that was asked for, as an administrator does."""
        with self.lock:
            self.sessions.end_all()

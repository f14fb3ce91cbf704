"""The daemon under play: when it would wake, and what a cycle of it comes to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from westsync.cli.stage import office
from westsync.domain.intents import Marker, marker_in
from westsync.jobs.stock_standing import due

if TYPE_CHECKING:
    from collections.abc import Mapping

    from westsync.app.account import OpenAccount
    from westsync.app.stock import StockDesk
    from westsync.jobs.cycle import CycleReport

POLL = timedelta(minutes=1)
AT_NIGHT = timedelta(hours=1)
# After a closing the daemon still has this long to answer what is due.
AFTERWARDS = timedelta(minutes=20)


class RunningDaemon:
    """The real daemon's account, driven by the play instead of by its timetable.

    Attributes:
        cycles: How many it ran.
    """

    def __init__(
        self, account: OpenAccount, stock: StockDesk, days: tuple[office.WorkDay, ...]
    ) -> None:
        """Drive an open account, and the sources of supplier stock beside it, through some days."""
        self._account = account
        self._stock = stock
        self._days = days
        self._clients_read_at = account.desk.clock.now()
        self.cycles = 0
        self._steps: Mapping[str, str | None] = {
            rule.id: rule.step_id for rule in account.desk.company.ruleset.rules
        }

    @property
    def unfinished(self) -> int:
        """How many intents are neither done nor withdrawn."""
        counts = self._account.desk.store.outbox.counts()
        return sum(n for state, n in counts.items() if state.value not in {"done", "withdrawn"})

    def has_work(self, now: datetime) -> bool:
        """Whether a cycle could do anything though nothing changed outside since the last one.

        The daemon polls every minute. A poll after which nothing has changed outside, while no
        timer and no send is due and neither the clients nor 1C need be read, answers with two short
        lists that were seen already and leaves no trace; those are left out to save the watcher's
        time.
        """
        due = self._account.next_due()
        desk = self._account.desk
        return (
            (due is not None and due <= now)
            or now - self._clients_read_at >= desk.company.pace.clients
            or (desk.books is not None and desk.books.is_due(now))
        )

    def refresh_stock(self) -> bool:
        """Fetch the sources that are due, as the daemon's thread for them does; say if any was."""
        desk, now = self._stock, self._account.desk.clock.now()
        sources = tuple(due(desk.store, desk.sources.values(), office.ZONE, now))
        for source in sources:
            desk.refresh.refresh(source)
        return bool(sources)

    def next_tick(self, tick: datetime) -> datetime:
        """Return when the daemon wakes next: each minute by day, each hour when nobody works.

        As in life it wakes in between for what it still owes: a repetition, a look-up.
        """
        day = next((day for day in self._days if day.on == tick.date()), None)
        if day is None or not day.opens_at <= tick <= day.closes_at + AFTERWARDS:
            moments = (tick + AT_NIGHT, office.opening(tick), office.evening(tick))
            return min(at for at in moments if at > tick)
        owed = self._account.desk.store.delivery.next_due()
        if owed is not None and tick < owed < tick + POLL:
            # Rounded up, since a clock of whole seconds must not come before it.
            return owed.astimezone(office.ZONE).replace(microsecond=0) + timedelta(seconds=1)
        return tick + POLL

    def cycle(self) -> CycleReport:
        """Run one cycle."""
        desk = self._account.desk
        if desk.clock.now() - self._clients_read_at >= desk.company.pace.clients:
            self._clients_read_at = desk.clock.now()
        self.cycles += 1
        return self._account.cycle()

    def behind_letter(self, message_id: str) -> tuple[str | None, str | None]:
        """Return (P-id of the rule, id of the deal it is about) behind a letter of ours.

        Args:
            message_id: ``ws.<marker>@<domain>``; of another letter nothing is known.
        """
        marker = message_id.partition("@")[0].removeprefix("ws.")
        entry = self._account.desk.store.outbox.with_marker(Marker(marker))
        if entry is None:
            return None, None
        deal = entry.obj.id if entry.obj.kind == "deal" else None
        return self._steps.get(entry.rule), deal

    def step_behind_marker(self, text: str) -> str | None:
        """Return the P-id of the rule that wrote a text, by its marker line."""
        marker = marker_in(text)
        entry = self._account.desk.store.outbox.with_marker(marker) if marker else None
        return self._steps.get(entry.rule) if entry is not None else None

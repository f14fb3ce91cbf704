"""How staff act without HTTP: at the clock's moment, under the account's lock."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from westsync.sandbox.megaplan.core import Core

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from westsync.sandbox.megaplan.wire import Doc

DEFAULT_BY = "sidorova"


class Acting(Core):
    """An account whose clock moves and in which people act.

    People are named by login (``ivanov``) or employee id.
    """

    def open(self, seed: int) -> None:
        """Fill the account with the company; nothing waits to be applied."""
        super().open(seed)
        self._late: list[tuple[datetime, Callable[[], object]]] = []

    def set_now(self, at: datetime) -> None:
        """Move the clock to an aware moment; what was to be applied late by then happens."""
        with self.lock:
            self.clock.set(at)
            self.apply_due()

    def advance(self, by: timedelta) -> None:
        """Move the clock by an interval."""
        self.set_now(self.now + by)

    def later(self, seconds: float, act: Callable[[], object]) -> None:
        """Do something when the clock has passed that many seconds."""
        self._late.append((self.now + timedelta(seconds=seconds), act))

    def apply_due(self) -> None:
        """Do what was put off until now."""
        due = [item for item in self._late if item[0] <= self.now]
        self._late = [item for item in self._late if item not in due]
        for _, act in due:
            act()

    @contextmanager
    def acting(self, who: str) -> Iterator[Doc]:
        """Hold the account and give the link to the person who acts."""
        with self.lock:
            self.apply_due()
            self.store.look_now()
            yield self.staff(who)

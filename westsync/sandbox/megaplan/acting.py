"""How staff act without HTTP: at the clock's moment, under the account's lock."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from westsync.sandbox.megaplan.core import Core

if TYPE_CHECKING:
    from collections.abc import Iterator

    from westsync.sandbox.megaplan.wire import Doc

DEFAULT_BY = "sidorova"


class Acting(Core):
    """An account in which people act.

    People are named by login (``ivanov``) or employee id.
    """

    @contextmanager
    def acting(self, who: str) -> Iterator[Doc]:
        """Hold the account and give the link to the person who acts."""
        with self.lock:
            self.apply_due()
            self.store.look_now()
            yield self.staff(who)

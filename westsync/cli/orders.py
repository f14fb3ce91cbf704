"""Handing a person's decision to whoever owns the state: the daemon, or this very command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.app.installation import open_stores_for_writing
from westsync.cli.main import DONE, UsageError
from westsync.cli.output import say
from westsync.clocks import SystemClock
from westsync.errors import LockHeld
from westsync.jobs.orders import Refusal, carry_out, leave

if TYPE_CHECKING:
    from collections.abc import Mapping

    from westsync.app.configuration import Configuration


def give(config: Configuration, wanted: Mapping[str, object], *, account: str | None = None) -> int:
    """Carry an order out now, or leave it for the daemon that owns the state.

    Raises:
        UsageError: It cannot be carried out; the text says why.
    """
    if account is not None and account not in config.companies:
        raise UsageError(f"there is no account '{account}'")
    clock = SystemClock()
    order = {**wanted, "account": account}
    try:
        with open_stores_for_writing(config, clock) as stores:
            for told in carry_out(stores, order, clock.now()):
                say(told)
    except LockHeld:
        leave(config.loaded.state_path, order)
        say("left for the running daemon; it is carried out before the next cycle")
    except Refusal as exc:
        raise UsageError(str(exc)) from None
    return DONE

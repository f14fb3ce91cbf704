"""``westsync reload``: ask the running daemon to read its configuration again."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

from westsync.app.installation import open_stores_for_writing
from westsync.cli.beginning import configuration
from westsync.cli.main import DONE, FOUND
from westsync.cli.output import say
from westsync.clocks import SystemClock
from westsync.errors import LockHeld

if TYPE_CHECKING:
    import argparse

    from westsync.app.configuration import Configuration


def run(args: argparse.Namespace) -> int:
    """Check the files, then send SIGHUP; exit 78 if they are wrong, 1 if no daemon runs."""
    config = configuration(args).must_be_right()
    failed = [result for result in config.run_trials() if not result.passed]
    if failed:
        for result in failed:
            say(f"{result.place}: rule test of {result.rule} fails: {result.name}")
        return FOUND
    pid = _owner(config)
    if pid is None:
        say("no daemon runs on this state")
        return FOUND
    os.kill(pid, signal.SIGHUP)
    say(f"asked process {pid}; `westsync status` shows what it runs with")
    return DONE


def _owner(config: Configuration) -> int | None:
    """Return the process that owns the state, None if nobody does."""
    try:
        with open_stores_for_writing(config, SystemClock()):
            return None
    except LockHeld as exc:
        return exc.owner_pid

"""``westsync run``: the daemon."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from westsync.cli.main import DONE

if TYPE_CHECKING:
    import argparse

    from westsync.app.configuration import Configuration

# structlog imports rich wherever it is installed; the daemon draws no tables, and need not carry
# its 70 modules and 4 MB. None makes the import fail, which structlog is prepared for.
sys.modules.setdefault("rich", None)  # type: ignore[arg-type]  # the documented way to forbid one

from westsync.cli.beginning import configuration, start_log  # noqa: E402 - after the line above
from westsync.clocks import SystemClock  # noqa: E402 - as above
from westsync.daemon import Daemon  # noqa: E402 - as above


def run(args: argparse.Namespace) -> int:
    """Run until SIGTERM; exit 0 after draining."""
    Daemon(lambda: _read(args), SystemClock(), os.environ).run(_begin(args))
    return DONE


def _read(args: argparse.Namespace) -> Configuration:
    return configuration(args, idle=False)


def _begin(args: argparse.Namespace) -> Configuration:
    """Return the configuration to start with, once what it says of the log is in force."""
    first = _read(args).must_be_right()
    start_log(args, first, quiet=False)
    return first

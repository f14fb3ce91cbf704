"""``westsync run``: the daemon."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from westsync.cli.common import configuration, start_log
from westsync.cli.main import DONE
from westsync.clocks import SystemClock
from westsync.daemon import Daemon

if TYPE_CHECKING:
    import argparse


def run(args: argparse.Namespace) -> int:
    """Run until SIGTERM; exit 0 after draining."""
    start_log(args, configuration(args).must_be_right(), quiet=False)
    Daemon(lambda: configuration(args), SystemClock(), os.environ).run()
    return DONE

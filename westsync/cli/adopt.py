"""``westsync adopt``: a person says that a state file from elsewhere belongs here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.app.installation import Installation
from westsync.cli.beginning import configuration
from westsync.cli.main import DONE
from westsync.cli.output import say
from westsync.clocks import SystemClock

if TYPE_CHECKING:
    import argparse


def run(args: argparse.Namespace) -> int:
    """Enter the recovery epoch: everything is looked up before it is sent, until all was read."""
    config = configuration(args).must_be_right()
    with Installation.open(config, SystemClock(), adopt=True):
        say(
            f"{config.loaded.state_path} belongs to this host now; the next cycle looks everything "
            "up before it sends"
        )
    return DONE

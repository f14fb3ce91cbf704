"""``westsync sandbox``: a stand-in of Megaplan on loopback, for trying rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.cli.main import DONE
from westsync.cli.output import say
from westsync.clocks import SystemClock
from westsync.sandbox import serve

if TYPE_CHECKING:
    import argparse


def run(args: argparse.Namespace) -> int:
    """Serve until interrupted."""
    serve(port=args.port, now=SystemClock().now, seed=args.seed, say=say)
    return DONE

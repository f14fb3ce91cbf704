"""``westsync sandbox``: stand-ins of Megaplan, 1C and a supplier on loopback, for trying rules."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from westsync.cli.main import DONE
from westsync.cli.output import say
from westsync.clocks import SystemClock
from westsync.sandbox import serve

if TYPE_CHECKING:
    import argparse


def run(args: argparse.Namespace) -> int:
    """Serve until interrupted; the others stand beside Megaplan as long as it serves."""
    now = SystemClock().now
    with ExitStack() as beside:
        if args.onec:
            from westsync.sandbox.onec import OneCServer, OneCWorld  # noqa: PLC0415 - lxml
            from westsync.sandbox.onec.world import PASSWORD, USER  # noqa: PLC0415 - as above

            base = OneCServer(OneCWorld(source=now, seed=args.seed), port=args.port + 1)
            beside.enter_context(base)
            say(f"1C stand-in: {base.url}  (user {USER}, password {PASSWORD})")
        if args.supplier:
            from westsync.sandbox.supplier import Shop, SupplierServer  # noqa: PLC0415 - rarely

            shop = beside.enter_context(SupplierServer(Shop(now=now), port=args.port + 2))
            say(f"supplier stand-in: {shop.url}")
        serve(port=args.port, now=now, seed=args.seed, say=say)
    return DONE

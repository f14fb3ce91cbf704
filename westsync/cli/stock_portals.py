"""``westsync stock resume`` and ``cookies``: what a person does for a portal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.cli.main import DONE, UsageError
from westsync.cli.output import emit, say
from westsync.cli.stock_words import file_of, words_of

if TYPE_CHECKING:
    import argparse

    from westsync.app.stock import StockDesk
    from westsync.ports.stock import PortalKeeper, StockSource


def resume(args: argparse.Namespace, desk: StockDesk) -> int:
    """Ask a stopped portal again: a person logged in by hand, or talked to the supplier."""
    [name] = words_of(args, 1, "resume needs a SUPPLIER")
    source, portal = _portal(desk, name)
    was_stopped = portal.resume(source.id)
    if args.json:
        emit({"source": source.id, "was_stopped": was_stopped})
    else:
        say(f"{source.id} is asked again" if was_stopped else f"{source.id} was not stopped")
    return DONE


def use_cookies(args: argparse.Namespace, desk: StockDesk) -> int:
    """Take the session of a browser, for a portal that lets no program log in."""
    name, file = words_of(args, 2, "cookies needs SUPPLIER and a FILE that a browser exported")
    source, portal = _portal(desk, name)
    try:
        count = portal.use_cookies(source.id, file_of(file))
    except OSError as exc:
        raise UsageError(f"{file}: {exc}; export the cookies in Netscape's form") from exc
    if args.json:
        emit({"source": source.id, "cookies": count})
    else:
        say(f"{source.id} uses {count} cookies from now on; remove {file}, it opens the account")
    return DONE


def _portal(desk: StockDesk, name: str) -> tuple[StockSource, PortalKeeper]:
    source, portal = desk.source(name), desk.suppliers.portal
    if portal is None or not source.asks_portal:
        raise UsageError(f"{name} has no portal")
    return source, portal

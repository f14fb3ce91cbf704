"""What most commands begin with: the configuration, the clock, the log."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from westsync.app.configuration import Configuration, read_configuration
from westsync.cli.main import UsageError
from westsync.clocks import DrillClock, SystemClock
from westsync.settings.files import find_directory

if TYPE_CHECKING:
    import argparse

    from westsync.ports import Clock


def configuration(
    args: argparse.Namespace,
    *,
    rules_from: str | None = None,
    idle: bool = True,
    as_with_stock: bool = False,
) -> Configuration:
    """Read the configuration that the command is about.

    Args:
        args: With ``config``.
        rules_from: Another directory of rule files.
        idle: As `read_configuration` says.
        as_with_stock: As well.

    Raises:
        ConfigError: There is none.
    """
    named = Path(args.config) if args.config else None
    return read_configuration(
        find_directory(named, os.environ),
        os.environ,
        rules_from=Path(rules_from) if rules_from else None,
        idle=idle,
        as_with_stock=as_with_stock,
    )


def clock_for(args: argparse.Namespace, config: Configuration, *, writes: bool) -> Clock:
    """Return the machine's clock, or the one set by ``--at``.

    Args:
        args: With ``at``.
        config: The configuration.
        writes: The command may write: then every host must be this very machine.

    Raises:
        UsageError: A writing command on a configuration that knows another host, or no time.
    """
    if not getattr(args, "at", None):
        return SystemClock()
    if not writes:
        return DrillClock(moment(args.at, config.must_be_right()))
    from westsync.app.installation import is_drill  # noqa: PLC0415 - --at only

    if not is_drill(config.must_be_right()):
        raise UsageError("--at is for drills: every configured host must be a loopback address")
    return DrillClock(moment(args.at, config))


def moment(text: str, config: Configuration) -> datetime:
    """Read a time; without an offset it is office time.

    Raises:
        UsageError: It is none.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"'{text}' is not a time; write 2026-11-24T10:05 or 2026-11-24T10:05+03:00"
        ) from None
    return at if at.tzinfo else at.replace(tzinfo=config.settings.zone)


def start_log(args: argparse.Namespace, config: Configuration, *, quiet: bool = True) -> None:
    """Send the log to stderr: warnings for a command, everything of note for the daemon."""
    from westsync.logs import configure  # noqa: PLC0415 - commands that log

    level = int(args.verbose) - (1 if quiet else 0)
    configure(config.settings.log.format, level)

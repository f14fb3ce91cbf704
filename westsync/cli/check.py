"""``westsync check``: all mistakes of the configuration at once."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from westsync.app.configuration import hints
from westsync.app.reports import report_problems
from westsync.cli.beginning import configuration
from westsync.cli.main import CONFIG, DONE
from westsync.cli.output import emit, say
from westsync.clocks import SystemClock

if TYPE_CHECKING:
    import argparse


def run(args: argparse.Namespace) -> int:
    """Print every problem as ``file:line:col: text``; exit 78 if there is any."""
    config = configuration(args)
    config = replace(config, problems=(*config.problems, *report_problems(config)))
    if args.json:
        emit(
            {
                "version": config.loaded.version,
                "problems": [
                    {
                        "file": p.place.file,
                        "line": p.place.line,
                        "column": p.place.column,
                        "text": p.text,
                        "cure": p.cure,
                    }
                    for p in config.problems
                ],
            }
        )
        return CONFIG if config.problems else DONE
    for problem in config.problems:
        say(str(problem))
    if config.problems:
        count = len(config.problems)
        say(f"{count} mistake{'' if count == 1 else 's'}")
        return CONFIG
    for notice in hints(config, SystemClock().now()):
        sys.stderr.write(f"note: {notice}\n")
    if not args.offline:
        for path in config.settings.missing_secrets():
            sys.stderr.write(f"note: the secret {'.'.join(path)} is not here; `run` will need it\n")
    rules = {rule.id for company in config.companies.values() for rule in company.ruleset.rules}
    say(
        f"{config.loaded.directory}: configuration {config.loaded.version} is right, "
        f"{len(rules)} rules"
    )
    return DONE

"""``westsync check``: all mistakes of the configuration at once."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from westsync.app.brands import brands_of
from westsync.app.hints import hints
from westsync.app.reports import report_problems
from westsync.cli.beginning import configuration
from westsync.cli.main import CONFIG, DONE
from westsync.cli.output import emit, say
from westsync.clocks import SystemClock

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from westsync.app.configuration import Configuration
    from westsync.domain.places import Problem


def run(args: argparse.Namespace) -> int:
    """Print every problem as ``file:line:col: text``, then notes; exit 78 if there is any."""
    config = configuration(args)
    of_brands = brands_of(config).problems
    config = replace(config, problems=(*config.problems, *of_brands, *report_problems(config)))
    notices = [] if config.problems else list(_notices(config, offline=args.offline))
    if args.json:
        problems = [_as_json(problem) for problem in config.problems]
        emit({"version": config.loaded.version, "problems": problems, "notices": notices})
        return CONFIG if config.problems else DONE
    for problem in config.problems:
        say(str(problem))
    if config.problems:
        count = len(config.problems)
        say(f"{count} mistake{'' if count == 1 else 's'}")
        return CONFIG
    for notice in notices:
        sys.stderr.write(f"note: {notice}\n")
    rules = {rule.id for company in config.companies.values() for rule in company.ruleset.rules}
    say(
        f"{config.loaded.directory}: configuration {config.loaded.version} is right, "
        f"{len(rules)} rules"
    )
    return DONE


def _notices(config: Configuration, *, offline: bool) -> Iterator[str]:
    """Yield what is no mistake and should be looked at all the same."""
    yield from hints(config, SystemClock().now())
    if not offline:
        settings = config.settings
        for path in (*settings.missing_secrets(), *settings.missing_webhook_secrets()):
            yield f"the secret {'.'.join(path)} is not here; `run` will need it"


def _as_json(problem: Problem) -> dict[str, object]:
    return {
        "file": problem.place.file,
        "line": problem.place.line,
        "column": problem.place.column,
        "text": problem.text,
        "cure": problem.cure,
    }

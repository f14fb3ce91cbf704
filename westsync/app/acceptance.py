"""What a configuration must pass, beyond being right, before a daemon works by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.errors import ConfigError

if TYPE_CHECKING:
    from westsync.app.configuration import Configuration


def must_pass_its_tests(configuration: Configuration) -> None:
    """Refuse rules whose own tests fail.

    Raises:
        ConfigError: Each failure.
    """
    from westsync.domain.places import Problem  # noqa: PLC0415 - reloads only

    failed = [result for result in configuration.run_trials() if not result.passed]
    if failed:
        raise ConfigError(
            [
                Problem(place=r.place, text=f"rule test of {r.rule} fails: {r.name}: {line}")
                for r in failed
                for line in r.failures
            ]
        )


def must_draw_its_reports(configuration: Configuration) -> None:
    """Refuse templates that break, if any rule sends a report.

    Raises:
        ConfigError: Each template that breaks.
    """
    rules = (rule for company in configuration.companies.values() for rule in company.ruleset.rules)
    if not any(rule.schedule is not None for rule in rules):
        return
    from westsync.app.reports import report_problems  # noqa: PLC0415 - draws, which is heavy

    problems = report_problems(configuration)
    if problems:
        raise ConfigError(problems)

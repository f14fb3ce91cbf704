"""What is no mistake of a configuration and should be looked at all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.rules.action_specs import AskSupplierSpec
from westsync.settings.credentials import cure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from westsync.app.configuration import Configuration

_DECREED_BY = 10  # month


def hints(configuration: Configuration, now: datetime) -> Iterator[str]:
    """Yield what is no mistake and should be looked at all the same.

    Args:
        configuration: A right one.
        now: The present, for what the coming year lacks.
    """
    yield from configuration.loaded.notices
    if configuration.settings.http.is_exposed:
        yield (
            f"http.listen {configuration.settings.http.listen} can be reached from other machines, "
            "without encryption; 127.0.0.1 behind a reverse proxy is safer"
        )
    for company in configuration.companies.values():
        yield from map(str, company.ruleset.hints)
        for name, sleep in company.ruleset.sleeping.items():
            yield f"{sleep.place}: rule '{name}' sleeps until {', '.join(sleep.missing)} is there"
    for source, name in configuration.lacking:
        where = cure(("suppliers", name))
        yield f"supplier '{source}': the secret '{name}' is not here; {where}"
    yield from _suppliers_without_address(configuration)
    yield from _unknown_years(configuration, now)


def _suppliers_without_address(configuration: Configuration) -> Iterator[str]:
    """Yield whom a rule would mail and cannot (P3.5)."""
    rules = (rule for company in configuration.companies.values() for rule in company.ruleset.rules)
    actions = (spec for rule in rules for step in rule.steps for spec in step.actions)
    if not any(isinstance(spec, AskSupplierSpec) for spec in actions):
        return
    for profile in configuration.suppliers:
        if profile.enabled and not profile.contact.email:
            yield (
                f"supplier '{profile.id}' has no contact.email: a person asks him what others are "
                "mailed about"
            )


def _unknown_years(configuration: Configuration, now: datetime) -> Iterator[str]:
    """Yield which calendars do not know the days off of the coming year, from October on.

    By then the Government has usually decreed the transfers; without them deadlines in that year
    are only probable.
    """
    year = now.year + 1
    if now.month < _DECREED_BY:
        return
    names: set[str] = set()
    for company in configuration.companies.values():
        for rule in company.ruleset.rules:
            if rule.clock.calendar.is_provisional(year):
                names.add(rule.clock.calendar_name)
    for name in sorted(names):
        yield (
            f"calendar '{name}' does not know the transferred days of {year}; install a newer "
            f"`holidays`, or write them into calendars/{year}.yaml"
        )

"""The company of the rule tests, as the jobs take it, with other rules."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.unit.journal.factories import ACCOUNT
from tests.unit.rules.company import OFFICE, PEOPLE, ROLES, STAGE_IDS, rules_of
from tests.unit.rules.observed import SETUP
from westsync.jobs.company import Company, Guards, Pace


def a_company(rules: str, *, version: str = "1", asks_stock: bool = False) -> Company:
    return Company(
        account=ACCOUNT,
        version=version,
        ruleset=rules_of(rules),
        setup=SETUP,
        people=PEOPLE,
        roles=ROLES,
        absences=(),
        zone="Europe/Moscow",
        active_from=datetime(2020, 1, 1, tzinfo=UTC),
        guards=Guards(),
        pace=Pace(),
        stage_ids=STAGE_IDS,
        calendar=OFFICE,
        asks_stock=asks_stock,
    )

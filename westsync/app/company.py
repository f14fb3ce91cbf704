"""From settings and rule files to one account's company."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from westsync.app.fact_setup import absences_of, fact_setup, people_of
from westsync.domain.catalogue.kinds import catalogue
from westsync.jobs.company import Company, Guards, Pace
from westsync.reports.catalogue import REPORTS
from westsync.rules.ruleset import Texts, build_ruleset
from westsync.rules.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from westsync.domain.catalogue.kinds import Catalogue
    from westsync.domain.places import Node, Problem
    from westsync.domain.working_time import WorkingCalendar
    from westsync.rules.billing import Billing
    from westsync.settings.megaplan import MegaplanSettings
    from westsync.settings.model import AccountSettings, GuardSettings, Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyBuilder:
    """Puts companies together from what all accounts share.

    Attributes:
        settings: All of westsync.yaml.
        version: Hash of the configuration.
        calendars: Name -> calendar.
        rules: The rule files.
        texts: What staff read.
        report_templates: File names of the report templates that there are.
        asks_stock: A source of supplier stock is enabled.
        idle: Look for mistakes in rules that sleep as well.
    """

    settings: Settings
    version: str
    calendars: Mapping[str, WorkingCalendar]
    rules: Sequence[Node]
    texts: Texts
    report_templates: frozenset[str]
    asks_stock: bool
    idle: bool = True

    def company(self, name: str, account: AccountSettings) -> tuple[Company, tuple[Problem, ...]]:
        """Return the company of an account, and what is wrong with its rules."""
        settings = self.settings
        megaplan = account.megaplan
        facts = catalogue(megaplan.fields)
        ruleset, problems = build_ruleset(
            self.rules, self.texts, self._vocabulary(account, facts), idle=self.idle
        )
        company = Company(
            account=name,
            version=self.version,
            ruleset=ruleset,
            setup=fact_setup(settings, megaplan, facts, self.calendars),
            people=people_of(settings),
            roles=settings.roles,
            absences=absences_of(settings),
            zone=settings.timezone,
            active_from=settings.active_since,
            guards=_guards(settings.guards),
            pace=_pace(megaplan),
            stage_ids={
                (program, stage): state_id
                for program, stages in megaplan.stages.items()
                for stage, state_id in stages.items()
            },
            calendar=self.calendars.get("office") or next(iter(self.calendars.values())),
            sends_mail=account.mail is not None,
            asks_stock=self.asks_stock,
            hears_events=settings.hears_events(name),
            billing=_billing(account),
            only_planned=_only_planned(account),
        )
        return company, problems

    def _vocabulary(self, account: AccountSettings, facts: Catalogue) -> Vocabulary:
        settings = self.settings
        stages = account.megaplan.stages
        return Vocabulary(
            stages={program: tuple(names) for program, names in stages.items()},
            people=frozenset(settings.people),
            roles=frozenset(settings.roles),
            calendars=self.calendars,
            zone=settings.zone,
            catalogue=facts,
            channels=frozenset({"megaplan"} if account.mail is None else {"megaplan", "email"}),
            sources=frozenset(self._sources(account)),
            reports=frozenset(REPORTS),
            report_templates=self.report_templates,
        )

    def _sources(self, account: AccountSettings) -> Iterator[str]:
        yield "megaplan"
        if account.onec is not None:
            yield "onec"
            if account.onec.channels.print_forms != "none":
                yield "print_forms"
        if self.asks_stock:
            yield "stock"


def _guards(guards: GuardSettings) -> Guards:
    return Guards(
        new_intents_per_cycle=guards.new_intents_per_cycle,
        per_rule_per_hour=guards.per_rule_per_hour,
        open_deals_drop=guards.open_deals_drop,
    )


def _pace(megaplan: MegaplanSettings) -> Pace:
    return Pace(
        clients=timedelta(seconds=megaplan.clients_every),
        recheck=timedelta(seconds=megaplan.recheck_every),
        sweep_at=str(megaplan.full_sweep_at),
    )


def _billing(account: AccountSettings) -> Billing | None:
    if account.onec is None:
        return None
    from westsync.app.ledger_pace import billing_of  # noqa: PLC0415 - only accounts with 1C

    return billing_of(account.onec)


def _only_planned(account: AccountSettings) -> Mapping[str, str]:
    if account.onec is None or not account.onec.readonly:
        return {}
    return {"invoice.issue": "1C is read only (accounts.*.onec.readonly)"}

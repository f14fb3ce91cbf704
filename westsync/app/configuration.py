"""From configuration files to companies: settings, calendars, rules and texts put together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from westsync.domain.absences import Absence, Absences
from westsync.domain.catalogue.kinds import catalogue
from westsync.domain.day_overrides import YearTable, read_year_table
from westsync.domain.people import Person, Staff
from westsync.domain.places import Map, Scalar
from westsync.domain.working_time import WorkingCalendar
from westsync.errors import ConfigError
from westsync.jobs.company import Company, Guards, Pace
from westsync.reports.catalogue import REPORTS
from westsync.rules.fact_setup import (
    CALLBACK,
    CLAIM,
    CONTACT,
    DATA_RECEIVED,
    DATA_REQUEST,
    INVOICE_CONFIRMED,
    INVOICE_LETTER,
    LETTER_CONFIRMED,
    LETTER_SENT,
    QUALITY,
    REFUSAL,
    FactSetup,
)
from westsync.rules.reading import Problems
from westsync.rules.ruleset import Texts, build_ruleset, read_texts
from westsync.rules.trial import TrialResult, Trials
from westsync.rules.vocabulary import Vocabulary
from westsync.rules.watch import Situation
from westsync.settings import loading
from westsync.settings.credentials import cure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from westsync.connectors.suppliers.profile import Profile
    from westsync.domain.calendar_spec import Override
    from westsync.domain.places import Node, Problem
    from westsync.rules.billing import Billing
    from westsync.settings.model import AccountSettings, Settings
    from westsync.settings.yaml12 import Document

_DECREED_BY = 10  # month
# A stage of this name has the role of the same name, unless ``roles`` says otherwise.
_NATURAL_ROLES = ("offer", "invoice_sent", "delivered")


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """A configuration as read.

    Attributes:
        loaded: The files and the settings.
        companies: Account -> company; usable only without problems.
        problems: Every mistake of every file, in the order of the files.
        suppliers: Sources of supplier stock; without problems these are all of them.
        lacking: Secrets of enabled sources that are not here: (source, name).
    """

    loaded: loading.Loaded
    companies: Mapping[str, Company]
    problems: tuple[Problem, ...]
    suppliers: tuple[Profile, ...] = ()
    lacking: tuple[tuple[str, str], ...] = ()

    def must_be_right(self) -> Configuration:
        """Return the configuration itself.

        Raises:
            ConfigError: It has mistakes; all of them.
        """
        if self.problems or self.loaded.settings is None:
            raise ConfigError(self.problems)
        return self

    def without_documents(self) -> Configuration:
        """Return the configuration without the files' texts, which nobody reads again.

        They are as large as everything that was made of them; a daemon carries them for nothing.
        """
        return replace(self, loaded=self.loaded.without_documents())

    @property
    def asks_stock(self) -> bool:
        """Whether a source of supplier stock is enabled."""
        return any(profile.enabled for profile in self.suppliers)

    @property
    def settings(self) -> Settings:
        """The settings of a right configuration."""
        return self.loaded.usable()

    def run_trials(
        self, only: str | None = None, documents: Sequence[Node] | None = None
    ) -> tuple[TrialResult, ...]:
        """Run the rule tests against the first account's rules.

        Args:
            only: Run only tests whose name or rule contains this.
            documents: Other test files than those of the configuration.

        Raises:
            ConfigError: The test files themselves have mistakes.
        """
        company = next(iter(self.companies.values()))
        problems = Problems()
        trials = Trials(
            company.ruleset,
            company.setup.catalogue,
            lambda kind, at: _trial_situation(company, kind, at),
            company.staff,
            company.formatter,
        )
        nodes = documents if documents is not None else _roots(self.loaded.test_documents)
        results = tuple(trials.run(nodes, problems, only))
        if problems.found:
            raise ConfigError(problems.found)
        return results


def read_configuration(
    directory: Path,
    environ: Mapping[str, str],
    *,
    rules_from: Path | None = None,
    idle_suppliers: bool = True,
) -> Configuration:
    """Read a configuration; mistakes are collected, not raised.

    Args:
        directory: The configuration directory.
        environ: Environment variables.
        rules_from: Another directory of rule files to use instead of ``rules/``.
        idle_suppliers: Read supplier files also when none of them is enabled. The daemon leaves
            that to ``check``: their models would weigh 4 MB for nothing.
    """
    loaded = loading.read(directory, environ)
    problems = Problems()
    settings = loaded.settings
    companies: dict[str, Company] = {}
    if settings is not None:
        calendars = _calendars(settings, _roots(loaded.calendar_documents), problems)
        texts = read_texts(_roots(loaded.text_documents), problems)
        documents = (
            _roots(loaded.rule_documents)
            if rules_from is None
            else _other_rules(rules_from, problems)
        )
        templates = frozenset(path.name for path in directory.glob("reports/*.j2"))
        suppliers, lacking = _suppliers(loaded, problems, idle=idle_suppliers)
        asks_stock = any(profile.enabled for profile in suppliers)
        for name, account in settings.accounts.items():
            builder = _Builder(
                settings, calendars, documents, texts, templates, asks_stock=asks_stock
            )
            company, found = builder.company(name, account)
            companies[name] = replace(company, version=loaded.version)
            for problem in found:
                problems.add(problem.place, problem.text, problem.cure)
    else:
        suppliers, lacking = _suppliers(loaded, problems, idle=idle_suppliers)
    names = [str(d.file) for d in _documents(loaded)]
    every = loading.in_order([*loaded.problems, *problems.found], names)
    return Configuration(
        loaded=loaded, companies=companies, problems=every, suppliers=suppliers, lacking=lacking
    )


def hints(configuration: Configuration, now: datetime) -> Iterator[str]:
    """Yield what is no mistake and should be looked at all the same.

    Args:
        configuration: A right one.
        now: The present, for what the coming year lacks.
    """
    yield from configuration.loaded.notices
    for company in configuration.companies.values():
        yield from map(str, company.ruleset.hints)
        for name, sleep in company.ruleset.sleeping.items():
            yield f"{sleep.place}: rule '{name}' sleeps until {', '.join(sleep.missing)} is there"
    for source, name in configuration.lacking:
        where = cure(("suppliers", name))
        yield f"supplier '{source}': the secret '{name}' is not here; {where}"
    yield from _unknown_years(configuration, now)


def _suppliers(
    loaded: loading.Loaded, problems: Problems, *, idle: bool
) -> tuple[tuple[Profile, ...], tuple[tuple[str, str], ...]]:
    """Read the sources of supplier stock; a company without them does not pay for their models."""
    if all(not idle and _is_off(root) for root in _roots(loaded.supplier_documents)):
        return (), ()
    from westsync.settings.suppliers import read_suppliers  # noqa: PLC0415 - fifty models

    secrets = {name: value.get_secret_value() for name, value in loaded.supplier_secrets.items()}
    found = read_suppliers(loaded.supplier_documents, secrets)
    problems.found.extend(found.problems)
    return found.profiles, found.missing


def _is_off(supplier: Node) -> bool:
    """Return whether a supplier file says ``enabled: false``."""
    enabled = supplier.get("enabled") if isinstance(supplier, Map) else None
    return isinstance(enabled, Scalar) and enabled.value is False


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


def _documents(loaded: loading.Loaded) -> tuple[Document, ...]:
    return (
        *loaded.rule_documents,
        *loaded.test_documents,
        *loaded.calendar_documents,
        *loaded.text_documents,
        *loaded.supplier_documents,
    )


def _roots(documents: Iterable[Document]) -> list[Node]:
    return [document.root for document in documents if document.root is not None]


def _other_rules(directory: Path, problems: Problems) -> list[Node]:
    from westsync.settings import yaml12  # noqa: PLC0415 - only for drafts

    nodes: list[Node] = []
    for path in sorted(directory.glob("*.yaml")):
        document = yaml12.parse(path.read_bytes(), file=str(path))
        problems.found.extend(document.problems)
        if document.root is not None:
            nodes.append(document.root)
    return nodes


def _calendars(
    settings: Settings, tables: Sequence[Node], problems: Problems
) -> Mapping[str, WorkingCalendar]:
    years: list[YearTable] = []
    for node in tables:
        table, found = read_year_table(node)
        problems.found.extend(found)
        if table is None:
            continue
        for name, place in table.calendars or ():
            if name not in settings.calendars:
                problems.unknown(place, "calendar", name, "", settings.calendars)
        years.append(table)
    calendars = {}
    for name, spec in settings.calendars.items():
        overrides: dict[date, Override] = {}
        for table in years:
            if table.is_for(name):
                overrides |= table.days
        calendars[name] = WorkingCalendar(spec.spec(name, settings.timezone, overrides))
    return calendars


@dataclass(frozen=True, slots=True)
class _Builder:
    """Puts one account's company together."""

    settings: Settings
    calendars: Mapping[str, WorkingCalendar]
    documents: Sequence[Node]
    texts: Texts
    report_templates: frozenset[str]
    asks_stock: bool = False

    def company(self, name: str, account: AccountSettings) -> tuple[Company, tuple[Problem, ...]]:
        settings = self.settings
        megaplan = account.megaplan
        facts = catalogue(megaplan.fields)
        vocabulary = Vocabulary(
            stages={program: tuple(stages) for program, stages in megaplan.stages.items()},
            people=frozenset(settings.people),
            roles=frozenset(settings.roles),
            calendars=self.calendars,
            zone=settings.zone,
            catalogue=facts,
            channels=frozenset({"megaplan"} if account.mail is None else {"megaplan", "email"}),
            sources=frozenset(
                {
                    "megaplan",
                    *(() if account.onec is None else ("onec",)),
                    *(("stock",) if self.asks_stock else ()),
                }
            ),
            reports=frozenset(REPORTS),
            report_templates=self.report_templates,
        )
        ruleset, problems = build_ruleset(self.documents, self.texts, vocabulary)
        people = _people(settings)
        absences = _absences(settings)
        setup = FactSetup(
            catalogue=facts,
            url=str(megaplan.url).rstrip("/"),
            me=megaplan.me or "",
            zone=settings.zone,
            office=self.calendars.get("office"),
            staff=Staff(people, settings.roles, Absences(absences)),
            pipelines={program_id: program for program, program_id in megaplan.programs.items()},
            stages=_stage_names(account),
            stage_roles=_stage_roles(account),
            required=_required(account),
            attachment_kinds=dict(megaplan.attachment_kinds),
            words={
                CONTACT: megaplan.contact_words,
                CALLBACK: megaplan.urgent_words,
                LETTER_SENT: megaplan.letter_words,
                LETTER_CONFIRMED: megaplan.letter_confirmed_words,
                REFUSAL: megaplan.refusal_words,
                DATA_REQUEST: megaplan.data_request_words,
                DATA_RECEIVED: megaplan.data_received_words,
                INVOICE_LETTER: megaplan.invoice_letter_words,
                INVOICE_CONFIRMED: megaplan.invoice_confirmed_words,
                QUALITY: megaplan.quality_words,
                CLAIM: megaplan.claim_words,
            },
            negations=tuple(word.casefold() for word in megaplan.negation_words),
            negations_after=tuple(word.casefold() for word in megaplan.negation_words_after),
        )
        guards = settings.guards
        company = Company(
            account=name,
            version="",
            ruleset=ruleset,
            setup=setup,
            people=people,
            roles=settings.roles,
            absences=absences,
            zone=settings.timezone,
            active_from=settings.active_since,
            guards=Guards(
                new_intents_per_cycle=guards.new_intents_per_cycle,
                per_rule_per_hour=guards.per_rule_per_hour,
                open_deals_drop=guards.open_deals_drop,
            ),
            pace=Pace(
                clients=_seconds(megaplan.clients_every),
                recheck=_seconds(megaplan.recheck_every),
                sweep_at=str(megaplan.full_sweep_at),
            ),
            stage_ids={
                (program, stage): state_id
                for program, stages in megaplan.stages.items()
                for stage, state_id in stages.items()
            },
            calendar=self.calendars.get("office") or next(iter(self.calendars.values())),
            sends_mail=account.mail is not None,
            asks_stock=self.asks_stock,
            billing=_billing(account),
            only_planned=_only_planned(account),
        )
        return company, problems


def _billing(account: AccountSettings) -> Billing | None:
    if account.onec is None:
        return None
    from westsync.app.ledger_pace import billing_of  # noqa: PLC0415 - only accounts with 1C

    return billing_of(account.onec)


def _only_planned(account: AccountSettings) -> Mapping[str, str]:
    if account.onec is None or not account.onec.readonly:
        return {}
    return {"invoice.issue": "1C is read only (accounts.*.onec.readonly)"}


def _seconds(amount: float) -> timedelta:
    return timedelta(seconds=amount)


def _people(settings: Settings) -> tuple[Person, ...]:
    return tuple(
        Person(
            login=login,
            name=person.name,
            crm_id=person.megaplan,
            email=str(person.email) if person.email is not None else None,
            deputy=person.deputy,
        )
        for login, person in settings.people.items()
    )


def _absences(settings: Settings) -> tuple[Absence, ...]:
    return tuple(
        Absence.on_dates(
            login, away.first, away.last, zone=settings.timezone, reason=away.reason or ""
        )
        for login, person in settings.people.items()
        for away in person.absences
    )


def _stage_names(account: AccountSettings) -> Mapping[tuple[str, str], str]:
    megaplan = account.megaplan
    return {
        (megaplan.programs[program], state_id): stage
        for program, stages in megaplan.stages.items()
        if program in megaplan.programs
        for stage, state_id in stages.items()
    }


def _stage_roles(account: AccountSettings) -> Mapping[str, tuple[str, ...]]:
    megaplan = account.megaplan
    names = {stage for stages in megaplan.stages.values() for stage in stages}
    natural = {role: (role,) for role in _NATURAL_ROLES if role in names}
    return natural | {role: tuple(stages) for role, stages in megaplan.roles.items()}


def _required(account: AccountSettings) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Return what each stage requires: its own facts and those of the stages before it."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for program, by_stage in account.megaplan.required.items():
        gathered: tuple[str, ...] = ()
        for stage in account.megaplan.stages.get(program, {}):
            gathered = tuple(dict.fromkeys((*gathered, *by_stage.get(stage, ()))))
            found.setdefault(program, {})[stage] = gathered
    return found


def _trial_situation(company: Company, kind: str, at: datetime) -> Situation:
    return Situation(
        now=at,
        account=company.account,
        staff=company.staff,
        formatter=company.formatter,
        task_frame=company.ruleset.task_frames[kind],
        close_frame=company.ruleset.close_frames[kind],
        stage_ids=company.stage_ids,
        billing=company.billing,
    )

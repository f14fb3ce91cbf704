"""From configuration files to companies: settings, calendars, rules and texts put together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from westsync.app.company import CompanyBuilder
from westsync.domain.day_overrides import YearTable, read_year_table
from westsync.domain.places import Map, Scalar
from westsync.domain.working_time import WorkingCalendar
from westsync.errors import ConfigError
from westsync.rules.reading import Problems
from westsync.rules.ruleset import read_texts
from westsync.rules.trial import TrialResult, Trials
from westsync.rules.watch import Situation
from westsync.settings import loading

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from westsync.connectors.suppliers.profile import Profile
    from westsync.domain.calendar_spec import Override
    from westsync.domain.places import Node, Problem
    from westsync.jobs.company import Company
    from westsync.settings.model import Settings
    from westsync.settings.yaml12 import Document


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
    idle: bool = True,
    as_with_stock: bool = False,
) -> Configuration:
    """Read a configuration; mistakes are collected, not raised.

    Args:
        directory: The configuration directory.
        environ: Environment variables.
        rules_from: Another directory of rule files to use instead of ``rules/``.
        idle: Look also at what is not in use: supplier files of which none is enabled, and
            rules that sleep. The daemon leaves that to ``check``: it would weigh 4 MB for nothing.
        as_with_stock: Read the rules as if a supplier were enabled, for their tests alone.
    """
    loaded = loading.read(directory, environ)
    problems = Problems()
    suppliers, lacking = _suppliers(loaded, problems, idle=idle)
    companies: dict[str, Company] = {}
    if loaded.settings is not None:
        builder = CompanyBuilder(
            settings=loaded.settings,
            version=loaded.version,
            calendars=_calendars(loaded.settings, _roots(loaded.calendar_documents), problems),
            rules=(
                _roots(loaded.rule_documents)
                if rules_from is None
                else _other_rules(rules_from, problems)
            ),
            texts=read_texts(_roots(loaded.text_documents), problems),
            report_templates=frozenset(path.name for path in directory.glob("reports/*.j2")),
            asks_stock=as_with_stock or any(profile.enabled for profile in suppliers),
            idle=idle,
        )
        for name, account in loaded.settings.accounts.items():
            companies[name], found = builder.company(name, account)
            problems.found.extend(found)
    names = [str(d.file) for d in _documents(loaded)]
    every = loading.in_order([*loaded.problems, *problems.found], names)
    return Configuration(
        loaded=loaded, companies=companies, problems=every, suppliers=suppliers, lacking=lacking
    )


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

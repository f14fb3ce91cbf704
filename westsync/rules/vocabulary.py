"""The names of one configuration that rule files may use."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from zoneinfo import ZoneInfo

    from westsync.domain.catalogue.kinds import Catalogue
    from westsync.domain.places import Place
    from westsync.domain.working_time import WorkingCalendar
    from westsync.rules.reading import Problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What exists in this company, for checking and for compiling.

    Attributes:
        stages: Pipeline name -> its stage names in the order of the configuration.
        people, roles: Logins and role names.
        calendars: Name -> calendar; ``always`` counts every minute.
        calendar: The calendar that counts the durations of the rule being read.
        scripts: Phone scripts: name -> (text, where it stands).
        letters: What mails say: name -> (text, where it stands); the first line is the subject.
        phrases: What rule modules say: name -> text.
        zone: Office zone, for times written without offset and for texts.
        catalogue: Facts, with the configured custom fields.
        sources: Connected sources (``megaplan``, ``onec``, ``stock``), and ``print_forms`` where
            1C makes PDFs.
        reports: Names of the reports that clock rules can send.
        report_templates: Files of ``config/reports`` that lay them out.
        channels: Ways to notify that are configured: ``megaplan``, ``email``.
    """

    stages: Mapping[str, tuple[str, ...]]
    people: frozenset[str]
    roles: frozenset[str]
    calendars: Mapping[str, WorkingCalendar]
    zone: ZoneInfo
    catalogue: Catalogue
    scripts: Mapping[str, tuple[str, Place]] = field(default_factory=dict)
    letters: Mapping[str, tuple[str, Place]] = field(default_factory=dict)
    phrases: Mapping[str, str] = field(default_factory=dict)
    sources: frozenset[str] = frozenset({"megaplan"})
    channels: frozenset[str] = frozenset({"megaplan"})
    reports: frozenset[str] = frozenset()
    report_templates: frozenset[str] = frozenset()
    calendar: WorkingCalendar | None = None

    @property
    def pipelines(self) -> frozenset[str]:
        """Names of the configured programs."""
        return frozenset(self.stages)

    def stage_names(self) -> frozenset[str]:
        """All stage names of all pipelines."""
        return frozenset(name for names in self.stages.values() for name in names)

    def counting_on(self, calendar: WorkingCalendar | None) -> Vocabulary:
        """Return the same vocabulary for a rule that counts on this calendar."""
        return replace(self, calendar=calendar)

    def check(
        self, what: str, word: str, known: Iterable[str], place: Place, problems: Problems
    ) -> None:
        """Note a word that this company does not have."""
        known = frozenset(known)
        if word not in known:
            problems.unknown(place, what, word, "", known)

"""How this company's Megaplan is to be read: names of stages, words in comments, file kinds."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from fnmatch import translate
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from zoneinfo import ZoneInfo

    from westsync.domain.catalogue.kinds import Catalogue
    from westsync.domain.people import Staff
    from westsync.domain.records import StageType
    from westsync.domain.working_time import WorkingCalendar

# What a comment can say, by its words (``words:`` of westsync.yaml).
CONTACT, CALLBACK, LETTER_SENT, LETTER_CONFIRMED, REFUSAL = (
    "contact",
    "callback",
    "letter_sent",
    "letter_confirmed",
    "refusal",
)
DATA_REQUEST, DATA_RECEIVED, INVOICE_LETTER, INVOICE_CONFIRMED, QUALITY, CLAIM = (
    "data_request",
    "data_received",
    "invoice_letter",
    "invoice_confirmed",
    "quality",
    "claim",
)
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSetup:
    """The part of the configuration that facts are made with.

    Attributes:
        catalogue: Facts, with the configured custom fields.
        url: Base address of the account, for links to cards.
        me: Employee id of the daemon's own account; its acts are never human touches.
        zone: Office zone, in which a bare date begins.
        pipelines: Program id -> name.
        stages: (program id, state id) -> name; an unknown state shows as ``#id``.
        stage_types: State id -> what it means, from the program.
        stage_roles: Role (``delivered``, ``offer``, ...) -> stage names.
        required: Pipeline -> stage -> facts that must be filled there.
        attachment_kinds: Kind -> file name patterns.
        words: Word group -> words that a comment of that sense contains.
        negations: Words that take the sense of the next one away.
        negations_after: Words that take the sense of the one before away.
        office: Working time, for what is due on the working day before, and for the end of a day;
            None: not known.
        staff: To turn employee ids into logins.
    """

    catalogue: Catalogue
    url: str
    me: str
    zone: ZoneInfo
    staff: Staff
    pipelines: Mapping[str, str]
    stages: Mapping[tuple[str, str], str]
    stage_types: Mapping[str, StageType] = field(default_factory=dict)
    stage_roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    required: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    attachment_kinds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    negations: tuple[str, ...] = ()
    office: WorkingCalendar | None = None
    negations_after: tuple[str, ...] = ()

    def stage_name(self, program_id: str, state_id: str) -> str:
        """Return a stage's configured name."""
        return self.stages.get((program_id, state_id), f"#{state_id}")

    def begin_of(self, day: date) -> datetime:
        """Return the midnight with which a day of the office begins (UTC)."""
        return _midnight(day, self.zone)

    def end_of(self, day: date) -> datetime:
        """Return when a day that tells no time is over: its closing, else its midnight (UTC).

        What happened some time on that day happened by then, so nobody is called late for hours
        before it.
        """
        return _over(day, self.zone, self.office)

    def senses(self, text: str) -> tuple[str, ...]:
        """Return the groups of which a comment says a word; see `says`."""
        folded = _folded(text)
        return tuple([group for group in self.words if self._finds(group, folded)])

    def says(self, group: str, text: str) -> bool:
        """Return whether a comment says one of the words of a group.

        A word counts from its beginning (``позвонил`` is also in ``позвонила``), letter case and
        the dots of ``ё`` are ignored, and a negation right before it (``не срочно``) or right
        behind it (``претензий нет``) takes it away.
        """
        return self._finds(group, _folded(text))

    def _finds(self, group: str, folded: str) -> bool:
        words = _patterns(self.words.get(group, ()), self.negations, self.negations_after)
        return any(
            word in folded  # nearly never
            and any(found.group(1) is None for found in pattern.finditer(folded))
            for word, pattern in words
        )

    def attachment_kind(self, name: str) -> str | None:
        """Return the first kind one of whose patterns fits a file name, None if none does."""
        folded = _BLANKS.sub(" ", name.casefold())
        for kind, patterns in self.attachment_kinds.items():
            if _any_of(patterns).match(folded) is not None:
                return kind
        return None

    def evening_before(self, day: date) -> datetime | None:
        """Return when the working day before a day of the office closes (UTC); None: not known."""
        return None if self.office is None else _evening_before(day, self.zone, self.office)


# The papers of a company are of the same few hundred days, and each decision asks for some.
@lru_cache(maxsize=1024)
def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


@lru_cache(maxsize=1024)
def _over(day: date, zone: ZoneInfo, office: WorkingCalendar | None) -> datetime:
    over = _midnight(day + timedelta(days=1), zone)
    return over if office is None else min(office.end_of_day(_midnight(day, zone)), over)


@lru_cache(maxsize=1024)
def _evening_before(day: date, zone: ZoneInfo, office: WorkingCalendar) -> datetime:
    return office.end_of_day(office.previous_opening(_midnight(day, zone)))


@lru_cache(maxsize=64)
def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """Return what fits the names of files that fit one of some patterns, folded."""
    return re.compile("|".join(translate(pattern.casefold()) for pattern in patterns) or "(?!)")


@lru_cache(maxsize=64)
def _patterns(
    words: tuple[str, ...], negations: tuple[str, ...], negations_after: tuple[str, ...]
) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return each word, folded, with what finds it; every comment is asked for every group."""
    before = "|".join(map(re.escape, negations)) or "(?!)"
    after = "|".join(map(re.escape, negations_after)) or "(?!)"
    return tuple(
        (
            word,
            re.compile(
                rf"(?<!\w)(?:({before})\s+)?(?<!\w){re.escape(word)}(?!\w*\s+(?:{after})\b)"
            ),
        )
        for word in map(_folded, words)
    )


def _folded(text: str) -> str:
    return text.casefold().replace("ё", "е")

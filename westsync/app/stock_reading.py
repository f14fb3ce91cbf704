"""From supplier profiles to what the stock jobs know: sources, and the reading of their files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.connectors.suppliers import guards
from westsync.connectors.suppliers.profile_fetch import JsonApiFetch, ManualFetch
from westsync.connectors.suppliers.reading.drift import drift
from westsync.connectors.suppliers.reading.results import Note, Reading, Refusal
from westsync.connectors.suppliers.reading.source import read_source
from westsync.domain.matching.questions import Duplicates, MatchPolicy
from westsync.ports.stock import (
    Borrowing,
    Finding,
    Judgement,
    Past,
    ReadingSummary,
    StockSource,
    Timing,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from westsync.connectors.suppliers.profile import Profile
    from westsync.domain.stock import SourceId
    from westsync.ports import Clock

_CODES = ("supplier_code", "vendor_code")


class ReadFile:
    """One file that was read, or found unusable (`westsync.ports.stock.FileReading`).

    Attributes:
        outcome: What the reader found, for `westsync stock check`.
    """

    def __init__(self, outcome: Reading | Refusal, profile: Profile, staging: Path) -> None:
        """Take what the reader found by a profile."""
        self.outcome = outcome
        self._profile = profile
        self._staging = staging

    @property
    def summary(self) -> ReadingSummary | None:
        """What it counts to; None if the file is unusable."""
        read = self.outcome
        if isinstance(read, Refusal):
            return None
        return ReadingSummary(
            staging=self._staging,
            kind=str(read.kind),
            items=read.items,
            in_stock=read.in_stock,
            fingerprint=read.fingerprint,
            as_of=read.as_of,
            is_delta=Note.DELTA in read.notes,
        )

    def judge(self, past: Past | None, *, as_of: datetime, now: datetime) -> Judgement:
        """Return the verdict beside the past; `past` is None before the first acceptance."""
        judged = guards.judge(
            self.outcome, self._profile, self._compared(past), as_of=as_of, now=now
        )
        return Judgement(
            verdict=judged.verdict,
            findings=tuple(
                Finding(code=str(found.code), verdict=found.verdict, detail=found.detail)
                for found in judged.findings
            ),
        )

    def _compared(self, past: Past | None) -> guards.Past | None:
        """Return the past as the guards know it, with the figures that need both snapshots."""
        if past is None:
            return None
        keys_kept = price_ratio = None
        if isinstance(self.outcome, Reading):
            moved = drift(self._staging, past.former)
            keys_kept, price_ratio = moved.keys_kept, moved.price_ratio
        return guards.Past(
            items=past.items,
            in_stock=past.in_stock,
            fingerprint=past.fingerprint,
            revision=past.revision,
            keys_kept=keys_kept,
            price_ratio=price_ratio,
            unchanged_since=past.unchanged_since,
        )


class ProfileReader:
    """Reads files by their sources' profiles (`westsync.ports.stock.SourceReader`)."""

    def __init__(self, profiles: Mapping[SourceId, Profile], clock: Clock) -> None:
        """Take the profiles, and a clock for terms such as "3-4 недели"."""
        self._profiles = profiles
        self._clock = clock

    def read(self, source: SourceId, path: Path, *, name: str, staging: Path) -> ReadFile:
        """Read a file in a child; whatever is in it, this raises nothing."""
        profile = self._profiles[source]
        outcome = read_source(path, profile, staging=staging, clock=self._clock, name=name)
        return ReadFile(outcome, profile, staging)


def source_of(profile: Profile) -> StockSource:
    """Return what the jobs know of a profile."""
    schedule, accept, match, join = (
        profile.schedule,
        profile.accept,
        profile.match,
        profile.join,
    )
    fetch = profile.fetch
    return StockSource(
        id=profile.id,
        title=profile.title or str(profile.id),
        supplier=profile.supplier or str(profile.id),
        names=profile.names,
        revision=profile.revision,
        enabled=profile.enabled,
        fetches=fetch is not None,
        asks_portal=profile.portal is not None,
        by_hand=isinstance(fetch, ManualFetch),
        is_api=isinstance(fetch, JsonApiFetch),
        timing=Timing(
            every=None if schedule.on_demand else schedule.every,
            window=schedule.window,
            days=schedule.days,
        ),
        policy=MatchPolicy(
            keys=tuple(key for key in match.keys if key in _CODES),
            strip_prefixes=match.strip_prefixes,
            duplicates=Duplicates(match.duplicates),
            name_acts=match.name_acts,
        ),
        max_age=accept.max_age,
        max_unchanged=accept.max_unchanged,
        absence=accept.absence,
        cache=accept.cache,
        borrows=None if join is None else Borrowing(source=join.source, on=join.on, take=join.take),
        contact=profile.contact,
    )

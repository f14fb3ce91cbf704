"""Explaining a past moment: from the decision that was recorded then, else decided once more."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from westsync.jobs.cycle import LAST_CYCLE
from westsync.jobs.past import Past
from westsync.jobs.replay import for_replay, replay

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from westsync.domain.intents import ObjectRef
    from westsync.jobs.company import Company
    from westsync.jobs.judge import Judgement
    from westsync.jobs.past_objects import ObjectPast
    from westsync.journal.entries import Entry
    from westsync.journal.port import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Recollection:
    """What is known of the decisions about an object at a past moment.

    Attributes:
        judgement: What the rules of today say of that moment by what the history tells; None if
            the object was not known then, or gone.
        stored: Rule id -> what the rule had recorded last, if nothing about the object changed
            between that and the moment: then the recorded trace is the reason that held.
        recorded_since: Since when there is a history (UTC); None if there is none.
    """

    judgement: Judgement | None
    stored: Mapping[str, Entry] = field(default_factory=dict)
    recorded_since: datetime | None = None


def is_past(store: Store, at: datetime) -> bool:
    """Return whether a moment lies before the last cycle, so that the mirror knows better now."""
    last = store.keepsakes.get(LAST_CYCLE)
    return last is not None and at < datetime.fromisoformat(last)


def recall(
    store: Store, company: Company, obj: ObjectRef, at: datetime, words: Iterable[str]
) -> Recollection:
    """Return why a past moment was as it was.

    Args:
        store: Opened for reading.
        company: With the staff that was observed.
        obj: Deal, client or task.
        at: The moment (UTC).
        words: Words of the rules; see `Past`.
    """
    past = Past(store, company, words)
    seen = past.of(obj)
    if seen is None:
        return Recollection(judgement=None, recorded_since=past.begins_at)
    return Recollection(
        judgement=replay(obj, seen, for_replay(_of_all_stages(company)), at).last,
        stored=_stored(store, obj, seen, at),
        recorded_since=past.begins_at,
    )


def _stored(store: Store, obj: ObjectRef, past: ObjectPast, at: datetime) -> dict[str, Entry]:
    """Return the last recorded decision of each rule that still held at a moment."""
    last_change = max((moment for moment in past.moments if moment <= at), default=None)
    found: dict[str, Entry] = {}
    for entry in store.outbox.of_object(obj):
        held = last_change is None or entry.decided_at >= last_change
        if entry.decided_at <= at and held and entry.trace:
            found[entry.rule] = entry
    return found


def _of_all_stages(company: Company) -> Company:
    """Return a company whose rules are asked about every object, so that all are explained."""
    rules = tuple(replace(rule, stages=None) for rule in company.ruleset.rules)
    return replace(company, ruleset=replace(company.ruleset, rules=rules))

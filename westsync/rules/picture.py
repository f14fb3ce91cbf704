"""What a decision sees of an object: facts as fresh as they must be, and when to look again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from westsync.domain.facts import DETAIL_GROUPS, Facts, Group, Unknown
from westsync.rules.memory import is_live
from westsync.rules.situation import EARLIEST, Situation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from westsync.domain.episodes import Episode
    from westsync.rules.model import Rule

# Details of an episode are read again after this part of its age, at most so rarely.
_REST_SHARE = 20
_LONGEST_REST = timedelta(hours=1)
_LONGEST_QUIET = timedelta(days=1)
_NONE: frozenset[Group] = frozenset()


class Picture:
    """An object as one rule may see it now.

    Attributes:
        facts: With those of stale details made unknown.
        values: Their values.
        stale: Details, read per object, that are not fresh enough to act on.
        unread: Those of them that conditions and clock hang on.
    """

    __slots__ = ("_before", "_now", "_rule", "_situation", "facts", "stale", "unread", "values")

    def __init__(
        self, rule: Rule, facts: Facts, before: Episode | None, situation: Situation
    ) -> None:
        """Look at the facts.

        Args:
            rule: The rule.
            facts: Everything that is known, however old.
            before: What the rule remembers of the object; None if nothing.
            situation: The present, and how fresh details must be.
        """
        self.stale = _NONE
        if rule.asks_details:
            as_of, fresh_since = facts.as_of, situation.fresh_since
            self.stale = frozenset(g for g in DETAIL_GROUPS if as_of.get(g, EARLIEST) < fresh_since)
            facts = _without(facts, self.stale, rule.detail_reads)
        self.unread = self.stale & rule.details
        self.facts = facts
        self.values = self.facts.values
        self._rule = rule
        self._before = before
        self._situation = situation
        self._now = situation.now

    def too_old_source(self) -> str | None:
        """Return which source is older than the rule allows, in words; None if none is."""
        for source, oldest in self._rule.needs.items():
            as_of = self.facts.source_as_of.get(source)
            if as_of is None:
                return f"{source} was never read"
            if self._now - as_of > oldest:
                return f"{source} was read {int((self._now - as_of).total_seconds()) // 60}m ago"
        return None

    def may_read(self) -> bool:
        """Return whether details should be read now: the object changed, or the time has come."""
        oldest = min(
            (self.facts.as_of.get(g, EARLIEST) for g in self._rule.details), default=self._now
        )
        return self._situation.changed or oldest + self._rest() <= self._now

    def _rest(self) -> timedelta:
        """Return how long details may rest: the longer an episode lasts, the less often.

        Without an episode a deal is looked at steadily, since anybody may ask for an urgent call
        at any time; a client without deals ever less often, since there may be thousands of them.
        """
        least, before = self._situation.recheck_after, self._before
        if before is not None and is_live(before):
            since, longest = before.started_at, _LONGEST_REST
        elif self.facts.kind == "deal":
            return least
        else:
            seen = self.values.get("updated_at")
            since, longest = seen if isinstance(seen, datetime) else self._now, _LONGEST_QUIET
        return max(least, min((self._now - since) / _REST_SHARE, longest))

    def recheck_at(self) -> datetime | None:
        """Return when to look again: details in working time, not in the night; else by time."""
        if not self._rule.details:
            return self.flip_at()
        soon = self._rule.clock.calendar.next_opening(self._now + self._rest())
        return earliest(soon, self.flip_at())

    def look_again_at(self) -> datetime | None:
        """Return when a condition that is false may hold: by time, or by what no list shows.

        A call never changes its deal in the lists and a comment perhaps not (contract 2.10). So
        what is false only because of details, and begins with one, is read again every so often.
        """
        if not self._rule.starts_by_detail:
            return self.flip_at()
        listed = _without(self.facts, self._rule.details, self._rule.detail_reads)
        hidden = self._rule.when.test(listed.values, self._now) is not False
        return self.recheck_at() if hidden else self.flip_at()

    def flip_at(self) -> datetime | None:
        """Return when time alone may next change the answer of a condition."""
        turning = self._rule.turning
        if not turning:
            return None
        moments = (at for part in turning for at in part.flips_at(self.values, self._now))
        return min(moments, default=None)


def _without(facts: Facts, stale: frozenset[Group], reads: Mapping[str, frozenset[Group]]) -> Facts:
    """Return the facts with those of stale details made unknown; most are so already."""
    unknown = {
        name: Unknown("not read yet", unread)
        for name, groups in reads.items()
        if (unread := groups & stale) and not _is_blank(facts.values.get(name), unread)
    }
    return replace(facts, values={**facts.values, **unknown}) if unknown else facts


def _is_blank(value: object, unread: frozenset[Group]) -> bool:
    return isinstance(value, Unknown) and value.groups == unread


def earliest(*moments: datetime | None) -> datetime | None:
    """Return the earliest of some moments; None if there is none."""
    first: datetime | None = None
    for moment in moments:
        if moment is not None and (first is None or moment < first):
            first = moment
    return first

"""What a rule remembers of an object: which episode a decision belongs to, and its pauses."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from westsync.domain.episodes import Episode, Pause, Phase

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from westsync.rules.model import Rule


def is_live(episode: Episode | None) -> bool:
    """Return whether there is an episode that has not ended."""
    return episode is not None and episode.phase is not Phase.CLEARED


def present_episode(
    rule: Rule, phase: Phase, start: datetime | None, before: Episode | None, now: datetime
) -> Episode:
    """Return the episode that a decision belongs to: the remembered one, or a new one.

    Args:
        rule: Its rule.
        phase: ``open`` if the condition was seen to hold, else ``possible``.
        start: What the clock's fact says now; None if the clock has none (``first_seen``).
        before: What is remembered; None if nothing.
        now: Aware UTC.
    """
    if before is not None and before.phase is not Phase.CLEARED and _belongs(start, before):
        if phase is not Phase.OPEN:
            return before  # not known to hold: neither settled nor unsettled by it
        if before.phase is Phase.OPEN and before.false_since is None:
            return before
        return replace(before, phase=Phase.OPEN, false_since=None)
    fresh = Episode(rule=rule.id, phase=phase, started_at=start or now, noticed_at=now)
    if before is None or before.phase is not Phase.CLEARED:
        return fresh
    return _reopened(fresh, before, start, rule.reopen_within)


def _belongs(start: datetime | None, episode: Episode) -> bool:
    """Return whether the clock's fact still tells of this episode.

    An episode that opened again began when that was noticed, behind the moment that the fact
    tells; only a later moment means that something new began.
    """
    if start is None or start == episode.started_at:
        return True
    return episode.started_at == episode.noticed_at and start < episode.started_at


def _reopened(
    fresh: Episode, before: Episode, start: datetime | None, within: timedelta | None
) -> Episode:
    now = fresh.noticed_at
    cleared_at = before.cleared_at or now
    if within is not None and now - cleared_at <= within and _belongs(start, before):
        pauses = (*ended_pauses(before.pauses, cleared_at), Pause(since=cleared_at, until=now))
        return replace(before, phase=fresh.phase, cleared_at=None, pauses=pauses)
    if start is None or start <= cleared_at:
        # The clock's own moment belongs to the episode that is over; this one began when the
        # condition was seen to hold again.
        return replace(fresh, started_at=now)
    return fresh


def with_pause(episode: Episode, *, paused: bool, turned_at: datetime) -> Episode:
    """Record that a pause began or ended, if it did.

    Args:
        episode: The present episode.
        paused: Whether its clock stands still now.
        turned_at: When that began to be so, if it is new.
    """
    last = episode.pauses[-1] if episode.pauses else None
    stands_still = last is not None and last.until is None
    if paused is stands_still:
        return episode
    if paused:
        pause = Pause(since=max(turned_at, episode.started_at))
        return replace(episode, pauses=(*episode.pauses, pause))
    return replace(episode, pauses=ended_pauses(episode.pauses, turned_at))


def ended_pauses(pauses: tuple[Pause, ...], at: datetime) -> tuple[Pause, ...]:
    """Return the pauses with the one that still lasts, if any, ended at a moment."""
    return tuple(
        replace(pause, until=max(at, pause.since)) if pause.until is None else pause
        for pause in pauses
    )

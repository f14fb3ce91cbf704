"""Gathering the episodes of the rules: which duties there were, and how each stood to its limit."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from westsync.domain.durations import Duration, Unit
from westsync.domain.episodes import Phase
from westsync.reports.gathered import Occurrence, Standard, Verdict
from westsync.reports.spread import Length
from westsync.rules.rule_reading import WATCHED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from westsync.domain.episodes import Episode
    from westsync.domain.intents import ObjectRef
    from westsync.jobs.report_deals import DealBook, Named
    from westsync.jobs.report_sources import Sources
    from westsync.reports.words import Words
    from westsync.rules.model import Rule, Step


def limit_step(rule: Rule, limits: dict[str, str]) -> Step | None:
    """Return the step at which a rule's limit has passed; None if the rule has no steps.

    Args:
        rule: The rule.
        limits: Rule -> step, for rules that remind before their limit. All others remind *at* the
            limit (process.md): it is the first step that does not run at once.
    """
    named = limits.get(rule.id)
    steps = [step for step in rule.steps if step.id == named] or [
        step for step in rule.steps if step.after != Duration(unit=Unit.COUNTED)
    ]
    return next(iter(steps or rule.steps), None)


def measured(sources: Sources) -> dict[str, tuple[Rule, Step]]:
    """Return rule id -> (rule, step of its limit), in the order of the standard."""
    limits = dict(sources.settings.limits)
    rules = [rule for rule in sources.company.ruleset.rules if rule.kind in WATCHED]
    rules.sort(key=lambda rule: (_in_order(rule.step_id), rule.id))
    found = {}
    for rule in rules:
        step = limit_step(rule, limits)
        if step is not None:
            found[rule.id] = (rule, step)
    return found


def answer_limit(sources: Sources, step_id: str) -> timedelta | None:
    """Return the limit of the first rule of a P-id whose limit is an amount of working time."""
    for rule, step in measured(sources).values():
        if rule.step_id == step_id and step.after.is_counted:
            return timedelta(seconds=step.after.amount)
    return None


def gather_standards(sources: Sources) -> tuple[Standard, ...]:
    """Return the rules as the weekly report measures them."""
    words = sources.settings.words
    return tuple(
        Standard(
            rule=rule.id,
            step=rule.step_id,
            title=rule.title,
            limit=timedelta(seconds=step.after.amount) if step.after.is_counted else None,
            limit_words=_in_words(step.after, words),
        )
        for rule, step in measured(sources).values()
    )


class Episodes:
    """Episodes as the weekly report counts them."""

    def __init__(self, sources: Sources, book: DealBook) -> None:
        """Bind the ends."""
        self._sources = sources
        self._book = book
        self._measured = measured(sources)
        self._named: dict[ObjectRef, Named | None] = {}

    def between(self, begins_at: datetime, ends_at: datetime) -> Iterator[Occurrence]:
        """Yield the episodes that began in ``[begins_at, ends_at)``.

        Left out are rules that are off, objects that are gone, and what is possible at most and
        not over: no duty is known of yet.
        """
        for ref, episode, is_past in self._sources.rows.episodes(begins_at, ends_at):
            if episode.rule not in self._measured:
                continue
            if episode.phase is Phase.POSSIBLE and not is_past and not episode.fired:
                continue
            if ref not in self._named:
                self._named[ref] = self._book.named(ref)
            named = self._named[ref]
            if named is not None:
                yield self._occurrence(ref, episode, named, is_past=is_past)

    def _occurrence(
        self, ref: ObjectRef, episode: Episode, named: Named, *, is_past: bool
    ) -> Occurrence:
        rule, step = self._measured[episode.rule]
        is_over = is_past or episode.phase is Phase.CLEARED
        if step.id in episode.fired:
            verdict = Verdict.LATE
        else:
            verdict = Verdict.MET if is_over else Verdict.RUNNING
        return Occurrence(
            rule=rule.id,
            ref=ref,
            shown=named.shown,
            url=named.url,
            manager=named.manager,
            started_at=episode.started_at,
            verdict=verdict,
            length=self._length(episode, rule, step, is_over=is_over),
        )

    def _length(self, episode: Episode, rule: Rule, step: Step, *, is_over: bool) -> Length | None:
        """Return the counted time of an episode.

        A duty that was done before its first step fell due was not looked at until then: all that
        is known is that it took no longer. Its exact end stands nowhere.
        """
        if is_over and not episode.fired:
            first = rule.steps[0].after
            return (
                Length(timedelta(seconds=first.amount), is_exact=False)
                if (first.is_counted)
                else None
            )
        if is_over and episode.cleared_at is None:
            return None  # another start took its place; nobody noted when it ended
        until = episode.cleared_at or self._sources.now
        counted = rule.clock.calendar.between(episode.started_at, until, episode.pauses)
        if not step.after.is_counted or step.id in episode.fired:
            return Length(counted)
        # Noticed a moment after the limit, done before: the limit's step did not run.
        return Length(min(counted, timedelta(seconds=step.after.amount)))


def _in_order(step_id: str) -> tuple[tuple[int, str], ...]:
    """Return what sorts P2.10 behind P2.9."""
    parts = step_id.removeprefix("P").split(".")
    return tuple((int(part), "") if part.isdigit() else (0, part) for part in parts)


def _in_words(after: Duration, words: Words) -> str:
    match after.unit:
        case Unit.SAME_DAY:
            return words.say("values.same_day")
        case Unit.WORKDAYS:
            return words.say("values.workdays", count=after.amount)
        case Unit.DAYS:
            return words.say("values.days", count=after.amount)
        case Unit.COUNTED:
            hours, minutes = divmod(after.amount // 60, 60)
            shown = [
                f"{count} {words.say(f'values.{unit}')}"
                for count, unit in ((hours, "hours"), (minutes, "minutes"))
                if count
            ]
            return " ".join(shown) or f"0 {words.say('values.minutes')}"

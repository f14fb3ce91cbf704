"""The words of what a rule wants: its texts with what they speak of, and why it speaks."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from westsync.rules.texts import MissingValue
from westsync.rules.traces import condition_lines, proof_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from westsync.domain.episodes import Episode
    from westsync.domain.facts import Facts
    from westsync.rules.model import Rule
    from westsync.rules.situation import Situation
    from westsync.rules.steps import Due
    from westsync.rules.texts import Template


class Wording:
    """The words of one episode of one rule about one object."""

    def __init__(self, rule: Rule, facts: Facts, episode: Episode, situation: Situation) -> None:
        """Bind what all texts of the decision speak of."""
        self._rule = rule
        self._facts = facts
        self._episode = episode
        self._situation = situation

    def render(
        self,
        template: Template | None,
        due: Due | None,
        default: str | None = None,
        extra: Mapping[str, object] | None = None,
    ) -> tuple[str, str | None]:
        """Return a text, and why it cannot be written; None if it can.

        Args:
            template: What is written; None: nothing.
            due: The step it belongs to; None for the end of an episode.
            default: What stands in place of nothing.
            extra: Paths that only this text knows.
        """
        if template is None:
            return default or "", None
        told = {path: self._told(path, due) for path in template.paths}
        try:
            return self._situation.formatter.render(template, {**told, **(extra or {})}), None
        except MissingValue as exc:
            return "", f"a text cannot be written: {exc}"

    @property
    def closing_note(self) -> str:
        """What is said of a task of ours whose reason is gone, where the rule says nothing."""
        proof = proof_of(
            self._rule.when, self._facts, self._situation.now, self._situation.formatter
        )
        text, _ = self.render(self._situation.close_frame, None, extra={"text": proof})
        return tidy(text)

    def _told(self, path: str, due: Due | None) -> object:
        """Return what a path of a text stands for; None if there is nothing."""
        scope, _, name = path.partition(".")
        if scope == self._facts.kind:
            return self._facts.values.get(name)
        match path:
            case "episode.started_at":
                return self._episode.started_at
            case "episode.age":
                return self._age
            case "rule.id":
                return self._rule.id
            case "rule.title":
                return self._rule.title
            case "rule.step":
                return self._rule.step_id or self._rule.id
            case "step.id":
                return None if due is None else due.step.id
            case "step.due":
                return None if due is None else due.at
            case "now":
                return self._situation.now
            case _:
                return None

    @cached_property
    def _age(self) -> timedelta:
        """How much time was counted since the episode began."""
        now, episode = self._situation.now, self._episode
        begin = min(episode.started_at, now)
        return self._rule.clock.calendar.between(begin, now, episode.pauses)

    @cached_property
    def trace(self) -> str:
        """Why the rule speaks; most evaluations want nothing and need no words for it."""
        situation = self._situation
        return "\n".join(
            condition_lines(self._rule.when, self._facts, situation.now, situation.formatter)
        )


def tidy(text: str) -> str:
    """Drop trailing blanks and runs of empty lines that absent parts of a frame leave behind."""
    lines: list[str] = []
    for line in (raw.rstrip() for raw in text.strip().splitlines()):
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines)

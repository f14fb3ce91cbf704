"""Why and why not: each leaf of a condition with value, source and age, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.domain.facts import SOURCE_OF_GROUP, Unknown
from westsync.rules.operators import is_empty

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from westsync.domain.facts import Facts
    from westsync.rules.conditions import Condition, Verdict
    from westsync.rules.texts import Formatter

MARKS: dict[bool | None, str] = {True: "ok", False: "no", None: "??"}


def condition_lines(
    condition: Condition, facts: Facts, now: datetime, formatter: Formatter
) -> Iterator[str]:
    """Yield one line a leaf: mark, leaf, value, source and age, note.

    Args:
        condition: What to explain.
        facts: The values it sees; stale details are recognised by their age.
        now: The moment of the decision.
        formatter: How values are shown.
    """
    for leaf in condition.trace(facts.values, now, 0):
        shown = ", ".join(_shown(facts, name, formatter) for name in leaf.facts)
        origin = "; ".join(dict.fromkeys(_origin(facts, name, now) for name in leaf.facts))
        notes = "; ".join(facts.notes[name] for name in leaf.facts if name in facts.notes)
        text = "  " * leaf.depth + leaf.text
        columns = [f"{MARKS[leaf.verdict]:<2}  {text:<42}", f"= {shown}" if shown else "", origin]
        line = "  ".join(column for column in columns if column)
        yield f"{line}  ({notes})" if notes else line


def proof_of(condition: Condition, facts: Facts, now: datetime, formatter: Formatter) -> str:
    """Return the leaves that no longer hold, with their values, for a closing note."""
    lines = [
        f"{formatter.label(name)}: {_shown(facts, name, formatter)}"
        for leaf in condition.trace(facts.values, now, 0)
        if leaf.verdict is False
        for name in leaf.facts
    ]
    return "; ".join(dict.fromkeys(lines))


def verdict_word(verdict: Verdict) -> str:
    """Return TRUE, FALSE or UNKNOWN."""
    return {True: "TRUE", False: "FALSE", None: "UNKNOWN"}[verdict]


def age_word(now: datetime, as_of: datetime) -> str:
    """Return an age in its largest unit: ``40s``, ``12m``, ``3h``, ``2d``."""
    seconds = max(0, int((now - as_of).total_seconds()))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _shown(facts: Facts, name: str, formatter: Formatter) -> str:
    value = facts.values.get(name)
    if isinstance(value, Unknown):
        return f"? ({value.why})"
    return "-" if is_empty(value) else formatter.show(value)


def _origin(facts: Facts, name: str, now: datetime) -> str:
    groups = facts.groups.get(name, frozenset())
    ages = [facts.as_of[group] for group in groups if group in facts.as_of]
    sources = ", ".join(sorted({SOURCE_OF_GROUP[group] for group in groups}))
    if not ages:
        return sources
    return f"{sources}, {age_word(now, min(ages))} ago"

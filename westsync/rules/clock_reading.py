"""Reading the clock of a rule: where time begins, on which calendar, when it stands still."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from westsync.domain.facts import FactType
from westsync.domain.places import Map
from westsync.rules.condition_reading import Scope, compile_conditions
from westsync.rules.model import FIRST_SEEN, ClockSpec
from westsync.rules.reading import Problems, Reader

if TYPE_CHECKING:
    from westsync.domain.working_time import WorkingCalendar
    from westsync.rules.vocabulary import Vocabulary


def read_calendar(
    top: Reader, vocabulary: Vocabulary, problems: Problems
) -> tuple[str, WorkingCalendar | None]:
    """Return the calendar that counts a rule's durations; ``office`` unless the clock names one.

    Args:
        top: The rule.
        vocabulary: Known calendars.
        problems: Where an unknown calendar is noted.
    """
    clock = top.node.get("clock")
    name = "office" if "office" in vocabulary.calendars else "always"
    if isinstance(clock, Map):
        reader = Reader(clock, "clock", problems)
        name = reader.word("calendar", vocabulary.calendars, name) or name
    return name, vocabulary.calendars.get(name)


def read_clock(
    top: Reader, scope: Scope, name: str, calendar: WorkingCalendar | None
) -> ClockSpec | None:
    """Read ``clock``; None after a mistake.

    Args:
        top: The rule.
        scope: What its conditions may speak about.
        name: From `read_calendar`.
        calendar: From there, too.
    """
    node = top.require("clock")
    if not isinstance(node, Map):
        if node is not None:
            scope.problems.add(node.place, "clock is a mapping, e.g. {from: created_at}")
        return None
    clock = Reader(node, "clock", scope.problems)
    clock.allow("from", "calendar", "pause_when", "settle")
    start = clock.text("from") if clock.require("from") is not None else None
    if start is not None and start != FIRST_SEEN:
        _check_start(clock, start, scope)
    pause = node.get("pause_when")
    pause_when = None if pause is None else compile_conditions(pause, scope)
    settle = clock.wall_duration("settle")
    if start is None or calendar is None:
        return None
    return ClockSpec(
        start=start,
        calendar_name=name,
        calendar=calendar,
        pause_when=pause_when,
        settle=settle or timedelta(0),
    )


def _check_start(clock: Reader, start: str, scope: Scope) -> None:
    fact = scope.facts.get(start)
    if fact is None:
        moments = [name for name, spec in scope.facts.items() if spec.type is FactType.MOMENT]
        of = f" of {scope.kind}"
        scope.problems.unknown(clock.at("from"), "fact", start, of, [*moments, FIRST_SEEN])
    elif fact.type is not FactType.MOMENT:
        scope.problems.add(
            clock.at("from"), f"a clock starts at a moment; '{start}' is a {fact.type}"
        )

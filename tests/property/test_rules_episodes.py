"""Laws of the watch engine, against a reference that counts one minute after the other."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.rules.company import (
    VOCABULARY,
    ZONE,
    compiled,
    facts,
    msk,
    rule_text,
    short,
    situation,
    step_text,
    steps_text,
)
from westsync.domain.actions import CloseTask, EnsureTask
from westsync.domain.calendar_spec import CalendarSpec
from westsync.domain.facts import DETAIL_GROUPS
from westsync.domain.working_time import WorkingCalendar
from westsync.rules.situation import EARLIEST, OwnTask
from westsync.rules.watch import decide

if TYPE_CHECKING:
    from collections.abc import Iterator

    from westsync.domain.episodes import Episode
    from westsync.domain.facts import Facts
    from westsync.domain.intents import Intent
    from westsync.rules.model import Rule
    from westsync.rules.situation import Outcome

# A day of an office that is open for an hour and a half in three windows, so that two of its days
# can be looked at minute by minute; in plain numbers for the reference.
WINDOWS = ((540, 560), (570, 600), (615, 655))
LOOKED_AT = range(535, 660)
DAYS = ("2026-11-26", "2026-11-27", "2026-11-28", "2026-11-30")
SHORT_OFFICE = WorkingCalendar(
    CalendarSpec.parse(
        name="office",
        zone="Europe/Moscow",
        windows=["09:00-09:20", "09:30-10:00", "10:15-10:55"],
        days="mon-fri",
    )
)
COMPANY = replace(VOCABULARY, calendars={"office": SHORT_OFFICE})
CLOCK = "{ from: created_at, calendar: office, pause_when: [ { stage: waiting } ] }"
QUIET = settings(deadline=None, max_examples=60)  # the reference is slow on purpose


def moments() -> list[datetime]:
    """Return every minute that is looked at, in order."""
    return [msk(f"{day} 00:00") + timedelta(minutes=minute) for day in DAYS for minute in LOOKED_AT]


MINUTES = moments()


@dataclass(frozen=True)
class Rung:
    """A step in plain numbers: after, every and most in minutes and times."""

    after: int
    every: int = 0
    most: int = 0

    def thresholds(self) -> Iterator[tuple[int, int]]:
        """Yield (repetition, counted minutes at which it is due)."""
        for number in range(self.most + 1):
            yield number, self.after + number * self.every


rungs = st.lists(
    st.one_of(
        st.integers(0, 70).map(Rung),
        st.builds(Rung, st.integers(0, 70), st.integers(1, 40), st.integers(1, 4)),
    ),
    min_size=1,
    max_size=4,
).map(lambda found: tuple(sorted(found, key=lambda rung: rung.after)))

# The stage of the deal, from the minute of its number on.
stages = st.dictionaries(
    st.integers(1, len(MINUTES) - 1), st.sampled_from(["new", "waiting", "offer"]), max_size=8
)


def a_rule(
    ladder: tuple[Rung, ...], do: str = "deal.comment: { text: hello }", **parts: str
) -> Rule:
    """Return a rule with these steps."""
    steps = [
        step_text(
            f"s{number}",
            f"{rung.after}m",
            do=do,
            more=f"repeat: {{ every: {rung.every}m, max: {rung.most} }}" if rung.most else "",
        )
        for number, rung in enumerate(ladder)
    ]
    ruleset, problems = compiled(rule_text(steps=steps_text(*steps), **parts), vocabulary=COMPANY)
    assert problems == []
    return ruleset.rules[0]


def is_open(at: datetime) -> bool:
    """Return whether a minute counts, by looking at the wall clock."""
    local = at.astimezone(ZONE)
    minute = local.hour * 60 + local.minute
    return local.weekday() < 5 and any(opens <= minute < closes for opens, closes in WINDOWS)


@dataclass
class Reference:
    """Counts the minutes of one episode after the other."""

    ladder: tuple[Rung, ...]
    counted: int = 0
    is_running: bool = False
    fired: set[tuple[int, int]] = field(default_factory=set)

    def look(self, stage: str) -> list[str]:
        """Return the steps that are owed now, then let the minute begin."""
        if stage == "offer":
            self.is_running, self.counted, self.fired = False, 0, set()
            return []
        self.is_running = True
        owed = [
            (step, number)
            for step, rung in enumerate(self.ladder)
            for number, threshold in rung.thresholds()
            if threshold <= self.counted and (step, number) not in self.fired
        ]
        self.fired |= set(owed)
        return [f"s{step}:{number}:deal.comment" for step, number in owed]

    def pass_minute(self, at: datetime, stage: str) -> None:
        """Count the minute that begins at a moment."""
        if stage == "new" and is_open(at):
            self.counted += 1


@dataclass
class Looker:
    """Has the engine decide and keeps what it remembers.

    Attributes:
        lazy: Details are given only when they are asked for.
        reads: How often details were given.
        next_at: When it asked to be looked at again.
    """

    rule: Rule
    lazy: bool = False
    reads: int = 0
    episode: Episode | None = None
    tasks: tuple[OwnTask, ...] = ()
    keys: list[str] = field(default_factory=list)
    read_at: datetime = EARLIEST
    next_at: datetime | None = None

    def look(self, at: datetime, *, changed: bool = True, **values: Any) -> list[str]:
        """Return what is wanted now."""
        outcome = self._decide(at, changed=changed, **values)
        if outcome.wanted:
            self.reads += 1
            self.read_at = at
            outcome = self._decide(at, changed=True, **values)
        assert outcome.wanted == frozenset()
        self.episode = outcome.episode
        self.next_at = outcome.next_at
        self._keep(outcome.intents)
        self.keys += [intent.key for intent in outcome.intents]
        return [short(intent) for intent in outcome.intents]

    def again(self, at: datetime, **values: Any) -> tuple[Intent, ...]:
        """Return what a second decision at the same moment wants besides."""
        return self._decide(at, changed=True, **values).intents

    def _decide(self, at: datetime, *, changed: bool, **values: Any) -> Outcome:
        read_at = self.read_at if self.lazy else at
        ages = dict.fromkeys(DETAIL_GROUPS, read_at)
        seen: Facts = facts("deal", at, ages=ages, **values)
        world = situation(at, tasks=self.tasks, fresh_since=at, changed=changed)
        return decide(self.rule, seen, self.episode, world)

    def _keep(self, intents: tuple[Intent, ...]) -> None:
        for intent in intents:
            match intent.action:
                case EnsureTask():
                    made = OwnTask(key=intent.key, rule=intent.rule, step=intent.step, is_open=True)
                    self.tasks = (*self.tasks, made)
                case CloseTask(task=key):
                    self.tasks = tuple(
                        replace(t, is_open=False) if t.key == key else t for t in self.tasks
                    )
                case _:
                    pass


def timeline(changes: dict[int, str]) -> Iterator[tuple[datetime, str, datetime]]:
    """Yield (minute, stage, when the stage was entered)."""
    stage, entered = "new", MINUTES[0]
    for number, at in enumerate(MINUTES):
        wanted = changes.get(number, stage)
        if wanted != stage:
            stage, entered = wanted, at
        yield at, stage, entered


@QUIET
@given(rungs, stages)
def test_looked_at_each_minute_everything_owed_is_fired_at_its_minute_and_once(
    ladder: tuple[Rung, ...], changes: dict[int, str]
) -> None:
    engine = Looker(a_rule(ladder, when="[ { stage: [new, waiting] } ]", clock=CLOCK))
    reference = Reference(ladder)

    for at, stage, entered in timeline(changes):
        wanted = engine.look(at, stage=stage, created_at=MINUTES[0], stage_entered_at=entered)
        owed = reference.look(stage)

        assert set(wanted) == newest_of(owed)
        reference.pass_minute(at, stage)

    assert len(engine.keys) == len(set(engine.keys))


def newest_of(owed: list[str]) -> set[str]:
    """Return of several repetitions of one step only the newest."""
    newest: dict[str, str] = {}
    for entry in owed:
        newest[entry.partition(":")[0]] = entry
    return set(newest.values())


@QUIET
@given(rungs, st.sets(st.integers(0, len(MINUTES) - 1), max_size=40))
def test_looked_at_rarely_no_step_fires_early_or_twice_and_the_keys_are_the_same(
    ladder: tuple[Rung, ...], looks: set[int]
) -> None:
    rule = a_rule(ladder)
    often, rarely, reference = Looker(rule), Looker(rule), Reference(ladder)
    owed: set[str] = set()

    for number, at in enumerate(MINUTES):
        often.look(at, stage="new", created_at=MINUTES[0])
        owed |= set(reference.look("new"))
        if number in looks:
            assert set(rarely.look(at, stage="new", created_at=MINUTES[0])) <= owed
        reference.pass_minute(at, "new")
    last = rarely.look(MINUTES[-1], stage="new", created_at=MINUTES[0])

    assert len(rarely.keys) == len(set(rarely.keys))
    assert set(rarely.keys) <= set(often.keys)
    highest = f"s{len(ladder) - 1}"
    due = [number for number, minutes in ladder[-1].thresholds() if minutes <= reference.counted]
    fired = [key for key in rarely.keys if f":{highest}:" in key]
    assert bool(fired) is bool(due)
    assert not any(entry.startswith(f"{highest}:") for entry in last) or due


@QUIET
@given(rungs, stages, st.integers(0, len(MINUTES) - 1))
def test_deciding_twice_is_deciding_once(
    ladder: tuple[Rung, ...], changes: dict[int, str], moment: int
) -> None:
    task = "task.ensure: { to: [role:secretary], title: Позвонить }"
    rule = a_rule(ladder, do=task, when="[ { stage: [new, waiting] } ]", clock=CLOCK)
    engine = Looker(rule)

    for number, (at, stage, entered) in enumerate(timeline(changes)):
        if number % 7 == moment % 7 or number == moment:
            seen: dict[str, Any] = {
                "stage": stage,
                "created_at": MINUTES[0],
                "stage_entered_at": entered,
            }
            engine.look(at, **seen)
            remembered = engine.episode

            assert engine.again(at, **seen) == ()
            assert engine.episode == remembered


@QUIET
@given(rungs, st.integers(0, 200), st.integers(0, 20))
def test_looking_and_reading_only_when_asked_to_decides_the_same_as_doing_so_always(
    ladder: tuple[Rung, ...], touched: int, start: int
) -> None:
    task = "task.ensure: { to: [role:secretary], title: Позвонить }"
    rule = a_rule(ladder, do=task, when="[ { stage: new }, { first_touch_at: { empty: true } } ]")
    eager, lazy = Looker(rule), Looker(rule, lazy=True)

    for number, at in enumerate(MINUTES[start:]):
        values: dict[str, Any] = {
            "stage": "new",
            "created_at": MINUTES[start],
            "first_touch_at": MINUTES[start + touched] if number >= touched else None,
        }
        changed = number in {0, touched}
        is_looked_at = changed or (lazy.next_at is not None and lazy.next_at <= at)
        seen = lazy.look(at, changed=changed, **values) if is_looked_at else []

        assert seen == eager.look(at, **values)

    assert lazy.reads <= len(MINUTES) // 4


@QUIET
@given(rungs, st.integers(0, 300), st.integers(1, 200))
def test_what_nobody_knows_for_a_while_neither_fires_nor_clears(
    ladder: tuple[Rung, ...], begins: int, lasts: int
) -> None:
    rule = a_rule(ladder, more="needs: { megaplan: 5m }")
    engine = Looker(rule)
    blind = range(begins, begins + lasts)

    for number, at in enumerate(MINUTES):
        if number not in blind:
            engine.look(at, stage="new", created_at=MINUTES[0])
            continue
        seen = facts("deal", at, stage="offer", created_at=MINUTES[0])
        late = replace(seen, source_as_of={"megaplan": at - timedelta(minutes=6)})
        outcome = decide(rule, late, engine.episode, situation(at))

        assert (outcome.verdict, outcome.intents) == (None, ())
        assert outcome.episode == engine.episode

    assert len(engine.keys) == len(set(engine.keys))


@QUIET
@given(rungs, st.integers(0, len(MINUTES) - 2))
def test_the_next_look_is_never_later_than_the_next_step(
    ladder: tuple[Rung, ...], number: int
) -> None:
    rule = a_rule(ladder)
    reference = Reference(ladder)
    at = MINUTES[number]
    for earlier in MINUTES[:number]:
        reference.look("new")
        reference.pass_minute(earlier, "new")
    reference.look("new")
    seen = facts("deal", at, stage="new", created_at=MINUTES[0])

    outcome = decide(rule, seen, None, situation(at))

    reference.pass_minute(at, "new")
    for later in MINUTES[number + 1 :]:
        if reference.look("new"):
            assert outcome.next_at is not None
            assert outcome.next_at <= later
            break
        reference.pass_minute(later, "new")


def test_the_reference_and_the_calendar_mean_the_same_office() -> None:
    assert [SHORT_OFFICE.is_open(at) for at in MINUTES] == [is_open(at) for at in MINUTES]

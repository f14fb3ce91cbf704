"""The world of one rule test: the facts that it sets, what the rule remembers, its tasks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from westsync.domain.actions import CloseTask, EnsureTask
from westsync.domain.facts import SOURCES, Facts, FactSpec, FactType, Unknown
from westsync.domain.places import Map, Node, Scalar
from westsync.domain.years import FIRST_YEAR, LAST_YEAR
from westsync.rules.reading import Problems, Reader, as_items, as_text
from westsync.rules.schedules import DUE_AT
from westsync.rules.situation import Acked, OwnTask

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from zoneinfo import ZoneInfo

    from westsync.domain.episodes import Episode
    from westsync.domain.intents import Intent
    from westsync.rules.model import Rule

_UNKNOWN = "unknown"


class World:
    """The world of one test while its timeline passes.

    Attributes:
        rule: The rule under test.
        episode: What the rule remembers.
        tasks: What it made, newest last.
        acked: What a person acknowledged, as `Situation.acked`.
    """

    def __init__(
        self, rule: Rule, specs: Mapping[str, FactSpec], zone: ZoneInfo, problems: Problems
    ) -> None:
        """Begin with an object of which nothing is filled in.

        Args:
            rule: The rule under test.
            specs: The facts of what it watches.
            zone: Office zone, for times written without offset.
            problems: Where mistakes of the test file are noted.
        """
        self.rule = rule
        self.episode: Episode | None = None
        self.tasks: tuple[OwnTask, ...] = ()
        self.acked: Mapping[str, Acked] = {}
        self._specs = specs
        self._zone = zone
        self._problems = problems
        self._values: dict[str, object] = {name: _absent(spec) for name, spec in specs.items()}
        self._values |= {"id": "1", "number": "1", "url": "https://megaplan.example/1"}
        self._ages: dict[str, timedelta] = {}
        self._at: datetime | None = None

    # -- reading -------------------------------------------------------------------------------

    def read_given(self, test: Reader) -> None:
        """Read ``given``: the facts at the beginning, and the ages of sources."""
        given = self._part(test, "given")
        if given is not None:
            given.allow(self.rule.kind, "age")
            self._read_facts(given)
            self._read_ages(given)

    def read_changes(self, moment: Reader) -> None:
        """Read what changed at one moment: ``set``, ``age`` and ``closed``."""
        changes = self._part(moment, "set")
        if changes is not None:
            changes.allow(self.rule.kind)
            self._read_facts(changes)
        self._read_ages(moment)
        steps = [step.id for step in self.rule.steps]
        for item in moment.items("closed"):
            step = as_text(item)
            if step not in steps:
                self._problems.unknown(item.place, "step", str(step), "", steps)
            self.tasks = tuple(
                replace(task, is_open=False) if task.step == step else task for task in self.tasks
            )

    def comes_to(self, at: datetime) -> bool:
        """Move to the next moment of the timeline; return whether time goes on by that."""
        forward = self._at is None or at >= self._at
        self._at = at
        return forward

    def acknowledge(self, moment: Reader, at: datetime) -> None:
        """Read ``acked``: for how long a person silences the episode, just before this moment."""
        duration = moment.duration("acked")
        if duration is not None:
            until = duration.due(at, self.rule.clock.calendar)
            self.acked = {self.rule.id: Acked(at=at, until=until)}

    def _part(self, reader: Reader, key: str) -> Reader | None:
        node = reader.node.get(key)
        if node is None:
            return None
        if isinstance(node, Map):
            return Reader(node, key, self._problems)
        self._problems.add(node.place, f"'{key}' of {reader.what} is a mapping")
        return None

    def _read_facts(self, reader: Reader) -> None:
        facts = self._part(reader, self.rule.kind)
        if facts is None:
            return
        facts.what = self.rule.kind
        facts.allow(*self._specs, what="fact")
        for name, _, node in facts.node.entries:
            if name in self._specs:
                self._values[name] = self._value(self._specs[name], node)

    def _read_ages(self, reader: Reader) -> None:
        ages = self._part(reader, "age")
        if ages is None:
            return
        ages.allow(*sorted(SOURCES), what="source")
        for source in SOURCES:
            age = ages.wall_duration(source)
            if age is not None:
                self._ages[source] = age

    def moment(self, node: Node | None) -> datetime | None:
        """Return a time of the test as UTC; None if it is not one."""
        text = as_text(node) if node is not None else None
        try:
            moment = datetime.fromisoformat(text or "")
        except ValueError:
            return None
        if not FIRST_YEAR < moment.year < LAST_YEAR:
            return None  # no calendar reaches there
        return (moment if moment.tzinfo else moment.replace(tzinfo=self._zone)).astimezone(UTC)

    def _value(self, spec: FactSpec, node: Node) -> object:
        if isinstance(node, Scalar) and node.value == _UNKNOWN and _UNKNOWN not in spec.choices:
            return Unknown("the test says so")
        if spec.type is FactType.RECORDS:
            return tuple(self._record(spec, item) for item in as_items(node))
        if spec.type is FactType.TEXTS:
            return tuple(as_text(item) or "" for item in as_items(node))
        if isinstance(node, Scalar) and node.value is None:
            return None
        return self._scalar(spec, node)

    def _record(self, spec: FactSpec, node: Node) -> Mapping[str, object]:
        items = {item.name: item for item in spec.items}
        entry = {name: _absent(item) for name, item in items.items()}
        if not isinstance(node, Map):
            self._problems.add(node.place, f"an entry of '{spec.name}' is a mapping")
            return entry
        Reader(node, spec.name, self._problems).allow(*items, what="field")
        return entry | {
            name: self._value(items[name], value)
            for name, _, value in node.entries
            if name in items
        }

    def _scalar(self, spec: FactSpec, node: Node) -> object:
        text = as_text(node)
        value: object = None
        match spec.type:
            case FactType.MOMENT:
                value = self.moment(node)
            case FactType.NUMBER | FactType.MONEY:
                value = _number(text, spec.type)
            case FactType.FLAG:
                value = node.value if isinstance(node, Scalar) else None
                value = value if isinstance(value, bool) else None
            case FactType.CHOICE:
                value = text if text in spec.choices else None
            case _:
                value = text
        if value is None:
            self._problems.add(node.place, f"'{spec.name}' is a {spec.type}, not '{text}'")
        return value

    # -- deciding ------------------------------------------------------------------------------

    def facts(self, at: datetime) -> Facts:
        """Return the facts at a moment; sources are fresh unless the test gives their age."""
        values = dict(self._values)
        if self.rule.schedule is not None:
            values |= {"id": self.rule.id, DUE_AT: self.rule.schedule.latest(at)}
        return Facts(
            kind=self.rule.kind,
            id=str(values["id"]),
            values=values,
            as_of={group: at for spec in self._specs.values() for group in spec.groups},
            source_as_of={s: at - self._ages.get(s, timedelta(0)) for s in SOURCES},
            groups={name: spec.groups for name, spec in self._specs.items()},
        )

    def remember(self, episode: Episode | None, intents: Iterable[Intent]) -> None:
        """Keep what the decision left: the episode, tasks made and closed."""
        self.episode = episode
        for intent in intents:
            match intent.action:
                case EnsureTask():
                    made = OwnTask(key=intent.key, rule=intent.rule, step=intent.step, is_open=True)
                    self.tasks = (*self.tasks, made)
                case CloseTask(task=key):
                    self.tasks = tuple(
                        replace(task, is_open=False) if task.key == key else task
                        for task in self.tasks
                    )
                case _:
                    pass


def _number(text: str | None, kind: FactType) -> Decimal | int | None:
    try:
        number = Decimal(text or "")
    except InvalidOperation:
        return None
    return int(number) if kind is FactType.NUMBER and number == int(number) else number


def _absent(spec: FactSpec) -> object:
    """Return what a fact is that a test does not mention: empty, and known to be."""
    match spec.type:
        case FactType.TEXTS | FactType.RECORDS:
            return ()
        case FactType.FLAG:
            return False
        case FactType.NUMBER:
            return 0
        case _:
            return None

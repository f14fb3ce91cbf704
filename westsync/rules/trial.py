"""Rule tests: a page of examples that anybody can read, run with the engine of production.

The clock stands at each ``at`` of the timeline and nowhere between: what falls due in between is
found late, as after an outage. Every effect must be expected; an expected one must come.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from westsync.domain.facts import Facts, FactSpec, FactType, Unknown
from westsync.domain.intents import (
    ACTION_NAMES,
    CloseTask,
    CommentDeal,
    EnsureTask,
    MoveDeal,
    Notify,
    SetDealField,
)
from westsync.domain.places import Map, Node, Place, Scalar, Seq
from westsync.rules.reading import Problems, Reader, as_items, as_text, read_duration
from westsync.rules.watch import OwnTask, Situation, decide

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from westsync.domain.episodes import Episode
    from westsync.domain.facts import Catalogue
    from westsync.domain.intents import Intent
    from westsync.domain.people import Staff
    from westsync.rules.model import Rule
    from westsync.rules.ruleset import RuleSet
    from westsync.rules.texts import Formatter

_TEST_KEYS = ("name", "rule", "given", "timeline")
_MOMENT_KEYS = ("at", "set", "age", "expect", "expect_verdict", "closed")
_EFFECT_KEYS = (
    "to",
    "title",
    "body",
    "text",
    "note",
    "due",
    "urgent",
    "via",
    "field",
    "value",
    "stage",
    "step",
    "repeat",
)
_VERDICTS: Mapping[object, bool | None] = {True: True, False: False, "unknown": None}
_UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialResult:
    """How one rule test went.

    Attributes:
        name: The promise that the test makes.
        rule: Id of the rule.
        place: Where the test stands.
        failures: What went differently; empty if it passed.
    """

    name: str
    rule: str
    place: Place
    failures: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether everything went as expected."""
        return not self.failures


class Trials:
    """Runs rule tests against a rule set."""

    def __init__(
        self,
        ruleset: RuleSet,
        catalogue: Catalogue,
        situation: Callable[[str, datetime], Situation],
        staff: Staff,
        formatter: Formatter,
    ) -> None:
        """Bind what all tests share.

        Args:
            ruleset: The rules under test.
            catalogue: Types of the facts.
            situation: Makes the rest of the world for (kind of object, moment).
            staff: To turn employee ids into logins.
            formatter: Knows the office zone, in which times of tests are written.
        """
        self._ruleset = ruleset
        self._catalogue = catalogue
        self._situation = situation
        self._staff = staff
        self._zone = formatter.zone

    def run(
        self, documents: Iterable[Node], problems: Problems, only: str | None = None
    ) -> Iterator[TrialResult]:
        """Run the tests of all files.

        Args:
            documents: Top nodes of the test files.
            problems: Where mistakes of the test files themselves are noted.
            only: Run only tests whose name or rule contains this.
        """
        for document in documents:
            if not isinstance(document, Map):
                problems.add(document.place, "a test file is a mapping with 'version' and 'tests'")
                continue
            top = Reader(document, "the test file", problems)
            top.allow("version", "tests")
            top.require("version")
            for node in top.items("tests"):
                if isinstance(node, Map):
                    result = self._run_one(node, problems, only)
                    if result is not None:
                        yield result
                else:
                    problems.add(node.place, "a test is a mapping with name, rule, given, timeline")

    def _run_one(self, node: Map, problems: Problems, only: str | None) -> TrialResult | None:
        test = Reader(node, "test", problems)
        test.allow(*_TEST_KEYS)
        for key in _TEST_KEYS:
            test.require(key)
        name, rule_id = test.text("name") or "", test.text("rule") or ""
        if only is not None and only not in name and only not in rule_id:
            return None
        rule = self._ruleset.rule(rule_id)
        if rule is None:
            known = [rule.id for rule in self._ruleset.rules]
            problems.unknown(test.at("rule"), "rule", rule_id, "", known)
            return None
        run = _Run(rule, self._catalogue.of(rule.kind), self._zone, problems)
        run.read_given(node.get("given"))
        failures: list[str] = []
        for item in test.items("timeline"):
            if isinstance(item, Map):
                failures += self._step(run, item, problems)
        return TrialResult(name=name, rule=rule_id, place=node.place, failures=tuple(failures))

    def _step(self, run: _Run, node: Map, problems: Problems) -> Iterator[str]:
        moment = Reader(node, "a moment of the timeline", problems)
        moment.allow(*_MOMENT_KEYS)
        at = run.moment(node.get("at"))
        if at is None:
            problems.add(moment.at("at"), "'at' is a time like \"2026-11-24 10:05\"")
            return
        run.read_changes(node)
        outcome = decide(
            run.rule,
            run.facts(at),
            run.episode,
            replace(self._situation(run.rule.kind, at), tasks=tuple(run.tasks)),
        )
        run.remember(outcome.episode, outcome.intents)
        shown = at.astimezone(self._zone).strftime("%d.%m.%Y %H:%M")
        verdict = node.get("expect_verdict")
        if verdict is not None:
            yield from self._check_verdict(verdict, outcome.verdict, outcome.reason, shown)
        expected = moment.items("expect")
        yield from self._check_effects(expected, list(outcome.intents), shown, problems)

    def _check_verdict(
        self, node: Node, verdict: bool | None, reason: str, shown: str
    ) -> Iterator[str]:
        wanted = node.value if isinstance(node, Scalar) else None
        if wanted not in _VERDICTS:
            yield f"{node.place}: a verdict is true, false or unknown"
        elif _VERDICTS[wanted] is not verdict:
            got = {True: "true", False: "false", None: "unknown"}[verdict]
            why = f" ({reason})" if reason else ""
            yield f"{node.place}: {shown}: the verdict is {got}{why}, expected {wanted}"

    def _check_effects(
        self, expected: Iterable[Node], intents: list[Intent], shown: str, problems: Problems
    ) -> Iterator[str]:
        for node in expected:
            wish = _Effect.read(node, problems)
            if wish is None:
                continue
            found = next((i for i in intents if not self._differences(wish, i)), None)
            if found is not None:
                intents.remove(found)
                continue
            near = [i for i in intents if ACTION_NAMES[type(i.action)] == wish.action]
            if near:
                intents.remove(near[0])
                for difference in self._differences(wish, near[0]):
                    yield f"{node.place}: {shown}: {wish.action}: {difference}"
            else:
                yield f"{node.place}: {shown}: expected {wish.action} did not come"
        for intent in intents:
            yield f"{shown}: unexpected {self._described(intent)}"

    def _described(self, intent: Intent) -> str:
        action = intent.action
        name = ACTION_NAMES[type(action)]
        match action:
            case EnsureTask():
                return f"{name} to {self._staff.login_of(action.assignee)}: {action.title}"
            case Notify():
                return f"{name} to {', '.join(self._logins(action))}: {action.text}"
            case CloseTask():
                return f"{name}: {action.note}"
            case _:
                return name

    def _logins(self, notice: Notify) -> list[str]:
        if notice.via == "megaplan":
            return [self._staff.login_of(crm_id) for crm_id in notice.to]
        return list(notice.to)

    def _differences(self, wish: _Effect, intent: Intent) -> list[str]:
        if ACTION_NAMES[type(intent.action)] != wish.action:
            return ["another action"]
        if intent.defect is not None:
            return [f"it cannot be done: {intent.defect}"]
        got = self._parts(intent)
        differences = []
        for key, wanted in wish.parts.items():
            value = got.get(key)
            if not self._fits(key, wanted, value):
                differences.append(f"{key} is {self._plain(value)!r}, expected {wanted!r}")
        return differences

    def _parts(self, intent: Intent) -> dict[str, object]:
        action = intent.action
        parts: dict[str, object] = {"step": intent.step, "repeat": intent.repeat}
        match action:
            case EnsureTask():
                parts |= {
                    "to": [self._staff.login_of(action.assignee)],
                    "title": action.title,
                    "body": action.body,
                    "text": action.body,
                    "due": action.deadline,
                    "urgent": action.urgent,
                }
            case CloseTask():
                parts |= {"note": action.note}
            case Notify():
                parts |= {"to": self._logins(action), "text": action.text, "via": action.via}
            case CommentDeal():
                parts |= {"text": action.text}
            case SetDealField():
                parts |= {"field": action.field, "value": action.value}
            case MoveDeal():
                parts |= {"stage": action.stage_name}
            case _:
                pass
        return parts

    def _fits(self, key: str, wanted: object, value: object) -> bool:
        match key:
            case "to":
                names = wanted if isinstance(wanted, list) else [wanted]
                got = set(value) if isinstance(value, list) else set()
                return all(
                    name in got
                    or bool(got & set(self._staff.members(str(name).removeprefix("role:"))))
                    for name in names
                )
            case "due":
                return isinstance(value, datetime) and self._plain(value) == wanted
            case "title" | "body" | "text" | "note":
                return str(wanted) in str(value)
            case _:
                return str(wanted) == str(value)

    def _plain(self, value: object) -> object:
        if isinstance(value, datetime):
            return value.astimezone(self._zone).strftime("%Y-%m-%d %H:%M")
        return value


@dataclass(frozen=True, slots=True)
class _Effect:
    """One expected effect: an action and some of its parts."""

    action: str
    parts: Mapping[str, object]

    @classmethod
    def read(cls, node: Node, problems: Problems) -> _Effect | None:
        known = list(ACTION_NAMES.values())
        if isinstance(node, Scalar):
            name, place, body = as_text(node) or "", node.place, None
        elif isinstance(node, Map) and len(node.entries) == 1:
            name, place, body = node.entries[0]
        else:
            problems.add(node.place, "an effect is 'task.close' or {task.ensure: {to: ...}}")
            return None
        if name not in known:
            problems.unknown(place, "action", name, "", known)
            return None
        parts: dict[str, object] = {}
        if isinstance(body, Map):
            Reader(body, f"expected {name}", problems).allow(*_EFFECT_KEYS)
            for key, _, value in body.entries:
                if isinstance(value, Seq):
                    parts[key] = [as_text(item) for item in value.items]
                elif isinstance(value, Scalar):
                    parts[key] = value.value
        return cls(name, parts)


class _Run:
    """The world of one test while its timeline passes."""

    def __init__(
        self, rule: Rule, specs: Mapping[str, FactSpec], zone: object, problems: Problems
    ) -> None:
        self.rule = rule
        self.episode: Episode | None = None
        self.tasks: list[OwnTask] = []
        self._specs = specs
        self._zone = zone
        self._problems = problems
        self._values: dict[str, object] = {name: _absent(spec) for name, spec in specs.items()}
        self._values |= {"id": "1", "number": "1", "url": "https://megaplan.example/1"}
        self._ages: dict[str, timedelta] = {}

    def read_given(self, node: Node | None) -> None:
        if isinstance(node, Map):
            self._read_world(node)

    def read_changes(self, node: Map) -> None:
        changes = node.get("set")
        if isinstance(changes, Map):
            self._read_world(changes)
        ages = node.get("age")
        if isinstance(ages, Map):
            self._read_ages(ages)
        for item in as_items(closed) if (closed := node.get("closed")) is not None else ():
            step = as_text(item)
            self.tasks = [
                replace(task, is_open=False) if task.step == step else task for task in self.tasks
            ]

    def _read_world(self, node: Map) -> None:
        reader = Reader(node, "given", self._problems)
        reader.allow(self.rule.kind, "age")
        facts = node.get(self.rule.kind)
        if isinstance(facts, Map):
            for name, place, value in facts.entries:
                spec = self._specs.get(name)
                if spec is None:
                    where = f" of {self.rule.kind}"
                    self._problems.unknown(place, "fact", name, where, self._specs)
                else:
                    self._values[name] = self._value(spec, value)
        ages = node.get("age")
        if isinstance(ages, Map):
            self._read_ages(ages)

    def _read_ages(self, node: Map) -> None:
        for source, _, value in node.entries:
            age = read_duration(value, self._problems)
            if age is not None:
                self._ages[source] = age.wall()

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
        entry: dict[str, object] = {item.name: _absent(item) for item in spec.items}
        if isinstance(node, Map):
            for name, place, value in node.entries:
                item = spec.item(name)
                if item is None:
                    known = [item.name for item in spec.items]
                    self._problems.unknown(place, "field", name, f" of {spec.name}", known)
                else:
                    entry[name] = self._value(item, value)
        return entry

    def _scalar(self, spec: FactSpec, node: Node) -> object:
        text = as_text(node) or ""
        match spec.type:
            case FactType.MOMENT:
                moment = self.moment(node)
                if moment is None:
                    self._problems.add(node.place, f"'{spec.name}' is a moment, not '{text}'")
                return moment
            case FactType.NUMBER | FactType.MONEY:
                try:
                    return Decimal(text)
                except InvalidOperation:
                    self._problems.add(node.place, f"'{spec.name}' is a number, not '{text}'")
                    return None
            case FactType.FLAG:
                return isinstance(node, Scalar) and node.value is True
            case _:
                return text

    def moment(self, node: Node | None) -> datetime | None:
        text = as_text(node) if node is not None else None
        if text is None:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self._zone)  # type: ignore[arg-type]  # a ZoneInfo
        return moment.astimezone(UTC)

    def facts(self, at: datetime) -> Facts:
        """Return the facts at a moment; sources are fresh unless the test gives their age."""
        sources = ("megaplan", "onec", "stock", *self._ages)
        return Facts(
            kind=self.rule.kind,
            id=str(self._values["id"]),
            values=dict(self._values),
            as_of={group: at for spec in self._specs.values() for group in spec.groups},
            source_as_of={s: at - self._ages.get(s, timedelta(0)) for s in sources},
            groups={name: spec.groups for name, spec in self._specs.items()},
        )

    def remember(self, episode: Episode | None, intents: Iterable[Intent]) -> None:
        """Keep what the decision left: the episode, tasks made and closed."""
        self.episode = episode
        for intent in intents:
            match intent.action:
                case EnsureTask():
                    self.tasks.append(
                        OwnTask(key=intent.key, rule=intent.rule, step=intent.step, is_open=True)
                    )
                case CloseTask(task=key):
                    self.tasks = [
                        replace(task, is_open=False) if task.key == key else task
                        for task in self.tasks
                    ]
                case _:
                    pass


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

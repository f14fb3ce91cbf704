"""Rule tests: a page of examples that anybody can read, run with the engine of production.

The clock stands at each ``at`` of the timeline and nowhere between: what falls due in between is
found late, as after an outage. Every effect must be expected; an expected one must come.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from westsync.domain.places import Map, Node, Place, Scalar
from westsync.rules.reading import Problems, Reader
from westsync.rules.trial_effects import Comparison, read_effect
from westsync.rules.trial_world import World
from westsync.rules.watch import Situation, decide

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from westsync.domain.catalogue.kinds import Catalogue
    from westsync.domain.people import Staff
    from westsync.rules.ruleset import RuleSet
    from westsync.rules.situation import Outcome
    from westsync.rules.texts import Formatter

_VERSION = 1
_TEST_KEYS = ("name", "rule", "given", "timeline")
_MOMENT_KEYS = ("at", "set", "age", "expect", "expect_verdict", "closed", "acked")
_VERDICTS: Mapping[object, bool | None] = {True: True, False: False, "unknown": None}


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
        self._zone = formatter.zone
        self._comparison = Comparison(staff, formatter.zone)

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
            if top.require("version") is not None and top.number("version") != _VERSION:
                problems.add(top.at("version"), f"this westsync reads version {_VERSION} of tests")
            for node in top.items("tests"):
                if not isinstance(node, Map):
                    problems.add(node.place, "a test is a mapping with name, rule, given, timeline")
                    continue
                result = self._run_one(Reader(node, "test", problems), only)
                if result is not None:
                    yield result

    def _run_one(self, test: Reader, only: str | None) -> TrialResult | None:
        test.allow(*_TEST_KEYS)
        for key in _TEST_KEYS:
            test.require(key)
        name, rule_id = test.text("name") or "", test.text("rule") or ""
        if only is not None and only not in name and only not in rule_id:
            return None
        rule = self._ruleset.rule(rule_id)
        if rule is None and self._ruleset.is_asleep(rule_id):
            return None
        if rule is None:
            known = [rule.id for rule in self._ruleset.rules]
            test.problems.unknown(test.at("rule"), "rule", rule_id, "", known)
            return None
        world = World(rule, self._catalogue.of(rule.kind), self._zone, test.problems)
        world.read_given(test)
        failures = [
            failure
            for item in test.items("timeline")
            for failure in self._moment(world, item, test.problems)
        ]
        return TrialResult(name=name, rule=rule_id, place=test.place, failures=tuple(failures))

    def _moment(self, world: World, node: Node, problems: Problems) -> Iterator[str]:
        if not isinstance(node, Map):
            problems.add(node.place, 'a moment is a mapping, e.g. {at: "2026-11-24 10:05"}')
            return
        moment = Reader(node, "a moment of the timeline", problems)
        moment.allow(*_MOMENT_KEYS)
        at = world.moment(node.get("at"))
        if at is None:
            problems.add(moment.at("at"), "'at' is a time like \"2026-11-24 10:05\"")
            return
        if not world.comes_to(at):
            problems.add(
                moment.at("at"), "a moment before the one above it", "put moments in order of time"
            )
            return
        world.read_changes(moment)
        world.acknowledge(moment, at)
        situation = self._situation(world.rule.kind, at)._replace(
            tasks=world.tasks, acked=world.acked
        )
        outcome = decide(world.rule, world.facts(at), world.episode, situation)
        world.remember(outcome.episode, outcome.intents)
        shown = f"{at.astimezone(self._zone):%d.%m.%Y %H:%M}"
        for failure in self._failures(moment, outcome):
            yield f"{shown}: {failure}"

    def _failures(self, moment: Reader, outcome: Outcome) -> Iterator[str]:
        verdict = moment.node.get("expect_verdict")
        if verdict is not None:
            yield from _verdict_differences(verdict, outcome, moment.problems)
        effects = [(item, read_effect(item, moment.problems)) for item in moment.items("expect")]
        expected = [(node, effect) for node, effect in effects if effect is not None]
        yield from self._comparison.differences(expected, outcome.intents)


def _verdict_differences(node: Node, outcome: Outcome, problems: Problems) -> Iterator[str]:
    wanted = node.value if isinstance(node, Scalar) else None
    if wanted not in _VERDICTS:
        problems.add(node.place, "a verdict is true, false or unknown")
    elif _VERDICTS[wanted] is not outcome.verdict:
        got = {True: "true", False: "false", None: "unknown"}[outcome.verdict]
        why = f" ({outcome.reason})" if outcome.reason else ""
        yield f"{node.place}: the verdict is {got}{why}, expected {wanted}"

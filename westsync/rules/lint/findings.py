"""Looking at sound rules for what can never happen, cannot be said, or would be done twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.domain.durations import Duration
from westsync.domain.places import Map, Seq
from westsync.rules.action_specs import EnsureTaskSpec
from westsync.rules.lint.contradictions import Clash, clash_in
from westsync.rules.lint.leaves import WrittenLeaf, required
from westsync.rules.model import Mode
from westsync.rules.reading import as_items, as_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from westsync.domain.places import Node, Place
    from westsync.rules.model import Rule, Step
    from westsync.rules.reading import Problems
    from westsync.rules.texts import Template
    from westsync.rules.vocabulary import Vocabulary


def lint_rule(node: Map, rule: Rule, vocabulary: Vocabulary, problems: Problems) -> None:
    """Note what can never happen in one rule.

    Args:
        node: As it is written.
        rule: As it was read, without mistakes.
        vocabulary: The names of this company.
        problems: Where findings are noted.
    """
    _RuleLint(node, rule, vocabulary, problems).run()


class _RuleLint:
    """One rule under the glass."""

    def __init__(self, node: Map, rule: Rule, vocabulary: Vocabulary, problems: Problems) -> None:
        self._node = node
        self._rule = rule
        self._facts = vocabulary.catalogue.of(rule.kind)
        self._vocabulary = vocabulary.counting_on(rule.clock.calendar)
        self._problems = problems
        self._when = node.get("when")

    def run(self) -> None:
        clash = self._clash(self._when)
        if clash is not None:
            one, other = clash
            self._never_fires(other, f"'{one}' and '{other}' exclude each other", None)
            return
        for leaf in required(self._when):
            if leaf.fact == self._rule.clock.start and _is_empty(leaf):
                why = f"its clock starts at '{leaf.fact}', which must be empty"
                self._never_fires(leaf, why, "let the clock start at another moment")
        written = self._node.get("steps")
        nodes = [one for one in as_items(written or self._node) if isinstance(one, Map)]
        for node, step in zip(nodes, self._rule.steps, strict=True):
            self._step(node, step)

    def _clash(self, *conditions: Node | None) -> Clash | None:
        return clash_in(conditions, self._facts, self._vocabulary)

    def _never_fires(self, leaf: WrittenLeaf, why: str, cure: str | None) -> None:
        self._problems.add(leaf.place, f"the rule can never fire: {why}", cure)

    # -- steps ---------------------------------------------------------------------------------

    def _step(self, node: Map, step: Step) -> None:
        inner, unless = node.get("when"), node.get("unless")
        clash = self._clash(self._when, inner) if inner is not None else None
        if clash is not None:
            one, other = clash
            self._never_runs(step, other.place, f"'{one}' and '{other}' exclude each other")
        always = _always_so(unless, self._when) if unless is not None else None
        if always is not None:
            self._never_runs(step, always.place, f"the rule itself wants '{always}'")
        self._timely(node, step)
        missing = {
            leaf.fact: leaf
            for part in (self._when, inner)
            for leaf in required(part)
            if _is_empty(leaf)
        }
        for template in (text for spec in step.actions for text in spec.texts):
            self._text(template, missing, step)

    def _never_runs(self, step: Step, place: Place, why: str, cure: str | None = None) -> None:
        self._problems.add(place, f"step '{step.id}' can never run: {why}", cure)

    def _timely(self, node: Map, step: Step) -> None:
        """Note a step that falls due when the rule no longer holds."""
        if not step.after.is_counted:
            return
        limit = self._lasts()
        if limit is not None and limit[1] <= step.after.amount:
            why = f"after {step.after} '{limit[0]}' no longer holds"
            self._never_runs(step, node.place, why)
        schedule = self._rule.schedule
        catch_up = schedule.catch_up if schedule is not None else None
        # Wall time passes at least as fast as counted time: what is too late by it stays so.
        if catch_up is not None and step.after.amount > catch_up.total_seconds():
            why = f"it falls due {step.after} later, and catch_up is over by then"
            self._never_runs(step, node.place, why, "write a longer catch_up")

    def _lasts(self) -> tuple[str, int] | None:
        """Return how long the condition can hold at most, counted from the clock's start.

        Known if it wants the very moment at which the clock starts to be young, nothing pauses
        the clock, and both are counted on the rule's calendar.
        """
        if self._rule.clock.pause_when is not None:
            return None
        for leaf in required(self._when):
            if leaf.fact == self._rule.clock.start and leaf.op == "changed_within" and leaf.holds:
                duration = Duration.parse(as_text(leaf.argument) or "")
                if duration.is_counted:
                    return str(leaf), duration.amount
        return None

    def _text(self, template: Template, missing: Mapping[str, WrittenLeaf], step: Step) -> None:
        """Note a value that a text needs and that is missing whenever the text is said."""
        for path in sorted(template.bare_paths):
            leaf = missing.get(path.removeprefix(f"{self._rule.kind}."))
            if leaf is not None:
                self._problems.add(
                    leaf.place,
                    f"a text of step '{step.id}' names {{{path}}}, which is empty whenever it is "
                    "said",
                    "add a default: {" + path + "|default:words}",
                )


def _is_empty(leaf: WrittenLeaf) -> bool:
    return leaf.op == "empty" and leaf.flag is leaf.holds and leaf.flag is not None


def _always_so(unless: Node, when: Node | None) -> WrittenLeaf | None:
    """Return the leaf of ``unless`` that the rule's own condition demands; None if none does."""
    asked = list(required(unless))
    conditions = unless.items if isinstance(unless, Seq) else (unless,)
    if len(asked) != 1 or len(conditions) != 1:
        return None
    wanted = asked[0]
    for leaf in required(when):
        if (leaf.fact, leaf.op, leaf.holds) == (wanted.fact, wanted.op, wanted.holds) and (
            leaf.words == wanted.words and leaf.words
        ):
            return wanted
    return None


def lint_rules(rules: Sequence[Rule], problems: Problems) -> None:
    """Hint at rules that may make the same task twice for one object: nobody can be sure."""
    seen: dict[tuple[object, ...], Rule] = {}
    for rule in rules:
        for key in _tasks(rule):
            other = seen.setdefault(key, rule)
            if other is not rule and _overlap(rule, other):
                problems.hint(
                    rule.place,
                    f"rule '{rule.id}' makes the same task as rule '{other.id}' at {other.place}",
                    "give it another title, or let one of them inhibit the other",
                )


def _tasks(rule: Rule) -> Iterator[tuple[object, ...]]:
    if rule.mode is not Mode.LIVE:
        return
    specs: Iterable[object] = (spec for step in rule.steps for spec in step.actions)
    for spec in dict.fromkeys(spec for spec in specs if isinstance(spec, EnsureTaskSpec)):
        yield rule.kind, spec.to, spec.title


def _overlap(one: Rule, other: Rule) -> bool:
    """Return whether two rules may both want something for one object at once."""
    if one.id in other.inhibit_by or other.id in one.inhibit_by:
        return False
    return one.stages is None or other.stages is None or bool(one.stages & other.stages)

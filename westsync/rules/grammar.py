"""From rule files to compiled rules; every mistake of every file at once, at its place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from westsync.domain.places import Map, Node, did_you_mean
from westsync.rules.lint.findings import lint_rule, lint_rules
from westsync.rules.module_reading import MODULE_RULE_KEYS, expand_module_rule
from westsync.rules.reading import Problems, Reader, as_items, as_text
from westsync.rules.rule_reading import RULE_KEYS, WATCHED, read_rule
from westsync.rules.schedule_reading import SCHEDULE_KEYS, SCHEDULE_RULE_KEYS, read_schedule_rule
from westsync.rules.step_reading import STEP_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from westsync.domain.places import Place
    from westsync.rules.model import Rule
    from westsync.rules.vocabulary import Vocabulary

__all__ = [
    "GRAMMAR_VERSION",
    "MODULE_RULE_KEYS",
    "RULE_KEYS",
    "SCHEDULE_KEYS",
    "SCHEDULE_RULE_KEYS",
    "STEP_KEYS",
    "WATCHED",
    "read_rules",
]

GRAMMAR_VERSION = 1
KINDS = ("watch", "use", "schedule")
ONLY_WITH = ("mail", "onec", "stock")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sleep:
    """A rule that is not looked at because the company has not connected what it needs.

    Attributes:
        place: Where the rule stands.
        missing: Words of ``only_with`` that are not configured.
    """

    place: Place
    missing: tuple[str, ...]


def read_rules(
    documents: Iterable[Node], vocabulary: Vocabulary, problems: Problems, *, idle: bool = True
) -> tuple[Rule, ...]:
    """Compile all rule files of a configuration.

    Args:
        documents: The files' top nodes; their order does not matter.
        vocabulary: The names of this company.
        problems: Where mistakes are noted; a rule with mistakes is left out of the result.
        idle: Hint at the mistakes of rules that sleep as well.

    Returns:
        The sound rules, sorted by id.
    """
    documents = list(documents)
    sleeping = sleeping_rules(documents, vocabulary)
    written = [
        rule
        for document in documents
        for rule in _rule_nodes(document, problems)
        if _id_of(rule) not in sleeping
    ]
    for document in documents:
        _check_conditions_of_sleep(document, problems)
    nodes = [rule for node in written for rule in _expanded(node, vocabulary, problems)]
    asleep = [node for node in _rules_in(documents) if _id_of(node) in sleeping]
    known = _ids([*nodes, *asleep], problems)
    rules = [rule for node in nodes for rule in _compiled(node, vocabulary, problems, known)]
    if idle:
        _hint_at_sleepers(asleep, vocabulary, problems, known)
    _check_inhibitors(rules, problems)
    lint_rules(rules, problems)
    return tuple(sorted(rules, key=lambda rule: rule.id))


def _compiled(
    node: Map, vocabulary: Vocabulary, problems: Problems, known: Mapping[str, Map]
) -> Iterator[Rule]:
    """Yield the rule of a node, unless it has mistakes."""
    before = problems.noted
    if node.get("schedule") is not None:
        rule = read_schedule_rule(node, vocabulary, problems)
    else:
        rule = read_rule(node, vocabulary, problems, known)
    if rule is not None and problems.noted == before:
        lint_rule(node, rule, vocabulary, problems)
        yield rule


def _hint_at_sleepers(
    asleep: Iterable[Map], vocabulary: Vocabulary, problems: Problems, known: Mapping[str, Map]
) -> None:
    """Hint at mistakes of rules that sleep: they would stop the start on the day they wake."""
    awake = replace(
        vocabulary,
        sources=vocabulary.sources | set(ONLY_WITH),
        channels=vocabulary.channels | {"email"},
    )
    found = Problems()
    for written in asleep:
        for node in _expanded(written, awake, found):
            list(_compiled(node, awake, found, known))
    for problem in found.found:
        problems.hint(problem.place, f"in a rule that sleeps: {problem.text}", problem.cure)


def sleeping_rules(documents: Iterable[Node], vocabulary: Vocabulary) -> Mapping[str, Sleep]:
    """Return the rules that need something which is not configured: id -> what is missing.

    Args:
        documents: The files' top nodes.
        vocabulary: What is configured.
    """
    configured = vocabulary.sources | ({"mail"} if "email" in vocabulary.channels else set())
    found = {}
    for node in _rules_in(documents):
        wanted = node.get("only_with")
        words = [as_text(item) for item in as_items(wanted)] if wanted is not None else []
        missing = [word for word in words if word in ONLY_WITH and word not in configured]
        if missing:
            found[_id_of(node)] = Sleep(place=node.place, missing=tuple(missing))
    return found


def _rules_in(documents: Iterable[Node]) -> Iterator[Map]:
    for document in documents:
        rules = document.get("rules") if isinstance(document, Map) else None
        for item in as_items(rules) if rules is not None else ():
            if isinstance(item, Map):
                yield item


def _id_of(node: Map) -> str:
    entry = node.get("id")
    return (as_text(entry) or "") if entry is not None else ""


def _check_conditions_of_sleep(document: Node, problems: Problems) -> None:
    """Note words of ``only_with`` that nobody knows, also in rules that sleep."""
    for node in _rules_in([document]):
        wanted = node.get("only_with")
        for item in as_items(wanted) if wanted is not None else ():
            if as_text(item) not in ONLY_WITH:
                problems.unknown(item.place, "part", str(as_text(item)), "", ONLY_WITH)


def _expanded(node: Map, vocabulary: Vocabulary, problems: Problems) -> Iterable[Map]:
    """Yield the rules that a written rule stands for: itself, or those of its module."""
    kinds = [key for key in KINDS if node.get(key) is not None]
    if not kinds and _misspelt(node, problems):
        return ()
    if len(kinds) != 1:
        problems.add(node.place, "a rule has exactly one of 'watch', 'use' and 'schedule'")
        return ()
    return expand_module_rule(node, vocabulary, problems) if kinds[0] == "use" else (node,)


def _misspelt(node: Map, problems: Problems) -> bool:
    """Note keys that may have been meant to say the kind of a rule; return whether there are."""
    known = {*RULE_KEYS, *SCHEDULE_RULE_KEYS, *MODULE_RULE_KEYS}
    slips = [pair for pair in node.entries if pair[0] not in known]
    slips = [pair for pair in slips if did_you_mean(pair[0], KINDS) is not None]
    for key, place, _ in slips:
        problems.unknown(place, "key", key, " of rule", KINDS)
    return bool(slips)


def _rule_nodes(document: Node, problems: Problems) -> list[Map]:
    if not isinstance(document, Map):
        problems.add(document.place, "a rule file is a mapping with 'version' and 'rules'")
        return []
    top = Reader(document, "the rule file", problems)
    top.allow("version", "rules")
    if top.require("version") is not None and top.number("version") != GRAMMAR_VERSION:
        problems.add(top.at("version"), f"this westsync reads version {GRAMMAR_VERSION} of rules")
    node = top.require("rules")
    found = []
    for item in as_items(node) if node is not None else ():
        if isinstance(item, Map):
            found.append(item)
        else:
            problems.add(item.place, "a rule is a mapping that begins with '- id: name'")
    return found


def _ids(nodes: list[Map], problems: Problems) -> Mapping[str, Map]:
    known: dict[str, Map] = {}
    for node in nodes:
        entry = node.get("id")
        name = as_text(entry) if entry is not None else None
        if name is None or entry is None:
            continue
        if name in known:
            problems.add(entry.place, f"rule '{name}' is there already, at {known[name].place}")
        known.setdefault(name, node)
    return known


def _check_inhibitors(rules: list[Rule], problems: Problems) -> None:
    """Note rules that inhibit themselves through others, or rules of another kind of object."""
    by_id = {rule.id: rule for rule in rules}
    for rule in rules:
        for name in rule.inhibit_by:
            other = by_id.get(name)
            if other is not None and other.kind != rule.kind:
                problems.add(
                    rule.place,
                    f"rule '{rule.id}' watches a {rule.kind} and is inhibited by '{name}', "
                    f"which watches a {other.kind}",
                    "inhibit rules of the same object",
                )
        if rule.id in _inhibitors(rule, by_id):
            problems.add(rule.place, f"rule '{rule.id}' inhibits itself through inhibit_by")


def _inhibitors(rule: Rule, by_id: Mapping[str, Rule]) -> frozenset[str]:
    """Return every rule that silences a rule, directly or through others."""
    found, queue = set[str](), list(rule.inhibit_by)
    while queue:
        name = queue.pop()
        if name not in found and name in by_id:
            found.add(name)
            queue.extend(by_id[name].inhibit_by)
    return frozenset(found)

"""The gate of the grammar: all it has is run by a rule test, linted, and told in the reference.

The lists are those of the code, so that a new key, operator or action without them fails here.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from docs._generate.pages import PAGES
from tests.unit.rules import planted_company as company
from tests.unit.rules.test_planted_mistakes import PLANTED
from westsync.app.configuration import read_configuration
from westsync.domain.facts import SOURCES
from westsync.domain.places import Map, Node, Scalar, Seq, plain
from westsync.rules.actions import ACTIONS
from westsync.rules.condition_reading import _GROUPS
from westsync.rules.grammar import (
    MODULE_RULE_KEYS,
    RULE_KEYS,
    SCHEDULE_KEYS,
    SCHEDULE_RULE_KEYS,
    STEP_KEYS,
)
from westsync.rules.modules import MODULES
from westsync.rules.operators import OPERATORS
from westsync.rules.schedule_reading import REPORT_KEYS
from westsync.rules.schema import rules_schema
from westsync.settings import yaml12

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

ROOT = Path(__file__).parents[3]
TOUR = Path(__file__).parent / "tour"
# A rule module is a rule of its own kind; its keys count from the first module on.
OF_MODULES = frozenset({"use", "params"})


def inner_keys(definition: str) -> Mapping[str, list[str]]:
    """Return the keys inside each key of a rule, step or action, as editors learn them."""
    schema: Any = rules_schema()
    found = {}
    for key, value in schema["$defs"][definition]["properties"].items():
        forms = value.get("anyOf", [value])
        found[key] = [part for form in forms for part in form.get("properties", ())]
    return found


KEYS_OF_RULES = tuple(dict.fromkeys((*RULE_KEYS, *SCHEDULE_RULE_KEYS, *MODULE_RULE_KEYS)))
GRAMMAR: tuple[str, ...] = (
    *(f"rule {key}" for key in KEYS_OF_RULES if MODULES or key not in OF_MODULES),
    *(f"{key} {part}" for key, parts in inner_keys("rule").items() for part in parts),
    *(f"schedule {key}" for key in SCHEDULE_KEYS),
    *(f"report {key}" for key in REPORT_KEYS),
    *(f"step {key}" for key in STEP_KEYS),
    *(f"repeat {part}" for part in inner_keys("step")["repeat"]),
    *(f"action {name}" for name in ACTIONS),
    *(f"{name} {part}" for name, parts in inner_keys("action").items() for part in parts),
    *(f"operator {name}" for name in OPERATORS),
    *(f"condition {name}" for name in (*_GROUPS, "expr")),
    *(f"params of {name} {param}" for name, module in MODULES.items() for param in module.params),
)
WORDS = tuple(
    word
    for word in dict.fromkeys(GRAMMAR)
    if word not in {f"needs {source}" for source in SOURCES}  # they are no keys, see facts.md
)


# -- what rule tests run ---------------------------------------------------------------------------


def maps_in(node: Node | None) -> Iterator[Map]:
    """Yield a mapping, or those of a list."""
    for item in node.items if isinstance(node, Seq) else (node,):
        if isinstance(item, Map):
            yield item


def words_of_rule(rule: Map) -> Iterator[str]:
    """Yield what a written rule uses of the grammar."""
    for key, _, value in rule.entries:
        yield f"rule {key}"
        if key == "params":
            yield from (
                f"params of {plain(rule.get('use') or value)} {name}" for name in keys(value)
            )
        elif key not in {"when", "steps", "on_clear"}:
            yield from (f"{key} {part}" for part in keys(value))
    yield from words_of_conditions(rule.get("when"))
    for clock in maps_in(rule.get("clock")):
        yield from words_of_conditions(clock.get("pause_when"))
    for step in maps_in(rule.get("steps")):
        yield from (f"step {key}" for key, _, _ in step.entries)
        yield from (f"repeat {part}" for part in keys(step.get("repeat")))
        yield from words_of_conditions(step.get("when"))
        yield from words_of_conditions(step.get("unless"))
        yield from words_of_actions(step.get("do"))
    yield from words_of_actions(rule.get("on_clear"))


def keys(node: Node | None) -> tuple[str, ...]:
    return node.keys() if isinstance(node, Map) else ()


def words_of_actions(node: Node | None) -> Iterator[str]:
    for action in maps_in(node):
        for name, _, body in action.entries:
            yield f"action {name}"
            yield from (f"{name} {part}" for part in keys(body))


def words_of_conditions(node: Node | None) -> Iterator[str]:
    for condition in maps_in(node):
        for name, _, value in condition.entries:
            if name in (*_GROUPS, "expr"):
                yield f"condition {name}"
                yield from words_of_conditions(value)
                continue
            for operator, _, argument in value.entries if isinstance(value, Map) else ():
                yield f"operator {operator}"
                if operator in {"any", "none", "all"}:
                    yield from words_of_conditions(argument)


def documents(paths: Iterable[Path]) -> Iterator[Map]:
    for path in paths:
        root = yaml12.parse(path.read_bytes(), file=path.name).root
        assert isinstance(root, Map)
        yield root


def run_by_rule_tests() -> Mapping[str, set[str]]:
    """Return word of the grammar -> ids of the tested rules that use it."""
    rules = [*(ROOT / "config" / "rules").glob("*.yaml"), TOUR / "rules.yaml"]
    tests = [*(ROOT / "config" / "rules" / "tests").glob("*.yaml"), TOUR / "tests.yaml"]
    tested = {
        str(plain(test.get("rule") or Scalar("", test.place)))
        for document in documents(tests)
        for test in maps_in(document.get("tests"))
    }
    found = defaultdict(set)
    for document in documents(rules):
        for rule in maps_in(document.get("rules")):
            name = str(plain(rule.get("id") or Scalar("", rule.place)))
            # A module makes several rules; their ids begin with that of the rule that uses it.
            of_module = rule.get("use") is not None
            if any(t == name or (of_module and t.startswith(f"{name}-")) for t in tested):
                for word in words_of_rule(rule):
                    found[word].add(name)
    return found


def test_the_tour_of_the_grammar_passes(tmp_path: Path) -> None:
    company.write(
        tmp_path,
        {
            "westsync.yaml": company.SETTINGS,
            "texts/own.yaml": company.TEXTS,
            "texts/modules.yaml": company.PHRASES,
            "reports/tour.html.j2": "",
            "suppliers/rig.yaml": company.SUPPLIER,
            "rules/tour.yaml": (TOUR / "rules.yaml").read_text(encoding="utf-8"),
            "rules/tests/tour.yaml": (TOUR / "tests.yaml").read_text(encoding="utf-8"),
        },
    )

    config = read_configuration(tmp_path, {})
    results = config.must_be_right().run_trials()

    assert len(results) == len(re.findall("- name:", (TOUR / "tests.yaml").read_text("utf-8")))
    assert [result.failures for result in results] == [() for _ in results]


def test_everything_of_the_grammar_is_run_by_a_rule_test() -> None:
    used = run_by_rule_tests()

    assert [word for word in WORDS if not used[word]] == [], "use it in tests/unit/rules/tour"


# -- what the linter is tested on ------------------------------------------------------------------


def is_about(word: str, text: str, told: tuple[str, ...]) -> bool:
    """Return whether a planted mistake changes a word of the grammar, or is told about it."""
    name = word.rpartition(" ")[2]
    written = re.compile(rf"(?<![\w.-]){re.escape(name)}:")
    return bool(written.search(text)) or any(f"'{name}'" in line for line in told)


@pytest.mark.parametrize("word", WORDS)
def test_everything_of_the_grammar_has_a_planted_mistake(word: str) -> None:
    about = [
        mistake
        for mistake in PLANTED
        if mistake.file == "rules/own.yaml"
        and is_about(word, f"{mistake.right}\n{mistake.wrong}", mistake.told)
    ]

    assert about, "plant one in tests/unit/rules/planted/rules.yaml"
    assert all(re.match(r"[^:]+:\d+:\d+: ", line) for one in about for line in one.told)


# -- what the reference tells ----------------------------------------------------------------------


def lines_told() -> Mapping[str, str]:
    """Return word of the grammar -> what its line in the reference begins with."""
    found = {}
    for word in WORDS:
        place, _, name = word.rpartition(" ")
        match place:
            case "rule" | "step":
                found[word] = f"### {name}\n"
            case "operator":
                found[word] = f"| `{name}` |"
            case "action":
                found[word] = f"## {name}\n"
            case "condition":
                found[word] = f"`{name}`"
            case _:
                found[word] = f"| `{name}` |"
    return found


def test_everything_of_the_grammar_has_a_line_in_the_reference() -> None:
    pages = "\n".join(PAGES[name]() for name in ("grammar.md", "operators.md", "actions.md"))

    assert [word for word, line in lines_told().items() if line not in pages] == []

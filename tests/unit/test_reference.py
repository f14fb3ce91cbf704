"""Promises of the reference pages: they say what the code says, and their examples load."""

from __future__ import annotations

import re
import shutil
import sys
import types
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from docs._generate.command_line import EXIT_PROSE, exit_codes
from docs._generate.log_events import log_calls
from docs._generate.log_prose import EVENT_PROSE
from docs._generate.pages import PAGES
from docs._generate.rule_prose import (
    ACTION_PROSE,
    CLOCK_RULE_PROSE,
    MODULE_RULE_PROSE,
    MOMENT_PROSE,
    RULE_PROSE,
    SITUATION_PROSE,
    STEP_PROSE,
    TEST_PROSE,
    Prose,
)
from westsync import errors
from westsync.app.configuration import read_configuration
from westsync.cli.main import UsageError, main
from westsync.domain.places import Problem
from westsync.rules import actions, grammar, texts, trial
from westsync.rules.modules import MODULES
from westsync.rules.schema import rules_schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from westsync.app.configuration import Configuration

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"

RULE = {
    "id": "id: example",
    "title": "title: Пример",
    "watch": "watch: deal",
    "when": "when: [ { pipeline: sales } ]",
    "clock": "clock: { from: created_at, calendar: office }",
    "steps": "steps: []",
}
STEP = {
    "id": "id: remind",
    "after": "after: 10m",
    "do": "do: [ { deal.comment: { text: Клиент ждёт } } ]",
}


def indented(text: str, by: int) -> str:
    return text.strip().replace("\n", "\n" + " " * by)


def rule_with(parts: dict[str, str]) -> str:
    """Return a rule file with one rule made of these keys."""
    keys = [indented(text, 4) for text in (RULE | {"steps": step_with({})} | parts).values()]
    return "version: 1\nrules:\n  - " + "\n    ".join(keys) + "\n"


def step_with(parts: dict[str, str]) -> str:
    keys = [indented(text, 4) for text in (STEP | parts).values()]
    return "steps:\n  - " + "\n    ".join(keys)


CLOCK_RULE = {
    "id": "id: example",
    "title": "title: Пример",
    "schedule": 'schedule: { at: "10:50" }',
    "report": "report: { name: secretary-daily }",
    "steps": "steps: [ { id: send, after: 0m, do: [ { report.send: { to: [role:admin] } } ] } ]",
}


def clock_rule_with(parts: dict[str, str]) -> str:
    """Return a rule file with one clock rule made of these keys."""
    keys = [indented(text, 4) for text in (CLOCK_RULE | parts).values()]
    return "version: 1\nrules:\n  - " + "\n    ".join(keys) + "\n"


def doing(key: str, action: str) -> str:
    return f"{key}:\n  - " + indented(action, 4)


def parts_by_key(definition: str) -> dict[str, list[str]]:
    """Return the keys inside each key of a rule, step or action, as editors learn them."""
    schema: Any = rules_schema()
    properties = schema["$defs"][definition]["properties"]
    forms = {key: value.get("anyOf", [value]) for key, value in properties.items()}
    return {
        key: [part for form in given for part in form.get("properties", ())]
        for key, given in forms.items()
    }


def connect_everything(settings: Path) -> None:
    """Take away the signs # before 1C and mail, as the file itself says."""
    text = settings.read_text(encoding="utf-8")
    first = text.index("    # onec:")
    last = text.index("\npeople:")
    section = re.sub(r"(?m)^    # ?", "    ", text[first:last])
    section = section.replace("print_forms: none", "print_forms: soap")
    settings.write_text(text[:first] + section + text[last:], encoding="utf-8")


@pytest.fixture
def company(tmp_path: Path) -> Path:
    """The shipped configuration without its rules and with all it can connect, set apart."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    connect_everything(tmp_path / "config" / "westsync.yaml")
    supplier = tmp_path / "config" / "suppliers" / "rig_shop.yaml"
    enabled = supplier.read_text(encoding="utf-8").replace("enabled: false", "enabled: true")
    supplier.write_text(enabled, encoding="utf-8")
    shutil.rmtree(tmp_path / "config" / "rules")
    (tmp_path / "config" / "rules" / "tests").mkdir(parents=True)
    return tmp_path / "config"


def loaded(company: Path, text: str) -> Configuration:
    (company / "rules" / "example.yaml").write_text(text, encoding="utf-8")
    if "inhibit_by" in text:
        other = text.replace("id: example", "id: first-contact").replace("inhibit_by", "# was")
        (company / "rules" / "other.yaml").write_text(other, encoding="utf-8")
    return read_configuration(company, {})


def mistakes(company: Path, text: str) -> list[str]:
    return [str(problem) for problem in loaded(company, text).problems]


# -- the pages are those of the code ---------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_what_the_code_says(name: str) -> None:
    path = DOCS / "reference" / name

    assert path.exists(), f"docs/reference/{name} is missing; run scripts/reference"
    assert path.read_text(encoding="utf-8") == PAGES[name](), (
        f"docs/reference/{name} is not what the code says; run scripts/reference and read the diff"
    )


@pytest.mark.parametrize("key", grammar.RULE_KEYS)
def test_each_key_of_a_rule_has_words_and_an_example_that_loads(key: str, company: Path) -> None:
    prose = RULE_PROSE[key]

    assert prose.does
    assert mistakes(company, rule_with({key: prose.example})) == []


@pytest.mark.parametrize("key", CLOCK_RULE_PROSE)
def test_each_key_of_a_clock_rule_has_words_and_an_example_that_loads(
    key: str, company: Path
) -> None:
    prose = CLOCK_RULE_PROSE[key]

    assert prose.does
    assert mistakes(company, clock_rule_with({key: prose.example})) == []


@pytest.mark.parametrize("key", grammar.STEP_KEYS)
def test_each_key_of_a_step_has_words_and_an_example_that_loads(key: str, company: Path) -> None:
    prose = STEP_PROSE[key]

    assert prose.does
    assert mistakes(company, rule_with({"steps": step_with({key: prose.example})})) == []


@pytest.mark.parametrize("action", actions.ACTIONS)
def test_each_action_has_words_and_an_example_with_all_its_parts(
    action: str, company: Path
) -> None:
    prose = ACTION_PROSE[action]
    done = step_with({"do": doing("do", prose.example)})
    closing = doing("on_clear", prose.example)

    if action == "report.send":
        rule = clock_rule_with({"steps": done})
    else:
        rule = rule_with({"on_clear": closing} if action == "task.close" else {"steps": done})

    assert mistakes(company, rule) == []
    assert [part for part in prose.parts if f"{part}:" not in prose.example] == []


def test_an_example_with_a_mistake_would_be_seen(company: Path) -> None:
    found = mistakes(company, rule_with({"clock": "clock: { form: created_at }"}))

    assert any("unknown key 'form' of clock; did you mean 'from'?" in text for text in found)


@pytest.mark.parametrize(
    ("definition", "prose"),
    [
        ("rule", {**RULE_PROSE, **CLOCK_RULE_PROSE}),
        ("step", STEP_PROSE),
        ("action", ACTION_PROSE),
    ],
)
def test_the_keys_inside_a_key_are_all_told(definition: str, prose: Mapping[str, Prose]) -> None:
    parts = parts_by_key(definition) | {"needs": []}  # its keys are the sources, see facts

    told = {key: list(about.parts) for key, about in prose.items() if key in parts}

    assert told == {key: found for key, found in parts.items() if key in prose}
    assert any(told.values())


def test_nothing_is_told_that_the_grammar_does_not_have() -> None:
    clock_keys = [key for key in grammar.SCHEDULE_RULE_KEYS if key not in grammar.RULE_KEYS]
    module_keys = [key for key in grammar.MODULE_RULE_KEYS if key not in grammar.RULE_KEYS]

    assert list(RULE_PROSE) == list(grammar.RULE_KEYS)
    assert list(CLOCK_RULE_PROSE) == clock_keys
    assert list(MODULE_RULE_PROSE) == module_keys
    assert list(STEP_PROSE) == list(grammar.STEP_KEYS)
    assert list(ACTION_PROSE) == list(actions.ACTIONS)
    assert list(SITUATION_PROSE) == list(texts.SITUATION)
    assert list(TEST_PROSE) == list(trial._TEST_KEYS)
    assert list(MOMENT_PROSE) == list(trial._MOMENT_KEYS)


def test_a_module_is_told_with_each_of_its_params() -> None:
    page = PAGES["grammar.md"]()

    assert [name for name in MODULES if f"### Module {name}\n" not in page] == []
    assert [
        f"{name}.{param}"
        for name, module in MODULES.items()
        for param in module.params
        if f"| `{param}` |" not in page.partition(f"### Module {name}\n")[2]
    ] == []


def test_whole_rule_files_in_the_pages_load(company: Path) -> None:
    pages = [path.read_text("utf-8") for path in sorted(DOCS.rglob("*.md"))]
    blocks = [
        block
        for page in pages
        for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
        if "\nrules:\n" in block and "..." not in block
    ]

    assert len(blocks) >= 2
    assert [mistakes(company, block) for block in blocks] == [[] for _ in blocks]


def test_the_examples_of_conditions_load(company: Path) -> None:
    pages = [(DOCS / "reference" / name).read_text("utf-8") for name in PAGES]
    blocks = [
        block for page in pages for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    ]
    conditions = [block for block in blocks if block.startswith("when:\n")]

    assert len(conditions) >= 3
    assert [mistakes(company, rule_with({"when": block})) for block in conditions] == [
        [] for _ in conditions
    ]


# -- log events ------------------------------------------------------------------------------------


def test_each_log_event_has_words() -> None:
    events = {call.event for call in log_calls()}

    assert sorted(events - EVENT_PROSE.keys()) == [], "add them to docs/_generate/log_prose.py"
    assert sorted(EVENT_PROSE.keys() - events) == [], "nothing logs these any more"


def test_each_log_event_is_an_area_and_what_happened() -> None:
    named = re.compile(r"[a-z_]+\.[a-z_]+")

    assert [call for call in log_calls() if not named.fullmatch(call.event)] == []


# -- exit codes ------------------------------------------------------------------------------------


def test_each_exit_code_has_words() -> None:
    assert set(EXIT_PROSE) == set(exit_codes())


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (errors.ConfigError([]), "CONFIG"),
        (errors.StateError("x"), "CONFIG"),
        (errors.LockHeld("x", None), "LATER"),
        (errors.GuardTripped("x"), "FOUND"),
        (errors.Unavailable("x", "y", "z"), "UNAVAILABLE"),
        (errors.UnexpectedReply("x", "y", "z"), "UNAVAILABLE"),
        (errors.AccessDenied("x", "y", "z"), "DENIED"),
        (UsageError("x"), "USAGE"),
        (KeyError("x"), "BUG"),
        (KeyboardInterrupt(), "INTERRUPTED"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else str(value),
)
def test_an_error_ends_with_the_code_that_the_page_tells(
    error: BaseException, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_args: object) -> int:
        raise error

    command = types.ModuleType("westsync.cli.status")
    command.run = fail  # type: ignore[attr-defined]  # a stand-in of the command's module
    monkeypatch.setitem(sys.modules, command.__name__, command)

    assert main(["status"]) == exit_codes()[name]


# -- pages that people write -----------------------------------------------------------------------


def linked(page: Path) -> Iterator[str]:
    """Yield the links of a page that lead to files, without their anchors."""
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        path = target.partition("#")[0]
        if path and "://" not in path:
            yield path


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.name)
def test_no_link_leads_nowhere(page: Path) -> None:
    assert [path for path in linked(page) if not (page.parent / path).exists()] == []


def test_the_index_names_every_page() -> None:
    index = DOCS / "README.md"
    named = {(DOCS / path).resolve() for path in linked(index)}

    assert [
        page.relative_to(DOCS).as_posix()
        for page in sorted(DOCS.rglob("*.md"))
        if page != index and page.resolve() not in named
    ] == []


def test_the_tutorial_writes_a_rule_and_a_test_that_pass(company: Path) -> None:
    page = (DOCS / "tutorial" / "first-rule.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    rule = next(block for block in blocks if "\nrules:" in block)
    test = next(block for block in blocks if "\ntests:" in block)
    (company / "rules" / "tests" / "own.yaml").write_text(test, encoding="utf-8")

    config = loaded(company, rule)
    results = config.must_be_right().run_trials()

    assert len(results) >= 2
    assert [result.failures for result in results] == [() for _ in results]


def test_a_problem_is_shown_as_the_tutorial_shows_it(company: Path) -> None:
    page = (DOCS / "tutorial" / "first-rule.md").read_text(encoding="utf-8")
    rule = next(b for b in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if "\nrules:" in b)
    (shown,) = re.findall(r"^play/rules/own\.yaml(:\d+:\d+: unknown fact .*)$", page, re.MULTILINE)

    found = loaded(company, rule.replace("- promised_at:", "- promised:")).problems

    assert [shown] == [str(problem).rpartition("example.yaml")[2] for problem in found]
    assert all(isinstance(problem, Problem) for problem in found)

"""What the shipped rules, their examples, texts and the page about them owe to each other."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from westsync.app.configuration import read_configuration
from westsync.cli.main import DONE, main
from westsync.domain.places import plain
from westsync.settings.yaml12 import read_yaml

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "config"
STANDARDS = (ROOT / "docs" / "explanation" / "standards.md").read_text(encoding="utf-8")
STEPS_OF_THE_STANDARD = [
    *(f"P1.{number}" for number in range(1, 8)),
    *(f"P2.{number}" for number in range(1, 8)),
    *("P4.1", "P4.3", "P4.5", "P7.1", "P7.2", "P8.3"),
    *(f"P9.{number}" for number in range(1, 4)),
]


def contents(pattern: str) -> list[dict[str, Any]]:
    """Return what the configuration files that fit a pattern hold."""
    found = []
    for path in sorted(CONFIG.glob(pattern)):
        document = read_yaml(path)
        assert document.problems == ()
        assert document.root is not None
        content = plain(document.root)
        assert isinstance(content, dict)
        found.append(content)
    return found


RULES = [rule for content in contents("rules/*.yaml") for rule in content["rules"]]
EXAMPLES = [test for content in contents("rules/tests/*.yaml") for test in content["tests"]]
RULE_IDS = [str(rule["id"]) for rule in RULES]
# A module rule stands for several, whose ids begin with its own.
MODULE_RULES = {str(rule["id"]) for rule in RULES if "use" in rule}


def effects_expected(rule: str) -> list[int]:
    """Return how many effects each example of a rule expects in all."""
    return [
        sum(len(moment["expect"]) for moment in example["timeline"])
        for example in EXAMPLES
        if example["rule"] == rule or (rule in MODULE_RULES and example["rule"].startswith(rule))
    ]


@pytest.mark.parametrize("step", STEPS_OF_THE_STANDARD)
def test_each_step_of_the_standard_is_watched(step: str) -> None:
    assert step in {rule["step"] for rule in RULES}


@pytest.mark.parametrize("rule", RULE_IDS)
def test_each_rule_has_an_example_in_which_it_speaks(rule: str) -> None:
    assert any(effects_expected(rule))


@pytest.mark.parametrize("rule", RULE_IDS)
def test_each_rule_has_an_example_in_which_it_says_nothing_at_all(rule: str) -> None:
    assert 0 in effects_expected(rule)


def test_no_example_makes_the_same_promise_as_another() -> None:
    names = [example["name"] for example in EXAMPLES]

    assert len(names) == len(set(names))


@pytest.mark.parametrize("rule", RULES, ids=RULE_IDS)
def test_the_page_of_standards_names_each_rule_in_the_row_of_its_step(
    rule: dict[str, Any],
) -> None:
    rows = [line for line in STANDARDS.splitlines() if line.startswith(f"| {rule['step']}")]

    assert any(f"`{rule['id']}`" in row for row in rows)


def test_each_phone_script_is_used_by_a_rule() -> None:
    scripts = {name for text in contents("texts/*.yaml") for name in text.get("scripts", {})}
    used = {
        action["task.ensure"].get("script")
        for rule in RULES
        for step in rule.get("steps", ())
        for action in step["do"]
        if "task.ensure" in action
    }

    assert scripts == used - {None}


def test_each_letter_is_mailed_by_a_rule() -> None:
    letters = {name for text in contents("texts/*.yaml") for name in text.get("letters", {})}
    mailed = {
        action["notify"].get("letter")
        for rule in RULES
        for step in rule.get("steps", ())
        for action in step["do"]
        if "notify" in action
    }

    assert letters == mailed - {None}


def test_without_mail_the_urgent_letter_sleeps_and_nothing_else_of_its_step_does() -> None:
    def watched(environ: dict[str, str]) -> set[str]:
        companies = read_configuration(CONFIG, environ).must_be_right().companies
        return {rule.id for rule in companies["main"].ruleset.rules if rule.step_id == "P1.5"}

    assert watched({}) == {"urgent-callback"}
    assert watched(EVERYTHING_CONNECTED) == {"urgent-callback", "urgent-callback-letter"}


EVERYTHING_CONNECTED = {
    "WESTSYNC__ACCOUNTS__MAIN__ONEC__URL": "http://127.0.0.1:9/base",
    "WESTSYNC__ACCOUNTS__MAIN__ONEC__USER": "Интеграция",
    "WESTSYNC__ACCOUNTS__MAIN__ONEC__ORGANIZATION_INN": "7701234560",
    "WESTSYNC__ACCOUNTS__MAIN__MAIL__SMTP": "smtp://127.0.0.1:25?tls=none",
    "WESTSYNC__ACCOUNTS__MAIN__MAIL__FROM": "westsync@example.test",
}


@pytest.fixture(params=["no supplier", "a supplier", "a supplier who is mailed"])
def shipped(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str]:
    """Return a copy of the shipped configuration, and what is done with suppliers in it."""
    folder, suppliers = tmp_path / "config", str(request.param)
    shutil.copytree(CONFIG, folder)
    if suppliers != "no supplier":
        _change(folder / "suppliers" / "rig_shop.yaml", "enabled: false", "enabled: true")
    if suppliers == "a supplier who is mailed":
        rules = folder / "rules" / "p3-availability.yaml"
        _change(rules, "mail_supplier: false", "mail_supplier: true")
    return folder, suppliers


def _change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("environ", [{}, EVERYTHING_CONNECTED], ids=["bare", "with 1C and mail"])
def test_the_examples_pass_whatever_is_connected(
    environ: dict[str, str], shipped: tuple[Path, str]
) -> None:
    folder, suppliers = shipped
    if suppliers == "a supplier who is mailed":
        environ = EVERYTHING_CONNECTED
    configuration = read_configuration(folder, environ).must_be_right()

    results = configuration.run_trials()

    assert [(result.name, result.failures) for result in results if not result.passed] == []
    of_stock = {result.rule for result in results if result.rule.startswith("availability-")}
    asks = {"availability-negotiate", "availability-choose", "availability-unanswered"}
    assert asks <= of_stock if suppliers != "no supplier" else not asks & of_stock


def test_the_command_runs_the_examples_of_stock_although_no_supplier_is_shipped(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = main(["--config", str(CONFIG), "--json", "test"])

    run = {result["name"] for result in json.loads(capsys.readouterr().out)}
    assert code == DONE
    assert {str(test["name"]) for test in contents("rules/tests/p3-*.yaml")[0]["tests"]} <= run

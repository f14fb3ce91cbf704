"""``westsync check`` and ``westsync test`` as build servers read them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from tests.unit.rules import planted_company as company
from westsync.cli.main import CONFIG, DONE, FOUND, main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def config(tmp_path: Path) -> Path:
    company.write(tmp_path / "config", company.FILES)
    return tmp_path / "config"


def plant(config: Path, file: str, right: str, wrong: str) -> None:
    path = config / file
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong), encoding="utf-8")


def test_check_tells_notices_in_json(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plant(config, "rules/own.yaml", "    owner: secretary\n", "    only_with: [stock]\n")
    plant(config, "suppliers/rig.yaml", "enabled: true", "enabled: false")
    plant(config, "rules/tests/own.yaml", company.TRIALS, "version: 1\ntests: []\n")

    code = main(["--config", str(config), "--json", "check", "--offline"])

    told = json.loads(capsys.readouterr().out)
    assert code == DONE
    assert told["problems"] == []
    assert [notice for notice in told["notices"] if "'first-contact' sleeps until stock" in notice]


def test_check_tells_each_part_of_a_problem_in_json(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plant(config, "rules/own.yaml", "pipeline: sales", "pipeline: sale")

    code = main(["--config", str(config), "--json", "check"])

    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert code == CONFIG
    assert (problem["line"], problem["column"]) == (10, 19)
    assert problem["file"].endswith("rules/own.yaml")
    assert problem["text"] == "unknown pipeline 'sale'"
    assert problem["cure"] == "did you mean 'sales'?"


def test_test_writes_what_build_servers_read(config: Path, tmp_path: Path) -> None:
    plant(config, "rules/tests/own.yaml", "to: petrova", "to: <ivanov> & co")

    code = main(["--config", str(config), "test", "--junit", str(tmp_path / "tests.xml")])

    suite = ET.parse(tmp_path / "tests.xml").getroot()  # noqa: S314 - our own file
    (case,) = suite
    (failure,) = case
    assert code == FOUND
    assert suite.attrib["tests"] == suite.attrib["failures"] == "1"
    assert case.attrib["classname"] == "first-contact"
    assert "<ivanov> & co" in failure.attrib["message"]


def test_check_notices_that_the_secret_of_events_is_missing(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WESTSYNC__HTTP__LISTEN", "127.0.0.1:8321")
    monkeypatch.setenv("WESTSYNC__ACCOUNTS__MAIN__MEGAPLAN__WEBHOOK__INTEGRATION_UUID", "8a7d")

    code = main(["--config", str(config), "--json", "check"])

    notices = json.loads(capsys.readouterr().out)["notices"]
    missing = "accounts.main.megaplan.webhook.path_secret"
    assert code == DONE
    assert f"the secret {missing} is not here; `run` will need it" in notices


def test_check_notices_a_web_server_that_others_can_reach(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WESTSYNC__HTTP__LISTEN", "0.0.0.0:8321")

    code = main(["--config", str(config), "--json", "check", "--offline"])

    notices = json.loads(capsys.readouterr().out)["notices"]
    assert code == DONE
    assert [one for one in notices if one.startswith("http.listen 0.0.0.0:8321 can be reached")]


def test_rules_that_sleep_until_a_supplier_is_connected_are_tested(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plant(config, "rules/own.yaml", "    owner: secretary\n", "    only_with: [stock]\n")
    plant(config, "suppliers/rig.yaml", "enabled: true", "enabled: false")
    plant(config, "rules/tests/own.yaml", "to: petrova", "to: ivanov")

    code = main(["--config", str(config), "test"])

    assert code == FOUND
    assert "0 passed, 1 failed" in capsys.readouterr().out


def test_a_sleeping_rule_that_is_not_right_yet_stops_no_test(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    extra = "  - id: extra\n    title: x\n    only_with: [stock]\n    use: availability\n"
    plant(
        config,
        "rules/own.yaml",
        "  - id: sales-daily\n",
        f"{extra}    params: {{ stages: [nwe] }}\n  - id: sales-daily\n",
    )
    plant(config, "suppliers/rig.yaml", "enabled: true", "enabled: false")

    code = main(["--config", str(config), "test"])

    assert code == DONE
    assert "1 passed, 0 failed" in capsys.readouterr().out


def test_check_hints_at_the_mistakes_of_a_sleeping_rule(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plant(
        config, "rules/own.yaml", "    owner: secretary\n", "    only_with: [stock]\n    lmit: 3\n"
    )
    plant(config, "suppliers/rig.yaml", "enabled: true", "enabled: false")

    code = main(["--config", str(config), "--json", "check", "--offline"])

    notices = json.loads(capsys.readouterr().out)["notices"]
    assert code == DONE
    assert [one for one in notices if "in a rule that sleeps: unknown key 'lmit' of" in one]

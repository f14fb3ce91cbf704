"""The demo catches what is planted, and would say so if it did not."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from westsync.cli.main import main

SHIPPED = Path(__file__).parents[2] / "config"
RIPENING = {"P2.5", "P4.5", "P5.5", "P7.1", "P8.3", "P9.1", "P9.3"}


def played(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, object]]:
    code = main(["demo", "--json", *arguments])
    return code, json.loads(capsys.readouterr().out)


def rows(result: dict[str, object]) -> dict[str, dict[str, int]]:
    steps = result["steps"]
    assert isinstance(steps, list)
    return {row["id"]: row for row in steps}


def test_one_day_is_clean(capsys: pytest.CaptureFixture[str]) -> None:
    code, result = played(capsys, "--days", "1", "--config", str(SHIPPED))

    assert code == 0
    assert result["clean"] is True
    assert result["breaches"] == []
    assert result["faults"] == {"struck": 1, "never_met": 0}
    for step, row in rows(result).items():
        assert row["caught"] == row["planted"]
        assert (row["planted"] > 0) is (step not in RIPENING)


@pytest.mark.slow
def test_a_demo_that_is_ended_leaves_nothing_behind(tmp_path: Path) -> None:
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "westsync", "--config", str(SHIPPED), "demo", "--speed", "slow"],
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
    ) as demo:
        assert demo.stdout is not None
        demo.stdout.readline(), demo.stdout.readline()  # what the signs mean; the first event
        while_it_ran = len(list(tmp_path.iterdir()))

        demo.terminate()
        code = demo.wait(30)

    assert while_it_ran == 1
    assert list(tmp_path.iterdir()) == []
    assert code == 143


@pytest.mark.slow
def test_five_days_are_clean(capsys: pytest.CaptureFixture[str]) -> None:
    code, result = played(capsys, "--days", "5", "--config", str(SHIPPED))

    assert code == 0
    assert result["clean"] is True
    assert isinstance(result["deals"], int)
    assert result["deals"] >= 40
    assert result["faults"] == {"struck": 6, "never_met": 0}
    assert all(row["planted"] == row["caught"] > 0 for row in rows(result).values())


@pytest.mark.slow
def test_rules_that_come_late_are_found_out(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    config = tmp_path / "config"
    shutil.copytree(SHIPPED, config)
    rules = config / "rules" / "p1-secretary.yaml"
    late = rules.read_text(encoding="utf-8").replace("after: 5m", "after: 8m")
    rules.write_text(late, encoding="utf-8")

    code, result = played(capsys, "--days", "1", "--config", str(config))

    assert code == 1
    first = rows(result)["P1.1"]
    assert first["missed"] == first["planted"] > 0
    assert first["false"] > 0


@pytest.mark.parametrize("days", ["0", "21"])
def test_days_beyond_the_play_are_refused(capsys: pytest.CaptureFixture[str], days: str) -> None:
    code = main(["demo", "--days", days])

    assert code == 64
    assert "choose 1 to 20" in capsys.readouterr().err


def test_a_configuration_that_is_not_there_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code = main(["demo", "--config", str(tmp_path)])

    assert code == 78
    assert "name the directory config of a checkout with --config DIR" in capsys.readouterr().err

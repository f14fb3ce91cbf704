"""Killed anywhere, in any weather, westsync loses nothing and does nothing twice."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.crash.__main__ import STOCK
from tests.crash.planted import BUGS, STOCK_BUGS, VARIABLE
from tests.crash.schedules import is_a_breach
from westsync.failpoints import ARMING_VARIABLE

ROOT = Path(__file__).parents[2]
_ON_THE_WIRE = "transport."  # the subjects' wire is a socket with points of its own (`Wire`)
pytestmark = pytest.mark.slow


def a_report(campaign: str, *options: str, bug: str = "") -> Any:
    """Run a campaign in a process of its own: it forks, so it must not have pytest's threads."""
    environment = os.environ | {ARMING_VARIABLE: "1", VARIABLE: bug}
    done = subprocess.run(  # noqa: S603 - this very interpreter and our own module
        [sys.executable, "-m", "tests.crash", campaign, *options],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("part", range(4))
def test_a_death_at_any_point_loses_and_doubles_nothing(part: int) -> None:
    report = a_report("single", "--part", str(part), "--of", "4")

    assert report["complaints"] == []
    assert report["points"] >= 300
    assert report["schedules"] >= report["points"] // 4


@pytest.mark.parametrize("part", range(2))
def test_a_second_death_during_recovery_loses_and_doubles_nothing(part: int) -> None:
    report = a_report("double", "--part", str(part), "--of", "2")

    assert report["complaints"] == []
    assert report["lives"] > 2 * report["schedules"]


@pytest.mark.parametrize("part", range(2))
def test_bad_weather_and_a_death_in_it_lose_and_double_nothing(part: int) -> None:
    report = a_report("weather", "--part", str(part), "--of", "2")

    assert report["complaints"] == []
    assert report["schedules"] >= 60


def test_a_state_put_back_from_a_backup_doubles_nothing() -> None:
    report = a_report("rollback")

    assert report["complaints"] == []
    assert report["schedules"] == 30


def test_of_two_daemons_on_one_state_only_one_works() -> None:
    report = a_report("rivals")

    assert report["complaints"] == []
    assert report["lives"] >= 2 * report["schedules"]


@pytest.mark.parametrize("bug", sorted(BUGS))
def test_the_harness_catches_a_planted_mistake(bug: str) -> None:
    report = a_report("sampled", "--stop", bug=bug)

    said = [line for one in report["complaints"] for line in one["said"]]
    assert any(map(is_a_breach, said)), said


@pytest.mark.parametrize("part", range(2))
def test_stock_that_dies_while_it_is_loaded_is_the_old_or_the_new_whole(part: int) -> None:
    report = a_report(STOCK, "--part", str(part), "--of", "2")

    assert report["complaints"] == []
    assert report["points"] >= 100
    assert report["schedules"] >= report["points"]
    assert report["lives"] >= 2 * report["schedules"]


@pytest.mark.parametrize("bug", sorted(STOCK_BUGS))
def test_the_stock_campaign_catches_a_planted_mistake(bug: str) -> None:
    report = a_report(STOCK, "--stop", bug=bug)

    assert report["complaints"]


def test_every_failpoint_of_the_program_is_reached() -> None:
    named = {
        name
        for source in (ROOT / "westsync").rglob("*.py")
        for name in re.findall(r'\bfailpoint\(\s*"([^"]+)"', source.read_text("utf-8"))
    }

    reached = {
        name
        for campaign in ("single", STOCK)
        for name in a_report(campaign, "--part", "0", "--of", "100000")["names"]
    }

    assert len(named) >= 15
    assert {name for name in named if not name.startswith(_ON_THE_WIRE)} <= reached

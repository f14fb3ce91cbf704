"""What ``westsync backfill`` accepts, and what it says of what it cannot do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from westsync.app.backfill import words_of
from westsync.app.configuration import read_configuration
from westsync.cli.main import main
from westsync.errors import ConfigError

SHIPPED = Path(__file__).parents[3] / "config"
SINCE = ("--since", "2026-01-01")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "config"))


@pytest.mark.parametrize(("command", "code"), [("release", 0), ("mute", 64)])
def test_the_brake_of_a_reconciliation_is_lifted_as_it_says_itself(
    command: str, code: int, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path))

    assert main(["--config", str(config), command, "backfill", "--for", "1h"]) == code


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ([*SINCE, "--only", "invoices,bills"], "nothing called 'bills'"),
        ([*SINCE, "--out", "found.pdf"], "must end in .xlsx or .csv"),
        ([*SINCE, "--out", "nowhere/found.csv"], "no directory"),
        ([*SINCE, "--at", "2026-01-02", "--apply", "differs"], "--at is for drills"),
    ],
)
def test_what_cannot_be_asked_is_said_before_anything_is_read(
    args: list[str], told: str, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["--config", str(config), "backfill", *args])

    assert (code, told in capsys.readouterr().err) == (64, True)


def test_an_unknown_category_ends_with_usage(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--config", str(config), "backfill", *SINCE, "--apply", "everything"])

    assert ended.value.code == 64
    assert "missing_in_1c" in capsys.readouterr().err


def test_words_that_are_missing_or_idle_are_all_named(config: Path) -> None:
    path = config / "reports" / "backfill.yaml"
    text = path.read_text("utf-8").replace("  task_deleted:", "  task_deletd:")
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError) as failed:
        words_of(read_configuration(config, {}))

    assert "no words for 'reasons.task_deleted'" in str(failed.value)
    assert "did you mean 'reasons.task_deleted'" in str(failed.value)

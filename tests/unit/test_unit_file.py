"""Promises of deploy/: the unit is closed as far as it can be, and says what we rely on."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"
UNIT = DEPLOY / "westsync.service"
WORST_EXPOSURE = 1.2


def settings(section: str) -> dict[str, list[str]]:
    """Return every assignment of a section in order; systemd repeats keys, configparser cannot."""
    found: dict[str, list[str]] = {}
    current = ""
    for line in UNIT.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            current = line.strip("[]")
        elif "=" in line and not line.startswith("#") and current == section:
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None,
    reason="systemd-analyze is not installed (Debian package systemd)",
)
def test_the_unit_exposes_no_more_than_agreed() -> None:
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(UNIT)]

    done = subprocess.run(  # noqa: S603 - a fixed command on our own file
        command,
        capture_output=True,
        text=True,
        check=False,
    )

    told = re.search(r"Overall exposure level for \S+: (\d+\.\d)", done.stdout)
    assert told, f"no score in the answer: {done.stdout[-500:]}{done.stderr[-500:]}"
    assert float(told[1]) <= WORST_EXPOSURE


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("Type", ["notify"]),
        ("NotifyAccess", ["main"]),
        ("WatchdogSec", ["90"]),
        ("KillMode", ["mixed"]),
        ("Restart", ["on-failure"]),
        ("RestartPreventExitStatus", ["78"]),
        ("User", ["westsync"]),
        ("UMask", ["0077"]),
        ("StateDirectory", ["westsync"]),
        ("StateDirectoryMode", ["0700"]),
        ("CapabilityBoundingSet", [""]),
        ("SystemCallFilter", ["@system-service", "~@privileged @resources"]),
        ("RestrictAddressFamilies", ["AF_INET AF_INET6 AF_UNIX"]),
        ("ExecReload", ["/bin/kill -HUP $MAINPID"]),
    ],
)
def test_the_daemon_gets_what_it_relies_on(key: str, values: list[str]) -> None:
    assert settings("Service")[key] == values


def test_a_stop_has_time_to_drain() -> None:
    """SIGTERM gives a running send up to 20 s (reliability 4.2, row 54)."""
    assert int(settings("Service")["TimeoutStopSec"][0]) >= 20 * 2


def test_the_configuration_is_checked_before_the_start_without_the_network() -> None:
    (check,) = settings("Service")["ExecStartPre"]
    (run,) = settings("Service")["ExecStart"]

    assert check.endswith(" check --offline")
    assert check.removesuffix(" check --offline") == run.removesuffix(" run")


def test_every_secret_is_a_credential_with_the_name_of_its_setting() -> None:
    for credential in settings("Service")["LoadCredential"]:
        name, _, path = credential.partition(":")
        assert re.fullmatch(r"accounts\.[a-z0-9_]+\.[a-z]+\.[a-z]+", name)
        assert path == f"/etc/westsync/secrets/{name}"
    assert "WESTSYNC__" not in (DEPLOY / "westsync.env.example").read_text(encoding="utf-8")


def test_the_user_of_the_unit_is_the_user_that_is_made() -> None:
    (made,) = re.findall(
        r"^u\s+(\S+)", (DEPLOY / "westsync.sysusers").read_text(encoding="utf-8"), re.MULTILINE
    )

    assert settings("Service")["User"] == [made]


def test_the_directory_of_secrets_is_for_root_alone() -> None:
    lines = (DEPLOY / "westsync.tmpfiles").read_text(encoding="utf-8").splitlines()
    (secrets,) = (line.split() for line in lines if line.startswith("d") and "secrets" in line)

    assert secrets[2:5] == ["0700", "root", "root"]

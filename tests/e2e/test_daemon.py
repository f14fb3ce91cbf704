"""The daemon as systemd sees it: readiness, watchdog, signals, reload, lock."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.office import Office

PATIENCE_S = 30.0


@dataclass
class Running:
    """A daemon and what it told systemd."""

    process: subprocess.Popen[str]
    socket: socket.socket
    log: Path
    told: list[str] = field(default_factory=list)

    def hear(self, word: str) -> str:
        """Wait until systemd was told something with this word, and return it."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            try:
                message = self.socket.recv(4096).decode()
            except TimeoutError:
                assert self.process.poll() is None, self.log.read_text("utf-8")
                continue
            self.told.append(message)
            if word in message:
                return message
        raise AssertionError(f"systemd never heard {word!r}, only {self.told}")

    def events(self) -> list[dict[str, object]]:
        lines = self.log.read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=PATIENCE_S)


@contextmanager
def a_daemon(office: Office, *, poll_every: str = "10s") -> Iterator[Running]:
    address = office.directory / "notify"
    address.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(str(address))
    listener.settimeout(0.2)
    log = office.directory / "log"
    env = office.env | {
        "NOTIFY_SOCKET": str(address),
        "WATCHDOG_USEC": "3000000",
        "WESTSYNC__ACCOUNTS__MAIN__MEGAPLAN__POLL_EVERY": poll_every,
    }
    with log.open("w", encoding="utf-8") as stderr:
        process = subprocess.Popen(  # noqa: S603 - our own program with our own words
            [sys.executable, "-m", "westsync", "--config", str(office.config), "run"],
            env=env,
            stderr=stderr,
            text=True,
        )
    try:
        yield Running(process, listener, log)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        listener.close()


@pytest.fixture
def now_office(office: Office) -> Office:
    office.world.clock.set(datetime.now(UTC))  # noqa: TID251 - the daemon has the real clock
    return office


def test_systemd_hears_ready_after_the_first_cycle_then_life_then_the_end(
    now_office: Office,
) -> None:
    with a_daemon(now_office) as daemon:
        ready = daemon.hear("READY=1")
        daemon.hear("WATCHDOG=1")
        code = daemon.stop()
        daemon.hear("STOPPING=1")

    assert "STATUS=main:" in ready
    assert code == 0


def test_a_broken_configuration_is_refused_and_the_last_good_one_stays(now_office: Office) -> None:
    rules = now_office.config / "rules" / "p1-secretary.yaml"
    good = rules.read_text("utf-8")
    with a_daemon(now_office) as daemon:
        daemon.hear("READY=1")

        rules.write_text(good.replace("stage: { in: [new] }", "stage: { in: [nwe] }"), "utf-8")
        daemon.process.send_signal(signal.SIGHUP)
        refused = daemon.hear("refused")
        status = json.loads(now_office.run("status", "--json").stdout)[0]

        rules.write_text(good, "utf-8")
        daemon.process.send_signal(signal.SIGHUP)
        taken = daemon.hear("configuration reloaded")
        code = daemon.stop()

    assert "last good one stays" in refused
    assert status["configuration"]["older_than_files"] is True
    assert "did you mean 'new'?" in status["configuration"]["note"]
    assert "READY=1" in taken
    assert code == 0
    assert "config.rejected" in {event["event"] for event in daemon.events()}


def test_rules_that_fail_their_tests_are_refused(now_office: Office) -> None:
    rules = now_office.config / "rules" / "p1-secretary.yaml"
    good = rules.read_text("utf-8")
    with a_daemon(now_office) as daemon:
        daemon.hear("READY=1")

        rules.write_text(good.replace("after: 5m", "after: 6m", 1), "utf-8")
        daemon.process.send_signal(signal.SIGHUP)
        refused = daemon.hear("refused")
        code = daemon.stop()

    assert "last good one stays" in refused
    assert code == 0


def test_a_second_daemon_on_the_same_state_refuses_to_start(now_office: Office) -> None:
    with a_daemon(now_office) as daemon:
        daemon.hear("READY=1")

        second = now_office.run("run")
        pid = daemon.process.pid
        code = daemon.stop()

    assert second.returncode == 75
    assert str(pid) in second.stderr
    assert code == 0


def test_orders_of_people_reach_the_running_daemon(now_office: Office) -> None:
    with a_daemon(now_office) as daemon:
        daemon.hear("READY=1")

        left = now_office.run("mute", "first-contact", "--for", "2h")
        daemon.hear("STATUS=")
        daemon.hear("STATUS=")
        status = json.loads(now_office.run("status", "--json").stdout)[0]
        code = daemon.stop()

    assert left.returncode == 0
    assert [s["scope"] for s in status["silences"]] == ["first-contact"]
    assert code == 0


def test_a_dead_server_leaves_a_degraded_daemon_that_says_so(now_office: Office) -> None:
    now_office.env["WESTSYNC__ACCOUNTS__MAIN__MEGAPLAN__URL"] = "http://127.0.0.1:9"
    with a_daemon(now_office) as daemon:
        ready = daemon.hear("READY=1")
        code = daemon.stop()

    assert "degraded" in ready
    assert code == 0


def test_a_wrong_password_leaves_a_degraded_daemon_that_does_not_lock_the_account_out(
    now_office: Office,
) -> None:
    now_office.env["WESTSYNC__ACCOUNTS__MAIN__MEGAPLAN__PASSWORD"] = "wrong"
    with a_daemon(now_office) as daemon:
        ready = daemon.hear("READY=1")
        daemon.hear("STATUS=")
        code = daemon.stop()

    logins = [r for r in now_office.world.requests if "access_token" in r.path]
    assert "access denied" in ready
    assert len(logins) <= 3
    assert code == 0

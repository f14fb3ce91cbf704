"""``westsync sandbox`` serves in the foreground until it is told to stop."""

from __future__ import annotations

import signal
import subprocess
import sys

import httpx

SERVE = """
from datetime import UTC, datetime
from westsync.sandbox import serve
serve(start=datetime(2026, 11, 24, 6, tzinfo=UTC), say=lambda text: print(text, flush=True))
"""


def test_it_says_how_to_come_in_and_stops_on_sigterm() -> None:
    command = [sys.executable, "-c", SERVE]
    with subprocess.Popen(  # noqa: S603 - our own interpreter and our own text
        command, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(7)]
        url = lines[0].split()[2]
        clock = httpx.get(f"{url}/_sandbox/clock").json()

        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=10)

    assert "login westsync@example.test" in lines[1]
    assert clock == {"now": "2026-11-24T06:00:00+00:00"}
    assert code in {0, -signal.SIGTERM}

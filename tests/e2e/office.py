"""The company on a stand-in of Megaplan, driven by the real program over real HTTP."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from westsync.app.configuration import read_configuration
from westsync.app.installation import open_for_work
from westsync.clocks import DrillClock
from westsync.sandbox import Server, World
from westsync.sandbox.megaplan import company

if TYPE_CHECKING:
    from collections.abc import Iterator

    from westsync.app.account import OpenAccount
    from westsync.jobs.cycle import CycleReport

MSK = ZoneInfo("Europe/Moscow")
TUESDAY = datetime(2026, 11, 24, 9, 0, tzinfo=MSK)
SOURCE = "Category1000061CustomFieldIstochnik"
CITY = "Category1000061CustomFieldGorod"
SHIPPED = Path(__file__).parents[2] / "config"


@dataclass
class Office:
    """A copy of the shipped configuration, pointed at a stand-in.

    Attributes:
        env: What the program is started with.
    """

    world: World
    directory: Path
    env: dict[str, str] = field(default_factory=dict)

    @property
    def config(self) -> Path:
        return self.directory / "config"

    def at(self, hours: int, minutes: int = 0, *, day: int = 24) -> datetime:
        return datetime(2026, 11, day, hours, minutes, tzinfo=MSK)

    def run(self, *args: str, timeout_s: float = 60) -> subprocess.CompletedProcess[str]:
        """Run the installed command in a process of its own."""
        return subprocess.run(  # noqa: S603 - our own program with our own words
            [sys.executable, "-m", "westsync", "--config", str(self.config), *args],
            capture_output=True,
            text=True,
            env=self.env,
            timeout=timeout_s,
            check=False,
        )

    def cycle(self, at: datetime) -> dict[str, Any]:
        """Run ``westsync cycle --at T --json`` with the stand-in's clock at T."""
        self.world.clock.set(at)
        done = self.run("cycle", "--at", at.isoformat(), "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        document: dict[str, Any] = json.loads(done.stdout)
        return document

    def begin_cycle(self, at: datetime) -> subprocess.Popen[bytes]:
        """Begin ``westsync cycle`` with the stand-in's clock at a moment; it may be killed."""
        self.world.clock.set(at)
        words = (f"--config={self.config}", "cycle", f"--at={at:%FT%T%z}")
        return subprocess.Popen(  # noqa: S603 - our own program with our own words
            [sys.executable, "-m", "westsync", *words],
            env=self.env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def requests_since(self, count: int) -> list[str]:
        return [f"{request.method} {request.path}" for request in self.world.requests[count:]]

    @contextmanager
    def opened(self, at: datetime) -> Iterator[Drive]:
        """Open the account in this process, with the clocks of both sides in one hand."""
        configuration = read_configuration(self.config, self.env)
        clock = DrillClock(at)
        self.world.clock.set(at)
        with open_for_work(configuration, clock) as accounts:
            yield Drive(accounts[0], clock, self.world)


@dataclass
class Drive:
    """An open account and the clocks."""

    account: OpenAccount
    clock: DrillClock
    world: World

    def go_to(self, at: datetime) -> CycleReport:
        """Set both clocks and run a cycle."""
        self.clock.set(at)
        self.world.clock.set(at)
        return self.account.cycle()

    def advance(self, **by: float) -> CycleReport:
        return self.go_to(self.clock.now() + timedelta(**by))


@contextmanager
def an_office(directory: Path, *, start: datetime = TUESDAY) -> Iterator[Office]:
    """Open an office: fresh world, fresh state, the shipped configuration."""
    world = World(start=start)
    shutil.copytree(SHIPPED, directory / "config")
    with Server(world) as server:
        prefix = "WESTSYNC__ACCOUNTS__MAIN__MEGAPLAN__"
        env = {k: v for k, v in os.environ.items() if not k.startswith("WESTSYNC")}
        env |= {
            f"{prefix}URL": server.url,
            f"{prefix}PASSWORD": company.PASSWORD,
            f"{prefix}REQUESTS_PER_SECOND": "20",
        }
        yield Office(world=world, directory=directory, env=env)

"""P16, P17, P15: what a command imports, how many instructions it costs, what the daemon weighs."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.office import Office

SHIPPED = Path(__file__).parents[2] / "config"
HEAVY = {"httpx", "zeep", "lxml", "apscheduler", "sqlite_utils", "openpyxl", "rich", "asyncio"}


def modules_of(*args: str) -> set[str]:
    """Return the top-level modules that a command imports, in a process of its own."""
    program = (
        "import sys, json\n"
        "from westsync.cli.main import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run(  # noqa: S603 - our own program with our own words
        [sys.executable, "-c", program, *args], capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_help_imports_nothing_but_the_standard_library() -> None:
    imported = modules_of("--help")

    assert imported <= set(sys.stdlib_module_names) | {"westsync", "__main__", "_virtualenv"} | {
        name for name in imported if name.startswith(("_", "sitecustomize"))
    }
    assert not imported & HEAVY


def test_check_imports_no_connector() -> None:
    imported = modules_of("--config", str(SHIPPED), "check")

    assert not imported & (HEAVY - {"asyncio"})


@pytest.mark.skipif(shutil.which("valgrind") is None, reason="needs valgrind to count instructions")
def test_help_costs_at_most_three_times_the_bare_interpreter(tmp_path: Path) -> None:
    program = "import sys; from westsync.__main__ import main; sys.exit(main(['--help']))"
    bare = instructions(tmp_path, "-c", "pass")

    help_ = instructions(tmp_path, "-c", program)

    assert help_ <= 3 * bare


def instructions(cache: Path, *args: str) -> int:
    """Count instructions of the interpreter, the same on every machine and under any load.

    Bytecode is compiled before, as it is after an installation.
    """
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    env |= {"PYTHONHASHSEED": "0", "PYTHONPYCACHEPREFIX": str(cache)}
    subprocess.run([sys.executable, *args], capture_output=True, check=True, env=env)  # noqa: S603 - our own program with our own words
    done = subprocess.run(  # noqa: S603 - our own program with our own words
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", sys.executable, *args],  # noqa: S607 - found on the path above
        capture_output=True,
        text=True,
        check=True,
        env=env,
    )
    counted = re.search(r"Collected : (\d+)", done.stderr)
    assert counted is not None, done.stderr
    return int(counted.group(1))


def test_an_idle_daemon_weighs_at_most_sixty_mebibytes(office: Office) -> None:
    office.env["WESTSYNC__ACCOUNTS__MAIN__MEGAPLAN__POLL_EVERY"] = "10s"
    assert office.run("cycle").returncode == 0  # the state is there, as on every day but the first
    daemon = subprocess.Popen(  # noqa: S603 - our own program with our own words
        [sys.executable, "-m", "westsync", "--config", str(office.config), "run"],
        env=office.env,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert daemon.stderr is not None
        for line in daemon.stderr:
            if "daemon.ready" in line:
                break
        status = Path(f"/proc/{daemon.pid}/status").read_text("ascii")
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.communicate(timeout=30)

    resident = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert resident is not None
    assert int(resident.group(1)) <= 60 * 1024
    assert daemon.returncode == 0

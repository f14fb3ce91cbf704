"""P16, P17: what a command costs before it does anything: instructions, CPU, modules.

Instructions are counted by valgrind where it is installed; they are the same under any load. The
yardstick is the bare interpreter in the same run.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from benchmarks.company import SHIPPED, configured
from benchmarks.lines import Line, Target
from benchmarks.processes import ROOT, environment, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.options import Options

NAME = "cold"
MEANING = "P16, P17: instructions, CPU and modules of a start"

BARE = ("-c", "pass")
HELP = ("-m", "westsync", "--help")
_HEAVY = ("zeep", "lxml", "httpx", "apscheduler", "sqlite_utils", "openpyxl")
_MODULES = """
import json, sys
from westsync.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))
"""
_RULES_OF_CHECK = 200


def measure(options: Options) -> Iterator[Line]:
    """Start commands and the bare interpreter in turn."""
    bare_ms, help_ms, check_ms = [], [], []
    with configured() as directory:
        _multiply_rules(directory / "rules" / "bench.yaml")
        check = ("-m", "westsync", "--config", str(directory), "check")
        run(*check)  # compiles what was not compiled yet
        for _ in range(options.reps):
            bare_ms.append(run(*BARE).cpu_s * 1e3)
            help_ms.append(run(*HELP).cpu_s * 1e3)
            check_ms.append(run(*check).cpu_s * 1e3)
    yield Line(
        suite=NAME,
        what="westsync --help, cpu",
        unit="ms",
        ours=help_ms,
        peer="bare-python",
        theirs=bare_ms,
        target=Target(limit=3, on_ratio=True),
    )
    yield from _instructions()
    yield _imported("--help", set(sys.stdlib_module_names), "modules beyond the standard library")
    yield Line(
        suite=NAME,
        what=f"westsync check, {_RULES_OF_CHECK} rules, cpu",
        unit="ms",
        ours=check_ms,
        peer="bare-python",
        theirs=bare_ms,
        target=Target(limit=200),
    )
    yield _imported("check", None, f"modules out of {', '.join(_HEAVY)}")


def _instructions() -> Iterator[Line]:
    if shutil.which("valgrind") is None:
        return
    ours, bare = (_counted(*command) / 1e6 for command in (HELP, BARE))
    for target in (Target(limit=3, on_ratio=True), Target(limit=120)):
        yield Line(
            suite=NAME,
            what="westsync --help, instructions",
            unit="M",
            ours=[ours],
            peer="bare-python",
            theirs=[bare],
            target=target,
        )


def _counted(*args: str) -> int:
    """Return the instructions of this interpreter, counted by callgrind."""
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", sys.executable, *args],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"Collected : (\d+)", done.stderr)
    if found is None:
        raise RuntimeError(f"valgrind counted nothing:\n{done.stderr}")
    return int(found.group(1))


def _imported(command: str, allowed: set[str] | None, what: str) -> Line:
    """Return the line that counts modules of a command: heavy ones, or all that are not allowed."""
    words = ("--config", str(SHIPPED), command) if command == "check" else (command,)
    imported = set(json.loads(run("-c", _MODULES, *words).output.splitlines()[-1]))
    if allowed is None:
        unwanted = imported & set(_HEAVY)
    else:
        # What the interpreter itself loads from an environment begins with an underscore.
        unwanted = {one for one in imported - allowed - {"westsync"} if not one.startswith("_")}
    return Line(
        suite=NAME,
        what=f"westsync {command}, {what}",
        unit="modules",
        ours=[len(unwanted)],
        target=Target(limit=0),
        answers=", ".join(sorted(unwanted)) or f"{len(imported)} imported",
    )


def _multiply_rules(file: Path) -> None:
    """Copy the rules of a file under other names until there are enough of them."""
    text = file.read_text(encoding="utf-8")
    head, rules = text.split("rules:\n", 1)
    copies = _RULES_OF_CHECK // rules.count("  - id: ")
    many = "".join(rules.replace("id: bench-", f"id: bench-{n}-") for n in range(copies))
    file.write_text(f"{head}rules:\n{many}", encoding="utf-8")

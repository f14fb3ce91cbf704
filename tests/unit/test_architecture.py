"""Promises of the building: each library has its one place, and the floors hold.

`lint-imports` guards who imports whom inside; here stands which part may know which library.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "westsync"

HOMES = {
    # Nothing inside rules retries, nothing outside the transport repeats (reliability 4.1).
    "tenacity": ("westsync.transport",),
    "apscheduler": ("westsync.ticker",),
    "httpx": ("westsync.transport", "westsync.connectors"),
    "zeep": ("westsync.connectors",),
    # The stand-in of 1C answers in the same XML that its connector reads.
    "lxml": ("westsync.connectors", "westsync.sandbox.onec"),
    # The reader of price lists hands its rows over in a file of its own, which is no state.
    "sqlite3": ("westsync.journal", "westsync.connectors.suppliers.reading"),
    "sqlite_utils": ("westsync.journal", "westsync.cli"),
    "rule_engine": ("westsync.rules",),
    # The names of 1C's configurations are a table of the package (1C contract 4.8).
    "yaml": ("westsync.settings", "westsync.connectors.onec"),
    "pydantic_settings": ("westsync.settings",),
    "rich": ("westsync.cli",),
    "starlette": ("westsync.sandbox", "westsync.web"),
    "uvicorn": ("westsync.sandbox", "westsync.web"),
    "prometheus_client": ("westsync.web",),
    "logging": ("westsync.logs",),
    # westsync.logs lets no personal data pass (decisions 0007); what decides does not log at all.
    "structlog": (
        # It works in the background of the daemon, where only the log hears of it.
        "westsync.app.stock_watch",
        "westsync.cli",
        "westsync.connectors",
        "westsync.daemon",
        "westsync.jobs",
        "westsync.journal",
        "westsync.logs",
        "westsync.transport",
        "westsync.web",
    ),
    # What decides may know only these of the libraries that compute.
    "holidays": ("westsync.domain", "westsync.settings"),
    "phonenumbers": ("westsync.domain", "westsync.connectors"),
}
"""Where a library may be imported; one that is not named here is at home anywhere it fits."""


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        yield name, ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    """Yield the absolute names a module imports anywhere, also inside functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def is_inside(name: str, homes: tuple[str, ...]) -> bool:
    return any(name == home or name.startswith(f"{home}.") for home in homes)


def strangers(library: str, homes: tuple[str, ...]) -> list[str]:
    return [
        name
        for name, tree in modules()
        if not is_inside(name, homes)
        and any(is_inside(found, (library,)) for found in imported(tree))
    ]


@pytest.mark.parametrize("library", HOMES)
def test_a_library_stays_in_its_home(library: str) -> None:
    homes = HOMES[library]

    assert strangers(library, homes) == [], f"{library} belongs to {homes or 'nobody'}"


def test_a_stranger_would_be_seen() -> None:
    """The check itself works: every module but the home of errors is a stranger to it."""
    assert "westsync.redaction" in strangers("westsync.errors", ("westsync.nowhere",))


def test_no_module_imports_by_relative_name() -> None:
    """A relative import hides from the checks above."""
    relative = [
        name
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.level
    ]

    assert relative == []


def test_no_module_is_named_after_nothing() -> None:
    nameless = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}

    assert [name for name, _ in modules() if nameless & set(name.split("."))] == []


def test_the_floors_hold() -> None:
    done = subprocess.run(  # noqa: S603 - the tool of our own environment
        [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_what_runs_in_production_is_locked_with_hashes() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = lock.replace("\\\n", " ").splitlines()
    locked = {pin.partition("==")[0]: pin for pin in pins if "==" in pin and pin[0].isalnum()}

    for requirement in project["dependencies"]:
        name = requirement.split(">")[0].split("=")[0].split("<")[0].strip()
        assert name in locked, f"{name} is not in requirements.lock; run scripts/lock"
    assert all("--hash=sha256:" in pin for pin in locked.values())


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_names_no_registry(lock: str) -> None:
    """Where packages come from is the business of whoever installs them."""
    text = (ROOT / lock).read_text(encoding="utf-8")

    assert "://" not in text
    assert "--index-url" not in text
    assert "--find-links" not in text


@pytest.mark.parametrize(
    "script", ["demo", "test", "check", "bench", "setup", "lock", "reference", "../.ci/run"]
)
def test_a_script_can_be_run_and_stops_at_an_unset_variable(script: str) -> None:
    path = ROOT / "scripts" / script
    text = path.read_text(encoding="utf-8")

    assert path.stat().st_mode & 0o111 == 0o111
    assert text.startswith("#!/usr/bin/env bash\n# ")
    assert "\nset -euo pipefail\n" in text or "\nset -uo pipefail\n" in text

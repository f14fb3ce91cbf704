"""Reading a supplier's file in a limited child, and what becomes of it if the child dies."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from westsync.connectors.suppliers.reading.child import READ, REFUSED
from westsync.connectors.suppliers.reading.pipeline import Task
from westsync.connectors.suppliers.reading.results import Reading, Refusal, RefusalCode

if TYPE_CHECKING:
    from westsync.connectors.suppliers.profile import Profile, ReadLimits
    from westsync.ports import Clock

_MODULE = "westsync.connectors.suppliers.reading.child"
_LONGEST_REPLY = 16 * 1024 * 1024
_LONGEST_LAMENT = 500


def read_source(
    path: Path,
    profile: Profile,
    *,
    staging: Path,
    clock: Clock,
    name: str = "",
    limits: ReadLimits | None = None,
) -> Reading | Refusal:
    """Read one fetched file into a staging file, in a child that cannot harm us.

    Args:
        path: The file as it was fetched, or brought by a person.
        profile: Of the source; its sections ``fetch`` and ``portal`` never reach the child.
        staging: File to create; an older one is replaced. Removed if the file is refused.
        clock: Gives the day from which terms ("3-4 недели") count.
        name: What the file was called where it came from; empty: the name of `path`.
        limits: Instead of the profile's.

    Returns:
        The reading, whose offers `staging.offers` walks; or why the file is unusable. It never
        raises for anything that is in the file.
    """
    staging.unlink(missing_ok=True)
    profile = replace(profile, fetch=None, portal=None, limits=limits or profile.limits)
    with tempfile.TemporaryDirectory(prefix="reading-", dir=staging.parent) as work:
        task = Task(
            path=path.absolute(),
            name=name or path.name,
            profile=profile,
            staging=staging.absolute(),
            work=Path(work),
            now=clock.now(),
        )
        result = _run(task, Path(work))
    if isinstance(result, Refusal):
        staging.unlink(missing_ok=True)
    return result


def _run(task: Task, work: Path) -> Reading | Refusal:
    """Run the child and return what it printed, or what its death means."""
    limits = task.profile.limits
    with (
        tempfile.TemporaryFile(dir=work.parent) as out,
        tempfile.TemporaryFile(dir=work.parent) as err,
    ):
        child = subprocess.Popen(  # noqa: S603 - our own module, no shell
            [sys.executable, "-E", "-s", "-m", _MODULE, str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=err,
            env=_environment(),
            cwd=_package_root(),
            start_new_session=True,
        )
        try:
            child.communicate(pickle.dumps(task), timeout=limits.seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            return _timeout(limits.seconds)
        out.seek(0)
        err.seek(0)
        return _result(child.returncode, out.read(_LONGEST_REPLY), err.read(), limits.seconds)


def _result(code: int, reply: bytes, lament: bytes, seconds: int) -> Reading | Refusal:
    """Return what an exit code and a reply mean."""
    if code == -signal.SIGXCPU:
        return _timeout(seconds)
    kind = {READ: Reading, REFUSED: Refusal}.get(code)
    if kind is not None:
        try:
            return msgspec.json.decode(reply, type=kind)
        except msgspec.DecodeError:
            pass  # The child died between the work and the words: the same as a crash.
    cure = "if the file is honest, raise limits.memory_mib of the source"
    if code > 0:  # an exception: calamine's own for a workbook that was cut off
        cure = "fetch it again; if it comes so again, ask the supplier for another format"
    how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
    words = lament.decode("utf-8", errors="replace").splitlines()
    # calamine ends with a note on how its programmers would look at it.
    last = next((one for one in reversed(words) if one and not one.startswith("note: ")), "")
    return Refusal(
        code=RefusalCode.READER_CRASHED,
        detail=f"the reader ended with {how}: {last[:_LONGEST_LAMENT] or 'no words'}; {cure}",
    )


def _timeout(seconds: int) -> Refusal:
    """Return the refusal of a file that takes too long."""
    return Refusal(
        code=RefusalCode.READER_TIMEOUT,
        detail=f"reading took more than {seconds} s; if the file is honest, raise limits.seconds",
    )


def _environment() -> dict[str, str]:
    """Return the child's environment: where programs are, and nothing that is ours to keep."""
    return {
        name: os.environ[name] for name in ("PATH", "TZDIR", "TMPDIR") if name in os.environ
    } | {"LANG": "C.UTF-8", "PYTHONIOENCODING": "utf-8"}


def _package_root() -> str:
    """Return the folder westsync is imported from, so that the child imports the same one."""
    return str(Path(__file__).resolve().parents[4])

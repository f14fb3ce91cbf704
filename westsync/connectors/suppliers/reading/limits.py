"""What the child may use of the machine (suppliers contract 11)."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from westsync.connectors.suppliers.profile import ReadLimits

MIB = 1024 * 1024
_OPEN_FILES = 64
_NEW_USER, _NEW_NET = 0x10000000, 0x40000000
_PARENT_DEATH = 1  # PR_SET_PDEATHSIG
_REFUSED = ("socket.", "os.exec", "os.fork", "os.posix_spawn", "os.system", "ctypes.", "urllib.")
_UNPACKER = "bsdtar"


def confine(limits: ReadLimits) -> None:
    """Limit this process: memory, CPU time, size of files, open files; no core, no network.

    Limits only ever go down, so a stricter one of the service stays.
    """
    _lower(resource.RLIMIT_AS, limits.memory_mib * MIB)
    _lower(resource.RLIMIT_CPU, limits.seconds, grace=1)  # SIGXCPU first: a death that has a name
    _lower(resource.RLIMIT_FSIZE, limits.staging_mib * MIB)
    _lower(resource.RLIMIT_NOFILE, _OPEN_FILES)
    _lower(resource.RLIMIT_CORE, 0)
    _leave_network()
    sys.addaudithook(_refuse)


def die_with(parent: int) -> None:
    """Have the kernel kill this process when its parent dies, so that nobody reads for nobody.

    A reader whose parent is gone would go on for minutes, and write into a folder that the next
    life has emptied for its own reading.

    Args:
        parent: Process id of the parent.
    """
    ctypes.CDLL(None).prctl(_PARENT_DEATH, signal.SIGKILL)
    if os.getppid() != parent:  # it died before we asked
        os.kill(os.getpid(), signal.SIGKILL)


def _lower(kind: int, most: int, grace: int = 0) -> None:
    """Lower one limit; ``grace`` is how far beyond it the kernel loses its patience."""
    _, hard = resource.getrlimit(kind)
    end = most + grace
    if hard != resource.RLIM_INFINITY:
        end = min(end, hard)
    resource.setrlimit(kind, (min(most, end), end))


def _leave_network() -> None:
    """Move into an empty network namespace where the kernel lets us; the hook holds anyway."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.unshare(_NEW_USER | _NEW_NET)


def _refuse(event: str, args: tuple[object, ...]) -> None:
    """Refuse what a reader of files never does; `RuntimeError` ends the child."""
    if event.startswith(_REFUSED):
        raise RuntimeError(f"the reader of supplier files may not do {event}")
    if event == "subprocess.Popen" and _UNPACKER not in str(args[0]):
        raise RuntimeError("the reader of supplier files may run nothing but bsdtar")

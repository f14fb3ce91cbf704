"""One process per state file: an advisory lock that dies with its owner (reliability 2.7)."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from westsync.errors import LockHeld, StateError

if TYPE_CHECKING:
    from pathlib import Path


class StateLock:
    """A held ``flock``; the kernel lets go of it when the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        """Take the lock and write our process id into the file.

        The file itself stays for ever: removing it would let two processes lock two files of one
        name.

        Args:
            path: Lock file beside the state file.

        Raises:
            LockHeld: Another process has it; its id is in the message.
            StateError: The directory is missing, or the file cannot be written.
        """
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as exc:
            raise StateError(
                f"{path.parent}: westsync cannot write its state here ({exc.strerror}); make the "
                "directory writable for its user, or name another one under `state:`"
            ) from exc
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            owner = os.pread(self._descriptor, 32, 0).decode("ascii", "replace").strip()
            os.close(self._descriptor)
            raise LockHeld(str(path), int(owner) if owner.isdigit() else None) from exc
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"{os.getpid()}\n".encode("ascii"), 0)

    def release(self) -> None:
        """Let go; a second call does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

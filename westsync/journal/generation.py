"""A tiny file beside the state file that remembers how far the state had come.

A state file that was put back from a backup is older than this file says: then westsync has
forgotten effects that it made, and looks everything up before it repeats it (reliability 2.4).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from westsync.failpoints import failpoint

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """How far a state file had come.

    Attributes:
        epoch: Number of the start (meta.epoch).
        seq: Number of commits so far (meta.seq).
        installation: Random identity of the installation.
    """

    epoch: int
    seq: int
    installation: bytes

    def is_ahead_of(self, other: Generation) -> bool:
        """Return whether the other one is an earlier copy, or another installation's file."""
        return self.installation != other.installation or (self.epoch, self.seq) > (
            other.epoch,
            other.seq,
        )


def read_generation(path: Path) -> Generation | None:
    """Return what the file says; None if it is not there or says nothing readable."""
    try:
        epoch, seq, installation = path.read_text("ascii").split()
        return Generation(epoch=int(epoch), seq=int(seq), installation=bytes.fromhex(installation))
    except (FileNotFoundError, ValueError):
        return None


def write_generation(path: Path, generation: Generation) -> None:
    """Replace the file so that a crash leaves the old or the new one, never half of one."""
    text = f"{generation.epoch} {generation.seq} {generation.installation.hex()}\n"
    fresh = path.with_name(f"{path.name}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        os.write(descriptor, text.encode("ascii"))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    failpoint("generation.rename.before")
    fresh.rename(path)
    sync_directory(path.parent)
    failpoint("generation.rename.after")


def sync_directory(directory: Path) -> None:
    """Make renames and new names in a directory durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""The state file on the disk: its neighbours, and what to do when it is damaged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Where a state file lives and what belongs to it.

    Attributes:
        state: The SQLite file.
    """

    state: Path

    @property
    def lock(self) -> Path:
        """The lock file."""
        return self.state.with_name(f"{self.state.name}.lock")

    @property
    def generation(self) -> Path:
        """The side file of `westsync.journal.generation`."""
        return self.state.with_name(f"{self.state.name}.generation")


def damaged(files: Files | None, detail: str) -> str:
    """Return what to tell a person about a state file that cannot be read."""
    name = "the scratch state" if files is None else str(files.state)
    return (
        f"{name} cannot be trusted ({detail}); it is never repaired silently: move it and its "
        "-wal and -shm files aside, put the newest backup in its place and start again; westsync "
        "then looks up every effect before it repeats it"
    )


def identity_of(path: Path) -> tuple[int, int] | None:
    """Return device and inode of a file, by which a replaced one is noticed; None: not there."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino

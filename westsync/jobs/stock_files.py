"""The files that suppliers sent, kept for a while so that a person can see what was read."""

from __future__ import annotations

import gzip
import os
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

from westsync.failpoints import failpoint

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from westsync.domain.stock import SourceId

KEPT = timedelta(days=30)
"""How long the files as fetched are kept (suppliers contract 12)."""

_UNFINISHED = ".new"


def keep(path: Path, folder: Path, source: SourceId, sha256: str, at: datetime) -> Path:
    """Keep a compressed copy of a file; the same bytes are kept once.

    Args:
        path: The file.
        folder: Below it each source has its own.
        source: Whose file it is.
        sha256: Of its bytes; the copy is named by it, never by what the supplier calls the file.
        at: When (UTC) it came; the age of the copy counts from here.
    """
    target = folder / "kept" / source / f"{sha256[:32]}.gz"
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not target.exists():
        fresh = target.with_suffix(_UNFINISHED)
        with path.open("rb") as original, gzip.open(fresh, "wb", compresslevel=6) as copy:
            shutil.copyfileobj(original, copy)
        failpoint("stock.keep.rename.before")
        fresh.rename(target)
    _touch(target, at)
    return target


def forget(folder: Path, source: SourceId, now: datetime) -> int:
    """Remove copies that are older than `KEPT`, or that a dead process half wrote.

    Only whoever owns the source may forget, so that nobody is writing a copy just now.

    Returns:
        How many were removed.
    """
    oldest = (now - KEPT).timestamp()
    removed = 0
    for copy in sorted((folder / "kept" / source).iterdir()):
        if copy.suffix == _UNFINISHED or copy.stat().st_mtime < oldest:
            copy.unlink()
            removed += 1
    return removed


def _touch(path: Path, at: datetime) -> None:
    """Set the age of a file by our clock, not by the machine's."""
    os.utime(path, (at.timestamp(), at.timestamp()))

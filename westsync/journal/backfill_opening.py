"""Opening and removing the working file of a reconciliation."""

from __future__ import annotations

from contextlib import closing, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from westsync.errors import StateError
from westsync.journal.backfill import COMPARED, Run, Workbook
from westsync.journal.opening import open_scratch, open_state
from westsync.journal.state_files import Files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from westsync.ports import Clock

# What was read earlier than this says too little of today; what is compared may be acted on.
_STALE_AFTER, _STALE_TO_ACT = timedelta(hours=6), timedelta(hours=1)


@contextmanager
def open_workbook(path: Path, account: str, clock: Clock, run: Run) -> Iterator[Workbook]:
    """Open the working file of an account; go on with it if it was begun for the same question.

    Args:
        path: Beside the state file.
        account: Whose.
        clock: Time.
        run: The question. A file of another one, and one that is too old, is emptied.

    Raises:
        LockHeld: Another reconciliation of this account runs.
        Unavailable: The disk is full or fails.
    """
    _discard_unless(path, account, clock, run)
    with closing(open_state(path, clock, machine="")) as database:
        workbook = Workbook(database, account)
        if workbook.run is None:
            workbook.begin(run)
        yield workbook


@contextmanager
def scratch_workbook(account: str, clock: Clock, run: Run | None = None) -> Iterator[Workbook]:
    """Open a working file that vanishes at close, for tests and measurements."""
    with closing(open_scratch(clock)) as database:
        workbook = Workbook(database, account)
        if run is not None:
            workbook.begin(run)
        yield workbook


def discard_workbook(path: Path) -> None:
    """Remove a working file: what it was for is told."""
    files = Files(state=path)
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    files.generation.unlink(missing_ok=True)


def _discard_unless(path: Path, account: str, clock: Clock, run: Run) -> None:
    if not path.exists():
        discard_workbook(path)  # a generation file alone would be taken for a lost state
        return
    try:
        with closing(open_state(path, clock, machine="")) as database:
            workbook = Workbook(database, account)
            begun, may_be_acted_on = workbook.run, workbook.is_done(COMPARED)
    except StateError:  # damaged, or of a newer version: everything in it can be read again
        begun, may_be_acted_on = None, False
    longest = _STALE_TO_ACT if may_be_acted_on else _STALE_AFTER
    fresh = begun is not None and run.began_at - begun.began_at < longest
    if begun is None or not fresh or not begun.asks_the_same(run):
        discard_workbook(path)

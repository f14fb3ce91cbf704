"""A supplier whose file a test puts down, and a portal whose rows a test names."""

from __future__ import annotations

import hashlib
import shutil
from typing import TYPE_CHECKING

from westsync.ports.stock import FetchedFile, PortalRows

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from westsync.domain.matching.questions import Question
    from westsync.domain.stock import Offer, SourceId
    from westsync.errors import ConnectorError
    from westsync.ports import Clock


class FolderFetcher:
    """Fetches from a folder; behaves as a server with ETags (`westsync.ports.stock`).

    Attributes:
        fetches: How often it was asked.
        modified_at: What it says of the age of its file; None: nothing.
    """

    def __init__(self, path: Path) -> None:
        """Serve one file."""
        self._path = path
        self._failures: list[ConnectorError] = []
        self.fetches = 0
        self.modified_at: datetime | None = None

    def break_next(self, failure: ConnectorError) -> None:
        """Fail the next time it is asked."""
        self._failures.append(failure)

    def fetch(self, source: SourceId, *, into: Path, state: str) -> FetchedFile | None:
        """Copy the file; None if the state says that it is known."""
        self.fetches += 1
        if self._failures:
            raise self._failures.pop()
        digest = hashlib.sha256(self._path.read_bytes()).hexdigest()
        if state == digest:
            return None
        copy = into / f"{source}.part"
        shutil.copyfile(self._path, copy)
        return FetchedFile(
            path=copy,
            name=self._path.name,
            sha256=digest,
            size=copy.stat().st_size,
            modified_at=self.modified_at,
            state=digest,
        )


class ShelfPortal:
    """A portal that shows the same rows whatever it is asked.

    Attributes:
        asked: Every question it was asked.
        stopped: It was left alone until a person acts.
        cookies: How many a person brought.
    """

    def __init__(self, rows: tuple[Offer, ...], clock: Clock) -> None:
        """Show some rows."""
        self._rows = rows
        self._clock = clock
        self._failures: list[ConnectorError] = []
        self.asked: list[Question] = []
        self.stopped = False
        self.cookies = 0

    def break_next(self, failure: ConnectorError) -> None:
        """Fail the next time it is asked."""
        self._failures.append(failure)

    def look_up(self, source: SourceId, question: Question) -> PortalRows:  # noqa: ARG002 - one portal
        """Show the rows."""
        self.asked.append(question)
        if self._failures:
            raise self._failures.pop()
        return PortalRows(rows=self._rows, as_of=self._clock.now())

    def resume(self, source: SourceId) -> bool:  # noqa: ARG002 - one portal
        """Be asked again."""
        was_stopped, self.stopped = self.stopped, False
        return was_stopped

    def use_cookies(self, source: SourceId, path: Path) -> int:  # noqa: ARG002 - one portal
        """Count the lines of a file with the first line browsers write."""
        head, *lines = path.read_text(encoding="utf-8").splitlines()
        if "Netscape" not in head:
            raise OSError("not a Netscape cookies file")
        self.cookies = len(lines)
        return self.cookies

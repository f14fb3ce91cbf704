"""Where a file lands: streamed to ``.part``, hashed while written, made durable, then renamed."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from typing import TYPE_CHECKING, BinaryIO, Self

from westsync.connectors.suppliers.fetching.verdicts import Empty, TooLarge
from westsync.errors import Unavailable
from westsync.failpoints import failpoint
from westsync.ports.stock import FetchedFile

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

    from westsync.domain.stock import SourceId

_LOCAL_NAME = "fetched"
_LONGEST_NAME = 200
_SLASHES = re.compile(r"[/\\]")


class Landing:
    """One file that is coming in; left without `land`, nothing remains of it."""

    def __init__(
        self,
        into: Path,
        source: SourceId,
        operation: str,
        max_bytes: int,
        *,
        called: str = _LOCAL_NAME,
    ) -> None:
        """Begin.

        Args:
            into: Folder. The file's own name is never used for a path.
            source: Whose file it is, for messages.
            operation: What is being done, for messages.
            max_bytes: Longer files are cut off while they come.
            called: Name in the folder.
        """
        self.size = 0
        self._path = into / called
        self._part = into / f"{called}.part"
        self._source, self._operation, self._max = source, operation, max_bytes
        self._hash = hashlib.sha256()
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        """Open the partial file; one that a killed process left is replaced."""
        with self._disk():
            self._file = self._part.open("wb")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close, and remove what did not become a file."""
        if self._file is not None:
            self._file.close()
        self._part.unlink(missing_ok=True)

    def write(self, data: bytes) -> None:
        """Take the next bytes.

        Raises:
            TooLarge: The file is longer than it may be.
            Unavailable: Our own disk fails.
        """
        self.size += len(data)
        if self.size > self._max:
            text = f"longer than {self._max} bytes; if that is right, raise fetch.max_bytes"
            raise TooLarge(self._source, self._operation, text)
        self._hash.update(data)
        with self._disk():
            self._stream().write(data)

    def land(self, *, name: str, modified_at: datetime | None = None, state: str) -> FetchedFile:
        """Make the file durable under its final name.

        Args:
            name: What it is called there; a label only.
            modified_at: When the other side changed it (UTC).
            state: What the next fetch wants to be told.

        Raises:
            Empty: Nothing was written.
            Unavailable: Our own disk fails.
        """
        if not self.size:
            raise Empty(self._source, self._operation, "no byte came; fetch it by hand and look")
        with self._disk():
            stream = self._stream()
            stream.flush()
            os.fsync(stream.fileno())
            failpoint("stock.fetch.rename.before")
            self._part.rename(self._path)
            _sync_folder(self._path.parent)
        return FetchedFile(
            path=self._path,
            name=label(name),
            sha256=self._hash.hexdigest(),
            size=self.size,
            modified_at=modified_at,
            state=state,
        )

    def head(self, size: int) -> bytes:
        """Return the first bytes that were written."""
        with self._disk():
            self._stream().flush()
            with self._part.open("rb") as file:
                return file.read(size)

    def _stream(self) -> BinaryIO:
        if self._file is None:
            raise RuntimeError("a landing is used within 'with'")
        return self._file

    def _disk(self) -> _OwnDisk:
        return _OwnDisk(self._source, self._operation)


class _OwnDisk:
    """Translates errors of our own disk: nothing is wrong with the supplier."""

    def __init__(self, source: SourceId, operation: str) -> None:
        self._source, self._operation = source, operation

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, OSError):
            text = f"our own disk fails: {error.strerror or type(error).__name__}"
            raise Unavailable(self._source, self._operation, text) from error


def label(name: str) -> str:
    """Return a file's name as people may see it: no folders, no control characters, not long."""
    bare = _SLASHES.split(name)[-1]
    seen = "".join(sign for sign in bare if unicodedata.category(sign)[0] != "C")
    return seen.strip()[-_LONGEST_NAME:] or "file"


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""A file on an FTP server: the newest that fits, and only when its upload is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from westsync.connectors.suppliers.fetching.bundling import BUNDLE, bundle
from westsync.connectors.suppliers.fetching.ftp_client import FtpClient
from westsync.connectors.suppliers.fetching.landing import Landing, label
from westsync.connectors.suppliers.fetching.patience import cut_after, persistently
from westsync.connectors.suppliers.fetching.state import FilesState, remembered, written
from westsync.errors import Rejected, Unavailable

if TYPE_CHECKING:
    from pathlib import Path

    from westsync.connectors.suppliers.fetching.errand import Errand
    from westsync.connectors.suppliers.fetching.patience import Patience
    from westsync.connectors.suppliers.profile_fetch import FtpFetch
    from westsync.ports.stock import FetchedFile

_UPLOADING_S = 120.0
_NO_FILE = 550
_WILD = frozenset("*?[")
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A file as the server describes it; None where it does not."""

    path: str
    size: int | None
    changed_at: datetime | None

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rpartition("/")[2]

    @property
    def mark(self) -> tuple[str, int, str]:
        """What another version would differ by."""
        moment = "" if self.changed_at is None else self.changed_at.isoformat()
        return self.name, -1 if self.size is None else self.size, moment


def fetch_by_ftp(errand: Errand, how: FtpFetch) -> FetchedFile | None:
    """Fetch a file from an FTP server; None if it is the one that was taken before.

    Raises:
        Unavailable: Nobody answers, the connection broke, or the upload is in progress.
        AccessDenied: The log-in is refused.
        Rejected: No file fits, or the certificate is not trusted.
        TooLarge: It is longer than ``max_bytes``.
    """
    user, password = errand.fill(how.user), errand.fill(how.password)
    patience = errand.patience(f"ftp://{how.host}", how.timeout)

    def attempt() -> FetchedFile | None:
        client = FtpClient(errand.source, how, user, password)
        with cut_after(patience.left_s, lambda: client.line), client:
            return _fetch(errand, how, client, patience)

    return persistently(patience, attempt)


def _fetch(
    errand: Errand, how: FtpFetch, client: FtpClient, patience: Patience
) -> FetchedFile | None:
    chosen = _chosen(errand, how, client)
    state = FilesState(tuple(one.mark for one in chosen))
    told = all(one.size is not None and one.changed_at is not None for one in chosen)
    if told and remembered(errand.state, FilesState) == state:
        return None
    _settled(errand, how, client, chosen)
    transfer = _Transfer(errand, how, client, patience)
    with transfer.landing("fetched") as landing:
        if how.pick == "all":
            parts = [transfer.part(one, number) for number, one in enumerate(chosen)]
            bundle(parts, errand.into / "bundle.part", landing)
            name = BUNDLE
        else:
            transfer.read(chosen[0], landing)
            name = chosen[0].name
        _unchanged(errand, client, chosen)
        moments = [one.changed_at for one in chosen if one.changed_at is not None]
        newest = max(moments, default=None)
        return landing.land(name=name, modified_at=newest, state=written(state))


@dataclass(frozen=True, slots=True)
class _Transfer:
    """Reading files within the time that is left."""

    errand: Errand
    how: FtpFetch
    client: FtpClient
    patience: Patience

    def landing(self, called: str) -> Landing:
        """Return where a file lands."""
        into, source = self.errand.into, self.errand.source
        return Landing(into, source, self.client.operation, self.how.max_bytes, called=called)

    def read(self, one: _Seen, landing: Landing) -> None:
        """Read a file."""

        def take(data: bytes) -> None:
            self.patience.check()
            landing.write(data)

        self.client.read(one.path, take)

    def part(self, one: _Seen, number: int) -> tuple[str, Path]:
        """Read one of several files; return its label and where it is."""
        with self.landing(f"part-{number}") as landing:
            self.read(one, landing)
            return label(one.name), landing.land(name="", state="").path


def _chosen(errand: Errand, how: FtpFetch, client: FtpClient) -> list[_Seen]:
    """Return the newest file that fits, or all of them by name."""
    path = errand.fill(how.path)
    folder, _, pattern = path.rpartition("/")
    if _WILD.isdisjoint(pattern):
        return [_seen(client, path)]
    names = {
        name
        for name in client.names(folder or "/")
        if name not in {".", ".."} and fnmatchcase(name.casefold(), pattern.casefold())
    }
    paths = [f"{folder}/{name}" for name in sorted(names)]
    seen = [one for path in paths if (one := _seen_file(client, path)) is not None]
    if not seen:
        text = f"no file fits '{pattern}'; look into the folder and correct fetch.path"
        raise Rejected(errand.source, client.operation, text)
    if how.pick == "all":
        return seen
    # Dated names sort by date where the server tells no moment.
    return [max(seen, key=lambda one: (one.changed_at or _LONG_AGO, one.name))]


def _seen_file(client: FtpClient, path: str) -> _Seen | None:
    """Return a listed file; None for a folder, and for one that was taken away just now."""
    try:
        return _seen(client, path)
    except Rejected as exc:
        if exc.status == _NO_FILE:
            return None
        raise


def _seen(client: FtpClient, path: str) -> _Seen:
    return _Seen(path, client.size(path), client.changed_at(path))


def _settled(errand: Errand, how: FtpFetch, client: FtpClient, chosen: list[_Seen]) -> None:
    """Wait a little; a file that grows meanwhile is still being uploaded (contract 3)."""
    if how.settle:
        errand.clock.wait(how.settle.total_seconds())
    _unchanged(errand, client, chosen)


def _unchanged(errand: Errand, client: FtpClient, chosen: list[_Seen]) -> None:
    """Make sure that size and moment are still what they were.

    Raises:
        Unavailable: They are not: the upload is in progress.
    """
    for one in chosen:
        if _seen(client, one.path) != one:
            text = f"'{one.name}' changes: its upload is in progress"
            raise Unavailable(errand.source, client.operation, text, _UPLOADING_S)

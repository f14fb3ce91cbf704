"""A file in a folder or a mounted share: the newest that fits and is not being written."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from westsync.connectors.suppliers.fetching.bundling import BUNDLE, bundle
from westsync.connectors.suppliers.fetching.landing import Landing, label
from westsync.connectors.suppliers.fetching.state import FilesState, remembered, written
from westsync.errors import AccessDenied, Rejected, Unavailable

if TYPE_CHECKING:
    from westsync.connectors.suppliers.fetching.errand import Errand
    from westsync.connectors.suppliers.profile_fetch import DiskFetch
    from westsync.ports.stock import FetchedFile

_CHUNK = 1024 * 1024
_OPERATION = "read the folder"


@dataclass(frozen=True, slots=True)
class _Found:
    """A file as it was seen."""

    path: Path
    size: int
    changed_ns: int

    @property
    def changed_at(self) -> datetime:
        """When it was written last, UTC."""
        return datetime.fromtimestamp(self.changed_ns / 1e9, UTC)


def fetch_from_disk(errand: Errand, how: DiskFetch) -> FetchedFile | None:
    """Copy the file of a folder; None if it is the one that was taken before.

    Raises:
        Unavailable: The folder is not there (an unmounted share), nothing in it is complete yet,
            or the file changed while it was copied.
        AccessDenied: The folder or file may not be read.
        Rejected: No file fits.
    """
    path = Path(errand.fill(how.path))
    found = _chosen(errand, how, path)
    state = FilesState(tuple((one.path.name, one.size, str(one.changed_ns)) for one in found))
    if remembered(errand.state, FilesState) == state:
        return None
    with _landing(errand, how, called="fetched") as landing:
        if how.pick == "all":
            copies = []
            for number, one in enumerate(found):
                with _landing(errand, how, called=f"part-{number}") as part:
                    _copy(one, part, errand)
                    copies.append((label(one.path.name), part.land(name="", state="").path))
            bundle(copies, errand.into / "bundle.part", landing)
            name = BUNDLE
        else:
            _copy(found[0], landing, errand)
            name = found[0].path.name
        newest = max(one.changed_at for one in found)
        return landing.land(name=name, modified_at=newest, state=written(state))


def _landing(errand: Errand, how: DiskFetch, *, called: str) -> Landing:
    return Landing(errand.into, errand.source, _OPERATION, how.max_bytes, called=called)


def _chosen(errand: Errand, how: DiskFetch, path: Path) -> list[_Found]:
    """Return the newest file that fits, or all of them, oldest name first."""
    now = errand.clock.now()
    fitting = _fitting(errand, path)
    if not fitting:
        text = f"no file fits '{path.name}'; look into the folder and correct fetch.path"
        raise Rejected(errand.source, _OPERATION, text)
    # A clock of the share that runs ahead of ours must not hide a file for ever.
    settled = [one for one in fitting if abs(now - one.changed_at) >= how.settle]
    if how.pick == "all":
        if len(settled) < len(fitting):
            raise Unavailable(errand.source, _OPERATION, "a file is still being written")
        return sorted(settled, key=lambda one: one.path.name)
    if not settled:
        raise Unavailable(errand.source, _OPERATION, "the file is still being written")
    return [max(settled, key=lambda one: (one.changed_ns, one.path.name))]


def _fitting(errand: Errand, path: Path) -> list[_Found]:
    """Return the files whose names fit; Excel's lock files and hidden ones never do."""
    found = []
    try:
        with os.scandir(path.parent) as entries:
            for entry in entries:
                if entry.name.startswith(("~$", ".")) or entry.name.endswith(".part"):
                    continue
                if not fnmatchcase(entry.name.casefold(), path.name.casefold()):
                    continue
                try:
                    status = entry.stat()
                except FileNotFoundError:  # removed meanwhile, or a link to nowhere
                    continue
                if stat.S_ISREG(status.st_mode):
                    found.append(_Found(Path(entry.path), status.st_size, status.st_mtime_ns))
    except PermissionError as exc:
        text = f"{path.parent} may not be read; give westsync's user the right"
        raise AccessDenied(errand.source, _OPERATION, text) from exc
    except OSError as exc:
        text = f"{path.parent} is not there ({exc.strerror}); is the share mounted?"
        raise Unavailable(errand.source, _OPERATION, text) from exc
    return found


def _copy(found: _Found, landing: Landing, errand: Errand) -> None:
    """Copy a file and make sure that nobody wrote to it meanwhile."""
    try:
        with found.path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                landing.write(chunk)
            status = os.fstat(file.fileno())
    except PermissionError as exc:
        text = f"{found.path} may not be read; give westsync's user the right"
        raise AccessDenied(errand.source, _OPERATION, text) from exc
    except OSError as exc:
        text = f"reading {found.path} failed: {exc.strerror}"
        raise Unavailable(errand.source, _OPERATION, text) from exc
    if (status.st_size, status.st_mtime_ns) != (found.size, found.changed_ns):
        raise Unavailable(errand.source, _OPERATION, "the file changed while it was copied")

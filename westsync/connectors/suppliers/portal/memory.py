"""What is known of a portal over a restart: session, pace, log-ins, and why it is left alone.

A file of mode 0600 per source. It is written before a request leaves, so that a daemon that is
killed in a loop neither asks too fast nor locks the account by trying its password.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.cookiejar import Cookie, CookieJar, MozillaCookieJar
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from westsync.connectors.suppliers.portal.verdicts import Stop  # noqa: TC001 - msgspec reads annotations at run time
from westsync.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from westsync.domain.stock import SourceId

_DAY = timedelta(days=1)
_PAGES_KEPT = timedelta(days=7)
_BUSY_S = 60.0


class StoredCookie(msgspec.Struct, frozen=True):
    """A cookie; `expires` is in seconds since 1970, None: with the session."""

    name: str
    value: str
    domain: str
    path: str
    secure: bool
    expires: int | None


class Stopped(msgspec.Struct, frozen=True):
    """Why the portal is left alone.

    Attributes:
        at: Since when (UTC).
        until: Until when (UTC); None: until a person acts.
        because_of: Fingerprint of profile and secrets; with other ones it is tried again.
    """

    stop: Stop
    at: datetime
    detail: str
    because_of: str
    until: datetime | None = None


class Memory(msgspec.Struct):
    """All that is remembered of one portal.

    Attributes:
        logged_in_at: When the session began (UTC); None: there is none.
        requests, logins: Their moments (UTC) within the last day.
        setbacks: How often in a row we were asked to come later.
        not_before: No request before (UTC).
        encoding: Of its pages; questions are sent in the same.
    """

    cookies: tuple[StoredCookie, ...] = ()
    logged_in_at: datetime | None = None
    requests: list[datetime] = msgspec.field(default_factory=list)
    logins: list[datetime] = msgspec.field(default_factory=list)
    setbacks: int = 0
    not_before: datetime | None = None
    stopped: Stopped | None = None
    encoding: str = "utf-8"

    def forget_before(self, now: datetime) -> None:
        """Drop moments that no limit counts any more."""
        self.requests = [at for at in self.requests if now - at < _DAY]
        self.logins = [at for at in self.logins if now - at < _DAY]


class MemoryFolder:
    """Where the memories of all portals are."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; it is made when something is kept."""
        self._folder = folder

    def load(self, source: SourceId) -> Memory:
        """Return what is remembered; nothing if there is nothing that can be read."""
        try:
            return msgspec.json.decode((self._folder / f"{source}.json").read_bytes(), type=Memory)
        except (FileNotFoundError, msgspec.DecodeError):
            return Memory()

    def save(self, source: SourceId, memory: Memory) -> None:
        """Keep it durably."""
        self._write(self._folder / f"{source}.json", msgspec.json.encode(memory))

    def keep_page(self, source: SourceId, body: bytes, at: datetime) -> str:
        """Keep a page that a person should see for a week; return its name."""
        folder = self._folder / "pages"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for old in folder.glob(f"{source}-*.html"):
            if old.stat().st_mtime < (at - _PAGES_KEPT).timestamp():
                old.unlink(missing_ok=True)
        page = folder / f"{source}-{at:%Y%m%dT%H%M%S}.html"
        self._write(page, body)
        os.utime(page, (at.timestamp(), at.timestamp()))
        return f"{folder.parent.name}/pages/{page.name}"

    @contextmanager
    def alone(self, source: SourceId, base_url: str) -> Iterator[None]:
        """Be the only one who asks this host, in this process and others.

        Raises:
            Unavailable: Somebody else is asking it just now.
        """
        host = urlsplit(base_url).hostname or source
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._folder / f"{host}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as exc:
                text = "another question is being asked there; one at a time"
                raise Unavailable(source, f"ask {host}", text, _BUSY_S) from exc
            yield
        finally:
            os.close(descriptor)

    def _write(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor, for its mode
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)


def stored(jar: CookieJar) -> tuple[StoredCookie, ...]:
    """Return the cookies of a jar."""
    return tuple(
        StoredCookie(
            name=cookie.name,
            value=cookie.value or "",
            domain=cookie.domain,
            path=cookie.path,
            secure=cookie.secure,
            expires=cookie.expires,
        )
        for cookie in jar
    )


def put_back(cookies: Iterable[StoredCookie], jar: CookieJar) -> None:
    """Put cookies into a jar."""
    for cookie in cookies:
        jar.set_cookie(
            Cookie(
                version=0,
                name=cookie.name,
                value=cookie.value,
                port=None,
                port_specified=False,
                domain=cookie.domain,
                domain_specified=cookie.domain.startswith("."),
                domain_initial_dot=cookie.domain.startswith("."),
                path=cookie.path,
                path_specified=True,
                secure=cookie.secure,
                expires=cookie.expires,
                discard=cookie.expires is None,
                comment=None,
                comment_url=None,
                rest={},
            )
        )


def brought(path: Path) -> tuple[StoredCookie, ...]:
    """Return the cookies of a file that a browser exported (Netscape's form).

    Raises:
        OSError: It cannot be read, or is of another form.
    """
    jar = MozillaCookieJar(path)
    jar.load(ignore_discard=True, ignore_expires=True)
    # Browsers write 0 where a cookie ends with the session.
    return tuple(
        msgspec.structs.replace(cookie, expires=cookie.expires or None) for cookie in stored(jar)
    )

"""How a source's file is got: the section ``fetch`` (suppliers contract 3, 13).

Any text may hold ``${secret:name}``, which only the fetching code resolves; texts that do are never
logged. A URL with a token in it is a secret too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal  # noqa: TC003 - named in types that are resolved at run time

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """How the server's certificate is checked; the default is the system's way.

    Attributes:
        ca_file: PEM with the supplier's own authority.
        pin_sha256: Hex digest of the server's certificate (DER).
        insecure: No check at all: logged on each fetch, refuses to send credentials.
    """

    ca_file: str = ""
    pin_sha256: str = ""
    insecure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Auth:
    """How we show who we are.

    Attributes:
        kind: ``none``, ``basic``, ``bearer``, ``header`` or ``query``.
        name: Header or query parameter for the latter two.
        token: For ``bearer``, ``header`` and ``query``.
    """

    kind: str = "none"
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpFetch:
    """A file by link.

    Attributes:
        url: May hold ``{date:%d.%m.%y}`` and ``{timestamp}``.
        lookback_days: Days to try for a dated name, newest first; 0: today only.
        timeout: For the whole download.
    """

    url: str = field(repr=False)
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    form: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    auth: Auth = Auth()
    tls: Tls = Tls()
    lookback_days: int = 0
    max_bytes: int = 64 * MIB
    timeout: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class FtpFetch:
    """A file on an FTP server.

    Attributes:
        path: Absolute; the last part may be a shell pattern.
        pick: ``newest`` or ``all`` of the files that match.
        tls: ``never``, ``when_offered`` or ``always`` (explicit TLS).
        settle: The size must not change for this long, else the upload is in progress.
    """

    host: str
    port: int = 21
    user: str = field(default="anonymous", repr=False)
    password: str = field(default="", repr=False)
    path: str = "/"
    pick: str = "newest"
    tls: str = "when_offered"
    trust: Tls = Tls()
    settle: timedelta = timedelta(seconds=10)
    max_bytes: int = 64 * MIB
    timeout: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapFetch:
    """An attachment of the newest fitting letter; the mailbox is opened read-only.

    Attributes:
        senders: Addresses; empty: anybody.
        subject, subject_excludes: Text, or ``~regex``; empty: any.
        attachment: ``~regex`` of the file name; empty: any.
        max_age: Older letters are not looked at.
        token: XOAUTH2 access token instead of the password.
    """

    host: str
    port: int = 993
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    folder: str = "INBOX"
    senders: tuple[str, ...] = ()
    subject: str = ""
    subject_excludes: str = ""
    attachment: str = ""
    tls: Tls = Tls()
    max_age: timedelta = timedelta(days=3)
    max_bytes: int = 64 * MIB
    timeout: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskFetch:
    """A file in a folder or mounted share.

    Attributes:
        path: Absolute; the last part may be a shell pattern.
        settle: Younger files are still being written.
    """

    path: str
    pick: str = "newest"
    settle: timedelta = timedelta(seconds=30)
    max_bytes: int = 64 * MIB


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualFetch:
    """Files are brought by a person (``westsync stock load``)."""

    max_bytes: int = 64 * MIB


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonRequest:
    """One call of a JSON API.

    Attributes:
        body: JSON text with ``{token}`` and secrets; empty: no body.
        error: Path of a text that, when present and not empty, says that the call failed.
        file_base64: Path of a file inside the answer; empty: the answer is the data.
    """

    method: str
    url: str = field(repr=False)
    params: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: str = field(default="", repr=False)
    bearer: str = field(default="", repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    error: str = ""
    file_base64: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonLogin:
    """The call that gives a token.

    Attributes:
        token: Path of the token in the answer.
    """

    request: JsonRequest
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """How a list is walked: to the empty page, and compared with `total`.

    Attributes:
        kind: ``offset``, ``page`` or ``cursor``.
        param: Query parameter that moves.
        step: Rows of a page (offset, page).
        first: First value of the parameter.
        next: Path of the next cursor in the answer.
        total: Path of the number of rows; empty: not told.
    """

    kind: str
    param: str
    step: int = 100
    first: int = 0
    next: str = ""
    total: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonApiFetch:
    """A JSON API: log-in, then one call or many pages.

    Attributes:
        items: Path of the rows in each page; the file we keep is the list of all rows.
    """

    request: JsonRequest
    login: JsonLogin | None = None
    paging: Paging | None = None
    items: str = ""
    tls: Tls = Tls()
    pause: Decimal | None = None
    max_bytes: int = 64 * MIB
    timeout: timedelta = timedelta(minutes=10)


Fetch = HttpFetch | FtpFetch | ImapFetch | DiskFetch | ManualFetch | JsonApiFetch

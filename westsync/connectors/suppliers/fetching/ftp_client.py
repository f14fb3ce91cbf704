"""A conversation with an FTP server, its words turned into ours."""

from __future__ import annotations

import ftplib
import re
import ssl
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from westsync.connectors.suppliers.fetching.tls import (
    WrongCertificate,
    check_pin,
    tls_failure,
    trust,
)
from westsync.errors import AccessDenied, Rejected, Unavailable

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

    from westsync.connectors.suppliers.profile_fetch import FtpFetch
    from westsync.domain.stock import SourceId

SILENCE_S = 30.0
_BUSY_S = 60.0
_NOT_LOGGED_IN = "530"
_MOMENT = re.compile(r"213 (\d{14})")


class _Lines(ftplib.FTP_TLS):
    """FTP with optional TLS, whose data connections resume the session of the control one.

    Many servers insist on that, to know that both ends are the same; `ftplib` does not do it.
    """

    encrypts_data = False

    def ntransfercmd(
        self, cmd: str, rest: int | str | None = None
    ) -> tuple[socket.socket, int | None]:
        """Open a data connection."""
        # The method of plain FTP: the one of FTP_TLS would begin a TLS session of its own.
        line, size = ftplib.FTP.ntransfercmd(self, cmd, rest)  # noqa: S321 - suppliers offer FTP
        if self.encrypts_data and isinstance(self.sock, ssl.SSLSocket):
            line = self.context.wrap_socket(
                line, server_hostname=self.host, session=self.sock.session
            )
        return line, size


class FtpClient:
    """One connection; a context manager that logs in."""

    def __init__(self, source: SourceId, how: FtpFetch, user: str, password: str) -> None:
        """Prepare; nothing is sent.

        Args:
            source: For messages.
            how: Host, port and TLS.
            user: Log-in.
            password: Resolved.

        Raises:
            Rejected: ``trust.ca_file`` cannot be read, or ``trust.insecure`` forbids the password.
        """
        self._source, self._how = source, how
        self._user, self._password = user, password
        self.operation = f"ftp://{how.host}"
        context = trust(how.trust, source, credentials=bool(password))
        self._ftp = _Lines(context=context, timeout=SILENCE_S, encoding="utf-8")

    def __enter__(self) -> Self:
        """Connect, encrypt if wanted, log in.

        Raises:
            Unavailable: Nobody answers, or TLS is wanted and not offered.
            AccessDenied: The log-in is refused.
            Rejected: The certificate is not trusted.
        """
        try:
            with self._translated():
                self._ftp.connect(self._how.host, self._how.port)
                self._encrypt()
                self._ftp.login(self._user, self._password, secure=False)
                self._ftp.voidcmd("TYPE I")
        except BaseException:
            self._ftp.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Part; politely only if nothing went wrong, since a broken line answers no more."""
        if kind is None:
            with suppress(*ftplib.all_errors, ValueError):
                self._ftp.quit()
        self._ftp.close()

    @property
    def line(self) -> socket.socket | None:
        """The control connection; None before it stands."""
        return self._ftp.sock

    def names(self, folder: str) -> list[str]:
        """Return the names in a folder; Russian ones come as UTF-8 or cp1251."""
        listing: list[bytes] = []
        with self._translated():
            try:
                self._ftp.retrbinary(f"NLST {folder}", listing.append)
            except ftplib.error_perm as exc:
                # Some servers answer an empty folder so, others a missing one.
                if not str(exc).startswith("550"):
                    raise
                return []
        raw = b"".join(listing)
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            self._ftp.encoding = "cp1251"
            text = raw.decode("cp1251", errors="replace")
        return [name.rpartition("/")[2] for name in text.splitlines() if name]

    def size(self, path: str) -> int | None:
        """Return the size in bytes; None if the server does not tell."""
        with self._translated():
            try:
                return self._ftp.size(path)
            except ftplib.error_perm as exc:
                self._must_exist(exc, path)
                return None

    def changed_at(self, path: str) -> datetime | None:
        """Return when a file was changed (UTC, as MDTM says); None if the server does not tell."""
        with self._translated():
            try:
                reply = self._ftp.voidcmd(f"MDTM {path}")
            except ftplib.error_perm as exc:
                self._must_exist(exc, path)
                return None
        found = _MOMENT.match(reply)
        if found is None:
            return None
        with suppress(ValueError):
            return datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        return None

    def read(self, path: str, take: Callable[[bytes], object]) -> None:
        """Read a file piece by piece."""
        with self._translated():
            self._ftp.retrbinary(f"RETR {path}", take, blocksize=256 * 1024)

    def _must_exist(self, exc: ftplib.error_perm, path: str) -> None:
        """Accept that a command is not known; that a file is not there is another matter."""
        if str(exc).startswith("550"):
            name = path.rpartition("/")[2]
            text = f"there is no file '{name}', or it may not be read; correct fetch.path"
            raise Rejected(self._source, self.operation, text, 550) from exc

    def _encrypt(self) -> None:
        """Agree on TLS before the log-in, as the profile wants it."""
        how = self._how
        if how.tls == "never":
            return
        try:
            self._ftp.auth()
        except ftplib.error_perm as exc:
            if how.tls == "when_offered":
                return
            text = "the server offers no TLS; write tls: when_offered, or ask the supplier"
            raise Unavailable(self._source, self.operation, text) from exc
        check_pin(how.trust, self._ftp.sock)
        self._ftp.prot_p()
        self._ftp.encrypts_data = True

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn what `ftplib` raises into what the caller does next."""
        source, operation = self._source, self.operation
        try:
            yield
        except (WrongCertificate, ssl.SSLError) as exc:
            raise tls_failure(exc, source, operation) from exc
        except ftplib.error_perm as exc:
            code = str(exc)[:3]
            if code == _NOT_LOGGED_IN:
                text = "the log-in is refused (530); check fetch.user and the secret"
                raise AccessDenied(source, operation, text) from exc
            raise Rejected(
                source, operation, f"the server refuses ({code})", _number(code)
            ) from exc
        except ftplib.error_temp as exc:
            text = f"the server is busy ({str(exc)[:3]})"
            raise Unavailable(source, operation, text, _BUSY_S) from exc
        except (ftplib.Error, OSError, EOFError) as exc:
            text = f"the connection failed: {type(exc).__name__}"
            raise Unavailable(source, operation, text) from exc
        except ValueError as exc:  # not of the encoding, or a line break
            # Not chained: the exception quotes what was sent, the password perhaps.
            text = f"what we would send has signs the server cannot take ({type(exc).__name__})"
            raise Rejected(source, operation, text) from None


def _number(code: str) -> int | None:
    return int(code) if code.isdigit() else None

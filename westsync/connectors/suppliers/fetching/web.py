"""Requests to a supplier's web server: streamed, bounded, redirects looked at, secrets kept.

httpx is used through its own client here: the transport of the CRM paces one account and follows no
redirect, while a file comes from anywhere, once an hour.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urljoin, urlsplit

from westsync import __version__
from westsync.connectors.suppliers.fetching.tls import (
    WrongCertificate,
    cause_of_tls,
    check_pin,
    tls_failure,
    trust,
)
from westsync.connectors.suppliers.fetching.verdicts import TooLarge, Truncated
from westsync.errors import AccessDenied, Rejected, Unavailable, UnexpectedReply
from westsync.transport import retry_after_s

import httpx  # isort: skip  # westsync.transport keeps httpx from importing its command line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from westsync.connectors.suppliers.fetching.landing import Landing
    from westsync.connectors.suppliers.fetching.patience import Patience
    from westsync.connectors.suppliers.profile_fetch import Tls
    from westsync.domain.stock import SourceId

CONNECT_S, SILENCE_S = 10.0, 30.0
_MOST_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BECOMES_GET = frozenset({301, 302, 303})
_NOT_MODIFIED = 304
_PARTIAL = 206
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request.

    Attributes:
        url: With its secrets; never shown.
        headers: Besides the usual ones; dropped when a redirect leads to another host.
    """

    url: str = field(repr=False)
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came.

    Attributes:
        url: The final address.
        headers: Lower-case names.
        body: Empty if it went into a landing.
    """

    status: int
    url: str = field(repr=False)
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def is_unmodified(self) -> bool:
        """Whether the server says that what we know is still right."""
        return self.status == _NOT_MODIFIED


class Web:
    """Connections for one errand; a context manager."""

    def __init__(
        self, source: SourceId, tls: Tls, patience: Patience, *, credentials: bool
    ) -> None:
        """Prepare; nothing is sent.

        Args:
            source: For messages.
            tls: How certificates are checked.
            patience: The time for everything together.
            credentials: Whether secrets will be sent.

        Raises:
            Rejected: ``tls.ca_file`` cannot be read, or ``tls.insecure`` forbids the secrets.
        """
        self._source, self._tls, self._patience = source, tls, patience
        self._client = httpx.Client(
            verify=trust(tls, source, credentials=credentials),
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(SILENCE_S, connect=CONNECT_S),
            headers={"User-Agent": f"westsync/{__version__}", "Accept-Encoding": "gzip"},
        )

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self._client.close()

    def ask(self, ask: Ask, *, cap: int, landing: Landing | None = None) -> Answer:
        """Send a request and read the answer, redirects followed.

        Args:
            ask: What to send.
            cap: Longest body, after decompression.
            landing: Takes the body of a success.

        Raises:
            Unavailable: No connection, it broke, 429 or 5xx: try again later.
            AccessDenied: 401 or 403.
            Rejected: Another 4xx, an untrusted certificate, a redirect that cannot be followed.
            UnexpectedReply: Longer than the cap, shorter than announced, wrongly compressed.
        """
        operation = f"{ask.method} {shown(ask.url)}"
        for _ in range(_MOST_REDIRECTS + 1):
            self._patience.check()
            try:
                found = self._exchange(ask, operation, cap, landing)
            except (httpx.InvalidURL, ValueError) as exc:
                # Not chained: the exception quotes the address, or a header.
                text = f"not an address ({type(exc).__name__}); check fetch.url"
                raise Rejected(self._source, operation, text) from None
            except (httpx.TransportError, WrongCertificate) as exc:
                if cause := cause_of_tls(exc):
                    raise tls_failure(cause, self._source, operation) from exc
                text = f"the connection failed: {type(exc).__name__}"
                raise Unavailable(self._source, operation, text) from exc
            if isinstance(found, Answer):
                return found
            ask = found
        raise Rejected(self._source, operation, f"more than {_MOST_REDIRECTS} redirects")

    def _exchange(
        self, ask: Ask, operation: str, cap: int, landing: Landing | None
    ) -> Answer | Ask:
        """Return the answer, or the request that a redirect asks for."""
        with self._client.stream(
            ask.method,
            ask.url,
            headers=[(name.encode(), value.encode()) for name, value in ask.headers.items()],
            content=ask.body,
            extensions={"trace": self._look_at_certificate},
        ) as response:
            headers = {name.lower(): value for name, value in response.headers.items()}
            status = response.status_code
            if status in _REDIRECTS and headers.get("location"):
                return self._redirected(ask, operation, status, headers["location"])
            if status != _NOT_MODIFIED:
                self._refuse(operation, status, headers)
            body = self._body(response, headers, operation, cap, landing)
        return Answer(status=status, url=ask.url, headers=headers, body=body)

    def _refuse(self, operation: str, status: int, headers: Mapping[str, str]) -> None:
        """Raise what a status other than success means."""
        source = self._source
        if status == _PARTIAL:
            raise Truncated(source, operation, "only a part of it came (206), and we asked for all")
        if 200 <= status < 300:
            return
        if status == 429 or status >= 500 or status == 408:
            wait = None
            if headers.get("retry-after"):
                wait = retry_after_s(headers, self._patience.clock.now())
            raise Unavailable(source, operation, f"answered {status}", wait)
        if status in {401, 403}:
            text = f"answered {status}; check auth: and its secrets, or ask the supplier"
            raise AccessDenied(source, operation, text)
        raise Rejected(source, operation, f"answered {status}; check the address", status)

    def _redirected(self, ask: Ask, operation: str, status: int, location: str) -> Ask:
        """Return the next request; our credentials never go to another host."""
        target = urljoin(ask.url, location)
        before, after = urlsplit(ask.url), urlsplit(target)
        if after.scheme not in _PORTS or not after.hostname:
            raise Rejected(self._source, operation, "redirected to what is no web address", status)
        if before.scheme == "https" and after.scheme == "http":
            text = "redirected from https to http; ask the supplier for the right address"
            raise Rejected(self._source, operation, text, status)
        becomes_get = status in _BECOMES_GET and ask.method != "GET"
        moved = replace(ask, url=target)
        if becomes_get:
            moved = replace(moved, method="GET", body=None)
        if before.hostname == after.hostname and _port(after) in {_port(before), 443}:
            return moved
        if moved.body is not None:
            text = "redirected to another host with a form; check the address"
            raise Rejected(self._source, operation, text, status)
        return replace(moved, headers={})

    def _body(
        self,
        response: httpx.Response,
        headers: Mapping[str, str],
        operation: str,
        cap: int,
        landing: Landing | None,
    ) -> bytes:
        """Read, inflate and cap a body piece by piece; check its length against the announced."""
        kept: list[bytes] = []
        size = 0
        for data in self._inflated(response, headers, operation, cap):
            self._patience.check()
            size += len(data)
            if landing is not None:
                landing.write(data)
            elif size > cap:
                raise TooLarge(self._source, operation, f"the answer is longer than {cap} bytes")
            else:
                kept.append(data)
        announced = headers.get("content-length", "")
        plain = headers.get("content-encoding", "identity") in {"", "identity"}
        if plain and announced.isdigit() and int(announced) != size and response.status_code != 304:
            text = f"{size} of {announced} bytes came"
            raise Truncated(self._source, operation, text)
        return b"".join(kept)

    def _inflated(
        self, response: httpx.Response, headers: Mapping[str, str], operation: str, cap: int
    ) -> Iterator[bytes]:
        """Yield the body's pieces; a bomb is cut while it grows."""
        encoding = headers.get("content-encoding", "identity").strip().lower()
        if encoding in {"", "identity"}:
            yield from response.iter_raw()
            return
        if encoding not in {"gzip", "x-gzip"}:
            text = "the answer is compressed in a way that was not asked for"
            raise UnexpectedReply(self._source, operation, text)
        inflate, size = zlib.decompressobj(31), 0
        for chunk in response.iter_raw():
            rest = chunk
            while rest and not inflate.eof:
                try:
                    data = inflate.decompress(rest, cap - size + 1)
                except zlib.error as exc:
                    text = "the answer is not gzip although it says so"
                    raise UnexpectedReply(self._source, operation, text) from exc
                size += len(data)
                rest = inflate.unconsumed_tail
                yield data
        if not inflate.eof:
            raise Truncated(self._source, operation, "the compressed answer ends in the middle")

    @property
    def _look_at_certificate(self) -> Callable[[str, Mapping[str, Any]], None]:
        """Compare the pin as soon as TLS stands, before a byte of the request leaves."""

        def look(event: str, info: Mapping[str, Any]) -> None:
            if event == "connection.start_tls.complete":
                line = info["return_value"]
                try:
                    check_pin(self._tls, line.get_extra_info("socket"))
                except WrongCertificate:
                    line.close()
                    raise

        return look


def shown(url: str) -> str:
    """Return what of an address may be told: scheme and host, since the rest may be a secret."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or "?"
        return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")
    except ValueError:
        return "?"


def _port(parts: Any) -> int:  # noqa: ANN401 - typeshed has no public name for urlsplit's result
    return int(parts.port or _PORTS[parts.scheme])

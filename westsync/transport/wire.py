"""One exchange over HTTP with an exact deadline, and the knowledge whether anything was sent."""

from __future__ import annotations

import asyncio
import ssl
import zlib
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any

import httpx

from westsync import __version__
from westsync.failpoints import failpoint
from westsync.transport.calls import Call, Reply, Unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CONNECT_S = 5.0
KEEPALIVE_S = 4.0
POOL = httpx.Limits(max_connections=2, max_keepalive_connections=2, keepalive_expiry=KEEPALIVE_S)


class NothingSent(Exception):
    """The exchange failed before the first byte of the request left."""


class Broken(Exception):
    """The exchange failed after the request began to leave."""


class Wire:
    """Connections to one host. Calls are synchronous; a private event loop does the waiting.

    The loop is there because only it can end a call exactly at its deadline, however slowly the
    other side drips its bytes. No redirect is followed, no proxy variable is heeded, TLS is always
    verified.
    """

    def __init__(
        self, base_url: str, *, ca_file: Path | None = None, keeps_cookies: bool = True
    ) -> None:
        """Connect lazily.

        Args:
            base_url: Scheme, host and port, perhaps a path; targets are appended.
            ca_file: PEM file of a company's own authority, trusted besides the public ones.
            keeps_cookies: Whether cookies of answers go with later calls by themselves.
        """
        self._base_url = base_url.rstrip("/")
        self._runner = asyncio.Runner()
        self._client = httpx.AsyncClient(
            verify=_trust(self._base_url, ca_file),
            trust_env=False,
            follow_redirects=False,
            limits=POOL,
            timeout=httpx.Timeout(None, connect=CONNECT_S, pool=CONNECT_S),
            headers={"User-Agent": f"westsync/{__version__}", "Accept-Encoding": "gzip"},
        )
        if not keeps_cookies:
            self._client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=()))

    def close(self) -> None:
        """Close the connections and the loop."""
        self._runner.run(self._client.aclose())
        self._runner.close()

    def exchange(self, call: Call, headers: Mapping[str, str], seconds: float) -> Reply:
        """Send a call and read the whole answer.

        Args:
            call: What to send.
            headers: Headers besides the call's own, e.g. the bearer token.
            seconds: Deadline of everything together.

        Raises:
            NothingSent: It is certain that the other side did not get the request.
            Broken: It may have got it.
            Unreadable: The answer is too large or wrongly compressed.
        """
        return self._runner.run(self._exchange(call, headers, seconds))

    async def _exchange(self, call: Call, headers: Mapping[str, str], seconds: float) -> Reply:
        progress = _Progress()
        try:
            async with asyncio.timeout(seconds):
                return await self._send(call, headers, progress)
        except TimeoutError as exc:
            text = f"no complete answer within {seconds:.0f} s"
            raise (Broken(text) if progress.sent else NothingSent(text)) from exc
        except (httpx.TransportError, httpx.InvalidURL) as exc:
            text = f"{type(exc).__name__}: {exc}" if str(exc) else type(exc).__name__
            raise (Broken(text) if progress.sent else NothingSent(text)) from exc

    async def _send(self, call: Call, headers: Mapping[str, str], progress: _Progress) -> Reply:
        failpoint("transport.before_send")
        async with self._client.stream(
            call.method,
            self._base_url + call.target,
            content=call.body,
            headers={**headers, **call.headers},
            extensions={"trace": progress},
        ) as response:
            body = await _read_body(response, call)
        failpoint("transport.after_reply")
        lower = {name.lower(): value for name, value in response.headers.items()}
        return Reply(status=response.status_code, headers=lower, body=body)


class _Progress:
    """Watches httpcore's trace to know whether the request began to leave."""

    def __init__(self) -> None:
        self.sent = False

    async def __call__(self, event: str, info: Mapping[str, Any]) -> None:  # noqa: ARG002 - httpcore's signature
        if event.endswith("send_request_headers.started"):
            self.sent = True
        elif event.endswith("send_request_body.complete"):
            failpoint("transport.after_send")


async def _read_body(response: httpx.Response, call: Call) -> bytes:
    """Read, decompress and cap a body piece by piece, so that a bomb is cut while it grows.

    Raises:
        Unreadable: Larger than the cap, or not what its ``Content-Encoding`` says.
    """
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"identity", "gzip", "x-gzip", ""}:
        raise Unreadable(f"Content-Encoding {encoding!r} was not asked for")
    inflate = zlib.decompressobj(31) if "gzip" in encoding else None
    to_sink = call.sink is not None and response.is_success
    kept: list[bytes] = []
    size = 0
    async for chunk in response.aiter_raw():
        data = chunk if inflate is None else _inflated(inflate, chunk, call.cap_bytes - size + 1)
        size += len(data)
        if size > call.cap_bytes:
            raise Unreadable(f"answer larger than {call.cap_bytes} bytes, reading stopped")
        if to_sink and call.sink is not None:
            call.sink.write(data)
        else:
            kept.append(data)
    if inflate is not None and size and not inflate.eof:
        raise Unreadable("the compressed answer ends in the middle")
    return b"".join(kept)


def _inflated(inflate: zlib._Decompress, chunk: bytes, room: int) -> bytes:
    try:
        return inflate.decompress(chunk, room)
    except zlib.error as exc:
        raise Unreadable(f"not gzip although it says so: {exc}") from exc


def _trust(base_url: str, ca_file: Path | None) -> ssl.SSLContext:
    if not base_url.startswith("https:"):
        # Nothing will be encrypted (a loopback stand-in); an empty context costs nothing to make
        # and trusts nobody, should the address ever become https.
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context = httpx.create_ssl_context(trust_env=False)
    if ca_file is not None:
        context.load_verify_locations(cafile=ca_file)
    return context

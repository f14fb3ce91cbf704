"""The line to one portal: paced requests, bounded pages, and when it is to be left alone."""

from __future__ import annotations

import secrets as random
from datetime import timedelta
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlencode, urljoin, urlsplit

import structlog

from westsync import __version__
from westsync.connectors.suppliers.portal.memory import Stopped, put_back, stored
from westsync.connectors.suppliers.portal.pacing import closed_for, distance, setback, used_up_for
from westsync.connectors.suppliers.portal.page import Page
from westsync.connectors.suppliers.portal.verdicts import Stop, stopped
from westsync.errors import Rejected, Unavailable
from westsync.transport import retry_after_s

import httpx  # isort: skip  # westsync.transport keeps httpx from importing its command line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from westsync.connectors.suppliers.portal.memory import Memory, MemoryFolder
    from westsync.connectors.suppliers.profile_portal import PortalProfile
    from westsync.domain.stock import SourceId
    from westsync.ports import Clock

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 3
_LONGEST_PAGE = 8 * 1024 * 1024
_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
_TOGETHER_S = 120.0
_LAYOUT_PAUSE = timedelta(hours=1)

log = structlog.get_logger()


class Line:
    """Sends requests to one portal, one at a time.

    Attributes:
        memory: What is known over a restart; written before each request leaves.
        operation: For messages.
    """

    def __init__(
        self,
        source: SourceId,
        portal: PortalProfile,
        *,
        folder: MemoryFolder,
        clock: Clock,
        fingerprint: str,
        contact: str = "",
        chance: Callable[[], float] | None = None,
    ) -> None:
        """Prepare; nothing is sent.

        Args:
            source: Of the portal.
            portal: Section ``portal`` of its profile.
            folder: Where the memory is.
            clock: Time.
            fingerprint: Of profile and secrets; a stop holds only while it is the same.
            contact: How the portal's people reach the company; stands in the User-Agent.
            chance: Source of jitter in [0, 1).
        """
        self.memory: Memory = folder.load(source)
        self.operation = f"ask {urlsplit(portal.base_url).hostname}"
        self._source, self._portal = source, portal
        self._folder, self._clock, self._fingerprint = folder, clock, fingerprint
        self._chance = chance or random.SystemRandom().random
        agent = f"westsync/{__version__}" + (f" (+{contact})" if contact else "")
        self._client = httpx.Client(
            trust_env=False,
            follow_redirects=False,
            timeout=_TIMEOUT,
            headers={"User-Agent": agent, "Accept": "text/html"},
        )
        put_back(self.memory.cookies, self._client.cookies.jar)
        self._last: Page | None = None

    def close(self) -> None:
        """Keep cookies and moments, and close the connection."""
        self.memory.cookies = stored(self._client.cookies.jar)
        self._folder.save(self._source, self.memory)
        self._client.close()

    @property
    def cookies(self) -> dict[str, str]:
        """The portal's cookies by name."""
        return {cookie.name: cookie.value or "" for cookie in self._client.cookies.jar}

    def forget_cookies(self) -> None:
        """Begin a new session."""
        self._client.cookies.clear()

    def must_be_open(self) -> None:
        """Go on only if nothing stands against asking.

        Raises:
            AccessDenied, LayoutChanged: The portal was stopped and nobody has acted since.
            Unavailable: We were asked to come later.
        """
        memory, now = self.memory, self._clock.now()
        memory.forget_before(now)
        known = memory.stopped
        if known is not None:
            over = known.until is not None and now >= known.until
            if not over and known.because_of == self._fingerprint:
                detail = f"{known.detail} (since {known.at:%Y-%m-%d %H:%M} UTC)"
                raise stopped(known.stop, self._source, self.operation, detail)
            memory.stopped = None
        if memory.not_before is not None and now < memory.not_before:
            wait = (memory.not_before - now).total_seconds()
            raise Unavailable(self._source, self.operation, "it asked us to come later", wait)

    # -- requests ------------------------------------------------------------------------------

    def exchange(
        self,
        method: str,
        path: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Page:
        """Send one paced request and follow its redirects on the same host.

        Args:
            method: ``GET`` or ``POST``.
            path: Below the portal's address, or an absolute address on its host.
            params: Sent in the query or the body, in the encoding of the portal's pages.
            headers: Besides the usual ones.

        Raises:
            Unavailable: No connection, outside the hours, or a budget is used up.
            LayoutChanged: It leads to another host.
            Rejected: Too many redirects, or a page without end.
        """
        url, sent = urljoin(f"{self._portal.base_url}/", path), dict(headers or {})
        body: bytes | None = None
        if params:
            # As browsers do it: in the encoding of the page with the form.
            text = urlencode(params, encoding=self.memory.encoding, errors="xmlcharrefreplace")
            if method == "POST":
                body = text.encode("ascii")
                sent["Content-Type"] = "application/x-www-form-urlencoded"
            else:
                url += ("&" if urlsplit(url).query else "?") + text
        self._must_be_ours(url)
        self._pace()
        for _ in range(_MOST_REDIRECTS + 1):
            page = self._once(method, url, body, sent)
            location = page.headers.get("location")
            if page.status not in _REDIRECTS or not location:
                if page.body:
                    self.memory.encoding = page.encoding
                self._last = page
                return page
            url = self._target(url, location)
            if page.status not in {307, 308}:
                method, body = "GET", None
                sent.pop("Content-Type", None)
        raise Rejected(self._source, self.operation, f"more than {_MOST_REDIRECTS} redirects")

    def _once(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Page:
        """Send one request and read a page of bounded length, within bounded time."""
        until = self._clock.monotonic() + _TOGETHER_S
        try:
            with self._client.stream(method, url, content=body, headers=dict(headers)) as reply:
                told = {name.lower(): value for name, value in reply.headers.items()}
                kept, size = [], 0
                for chunk in reply.iter_bytes():
                    size += len(chunk)
                    if size > _LONGEST_PAGE:
                        text = f"the page is longer than {_LONGEST_PAGE} bytes"
                        raise Rejected(self._source, self.operation, text)
                    if self._clock.monotonic() > until:
                        self.come_later(None, "the page does not end")
                    kept.append(chunk)
        except (httpx.TransportError, httpx.DecodingError) as exc:
            self.come_later(None, f"the connection failed: {type(exc).__name__}")
        return Page(status=reply.status_code, url=url, headers=told, body=b"".join(kept))

    def _target(self, url: str, location: str) -> str:
        """Return where a redirect leads, if that is a place we go to."""
        try:
            target = urljoin(url, location)
            self._must_be_ours(target)
            httpx.URL(target)
        except (ValueError, httpx.InvalidURL):
            self.stop(Stop.LAYOUT_CHANGED, "the portal leads to what is no address", self._last)
        return target

    def _must_be_ours(self, url: str) -> None:
        """Send nothing to another host, and nothing unencrypted after an encrypted beginning."""
        own, other = urlsplit(self._portal.base_url), urlsplit(url)
        same = own.hostname == other.hostname and (own.scheme, other.scheme) != ("https", "http")
        if not same or other.scheme not in {"http", "https"}:
            text = f"the portal leads to another place: {other.scheme}://{other.hostname}"
            self.stop(Stop.LAYOUT_CHANGED, text, self._last)

    def _pace(self) -> None:
        """Wait for the next request's moment and write it down, before it leaves."""
        pace, memory, clock = self._portal.pace, self.memory, self._clock
        now = clock.now()
        if (wait := closed_for(pace, now)) and pace.window is not None:
            text = f"it is asked only from {pace.window[0]:%H:%M} to {pace.window[1]:%H:%M}"
            raise Unavailable(self._source, self.operation, text, wait.total_seconds())
        if wait := used_up_for(memory.requests, pace.per_hour, pace.per_day, now):
            text = "the budget of requests is used up (portal.pace)"
            raise Unavailable(self._source, self.operation, text, wait.total_seconds())
        if wait := distance(pace, memory.requests, now, self._chance()):
            clock.wait(wait.total_seconds())
        memory.requests.append(clock.now())
        self._folder.save(self._source, memory)

    # -- giving up -----------------------------------------------------------------------------

    def come_later(self, page: Page | None, detail: str) -> NoReturn:
        """Leave the portal alone for a while: as long as it says, else 5, 15, 60 minutes.

        Raises:
            Unavailable: Always.
        """
        memory, now = self.memory, self._clock.now()
        memory.setbacks += 1
        pause = setback(memory.setbacks)
        if page is not None and page.headers.get("retry-after"):
            pause = timedelta(seconds=retry_after_s(page.headers, now))
        memory.not_before = now + pause
        raise Unavailable(self._source, self.operation, detail, pause.total_seconds())

    def stop(self, stop: Stop, detail: str, page: Page | None, *, passes: bool = True) -> NoReturn:
        """Leave the portal alone until a person acts; for an hour if only the layout changed.

        Args:
            stop: Why.
            detail: For people.
            page: To be kept for them.
            passes: Whether a changed layout is looked at again by itself.

        Raises:
            AccessDenied, LayoutChanged: Always.
        """
        now = self._clock.now()
        if page is not None and page.body:
            detail += f"; page kept as {self._folder.keep_page(self._source, page.body, now)}"
        is_brief = passes and stop is Stop.LAYOUT_CHANGED
        self.memory.stopped = Stopped(
            stop=stop,
            at=now,
            detail=detail,
            because_of=self._fingerprint,
            until=now + _LAYOUT_PAUSE if is_brief else None,
        )
        log.error("stock.portal_stopped", source=self._source, verdict=str(stop))
        raise stopped(stop, self._source, self.operation, detail)

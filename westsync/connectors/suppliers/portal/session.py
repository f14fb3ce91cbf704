"""A session with one portal: each answer classified, one log-in when it is needed."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, NoReturn, Self

import structlog

from westsync.connectors.suppliers.portal.classification import Kind, classified
from westsync.connectors.suppliers.portal.forms import FormMissing, csrf_headers, filled_form
from westsync.connectors.suppliers.portal.line import Line
from westsync.connectors.suppliers.portal.pacing import used_up_for
from westsync.connectors.suppliers.portal.verdicts import Stop
from westsync.errors import AccessDenied, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from westsync.connectors.suppliers.portal.memory import MemoryFolder
    from westsync.connectors.suppliers.portal.page import Page
    from westsync.connectors.suppliers.profile import Profile
    from westsync.connectors.suppliers.profile_portal import Login, PortalProfile
    from westsync.connectors.suppliers.secrets import Secrets
    from westsync.ports import Clock

_NO_TIME = timedelta()
_STOPS = {
    Kind.BLOCKED: (Stop.BLOCKED, "the portal refuses us"),
    Kind.CAPTCHA: (Stop.CAPTCHA, "the portal shows a captcha"),
    Kind.LOGGED_OUT: (Stop.LAYOUT_CHANGED, "it wants a log-in"),
    Kind.LAYOUT_CHANGED: (Stop.LAYOUT_CHANGED, "the page is not the expected one"),
}

log = structlog.get_logger()


class Session:
    """One conversation; a context manager that keeps cookies and moments on the way out."""

    def __init__(
        self,
        profile: Profile,
        portal: PortalProfile,
        *,
        folder: MemoryFolder,
        secrets: Secrets,
        clock: Clock,
        contact: str = "",
        chance: Callable[[], float] | None = None,
    ) -> None:
        """Prepare; nothing is sent.

        Args:
            profile: Of the source.
            portal: Its section ``portal``.
            folder: Where the memory is.
            secrets: For the log-in.
            clock: Time.
            contact: How the portal's people reach the company; stands in the User-Agent.
            chance: Source of jitter in [0, 1).

        Raises:
            AccessDenied: A secret of the log-in is not there.
        """
        self._source, self._portal, self._clock = profile.id, portal, clock
        fields = () if portal.login is None else portal.login.fields
        self._values = {name: secrets.fill(text, profile.id) for name, text in fields}
        told = "\n".join((profile.revision, *self._values.values()))
        self._page: Page | None = None
        self._line = Line(
            profile.id,
            portal,
            folder=folder,
            clock=clock,
            fingerprint=hashlib.blake2b(told.encode(), digest_size=16).hexdigest(),
            contact=contact,
            chance=chance,
        )

    def __enter__(self) -> Self:
        """Begin, unless the portal is to be left alone.

        Raises:
            AccessDenied, LayoutChanged: It was stopped and nobody has acted since.
            Unavailable: We were asked to come later.
        """
        try:
            self._line.must_be_open()
        except BaseException:
            self._line.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Keep the session and close."""
        self._line.close()

    def ask(
        self,
        path: str,
        kind_of: Callable[[Page], Kind],
        *,
        method: str = "GET",
        params: Mapping[str, str] | None = None,
    ) -> tuple[Page, Kind]:
        """Ask for a page; log in first where needed, and once more if we were logged out.

        Args:
            path: Of the page, or its absolute address on the portal's host.
            kind_of: Classifies the answer.
            method: ``GET`` or ``POST``.
            params: Of the search.

        Returns:
            The page, and `Kind.FINE` or `Kind.EMPTY`.

        Raises:
            Unavailable: Maintenance, too many requests, outside the hours, a budget is used up.
            AccessDenied: `PasswordRefused`, `CaptchaShown`, `Blocked`: the source stops.
            LayoutChanged: The page is another one; it was kept.
        """
        self._need_session()
        page = self._asked(method, path, params)
        kind = kind_of(page)
        login = self._portal.login
        if kind is Kind.LOGGED_OUT and login is not None:
            self._line.memory.logged_in_at = None
            self._log_in(login)
            page = self._asked(method, path, params)
            kind = kind_of(page)
            if kind is Kind.LOGGED_OUT:
                text = "it logged us out right after a log-in"
                self._line.stop(Stop.LAYOUT_CHANGED, text, page, passes=False)
        if kind not in {Kind.FINE, Kind.EMPTY}:
            self._give_up(kind, page)
        self._line.memory.setbacks = 0
        self._line.memory.not_before = None
        return page, kind

    def stop_for_layout(self, detail: str, page: Page) -> NoReturn:
        """Leave the portal alone for an hour, because a page is not the expected one.

        Raises:
            LayoutChanged: Always.
        """
        self._line.stop(Stop.LAYOUT_CHANGED, detail, page)

    def _asked(self, method: str, path: str, params: Mapping[str, str] | None) -> Page:
        """Send a request, with the value against forged forms if it posts."""
        headers: dict[str, str] = {}
        csrf = None if self._portal.login is None else self._portal.login.csrf
        if method == "POST" and csrf is not None and self._page is not None:
            try:
                headers = csrf_headers(self._page, csrf, self._line.cookies)
            except FormMissing:
                headers = {}  # the portal will say so, if it minds
        self._page = self._line.exchange(method, path, params, headers)
        return self._page

    # -- logging in ----------------------------------------------------------------------------

    def _need_session(self) -> None:
        """Log in if there is no session, or it is too old."""
        portal, memory = self._portal, self._line.memory
        if portal.transport == "browser" and not memory.cookies:
            text = "it needs a browser; log in there and bring its cookies"
            raise AccessDenied(self._source, self._line.operation, text)
        if portal.login is None or portal.transport == "browser":
            return
        began = memory.logged_in_at
        if began is None or not _NO_TIME <= self._clock.now() - began < portal.session_age:
            self._log_in(portal.login)

    def _log_in(self, login: Login) -> None:
        """Log in once. A refusal stops the source: it is never tried again by itself."""
        line, memory = self._line, self._line.memory
        if self._portal.transport == "browser":
            text = "the session is over; log in with a browser and bring its cookies"
            raise AccessDenied(self._source, line.operation, text)
        if wait := used_up_for(memory.logins, login.per_hour, login.per_day, self._clock.now()):
            text = "it was logged in too often; waiting protects the account"
            raise Unavailable(self._source, line.operation, text, wait.total_seconds())
        line.forget_cookies()
        page = self._asked("GET", login.page, None)
        kind = classified(page, self._portal.detect, on_login=True)
        if kind is not Kind.FINE:
            self._give_up(kind, page)
        try:
            form = filled_form(page, login, self._values, line.cookies)
        except FormMissing as exc:
            line.stop(Stop.LAYOUT_CHANGED, str(exc), page)
        # Written down with the request, before the password leaves.
        memory.logins.append(self._clock.now())
        self._judge(login, line.exchange("POST", form.url, form.values, form.headers))
        memory.logged_in_at = self._clock.now()
        log.info("stock.portal_logged_in", source=self._source)

    def _judge(self, login: Login, answer: Page) -> None:
        """Go on only if the answer to a log-in is a success without doubt."""
        stop = self._line.stop
        kind = classified(answer, self._portal.detect, on_login=True)
        if answer.shows(login.failure):
            stop(Stop.PASSWORD_REFUSED, "the log-in was refused", answer)
        if kind is not Kind.FINE:
            self._give_up(kind, answer)
        if answer.shows(login.success):
            self._page = answer
            return
        if answer.status == 401 or answer.tree.css_first(login.form) is not None:
            stop(Stop.PASSWORD_REFUSED, "the log-in form came again", answer)
        text = "after the log-in 'success' is not seen"
        stop(Stop.LAYOUT_CHANGED, text, answer, passes=False)

    def _give_up(self, kind: Kind, page: Page) -> NoReturn:
        """Raise what a page that is no result means."""
        if kind is Kind.RETRY_LATER:
            self._line.come_later(page, f"it is not available now (status {page.status})")
        stop, detail = _STOPS.get(kind, _STOPS[Kind.LAYOUT_CHANGED])
        self._line.stop(stop, f"{detail} (status {page.status})", page)

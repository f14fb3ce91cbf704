"""How a supplier's web portal is asked: the section ``portal`` (suppliers contract 9, 13.4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """By what a page is recognised; several members filled mean any of them.

    Attributes:
        url: Part of the final address.
        css: Selector that finds something.
        text: Texts, case ignored.
    """

    url: str = ""
    css: str = ""
    text: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How slowly we ask; the defaults are the contract's politeness (suppliers contract 9)."""

    min_interval: timedelta = timedelta(seconds=5)
    jitter: timedelta = timedelta(seconds=3)
    per_hour: int = 60
    per_day: int = 300
    window: tuple[time, time] | None = (time(8), time(20))
    zone: str = "Europe/Moscow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Csrf:
    """Where the anti-forgery value is: exactly one member is filled.

    Attributes:
        input: Name of a hidden input.
        meta: Name of a meta tag, sent as `header`.
        cookie: Name of a cookie, sent as `header`.
        response_header: Header of an answer, sent as `header`.
        header: Request header for the latter three.
    """

    input: str = ""
    meta: str = ""
    cookie: str = ""
    response_header: str = ""
    header: str = "X-CSRF-Token"


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """The log-in form.

    Attributes:
        page: Path of the page with the form.
        form: Selector of the form; all its hidden inputs are sent along.
        fields: Name -> value with secrets.
        success, failure: Success must be seen and failure must not.
    """

    page: str
    form: str = "form"
    fields: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    csrf: Csrf | None = None
    success: Sign = Sign()
    failure: Sign = Sign()
    per_hour: int = 2
    per_day: int = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Detect:
    """What tells a page from a result, in the contract's order; None: cannot be told."""

    blocked: Sign | None = None
    captcha: Sign | None = None
    maintenance: Sign | None = None
    login_required: Sign | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """One way to search.

    Attributes:
        by: ``article`` or ``name``.
        method: ``GET`` or ``POST``.
        params: Name -> text with ``{article}``, ``{brand}``, ``{model}``, ``{name}``.
    """

    by: str
    path: str
    method: str = "GET"
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPage:
    """How a page of results is read.

    Attributes:
        must_have: Selector without which the layout has changed; not asked of an empty result.
        empty: Proof that nothing was found.
        row: Selector of one offer.
        next_page: Selector of the link to the next page; empty: there is only one.
        pages: Pages to read at most.
    """

    row: str
    must_have: str = ""
    empty: Sign = Sign()
    next_page: str = ""
    pages: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalProfile:
    """A portal.

    Attributes:
        transport: ``http``; ``browser`` is not built in: cookies are brought by a person.
        session_age: How long a session's cookies are reused.
    """

    base_url: str
    transport: str = "http"
    pace: Pace = Pace()
    login: Login | None = None
    session_age: timedelta = timedelta(hours=8)
    detect: Detect = Detect()
    search: tuple[Search, ...] = ()
    result: ResultPage

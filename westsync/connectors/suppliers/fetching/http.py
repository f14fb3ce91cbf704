"""A file by link: conditional, dated names, every answer looked at before it is believed."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from datetime import UTC, timedelta
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlencode, urlsplit

from westsync.connectors.suppliers.fetching.landing import Landing
from westsync.connectors.suppliers.fetching.pages import refuse_page
from westsync.connectors.suppliers.fetching.patience import persistently
from westsync.connectors.suppliers.fetching.state import HttpState, remembered, written
from westsync.connectors.suppliers.fetching.web import Answer, Ask, Web, shown
from westsync.connectors.suppliers.secrets import has_secret
from westsync.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from westsync.connectors.suppliers.fetching.errand import Errand
    from westsync.connectors.suppliers.profile_fetch import HttpFetch
    from westsync.ports.stock import FetchedFile

_DATE = re.compile(r"(?<!\$)\{date:([^{}]+)\}")
_TIMESTAMP = "{timestamp}"
_GONE = frozenset({404, 410})


def fetch_http(errand: Errand, how: HttpFetch) -> FetchedFile | None:
    """Fetch a file by link; None if the server says that it did not change.

    Raises:
        Unavailable, AccessDenied, Rejected, UnexpectedReply: As `Web.ask` says; `NotAFile` if a
            page came.
    """
    operation = f"{how.method} {shown(errand.fill(how.url))}"
    patience = errand.patience(operation, how.timeout)
    addresses = tuple(_addresses(errand, how))
    with Web(errand.source, how.tls, patience, credentials=_has_secrets(how)) as web:
        for number, address in enumerate(addresses, start=1):
            request = _Request(errand, how, address, operation, web)
            try:
                return persistently(patience, request.fetch)
            except Rejected as exc:
                if exc.status not in _GONE or number == len(addresses):
                    raise
    raise AssertionError  # there is at least one address


def _has_secrets(how: HttpFetch) -> bool:
    """Whether the request tells who we are."""
    told = (how.url, *(value for _, value in (*how.headers, *how.form)))
    return how.auth.kind != "none" or any(map(has_secret, told))


def _addresses(errand: Errand, how: HttpFetch) -> Iterator[str]:
    """Yield the addresses to try, the newest day first; ``{timestamp}`` still stands in them."""
    today = errand.clock.now().astimezone(errand.zone).date()
    dated = _DATE.search(how.url) is not None
    for back in range(how.lookback_days + 1 if dated else 1):
        day = today - timedelta(days=back)
        # The date goes in before the secrets: braces of a secret are its own.
        yield errand.fill(_DATE.sub(lambda found, day=day: format(day, found[1]), how.url))  # type: ignore[misc]  # mypy cannot infer a lambda with a default


class _Request:
    """One address of the errand."""

    def __init__(
        self, errand: Errand, how: HttpFetch, address: str, operation: str, web: Web
    ) -> None:
        self._errand, self._how, self._web = errand, how, web
        self._address, self._operation = address, operation
        self._hash = hashlib.blake2b(address.encode(), digest_size=16).hexdigest()

    def fetch(self) -> FetchedFile | None:
        """Ask once; None if nothing changed."""
        errand, how = self._errand, self._how
        with Landing(errand.into, errand.source, self._operation, how.max_bytes) as landing:
            answer = self._web.ask(self._ask(), cap=how.max_bytes, landing=landing)
            if answer.is_unmodified:
                return None
            expected = errand.profile.read.format
            refuse_page(landing, answer.headers, expected, errand.source, self._operation)
            return landing.land(
                name=_name(answer),
                modified_at=_moment(answer.headers.get("last-modified", "")),
                state=self._state(answer.headers),
            )

    def _ask(self) -> Ask:
        """Return the request with its credentials and validators."""
        errand, how = self._errand, self._how
        stamp = str(int(errand.clock.now().timestamp()))
        url = self._address.replace(_TIMESTAMP, stamp)
        headers = {name: errand.fill(value) for name, value in how.headers}
        body = None
        if how.form:
            body = urlencode([(name, errand.fill(value)) for name, value in how.form]).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        auth = how.auth
        match auth.kind:
            case "basic":
                pair = f"{errand.fill(auth.user)}:{errand.fill(auth.password)}"
                headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
            case "bearer":
                headers["Authorization"] = f"Bearer {errand.fill(auth.token)}"
            case "header":
                headers[auth.name] = errand.fill(auth.token)
            case "query":
                mark = "&" if urlsplit(url).query else "?"
                url += mark + urlencode({auth.name: errand.fill(auth.token)})
            case _:
                pass
        return Ask(url=url, method=how.method, headers=headers | self._validators(), body=body)

    def _validators(self) -> dict[str, str]:
        """Return the headers that ask only for what changed, for the address they belong to."""
        state = remembered(self._errand.state, HttpState)
        if state is None or state.address != self._hash or self._how.method != "GET":
            return {}
        told = {"If-None-Match": state.etag, "If-Modified-Since": state.last_modified}
        return {name: value for name, value in told.items() if value}

    def _state(self, headers: Mapping[str, str]) -> str:
        """Return what the next fetch should know."""
        etag, modified = headers.get("etag", ""), headers.get("last-modified", "")
        return written(HttpState(address=self._hash, etag=etag, last_modified=modified))


def _name(answer: Answer) -> str:
    """Return what the server calls the file, else the last part of its address."""
    message = Message()
    message["Content-Disposition"] = answer.headers.get("content-disposition", "")
    return message.get_filename() or unquote(urlsplit(answer.url).path.rpartition("/")[2])


def _moment(text: str) -> datetime | None:
    """Return the moment (UTC) of a header; None if there is none that can be read."""
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)

"""A JSON API: log-in, then one answer, a file inside an answer, or many pages (contract 3)."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import msgspec

from westsync.connectors.suppliers.fetching.landing import Landing
from westsync.connectors.suppliers.fetching.pages import looks_like_page
from westsync.connectors.suppliers.fetching.patience import persistently
from westsync.connectors.suppliers.fetching.verdicts import NotAFile, Truncated
from westsync.connectors.suppliers.fetching.web import Ask, Web, shown
from westsync.connectors.suppliers.reading.records import json_path
from westsync.connectors.suppliers.secrets import has_secret, put
from westsync.errors import AccessDenied, Rejected, UnexpectedReply
from westsync.redaction import masked

if TYPE_CHECKING:
    from westsync.connectors.suppliers.fetching.errand import Errand
    from westsync.connectors.suppliers.fetching.patience import Patience
    from westsync.connectors.suppliers.profile_fetch import JsonApiFetch, JsonRequest, Paging
    from westsync.ports.stock import FetchedFile

_MOST_PAGES = 20_000
_SHORT = 200


def fetch_json(errand: Errand, how: JsonApiFetch) -> FetchedFile:
    """Fetch from a JSON API. What came is compared by its hash; the API tells no validators.

    Raises:
        Unavailable, AccessDenied, Rejected, UnexpectedReply: As `Web.ask` says; `AccessDenied`
            also if the log-in's ``error`` is filled, `Truncated` if rows are missing.
    """
    operation = f"{how.request.method} {shown(errand.fill(how.request.url))}"
    patience = errand.patience(operation, how.timeout)
    with Web(errand.source, how.tls, patience, credentials=_has_secrets(how)) as web:
        api = _Api(errand, how, web, patience, operation)
        api.log_in()
        with Landing(errand.into, errand.source, operation, how.max_bytes) as landing:
            api.read_into(landing)
            return landing.land(name=api.name, state="")


def _has_secrets(how: JsonApiFetch) -> bool:
    """Whether the calls tell who we are."""
    request = how.request
    values = (value for _, value in (*request.params, *request.headers))
    told = (request.url, request.body, request.bearer, *values)
    return how.login is not None or any(map(has_secret, told))


@dataclass(slots=True)
class _Api:
    """The conversation of one errand."""

    errand: Errand
    how: JsonApiFetch
    web: Web
    patience: Patience
    operation: str
    token: str = ""
    calls: int = 0

    @property
    def name(self) -> str:
        """What the file is called: by the last part of the address."""
        end = urlsplit(self.errand.fill(self.how.request.url)).path.rstrip("/").rpartition("/")[2]
        return end if self.how.request.file_base64 else f"{end or 'items'}.json"

    def log_in(self) -> None:
        """Get the token, if the profile has a log-in.

        Raises:
            AccessDenied: The API says that it failed, or gives no token.
        """
        login = self.how.login
        if login is None:
            return
        answer = self._called(login.request, {}, is_login=True)
        token = json_path(login.token)(answer)
        if not isinstance(token, str | int) or token == "":
            text = "the log-in gave no token; check login.token, user and secret"
            raise AccessDenied(self.errand.source, self.operation, text)
        self.token = str(token)

    def read_into(self, landing: Landing) -> None:
        """Write the file: as it is inside the answer, the answer itself, or the list of rows."""
        how = self.how
        if how.paging is not None:
            self._pages(landing, how.paging)
            return
        answer = self._called(how.request, {})
        if how.request.file_base64:
            landing.write(self._file(answer, how.request.file_base64))
            return
        data = json_path(how.items)(answer) if how.items else answer
        if how.items and not isinstance(data, list):
            raise self._strange(f"there is no list at '{how.items}'")
        landing.write(msgspec.json.encode(data))

    def _pages(self, landing: Landing, paging: Paging) -> None:
        """Write the rows of all pages as one list, to the empty one, and compare with the total."""
        rows_of, total_of = json_path(self.how.items), json_path(paging.total)
        at: object = paging.first
        count, total, before = 0, None, b""
        landing.write(b"[")
        for _ in range(_MOST_PAGES):
            answer = self._called(self.how.request, _position(paging, at))
            rows = rows_of(answer)
            if not isinstance(rows, list):
                raise self._strange(f"there is no list of rows at '{self.how.items or 'the top'}'")
            if paging.total:
                total = self._total(total_of(answer))
            if not rows:
                break
            written = b",\n".join(map(msgspec.json.encode, rows))
            mark = hashlib.blake2b(written).digest()
            if mark == before:
                raise self._strange(f"two pages are the same; is '{paging.param}' the parameter?")
            before = mark
            landing.write((b",\n" if count else b"") + written)
            count += len(rows)
            following = _following(paging, at, len(rows), answer)
            if following is None:
                break
            at = following
        else:
            raise self._strange(f"more than {_MOST_PAGES} pages")
        landing.write(b"]")
        if total is not None and total != count:
            text = f"{count} of {total} rows came; fetch it again"
            raise Truncated(self.errand.source, self.operation, text)

    def _total(self, told: object) -> int:
        text = str(told)
        if not text.isdigit():
            raise self._strange("paging.total leads to no number")
        return int(text)

    def _called(
        self, request: JsonRequest, params: dict[str, str], *, is_login: bool = False
    ) -> Any:  # noqa: ANN401 - JSON of a foreign system
        """Call once and return the decoded answer."""
        errand = self.errand
        if self.how.pause and self.calls:
            errand.clock.wait(float(self.how.pause))
        self.calls += 1
        ask = self._ask(request, params)
        answer = persistently(self.patience, lambda: self.web.ask(ask, cap=self.how.max_bytes))
        if looks_like_page(answer.body):
            text = "a page came where JSON was expected; check the address"
            raise NotAFile(errand.source, self.operation, text)
        try:
            decoded = msgspec.json.decode(answer.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
            raise self._strange("the answer is not JSON") from exc
        if request.error and (said := json_path(request.error)(decoded)) not in ("", None, False):
            text = f"the API says: {masked(str(said))[:_SHORT]}"
            if is_login:
                text += "; check user and secret of fetch.login"
                raise AccessDenied(errand.source, self.operation, text)
            raise Rejected(errand.source, self.operation, text)
        return decoded

    def _ask(self, request: JsonRequest, params: dict[str, str]) -> Ask:
        """Return the request with token and secrets."""
        errand, known = self.errand, {"token": self.token}

        def filled(text: str) -> str:
            return errand.fill(put(text, known))

        url = filled(request.url)
        query = {name: filled(value) for name, value in request.params} | params
        if query:
            url += ("&" if urlsplit(url).query else "?") + urlencode(query)
        headers = {name: filled(value) for name, value in request.headers}
        headers.setdefault("Accept", "application/json")
        if request.bearer:
            headers["Authorization"] = f"Bearer {filled(request.bearer)}"
        body = None
        if request.body:
            text = errand.secrets.fill_json(request.body, errand.source, token=self.token)
            body = text.encode()
            headers["Content-Type"] = "application/json"
        return Ask(url=url, method=request.method, headers=headers, body=body)

    def _file(self, answer: object, path: str) -> bytes:
        """Return the file inside an answer."""
        text = json_path(path)(answer)
        if not isinstance(text, str) or not text:
            raise self._strange(f"there is no file at '{path}'")
        try:
            return base64.b64decode(text.rpartition("base64,")[2], validate=False)
        except (binascii.Error, ValueError) as exc:
            raise self._strange(f"what is at '{path}' is not base64") from exc

    def _strange(self, text: str) -> UnexpectedReply:
        return UnexpectedReply(self.errand.source, self.operation, text)


def _position(paging: Paging, at: object) -> dict[str, str]:
    """Return the parameter of a page; the first cursor is not sent if it is nothing."""
    return {} if paging.kind == "cursor" and at in (0, "") else {paging.param: str(at)}


def _following(paging: Paging, at: object, rows: int, answer: object) -> object:
    """Return where the next page begins; None after the last cursor.

    An offset grows by the rows that came: servers give fewer than `step` if that is too many.
    """
    match paging.kind:
        case "offset":
            return int(str(at)) + rows
        case "page":
            return int(str(at)) + 1
        case _:
            cursor = json_path(paging.next)(answer)
            return None if cursor in ("", None, False) else cursor

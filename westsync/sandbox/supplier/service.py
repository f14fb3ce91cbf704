"""The HTTP face of the stand-in supplier.

| request                          | needs            | gives                              |
| -------------------------------- | ---------------- | ---------------------------------- |
| ``GET /upload/ostatki.xls``      | nothing          | XLSX in spite of its name          |
| ``GET /export/feed.xml``         | Basic            | YML                                |
| ``GET /export/price.csv``        | ``Api-token``    | CSV in cp1251                      |
| ``GET /export/pricelist_D.csv``  | nothing          | the same, for the shop's day only  |
| ``GET /old/feed.xml``            | nothing          | 302 to ``/export/feed.xml``        |
| ``POST /api/auth/``              | login, password  | ``{"token": ...}`` or an error     |
| ``POST /api/pricelist/get/``     | the token        | XLSX as base64 in JSON             |
| ``GET /api/products``            | Bearer           | a page of JSON                     |
| ``GET, POST /?login=yes``        | the form         | the portal's log-in                |
| ``GET /catalog/search/?q=``      | a session        | the portal's search                |
| ``GET, POST /_sandbox/switches`` | nothing          | the switches                       |
| ``GET /_sandbox/requests``       | nothing          | what was asked                     |
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import secrets
from dataclasses import asdict
from email.utils import format_datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from westsync.sandbox.supplier import lists, pages
from westsync.sandbox.supplier.shop import Seen, Shop

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

_COOKIE, _CSRF = "PHPSESSID", "csrf"
_CSV = "text/csv; charset=windows-1251"
_XLS = "application/vnd.ms-excel"


class SupplierService:
    """ASGI application of one shop.

    Attributes:
        shop: The supplier that is served; another one may take its place between requests.
    """

    def __init__(self, shop: Shop) -> None:
        """Serve a shop."""
        self.shop = shop
        self._given: set[str] = set()
        """Values against forged forms that were given out."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        http = Request(scope, receive)
        body = await http.body()
        with self.shop.lock:
            answer = self._answer(http, body)
            if not http.url.path.startswith("/_sandbox/"):
                self._note(http, body, answer.status_code)
        await answer(scope, receive, send)

    def _note(self, http: Request, body: bytes, status: int) -> None:
        self.shop.seen.append(
            Seen(
                at=self.shop.now(),
                method=http.method,
                path=http.url.path,
                status=status,
                agent=http.headers.get("user-agent", ""),
                posted=tuple(sorted(_fields(body))) if http.method == "POST" else (),
                asked=http.query_params.get("q", ""),
            )
        )

    def _answer(self, http: Request, body: bytes) -> Response:
        path, switches = http.url.path, self.shop.switches
        if path.startswith("/_sandbox/"):
            return self._control(http, body)
        if switches.status:
            headers = {"Retry-After": switches.retry_after} if switches.retry_after else {}
            return HTMLResponse(pages.error(), switches.status, headers=headers)
        if path.startswith("/api/"):
            return self._api(http, body)
        if path.startswith(("/upload/", "/export/", "/old/")):
            return self._file(http)
        return self._portal(http, body)

    # -- files ---------------------------------------------------------------------------------

    def _file(self, http: Request) -> Response:
        shop, path = self.shop, http.url.path
        if path == "/old/feed.xml":
            return RedirectResponse("/export/feed.xml", 302)
        if path == "/upload/ostatki.xls":
            return self._sent(http, lists.as_xlsx(shop.goods, shop.changed_at), _XLS)
        if path == "/export/feed.xml":
            pair = f"{shop.account.user}:{shop.account.password}"
            basic = f"Basic {base64.b64encode(pair.encode()).decode()}"
            if http.headers.get("authorization") != basic:
                return Response(status_code=401, headers={"WWW-Authenticate": "Basic"})
            return self._sent(http, lists.as_yml(shop.goods, shop.changed_at), "application/xml")
        if path == "/export/price.csv":
            if http.headers.get("api-token") != shop.account.token:
                return Response(status_code=403)
            return self._sent(http, lists.as_csv(shop.goods), _CSV)
        if path == f"/export/pricelist_{shop.now():%Y%m%d}.csv":
            return self._sent(http, lists.as_csv(shop.goods), _CSV)
        return HTMLResponse(pages.error(), 404)

    def _sent(self, http: Request, content: bytes, kind: str) -> Response:
        """Return a file, unless the dealer has it already or something is broken."""
        switches = self.shop.switches
        if switches.page_for_file:
            broken = {"login": pages.login_form("0"), "maintenance": pages.maintenance()}
            return HTMLResponse(broken.get(switches.page_for_file, pages.error()))
        headers = {}
        if switches.validators:
            headers["ETag"] = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
            headers["Last-Modified"] = format_datetime(self.shop.changed_at, usegmt=True)
            if http.headers.get("if-none-match") == headers["ETag"]:
                return Response(status_code=304, headers=headers)
        if switches.compress and "gzip" in http.headers.get("accept-encoding", ""):
            content = gzip.compress(content)
            headers["Content-Encoding"] = "gzip"
        if switches.cut_file:
            content = content[: len(content) // 2]
        return Response(content, headers=headers, media_type=kind)

    # -- API -----------------------------------------------------------------------------------

    def _api(self, http: Request, body: bytes) -> Response:
        shop, path = self.shop, http.url.path
        account = shop.account
        if path == "/api/products" and http.method == "GET":
            if http.headers.get("authorization") != f"Bearer {account.token}":
                return JSONResponse({"error": "unauthorized"}, 401)
            begin = int(http.query_params.get("offset", "0"))
            chosen = shop.goods[begin : begin + shop.switches.page_size]
            content = lists.as_json(chosen, len(shop.goods))
            return Response(content, media_type="application/json")
        try:
            values = json.loads(body)
        except ValueError:
            return JSONResponse({"error": "not JSON"}, 400)
        if path == "/api/auth/":
            if (values.get("login"), values.get("password")) != (account.user, account.password):
                return JSONResponse({"error": "Неверный логин или пароль"})
            return JSONResponse({"token": account.token, "error": ""})
        if path == "/api/pricelist/get/":
            if values.get("token") != account.token:
                return JSONResponse({"error": "token"})
            workbook = base64.b64encode(lists.as_xlsx(shop.goods, shop.changed_at)).decode()
            return JSONResponse({"error": "", "file_content": workbook})
        return JSONResponse({"error": "no such method"}, 404)

    # -- portal --------------------------------------------------------------------------------

    def _portal(self, http: Request, body: bytes) -> Response:
        switches = self.shop.switches
        if switches.blocked:
            return HTMLResponse(pages.blocked())
        if switches.captcha:
            return HTMLResponse(pages.captcha())
        if switches.maintenance:
            return HTMLResponse(pages.maintenance())
        if http.query_params.get("login") == "yes":
            return self._log_in(_fields(body)) if http.method == "POST" else self._form()
        session = http.cookies.get(_COOKIE, "")
        if session not in self.shop.sessions:
            # As so many portals do: with 200 after a redirect.
            return RedirectResponse("/?login=yes", 302)
        if http.query_params.get("logout") == "yes":
            self.shop.sessions.pop(session)
            return RedirectResponse("/?login=yes", 302)
        if http.url.path == "/catalog/search/":
            return self._search(http, session)
        return HTMLResponse(pages.home())

    def _form(self, error: str = "") -> Response:
        """Return the form with a fresh value against forged ones."""
        value = secrets.token_hex(16)
        answer = HTMLResponse(pages.login_form(value, error, captcha=self.shop.is_locked))
        answer.set_cookie(_CSRF, value)
        self._given.add(value)
        return answer

    def _log_in(self, form: dict[str, str]) -> Response:
        shop, account = self.shop, self.shop.account
        if shop.switches.csrf and form.get("sessid") not in self._given:
            return self._form("Ваша сессия истекла")
        right = (form.get("USER_LOGIN"), form.get("USER_PASSWORD"), form.get("AUTH_FORM"))
        if shop.is_locked or right != (account.user, account.password, "Y"):
            shop.wrong_passwords += 1
            return self._form("Неверный логин или пароль.")
        shop.wrong_passwords = 0
        session = secrets.token_hex(16)
        shop.sessions[session] = 0
        answer = RedirectResponse("/", 302)
        answer.set_cookie(_COOKIE, session, httponly=True)
        return answer

    def _search(self, http: Request, session: str) -> Response:
        shop, switches = self.shop, self.shop.switches
        shop.sessions[session] += 1
        if switches.session_requests and shop.sessions[session] > switches.session_requests:
            shop.sessions.pop(session)
            return RedirectResponse("/?login=yes", 302)
        asked = http.query_params.get("q", "")
        number = int(http.query_params.get("page", "1"))
        found = shop.found(asked)
        begin = (number - 1) * switches.page_size
        more = ""
        if begin + switches.page_size < len(found):
            more = f"/catalog/search/?{urlencode({'q': asked, 'page': number + 1})}"
        chosen = found[begin : begin + switches.page_size]
        shown = pages.results(chosen, layout=switches.layout, more=more, asked=asked)
        return HTMLResponse(shown)

    # -- control -------------------------------------------------------------------------------

    def _control(self, http: Request, body: bytes) -> Response:
        shop, what = self.shop, http.url.path.removeprefix("/_sandbox/")
        if what == "requests":
            noted = [asdict(seen) | {"at": seen.at.isoformat()} for seen in shop.seen]
            return JSONResponse(noted)
        if what == "switches":
            if http.method == "POST":
                try:
                    shop.switches.turn(**json.loads(body))
                except (ValueError, TypeError) as exc:
                    return JSONResponse({"error": str(exc)}, 400)
            return JSONResponse(asdict(shop.switches))
        return JSONResponse({"error": f"no such control: {what}"}, 404)


def _fields(body: bytes) -> dict[str, str]:
    """Return the fields of a posted form; nothing for any other body."""
    try:
        values = parse_qs(body.decode("ascii"), keep_blank_values=True)
    except UnicodeDecodeError:
        return {}
    return {name: found[-1] for name, found in values.items()}

"""What a request is, for the log and for the faults, before anybody answers it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from westsync.sandbox.onec.odata.options import split_query
from westsync.sandbox.onec.refusals import OneCRefused
from westsync.sandbox.onec.requestlog import Request
from westsync.sandbox.onec.soap.services import operation_of, service_at

if TYPE_CHECKING:
    from starlette.requests import Request as HttpRequest

    from westsync.sandbox.onec.world import OneCWorld

ROOT = "/base"
ODATA_PATH = f"{ROOT}/odata/standard.odata"
SOAP_PATH = f"{ROOT}/ws/"
LOGGED_HEADERS = (
    "1c_odata-dataloadmode",
    "accept",
    "content-type",
    "ibsession",
    "if-match",
    "soapaction",
    "user-agent",
)


def entry_of(world: OneCWorld, http: HttpRequest, body: bytes, in_flight: int) -> Request:
    """Return the entry of a request in the log."""
    raw_path: bytes = http.scope.get("raw_path") or http.url.path.encode()
    path = unquote(raw_path.partition(b"?")[0].decode("latin-1"))
    raw_query = http.scope["query_string"].decode("latin-1")
    entity, key, route = _route(http.method, path, raw_query, body)
    return Request(
        number=len(world.requests) + 1,
        at=world.now,
        method=http.method,
        path=path,
        route=route,
        entity=entity,
        key=key,
        raw_query=raw_query,
        options=_options(raw_query),
        url_length=_url_length(http, raw_path, raw_query),
        body=_document(body),
        headers={name: http.headers[name] for name in LOGGED_HEADERS if name in http.headers},
        in_flight=in_flight,
    )


def _url_length(http: HttpRequest, raw_path: bytes, raw_query: str) -> int:
    origin = f"{http.url.scheme}://{http.headers.get('host', '')}"
    return len(origin) + len(raw_path.partition(b"?")[0]) + len(raw_query) + bool(raw_query)


def _route(method: str, path: str, raw_query: str, body: bytes) -> tuple[str, str, str | None]:
    """Return entity set, key and route."""
    if path.startswith(SOAP_PATH):
        service = service_at(path.removeprefix(SOAP_PATH).strip("/"))
        if service is None:
            return "", "", None
        if method == "GET":
            is_wsdl = "wsdl" in raw_query.lower()
            return "", "", f"WSDL {service.name}" if is_wsdl else None
        operation = operation_of(service, body) or "?"
        return "", "", f"SOAP {service.name}.{operation}"
    if not path.startswith(ODATA_PATH):
        return "", "", None
    below = path.removeprefix(ODATA_PATH).strip("/")
    first, _, rest = below.partition("/") if "(" not in below else _split_after_key(below)
    entity, bracket, key = first.partition("(")
    known = "(key)" if bracket else ""
    function = f"/{rest.partition('(')[0]}" if rest else ""
    route = f"{method} {entity}{known}{function}" if below else f"{method} /"
    return "" if entity.startswith("$") else entity, key.rstrip(")"), route


def _split_after_key(below: str) -> tuple[str, str, str]:
    head, bracket, rest = below.partition(")")
    if "/" in head.partition("(")[0]:
        return below.partition("/")
    return head + bracket, "/", rest.lstrip("/")


def _options(raw_query: str) -> dict[str, str]:
    try:
        return split_query(raw_query)
    except OneCRefused:
        return {}


def _document(body: bytes) -> Any:  # noqa: ANN401 - whatever a client sent
    if not body.lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"{", b"[")):
        return None
    try:
        return json.loads(body.decode("utf-8-sig"), parse_float=Decimal)
    except (ValueError, RecursionError):
        return None

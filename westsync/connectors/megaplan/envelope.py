"""The shell around every answer: ``meta``, ``data``, sometimes ``included`` (contract 2.1)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from westsync.connectors.megaplan.resolver import resolve
from westsync.connectors.megaplan.values import items, number, text
from westsync.transport import InnerFailure, Unreadable

if TYPE_CHECKING:
    from westsync.connectors.megaplan.values import Json
    from westsync.transport import Reply

ERROR_TEXT_LIMIT = 300
_decoder = msgspec.json.Decoder(float_hook=Decimal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A successful answer with its links resolved.

    Attributes:
        data: What was asked for.
        has_more: ``pagination.hasMoreNext``; None if the answer does not say.
    """

    data: Json
    has_more: bool | None = None


def read_document(reply: Reply) -> Document:
    """Read an answer.

    Raises:
        Unreadable: Not the envelope: HTML, truncated JSON, no ``data``.
        InnerFailure: ``meta.status`` is no success although HTTP said so.
    """
    document = read_json(reply)
    refuse_inner_failure(document)
    if "data" not in document:
        raise Unreadable("the answer has no data")
    resolved = resolve({"data": document["data"], "included": document.get("included")})
    data = resolved["data"] if isinstance(resolved, dict) else None
    return Document(data=data, has_more=_has_more(document.get("meta")))


def read_list(reply: Reply) -> Document:
    """Read an answer whose data must be a list; an empty PHP array may come as ``{}``.

    Raises:
        Unreadable: As `read_document`, or the data is no list.
        InnerFailure: As `read_document`.
    """
    document = read_document(reply)
    data = document.data
    if isinstance(data, dict) and all(key.isdigit() for key in data):
        data = list(data.values())
    if not isinstance(data, list):
        raise Unreadable("a list was asked for, the answer's data is none")
    return Document(data=data, has_more=document.has_more)


def read_entity(reply: Reply, *kinds: str) -> dict[str, Json]:
    """Read an answer whose data must be one entity of these kinds, with an id.

    Raises:
        Unreadable: As `read_document`, or another kind came, or no id: a write is then in doubt.
        InnerFailure: As `read_document`.
    """
    data = read_document(reply).data
    if not isinstance(data, dict) or not text(data.get("id")):
        raise Unreadable(f"{' or '.join(kinds)} was expected, the answer holds no id")
    if kinds and data.get("contentType") not in kinds:
        raise Unreadable(f"{' or '.join(kinds)} was expected, {data.get('contentType')!r} came")
    return data


def read_json(reply: Reply) -> dict[str, Json]:
    """Read a JSON object.

    Raises:
        Unreadable: It is something else; a log-in page is called by its name.
    """
    start = reply.body[:64].lstrip().lower()
    if start.startswith(b"<"):
        page = "it looks like a log-in page" if reply.status < 400 else "an error page"
        raise Unreadable(f"HTML came instead of JSON, {page}")
    try:
        document = _decoder.decode(reply.body)
    except (msgspec.MsgspecError, ValueError, RecursionError, ArithmeticError) as exc:
        raise Unreadable(f"no JSON in {len(reply.body)} bytes: {exc}") from exc
    if not isinstance(document, dict):
        raise Unreadable("the answer is no JSON object")
    return document


def refuse_inner_failure(document: dict[str, Json]) -> None:
    """Raise `InnerFailure` if ``meta.status`` says something else than HTTP's success."""
    meta = document.get("meta")
    status = number(meta.get("status")) if isinstance(meta, dict) else None
    if status is not None and not 200 <= status < 300:
        raise InnerFailure(int(status), describe_errors(document))


def explain(reply: Reply) -> str:
    """Return one line about a refusal: the errors it lists, or what kind of body came."""
    try:
        return describe_errors(read_json(reply))
    except Unreadable as exc:
        return str(exc)


def describe_errors(document: dict[str, Json]) -> str:
    """Return ``field: message`` of every error; neither key is certain to be text (LIVE)."""
    meta = document.get("meta")
    errors = items(meta.get("errors")) if isinstance(meta, dict) else []
    said = [
        ": ".join(
            part for part in (_brief(error.get("field")), _brief(error.get("message"))) if part
        )
        for error in errors
    ]
    if not said:  # the OAuth form of the token endpoint (contract 1.2)
        said = [_brief(document.get(key)) for key in ("error", "error_description")]
    return "; ".join(part for part in said if part)[:ERROR_TEXT_LIMIT]


def _brief(value: Json) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _has_more(meta: Json) -> bool | None:
    pagination = meta.get("pagination") if isinstance(meta, dict) else None
    more = pagination.get("hasMoreNext") if isinstance(pagination, dict) else None
    return more if isinstance(more, bool) else None

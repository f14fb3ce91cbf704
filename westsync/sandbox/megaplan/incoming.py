"""Reading what came over HTTP: JSON bodies, the log-in form, what of it may be logged."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl

from westsync.sandbox.megaplan import files
from westsync.sandbox.megaplan.tokens import GrantRefused
from westsync.sandbox.megaplan.wire import invalid

UPLOAD_PATH = "/api/file"


def parsed(body: bytes) -> object:
    """Return a JSON body, None if there is none.

    Raises:
        Refused: 422, it is no JSON text.
    """
    if not body:
        return None
    try:
        value: object = json.loads(body)
    except ValueError as exc:
        raise invalid("The body is not a JSON text") from exc
    return value


def read_form(content_type: str, body: bytes) -> dict[str, str]:
    """Read the log-in form in its three encodings (1.2).

    Raises:
        GrantRefused: It says it is JSON and is not.
    """
    if content_type.startswith("multipart/"):
        parts = files.parts_of(content_type, body)
        return {name: content.decode() for name, _, content in parts}
    if content_type.startswith("application/json"):
        try:
            values = json.loads(body)
        except ValueError as exc:
            raise GrantRefused("The body is not a JSON text") from exc
        return {str(k): str(v) for k, v in values.items()} if isinstance(values, dict) else {}
    return dict(parse_qsl(body.decode("utf-8", "replace")))


def loggable(route: str | None, content_type: str, body: bytes) -> object:
    """Return the body for the log: JSON as it is, forms by their keys, files by their size."""
    if route == "POST /auth/access_token":
        try:
            return sorted(read_form(content_type, body))
        except (GrantRefused, UnicodeDecodeError):
            return None
    if not body or route == f"POST {UPLOAD_PATH}":
        return {"bytes": len(body)} if body else None
    try:
        value: object = json.loads(body)
    except ValueError:
        return {"unreadable": len(body)}
    return value

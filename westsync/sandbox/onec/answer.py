"""What goes back over HTTP, before a connection breaks it."""

from __future__ import annotations

from dataclasses import dataclass, field

HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
XML = "application/xml; charset=utf-8"
LICENCE_PAGE = (
    "<!DOCTYPE html><html><head><title>1C:Enterprise</title></head>"
    "<body>Не найдена лицензия. Не обнаружен ключ защиты программы!</body></html>"
)
PROXY_PAGE = "<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"


@dataclass(slots=True, kw_only=True)
class Answer:
    """What goes back.

    Attributes:
        status: HTTP status.
        body: Encoded.
        media_type: ``Content-Type``; empty for none.
        headers: Others.
        code: Code of the refusal, for the log; None for none.
        delay_s: Real seconds before it leaves.
    """

    status: int
    body: bytes = b""
    media_type: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    code: int | None = None
    delay_s: float = 0.0


def page(status: int, title: str) -> Answer:
    """Return the HTML page of a proxy or a web server."""
    body = PROXY_PAGE.format(title).encode()
    return Answer(status=status, body=body, media_type=HTML)

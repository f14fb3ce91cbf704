"""What goes back over HTTP, and the pages of servers that are broken."""

from __future__ import annotations

from dataclasses import dataclass, field

HTML = "text/html; charset=utf-8"
_PROXY_PAGE = "<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"


@dataclass(slots=True, kw_only=True)
class Answer:
    """What goes back.

    Attributes:
        status: HTTP status.
        body: Encoded.
        media_type: ``Content-Type``; empty for none.
        headers: Others.
        delay_s: Real seconds before it leaves.
        truncated: The whole body is promised, half of it is sent, and the connection is closed.
    """

    status: int
    body: bytes = b""
    media_type: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    truncated: bool = False


def proxy_page(title: str) -> bytes:
    """Return the HTML page of a proxy or a web server."""
    return _PROXY_PAGE.format(title).encode()

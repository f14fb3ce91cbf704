"""What goes back over HTTP, before a connection breaks it."""

from __future__ import annotations

from dataclasses import dataclass

from westsync.sandbox.standin import answers
from westsync.sandbox.standin.answers import HTML, proxy_page

TEXT = "text/plain; charset=utf-8"
XML = "application/xml; charset=utf-8"
LICENCE_PAGE = (
    "<!DOCTYPE html><html><head><title>1C:Enterprise</title></head>"
    "<body>Не найдена лицензия. Не обнаружен ключ защиты программы!</body></html>"
)


@dataclass(slots=True, kw_only=True)
class Answer(answers.Answer):
    """What goes back.

    Attributes:
        code: Code of the refusal, for the log; None for none.
    """

    code: int | None = None


def page(status: int, title: str) -> Answer:
    """Return the HTML page of a proxy or a web server."""
    return Answer(status=status, body=proxy_page(title), media_type=HTML)

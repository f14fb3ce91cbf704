"""The HTML side of a letter: tables and inline styles only, as Outlook and phones need it.

Everything that came from people is escaped. Only addresses of the company's own Megaplan become
links: the text of a deal is written by clients, and a client must not be able to put a link of
his into a letter that staff trust.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Sequence

_ADDRESS = re.compile(r"https?://[^\s<>\"']+")
_ENDS_A_SENTENCE = ".,;:!?)]}»"
_FONT = "font-family:Arial,Helvetica,sans-serif;color:#1f2933"

# Outlook knows no ``max-width``: there a table around the page keeps it narrow. Colours stand in
# attributes too, and dark modes are told that both of each pair are meant.
_PAGE = """\
<!DOCTYPE html>
<html lang="ru">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<meta name="supported-color-schemes" content="light">
<title>{title}</title>
</head>
<body style="margin:0;padding:0;background-color:#f2f4f7">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" \
bgcolor="#f2f4f7"><tr><td align="center" style="padding:16px 8px">
<!--[if mso]><table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0">\
<tr><td><![endif]-->
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" \
bgcolor="#ffffff" style="max-width:600px;border:1px solid #d9dee5">
<tr><td style="padding:16px 20px;border-bottom:3px solid #2f6fab;{font};font-size:18px;\
line-height:24px;font-weight:bold">{title}</td></tr>
<tr><td style="padding:12px 20px 20px;{font};font-size:15px;line-height:22px;\
word-break:break-word">
{body}
</td></tr>
</table>
<!--[if mso]></td></tr></table><![endif]-->
</td></tr></table>
</body>
</html>
"""


def page(title: str, lines: Sequence[str], site: str) -> str:
    """Return the letter as an HTML document.

    Args:
        title: One line, shown above the text.
        lines: Plain text; an empty line separates paragraphs.
        site: Scheme and host whose addresses become links.
    """
    return _PAGE.format(title=html.escape(title), body=_paragraphs(lines, site), font=_FONT)


def _paragraphs(lines: Sequence[str], site: str) -> str:
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            paragraphs[-1].append(_line(line, site))
        elif paragraphs[-1]:
            paragraphs.append([])
    blocks = ("<br>\n".join(paragraph) for paragraph in paragraphs if paragraph)
    return "\n".join(f'<p style="margin:8px 0">{block}</p>' for block in blocks)


def _line(line: str, site: str) -> str:
    shown: list[str] = []
    done = 0
    for found in _ADDRESS.finditer(line):
        address = found[0].rstrip(_ENDS_A_SENTENCE)
        if not _is_of(address, site):
            continue
        shown.append(html.escape(line[done : found.start()]))
        quoted = html.escape(address)
        shown.append(f'<a href="{quoted}" style="color:#2f6fab">{quoted}</a>')
        done = found.start() + len(address)
    shown.append(html.escape(line[done:]))
    return "".join(shown)


def _is_of(address: str, site: str) -> bool:
    try:
        there, ours = urlsplit(address), urlsplit(site)
    except ValueError:  # e.g. a bracket without its fellow
        return False
    return (there.scheme, there.netloc) == (ours.scheme, ours.netloc)

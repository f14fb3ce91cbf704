"""What Outlook's Word engine and dark modes make of a mail: a lint for our HTML.

After Microsoft's "Word 2007 HTML and CSS Rendering Capabilities in Outlook 2007", which later
Outlooks for Windows share. What it does not know it ignores, so a property is allowed beyond its
list only where the page stays whole without it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import lxml.html

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

ELEMENTS = frozenset(
    {
        *("html", "head", "meta", "title", "body", "div", "p", "br", "a", "img", "b", "span"),
        *("table", "tr", "td", "th", "strong", "em"),
    }
)
WORD_KNOWS = re.compile(
    "background-color|color|font(-(family|size|style|weight))?|line-height|width|height"
    "|border(-(top|right|bottom|left))?(-(color|style|width))?|border-collapse"
    "|(margin|padding)(-(top|right|bottom|left))?|text-(align|decoration|indent|transform)"
    "|vertical-align|white-space"
)
# For phones and browsers; the tables hold without them.
WORD_IGNORES = frozenset({"max-width", "table-layout", "overflow-x", "overflow-wrap", "word-break"})
# Word takes margins and paddings of a division only partly, but takes those of a cell.
NO_VALUE = re.compile(
    r"url\(|expression|calc\(|var\(|rgba?\(|\bflex\b|\bgrid\b|!important", re.IGNORECASE
)
COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
GHOST = re.compile(r"<!--\[if mso\]><table [^>]*width=\"600\"[^>]*>\s*<tr><td><!\[endif\]-->")
GHOST_ENDS = "<!--[if mso]></td></tr></table><![endif]-->"
READABLE = 4.5  # contrast of usual text, WCAG 2.1, 1.4.3
READABLE_LARGE = 3.0


def defects(page: str) -> list[str]:
    """Return what is wrong with a mail's page, each in a few words."""
    document = lxml.html.document_fromstring(page)
    return [
        *_frame(page, document),
        *(f for element in document.iter(lxml.html.etree.Element) for f in _element(element)),
        *_words(document),
    ]


def _frame(page: str, document: HtmlElement) -> Iterator[str]:
    metas = {meta.get("name"): meta.get("content") for meta in document.iter("meta")}
    if not page.lstrip().startswith("<!DOCTYPE html>"):
        yield "no doctype"
    if not any(meta.get("charset") == "utf-8" for meta in document.iter("meta")):
        yield "no charset"
    if "width=device-width" not in (metas.get("viewport") or ""):
        yield "no viewport for phones"
    if metas.get("color-scheme") != "light":
        yield "dark modes are not told that the colours are meant"
    if len(GHOST.findall(page)) != 1 or page.count(GHOST_ENDS) != 1:
        yield "Outlook is not told how wide the page is"


def _element(element: HtmlElement) -> Iterator[str]:
    tag = str(element.tag)
    if tag not in ELEMENTS:
        yield f"<{tag}>"
    if tag == "img" and not (element.get("alt") and element.get("width")):
        yield "a picture without words or width"
    if tag == "table" and not (element.get("width") and element.get("cellspacing") == "0"):
        yield "a table without width"
    if element.get("background") or element.get("class") or element.get("id"):
        yield f"<{tag}> with a background picture, class or id"
    for name, value in _style(element).items():
        if WORD_KNOWS.fullmatch(name) is None and name not in WORD_IGNORES:
            yield f"{name} of <{tag}>"
        if NO_VALUE.search(value):
            yield f"{name}: {value}"
        if name in {"color", "background-color"} and COLOUR.fullmatch(value) is None:
            yield f"{name}: {value}"
    if (element.get("bgcolor") or "#ffffff") and not COLOUR.fullmatch(
        element.get("bgcolor", "#ffffff")
    ):
        yield f"bgcolor {element.get('bgcolor')}"


def _words(document: HtmlElement) -> Iterator[str]:
    """Yield words without a colour and ground of their own, or too pale to read."""
    (body,) = document.iter("body")
    for element in body.iter(lxml.html.etree.Element):
        if not (element.text or "").strip(" \xa0\n"):
            continue
        above = [element, *element.iterancestors()]
        ink = next((c for e in above if (c := _style(e).get("color"))), None)
        ground = next(
            (c for e in above if (c := e.get("bgcolor") or _style(e).get("background-color"))), None
        )
        said = " ".join((element.text or "").split())[:30]
        if ink is None or ground is None:
            yield f"'{said}' has no colour or no ground"
            continue
        size = next((s for e in above if (s := _size(_style(e))) is not None), 16)
        least = READABLE_LARGE if size >= 18 else READABLE
        if _contrast(ink, ground) < least:
            yield f"'{said}' is hard to read, {ink} on {ground}"


def _style(element: HtmlElement) -> dict[str, str]:
    pairs = (part.partition(":") for part in (element.get("style") or "").split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs if name.strip()}


def _size(style: dict[str, str]) -> int | None:
    found = re.search(r"(\d+)px", style.get("font-size") or style.get("font") or "")
    return None if found is None else int(found[1])


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

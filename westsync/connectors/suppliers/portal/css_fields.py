"""Fields of a portal's rows by CSS selectors; a `fields.Locator` of nodes of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from selectolax.lexbor import LexborNode

    from westsync.connectors.suppliers.profile_fields import Field, Fields
    from westsync.connectors.suppliers.reading.fields import Getter, Node


class CssLocator:
    """Finds the text of a selector inside a row, or an attribute: ``a.item@href``."""

    def find(self, field: Field) -> tuple[Getter, str] | None:
        """Return how to get the field's text."""
        if not field.css:
            return None
        selector, attribute = parted(field.css)
        index = field.index

        def get(row: Node) -> str:
            found = row.css(selector) if selector else [row]
            if not -len(found) <= index < len(found):
                return ""
            node = found[index]
            if attribute:
                return node.attributes.get(attribute) or ""
            return str(node.text(separator=" ", strip=True))

        return get, field.css

    def named(self, name: str) -> Getter | None:
        """Return None: the parts of a page have no bare names."""
        del name
        return None

    def each(self, path: str) -> Callable[[Node], list[Node]] | None:
        """Return the nodes of a selector inside a row."""
        return lambda row: list(row.css(path))


def parted(css: str) -> tuple[str, str]:
    """Return selector and attribute of ``selector@attribute``; an ``@`` in quotes is neither."""
    selector, at, attribute = css.rpartition("@")
    if not at or "'" in attribute or '"' in attribute or "]" in attribute:
        return css, ""
    return selector.strip(), attribute


def vanished(fields: Fields, rows: Iterable[LexborNode]) -> str | None:
    """Return the selector of a field that no row has any more; None if all that matter are there.

    A cell that is empty is there. Matter do the required fields, and of the stock at least one.
    """
    nodes = list(rows)
    for field in (fields.supplier_code, fields.vendor_code, fields.name, fields.barcode):
        if field is not None and field.required and field.css and not _is_there(field, nodes):
            return field.css
    stock = [field for field in _stock_fields(fields) if field.css]
    if stock and not any(_is_there(field, nodes) for field in stock):
        return stock[0].css
    return None


def _is_there(field: Field, rows: list[LexborNode]) -> bool:
    selector, _ = parted(field.css)
    return not selector or any(row.css_first(selector) is not None for row in rows)


def _stock_fields(fields: Fields) -> Iterator[Field]:
    """Yield the fields that tell pieces."""
    if fields.stock.field is not None:
        yield fields.stock.field
    for place in fields.stock.places:
        if place.available is not None:
            yield place.available

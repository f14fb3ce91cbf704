"""Feeds of records: YML, any XML with a repeated element, CommerceML, JSON (contract 5.3 to 5.5).

Each yields its records one by one and remembers what stands outside them: the date of the data and
the tree of categories.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

from westsync.connectors.suppliers.reading.records import json_path
from westsync.connectors.suppliers.reading.results import FileRefused, RefusalCode
from westsync.connectors.suppliers.reading.xml_events import Repaired, local, walked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import IO

    from westsync.connectors.suppliers.reading.fields import Lookups

_DEEPEST = 100
_HEAVY = frozenset({"Описание", "Картинка", "ЗначенияРеквизитов", "ЗначенияСвойств"})


class Around:
    """What a feed says outside its records.

    Attributes:
        wanted: Path from the root whose text or attribute is looked for, e.g. the moment.
        found: What stands there; empty if nothing does.
        root: Attributes of the root.
        delta: The feed holds changes only (CommerceML).
    """

    def __init__(self, wanted: str, lookups: Lookups) -> None:
        """Look for one path.

        Args:
            wanted: ``/catalogue/offer/@id``; empty: nothing.
            lookups: Takes the categories.
        """
        steps = [step for step in wanted.split("/") if step]
        self._attribute = steps.pop()[1:] if steps and steps[-1].startswith("@") else ""
        self._steps = steps
        self.wanted = wanted
        self.found = ""
        self.root: dict[str, str] = {}
        self.delta = False
        self._categories = lookups.setdefault("categories", {})
        self._parents: dict[str, str] = {}

    def started(self, element: Element, above: list[str]) -> None:
        """See an element open."""
        if len(above) == 1:
            # Of several files the last one states the stock: import, offers, prices, rests.
            self.root.update(element.attrib)
        if self._attribute and self._steps == above:
            self.found = self.found or element.get(self._attribute, "")
        if element.get("СодержитТолькоИзменения", "").lower() == "true":
            self.delta = True

    def ended(self, element: Element, above: list[str]) -> None:
        """See an element close that is no part of a record."""
        if self._steps and not self._attribute and self._steps == above:
            self.found = self.found or (element.text or "").strip()
        if above[-1] == "category" and element.get("id"):
            self._category(element.get("id", ""), element.get("parentId"), element.text or "")

    def _category(self, key: str, parent: str | None, name: str) -> None:
        """Remember a category as the path from its root; parents stand before children."""
        above = self._categories.get(parent or "")
        text = " ".join(name.split())
        self._categories[key] = f"{above} / {text}"[:1000] if above else text


def xml_records(
    file: IO[bytes] | Repaired, item: str, around: Around, encoding: str = ""
) -> Iterator[Element]:
    """Yield the elements of one name, each whole; everything else is dropped as it closes.

    Args:
        file: The XML.
        item: Local name of a record.
        around: Takes what stands outside the records.
        encoding: Python's name; empty: as the XML states.

    Raises:
        xml.etree.ElementTree.ParseError: The XML is not well-formed, or cut.
        FileRefused: It is nested deeper than any feed.
    """
    above: list[str] = []
    elements: list[Element] = []
    inside = 0
    for event, element in walked(file, encoding):
        if event == "start":
            tag = local(element.tag)
            if inside or tag == item:
                inside += 1
            else:
                above.append(tag)
                elements.append(element)
                around.started(element, above)
            if inside + len(above) > _DEEPEST:
                raise FileRefused(
                    RefusalCode.DAMAGED, f"the XML is nested more than {_DEEPEST} deep; look at it"
                )
        elif inside:
            inside -= 1
            if not inside:
                _without_namespaces(element)
                yield element
                if elements:
                    elements[-1].clear()
        else:
            around.ended(element, above)
            above.pop()
            elements.pop()
            element.clear()


def commerceml_records(
    files: list[IO[bytes] | Repaired], around: Around, encoding: str = ""
) -> Iterator[Element]:
    """Yield one element per offer, joined on ``Ид`` over catalogue, prices and rests.

    A variant ``product#variant`` takes what it lacks from its product. Goods of the catalogue
    without an offer are yielded too: nothing is known of their stock.
    """
    goods: dict[str, Element] = {}
    offers: dict[str, Element] = {}
    for file in files:
        for element, is_offer in _commerceml(file, around, encoding):
            key = (element.findtext("Ид") or "").strip()
            into = offers if is_offer else goods
            known = into.get(key)
            if known is None:
                into[key] = element
            else:
                known.extend(list(element))
    for key, offer in offers.items():
        product = goods.get(key)
        if product is None:
            product = goods.get(key.partition("#")[0])
        if product is not None:
            offer.extend(list(product))
        yield offer
    sold = {key.partition("#")[0] for key in offers}
    yield from (element for key, element in goods.items() if key not in sold)


def json_records(path: Path, encoding: str, items: str, around: Around) -> Iterator[dict[str, Any]]:
    """Yield the objects of a list.

    Args:
        path: The file.
        encoding: Python's name.
        items: Path of the list; empty: the document is the list.
        around: Takes the value at its wanted path.

    Raises:
        FileRefused: It is no JSON, cut, or has no such list.
    """
    try:
        document = json.loads(path.read_text(encoding=encoding, errors="replace"))
    except (ValueError, RecursionError) as exc:
        raise FileRefused(
            RefusalCode.TRUNCATED, f"the JSON cannot be read ({exc}); fetch it again"
        ) from exc
    found = json_path(items)(document)
    if isinstance(found, dict) and found and all(isinstance(one, dict) for one in found.values()):
        found = [*found.values()]  # PHP writes a list with gaps as an object by number
    if not isinstance(found, list):
        raise FileRefused(
            RefusalCode.WRONG_TYPE,
            f"no list at {items or 'the top of the document'!r}; set read.items to its path",
        )
    if around.wanted:
        value = json_path(around.wanted)(document)
        around.found = value if isinstance(value, str) else ""
    yield from (record for record in found if isinstance(record, dict))


def _commerceml(
    file: IO[bytes] | Repaired, around: Around, encoding: str
) -> Iterator[tuple[Element, bool]]:
    """Yield goods and offers of one file; True: it is an offer."""
    above: list[str] = []
    record: Element | None = None
    for event, element in walked(file, encoding):
        tag = local(element.tag)
        if event == "start":
            above.append(tag)
            if len(above) > _DEEPEST:
                raise FileRefused(
                    RefusalCode.DAMAGED, f"the XML is nested more than {_DEEPEST} deep; look at it"
                )
            if record is None:
                around.started(element, above)
                if tag in {"Товар", "Предложение"}:
                    record = element
            continue
        if element is record:
            _without_namespaces(element)
            light = Element(tag, element.attrib)
            light.extend([child for child in element if child.tag not in _HEAVY])
            yield light, tag == "Предложение"
            record = None
            element.clear()
        elif record is None:
            around.ended(element, above)
            element.clear()
        above.pop()


def _without_namespaces(element: Element) -> None:
    """Drop the namespaces of a record's tags: paths of profiles are by local name."""
    if "}" in element.tag or any("}" in child.tag for child in element):
        for one in element.iter():
            one.tag = local(one.tag)

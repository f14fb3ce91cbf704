"""How entities become answers: chosen fields, everything in full once, then bare (2.4, 2.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.sandbox.megaplan import clients, comments, deals, files, goods, tasks, todos
from westsync.sandbox.megaplan.profiles import BARE, LISTED, NESTED
from westsync.sandbox.megaplan.typebook import typebook
from westsync.sandbox.megaplan.wire import Doc, Ref, bare, invalid, is_link, ref

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from westsync.sandbox.megaplan.core import Core

COMPUTED: Mapping[str, Mapping[str, Callable[[Core, Doc, str], object]]] = {
    "Deal": {**comments.COMPUTED, **files.COMPUTED, **deals.COMPUTED},
    "Task": {**comments.COMPUTED, **files.COMPUTED, **tasks.COMPUTED},
    "Todo": {**comments.COMPUTED, **todos.COMPUTED},
    "ContractorCompany": {**comments.COMPUTED, **clients.COMPUTED},
    "ContractorHuman": {**comments.COMPUTED, **clients.COMPUTED},
    "Invoice": goods.INVOICE,
    "Offer": {**comments.COMPUTED, **goods.OFFER},
    "Project": comments.COMPUTED,
}
MAX_DEPTH = 5


def known_field(core: Core, content_type: str, name: str) -> bool:
    """Whether a type of this account has a field, own or custom."""
    return typebook().field(content_type, name) is not None or name in core.custom.get(
        content_type, {}
    )


def check_fields(core: Core, types: Sequence[str], fields: object) -> tuple[str, ...]:
    """Return the requested names.

    Raises:
        Refused: 422, it is no array, or no type of the answer has such a field (2.7).
    """
    if fields is None:
        return ()
    if not isinstance(fields, list) or not all(isinstance(name, str) for name in fields):
        raise invalid("'fields' must be an array of field names", "fields")
    unknown = [name for name in fields if not any(known_field(core, kind, name) for kind in types)]
    if unknown:
        raise invalid(f"{types[0]} have not this fields: {', '.join(unknown)}", "fields")
    return tuple(fields)


def value_of(core: Core, doc: Doc, name: str, user: str) -> object:
    """Return what an entity shows in a field: computed, stored, counted, or empty."""
    computed = COMPUTED.get(doc["contentType"], {}).get(name)
    if computed is not None:
        return computed(core, doc, user)
    if name in doc:
        return doc[name]
    field = typebook().field(doc["contentType"], name)
    if field is None:
        return None
    if name.endswith("Count"):
        counted = name.removesuffix("Count")
        if typebook().field(doc["contentType"], counted) is not None:
            items = value_of(core, doc, counted, user)
            return len(items) if isinstance(items, list) else 0
    return field.empty


class Renderer:
    """Renders one document; remembers what it has shown in full.

    With ``included`` every nested entity is bare, and all full forms stand in one array
    (header ``X-USE-INCLUDED-RESPONSE``, contract 2.4).
    """

    def __init__(self, core: Core, user: str, *, included: bool = False) -> None:
        """Begin a document for a user."""
        self._core = core
        self._user = user
        self._shown: set[Ref] = set()
        self._collect = included
        self._in_list = False
        self._top: dict[Ref, tuple[str, ...]] = {}
        self.included: list[Doc] = []

    def card(self, doc: Doc, extra: tuple[str, ...] = ()) -> Doc:
        """Return everything an entity holds."""
        computed = COMPUTED.get(doc["contentType"], {})
        counts = [f"{name}Count" for name in (*doc, *computed)]
        names = (*doc, *computed, *counts, *extra)
        return self._full(doc, dict.fromkeys(names), 0)

    def listing(self, docs: list[Doc], fields: tuple[str, ...], *, only: bool) -> list[Doc]:
        """Return a page of a list.

        Args:
            docs: The page.
            fields: Requested names, added to the basic subset.
            only: ``onlyRequestedFields``: nothing but them.
        """
        self._in_list = True
        for doc in docs:
            basic = () if only else LISTED.get(doc["contentType"], tuple(doc))
            names = [*basic, *fields]
            self._top[ref(doc)] = tuple(
                name for name in names if known_field(self._core, doc["contentType"], name)
            )
        return [self._nested(doc, 0, top=True) for doc in docs]

    def _full(self, doc: Doc, names: Mapping[str, None], depth: int) -> Doc:
        kind = doc["contentType"]
        self._shown.add(ref(doc))
        hidden = self._core.switches.hidden_fields
        shown: Doc = {"contentType": kind, "id": str(doc["id"])}
        for name in names:
            if name.startswith("_") or name in shown or f"{kind}.{name}" in hidden:
                continue
            if not known_field(self._core, kind, name):
                continue
            value = value_of(self._core, doc, name, self._user)
            shown[name] = self._value(value, depth, stay_bare=(kind, name) in BARE)
        return shown

    def _value(self, value: object, depth: int, *, stay_bare: bool) -> object:
        if isinstance(value, list):
            return [self._value(item, depth, stay_bare=stay_bare) for item in value]
        if not isinstance(value, dict) or not is_link(value):
            return value
        if stay_bare or value["contentType"] not in NESTED:
            return bare(value)
        target = self._core.store.follow(value)
        return bare(value) if target is None else self._nested(target, depth + 1)

    def _nested(self, doc: Doc, depth: int, *, top: bool = False) -> Doc:
        """Show an entity in full if it was not shown yet, else as a bare link."""
        key = ref(doc)
        if key in self._shown or depth > MAX_DEPTH:
            return bare(doc)
        names = self._top.get(key)
        if names is None:
            names = NESTED[key[0]]
            if key[0] == "ProgramState" and self._in_list and not top:
                names = self._state_names()
        if self._collect and not top:
            self._shown.add(key)
            place = len(self.included)
            self.included.append({})
            self.included[place] = self._full(doc, dict.fromkeys(names), depth)
            return bare(doc)
        return self._full(doc, dict.fromkeys(names), depth)

    def _state_names(self) -> tuple[str, ...]:
        if self._core.switches.state_names_in_lists:
            return NESTED["ProgramState"]
        return tuple(name for name in NESTED["ProgramState"] if "ame" not in name)


def envelope(data: object, *, status: int = 200, pagination: Doc | None = None) -> Doc:
    """Wrap an answer; ``pagination`` of a single object is an empty array (2.1)."""
    page: object = [] if pagination is None else pagination
    return {"meta": {"status": status, "errors": [], "pagination": page}, "data": data}

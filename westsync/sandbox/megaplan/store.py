"""Where the stand-in keeps its entities, and how they looked a moment ago.

Entities are documents in wire form and never changed in place: a write replaces the document and
keeps the old one for a while, so that a lagging list or a stale replica can be shown (contract 6,
9.12). Keys that begin with an underscore are the stand-in's own and are never answered.
"""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING, NamedTuple

from westsync.sandbox.megaplan.wire import Doc, Ref, is_link, missing, ref

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

# Fields by which entities are looked up from the other side.
INDEXED: dict[str, tuple[str, ...]] = {
    "BasedOnHistory": ("basedModel", "generatedModel"),
    "Changeset": ("entity",),
    "Comment": ("subject",),
    "Deal": ("contractor",),
    "DealStatusHistory": ("_deal",),
    "FinOperation": ("_deals", "invoices"),
    "Invoice": ("deal",),
    "Notification": ("_recipient",),
    "OfferRow": ("deal", "_invoice"),
    "Payer": ("contractor",),
    "Task": ("deals", "parent"),
    "Todo": ("relations",),
    "TriggerLogSet": ("programInstance",),
    "Vacation": ("employee",),
}
REMEMBERED_WRITES = 20_000

# First ids, as the contract's examples show them.
FIRST_IDS = {
    "BasedOnHistory": 1096,
    "Changeset": 77001,
    "Comment": 310130,
    "Contractor": 1000777,
    "Deal": 501,
    "DealStatusHistory": 9001,
    "DeadlineChangeRequest": 4001,
    "File": 9100,
    "FinOperation": 6001,
    "Invoice": 1241,
    "Notification": 90001,
    "Offer": 7001,
    "OfferRow": 8001,
    "Payer": 3001,
    "Task": 1006301,
    "Todo": 40001,
    "TriggerLogSet": 5001,
    "Vacation": 2001,
}


class Write(NamedTuple):
    """One replaced document: when, which, and what was there before (None: nothing)."""

    number: int
    at: datetime
    ref: Ref
    old: Doc | None


class Store:
    """All entities of the account."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Start empty.

        Args:
            now: The stand-in's clock; stamps writes for lagging views.
        """
        self._now = now
        self._docs: dict[str, dict[str, Doc]] = {}
        self._index: dict[tuple[str, str], dict[Ref, dict[str, None]]] = {}
        self._writes: deque[Write] = deque(maxlen=REMEMBERED_WRITES)
        self._issued: Counter[str] = Counter()
        self._overlay: dict[Ref, Doc | None] = {}
        self.blobs: dict[str, bytes] = {}
        self.version: Counter[str] = Counter()
        self.watchers: list[Callable[[str, Doc], None]] = []

    @property
    def written(self) -> int:
        """Number of writes so far."""
        return self._issued["write"]

    def next_id(self, content_type: str) -> str:
        """Return the next id of a type's sequence; both kinds of contractors share one."""
        name = "Contractor" if content_type.startswith("Contractor") else content_type
        self._issued[name] += 1
        return str(FIRST_IDS.get(name, 1) + self._issued[name] - 1)

    def get(self, content_type: str, entity_id: str) -> Doc | None:
        """Return an entity, None if there is none (or the present view does not show it)."""
        key = (content_type, entity_id)
        if key in self._overlay:
            return self._overlay[key]
        return self._docs.get(content_type, {}).get(entity_id)

    def need(self, content_type: str, entity_id: str) -> Doc:
        """Return an entity.

        Raises:
            Refused: 404, it does not exist.
        """
        found = self.get(content_type, entity_id)
        if found is None:
            raise missing(content_type, entity_id)
        return found

    def follow(self, pointer: object) -> Doc | None:
        """Return the entity a link points to, None if it points nowhere."""
        return self.get(*ref(pointer)) if isinstance(pointer, dict) and is_link(pointer) else None

    def all(self, content_type: str) -> list[Doc]:
        """Return all entities of a type in the order of their creation (contract 9.4)."""
        docs = self._docs.get(content_type, {})
        if not self._overlay:
            return list(docs.values())
        gone = [key[1] for key in self._overlay if key[0] == content_type and key[1] not in docs]
        found = (self.get(content_type, entity_id) for entity_id in [*docs, *gone])
        return [doc for doc in found if doc is not None]

    def pointing(self, content_type: str, field: str, target: Ref) -> list[Doc]:
        """Return the entities of a type whose (indexed) field links to the target."""
        ids = self._index.get((content_type, field), {}).get(target, {})
        candidates = dict.fromkeys(ids)
        for kind, entity_id in self._overlay:
            if kind == content_type:
                candidates[entity_id] = None
        found = (self.get(content_type, entity_id) for entity_id in candidates)
        return [doc for doc in found if doc is not None and target in set(_targets(doc, field))]

    def put(self, doc: Doc, *, quietly: bool = False) -> Doc:
        """Store an entity, new or replaced, and return it.

        Args:
            doc: The whole document; it is kept as it is.
            quietly: Do not tell the watchers (derived entities, seed).
        """
        kind, entity_id = ref(doc)
        old = self._docs.setdefault(kind, {}).get(entity_id)
        self._note((kind, entity_id), old)
        self._docs[kind][entity_id] = doc
        self._reindex(kind, entity_id, old, doc)
        if not quietly:
            self._tell("on_after_create" if old is None else "on_after_update", doc)
        return doc

    def change(self, doc: Doc, **fields: object) -> Doc:
        """Replace some fields of a stored entity and return its new document."""
        return self.put({**self.need(*ref(doc)), **fields})

    def remove(self, doc: Doc) -> None:
        """Forget an entity."""
        kind, entity_id = ref(doc)
        old = self._docs[kind].pop(entity_id)
        self._note((kind, entity_id), old)
        self._reindex(kind, entity_id, old, None)
        self._tell("on_after_drop", old)

    def look_back(self, *, to_write: int | None = None, to: datetime | None = None) -> None:
        """Show reads how everything was after a write, or at a moment, until `look_now`."""
        overlay: dict[Ref, Doc | None] = {}
        for write in reversed(self._writes):
            if to_write is not None and write.number <= to_write:
                break
            if to is not None and write.at <= to:
                break
            overlay[write.ref] = write.old
        self._overlay = overlay

    def look_now(self) -> None:
        """Show reads the present again."""
        self._overlay = {}

    def _note(self, key: Ref, old: Doc | None) -> None:
        self._issued["write"] += 1
        self._writes.append(Write(self.written, self._now(), key, old))
        self.version[key[0]] += 1

    def _tell(self, event: str, doc: Doc) -> None:
        for watcher in self.watchers:
            watcher(event, doc)

    def _reindex(self, kind: str, entity_id: str, old: Doc | None, new: Doc | None) -> None:
        for field in INDEXED.get(kind, ()):
            index = self._index.setdefault((kind, field), {})
            before = set(_targets(old, field)) if old else set()
            after = set(_targets(new, field)) if new else set()
            for target in before - after:
                index[target].pop(entity_id, None)
            for target in after - before:
                index.setdefault(target, {})[entity_id] = None


def _targets(doc: Doc, field: str) -> Iterator[Ref]:
    value = doc.get(field)
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict) and is_link(item):
            yield ref(item)

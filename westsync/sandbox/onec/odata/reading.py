"""Lists, objects, counts, sections and slices (contract 4.2, 4.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from westsync.sandbox.onec.answer import TEXT, Answer
from westsync.sandbox.onec.odata import atom_answers, json_answers
from westsync.sandbox.onec.odata.address import key_of
from westsync.sandbox.onec.odata.entries import Selection, section_values
from westsync.sandbox.onec.odata.meaning import NO_ROW, Meaning
from westsync.sandbox.onec.odata.syntax import Binary, Literal, Path, conjuncts
from westsync.sandbox.onec.odata.words import Guid
from westsync.sandbox.onec.refusals import NO_RIGHTS, NOT_SUPPORTED, OneCRefused, no_property

if TYPE_CHECKING:
    from collections.abc import Iterable

    from westsync.sandbox.onec.odata.address import Arguments
    from westsync.sandbox.onec.odata.entries import Entry
    from westsync.sandbox.onec.odata.options import Level, Options
    from westsync.sandbox.onec.odata.syntax import Node
    from westsync.sandbox.onec.schema import EntityType, Section
    from westsync.sandbox.onec.values import Row
    from westsync.sandbox.onec.world import OneCWorld

BOM = "\ufeff"
ATOM_FEED = "application/atom+xml;type=feed;charset=utf-8"
ATOM_ENTRY = "application/atom+xml;type=entry;charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """In which form an answer is wanted.

    Attributes:
        root: Address of the OData root, without a slash at the end.
        level: Metadata level of JSON; None: Atom.
        options: The query options.
    """

    root: str
    level: Level | None
    options: Options


class Reading:
    """Answers to GET."""

    def __init__(self, world: OneCWorld, wish: Wish, *, shows_nothing: bool = False) -> None:
        """Read a base as a request wishes.

        Args:
            world: The base.
            wish: Form and options.
            shows_nothing: A fault: lists are empty this once.
        """
        self._world = world
        self._wish = wish
        self._shows_nothing = shows_nothing
        self._meaning = Meaning(world)

    @property
    def notes(self) -> list[str]:
        """Breaches of the contract that were seen, by rule name."""
        return self._meaning.notes

    def service(self) -> Answer:
        """Return the root document: what is published."""
        names = list(self._world.published)
        wish = self._wish
        if wish.level is None:
            return Answer(
                status=200,
                body=atom_answers.written(atom_answers.service(wish.root, names)),
                media_type="application/atomsvc+xml;charset=utf-8",
            )
        head = {} if wish.level == "nometadata" else {"odata.metadata": f"{wish.root}/$metadata"}
        value = [{"name": name, "url": name} for name in names]
        return self._json(head | {"value": value})

    def listing(self, kind: EntityType) -> Answer:
        """Return the rows of an entity set that are wanted."""
        options = self._wish.options
        selection = Selection(self._world, kind, options.select, options.expand)
        found = self._found(kind)
        count = len(found) if options.counts else None
        entries = [selection.entry(row) for row in self._page(found)]
        return self._feed(kind.name, entries, count)

    def count(self, kind: EntityType) -> Answer:
        """Return the number of rows, as text that begins with a BOM."""
        text = f"{BOM}{len(self._found(kind))}"
        return Answer(status=200, body=text.encode(), media_type=TEXT)

    def single(self, kind: EntityType, arguments: Arguments) -> Answer:
        """Return one row.

        Raises:
            OneCRefused: Code 9: there is none. 501: ``$expand`` was asked for.
        """
        row = self._world.need(kind.name, key_of(self._world, kind, arguments))
        return self.entry(kind, row)

    def entry(self, kind: EntityType, row: Row, *, status: int = 200) -> Answer:
        """Return a row that is at hand."""
        options = self._wish.options
        if options.expand:
            text = "The $expand option is not supported when querying single entities"
            raise OneCRefused(NOT_SUPPORTED, text)
        entry = Selection(self._world, kind, options.select).entry(row)
        wish = self._wish
        if wish.level is None:
            body = atom_answers.written(atom_answers.entry(wish.root, entry, self._world.now))
            return Answer(status=status, body=body, media_type=ATOM_ENTRY)
        return self._json(json_answers.single(wish.root, entry, wish.level), status=status)

    def behind(self, kind: EntityType, arguments: Arguments, name: str) -> Answer:
        """Return what a reference of a row points at, or the rows of its section.

        Raises:
            OneCRefused: Code 9: the row or what it points at does not exist. Code 10: it has no
                such reference.
        """
        row = self._world.need(kind.name, key_of(self._world, kind, arguments))
        if name in kind.sections:
            section = kind.sections[name]
            return self._rows(name, [section_values(section, line, row) for line in row[name]])
        one = kind.fields.get(name)
        if one is None or one.target is None:
            raise no_property(kind.name, name)
        target = self._world.type_of(one.target)
        found = self._world.store.follow(row[name])
        if found is None:
            found = self._world.need(target.name, "")
        return self.entry(target, found)

    def section(self, kind: EntityType, section: Section) -> Answer:
        """Return the rows of one tabular section of all objects."""
        options = self._wish.options
        test = None
        if options.condition is not None:
            test = self._meaning.condition(options.condition, section)
        found = [
            section_values(section, line, row)
            for row in self._visible(kind, self._world.store.all(kind.name))
            for line in row[section.name]
            if test is None or test(line)
        ]
        return self._rows(f"{kind.name}_{section.name}", list(_cut(found, options)))

    def slice_last(self, kind: EntityType, condition: Node | None) -> Answer:
        """Return the latest records; an independent register keeps only those."""
        test = None if condition is None else self._meaning.condition(condition, kind)
        selection = Selection(self._world, kind)
        rows = self._world.store.all(kind.name)
        entries = [selection.entry(row) for row in rows if test is None or test(row)]
        return self._feed(kind.name, entries, None)

    def changes(self, entries: list[Entry], gone: list[str]) -> Answer:
        """Return what waits for a node of an exchange plan: always Atom (contract 4.11)."""
        root, at = self._wish.root, self._world.now
        feed = atom_answers.feed(root, "SelectChanges", entries, at, None)
        for path in gone:
            feed.append(atom_answers.tombstone(root, path, at))
        return Answer(status=200, body=atom_answers.written(feed), media_type=ATOM_FEED)

    def _found(self, kind: EntityType) -> list[Row]:
        """Return the rows that fit the condition, in the order that is wanted."""
        options = self._wish.options
        rows = self._visible(kind, _candidates(self._world, kind, options.condition))
        if options.condition is not None:
            test = self._meaning.condition(options.condition, kind)
            rows = [row for row in rows if test(row)]
        for path, descending in reversed(options.order):
            get = self._meaning.value(path, kind).of
            rows = sorted(rows, key=lambda row: _sortable(get(row, NO_ROW)), reverse=descending)
        return rows

    def _visible(self, kind: EntityType, rows: list[Row]) -> list[Row]:
        """Leave out what this request must not, or by a fault does not, see."""
        if self._shows_nothing:
            return []
        world = self._world
        hidden = world.hidden_among(rows)
        restricted = {ref.key for ref in world.restricted if ref.entity == kind.name}
        if restricted and not self._wish.options.allowed_only:
            raise OneCRefused(NO_RIGHTS, f'Нарушение прав доступа: "{kind.name}"')
        if not hidden and not restricted:
            return rows
        return [row for row in rows if row.get("Ref") not in hidden | restricted]

    def _page(self, rows: list[Row]) -> Iterable[Row]:
        options = self._wish.options
        if options.counts and self._world.switches.inlinecount == "ignores_paging":
            return rows
        return _cut(rows, options)

    def _feed(self, name: str, entries: list[Entry], count: int | None) -> Answer:
        wish = self._wish
        if wish.level is None:
            feed = atom_answers.feed(wish.root, name, entries, self._world.now, count)
            return Answer(status=200, body=atom_answers.written(feed), media_type=ATOM_FEED)
        return self._json(json_answers.feed(wish.root, name, entries, wish.level, count))

    def _rows(self, name: str, found: list[atom_answers.Values]) -> Answer:
        wish = self._wish
        if wish.level is None:
            body = atom_answers.written(atom_answers.rows(name, found))
            return Answer(status=200, body=body, media_type="application/xml;charset=utf-8")
        plain = [json_answers.plain(values) for values in found]
        return self._json(json_answers.rows(wish.root, name, plain, wish.level))

    def _json(self, document: json_answers.Document, *, status: int = 200) -> Answer:
        body = json_answers.encoded(document)
        if self._world.switches.bom:
            body = BOM.encode() + body
        level = self._wish.level or "minimalmetadata"
        return Answer(status=status, body=body, media_type=json_answers.media_type(level))


def _candidates(world: OneCWorld, kind: EntityType, condition: Node | None) -> list[Row]:
    """Return the rows that can fit: by key or by date if the condition names them."""
    store = world.store
    if condition is None:
        return store.all(kind.name)
    keys = _keys(condition)
    if keys is not None:
        found = (store.get(kind.name, key) for key in keys)
        return [row for row in found if row is not None]
    since: datetime | None = None
    until: datetime | None = None
    for node in conjuncts(condition):
        match node:
            case Binary("ge" | "gt", Path(("Date",)), Literal(datetime() as at)):
                since = at if since is None else max(since, at)
            case Binary("lt", Path(("Date",)), Literal(datetime() as at)):
                until = at if until is None else min(until, at)
            case Binary("le", Path(("Date",)), Literal(datetime() as at)):
                after = at + timedelta(seconds=1)
                until = after if until is None else min(until, after)
            case _:
                continue
    if kind.is_document and (since is not None or until is not None):
        return store.dated(kind.name, since, until)
    return store.all(kind.name)


def _keys(condition: Node) -> dict[str, None] | None:
    """Return the keys that a condition names, None if it can hold for others."""
    match condition:
        case Binary("eq", Path(("Ref_Key",)), Literal(Guid(key))):
            return {key: None}
        case Binary("and" | "or" as joint, left, right):
            first, second = _keys(left), _keys(right)
            if joint == "and":
                return second if first is None else first
            return None if first is None or second is None else first | second
        case _:
            return None


def _cut(rows: list[Any], options: Options) -> list[Any]:
    first = options.skip or 0
    return rows[first:] if options.top is None else rows[first : first + options.top]


def _sortable(value: object) -> tuple[bool, str, Any]:
    """Order nothing before something, and values of a composite field by their types."""
    return (value is not None, type(value).__name__, value)

"""From method and path to what is done (contract 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from westsync.sandbox.onec.answer import XML, Answer
from westsync.sandbox.onec.odata import atom_answers, json_answers
from westsync.sandbox.onec.odata.address import Segment, key_of, read_path
from westsync.sandbox.onec.odata.entries import Selection
from westsync.sandbox.onec.odata.exchange import message_number
from westsync.sandbox.onec.odata.metadata import metadata
from westsync.sandbox.onec.odata.options import Level, Options, level_of, split_query
from westsync.sandbox.onec.odata.reading import Reading, Wish
from westsync.sandbox.onec.odata.syntax import Node, parse
from westsync.sandbox.onec.odata.writing import Writing, refuse_row
from westsync.sandbox.onec.refusals import (
    BAD_URL,
    METHOD_NOT_ALLOWED,
    MISSING_ARGUMENT,
    NO_RIGHTS,
    UNKNOWN_METHOD,
    OneCRefused,
    bad_option,
    no_property,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from westsync.sandbox.onec.odata.address import Arguments
    from westsync.sandbox.onec.schema import EntityType, Section
    from westsync.sandbox.onec.world import OneCWorld

SLICES = frozenset({"SliceLast", "SliceFirst"})
LATEST_VERSION = {"DataServiceVersion": "3.0;"}


@dataclass(slots=True, kw_only=True)
class Call:
    """One request to OData.

    Attributes:
        method: GET, POST, ...
        path: Below the root, decoded.
        raw_query: As it came.
        headers: By lower-case names.
        body: As it came.
        root: Address of the OData root as this client sees it, without a slash at the end.
        shows_nothing: A fault: lists are empty this once.
        without_rights: The user may come in and see nothing.
        notes: Breaches that only the server could see, by rule name.
    """

    method: str
    path: str
    raw_query: str
    headers: Mapping[str, str]
    body: bytes
    root: str
    shows_nothing: bool = False
    without_rights: bool = False
    notes: tuple[str, ...] = ()


def answer(world: OneCWorld, call: Call) -> Answer:
    """Answer a request, refusals in the form that was asked for."""
    level: Level | None = None
    try:
        given = split_query(call.raw_query)
        level = level_of(given, call.headers.get("accept", ""))
        found = _Dispatch(world, call, given, level).answer()
    except OneCRefused as exc:
        found = _refusal(exc, level)
    except RecursionError:
        found = _refusal(bad_option("слишком сложное выражение"), level)
    found.headers |= LATEST_VERSION
    return found


def _refusal(refused: OneCRefused, level: Level | None) -> Answer:
    if level is None:
        body, media = atom_answers.written(atom_answers.error(refused)), XML
    else:
        body = json_answers.encoded(json_answers.error(refused))
        media = json_answers.media_type(level)
    return Answer(status=refused.status, body=body, media_type=media, code=refused.code)


class _Dispatch:
    """One request on its way to what it asks for."""

    def __init__(
        self, world: OneCWorld, call: Call, given: dict[str, str], level: Level | None
    ) -> None:
        self._world = world
        self._call = call
        self._given = given
        self._segments = read_path(call.path)
        wish = Wish(root=call.root, level=level, options=Options.read(call.raw_query, given))
        self._reading = Reading(world, wish, shows_nothing=call.shows_nothing)
        self._writing = Writing(world, self._reading, call.root)

    def answer(self) -> Answer:
        try:
            return self._answer()
        finally:
            self._call.notes = tuple(dict.fromkeys(self._reading.notes))

    def _answer(self) -> Answer:
        if not self._segments:
            self._allow("GET")
            return self._reading.service()
        if self._call.without_rights:
            raise OneCRefused(NO_RIGHTS, "Недостаточно прав")
        first = self._segments[0]
        if first.name == "$metadata":
            self._allow("GET")
            return Answer(status=200, body=metadata(self._world.published), media_type=XML)
        if first.name in {"SelectChanges", "NotifyChangesReceived"}:
            self._allow("POST", "GET")
            return _exchange(self._world, self._reading, first.name, self._given)
        if len(self._segments) > 2:
            raise OneCRefused(BAD_URL, f"Неверный URL: {self._call.path}")
        section = _section(self._world, first.name)
        if section is not None:
            if self._call.method == "POST":
                raise refuse_row()
            self._allow("GET")
            return self._reading.section(*section)
        kind = self._world.type_of(first.name)
        last = self._segments[1] if len(self._segments) == 2 else None
        if first.arguments is None:
            return self._of_set(kind, last)
        return self._of_object(kind, first.arguments, last)

    def _of_set(self, kind: EntityType, last: Segment | None) -> Answer:
        """Answer what is asked of a whole entity set."""
        if last is None:
            self._allow("GET", "POST")
            if self._call.method == "GET":
                return self._reading.listing(kind)
            return self._writing.create(kind, self._call.body)
        self._allow("GET")
        if last.name == "$count":
            return self._reading.count(kind)
        if last.name in SLICES and kind.dimensions:
            return self._reading.slice_last(kind, _condition(last, self._given))
        if last.arguments is not None:
            text = f'Метод "{last.name}" не найден у "{kind.name}"'
            raise OneCRefused(UNKNOWN_METHOD, text)
        raise no_property(kind.name, last.name)

    def _of_object(self, kind: EntityType, key: Arguments, last: Segment | None) -> Answer:
        """Answer what is asked of one object, its function, reference or section."""
        if last is not None and last.name in {"Post", "Unpost"}:
            self._allow("POST")
            return self._writing.post(kind, key, last.name)
        if last is not None:
            self._allow("GET")
            return self._reading.behind(kind, key, last.name)
        call, if_match = self._call, self._call.headers.get("if-match")
        match call.method:
            case "GET":
                return self._reading.single(kind, key)
            case "PATCH" | "MERGE":
                return self._writing.change(kind, key, call.body, if_match=if_match)
            case "PUT":
                return self._writing.change(kind, key, call.body, if_match=if_match, whole=True)
            case "DELETE":
                return self._writing.delete(kind, key, if_match=if_match)
            case _:
                raise _not_allowed(call)

    def _allow(self, *methods: str) -> None:
        if self._call.method not in methods:
            raise _not_allowed(self._call)


def _section(world: OneCWorld, name: str) -> tuple[EntityType, Section] | None:
    """Return the tabular section that is an entity set of this name."""
    owner, _, section = name.rpartition("_")
    kind = world.published.get(owner)
    found = kind.sections.get(section) if kind else None
    return (kind, found) if kind and found else None


def _condition(function: Segment, given: dict[str, str]) -> Node | None:
    """Return ``Condition`` of a virtual table, from the bracket or the query."""
    arguments = function.arguments or {}
    text = arguments.get("Condition", given.get("Condition", ""))
    return parse(str(text)) if text else None


def _exchange(world: OneCWorld, reading: Reading, name: str, given: dict[str, str]) -> Answer:
    point = given.get("DataExchangePoint", "").strip().strip("'")
    segments = read_path(point.rpartition("standard.odata/")[2].replace("''", "'"))
    if len(segments) != 1 or segments[0].arguments is None:
        raise OneCRefused(MISSING_ARGUMENT, "Не указан аргумент DataExchangePoint")
    plan = world.type_of(segments[0].name)
    node = world.need(plan.name, key_of(world, plan, segments[0].arguments))
    message = message_number(given)
    if name == "NotifyChangesReceived":
        world.exchange.confirm(node, message)
        world.store.put(plan.name, node["Ref"], node | {"ReceivedNo": message})
        return Answer(status=200)
    found, gone = [], []
    for ref in world.exchange.select(node, message):
        row = world.store.follow(ref)
        if ref.entity in world.published and row is not None:
            found.append(Selection(world, world.published[ref.entity]).entry(row))
        elif row is None:
            gone.append(f"{ref.entity}(guid'{ref.key}')")
    world.store.put(plan.name, node["Ref"], node | {"SentNo": message})
    return reading.changes(found, gone)


def _not_allowed(call: Call) -> OneCRefused:
    return OneCRefused(METHOD_NOT_ALLOWED, f"Метод {call.method} не разрешен")

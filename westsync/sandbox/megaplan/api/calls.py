"""A call of the API, what it answers, and how endpoints are found by path."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from westsync.sandbox.megaplan.filters import Filter
from westsync.sandbox.megaplan.listing import chosen, in_order, page
from westsync.sandbox.megaplan.rendering import Renderer, check_fields, envelope
from westsync.sandbox.megaplan.wire import Doc, Refused, invalid, link

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from westsync.sandbox.megaplan.core import Core

    Handler = Callable[["Call"], Doc]


@dataclass(slots=True, kw_only=True)
class Call:
    """One request that got past the door.

    Attributes:
        core: The account.
        user: Employee id on whose behalf.
        method: GET, POST or DELETE.
        route: ``METHOD /path/{id}`` with names as in the typebook.
        ids: What stood at the places in braces.
        query: Parameters.
        body: Parsed JSON, None if there was none.
        included: Whether nested entities go to ``included``.
        notes: Contract breaches that only the server can see, by rule name.
    """

    core: Core
    user: str
    method: str
    route: str
    ids: tuple[str, ...] = ()
    query: Doc = field(default_factory=dict)
    body: object = None
    included: bool = False
    notes: list[str] = field(default_factory=list)

    @property
    def by(self) -> Doc:
        """Link to the employee who acts."""
        return link("Employee", self.user)

    @property
    def family(self) -> str:
        """Content type that the first part of the path stands for."""
        family = self.route.split("/")[1]
        return family[0].upper() + family[1:]

    @property
    def subject(self) -> Doc:
        """The entity that the path begins with.

        Raises:
            Refused: 404.
        """
        return self.entity(self.family)

    def entity(self, content_type: str) -> Doc:
        """Return the entity that the path names.

        Raises:
            Refused: 404.
        """
        return self.core.store.need(content_type, self.ids[0])

    def one(self, doc: Doc | None) -> Doc:
        """Answer with a card (contract 2.1)."""
        if doc is None:
            return envelope(None)
        fields = check_fields(self.core, (doc["contentType"],), self.query.get("fields"))
        renderer = Renderer(self.core, self.user, included=self.included)
        fresh = self.core.store.get(doc["contentType"], doc["id"]) or doc
        return self._finished(envelope(renderer.card(fresh, fields)), renderer)

    def many(self, docs: list[Doc], *types: str) -> Doc:
        """Answer with a page of a list (contract 2.5 to 2.7).

        Args:
            docs: Everything that passed the filters.
            types: Content types that the list may hold.
        """
        fields, only = chosen(self.core, types, self.query)
        docs = in_order(self.core, docs, types, self.query.get("sortBy"), self.user)
        shown, pagination = page(self.core, docs, self.query)
        renderer = Renderer(self.core, self.user, included=self.included)
        items = renderer.listing(shown, fields, only=only)
        return self._finished(envelope(items, pagination=pagination), renderer)

    def followed(self, links: Iterable[Doc], *types: str) -> Doc:
        """Answer with a page of what links point to; what is no more is left out."""
        found = (self.core.store.follow(item) for item in links)
        return self.many([doc for doc in found if doc], *types)

    def links(self, docs: list[Doc]) -> Doc:
        """Answer with bare links, as some searches do (4.4)."""
        shown, pagination = page(self.core, docs, self.query)
        items = [link(doc["contentType"], doc["id"]) for doc in shown]
        return envelope(items, pagination=pagination)

    def filtered(self, docs: list[Doc], content_type: str, filter_type: str) -> list[Doc]:
        """Return what the query's ``filter`` lets pass."""
        given = self.query.get("filter")
        if given is None:
            return docs
        return Filter(self.core, content_type, filter_type, self.user).apply(docs, given)

    def strict(self, content_type: str, *allowed: str) -> None:
        """Refuse unknown parameters, as endpoints with a strict request type do (2.2)."""
        for name in self.query:
            if name not in {*allowed, "access_token"}:
                raise invalid(
                    f'There is extra field "{name}", which is not defined for content type '
                    f'"{content_type}"',
                    name,
                )

    def _finished(self, answer: Doc, renderer: Renderer) -> Doc:
        if self.included:
            answer["included"] = renderer.included
        return answer


class Routes:
    """Endpoints by ``METHOD /path/{id}``."""

    def __init__(self) -> None:
        """Start empty."""
        self.handlers: dict[str, tuple[str, Handler]] = {}

    def add(self, *routes: str) -> Callable[[Handler], Handler]:
        """Register a function as the endpoint of some routes."""

        def register(handler: Handler) -> Handler:
            for route in routes:
                self.handlers[_shape(route)] = (route, handler)
            return handler

        return register


def broken(message: str) -> Refused:
    """Return the 500 that Megaplan answers on some combinations (contract 6)."""
    found = invalid(message)
    return Refused(500, *found.complaints)


def find(
    table: Mapping[str, tuple[str, Handler]], method: str, path: str
) -> tuple[str, tuple[str, ...], Handler]:
    """Return route, ids and endpoint of a path below ``/api/v3``.

    Raises:
        Refused: 405 when only another method is known here, 404 when nothing is.
    """
    parts = [part for part in path.split("/") if part]
    numbers = [place for place, part in enumerate(parts) if part.isdigit()]
    # A few paths end in names instead of numbers: /payer/extraFields/RU/Legal.
    for named in (0, 1, 2):
        last = range(len(parts) - named, len(parts))
        places = sorted({*numbers, *(place for place in last if place > 0)})
        shape = "/" + "/".join("{}" if n in places else part for n, part in enumerate(parts))
        if f"{method} {shape}" in table:
            route, handler = table[f"{method} {shape}"]
            return route, tuple(parts[place] for place in places), handler
        if any(f"{other} {shape}" in table for other in ("GET", "POST", "DELETE")):
            raise Refused(405)
    raise Refused(404)


def _shape(route: str) -> str:
    method, path = route.split(" ", 1)
    parts = path.split("/")
    return f"{method} " + "/".join("{}" if part.startswith("{") else part for part in parts)

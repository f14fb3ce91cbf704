"""The vendor's type facts: which field exists, of which type, who may write it.

The facts stand in ``types.json`` beside this module (RAML r2510.27309.181, read into the contract's
``megaplan-types.json``); its key ``about`` says how to read it. Whatever behaviour the stand-in
derives from a type, it derives from here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from westsync.sandbox.megaplan.wire import Doc

PRIMITIVES = frozenset({"string", "integer", "number", "boolean", "any"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a type.

    Attributes:
        name: Its key in JSON.
        types: Names of the types it may hold; a primitive, a content type or ``BaseEntity``.
        is_list: Whether it holds an array of them.
        required: The RAML's word; it applies to creation only.
        readonly: Whether the server fills it; what a client sends is dropped.
        sortable: Whether ``sortBy`` may name it.
        enum: Allowed texts, empty if any.
    """

    name: str
    types: tuple[str, ...]
    is_list: bool = False
    required: bool = False
    readonly: bool = False
    sortable: bool = False
    enum: tuple[str, ...] = ()

    @property
    def empty(self) -> object:
        """What an entity shows in this field before anybody filled it."""
        if self.is_list:
            return []
        if self.types == ("integer",) and self.name.endswith(("Count", "CountInComments")):
            return 0
        return False if self.types == ("boolean",) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One operation of the API.

    Attributes:
        request: Content types that the body may have, empty if it takes none.
        response: Type text of the RAML, e.g. ``(Project|Task)[]``.
        parameters: Keys that the query object may have.
    """

    request: tuple[str, ...]
    response: str
    parameters: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Typebook:
    """All facts: types by content type, endpoints by ``METHOD /path/{id}``.

    ``facts`` names their source and its version.
    """

    facts: str
    types: Mapping[str, Mapping[str, Field]]
    endpoints: Mapping[str, Endpoint]

    def field(self, content_type: str, name: str) -> Field | None:
        """Return a field's facts, None if the type has no such field."""
        return self.types.get(content_type, {}).get(name)


@cache
def typebook() -> Typebook:
    """Read the facts once."""
    raw: Doc = json.loads(files(__package__).joinpath("types.json").read_text("utf-8"))
    listing = raw["list_params"]
    return Typebook(
        facts=raw["about"]["facts"],
        types={
            name: {key: _field(key, spec) for key, spec in fields.items()}
            for name, fields in raw["types"].items()
        },
        endpoints={
            key: Endpoint(
                request=_names(request)[0] if request else (),
                response=response,
                parameters=frozenset(
                    name for given in parameters for name in (listing if given == "*" else [given])
                ),
            )
            for key, (request, response, parameters) in raw["endpoints"].items()
        },
    )


def raml() -> str:
    """Return a self-description as ``GET /api/v3`` gives it: header and resources."""
    book = typebook()
    version = book.facts.rpartition(" ")[2]
    paths = sorted({key.partition(" ")[2] for key in book.endpoints})
    head = f"#%RAML 1.0\ntitle: API v3\nversion: {version}\nbaseUri: /api/v3\n"
    return head + "".join(f"{path}:\n" for path in paths)


def _field(name: str, spec: list[object]) -> Field:
    text, flags, enum = [*spec, "", []][:3] if len(spec) == 1 else [*spec, []][:3]
    types, is_list = _names(str(text))
    return Field(
        name=name,
        types=types,
        is_list=is_list,
        required="!" in str(flags) and name != "contentType",
        readonly="r" in str(flags),
        sortable="s" in str(flags),
        enum=tuple(str(value) for value in enum) if isinstance(enum, list) else (),
    )


def _names(text: str) -> tuple[tuple[str, ...], bool]:
    """Split ``(Project|Task)[]`` into its names and whether it is an array."""
    is_list = text.endswith("[]")
    return tuple(text.removesuffix("[]").strip("()").split("|")), is_list

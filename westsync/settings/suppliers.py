"""``suppliers/*.yaml``: one source of one supplier per file (suppliers contract 13).

Every mistake of every file comes at once, with its place and a cure; a right file becomes a
`Profile`, which is all that connectors know of it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError

from westsync.domain.places import Map, Place, Problem, Scalar, did_you_mean, plain
from westsync.settings import trees
from westsync.settings.mistakes import problems_of
from westsync.settings.supplier_secrets import secret_use
from westsync.settings.supplier_source import FETCHES, SupplierSettings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from westsync.connectors.suppliers.profile import Profile
    from westsync.settings.supplier_fetch import FetchSettings
    from westsync.settings.yaml12 import Document

M = TypeVar("M", bound=BaseModel)

# What may change without the next reading being another one: words for people, and when we come.
_NOT_READ_BY = frozenset({"title", "enabled", "contact", "schedule", "notes", "supplier", "names"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppliers:
    """All supplier files as read.

    Attributes:
        profiles: Sources without mistakes, in the order of the files.
        problems: Every mistake of every file.
        missing: Secrets that enabled sources refer to and that are not here: (id, name).
    """

    profiles: tuple[Profile, ...] = ()
    problems: tuple[Problem, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class _Reading:
    """What has been read so far."""

    secrets: Mapping[str, str]
    profiles: list[Profile] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    missing: list[tuple[str, str]] = field(default_factory=list)
    ids: dict[str, Place] = field(default_factory=dict)
    joins: list[tuple[str, Place]] = field(default_factory=list)


def read_suppliers(documents: Iterable[Document], secrets: Mapping[str, str]) -> Suppliers:
    """Read supplier files; mistakes are collected, not raised.

    Args:
        documents: ``suppliers/*.yaml``; mistakes of their YAML are told by whoever parsed them.
        secrets: Name -> secret, from the environment or credential files. One that is missing
            is no mistake of the file: the source fails with its name when it is fetched.
    """
    reading = _Reading(secrets)
    for document in documents:
        root = document.root
        if isinstance(root, Map):
            _read_one(root, reading)
        elif root is not None:
            empty = isinstance(root, Scalar) and root.value is None
            text = "the file is empty" if empty else "the file must be a mapping"
            problem = Problem(place=root.place, text=text, cure="begin it with 'id: NAME'")
            reading.problems.append(problem)
    for source, place in reading.joins:
        if source not in reading.ids:
            near = did_you_mean(source, reading.ids)
            text = f"join.source: there is no source '{source}'"
            reading.problems.append(Problem(place=place, text=text, cure=near))
    return Suppliers(
        profiles=tuple(reading.profiles),
        problems=tuple(reading.problems),
        missing=tuple(reading.missing),
    )


def _read_one(root: Map, reading: _Reading) -> None:
    use = secret_use(root)
    found = [*use.problems, *_twice(root, reading)]
    settings = _checked(use.tree, SupplierSettings, found)
    fetch = _fetch(use.tree, found)
    for source, place in trees.texts(trees.get(root, "join", "source")):
        reading.joins.append((source, place))
    reading.problems += dict.fromkeys(found)
    if settings is None or found:
        return
    if settings.enabled:
        lacking = [name for name in use.names if name not in reading.secrets]
        reading.missing += [(settings.id, name) for name in lacking]
    profile = settings.to_profile(fetch, revision=_revision(root), secrets=reading.secrets)
    reading.profiles.append(profile)


def _checked(root: Map, model: type[M], found: list[Problem]) -> M | None:
    """Return what a tree says; None after complaints."""
    try:
        return model.model_validate(plain(root))
    except ValidationError as exc:
        found += problems_of(exc.errors(include_url=False, include_input=False), root, model)
        return None


def _fetch(root: Map, found: list[Problem]) -> FetchSettings | None:
    """Return the section ``fetch``, checked by the model of its kind; None if there is none."""
    fetch = root.get("fetch")
    if not isinstance(fetch, Map):
        return None
    kind = fetch.get("kind")
    if kind is None:
        text = "fetch: 'kind' is missing"
        cure = f"add it: one of {', '.join(FETCHES)}"
        found.append(Problem(place=root.place_of("fetch"), text=text, cure=cure))
        return None
    name = str(kind.value) if isinstance(kind, Scalar) else ""
    if name not in FETCHES:
        cure = did_you_mean(name, FETCHES) or f"known are {', '.join(FETCHES)}"
        found.append(Problem(place=kind.place, text="fetch.kind: unknown kind", cure=cure))
        return None
    alone = Map((("fetch", root.place_of("fetch"), fetch),), root.place)
    part = _checked(alone, FETCHES[name], found)
    return None if part is None else part.fetch


def _twice(root: Map, reading: _Reading) -> Iterator[Problem]:
    """Yield a problem if another file has the same id."""
    for name, place in trees.texts(root.get("id")):
        if first := reading.ids.get(name):
            text = f"id: '{name}' is the id of {first.file} already"
            yield Problem(place=place, text=text, cure="give each source an id of its own")
        reading.ids.setdefault(name, place)


def _revision(root: Map) -> str:
    """Return 16 hex digits that change with whatever bears upon reading the source."""
    told = plain(root)
    assert isinstance(told, dict)  # noqa: S101 - a Map becomes a dict
    read_by = {key: value for key, value in told.items() if key not in _NOT_READ_BY}
    text = json.dumps(read_by, ensure_ascii=False, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()

"""Secrets of supplier files: only references, only where they are resolved (suppliers contract 3).

Public projects carry their suppliers' passwords in their sources; here a literal is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from westsync.domain.places import Map, Place, Problem, Scalar, Seq
from westsync.settings import credentials

if TYPE_CHECKING:
    from collections.abc import Mapping

    from westsync.domain.places import Node
    from westsync.settings import trees

_REFERENCE = re.compile(r"\$\{([^}]*)\}?")
_NAME = re.compile(r"secret:([a-z][a-z0-9]*(?:_[a-z0-9]+)*)")
_SECRET_KEY = re.compile(
    r"pass|pwd|parol|token|bearer|secret|api[_-]?key|authorization|cookie", re.IGNORECASE
)
_RESOLVED_IN = frozenset({"fetch", "portal", "contact", "unpack"})
# Members that are called like a secret and only say where one is found.
_NO_SECRETS = frozenset(
    {("fetch", "login", "token"), ("portal", "login", "csrf"), ("portal", "detect")}
)


@dataclass(slots=True)
class SecretUse:
    """What a supplier file says of secrets.

    Attributes:
        tree: The file without the literals that must not stand in it.
        problems: One for each of them, and for each wrong reference.
        names: Secrets that are referred to, with the first place.
    """

    tree: Map
    problems: list[Problem] = field(default_factory=list)
    names: dict[str, Place] = field(default_factory=dict)


def secret_use(root: Map) -> SecretUse:
    """Find the references in a supplier file and refuse literals; no message repeats one."""
    use = SecretUse(root)
    checked = _checked(root, (), use)
    use.tree = checked if isinstance(checked, Map) else root
    return use


def _checked(node: Node, path: trees.Path, use: SecretUse) -> Node:
    """Return the node with every literal secret replaced by something that shows nothing."""
    match node:
        case Map():
            return Map(
                tuple(
                    (key, place, _checked(child, (*path, key), use))
                    for key, place, child in node.entries
                ),
                node.place,
            )
        case Seq():
            items = enumerate(node.items)
            return Seq(tuple(_checked(child, (*path, at), use) for at, child in items), node.place)
        case Scalar():
            if node.value not in (None, "") and _is_literal_secret(path, str(node.value)):
                _refuse(node.place, path, use)
                return Scalar("${secret:refused}", node.place)
            if isinstance(node.value, str):
                _refer(node.value, node.place, path, use)
            return node


def _is_literal_secret(path: trees.Path, text: str) -> bool:
    """Whether a value is a secret written out."""
    if not path or path[0] not in _RESOLVED_IN or any(path[: len(n)] == n for n in _NO_SECRETS):
        return False
    if "${" in text or "{token}" in text:
        return False
    if any(_SECRET_KEY.search(part) for part in path[1:] if isinstance(part, str)):
        return True
    return path[-1] in {"url", "get", "post"} and _has_secret_query(text)


def _has_secret_query(url: str) -> bool:
    try:
        query = urlsplit(url).query
    except ValueError:
        return False
    return any(_SECRET_KEY.search(name) and value for name, value in parse_qsl(query))


def _refuse(place: Place, path: trees.Path, use: SecretUse) -> None:
    dotted = ".".join(map(str, path))
    use.problems.append(
        Problem(
            place=place,
            text=f"{dotted}: a secret must not stand here",
            cure="change it, as it was readable; write ${secret:NAME} and "
            + credentials.cure(("suppliers", "NAME")),
        )
    )


def _refer(text: str, place: Place, path: trees.Path, use: SecretUse) -> None:
    for found in _REFERENCE.finditer(text):
        name = _NAME.fullmatch(found[1])
        if name is None or not found[0].endswith("}"):
            problem, cure = (
                "this is no reference to a secret",
                "write it like ${secret:sz_password}",
            )
        elif path[0] not in _RESOLVED_IN:
            problem = "a secret is not resolved here"
            cure = "only fetch, portal, contact and unpack may refer to secrets"
        else:
            use.names.setdefault(name[1], place)
            continue
        use.problems.append(
            Problem(place=place, text=f"{'.'.join(map(str, path))}: {problem}", cure=cure)
        )


def fill(text: str, secrets: Mapping[str, str]) -> str:
    """Return a text with its references resolved; a missing secret leaves nothing."""
    return _REFERENCE.sub(lambda found: secrets.get(found[1].removeprefix("secret:"), ""), text)

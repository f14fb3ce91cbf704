"""Settings from the environment: ``WESTSYNC__HTTP__LISTEN`` overrides ``http: {listen: ...}``.

Two underscores part the keys, letter case does not count. A value is text; ``null`` and an empty
value mean null, and one that begins with ``[`` or ``{`` is read as YAML.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.domain.places import Map, Node, Place, Problem, Scalar, Seq
from westsync.settings import credentials, trees, yaml12

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import SecretStr

PREFIX = "WESTSYNC__"


def override(
    root: Map, environ: Mapping[str, str]
) -> tuple[Map, dict[credentials.SecretPath, SecretStr], list[Problem]]:
    """Put the values of the environment into the tree of the settings file.

    Args:
        root: What the file says.
        environ: Environment variables; those without our prefix are left alone.

    Returns:
        The changed tree, the secrets by path (they never enter the tree), and the mistakes. No
        problem repeats a value.
    """
    found: dict[credentials.SecretPath, SecretStr] = {}
    problems: list[Problem] = []
    variables = {name: value for name, value in environ.items() if name.upper().startswith(PREFIX)}
    # The shorter path first: WESTSYNC__HTTP={...} must not undo WESTSYNC__HTTP__LISTEN.
    for name in sorted(variables, key=lambda name: (name.count("__"), name)):
        place = Place(file=f"${name}")
        path = tuple(part.lower() for part in name[len(PREFIX) :].split("__"))
        if not all(path):
            problems.append(
                Problem(place=place, text="a key is empty", cure="write e.g. " + _SAMPLE)
            )
        elif credentials.is_secret(path):
            secret = credentials.check_secret(variables[name], place)
            if isinstance(secret, Problem):
                problems.append(secret)
            else:
                found[path] = secret
        else:
            node, mistakes = _value(variables[name], place)
            problems += mistakes
            root = trees.put(root, path, node) if node else root
    return root, found, problems


_SAMPLE = f"{PREFIX}HTTP__LISTEN"


def _value(text: str, place: Place) -> tuple[Node | None, list[Problem]]:
    if text.strip() in {"", "null", "~"}:
        return Scalar(None, place), []
    if text.lstrip()[0] not in "[{":
        return Scalar(text, place), []
    document = yaml12.parse(text, file=place.file)
    if document.problems:
        # The parser's own words may quote the value, which may hold a secret in the wrong place.
        return None, [
            Problem(
                place=place, text="this is not a YAML list or mapping", cure="check its brackets"
            )
        ]
    return _unquotable(document.root, place), []


def _unquotable(node: Node | None, place: Place) -> Node | None:
    """Return the node without what messages would quote, all at the variable's place."""
    match node:
        case Scalar():
            return Scalar(node.value, place)
        case Seq():
            return Seq(tuple(filter(None, (_unquotable(n, place) for n in node.items))), place)
        case Map():
            pairs = ((key, _unquotable(child, place)) for key, _, child in node.entries)
            return Map(tuple((key, place, child) for key, child in pairs if child), place)
        case None:
            return None

"""``brands.yaml``: spellings of brands, so that "Ямаха" and "Yamaha" are one (suppliers 8.1.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.domain.matching.brands import BrandTable, brand_key
from westsync.domain.places import Map, Place, Problem, Scalar, Seq
from westsync.settings import trees, yaml12
from westsync.settings.files import shown

if TYPE_CHECKING:
    from pathlib import Path

    from westsync.domain.places import Node

FILE = "brands.yaml"


def read_brands(directory: Path) -> tuple[BrandTable, tuple[Problem, ...]]:
    """Read the spellings of brands; no file means that there are none.

    Args:
        directory: The configuration directory.

    Returns:
        The table of what is right, and every mistake.
    """
    path = directory / FILE
    if not path.exists():
        return BrandTable(), ()
    document = yaml12.read_yaml(path, file=shown(path))
    problems = list(document.problems)
    spellings: dict[str, list[str]] = {}
    owners: dict[str, str] = {}
    if document.root is not None and not isinstance(document.root, Map):
        problems.append(_problem(document.root.place, "the file must be a mapping"))
    for brand, place, node in trees.entries(document.root):
        spellings[brand] = []
        for spelling, where in ((brand, place), *_spellings(node, problems)):
            key = brand_key(spelling)
            owner = owners.setdefault(key, brand)
            if not key:
                problems.append(_problem(where, f"'{spelling}' has neither letters nor digits"))
            elif owner != brand:
                problems.append(
                    _problem(where, f"'{spelling}' is already a spelling of {owner}", cure="")
                )
            else:
                spellings[brand].append(spelling)
    problems.sort(key=lambda problem: (problem.place.line, problem.place.column))
    return BrandTable(spellings), tuple(problems)


def _spellings(node: Node, problems: list[Problem]) -> list[tuple[str, Place]]:
    """Return the spellings of one brand with their places."""
    found = []
    for item in node.items if isinstance(node, Seq) else (node,):
        if isinstance(item, Scalar) and isinstance(item.value, str):
            found.append((item.value, item.place))
        elif isinstance(item, Scalar) and item.value is None:
            continue  # "Yamaha:" has no other spelling
        else:
            problems.append(_problem(item.place, "a spelling of a brand must be a text"))
    return found


def _problem(place: Place, text: str, cure: str | None = None) -> Problem:
    """Return a mistake; unless another cure is given, with an example."""
    example = "write e.g. 'Yamaha: [Ямаха, YAMAHA CORP]', numbers in quotes"
    return Problem(place=place, text=text, cure=example if cure is None else cure or None)

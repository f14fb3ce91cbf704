"""``brands.yaml``: spellings of brands, and which suppliers carry them (suppliers 8.1.3, P3.1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from westsync.domain.matching.brands import BrandTable, brand_key
from westsync.domain.places import Map, Place, Problem, Scalar, Seq, did_you_mean
from westsync.settings import trees, yaml12
from westsync.settings.files import shown

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from westsync.domain.places import Node

FILE = "brands.yaml"
_SPELLINGS, _SUPPLIERS = "spellings", "suppliers"
_EXAMPLE = "write e.g. 'Yamaha: [Ямаха, YAMAHA CORP]', numbers in quotes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Brands:
    """What ``brands.yaml`` says.

    Attributes:
        table: The spellings.
        suppliers: Canonical key of a brand -> who carries it: ids of sources, or of suppliers.
        problems: Every mistake; what is right still counts.
    """

    table: BrandTable = field(default_factory=BrandTable)
    suppliers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def read_brands(directory: Path, carriers: Collection[str] = ()) -> Brands:
    """Read the brands; no file means that there are none.

    Args:
        directory: The configuration directory.
        carriers: Ids of sources and suppliers that may carry a brand.
    """
    path = directory / FILE
    if not path.exists():
        return Brands()
    document = yaml12.read_yaml(path, file=shown(path))
    reading = _Reading(carriers, list(document.problems))
    if document.root is not None and not isinstance(document.root, Map):
        reading.add(document.root.place, "the file must be a mapping", _EXAMPLE)
    for brand, place, node in trees.entries(document.root):
        reading.brand(brand, place, node)
    reading.problems.sort(key=lambda problem: (problem.place.line, problem.place.column))
    return Brands(
        table=BrandTable(reading.spellings),
        suppliers=reading.suppliers,
        problems=tuple(reading.problems),
    )


class _Reading:
    """One walk through the file."""

    def __init__(self, carriers: Collection[str], problems: list[Problem]) -> None:
        self.spellings: dict[str, list[str]] = {}
        self.suppliers: dict[str, tuple[str, ...]] = {}
        self.problems = problems
        self._carriers = carriers
        self._owners: dict[str, str] = {}

    def add(self, place: Place, text: str, cure: str | None = None) -> None:
        self.problems.append(Problem(place=place, text=text, cure=cure))

    def brand(self, brand: str, place: Place, node: Node) -> None:
        """Read one brand: a list of spellings, or a mapping of spellings and suppliers."""
        spellings: Node | None = node
        suppliers: Node | None = None
        if isinstance(node, Map):
            for key, where, _ in node.entries:
                if key not in {_SPELLINGS, _SUPPLIERS}:
                    near = did_you_mean(key, (_SPELLINGS, _SUPPLIERS))
                    cure = near or f"known are: {_SPELLINGS}, {_SUPPLIERS}"
                    self.add(where, f"unknown key '{key}' of a brand", cure)
            spellings, suppliers = node.get(_SPELLINGS), node.get(_SUPPLIERS)
        self.spellings[brand] = []
        for spelling, where in ((brand, place), *self._texts(spellings, "a spelling")):
            key = brand_key(spelling)
            owner = self._owners.setdefault(key, brand)
            if not key:
                self.add(where, f"'{spelling}' has neither letters nor digits", _EXAMPLE)
            elif owner != brand:
                self.add(where, f"'{spelling}' is already a spelling of {owner}")
            else:
                self.spellings[brand].append(spelling)
        carriers = tuple(self._known(*one) for one in self._texts(suppliers, "a supplier"))
        if found := tuple(dict.fromkeys(name for name in carriers if name)):
            self.suppliers[brand_key(brand)] = found

    def _known(self, name: str, place: Place) -> str:
        """Return the name of a carrier; empty, and a problem, if there is none of that name."""
        if name in self._carriers:
            return name
        known = sorted(self._carriers)
        cure = did_you_mean(name, known) or f"known are: {', '.join(known) or 'none'}"
        self.add(place, f"unknown supplier '{name}'", cure)
        return ""

    def _texts(self, node: Node | None, what: str) -> list[tuple[str, Place]]:
        """Return the texts of a list, or the only one, with their places."""
        found = []
        for item in node.items if isinstance(node, Seq) else () if node is None else (node,):
            if isinstance(item, Scalar) and isinstance(item.value, str):
                found.append((item.value, item.place))
            elif not (isinstance(item, Scalar) and item.value is None):
                # "Yamaha:" has no other spelling
                self.add(item.place, f"{what} of a brand must be a text", _EXAMPLE)
        return found

"""Whom a line of a deal is asked of (P3.1): its product's supplier, its brand's, or all."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from westsync.domain.matching.brands import brand_key
from westsync.domain.matching.names import prepare

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from westsync.domain.matching.brands import BrandTable
    from westsync.domain.records import Line
    from westsync.domain.stock import SourceId
    from westsync.ports.stock import StockSource, SupplierContact


class ChosenBy(StrEnum):
    """What told the supplier of a line."""

    FIELD = "field"
    BRAND = "brand"
    SEARCH = "search"


@dataclass(frozen=True, slots=True, kw_only=True)
class Carriers:
    """Who is asked about a line.

    Attributes:
        sources: Enabled ones, in order.
        by: What told them; a search asks all, and none of them is *the* supplier.
        named: The supplier that the product or the brand names although he cannot be asked: as
            written, or his title; empty otherwise.
        contact: His manager; None unless a source that is not enabled tells.
    """

    sources: tuple[StockSource, ...]
    by: ChosenBy
    named: str = ""
    contact: SupplierContact | None = None

    @property
    def ids(self) -> tuple[SourceId, ...]:
        """Their ids."""
        return tuple(source.id for source in self.sources)


class SupplierBook:
    """Who carries what, as products and ``config/brands.yaml`` tell."""

    def __init__(
        self,
        sources: Iterable[StockSource],
        brands: BrandTable,
        by_brand: Mapping[str, tuple[str, ...]],
    ) -> None:
        """Take the sources and the map of brands.

        Args:
            sources: All of them; those that are not enabled only lend their titles.
            brands: The spellings of brands.
            by_brand: Canonical key of a brand -> ids of sources or suppliers.
        """
        self._sources = tuple(sources)
        self._brands = brands
        self._by_brand = by_brand
        self._enabled = tuple(source for source in self._sources if source.enabled)
        self._called: dict[str, list[StockSource]] = {}
        for source in self._sources:
            names = (str(source.id), source.supplier, source.title, *source.names)
            for key in {brand_key(name) for name in names} - {""}:
                self._called.setdefault(key, []).append(source)

    @property
    def version(self) -> str:
        """What answers hang on besides the sources' data: the map of brands."""
        return ",".join(f"{key}={'+'.join(ids)}" for key, ids in sorted(self._by_brand.items()))

    def carriers(self, line: Line) -> Carriers:
        """Return who is asked about a line.

        A supplier whom nobody can ask (not connected, not enabled) does not end the search: what
        another one has is worth knowing. He stays named, for a person to ask.
        """
        written = line.supplier or ""
        found = self._called.get(brand_key(written), []) if written else []
        if asked := tuple(source for source in found if source.enabled):
            return Carriers(sources=asked, by=ChosenBy.FIELD)
        brand = prepare(line.name, self._brands).brand
        carried = self._carrying(self._by_brand.get(brand, ()))
        asked = tuple(source for source in carried if source.enabled)
        named, contact = written, None
        asleep = found or (carried if not (written or asked) else ())
        if asleep:
            named, contact = asleep[0].title, asleep[0].contact
        by = ChosenBy.BRAND if asked else ChosenBy.SEARCH
        return Carriers(sources=asked or self._enabled, by=by, named=named, contact=contact)

    def _carrying(self, ids: Iterable[str]) -> tuple[StockSource, ...]:
        return tuple(
            source for id_ in ids for source in self._sources if id_ in {source.id, source.supplier}
        )

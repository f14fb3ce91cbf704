"""An assortment in memory: the rows a portal showed, or a small list."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from westsync.domain.matching.codes import codes_of
from westsync.domain.matching.names import prepare
from westsync.domain.matching.questions import SUPPLIER_CODE, VENDOR_CODE
from westsync.domain.stock_codes import loose_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from westsync.domain.matching.brands import BrandTable
    from westsync.domain.stock import Offer


class Shelf:
    """Offers by each of their keys (`westsync.domain.matching.questions.Assortment`)."""

    def __init__(self, offers: Iterable[Offer], brands: BrandTable) -> None:
        """Index the offers."""
        self._offers = tuple(offers)
        self._codes: defaultdict[str, list[Offer]] = defaultdict(list)
        self._barcodes: defaultdict[str, list[Offer]] = defaultdict(list)
        self._models: defaultdict[str, list[int]] = defaultdict(list)
        for at, offer in enumerate(self._offers):
            for code in dict.fromkeys(
                map(loose_key, codes_of(offer, (SUPPLIER_CODE, VENDOR_CODE)))
            ):
                self._codes[code].append(offer)
            if offer.barcode:
                self._barcodes[offer.barcode].append(offer)
            for key in prepare(offer.name, brands, brand=offer.brand).keys:
                self._models[key].append(at)

    def with_code(self, loose: str) -> Sequence[Offer]:
        """Return the rows one of whose codes has this loose key."""
        return self._codes.get(loose, [])

    def with_barcode(self, barcode: str) -> Sequence[Offer]:
        """Return the rows with this barcode."""
        return self._barcodes.get(barcode, [])

    def with_models(self, keys: frozenset[str]) -> Sequence[Offer]:
        """Return the rows with one of these model keys, those with most of them first."""
        hits = Counter(at for key in keys for at in self._models.get(key, ()))
        return [self._offers[at] for at, _ in hits.most_common()]

    def resembling(self, text: str) -> Sequence[Offer]:
        """Return the rows that share most words with a text."""
        wanted = set(text.upper().split())
        shared = [(len(wanted & set(row.name.upper().split())), row) for row in self._offers]
        return [row for hits, row in sorted(shared, key=lambda one: -one[0]) if hits]

"""The match order: link, article, barcode, loose article, name, a person (suppliers contract 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.domain.matching.comparison import Likeness, compare
from westsync.domain.matching.duplicates import as_one
from westsync.domain.matching.names import PreparedName, prepare
from westsync.domain.matching.questions import SUPPLIER_CODE, VENDOR_CODE, Match
from westsync.domain.stock import Flag, MatchLevel, Offer
from westsync.domain.stock_codes import barcode, is_internal_barcode, loose_key, strict_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from westsync.domain.matching.brands import BrandTable
    from westsync.domain.matching.questions import Assortment, Link, MatchPolicy, Question

CANDIDATES = 3
"""How many rows a person is shown (suppliers contract 2)."""

_SHORTEST_STRIPPED = 3
_LOST_ZEROS = 6
_OVERLAP = 3


class Matcher:
    """Looks one question up in one source."""

    def __init__(self, assortment: Assortment, policy: MatchPolicy, brands: BrandTable) -> None:
        """Take where to look, by which rules, and the spellings of brands."""
        self._assortment = assortment
        self._policy = policy
        self._brands = brands

    def match(self, question: Question, link: Link | None = None) -> Match:
        """Return what was found; nothing uncertain is ever more than a candidate.

        Args:
            question: What is wanted.
            link: A person's earlier choice in this source; None if there is none.
        """
        if link is not None:
            return self._linked(question, link)
        for look in (self._by_article, self._by_barcode, self._by_loose_article, self._by_name):
            found = look(question)
            if found is not None:
                return found
        return Match(level=MatchLevel.NONE, reason="the source has nothing like it")

    # -- by a person's choice ------------------------------------------------------------------

    def _linked(self, question: Question, link: Link) -> Match:
        """Return the linked row, unless it became another article since it was chosen."""
        rows = [
            row
            for row in self._assortment.with_code(loose_key(link.code))
            if link.code in _strict_codes(row, (SUPPLIER_CODE, VENDOR_CODE))
        ]
        same = [row for row in rows if self._link_of(row) == (link.brand, link.models)]
        if not rows:
            reason = f"the row with code {link.code} that a person chose is gone"
            return Match(level=MatchLevel.NONE, gone=True, reason=reason)
        if not same:
            reason = f"the row with code {link.code} has another brand or model than when chosen"
            return self._ask(rows, reason, suspended=True)
        offer = as_one(same, self._policy.duplicates, self._brands)
        if offer is None:
            return self._ask(same, f"several rows have the chosen code {link.code}")
        reason = "a person chose this row" + (f" for {question.our_key}" if question.our_key else "")
        return Match(level=MatchLevel.LINK, offer=offer, reason=reason)

    def _link_of(self, row: Offer) -> tuple[str, str]:
        """Return by what a linked row is known to be the same article."""
        name = prepare(row.name, self._brands, brand=row.brand)
        return name.brand, " ".join(sorted(name.models))

    # -- by codes ------------------------------------------------------------------------------

    def _by_article(self, question: Question) -> Match | None:
        """Match the strict key of the article."""
        key = strict_key(question.article)
        loose = loose_key(question.article)
        if not loose:
            return None
        rows = [
            row
            for row in self._assortment.with_code(loose)
            if key in _strict_codes(row, self._policy.keys)
        ]
        return self._one_of(question, rows, MatchLevel.ARTICLE, f"article {key}")

    def _by_barcode(self, question: Question) -> Match | None:
        """Match the barcode; shops' own ones mean nothing elsewhere (suppliers contract 7.4)."""
        code = barcode(question.barcode)
        if code is None or is_internal_barcode(code):
            return None
        rows = self._assortment.with_barcode(code)
        return self._one_of(question, rows, MatchLevel.BARCODE, f"barcode {code}")

    def _by_loose_article(self, question: Question) -> Match | None:
        """Match the article without separators, our prefixes, or the zeros a number lost."""
        rows = self._loosely(question)
        if not rows:
            return None
        found = self._one_of(question, rows, MatchLevel.ARTICLE_LOOSE, f"~article {rows[0][1]}")
        if found is None or found.offer is None:
            return found
        ours = self._prepared(question, found.offer)
        theirs = self._prepared_row(found.offer)
        if ours.keys & theirs.keys or (ours.brand and ours.brand == theirs.brand):
            return found
        return self._ask(
            [found.offer], "the article agrees but for signs, nothing else says it is the same"
        )

    def _loosely(self, question: Question) -> list[tuple[Offer, str]]:
        raise NotImplementedError

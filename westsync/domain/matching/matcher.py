"""The match order: link, article, barcode, loose article, name, a person (suppliers contract 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.domain.matching.codes import fits, spellings, strict_codes
from westsync.domain.matching.comparison import Likeness, compare, share_a_word
from westsync.domain.matching.duplicates import as_one
from westsync.domain.matching.names import PreparedName, prepare
from westsync.domain.matching.questions import MANY, SUPPLIER_CODE, VENDOR_CODE, Link, Match
from westsync.domain.stock import MatchLevel, Offer
from westsync.domain.stock_codes import barcode, is_internal_barcode, loose_key, strict_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from westsync.domain.matching.brands import BrandTable
    from westsync.domain.matching.questions import Assortment, MatchPolicy, Question

CANDIDATES = 3
"""How many rows a person is shown (suppliers contract 2)."""

_OVERLAP = 3


class Matcher:
    """Looks questions up in one source."""

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
        for look in (self._by_keys, self._by_loose_article, self._by_name):
            found = look(question)
            if found is not None:
                return found
        return Match(level=MatchLevel.NONE, reason="the source has nothing like it")

    def link_to(self, row: Offer) -> Link:
        """Return what to remember when a person chooses a row.

        Raises:
            ValueError: The row has no code by which it could be found again.
        """
        code = strict_key(row.supplier_code) or strict_key(row.vendor_code)
        if not code:
            raise ValueError(f"row {row.row_no} has no code and cannot be linked")
        name = prepare(row.name, self._brands, brand=row.brand)
        return Link(code=code, brand=name.brand, models=" ".join(sorted(name.models)))

    # -- by a person's choice ------------------------------------------------------------------

    def _linked(self, question: Question, link: Link) -> Match:
        """Return the linked row, unless it became another article since it was chosen."""
        rows = [
            row
            for row in self._assortment.with_code(loose_key(link.code))
            if link.code in strict_codes(row, (SUPPLIER_CODE, VENDOR_CODE))
        ]
        if not rows:
            reason = f"the row with code {link.code} that a person chose is gone"
            return Match(level=MatchLevel.NONE, gone=True, reason=reason)
        same = [row for row in rows if self._is_still(row, link)]
        if not same:
            reason = f"the row with code {link.code} has another brand or model than when chosen"
            return _ask(rows, reason, suspended=True)
        offer = as_one(same, self._policy.duplicates, self._brands)
        if offer is None:
            return _ask(same, f"several rows have the chosen code {link.code}")
        reason = f"a person chose this row for {question.our_key}"
        return Match(level=MatchLevel.LINK, offer=offer, reason=reason)

    def _is_still(self, row: Offer, link: Link) -> bool:
        """Whether a linked row has the brand and the model keys it was chosen with."""
        name = prepare(row.name, self._brands, brand=row.brand)
        return (name.brand, " ".join(sorted(name.models))) == (link.brand, link.models)

    # -- by codes ------------------------------------------------------------------------------

    def _by_keys(self, question: Question) -> Match | None:
        """Match article and barcode; where both find a row, it must be the same one.

        A barcode also decides between several rows of one article.
        """
        article, code = self._by_article(question), self._by_barcode(question)
        if article is None or code is None or code.offer is None:
            return article or code
        if article.offer is None:
            return code
        if _place(article.offer) == _place(code.offer):
            return article
        both = [article.offer, code.offer]
        return _ask(both, f"{article.reason}, but the barcode is another row's")

    def _by_article(self, question: Question) -> Match | None:
        """Match the strict key of the article."""
        key, loose = strict_key(question.article), loose_key(question.article)
        rows = [
            row
            for row in (self._assortment.with_code(loose) if loose else ())
            if key in strict_codes(row, self._policy.keys)
        ]
        return self._one_of(question, rows, MatchLevel.ARTICLE, f"article {key}")

    def _by_barcode(self, question: Question) -> Match | None:
        """Match the barcode; a shop's own one means nothing elsewhere (suppliers contract 7.4)."""
        code = barcode(question.barcode)
        if code is None or is_internal_barcode(code):
            return None
        rows = self._assortment.with_barcode(code)
        return self._one_of(question, rows, MatchLevel.BARCODE, f"barcode {code}")

    def _by_loose_article(self, question: Question) -> Match | None:
        """Match the article without separators, our prefixes, or the zeros a number lost.

        Rows of one loose key with other strict keys, brands or names make it a question.
        """
        prefixes = (*self._policy.strip_prefixes, question.brand)
        rows: dict[tuple[str, int], Offer] = {}
        for spelling in spellings(question, prefixes):
            for row in self._assortment.with_code(spelling.loose):
                if fits(row, spelling, self._policy.keys):
                    rows.setdefault(_place(row), row)
        what = f"article {question.article} but for its signs"
        found = self._one_of(question, list(rows.values()), MatchLevel.ARTICLE_LOOSE, what)
        if found is None or found.offer is None:
            return found
        ours, theirs = self._prepared(question, found.offer)
        if ours.keys & theirs.keys or (ours.brand and ours.brand == theirs.brand):
            return found
        return _ask([found.offer], f"{what} agrees, but neither brand nor model confirms it")

    def _one_of(
        self, question: Question, rows: Sequence[Offer], level: MatchLevel, what: str
    ) -> Match | None:
        """Return the one article among rows found by a key; None without rows."""
        if not rows:
            return None
        if len(rows) >= MANY:
            return _ask(rows, f"{what} is there in {MANY} rows or more")
        possible = [row for row in rows if not self._other_brand(question, row)]
        if not possible:
            return _ask(rows, f"{what} is there, but of another brand")
        offer = as_one(possible, self._policy.duplicates, self._brands)
        if offer is None:
            return _ask(possible, f"{what} is there in {len(possible)} rows that do not agree")
        if question.name and offer.name and self._strangers(question, offer):
            return _ask([offer], f"{what} is there, but the names are of different things")
        return Match(level=level, offer=offer, reason=f"{what} is there")

    def _other_brand(self, question: Question, row: Offer) -> bool:
        """Whether both brands are known and differ."""
        ours, theirs = self._prepared(question, row)
        return bool(ours.brand and theirs.brand and ours.brand != theirs.brand)

    def _strangers(self, question: Question, row: Offer) -> bool:
        """Whether names contradict a code that agrees.

        Codes of nothing but digits are common: two suppliers give one number to two things, so
        there something of the names must agree. Other codes are only doubted if both names have
        a model and the models have nothing in common.
        """
        ours, theirs = self._prepared(question, row)
        if _overlap(ours.keys, theirs.keys):
            return False
        if ours.models and theirs.models:
            return not _overlap({loose_key(question.article)} - {""}, theirs.keys)
        if not loose_key(question.article).isdigit() or (ours.brand and ours.brand == theirs.brand):
            return False
        return not share_a_word(ours, theirs)

    # -- by name -------------------------------------------------------------------------------

    def _by_name(self, question: Question) -> Match | None:
        """Match the name by its model, with every guard (suppliers contract 8.1)."""
        if not question.name.strip():
            return None
        name = prepare(question.name, self._brands, brand=question.brand)
        if not name.models:
            rows = self._assortment.resembling(f"{question.brand} {question.name}")
            return _ask(rows, "the name has no model to find it by") if rows else None
        rows = self._assortment.with_models(name.keys)
        if len(rows) >= MANY:
            return _ask(rows, f"{MANY} rows or more have the model of the name")
        outcomes = [(row, compare(*self._prepared(question, row))) for row in rows]
        alive = [found for found in outcomes if found[1].likeness is not Likeness.REJECT]
        if not alive:
            reason = f"others of the model: {outcomes[0][1].reason}" if outcomes else ""
            return _none(rows, reason or "the source has no such model")
        doubts = [outcome.reason for _, outcome in alive if outcome.likeness is Likeness.ASK]
        survivors = [row for row, _ in alive]
        if doubts:
            return _ask(survivors, f"found by name, but {doubts[0]}")
        offer = as_one(survivors, self._policy.duplicates, self._brands)
        if offer is None:
            return _ask(survivors, f"{len(survivors)} rows have this name")
        return Match(
            level=MatchLevel.NAME,
            offer=offer,
            candidates=(offer,),
            reason="brand, model and the other words of the name agree",
        )

    def _prepared(self, question: Question, row: Offer) -> tuple[PreparedName, PreparedName]:
        """Return both names, each knowing the brand that the other one states."""
        ours_by_field = self._brands.canonical(question.brand)
        theirs_by_field = self._brands.canonical(row.brand)
        return (
            prepare(question.name, self._brands, brand=question.brand, also=(theirs_by_field,)),
            prepare(row.name, self._brands, brand=row.brand, also=(ours_by_field,)),
        )


def _place(row: Offer) -> tuple[str, int]:
    """Return where a row stands in its list."""
    return row.sheet, row.row_no


def _overlap(ours: Iterable[str], theirs: Iterable[str]) -> bool:
    """Whether some key is, or is part of, a key of the other side."""
    others = tuple(theirs)
    return any(
        one == other
        or (len(min(one, other, key=len)) >= _OVERLAP and (one in other or other in one))
        for one in ours
        for other in others
    )


def _ask(rows: Sequence[Offer], reason: str, *, suspended: bool = False) -> Match:
    """Return a question to a person."""
    return Match(
        level=MatchLevel.AMBIGUOUS,
        candidates=tuple(rows[:CANDIDATES]),
        suspended=suspended,
        reason=reason,
    )


def _none(rows: Sequence[Offer], reason: str) -> Match:
    """Return that there is no such article, with what comes near it."""
    return Match(level=MatchLevel.NONE, candidates=tuple(rows[:CANDIDATES]), reason=reason)

"""What is asked of a supplier's offers, by which rules, and where they are looked up."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from westsync.domain.stock import MatchLevel, Offer

SUPPLIER_CODE, VENDOR_CODE = "supplier_code", "vendor_code"
"""The two code fields of an offer that ``match.keys`` may list."""

MANY = 100
"""So many rows under one key are a question to a person, whatever they say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One article somebody wants.

    Attributes:
        article: As on our product page: the supplier's code or the maker's; empty if none.
        name, brand, barcode: As we write them; empty if not known.
        need: Pieces, from 1.
        our_key: Our own id of the article, under which a person's choice is remembered; empty:
            nothing is remembered.
        from_number: The article was a number once and may have lost zeros at its front.
    """

    article: str = ""
    name: str = ""
    brand: str = ""
    barcode: str = ""
    need: int = 1
    our_key: str = ""
    from_number: bool = False

    def __post_init__(self) -> None:
        """Refuse a question about nothing."""
        if self.need < 1:
            raise ValueError(f"the needed quantity must be at least 1, not {self.need}")


class Duplicates(StrEnum):
    """What several rows of one article mean (suppliers contract 8)."""

    SUM = "sum"
    ASK = "ask"


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchPolicy:
    """How articles are looked for in one source; ``match`` of its profile.

    Attributes:
        keys: Which code fields the article may stand in.
        strip_prefixes: Prefixes of our articles that the supplier does not know.
        duplicates: Several rows of one article are warehouses, or a question.
        name_acts: A match by name may act alone.
    """

    keys: tuple[str, ...] = (SUPPLIER_CODE, VENDOR_CODE)
    strip_prefixes: tuple[str, ...] = ()
    duplicates: Duplicates = Duplicates.ASK
    name_acts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A person's choice: our article is this row of that source.

    Attributes:
        code: Strict key of the row's supplier code, else of its maker's article.
        brand: Canonical key of the row's brand when it was chosen; empty if there was none.
        models: Model keys of its name then, joined with blanks.
    """

    code: str
    brand: str = ""
    models: str = ""


class Assortment(Protocol):
    """What one source offers now, to be looked up by each kind of key.

    An implementation may stop at `MANY` rows: then the matcher asks a person without looking
    further, since a row that was left out could be the right one.
    """

    def with_code(self, loose: str) -> Sequence[Offer]:
        """Return the rows one of whose code fields has this loose key."""
        ...

    def with_barcode(self, barcode: str) -> Sequence[Offer]:
        """Return the rows with this barcode."""
        ...

    def with_models(self, keys: frozenset[str]) -> Sequence[Offer]:
        """Return the rows that have one of these model keys, those with most of them first."""
        ...

    def resembling(self, text: str) -> Sequence[Offer]:
        """Return the rows whose words are most like a text's, for a person to choose from."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What was found for a question.

    Attributes:
        offer: The row, or several agreeing ones put together; None unless the level has one.
        candidates: Up to three rows for a person.
        suspended: The stored link no longer fits its row and must not be used again.
        gone: A stored link's row is no longer in the source.
        reason: Why, one English sentence.
    """

    level: MatchLevel
    offer: Offer | None = None
    candidates: tuple[Offer, ...] = ()
    suspended: bool = False
    gone: bool = False
    reason: str = ""

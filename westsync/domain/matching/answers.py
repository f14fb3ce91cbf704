"""From a match to an answer: yes, no, partial, expected, or a person must ask."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from westsync.domain.stock import (
    OUT,
    UNKNOWN,
    Availability,
    MatchLevel,
    SourceKind,
    StockAnswer,
    StockDecision,
    StockStatus,
)

if TYPE_CHECKING:
    from datetime import datetime

    from westsync.domain.matching.questions import Match

_ACTS_ALONE = frozenset(
    {MatchLevel.LINK, MatchLevel.ARTICLE, MatchLevel.BARCODE, MatchLevel.ARTICLE_LOOSE}
)


class Certainty(StrEnum):
    """How sure an answer is; the fact ``availability.verdict`` (grammar).

    Attributes:
        EXACT: The article is certain, the data are fresh and understood. Only this acts alone.
        LIKELY: Found by name; a person looks.
        AMBIGUOUS: Several could be it, or a guard doubts.
        ABSENT: Fresh data have nothing like it.
        UNKNOWN: Never read, too old, or what the supplier says is no statement.
    """

    EXACT = "exact"
    LIKELY = "likely"
    AMBIGUOUS = "ambiguous"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where the data of an answer come from.

    Attributes:
        as_of: Moment (UTC) the supplier states; None if it states none.
        fetched_at: Moment (UTC) we got them; None: never.
        stale: Older than the source's ``accept.max_age``.
        name_acts: The profile lets a match by name act alone.
        absence_is_out: The list is a full one: a row that was there and is gone says "none left".
    """

    kind: SourceKind = SourceKind.FILE
    ref: str = ""
    as_of: datetime | None = None
    fetched_at: datetime | None = None
    stale: bool = False
    name_acts: bool = False
    absence_is_out: bool = False


def answer(match: Match, need: int, origin: Origin) -> StockAnswer:
    """Return the answer to a question (suppliers contract 2, 10).

    Args:
        match: What was found.
        need: Pieces wanted, from 1.
        origin: Where it was found.
    """
    offer = match.offer
    if offer is not None:
        said, prices = offer.availability, offer.prices
    else:
        said, prices = UNKNOWN, {}
    if match.gone and origin.absence_is_out:
        said = OUT
    decision, reason = _decided(match, said, need, origin)
    candidates = match.candidates
    if not candidates and offer is not None and decision is not StockDecision.YES:
        candidates = (offer,)
    return StockAnswer(
        level=match.level,
        decision=decision,
        availability=said,
        prices=prices,
        as_of=origin.as_of,
        fetched_at=origin.fetched_at,
        source_kind=origin.kind,
        source_ref=f"{origin.ref} row {offer.row_no}".strip() if offer is not None else origin.ref,
        stale=origin.stale,
        candidates=candidates,
        reason=reason,
    )


def not_read(ref: str, reason: str, kind: SourceKind = SourceKind.FILE) -> StockAnswer:
    """Return the answer of a source we have no data of."""
    return StockAnswer(
        level=MatchLevel.NONE,
        decision=StockDecision.ASK,
        source_kind=kind,
        source_ref=ref,
        stale=True,
        reason=reason,
    )


def certainty(given: StockAnswer) -> Certainty:
    """Return how sure an answer is."""
    if given.fetched_at is None or given.stale:
        return Certainty.UNKNOWN
    if given.level is MatchLevel.AMBIGUOUS:
        return Certainty.AMBIGUOUS
    if given.level is MatchLevel.NONE:
        return Certainty.ABSENT
    if given.level is MatchLevel.NAME and given.decision is StockDecision.ASK:
        return Certainty.LIKELY
    if given.availability.qty_min is None:
        return Certainty.UNKNOWN
    return Certainty.EXACT


def _decided(
    match: Match, said: Availability, need: int, origin: Origin
) -> tuple[StockDecision, str]:
    """Return the decision and the whole reason."""
    if origin.stale:
        return StockDecision.ASK, f"{match.reason}; the data are too old to promise anything"
    if match.gone and origin.absence_is_out:
        return StockDecision.NO, f"{match.reason}, and the list is a full one"
    acts = match.level in _ACTS_ALONE or (match.level is MatchLevel.NAME and origin.name_acts)
    if not acts:
        return StockDecision.ASK, match.reason
    decision, because = _of_stock(said, need)
    return decision, f"{match.reason}; {because}"


def _of_stock(said: Availability, need: int) -> tuple[StockDecision, str]:
    """Return what a certain article's availability means for a need."""
    match said.status:
        case StockStatus.IN_STOCK | StockStatus.LOW:
            return _of_pieces(said, need)
        case StockStatus.EXPECTED:
            return StockDecision.EXPECTED, "it is on its way"
        case StockStatus.ON_ORDER:
            return StockDecision.EXPECTED, "it is ordered on demand"
        case StockStatus.RESERVED:
            return StockDecision.NO, "all pieces are reserved"
        case StockStatus.OUT:
            return StockDecision.NO, "the supplier has none"
        case StockStatus.DISCONTINUED:
            return StockDecision.ASK, "it is discontinued; only the supplier knows what is left"
        case StockStatus.ASK:
            return StockDecision.ASK, "the supplier wants to be asked"
        case StockStatus.UNKNOWN:
            return StockDecision.ASK, "the supplier's words for its stock are not understood"
        case _:
            assert_never(said.status)


def _of_pieces(said: Availability, need: int) -> tuple[StockDecision, str]:
    """Return what pieces mean for a need; words without a number satisfy a need of one only."""
    least, most = said.qty_min or 0, said.qty_max
    if least >= need:
        return StockDecision.YES, f"at least {least} pieces"
    if most is not None and most < need:
        return StockDecision.PARTIAL, f"{most} pieces at most, {need} are wanted"
    return StockDecision.ASK, f"nobody says whether there are {need}"

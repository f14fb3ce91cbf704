"""What suppliers say of the lines of a deal, as it is kept between two look-ups."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime  # noqa: TC003 - msgspec reads annotations at run time
from decimal import Decimal  # noqa: TC003 - as above
from enum import StrEnum


class Hurdle(StrEnum):
    """Why a supplier's portal has not told what only it can tell.

    Attributes:
        WAITING: It will be asked in a moment.
        LATER: Outside its hours, its budget is used up, or it does not answer.
        STOPPED: A refused password, a captcha or a block: left alone until a person acts.
        CHANGED: Its pages look otherwise than the profile says.
    """

    WAITING = "waiting"
    LATER = "later"
    STOPPED = "stopped"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAnswer:
    """The best answer to one line of a deal.

    Attributes:
        name, article: Of the line; the article is empty if the product has none.
        need: Pieces wanted, from 1.
        verdict: How sure the answer is (`westsync.domain.matching.answers.Certainty`).
        decision: ``yes``, ``partial``, ``expected``, ``ask`` or ``no``.
        quantity: Pieces that are certainly there; None if the supplier does not say.
        price: Roubles for one that the supplier recommends to ask of clients; None if not told.
        purchase_price: Roubles for one that he asks of us; None if not told. No client hears it.
        supplier: Who was asked, or should be; empty if nothing tells.
        chosen_by: What told the supplier: ``field`` of the product, ``brand``, or a ``search``
            over all; then he is who has it.
        supplier_id, mail_to: Who he is for us, and his address for requests; empty if nobody is
            certain, or no address is configured.
        as_of: Moment (UTC) of the data; None: never read.
        expected: ISO day on which goods are expected; empty if not told.
        contact: The supplier's manager, in one line.
        hurdle: Why a portal has not told (`Hurdle`); empty: none was needed, or it has.
        candidates: Rows for a person to choose from, in the supplier's words.
        reason: Why, one English sentence, for `westsync explain`.
    """

    name: str
    article: str
    need: int
    verdict: str
    decision: str
    quantity: int | None = None
    price: Decimal | None = None
    purchase_price: Decimal | None = None
    supplier: str = ""
    chosen_by: str = "search"
    supplier_id: str = ""
    mail_to: str = ""
    as_of: datetime | None = None
    expected: str = ""
    contact: str = ""
    hurdle: str = ""
    candidates: tuple[str, ...] = ()
    reason: str = ""

    @property
    def by_mail(self) -> bool:
        """Whether only the supplier can tell, and can be mailed (P3.5).

        What was found by likeness only, or several times, a person chooses from first.
        """
        is_silent = self.verdict in {"absent", "unknown"}
        is_vague = self.verdict == "exact" and self.decision == "ask"
        return bool(self.supplier_id and self.mail_to) and (is_silent or is_vague)

    def said(self) -> LineAnswer:
        """Return what a person would call the answer.

        Pieces beyond the need do not matter, nor why exactly a portal is silent: one that comes
        and goes would be news all day.
        """
        quantity = None if self.quantity is None else min(self.quantity, self.need)
        return replace(self, quantity=quantity, as_of=None, reason="", hurdle="")


@dataclass(frozen=True, slots=True, kw_only=True)
class DealAnswers:
    """The answers to all lines of a deal.

    Attributes:
        lines: Empty as well while the first answers wait for a portal.
        at: Since when (UTC) they say the same.
        asked_at: When (UTC) they were last looked up.
        waiting_since: Since when (UTC) newer ones wait for a portal; None: nothing waits.
    """

    lines: tuple[LineAnswer, ...]
    at: datetime
    asked_at: datetime
    waiting_since: datetime | None = None

    @property
    def is_told(self) -> bool:
        """Whether there is anything to tell yet."""
        return bool(self.lines) or self.waiting_since is None

    def says_the_same(self, lines: tuple[LineAnswer, ...]) -> bool:
        """Whether other answers would tell a person nothing new."""
        return [line.said() for line in self.lines] == [line.said() for line in lines]

"""Why 1C does not take what we ask of it, as far as people can mend it.

Each refusal is a value with what a sentence about it needs. ``config/texts`` words it for staff
(section ``refusals``); its own text is one English line for the journal and the log, without names
of clients.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date  # noqa: TC003 - msgspec reads annotations at run time
from decimal import Decimal  # noqa: TC003 - as above
from enum import StrEnum
from typing import ClassVar


class RefusalCode(StrEnum):
    """By which ``config/texts`` and the journal know a refusal."""

    BUYER_UNKNOWN = "buyer_unknown"
    BUYERS_ALIKE = "buyers_alike"
    BUYER_WITHOUT_INN = "buyer_without_inn"
    PERSON_UNKNOWN = "person_unknown"
    PERSONS_ALIKE = "persons_alike"
    BUYER_KEPT_OTHERWISE = "buyer_kept_otherwise"
    BUYER_MARKED = "buyer_marked"
    CONTRACT_UNKNOWN = "contract_unknown"
    CONTRACTS_ALIKE = "contracts_alike"
    TECHNICAL_CONTRACTS_ALIKE = "technical_contracts_alike"
    CONTRACT_UNFIT = "contract_unfit"
    ARTICLES_UNCLEAR = "articles_unclear"
    DOCUMENT_MISSING = "document_missing"
    DRAFT_MARKED = "draft_marked"
    DRAFT_CHANGED = "draft_changed"
    DRAFT_OF_ANOTHER_SUM = "draft_of_another_sum"
    DRAFT_KEPT_OTHERWISE = "draft_kept_otherwise"
    NOT_POSTED = "not_posted"
    SAID_BY_LEDGER = "said_by_ledger"
    OUTCOME_UNCLEAR = "outcome_unclear"
    TECHNICAL = "technical"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A refusal; its fields are what a text about it may name.

    Attributes:
        code: Its name.
        line: The English line, with the fields in braces.
    """

    code: ClassVar[RefusalCode]
    line: ClassVar[str]

    def __str__(self) -> str:
        """Return one English line for the journal and the log."""
        return self.line.format(**{one.name: getattr(self, one.name) for one in fields(self)})


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyerUnknown(Refusal):
    """No counterparty has the buyer's ИНН, and none may be entered by us."""

    code = RefusalCode.BUYER_UNKNOWN
    line = "no counterparty has the ИНН {inn}; enter it, or set create_counterparties"
    inn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyersAlike(Refusal):
    """Several counterparties have the buyer's ИНН; ``names`` carry their КПП."""

    code = RefusalCode.BUYERS_ALIKE
    line = "several counterparties have the ИНН {inn}"
    inn: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyerWithoutInn(Refusal):
    """An organisation has no ИНН."""

    code = RefusalCode.BUYER_WITHOUT_INN
    line = "the organisation has no ИНН"
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonUnknown(Refusal):
    """No private person without ИНН has this name, and none is entered by us."""

    code = RefusalCode.PERSON_UNKNOWN
    line = "no private person without ИНН has the buyer's name"
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonsAlike(Refusal):
    """Several private persons without ИНН have this name."""

    code = RefusalCode.PERSONS_ALIKE
    line = "{count} private persons without ИНН have the buyer's name"
    name: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyerKeptOtherwise(Refusal):
    """1C entered the buyer with another ИНН than the one we sent."""

    code = RefusalCode.BUYER_KEPT_OTHERWISE
    line = "1C kept the ИНН '{kept}' instead of '{sent}'"
    sent: str
    kept: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyerMarked(Refusal):
    """The buyer's counterparty is marked for deletion."""

    code = RefusalCode.BUYER_MARKED
    line = "the counterparty is marked for deletion"
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractUnknown(Refusal):
    """The buyer has no contract with this number; ``dated`` None: whatever its date."""

    code = RefusalCode.CONTRACT_UNKNOWN
    line = "the buyer has no such contract {number}"
    number: str
    dated: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractsAlike(Refusal):
    """The buyer has several contracts with this number."""

    code = RefusalCode.CONTRACTS_ALIKE
    line = "the buyer has {count} contracts {number}"
    number: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TechnicalContractsAlike(Refusal):
    """The buyer has several contracts without a number that could stand for none."""

    code = RefusalCode.TECHNICAL_CONTRACTS_ALIKE
    line = "the buyer has {count} contracts without a number"
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractUnfit(Refusal):
    """1C refuses to post the invoice with the contract that it has."""

    code = RefusalCode.CONTRACT_UNFIT
    line = "1C refuses the contract of {number}"
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlesUnclear(Refusal):
    """Positions, with their articles, that the catalogue lacks or has several times."""

    code = RefusalCode.ARTICLES_UNCLEAR
    line = "not in the catalogue: {unknown}; there several times: {alike}"
    unknown: tuple[str, ...]
    alike: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentMissing(Refusal):
    """The document is not in 1C any more."""

    code = RefusalCode.DOCUMENT_MISSING
    line = "1C has no document {ref}"
    ref: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftMarked(Refusal):
    """Somebody marked our draft for deletion."""

    code = RefusalCode.DRAFT_MARKED
    line = "{number} is marked for deletion"
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftChanged(Refusal):
    """Somebody wrote our draft since; it is not overwritten (1C contract 8.2)."""

    code = RefusalCode.DRAFT_CHANGED
    line = "somebody changed {number} in 1C"
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftOfAnotherSum(Refusal):
    """A draft under our key is for another sum than the deal; roubles with VAT."""

    code = RefusalCode.DRAFT_OF_ANOTHER_SUM
    line = "the draft {number} is for {total}, the deal for {wanted}"
    number: str
    total: Decimal
    wanted: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftKeptOtherwise(Refusal):
    """1C kept other ``parts`` than we sent: ``draft_total``, ``draft_buyer``, ..."""

    code = RefusalCode.DRAFT_KEPT_OTHERWISE
    line = "1C kept {number} otherwise than it was sent: {parts}"
    number: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotPosted(Refusal):
    """The invoice is not posted, and 1C does not say why."""

    code = RefusalCode.NOT_POSTED
    line = "{number} is not posted, and 1C does not say why"
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidByLedger(Refusal):
    """1C refused with a text of its own, in Russian, for people."""

    code = RefusalCode.SAID_BY_LEDGER
    line = "{text}"
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeUnclear(Refusal):
    """Nobody knows whether it was done: a person looks, and says so."""

    code = RefusalCode.OUTCOME_UNCLEAR
    line = "{cause}"
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Technical(Refusal):
    """What has no code of its own: the administrator reads the English cause."""

    code = RefusalCode.TECHNICAL
    line = "{cause}"
    cause: str


REFUSALS: dict[RefusalCode, type[Refusal]] = {
    kind.code: kind
    for kind in (
        BuyerUnknown,
        BuyersAlike,
        BuyerWithoutInn,
        PersonUnknown,
        PersonsAlike,
        BuyerKeptOtherwise,
        BuyerMarked,
        ContractUnknown,
        ContractsAlike,
        TechnicalContractsAlike,
        ContractUnfit,
        ArticlesUnclear,
        DocumentMissing,
        DraftMarked,
        DraftChanged,
        DraftOfAnotherSum,
        DraftKeptOtherwise,
        NotPosted,
        SaidByLedger,
        OutcomeUnclear,
        Technical,
    )
}

"""From a finding to intents with permanent keys, and their way through the journal.

A key names the situation: the same finding wants the same intent, and wanting twice is wanting
once. A comment's key carries its content, so that other figures are told anew.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, assert_never

from westsync.domain.actions import (
    ACTION_NAMES,
    CommentDeal,
    CreateInvoice,
    PostInvoice,
    SetInvoiceStatus,
)
from westsync.domain.backfill import RULE, Remedy
from westsync.domain.intents import Intent, Key, ObjectRef, intent_key
from westsync.domain.settlement.joining import marked_issue
from westsync.jobs.backfill.bills import PAID
from westsync.jobs.facts import FactBook
from westsync.journal.entries import IntentState
from westsync.rules.billing import Unbillable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from westsync.domain.actions import Action
    from westsync.domain.backfill import Finding
    from westsync.domain.ledger import InvoiceSpec
    from westsync.domain.records import CrmInvoice, DealRecord
    from westsync.jobs.backfill.words import BackfillWords
    from westsync.jobs.company import Company
    from westsync.journal.backfill import Workbook
    from westsync.journal.port import Store
    from westsync.ports import Clock

_ISSUE = ACTION_NAMES[CreateInvoice]
_NOON = time(12)
_EVER = datetime.min.replace(tzinfo=UTC)
_UNDER_WAY = frozenset(
    {IntentState.WAITING, IntentState.ACTING, IntentState.IN_DOUBT, IntentState.POSTPONED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What would be done about a finding.

    Attributes:
        intents: In order; empty if nobody but a person can do anything.
        key: Of the intent whose state tells how far it is; for a dead letter its own.
        settles: The difference is gone once that is done.
        retries: The intent is known and is to be sent again.
    """

    intents: tuple[Intent, ...] = ()
    key: Key | None = None
    settles: bool = False
    retries: bool = False


class Remedies:
    """Proposes what is done about the findings of one working file."""

    def __init__(
        self,
        workbook: Workbook,
        memory: Store,
        company: Company,
        words: BackfillWords,
        clock: Clock,
    ) -> None:
        """Bind the ends.

        Args:
            workbook: What was read.
            memory: The account's journal; asked, never written here.
            company: With staff as observed.
            words: For comments.
            clock: For the moment of the decision.
        """
        self._workbook = workbook
        self._store = workbook.store
        self._memory = memory
        self._company = company
        self._words = words
        self._clock = clock
        self._began_at = _EVER if workbook.run is None else workbook.run.began_at
        self._facts = FactBook(workbook.store, company)

    def proposal(self, finding: Finding) -> Proposal:
        """Return what would be done about a finding."""
        deal = self._store.mirror.deal(finding.deal) if finding.deal else None
        match finding.remedy:
            case Remedy.NONE:
                return Proposal()
            case Remedy.RETRY:
                return Proposal(key=Key(finding.ref), settles=True, retries=True)
            case Remedy.MARK_PAID if deal is not None:
                return self._paid(finding, deal)
            case Remedy.ISSUE if deal is not None:
                return self._issued(finding, deal) or self._commented(finding, deal)
            case Remedy.COMMENT if deal is not None:
                return self._commented(finding, deal)
            case Remedy.COMMENT | Remedy.ISSUE | Remedy.MARK_PAID:
                return Proposal()
            case _:
                assert_never(finding.remedy)

    def standing(self, proposal: Proposal) -> str:
        """Return how far a proposal is: ``none``, ``new``, ``waiting``, ``failed``, ``done``, ...

        ``told`` stands for a comment that was written: the difference itself remains. ``undone``
        stands for what was mended before this reconciliation read and differs again: a person
        did that, and nobody fights with him.
        """
        entry = None if proposal.key is None else self._memory.outbox.entry(proposal.key)
        if entry is None:
            return "none" if proposal.key is None else "new"
        if proposal.retries and entry.state in {IntentState.FAILED, IntentState.HELD}:
            return "new"
        if entry.state is not IntentState.DONE:
            return "waiting" if entry.state in _UNDER_WAY else "failed"
        if not proposal.settles:
            return "told"
        return "done" if (entry.last_sent_at or entry.decided_at) >= self._began_at else "undone"

    # -- kinds of remedies ---------------------------------------------------------------------

    def _paid(self, finding: Finding, deal: DealRecord) -> Proposal:
        action = SetInvoiceStatus(deal=deal.id, invoice=finding.bill, status=PAID)
        intent = self._intent(finding, deal, f"bill-{finding.bill}", action)
        return Proposal(intents=(intent,), key=intent.key, settles=True)

    def _commented(self, finding: Finding, deal: DealRecord) -> Proposal:
        text = self._words.comment(finding)
        content = hashlib.blake2b(text.encode(), digest_size=6).hexdigest()
        step = f"{finding.subject.value}-{finding.reason}-{content}"
        intent = self._intent(finding, deal, step, CommentDeal(deal=deal.id, text=text))
        return Proposal(intents=(intent,), key=intent.key)

    def _issued(self, finding: Finding, deal: DealRecord) -> Proposal | None:
        """Return the invoice that a bill asks for; None if it cannot be made without a person."""
        if self._company.billing is None or _ISSUE in self._company.only_planned:
            return None
        bill = next((one for one in deal.invoices if one.id == finding.bill), None)
        if bill is None or bill.issued_on is None:
            return None
        key = self._key(deal, f"bill-{bill.id}", CreateInvoice)
        entry = self._memory.outbox.entry(key)
        if entry is not None and isinstance(entry.payload, CreateInvoice):
            spec = entry.payload.spec  # decided once: the same at every look
        else:
            made = self._spec(deal, bill)
            if made is None:
                return None
            spec = made
        issue = CreateInvoice(deal=deal.id, spec=spec)
        post = PostInvoice(invoice=key, deal=deal.id)
        step = f"bill-{bill.id}"
        intents = tuple(self._intent(finding, deal, step, action) for action in (issue, post))
        return Proposal(intents=intents, key=intents[-1].key, settles=True)

    def _spec(self, deal: DealRecord, bill: CrmInvoice) -> InvoiceSpec | None:
        """Return the invoice as the deal's positions make it, if they make the bill's sum."""
        billing, now = self._company.billing, self._clock.now()
        facts = self._facts.facts(ObjectRef(kind="deal", id=deal.id), now, now)
        if billing is None or facts is None or bill.issued_on is None:
            return None
        dated_at = datetime.combine(bill.issued_on, _NOON, billing.zone).astimezone(now.tzinfo)
        try:
            spec = billing.spec(facts, self._next_number(deal), dated_at)
        except Unbillable:
            return None
        return spec if spec.total == bill.total else None

    def _next_number(self, deal: DealRecord) -> int:
        """Return the number after those of all invoices that were ever made for a deal."""
        entries = self._memory.outbox.of_object(ObjectRef(kind="deal", id=deal.id))
        markers = [
            one.payload.spec.marker for one in entries if isinstance(one.payload, CreateInvoice)
        ]
        joined = self._store.ledger.invoices_of(deal)
        markers += [one.invoice.comment for one in joined]
        numbers = (number for deal_id, number in map(marked_issue, markers) if deal_id == deal.id)
        return 1 + max(numbers, default=0)

    # -- parts ---------------------------------------------------------------------------------

    def _intent(self, finding: Finding, deal: DealRecord, step: str, action: Action) -> Intent:
        return Intent(
            key=self._key(deal, step, type(action)),
            account=self._company.account,
            rule=RULE,
            rule_hash=self._company.version,
            step=step,
            repeat=0,
            obj=ObjectRef(kind="deal", id=deal.id),
            action=action,
            decided_at=self._clock.now(),
            trace=f"{finding.category.value} {finding.subject.value} {finding.reason}",
        )

    def _key(self, deal: DealRecord, step: str, kind: type[Action]) -> Key:
        return intent_key(
            account=self._company.account,
            rule=RULE,
            obj=ObjectRef(kind="deal", id=deal.id),
            episode=deal.created_at,
            step=step,
            repeat=0,
            action=ACTION_NAMES[kind],
        )


def unknown_of(proposals: Sequence[Proposal], memory: Store) -> list[Intent]:
    """Return the intents that the journal does not know yet."""
    wanted = [intent for proposal in proposals for intent in proposal.intents]
    known = memory.outbox.known(intent.key for intent in wanted)
    return [intent for intent in wanted if intent.key not in known]

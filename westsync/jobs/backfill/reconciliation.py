"""One reconciliation of one account: read, compare, and on demand do something about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from westsync.domain.backfill import RULE, Category, Subject
from westsync.errors import GuardTripped
from westsync.jobs.act import act
from westsync.jobs.backfill.clients import ClientComparison
from westsync.jobs.backfill.invoices import InvoiceComparison
from westsync.jobs.backfill.payments import PaymentComparison
from westsync.jobs.backfill.reading import Reading
from westsync.jobs.backfill.remedies import Remedies, unknown_of
from westsync.jobs.backfill.tasks import TaskComparison
from westsync.journal.backfill import COMPARED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from westsync.domain.backfill import Finding, Span
    from westsync.domain.intents import Key
    from westsync.jobs.act import Limits
    from westsync.jobs.acted import Acted
    from westsync.jobs.backfill.reading import Sources
    from westsync.jobs.backfill.remedies import Proposal
    from westsync.jobs.backfill.words import BackfillWords
    from westsync.jobs.company import Company
    from westsync.jobs.effects import Writers
    from westsync.journal.backfill import Workbook
    from westsync.ports import Clock

DIFFERING = tuple(category for category in Category if category is not Category.MATCH)
_BATCH = 100

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What ``--apply`` came to.

    Attributes:
        new: Intents that were recorded now, dead letters that are sent again among them.
        known: Findings whose remedy had been wanted before.
        acted: What became of everything that was due.
    """

    new: int
    known: int
    acted: tuple[Acted, ...]


class Reconciliation:
    """Reconciles one account over one span."""

    def __init__(
        self,
        workbook: Workbook,
        sources: Sources,
        company: Company,
        words: BackfillWords,
        *,
        clock: Clock,
        progress: Callable[[], None],
    ) -> None:
        """Bind the ends.

        Args:
            workbook: Where it works.
            sources: What is compared.
            company: The account's, with staff as observed.
            words: How comments are said.
            clock: Time.
            progress: Called whenever something was read.
        """
        self._workbook = workbook
        self._sources = sources
        self._memory = sources.memory
        self._company = company
        self._clock = clock
        self._progress = progress
        self._remedies = Remedies(workbook, sources.memory, company, words, clock)
        self._only: tuple[Subject, ...] = tuple(Subject)

    def look(self, span: Span, only: Sequence[Subject]) -> None:
        """Read and compare; what a killed run did already is not done again.

        Args:
            span: Which days.
            only: What to compare; without 1C nothing but tasks.

        Raises:
            ConnectorError: A system could not be read; run again and it goes on from there.
        """
        self._only = tuple(one for one in Subject if one in only)
        Reading(self._workbook, self._sources, self._clock, self._progress).read(span, self._only)
        if not self._workbook.is_done(COMPARED):
            self._workbook.forget_findings()
            for findings in self._comparisons(span):
                self._workbook.keep(findings)
                self._progress()
            self._workbook.note_done(COMPARED)
        log.info("backfill.compared", differing=sum(self.counts_of(DIFFERING).values()))

    def _comparisons(self, span: Span) -> Iterator[Iterator[Finding]]:
        asked = frozenset(self._only)
        invoices = InvoiceComparison(self._workbook, span)
        if Subject.INVOICES in asked:
            yield invoices.findings()
        elif Subject.CLIENTS in asked:
            yield (one for one in invoices.findings() if one.subject in asked)  # for its claims
        if Subject.PAYMENTS in asked:
            yield PaymentComparison(self._workbook, span).findings()
        if Subject.CLIENTS in asked:
            alone = None if Subject.INVOICES in asked else self._sources.ledger
            yield ClientComparison(self._workbook, span, alone).findings()
        if Subject.TASKS in asked:
            yield TaskComparison(
                self._workbook, self._sources, span, self._clock, self._progress
            ).findings()

    # -- telling -------------------------------------------------------------------------------

    def counts(self) -> Mapping[tuple[Subject, Category], int]:
        """Return how many findings there are of each kind."""
        return self._workbook.counts()

    def counts_of(self, categories: Sequence[Category]) -> Mapping[Category, int]:
        """Return how many findings there are of some categories."""
        counted = self._workbook.counts()
        return {
            category: sum(n for (_, one), n in counted.items() if one is category)
            for category in categories
        }

    def rows(self, categories: Sequence[Category] = DIFFERING) -> Iterator[tuple[Finding, str]]:
        """Walk findings with how far their remedy is (`Remedies.standing`)."""
        for finding in self._findings(categories):
            yield finding, self._remedies.standing(self._remedies.proposal(finding))

    def remaining(self) -> int:
        """Return how many differences are not settled."""
        return sum(standing != "done" for _, standing in self.rows())

    def _findings(self, categories: Sequence[Category]) -> Iterator[Finding]:
        for category in categories:
            for subject in self._only:
                yield from self._workbook.findings(category, subject)

    # -- doing ---------------------------------------------------------------------------------

    def apply(
        self, categories: Sequence[Category], writers: Writers, limits: Limits, by: str
    ) -> Applied:
        """Record what is wanted about the findings of some categories, and act.

        Args:
            categories: Which findings.
            writers: Whom to send through.
            limits: Patience.
            by: Who says so, for the audit log.

        Raises:
            GuardTripped: It is more than the flood brake lets through; nothing was recorded.
        """
        self._must_be_let_through(categories)
        new = known = 0
        for batch in self._batches(categories):
            fresh, again = self._record(batch, by)
            new, known = new + fresh, known + again
            self._progress()
        summary = act(self._memory, writers, self._clock, limits)
        log.info("backfill.applied", new=new, known=known, acted=len(summary.acted))
        return Applied(new=new, known=known, acted=summary.acted)

    def _must_be_let_through(self, categories: Sequence[Category]) -> None:
        most = self._company.guards.new_intents_per_cycle
        wanted = sum(
            len(unknown_of(batch, self._memory)) + len(self._retried(batch))
            for batch in self._batches(categories)
        )
        if wanted <= most:
            return
        if self._memory.silences.released_until(RULE, self._clock.now()) is None:
            raise GuardTripped(
                f"{wanted} new intents are more than new_intents_per_cycle ({most}); nothing was "
                f"recorded. Look at the report; if it is right, run `westsync release {RULE}`, or "
                "take a shorter span"
            )

    def _record(self, batch: Sequence[Proposal], by: str) -> tuple[int, int]:
        """Record a batch in one transaction; returns how many are new and how many are known."""
        now, fresh, retried = self._clock.now(), unknown_of(batch, self._memory), 0
        with self._memory.transaction():
            self._memory.outbox.record(fresh, now)
            for key in self._retried(batch):
                self._memory.outbox.retry(key, by=by, now=now)
                retried += 1
        keys = {intent.key for intent in fresh}
        known = sum(
            bool(one.intents) and not any(intent.key in keys for intent in one.intents)
            for one in batch
        )
        for intent in fresh:
            log.info("intent.recorded", key=intent.key, rule=RULE, step=intent.step)
        return len(fresh) + retried, known

    def _retried(self, batch: Sequence[Proposal]) -> list[Key]:
        return [
            one.key
            for one in batch
            if one.retries and one.key is not None and self._remedies.standing(one) == "new"
        ]

    def _batches(self, categories: Sequence[Category]) -> Iterator[list[Proposal]]:
        batch: list[Proposal] = []
        for finding in self._findings(categories):
            batch.append(self._remedies.proposal(finding))
            if len(batch) >= _BATCH:
                yield batch
                batch = []
        yield batch

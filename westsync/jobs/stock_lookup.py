"""Answering a question about stock: the local snapshot first, then the supplier's portal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import structlog

from westsync.domain.matching.answers import Certainty, Origin, answer, certainty, not_read
from westsync.domain.matching.matcher import Matcher
from westsync.domain.matching.shelf import Shelf
from westsync.domain.stock import MatchLevel, SourceKind, StockDecision
from westsync.domain.stock_codes import loose_key, strict_key
from westsync.errors import AccessDenied, ConnectorError, Unavailable
from westsync.jobs.portal_questions import asked_words
from westsync.jobs.stock_standing import is_stale

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from westsync.domain.availability import Hurdle
    from westsync.domain.matching.questions import Match, Question
    from westsync.domain.stock import Offer, SourceId, StockAnswer
    from westsync.jobs.portal_questions import PortalQuestions
    from westsync.journal.stock import StockStore
    from westsync.journal.stock_snapshots import Snapshot
    from westsync.ports import Clock
    from westsync.ports.stock import Borrowing, PortalReader, StockSource

_ORDER = (
    StockDecision.YES,
    StockDecision.PARTIAL,
    StockDecision.EXPECTED,
    StockDecision.ASK,
    StockDecision.NO,
)
_CERTAIN = (
    Certainty.EXACT,
    Certainty.LIKELY,
    Certainty.AMBIGUOUS,
    Certainty.UNKNOWN,
    Certainty.ABSENT,
)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAnswer:
    """What one source says to a question.

    Attributes:
        hurdle: Why its portal has not told; None: it has, or was not needed.
    """

    source: StockSource
    answer: StockAnswer
    hurdle: Hurdle | None = None

    @property
    def certainty(self) -> Certainty:
        """How sure it is."""
        return certainty(self.answer)


class StockLookup:
    """Answers questions; reads only, but for links that no longer fit."""

    def __init__(
        self,
        store: StockStore,
        sources: Iterable[StockSource],
        clock: Clock,
        portal: PortalReader | None = None,
        questions: PortalQuestions | None = None,
    ) -> None:
        """Take the sources to ask.

        Args:
            store: The stock memory; best a connection of its own, so that no load is waited for.
            sources: Enabled ones; others answer nothing.
            clock: For ages.
            portal: Searches portals; None: only what was shown before counts.
            questions: Where questions go that only a portal can answer, to be asked by somebody
                else; None: nobody asks them later.
        """
        self._store = store
        self._sources = {source.id: source for source in sources if source.enabled}
        self._clock = clock
        self._portal = portal
        self._questions = questions

    def ask(
        self,
        question: Question,
        only: Sequence[SourceId] | None = None,
        *,
        ask_portal: bool = False,
    ) -> tuple[SourceAnswer, ...]:
        """Return what the sources say, the most useful answer first.

        Args:
            question: What is wanted.
            only: Sources to ask; None: all.
            ask_portal: Search a source's portal where its file does not tell. Slow: each portal
                is asked one paced request at a time.
        """
        wanted = self._sources if only is None else dict.fromkeys(only)
        answers = [
            self._of_source(question, self._sources[id_], ask_portal=ask_portal)
            for id_ in wanted
            if id_ in self._sources
        ]
        return tuple(sorted(answers, key=_usefulness))

    def remember(self, question: Question, given: SourceAnswer) -> None:
        """Record an answer that somebody acts on."""
        self._store.lookups.keep(question, given.source.id, given.answer, self._clock.now())

    def choose(self, question: Question, row: Offer, *, by: str) -> None:
        """Record a person's choice of a row for our article; it answers from now on.

        Raises:
            ValueError: The question has no key of ours, or the row has no code.
        """
        source = self._sources[row.source]
        link = Matcher(Shelf((row,), self._store.brands), source.policy, self._store.brands)
        self._store.links.choose(
            question.our_key, row.source, link.link_to(row), by=by, at=self._clock.now()
        )

    # -- one source ----------------------------------------------------------------------------

    def _of_source(
        self, question: Question, source: StockSource, *, ask_portal: bool
    ) -> SourceAnswer:
        """Return the file's answer if it decides, else the portal's if it knows more."""
        local = self._of_file(question, source) if source.fetches else None
        if not source.asks_portal or (local is not None and _decides(local)):
            neither = "the source has neither file nor portal"
            return SourceAnswer(source=source, answer=local or not_read(source.id, neither))
        shown, hurdle = self._of_portal(question, source, ask_portal=ask_portal)
        if local is None or _decides(shown) or certainty(local) is Certainty.UNKNOWN:
            return SourceAnswer(source=source, answer=shown, hurdle=hurdle)
        return SourceAnswer(source=source, answer=local, hurdle=hurdle)

    def _of_file(self, question: Question, source: StockSource) -> StockAnswer:
        current = self._store.snapshots.current(source.id)
        kind = SourceKind.API if source.is_api else SourceKind.FILE
        if current is None:
            return not_read(source.id, "there are no accepted data of this source yet", kind)
        found = self._match(question, source, current)
        if found.suspended:
            self._store.links.suspend(question.our_key, source.id)
            log.warning("stock.link_suspended", source=source.id, article=question.our_key)
        origin = Origin(
            kind=kind,
            ref=f"{source.id} #{current.id}",
            as_of=current.as_of,
            fetched_at=current.fetched_at,
            stale=is_stale(source, current, self._clock.now()),
            name_acts=source.policy.name_acts,
            absence_is_out=source.absence == "out",
        )
        return answer(self._completed(found, source), question.need, origin)

    def _match(self, question: Question, source: StockSource, current: Snapshot) -> Match:
        """Match in the current snapshot; what the one before had and this one lacks is gone."""
        link = self._store.links.active(question.our_key, source.id)
        found = self._matcher(source, current).match(question, link)
        before = self._store.snapshots.before(current)
        if found.level is not MatchLevel.NONE or source.absence != "out" or before is None:
            return found
        earlier = self._matcher(source, before).match(question, link)
        if earlier.level in {MatchLevel.LINK, MatchLevel.ARTICLE, MatchLevel.BARCODE}:
            reason = f"it was in the list before and is no longer ({earlier.reason})"
            return replace(found, gone=True, reason=reason)
        return found

    def _matcher(self, source: StockSource, snapshot: Snapshot) -> Matcher:
        rows = self._store.search.assortment(source.id, snapshot.id)
        return Matcher(rows, source.policy, self._store.brands)

    # -- portals -------------------------------------------------------------------------------

    def consult(self, question: Question, source: StockSource) -> None:
        """Search a source's portal and keep what it shows; slow.

        Raises:
            ConnectorError: As `PortalReader.look_up`.
        """
        if self._portal is None:
            raise Unavailable(source.id, "look up", "no portal is connected")
        shown = self._portal.look_up(source.id, question)
        rows = tuple(replace(row, source=source.id) for row in shown.rows)
        self._store.portal_answers.keep(source.id, asked_words(question), rows, shown.as_of)

    def _of_portal(
        self, question: Question, source: StockSource, *, ask_portal: bool
    ) -> tuple[StockAnswer, Hurdle | None]:
        """Return what the portal last showed, and what stands before something newer.

        What is older than ``accept.cache`` is asked anew and counts meanwhile, as a file does,
        until it is older than ``accept.max_age``.
        """
        why, hurdle = "the portal was not asked", None
        now, words = self._clock.now(), asked_words(question)
        if self._store.portal_answers.recent(source.id, words, now - source.cache) is None:
            if ask_portal and self._portal is not None:
                why = self._consulted(question, source)
            elif self._questions is not None:
                hurdle = self._questions.want(source.id, question, now)
                why = f"the portal has not answered: {hurdle}"
        oldest = now - max(source.cache, source.max_age)
        known = self._store.portal_answers.recent(source.id, words, oldest)
        if known is None:
            return not_read(source.id, why, SourceKind.PORTAL), hurdle
        return self._of_rows(question, source, *known), None

    def _consulted(self, question: Question, source: StockSource) -> str:
        """Search the portal now; return why it did not answer, else nothing."""
        try:
            self.consult(question, source)
        except ConnectorError as exc:
            stops = isinstance(exc, AccessDenied)
            log.warning("stock.portal_failed", source=source.id, stops=stops, cause=str(exc))
            return f"the portal did not answer: {exc}"
        return ""

    def _of_rows(
        self, question: Question, source: StockSource, rows: tuple[Offer, ...], at: datetime
    ) -> StockAnswer:
        """Match in what a portal showed at a moment."""
        shelf = Shelf(rows, self._store.brands)
        link = self._store.links.active(question.our_key, source.id)
        matcher = Matcher(shelf, source.policy, self._store.brands)
        found = matcher.match(question, link)
        if found.gone:
            # The portal was asked for our article, not for the linked code: that proves nothing.
            found = matcher.match(question)
        origin = Origin(
            kind=SourceKind.PORTAL,
            ref=source.id,
            as_of=at,
            fetched_at=at,
            name_acts=source.policy.name_acts,
        )
        return answer(found, question.need, origin)

    # -- fields of a second source -------------------------------------------------------------

    def _completed(self, found: Match, source: StockSource) -> Match:
        """Complete the matched row with the fields another source of the supplier has."""
        if found.offer is None or source.borrows is None:
            return found
        current = self._store.snapshots.current(source.borrows.source)
        if current is None:
            return found
        return replace(found, offer=self._borrowed(found.offer, source.borrows, current))

    def _borrowed(self, offer: Offer, how: Borrowing, current: Snapshot) -> Offer:
        key = str(getattr(offer, how.on, ""))
        if not key:
            return offer
        rows = self._store.search.assortment(how.source, current.id)
        found = (
            rows.with_barcode(key)
            if how.on == "barcode"
            else [
                row
                for row in rows.with_code(loose_key(key))
                if strict_key(getattr(row, how.on)) == strict_key(key)
            ]
        )
        if len(found) != 1:
            return offer
        taken = {name: getattr(found[0], name) for name in how.take if not _says(offer, name)}
        return replace(offer, **taken)


def _says(offer: Offer, name: str) -> bool:
    """Whether an offer says something in a field itself."""
    value = getattr(offer, name)
    return value.qty_min is not None if name == "availability" else bool(value)


def _decides(given: StockAnswer) -> bool:
    """Whether an answer needs no other source of the same supplier."""
    return given.decision is not StockDecision.ASK


def _usefulness(given: SourceAnswer) -> tuple[int, int]:
    return _ORDER.index(given.answer.decision), _CERTAIN.index(given.certainty)

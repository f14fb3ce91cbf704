"""Gathering what came in: deals of some days, what became of them, when they were answered."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from westsync.domain.facts import Unknown
from westsync.domain.intents import ObjectRef
from westsync.domain.records import Detail
from westsync.errors import ConnectorError
from westsync.jobs.facts import FactBook
from westsync.reports.gathered import Channel, Request, Talk
from westsync.rules.situation import EARLIEST
from westsync.rules.touches import ANSWERED, CONTACT_CATEGORIES, UNANSWERED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from westsync.domain.records import DealRecord
    from westsync.jobs.report_deals import DealBook
    from westsync.jobs.report_sources import Sources
    from westsync.reports.model import Period

FIRST_TOUCH = "first_touch_at"
_ALL = frozenset(Detail)
# A rule in force reads an unanswered request again this often, and then some.
_FRESH = timedelta(minutes=30)


class Requests:
    """Deals that came in, as reports count them.

    Attributes:
        unread: Why histories could not be read; empty if nothing went wrong.
    """

    def __init__(self, sources: Sources, book: DealBook) -> None:
        """Bind the ends."""
        self._sources = sources
        self._book = book
        self._facts = FactBook(sources.store, sources.company)
        self.unread = ""

    def between(self, begins_at: datetime, ends_at: datetime) -> tuple[Request, ...]:
        """Return the deals created in ``[begins_at, ends_at)``, oldest first."""
        deals = self._sources.rows.deals_created(begins_at, ends_at)
        owing = [deal for deal in deals if self._owes_call(deal)]
        self._read_anew([deal for deal in owing if not self._answer(deal)[0]])
        return tuple(self._request(deal) for deal in deals)

    def _request(self, deal: DealRecord) -> Request:
        is_known, touched_at = self._answer(deal)
        return Request(
            deal=self._book.line(deal),
            source=self._book.source(deal),
            created_at=deal.created_at,
            fate=self._book.fate(deal),
            passed=self._book.is_passed(deal),
            client_is_new=self._book.client_is_new(deal),
            touched_at=touched_at,
            is_touch_known=is_known,
            owes_call=self._owes_call(deal),
        )

    def _owes_call(self, deal: DealRecord) -> bool:
        return self._book.line(deal).channel is not Channel.INCOMING_CALL

    def _answer(self, deal: DealRecord) -> tuple[bool, datetime | None]:
        """Return whether it is known how a deal was answered, and when it was.

        A first touch stays the first one; that there was none is true only for a while.
        """
        ref = _ref(deal)
        facts = self._facts.facts(ref, EARLIEST, self._sources.now)
        touched = facts.values.get(FIRST_TOUCH) if facts is not None else None
        if facts is None or FIRST_TOUCH not in facts.values or isinstance(touched, Unknown):
            return False, None
        if touched is not None:
            return True, touched  # type: ignore[return-value]  # the catalogue makes it a moment
        read_at = self._sources.store.mirror.details(ref).read_at
        is_fresh = min(read_at.values()) >= self._sources.now - _FRESH
        return is_fresh, None

    def _read_anew(self, deals: Sequence[DealRecord]) -> None:
        """Read history, calls and tasks of deals; what fails is told and counted as not known."""
        sources = self._sources
        if sources.reader is None or not deals:
            return
        try:
            for ref, details in sources.reader.details({_ref(deal): _ALL for deal in deals}):
                sources.store.mirror.keep_details(ref, details, sources.now)
        except ConnectorError as exc:
            self.unread = str(exc)


def unread_note(sources: Sources, requests: Iterable[Request], why: str) -> tuple[str, ...]:
    """Return a note if the answer of some requests is not known."""
    unread = [one for one in requests if one.owes_call and not one.is_touch_known]
    if not unread:
        return ()
    words = sources.settings.words
    cause = why or words.say("gathering.only_mirror")
    return (words.say("gathering.unread", count=len(unread), why=cause),)


def gather_talks(
    sources: Sources, book: DealBook, period: Period
) -> tuple[tuple[Talk, ...] | None, tuple[str, ...]]:
    """Return the calls and meetings closed in a period, and what went wrong."""
    if sources.talks is None:
        return None, ()
    try:
        found = sources.talks.closed_talks(period.begins_at, period.ends_at)
    except ConnectorError as exc:
        return None, (sources.settings.words.say("gathering.talks_unread", why=exc),)
    me = sources.company.setup.me
    talks = tuple(
        Talk(
            ref=ObjectRef(kind="todo", id=todo.id),
            person=book.person(todo.responsible_id),
            is_held=todo.status in ANSWERED,
        )
        for todo in found
        if todo.category in CONTACT_CATEGORIES
        and todo.status in ANSWERED | UNANSWERED
        and todo.finished_at is not None
        and period.holds(todo.finished_at)
        and todo.responsible_id != me
    )
    return talks, ()


def _ref(deal: DealRecord) -> ObjectRef:
    return ObjectRef(kind="deal", id=deal.id)

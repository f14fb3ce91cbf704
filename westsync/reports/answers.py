"""P1.1 in figures: how soon the requests of a day were answered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from westsync.reports.drafting import Draft, count, grouped_by, listing
from westsync.reports.model import Cell, Kind, Row, Tone
from westsync.reports.spread import MEDIAN, NINETIETH, Length, length_cell, percentile, share

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import timedelta

    from westsync.reports.gathered import Gathered, Request
    from westsync.reports.model import Table


class Answer(StrEnum):
    """How a request stands to the limit of P1.1.

    ``waiting``: nobody called, and the limit has not passed. ``unread``: nothing is known.
    """

    IN_TIME = "in_time"
    LATE = "late"
    WAITING = "waiting"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A request that owes a call, and how it was answered.

    Attributes:
        length: Working time until the first touch, or until now; None if nothing is known.
    """

    request: Request
    answer: Answer
    length: Length | None


def judged(gathered: Gathered, arrived: Sequence[Request], limit: timedelta) -> Iterator[Answered]:
    """Yield how each request that owes a call stands to the limit.

    Args:
        gathered: For working time and the present.
        arrived: Requests of the period.
        limit: Working time that P1.1 allows.
    """
    for request in arrived:
        if not request.owes_call:
            continue
        if not request.is_touch_known:
            yield Answered(request=request, answer=Answer.UNREAD, length=None)
            continue
        until = request.touched_at or gathered.now
        length = Length(gathered.office.between(request.created_at, until))
        if length.value > limit:
            answer = Answer.LATE
        else:
            answer = Answer.WAITING if request.touched_at is None else Answer.IN_TIME
        yield Answered(request=request, answer=answer, length=length)


# -- what is counted -------------------------------------------------------------------------------


def answered(answer: Answer) -> Callable[[Sequence[Answered]], Cell]:
    """Return what counts the requests with an answer; late ones are marked."""
    return lambda items: count(
        (item.request.deal.ref for item in items if item.answer is answer),
        bad=answer is Answer.LATE,
    )


def _owed(items: Sequence[Answered]) -> Cell:
    return count(item.request.deal.ref for item in items)


def share_in_time(items: Sequence[Answered]) -> Cell:
    """Return the share of those that were called in time; who still may be is left out."""
    judged = [item for item in items if item.answer in {Answer.IN_TIME, Answer.LATE}]
    met = [item for item in judged if item.answer is Answer.IN_TIME]
    refs = tuple(item.request.deal.ref for item in met)
    return Cell(value=share(len(met), len(judged)), refs=refs)


def answer_percentile(percent: int) -> Callable[[Sequence[Answered]], Cell]:
    """Return what gives a percentile of the lengths; waiting requests are not over yet."""
    return lambda items: length_cell(
        percentile(
            [
                item.length
                for item in items
                if item.length is not None and item.answer is not Answer.WAITING
            ],
            percent,
        )
    )


# -- tables ----------------------------------------------------------------------------------------


def answer_table(report: str, gathered: Gathered, owed: Sequence[Answered]) -> Table:
    """Return the answers by source; words are those of the report that shows them."""
    draft: Draft[Answered] = Draft(
        words=gathered.words,
        report=report,
        table="answers",
        label="source",
        measures={
            "owed": (Kind.COUNT, _owed),
            **{answer.value: (Kind.COUNT, answered(answer)) for answer in Answer},
            "share": (Kind.SHARE, share_in_time),
            "median": (Kind.LENGTH, answer_percentile(MEDIAN)),
            "ninetieth": (Kind.LENGTH, answer_percentile(NINETIETH)),
        },
    )
    unnamed = gathered.words.say("values.no_source")
    groups = grouped_by(owed, lambda one: one.request.source or unnamed)
    note = gathered.words.say(f"{report}.answers.note", limit=_minutes(gathered.answer_limit))
    return draft.of_groups(groups, note=note)


def _minutes(limit: timedelta | None) -> int:
    return 0 if limit is None else int(limit.total_seconds()) // 60


def late_table(report: str, gathered: Gathered, owed: Sequence[Answered]) -> Table:
    """Return the late requests one by one, the longest first."""
    late = [(item.length, item) for item in owed if item.answer is Answer.LATE and item.length]
    late.sort(key=lambda pair: (pair[0], pair[1].request.deal.number), reverse=True)
    return listing(
        gathered.words,
        report,
        "late",
        {
            "deal": Kind.TEXT,
            "source": Kind.TEXT,
            "manager": Kind.TEXT,
            "created": Kind.MOMENT,
            "touched": Kind.MOMENT,
            "length": Kind.LENGTH,
        },
        [_late_row(item, length) for length, item in late],
    )


def _late_row(item: Answered, length: Length) -> Row:
    request = item.request
    refs = (request.deal.ref,)
    return Row(
        id=str(request.deal.ref),
        cells=(
            Cell(value=request.deal.shown, refs=refs, url=request.deal.url),
            Cell(value=request.source or None),
            Cell(value=request.deal.manager or None),
            Cell(value=request.created_at),
            Cell(value=request.touched_at),
            Cell(value=length.value, refs=refs, tone=Tone.BAD),
        ),
    )

"""P8.1: what came in on a working day, what became of it, how soon the clients were called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.reports.answers import (
    Answer,
    Answered,
    answer_percentile,
    answer_table,
    answered,
    judged,
    late_table,
    share_in_time,
)
from westsync.reports.drafting import Draft, count, figure, grouped_by, report_of
from westsync.reports.gathered import Channel, Fate
from westsync.reports.model import Cell, Chart, Kind
from westsync.reports.periods import days_off_before
from westsync.reports.spread import MEDIAN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from westsync.reports.gathered import Gathered, Request, Talk
    from westsync.reports.model import Figure, Report, Table

NAME = "secretary-daily"

_Measure = tuple[Kind, "Callable[[Sequence[Request]], Cell]"]


def build(gathered: Gathered) -> Report:
    """Return the secretary's report about a day."""
    words = gathered.words
    arrived = [one for one in gathered.requests if gathered.period.holds(one.created_at)]
    owed: list[Answered] = []
    if gathered.answer_limit is not None:
        owed = list(judged(gathered, arrived, gathered.answer_limit))
    tables = [_sources(gathered, arrived), _managers(gathered, arrived)]
    notes = list(gathered.notes)
    if gathered.answer_limit is None:
        notes.append(words.say(f"{NAME}.no_limit"))
    else:
        tables += [answer_table(NAME, gathered, owed), late_table(NAME, gathered, owed)]
    if gathered.talks is None:
        notes.append(words.say(f"{NAME}.no_talks"))
    else:
        tables.append(_talks(gathered, gathered.talks))
    tables += _days_off(gathered)
    return report_of(
        gathered,
        NAME,
        figures=_figures(gathered, arrived, owed),
        tables=tables,
        notes=notes,
    )


def _figures(
    gathered: Gathered, arrived: Sequence[Request], owed: Sequence[Answered]
) -> Iterator[Figure]:
    words = gathered.words
    calls = [one for one in arrived if one.deal.channel is Channel.INCOMING_CALL]
    requests = [one for one in arrived if one.deal.channel is not Channel.INCOMING_CALL]
    yield figure(words, NAME, "calls", Kind.COUNT, _all(calls))
    yield figure(words, NAME, "requests", Kind.COUNT, _all(requests))
    yield figure(words, NAME, "new_clients", Kind.COUNT, _new_clients(arrived))
    yield figure(words, NAME, "deals", Kind.COUNT, _became(Fate.DEAL)(arrived))
    yield figure(words, NAME, "passed", Kind.COUNT, _passed(arrived))
    if gathered.answer_limit is not None:
        yield figure(words, NAME, "in_time", Kind.SHARE, share_in_time(owed))
        yield figure(words, NAME, "median", Kind.LENGTH, answer_percentile(MEDIAN)(owed))
        yield figure(words, NAME, "late", Kind.COUNT, answered(Answer.LATE)(owed))


# -- what is counted -------------------------------------------------------------------------------


def _all(items: Sequence[Request]) -> Cell:
    return count(item.deal.ref for item in items)


def _new_clients(items: Sequence[Request]) -> Cell:
    return count(item.deal.ref for item in items if item.client_is_new)


def _passed(items: Sequence[Request]) -> Cell:
    return count(item.deal.ref for item in items if item.passed)


def _of_channel(*channels: Channel) -> Callable[[Sequence[Request]], Cell]:
    return lambda items: count(item.deal.ref for item in items if item.deal.channel in channels)


def _became(fate: Fate) -> Callable[[Sequence[Request]], Cell]:
    return lambda items: count(item.deal.ref for item in items if item.fate is fate)


# -- tables ----------------------------------------------------------------------------------------

_COUNTS: dict[str, _Measure] = {
    "all": (Kind.COUNT, _all),
    "new_clients": (Kind.COUNT, _new_clients),
    "deals": (Kind.COUNT, _became(Fate.DEAL)),
    "waiting": (Kind.COUNT, _became(Fate.WAITING)),
    "lost": (Kind.COUNT, _became(Fate.LOST)),
}


def _sources(gathered: Gathered, arrived: Sequence[Request]) -> Table:
    draft = Draft(
        words=gathered.words,
        report=NAME,
        table="sources",
        label="source",
        measures={**_COUNTS, "passed": (Kind.COUNT, _passed)},
    )
    groups = grouped_by(arrived, lambda one: one.source or _no_source(gathered))
    return draft.of_groups(groups, chart=Chart(label="source", values=("all", "deals")))


def _no_source(gathered: Gathered) -> str:
    return gathered.words.say("values.no_source")


def _managers(gathered: Gathered, arrived: Sequence[Request]) -> Table:
    words = gathered.words
    calls = _of_channel(Channel.INCOMING_CALL)
    others = _of_channel(*(channel for channel in Channel if channel != Channel.INCOMING_CALL))
    draft: Draft[Request] = Draft(
        words=words,
        report=NAME,
        table="managers",
        label="manager",
        measures={
            "calls": (Kind.COUNT, calls),
            "requests": (Kind.COUNT, others),
            **_COUNTS,
        },
    )
    groups = grouped_by(
        arrived, lambda one: one.deal.manager if one.passed else words.say(f"{NAME}.not_passed")
    )
    return draft.of_groups(groups, chart=Chart(label="manager", values=("all", "deals")))


def _talks(gathered: Gathered, talks: Sequence[Talk]) -> Table:
    draft: Draft[Talk] = Draft(
        words=gathered.words,
        report=NAME,
        table="talks",
        label="person",
        measures={
            "held": (Kind.COUNT, lambda items: count(t.ref for t in items if t.is_held)),
            "unanswered": (Kind.COUNT, lambda items: count(t.ref for t in items if not t.is_held)),
        },
    )
    nobody = gathered.words.say("values.nobody")
    groups = grouped_by(talks, lambda talk: talk.person or nobody)
    note = gathered.words.say(f"{NAME}.talks.note")
    return draft.of_groups(groups, chart=Chart(label="person", values=("held",)), note=note)


def _days_off(gathered: Gathered) -> Iterator[Table]:
    """Yield what came in on the days off right before: it is in no other daily report."""
    period = gathered.period
    off = days_off_before(period.first, gathered.office)
    if not off:
        return
    days = {f"{day:%d.%m.%Y}": day for day in off}
    draft: Draft[Request] = Draft(
        words=gathered.words,
        report=NAME,
        table="days_off",
        label="day",
        measures={
            "calls": (Kind.COUNT, _of_channel(Channel.INCOMING_CALL)),
            **_COUNTS,
            "passed": (Kind.COUNT, _passed),
        },
    )
    yield draft.of_groups(
        {
            shown: [one for one in gathered.requests if period.day_of(one.created_at) == day]
            for shown, day in days.items()
        },
        note=gathered.words.say(f"{NAME}.days_off.note"),
    )

"""The week of the standards: episodes of each rule, met and late, lengths against the limit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from westsync.reports.drafting import TOTAL, count, figure, grouped_by, listing, report_of
from westsync.reports.gathered import Verdict
from westsync.reports.model import Cell, Chart, Kind, Row, Tone
from westsync.reports.periods import period_before
from westsync.reports.spread import MEDIAN, NINETIETH, Length, length_cell, percentile, share

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from westsync.domain.intents import ObjectRef
    from westsync.reports.gathered import Gathered, Occurrence, Standard
    from westsync.reports.model import Figure, Report, Table

NAME = "process-weekly"
WORST = 20
"""How many late episodes are named one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Episodes of one week."""

    all: Sequence[Occurrence]

    def of_rule(self, rule: str) -> Week:
        """Return those of one rule."""
        return Week(all=[one for one in self.all if one.rule == rule])

    def refs(self, verdict: Verdict | None = None) -> list[ObjectRef]:
        """Return the objects of episodes with a verdict, of all for None; repeated as they are."""
        return [one.ref for one in self.all if verdict in {None, one.verdict}]

    @property
    def share_met(self) -> Decimal | None:
        """Share of those met among those that are over or late; None if there are none."""
        met, late = len(self.refs(Verdict.MET)), len(self.refs(Verdict.LATE))
        return share(met, met + late)

    def lengths(self) -> list[Length]:
        """Return the lengths of what is over or late."""
        return [
            one.length
            for one in self.all
            if one.length is not None and one.verdict is not Verdict.RUNNING
        ]


def build(gathered: Gathered) -> Report:
    """Return the report about a week, with the week before as its measure."""
    earlier = period_before(gathered.period)
    this = Week(all=[o for o in gathered.occurrences if gathered.period.holds(o.started_at)])
    before = Week(all=[o for o in gathered.occurrences if earlier.holds(o.started_at)])
    return report_of(
        gathered,
        NAME,
        figures=_figures(gathered, this, before),
        tables=(
            _standards(gathered, this, before),
            _people(gathered, this),
            _worst(gathered, this),
        ),
        notes=gathered.notes,
    )


def _figures(gathered: Gathered, this: Week, before: Week) -> Iterator[Figure]:
    words = gathered.words
    yield figure(words, NAME, "episodes", Kind.COUNT, _number(this))
    yield figure(words, NAME, "met", Kind.COUNT, _number(this, Verdict.MET))
    yield figure(words, NAME, "late", Kind.COUNT, _number(this, Verdict.LATE))
    yield figure(words, NAME, "running", Kind.COUNT, _number(this, Verdict.RUNNING))
    yield figure(words, NAME, "share", Kind.SHARE, Cell(value=this.share_met))
    yield figure(words, NAME, "trend", Kind.CHANGE, _trend(this, before))


def _number(week: Week, verdict: Verdict | None = None) -> Cell:
    """Count episodes: one object can have several."""
    refs = week.refs(verdict)
    bad = verdict is Verdict.LATE and bool(refs)
    return Cell(value=len(refs), refs=count(refs).refs, tone=Tone.BAD if bad else Tone.PLAIN)


def _trend(this: Week, before: Week) -> Cell:
    """Return how much the share of met ones changed since the week before."""
    if this.share_met is None or before.share_met is None:
        return Cell(value=None)
    change = this.share_met - before.share_met
    if change == 0:
        return Cell(value=change)
    return Cell(value=change, tone=Tone.GOOD if change > 0 else Tone.BAD)


_COLUMNS = {
    "standard": Kind.TEXT,
    "step": Kind.TEXT,
    "limit": Kind.TEXT,
    "episodes": Kind.COUNT,
    "met": Kind.COUNT,
    "late": Kind.COUNT,
    "running": Kind.COUNT,
    "share": Kind.SHARE,
    "median": Kind.LENGTH,
    "ninetieth": Kind.LENGTH,
    "before": Kind.SHARE,
    "trend": Kind.CHANGE,
}


def _standards(gathered: Gathered, this: Week, before: Week) -> Table:
    words = gathered.words
    rows = [
        _standard_row(standard, this.of_rule(standard.rule), before.of_rule(standard.rule))
        for standard in gathered.standards
    ]
    table = listing(
        words, NAME, "standards", _COLUMNS, rows, note=words.say(f"{NAME}.standards.note")
    )
    total = Row(
        id=TOTAL,
        cells=(
            Cell(value=words.say("values.total")),
            Cell(value=None),
            Cell(value=None),
            *_counts(this),
            # Lengths of different duties have no median in common.
            Cell(value=None),
            Cell(value=None),
            Cell(value=before.share_met),
            _trend(this, before),
        ),
    )
    return replace(
        table,
        total=total if rows else None,
        chart=Chart(label="standard", values=("late", "met")),
    )


def _standard_row(standard: Standard, this: Week, before: Week) -> Row:
    return Row(
        id=standard.rule,
        cells=(
            Cell(value=standard.title),
            Cell(value=standard.step),
            Cell(value=standard.limit_words),
            *_counts(this),
            _against(standard, percentile(this.lengths(), MEDIAN)),
            _against(standard, percentile(this.lengths(), NINETIETH)),
            Cell(value=before.share_met),
            _trend(this, before),
        ),
    )


def _counts(week: Week) -> tuple[Cell, ...]:
    return (
        _number(week),
        _number(week, Verdict.MET),
        _number(week, Verdict.LATE),
        _number(week, Verdict.RUNNING),
        Cell(value=week.share_met),
    )


def _against(standard: Standard, length: Length | None) -> Cell:
    """Return a length, marked if it is beyond the limit."""
    cell = length_cell(length)
    if length is None or standard.limit is None or length.value <= standard.limit:
        return cell
    return Cell(value=cell.value, at_most=cell.at_most, tone=Tone.BAD)


def _people(gathered: Gathered, this: Week) -> Table:
    words = gathered.words
    nobody = words.say("values.nobody")
    late = [one for one in this.all if one.verdict is Verdict.LATE]
    by_late = grouped_by(late, lambda one: one.manager or nobody)
    groups = grouped_by(this.all, lambda one: one.manager or nobody)
    in_order = sorted(groups, key=lambda person: (-len(by_late.get(person, ())), person))
    columns = {
        "person": Kind.TEXT,
        "episodes": Kind.COUNT,
        "met": Kind.COUNT,
        "late": Kind.COUNT,
        "running": Kind.COUNT,
        "share": Kind.SHARE,
    }
    rows = [
        Row(id=person, cells=(Cell(value=person), *_counts(Week(all=groups[person]))))
        for person in in_order
    ]
    return listing(words, NAME, "people", columns, rows, note=words.say(f"{NAME}.people.note"))


def _worst(gathered: Gathered, this: Week) -> Table:
    titles = {standard.rule: standard for standard in gathered.standards}
    late = [
        (one.length.value, one)
        for one in this.all
        if one.verdict is Verdict.LATE and one.length is not None and one.rule in titles
    ]
    late.sort(key=lambda pair: (-pair[0], pair[1].rule, str(pair[1].ref)))
    rows = [
        Row(
            id=f"{one.rule}-{one.ref}-{position}",
            cells=(
                Cell(value=one.shown, refs=(one.ref,), url=one.url),
                Cell(value=titles[one.rule].title),
                Cell(value=titles[one.rule].step),
                Cell(value=one.manager or None),
                Cell(value=one.started_at),
                Cell(value=length, refs=(one.ref,), tone=Tone.BAD),
                Cell(value=titles[one.rule].limit_words),
            ),
        )
        for position, (length, one) in enumerate(late[:WORST], 1)
    ]
    columns = {
        "object": Kind.TEXT,
        "standard": Kind.TEXT,
        "step": Kind.TEXT,
        "manager": Kind.TEXT,
        "started": Kind.MOMENT,
        "length": Kind.LENGTH,
        "limit": Kind.TEXT,
    }
    return listing(gathered.words, NAME, "worst", columns, rows)

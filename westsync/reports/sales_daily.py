"""P8.2: invoices issued and money received on a day, by channel and by manager."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.reports.drafting import ZERO, Draft, count, figure, grouped_by, listing, report_of
from westsync.reports.gathered import Channel, Invoice, Receipt
from westsync.reports.model import Cell, Chart, Kind, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from decimal import Decimal

    from westsync.domain.intents import ObjectRef
    from westsync.reports.gathered import Gathered
    from westsync.reports.model import Figure, Report, Table

NAME = "sales-daily"

_Money = Invoice | Receipt


def build(gathered: Gathered) -> Report:
    """Return the report of the head of sales about a day."""
    words = gathered.words
    money: list[_Money] = [*gathered.invoices, *gathered.receipts]
    notes = [*gathered.notes, words.say(f"{NAME}.from_{gathered.money_from}")]
    if gathered.undated_payments:
        notes.append(words.say(f"{NAME}.undated", count=len(gathered.undated_payments)))
    return report_of(
        gathered,
        NAME,
        figures=_figures(gathered, money),
        tables=(
            _channels(gathered, money),
            _managers(gathered, money),
            _managers_by_channel(gathered, money),
            _invoices(gathered),
            _receipts(gathered),
        ),
        notes=notes,
    )


def _figures(gathered: Gathered, money: Sequence[_Money]) -> Iterator[Figure]:
    for key, (kind, counted) in _MEASURES.items():
        yield figure(gathered.words, NAME, key, kind, counted(money))
    homeless = [one.ref for one in money if one.deal is None]
    yield figure(gathered.words, NAME, "without_deal", Kind.COUNT, count(homeless, bad=True))


# -- what is counted -------------------------------------------------------------------------------


def _number_of(kind: type[_Money]) -> Callable[[Sequence[_Money]], Cell]:
    """Return what counts documents: a payment for two invoices is one payment."""

    def counted(money: Sequence[_Money]) -> Cell:
        ours = [one for one in money if isinstance(one, kind)]
        return Cell(value=len({one.ref for one in ours}), refs=_behind(ours))

    return counted


def _sum_of(kind: type[_Money]) -> Callable[[Sequence[_Money]], Cell]:
    def added(money: Sequence[_Money]) -> Cell:
        ours = [one for one in money if isinstance(one, kind)]
        return Cell(value=sum((one.amount for one in ours), ZERO), refs=_behind(ours))

    return added


def _behind(money: Sequence[_Money]) -> tuple[ObjectRef, ...]:
    """Return the deals behind documents, and the documents themselves where no deal is known."""
    return tuple(dict.fromkeys(one.deal.ref if one.deal else one.ref for one in money))


_MEASURES: dict[str, tuple[Kind, Callable[[Sequence[_Money]], Cell]]] = {
    "issued": (Kind.COUNT, _number_of(Invoice)),
    "issued_sum": (Kind.MONEY, _sum_of(Invoice)),
    "paid": (Kind.COUNT, _number_of(Receipt)),
    "paid_sum": (Kind.MONEY, _sum_of(Receipt)),
}
_CHART = ("issued_sum", "paid_sum")


def _channel_of(one: _Money) -> Channel:
    return one.deal.channel if one.deal is not None else Channel.UNKNOWN


# -- tables ----------------------------------------------------------------------------------------


def _draft(gathered: Gathered, table: str, label: str) -> Draft[_Money]:
    return Draft(words=gathered.words, report=NAME, table=table, label=label, measures=_MEASURES)


def _channels(gathered: Gathered, money: Sequence[_Money]) -> Table:
    """The three channels of the standard always stand there; the fourth only if it is needed."""
    groups: dict[str, list[_Money]] = {channel.value: [] for channel in Channel}
    for one in money:
        groups[_channel_of(one).value].append(one)
    if not groups[Channel.UNKNOWN]:
        del groups[Channel.UNKNOWN]
    return _draft(gathered, "channels", "channel").of_groups(
        groups,
        names={channel: _channel_name(gathered, channel) for channel in groups},
        chart=Chart(label="channel", values=_CHART),
        note=gathered.words.say(f"{NAME}.channels.note"),
    )


def _channel_name(gathered: Gathered, channel: str) -> str:
    return gathered.words.say(f"channels.{channel}")


def _manager_of(gathered: Gathered, one: _Money) -> str:
    if one.deal is None:
        return gathered.words.say("values.no_deal")
    return one.deal.manager or gathered.words.say("values.nobody")


def _managers(gathered: Gathered, money: Sequence[_Money]) -> Table:
    groups = grouped_by(money, lambda one: _manager_of(gathered, one))
    in_order = sorted(groups.items(), key=lambda group: (-_turnover(group[1]), group[0]))
    chart = Chart(label="manager", values=_CHART)
    return _draft(gathered, "managers", "manager").of_groups(dict(in_order), chart=chart)


def _turnover(money: Sequence[_Money]) -> Decimal:
    """Return what was issued and paid together; it only sets the order of the rows."""
    return sum((one.amount for one in money), ZERO)


def _managers_by_channel(gathered: Gathered, money: Sequence[_Money]) -> Table:
    names = {
        channel: _channel_name(gathered, channel.value)
        for channel in {_channel_of(one) for one in money}
    }
    groups = grouped_by(
        money, lambda one: f"{_manager_of(gathered, one)} · {names[_channel_of(one)]}"
    )
    return _draft(gathered, "by_channel", "manager").of_groups(dict(sorted(groups.items())))


def _invoices(gathered: Gathered) -> Table:
    columns = {"number": Kind.TEXT, "dated": Kind.DAY, "client": Kind.TEXT, "amount": Kind.MONEY}
    rows = [
        Row(
            id=str(one.ref),
            cells=(
                Cell(value=one.number, refs=(one.ref,)),
                Cell(value=one.dated),
                Cell(value=one.client or None),
                Cell(value=one.amount, refs=_behind([one])),
                *_about_deal(gathered, one),
            ),
        )
        for one in sorted(gathered.invoices, key=lambda one: (-one.amount, one.number))
    ]
    return listing(gathered.words, NAME, "invoices", {**columns, **_DEAL_COLUMNS}, rows)


def _receipts(gathered: Gathered) -> Table:
    columns = {"invoice": Kind.TEXT, "dated": Kind.DAY, "payer": Kind.TEXT, "amount": Kind.MONEY}
    in_order = sorted(gathered.receipts, key=lambda one: (-one.amount, str(one.ref), one.invoice))
    rows = [
        Row(
            id=f"{one.ref}-{position}",
            cells=(
                Cell(value=one.invoice or None, refs=(one.ref,)),
                Cell(value=one.dated),
                Cell(value=one.payer or None),
                Cell(value=one.amount, refs=_behind([one])),
                *_about_deal(gathered, one),
            ),
        )
        for position, one in enumerate(in_order, 1)
    ]
    return listing(gathered.words, NAME, "receipts", {**columns, **_DEAL_COLUMNS}, rows)


_DEAL_COLUMNS = {"deal": Kind.TEXT, "manager": Kind.TEXT, "channel": Kind.TEXT}


def _about_deal(gathered: Gathered, one: _Money) -> tuple[Cell, Cell, Cell]:
    deal = one.deal
    if deal is None:
        return (Cell(value=None), Cell(value=None), Cell(value=None))
    return (
        Cell(value=deal.shown, refs=(deal.ref,), url=deal.url),
        Cell(value=deal.manager or None),
        Cell(value=_channel_name(gathered, deal.channel.value)),
    )

"""Walking a window of documents by their dates (1C contract 4.4).

``$skip`` would show a document twice or never when somebody writes between two pages. A page is
cut by date instead: a full one of a base that sorts is whole up to its last second, and the rest of
the window begins there. A base that does not sort is asked in halves.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

from westsync.connectors.onec.config import SYSTEM
from westsync.connectors.onec.values import wall_clock
from westsync.errors import UnexpectedReply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from westsync.connectors.onec.tables import Row

PAGE = 500
_SECOND = timedelta(seconds=1)


class Ask(Protocol):
    """A question for the documents of a slice."""

    def __call__(
        self, since: datetime, until: datetime, top: int | None, /, *, newest_first: bool = False
    ) -> list[Row]:
        """Return documents dated in ``[since, until)``, by date and key, at most ``top``."""
        ...


def walk(ask: Ask, since: datetime, until: datetime) -> Iterator[list[Row]]:
    """Walk all documents of a window, each once.

    Args:
        ask: Reads one slice.
        since: Beginning, the server's wall clock.
        until: End, not included.

    Raises:
        UnexpectedReply: The base shows documents of other dates.
    """
    waiting = [(since, until)]
    keeps_order: bool | None = None
    while waiting:
        begin, end = waiting.pop()
        rows = _checked(ask(begin, end, PAGE), begin, end)
        if len(rows) != PAGE:  # more means that the base heeds no $top: it is everything
            yield [row for _, row in rows]
            continue
        if keeps_order is None:
            keeps_order = _keeps_order(ask, rows, begin, end)
        first, last = rows[0][0], rows[-1][0]
        if keeps_order and first < last:
            yield [row for date, row in rows if date < last]
            waiting.append((last, end))
        elif end - begin > _SECOND:
            middle = begin + timedelta(seconds=(end - begin) // _SECOND // 2)
            waiting += [(middle, end), (begin, middle)]
        else:
            yield [row for _, row in _checked(ask(begin, end, None), begin, end)]


def _keeps_order(
    ask: Ask, rows: list[tuple[datetime, Row]], begin: datetime, end: datetime
) -> bool:
    """Return whether the base sorts: a page in order alone may be the order of entering.

    A statement is often loaded late, so that the order of entering is nearly that of the dates;
    the newest document of the window tells the two apart.
    """
    dates = [date for date, _ in rows]
    if any(one > other for one, other in pairwise(dates)):
        return False
    newest = _checked(ask(begin, end, 1, newest_first=True), begin, end)
    return bool(newest) and dates[0] < dates[-1] <= newest[0][0]


def _checked(rows: list[Row], begin: datetime, end: datetime) -> list[tuple[datetime, Row]]:
    dated: list[tuple[datetime, Row]] = []
    for row in rows:
        date = wall_clock(row.raw.get("Date"))
        if date is None or not begin <= date < end:
            raise UnexpectedReply(
                SYSTEM,
                f"GET {row.table.entity}",
                f"a document dated {date} came for {begin}..{end}: the base does not heed $filter",
            )
        dated.append((date, row))
    return dated

"""The play as people see it: lines that pass by, a bar that moves, and the table at the end."""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from westsync.cli.stage.steps import STEPS
from westsync.cli.stage.watcher import Line, Tone, Watcher
from westsync.clocks import SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime

    from westsync.cli.stage.office import WorkDay
    from westsync.cli.stage.result import Result

# Seconds that a watcher gets for a line and for a minute of the play at --speed slow.
_READING_S = 0.4
_MINUTE_S = 0.02
_PLAIN_WIDTH = 120

_SIGNS = {
    Tone.LAPSE: (" ", "dim"),
    Tone.CAUGHT: ("+", "bold"),
    Tone.CLOSED: ("v", "green"),
    Tone.WRONG: ("!", "bold red"),
    Tone.FAULT: ("~", "yellow"),
    Tone.STAFF: (" ", "cyan"),
}
_DOCUMENT = re.compile(r"(?:Document|Catalog)_")
_LEGEND = "no sign: a lapse is planted   +  westsync speaks   v  it closes its task   ~  trouble"


@contextmanager
def shown(days: tuple[WorkDay, ...], *, slow: bool) -> Iterator[Watcher]:
    """Show a play on stdout: live on a terminal, as plain lines elsewhere.

    Args:
        days: The days that are played.
        slow: Leave the watcher time to read.
    """
    console = console_for_people()
    pause = SystemClock().wait if slow else _at_once
    timeline = _Timeline(console, pause)
    console.print(Text(_LEGEND, style="dim"))
    if not console.is_terminal:
        yield Watcher(tell=timeline.tell)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        TextColumn("{task.percentage:3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("", total=_worked(days, days[-1].closes_at))

        def pass_time(at: datetime) -> None:
            progress.update(bar, completed=_worked(days, at), description=f"{at:%a %d.%m. %H:%M}")
            pause(_MINUTE_S)

        yield Watcher(tell=timeline.tell, pass_time=pass_time)


def console_for_people() -> Console:
    """Return stdout as wide as the terminal, or of a width that suits a file."""
    return Console(width=None if sys.stdout.isatty() else _PLAIN_WIDTH, highlight=False)


def print_result(result: Result) -> None:
    """Print the table per P-id and the sentences below it."""
    console = console_for_people()
    console.print()
    console.print(_table(result))
    for sentence in _sentences(result):
        console.print(Text(sentence))
    console.print()
    if result.is_clean:
        console.print(Text("Nothing missed, nothing false, nothing doubled.", style="bold green"))
    else:
        console.print(Text("The play was not clean.", style="bold red"))
        for sentence in _complaints(result):
            console.print(Text(f"  {sentence}", style="red"))


def _table(result: Result) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("id")
    table.add_column("what must happen")
    for name in ("planted", "caught", "missed", "false", "doubled"):
        table.add_column(name, justify="right")
    for row in result.rows:
        style = "" if row.is_clean else "bold red"
        numbers = (row.planted, row.caught, row.missed, row.false, row.doubled)
        said = STEPS.get(row.step, "not planted in this play")
        table.add_row(row.step, said, *(str(number) for number in numbers), style=style)
    totals = [
        sum(getattr(row, name) for row in result.rows)
        for name in ("planted", "caught", "missed", "false", "doubled")
    ]
    table.add_section()
    table.add_row("", "", *(str(total) for total in totals), style="bold")
    return table


def _sentences(result: Result) -> Iterator[str]:
    count, last = len(result.days), result.days[-1].on
    yield (
        f"{count} working day{'' if count == 1 else 's'} until {last:%d.%m.%Y}, "
        f"{result.deals} deals, {result.cycles} cycles; faults struck: {result.faults}, "
        f"breaches of the contracts: {len(result.breaches)}."
    )
    ripening = ", ".join(row.step for row in result.rows if not row.planted)
    if ripening:
        yield f"{ripening} take days to ripen and were not planted: play --days 5."
    for system, count, routes in (
        ("Megaplan", result.requests, result.routes),
        ("1C", result.onec_requests, result.onec_routes),
    ):
        by_hour = count / result.working_hours
        often = routes.most_common(2)
        most = ", ".join(f"{_DOCUMENT.sub('', route)} {number}" for route, number in often)
        yield f"{count} requests to {system}, {by_hour:.0f} in a working hour: {most}, ..."
    yield f"{result.letters} letters were mailed to a mail server on loopback."
    if result.report:
        yield f"The last report, as the directors got it: {_kept(result.report)}"


def _kept(page: str) -> str:
    """Write a page where people can open it, and return its address."""
    with NamedTemporaryFile(
        "w", prefix="westsync-demo-report-", suffix=".html", encoding="utf-8", delete=False
    ) as file:
        file.write(page)
    return Path(file.name).as_uri()


def _complaints(result: Result) -> Iterator[str]:
    for lapse in result.missed:
        absent = ", ".join(
            f"{item.kind} for {', '.join(sorted(item.to))} "
            f"from {item.since:%d.%m. %H:%M:%S} to {item.until:%H:%M:%S}"
            for item in lapse.expected
            if item.found is None
        )
        yield f"missed: {lapse.step} {lapse.what} ({lapse.number}): {absent}"
    for finding in result.wrong:
        effect, why = finding.effect, finding.doubles or "no lapse explains it"
        yield f"{effect.step} {effect.kind} {effect.ref} at {effect.at:%d.%m. %H:%M:%S}Z: {why}"
    yield from (str(breach) for breach in result.breaches[:20])
    if result.armed:
        yield f"{result.armed} faults never met a request, so they proved nothing"
    if result.unfinished:
        yield f"{result.unfinished} intents are neither done nor withdrawn: see the lines with ~"


class _Timeline:
    """Prints lines, a heading before each day."""

    def __init__(self, console: Console, pause: Callable[[float], None]) -> None:
        self._console = console
        self._pause = pause
        self._day: date | None = None

    def tell(self, line: Line) -> None:
        """Print one line; on a terminal it is cut to its width, elsewhere it is left whole."""
        if line.at.date() != self._day:
            self._day = line.at.date()
            self._console.print(Text(f"\n{line.at:%A %d.%m.%Y}", style="bold underline"))
        sign, style = _SIGNS[line.tone]
        text = Text(f"{line.at:%a %H:%M}  {line.tag:4}  {sign} {line.text}", style=style)
        if self._console.is_terminal:
            self._console.print(text, no_wrap=True, overflow="ellipsis")
        else:
            self._console.print(text, soft_wrap=True)
        self._pause(_READING_S)


def _worked(days: tuple[WorkDay, ...], at: datetime) -> float:
    """Return the working minutes that have passed at a moment: how far the play is."""
    parts = (min(at, shuts) - begin for day in days for begin, shuts in day.windows if begin < at)
    return sum(parts, timedelta()) / timedelta(minutes=1)


def _at_once(_seconds: float) -> None:
    """Wait for nobody."""

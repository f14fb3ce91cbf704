"""A bar for long work, on a terminal only: how many things are done, for nobody knows how many."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator


@contextmanager
def progress(args: argparse.Namespace, what: str) -> Iterator[Callable[[], None]]:
    """Show a bar on stderr while the block runs; yield what to call for each thing done.

    Args:
        args: With ``json``: a machine sees no bar.
        what: What is under way, in one word or two.
    """
    if args.json or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console  # noqa: PLC0415 - costs 30 ms, only a terminal needs it
    from rich.progress import (  # noqa: PLC0415 - as above
        BarColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = (
        TextColumn(what),
        BarColumn(),
        TextColumn("{task.completed:.0f} done"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda: bar.advance(task)

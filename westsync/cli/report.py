"""``westsync report``: a report now, as it would be mailed; and the objects behind its figures."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from westsync.app.installation import open_for_preview, open_stores
from westsync.app.report_sources import observe_now, sources_known, sources_of
from westsync.app.reports import report_settings
from westsync.cli.beginning import clock_for, configuration, start_log
from westsync.cli.main import DONE, UsageError
from westsync.cli.output import emit, say
from westsync.domain.places import Place, Problem, did_you_mean
from westsync.errors import ConfigError
from westsync.jobs.report_deals import DealBook
from westsync.jobs.reporting import draw, keep, make_report, period_asked
from westsync.reports.catalogue import REPORTS
from westsync.reports.cells import UnknownCell, cell_at, cells_of
from westsync.reports.formats import Formats
from westsync.reports.model import Kind
from westsync.reports.press import BrokenTemplate
from westsync.reports.words import MissingWords
from westsync.rules.rule_reading import WATCHED

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from westsync.app.configuration import Configuration
    from westsync.domain.intents import ObjectRef
    from westsync.jobs.report_sources import Sources
    from westsync.reports.model import Cell, Report, Value


def run(args: argparse.Namespace) -> int:
    """Build a report; print its text, or write its files."""
    with _sources(args, args.name) as sources, _own_mistakes():
        report = _made(args, args.name, sources)
        drawn = draw(report, sources)
    files = keep(drawn, Path(args.out)) if args.out else ()
    if args.json:
        emit(_as_json(report) | {"files": [str(path) for path in files]})
    elif files:
        for path in files:
            say(str(path))
    else:
        say(drawn.text.rstrip())
    return DONE


def explain_report(args: argparse.Namespace) -> int:
    """List the objects behind a figure, or every figure that can be asked for.

    Raises:
        UsageError: There is no such report or figure.
    """
    with _sources(args, args.id) as sources, _own_mistakes():
        report = _made(args, args.id, sources)
        formats = Formats(sources.settings.words, report.period.zone)
        if args.cell is None:
            return _list_cells(args, report, formats)
        try:
            cell, kind = cell_at(report, args.cell)
        except UnknownCell as exc:
            raise UsageError(str(exc)) from exc
        objects = [_named(ref, sources) for ref in cell.refs]
    if args.json:
        emit({**_cell_json(args.cell, cell, kind), "objects": objects})
        return DONE
    say(f"{report.name} {args.cell}: {formats.shown(cell, kind)}")
    for found in objects:
        say("  ".join(found[key] for key in ("object", "name", "url") if found[key]))
    return DONE


def _list_cells(args: argparse.Namespace, report: Report, formats: Formats) -> int:
    cells = [(path, cell, kind) for path, cell, kind in cells_of(report) if cell.refs]
    if args.json:
        emit([_cell_json(path, cell, kind) for path, cell, kind in cells])
        return DONE
    for path, cell, kind in cells:
        say(f"{path}: {formats.shown(cell, kind)}")
    return DONE


# -- building --------------------------------------------------------------------------------------


@contextmanager
def _sources(args: argparse.Namespace, name: str) -> Iterator[Sources]:
    """Open what the report is gathered from; nothing is written but a copy.

    Raises:
        UsageError: No such report or account, or several accounts and none is named.
        ConfigError: The configuration or ``config/reports`` is wrong.
    """
    if name not in REPORTS:
        near = did_you_mean(name, REPORTS) or f"there are {', '.join(REPORTS)}"
        raise UsageError(f"there is no report '{name}'; {near}")
    config = configuration(args).must_be_right()
    settings = report_settings(config)
    account = _account(args, config)
    uses_ledger = config.settings.accounts[account].onec is not None
    clock = clock_for(args, config, writes=False)
    start_log(args, config)
    if args.offline:
        with open_stores(config, clock) as stores:
            store = next(store for store in stores if store.account == account)
            yield sources_known(
                store, config.companies[account], settings, clock, uses_ledger=uses_ledger
            )
        return
    with open_for_preview(config, clock) as accounts:
        opened = next(one for one in accounts if one.name == account)
        observe_now(opened)
        yield sources_of(opened, settings, uses_ledger=uses_ledger)


def _account(args: argparse.Namespace, config: Configuration) -> str:
    names = tuple(config.companies)
    if args.account is None and len(names) > 1:
        raise UsageError(f"name an account: --account {'|'.join(names)}")
    if args.account is not None and args.account not in names:
        raise UsageError(f"there is no account '{args.account}'; there are {', '.join(names)}")
    return args.account or names[0]


def _made(args: argparse.Namespace, name: str, sources: Sources) -> Report:
    return make_report(name, period_asked(name, _day(args.date), sources), sources)


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"'{text}' is not a date; write 2026-11-24") from None


@contextmanager
def _own_mistakes() -> Iterator[None]:
    """Turn mistakes of words and templates into those of the configuration."""
    try:
        yield
    except BrokenTemplate as exc:
        place = Place(file=f"reports/{exc.name}", line=exc.line)
        problem = Problem(place=place, text=exc.text, cure="westsync check tells more")
        raise ConfigError([problem]) from exc
    except MissingWords as exc:
        place = Place(file="reports/reports.yaml")
        problem = Problem(place=place, text=str(exc), cure="westsync check tells more")
        raise ConfigError([problem]) from exc


# -- JSON ------------------------------------------------------------------------------------------


def _as_json(report: Report) -> dict[str, object]:
    return {
        "report": report.name,
        "account": report.account,
        "title": report.title,
        "first": report.period.first.isoformat(),
        "last": report.period.last.isoformat(),
        "built_at": report.built_at,
        "notes": list(report.notes),
        "figures": [_cell_json(figure.id, figure.cell, figure.kind) for figure in report.figures],
        "tables": [
            {
                "id": table.id,
                "title": table.title,
                "columns": [
                    {"id": column.id, "title": column.title, "kind": column.kind.value}
                    for column in table.columns
                ],
                "rows": [
                    {
                        "id": row.id,
                        "cells": [
                            _plain(cell.value, column.kind)
                            for cell, column in zip(row.cells, table.columns, strict=True)
                        ],
                    }
                    for row in (*table.rows, *((table.total,) if table.total else ()))
                ],
            }
            for table in report.tables
        ],
    }


def _cell_json(path: str, cell: Cell, kind: Kind) -> dict[str, object]:
    return {
        "cell": path,
        "kind": kind.value,
        "value": _plain(cell.value, kind),
        "at_most": cell.at_most,
        "objects": [str(ref) for ref in cell.refs],
    }


def _plain(value: Value, kind: Kind) -> object:
    """Return a value for machines: money as text, shares as numbers, lengths in minutes."""
    match value:
        case timedelta():
            return round(value.total_seconds() / 60, 2)
        case Decimal() if kind in {Kind.SHARE, Kind.CHANGE}:
            return round(float(value), 4)
        case _:
            return value


def _named(ref: ObjectRef, sources: Sources) -> dict[str, str]:
    """Return an object with its name and card, as far as the mirror knows it."""
    named = DealBook(sources).named(ref) if ref.kind in WATCHED else None
    if named is None:
        return {"object": str(ref), "name": "", "url": ""}
    return {"object": str(ref), "name": named.shown, "url": named.url}

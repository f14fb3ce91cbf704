"""``westsync doctor``: try on the real account what the vendor never documented."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.app.diagnosis import diagnose, diagnose_onec
from westsync.app.installation import open_for_preview
from westsync.cli.beginning import configuration, start_log
from westsync.cli.main import DONE, FOUND
from westsync.cli.output import emit, say, table
from westsync.clocks import SystemClock

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from westsync.app.configuration import Configuration
    from westsync.domain.probes import ProbeResult


def run(args: argparse.Namespace) -> int:
    """Run the probes; exit 1 if a setting should change or a probe failed."""
    config = configuration(args).must_be_right()
    if args.system != "suppliers":
        config.loaded.connectable()
    start_log(args, config)
    write = bool(args.write_probes)
    findings: list[tuple[str, ProbeResult]] = []
    if args.system in {None, "megaplan"}:
        findings += _of_megaplan(config, write=write)
    if args.system in {None, "onec"}:
        findings += _of_onec(config, write=write)
    if args.system in {None, "suppliers"} and config.suppliers:
        findings += _of_suppliers(config)
    if args.json:
        emit(
            [
                {
                    "account": name,
                    "probe": f.number,
                    "name": f.name,
                    "verdict": f.verdict.value,
                    "seen": f.seen,
                    "advice": f.advice,
                }
                for name, f in findings
            ]
        )
    else:
        table(
            ["", "probe", "seen", "advice"],
            [(f.verdict.value, f.name, f.seen, f.advice) for _, f in findings],
        )
        if not args.write_probes:
            say("\nread-only; --write-probes asks more, on objects named '[westsync test] ...'")
    wrong = any(f.verdict.value in {"change", "failed"} for _, f in findings)
    return FOUND if wrong else DONE


def _of_megaplan(config: Configuration, *, write: bool) -> Iterator[tuple[str, ProbeResult]]:
    with open_for_preview(config, SystemClock()) as accounts:
        for account in accounts:
            for finding in diagnose(account, write=write):
                yield account.name, finding


def _of_onec(config: Configuration, *, write: bool) -> Iterator[tuple[str, ProbeResult]]:
    for name, account in config.settings.accounts.items():
        if account.onec is not None:
            where = config.loaded.directory
            for finding in diagnose_onec(name, account.onec, SystemClock(), where, write=write):
                yield name, finding


def _of_suppliers(config: Configuration) -> Iterator[tuple[str, ProbeResult]]:
    from westsync.app.stock_diagnosis import diagnose_suppliers  # noqa: PLC0415 - who has suppliers
    from westsync.app.suppliers import open_suppliers  # noqa: PLC0415 - as above

    with open_suppliers(config, SystemClock()) as desk:
        yield from diagnose_suppliers(desk)

"""``westsync demo``: working days of a company with planted lapses, on loopback, judged."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from westsync.cli.main import DONE, FOUND, UsageError
from westsync.cli.output import emit
from westsync.domain.places import Place, Problem
from westsync.errors import ConfigError
from westsync.logs import configure
from westsync.settings.files import SETTINGS_FILE

if TYPE_CHECKING:
    import argparse

    from westsync.cli.stage.result import Result

LONGEST = 20
# What goes wrong is told in the timeline; the log shows only what a person must act on.
_ERRORS_ONLY = -2
_SHIPPED = Path(__file__).resolve().parents[2] / "config"


def run(args: argparse.Namespace) -> int:
    """Play, show, judge; exit 0 only if nothing was missed, false or doubled."""
    if not 1 <= args.days <= LONGEST:
        raise UsageError(f"--days {args.days}: choose 1 to {LONGEST} working days")
    config = _directory(args.config)
    configure("auto", int(args.verbose) + _ERRORS_ONLY)
    result = _quietly(args, config) if args.json else _shown(args, config)
    return DONE if result.is_clean else FOUND


def _quietly(args: argparse.Namespace, config: Path) -> Result:
    from westsync.cli.stage.play import play  # noqa: PLC0415 - after the checks; it loads everything
    from westsync.cli.stage.watcher import Watcher  # noqa: PLC0415 - as above

    result = play(config, days=args.days, seed=args.seed, watcher=Watcher())
    emit(as_json(result, seed=args.seed))
    return result


def _shown(args: argparse.Namespace, config: Path) -> Result:
    from westsync.cli.stage import office, timeline  # noqa: PLC0415 - rich costs 30 ms
    from westsync.cli.stage.play import play  # noqa: PLC0415 - as above

    slow = args.speed == "slow"
    with timeline.shown(office.WORK_DAYS[: args.days], slow=slow) as watcher:
        result = play(config, days=args.days, seed=args.seed, watcher=watcher)
    timeline.print_result(result)
    return result


def as_json(result: Result, *, seed: int) -> dict[str, object]:
    """Return the table and what stands below it."""
    return {
        "clean": result.is_clean,
        "seed": seed,
        "days": [day.on.isoformat() for day in result.days],
        "steps": [
            {
                "id": row.step,
                "planted": row.planted,
                "caught": row.caught,
                "missed": row.missed,
                "false": row.false,
                "doubled": row.doubled,
            }
            for row in result.rows
        ],
        "deals": result.deals,
        "cycles": result.cycles,
        "letters": result.letters,
        "faults": {"struck": result.faults, "never_met": result.armed},
        "unfinished_intents": result.unfinished,
        "requests": {
            "total": result.requests,
            "per_working_hour": round(result.requests / result.working_hours, 1),
            "by_route": dict(result.routes.most_common()),
            "onec": {
                "total": result.onec_requests,
                "per_working_hour": round(result.onec_requests / result.working_hours, 1),
                "by_route": dict(result.onec_routes.most_common()),
            },
        },
        "breaches": [breach.as_json() for breach in result.breaches],
    }


def _directory(named: str | None) -> Path:
    """Return the named configuration, else the one shipped beside the source.

    Never that of an installed daemon: nobody wants to see a play when he looks at his company.

    Raises:
        ConfigError: There is none.
    """
    directory = Path(named) if named else _SHIPPED
    if (directory / SETTINGS_FILE).is_file():
        return directory
    what = "is not there" if named else "is not installed with the program"
    problem = Problem(
        place=Place(file=str(Path(named) / SETTINGS_FILE) if named else SETTINGS_FILE),
        text=f"the configuration that the demo plays {what}",
        cure="name the directory config of a checkout with --config DIR",
    )
    raise ConfigError([problem])

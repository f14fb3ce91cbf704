"""What can be typed. Only the command that is asked for gets a parser; P16 counts each import."""

from __future__ import annotations

import argparse
import sys

from westsync import __version__

TYPE_CHECKING = False  # checkers know the name; importing typing would cost a tenth of --help
if TYPE_CHECKING:
    from typing import NoReturn

USAGE = 64

_DESCRIPTION = """\
Keeps a company's written standards beside its Megaplan: watches deals, creates the tasks that
people forget, escalates the steps that stall."""

_EXIT_CODES = """\
exit codes: 0 done; 1 the check found something; 64 usage; 69 a needed system is unavailable;
70 a bug; 75 try later; 77 access denied; 78 configuration or state needs a person"""

# Command -> (module below westsync.cli that runs it, what it does).
COMMANDS = {
    "demo": ("demo", "play working days with planted lapses on loopback"),
    "run": ("run", "the daemon: cycles until it is told to stop"),
    "cycle": ("cycle", "one full cycle now: observe, decide, act"),
    "plan": ("plan", "what a cycle would do; writes nothing anywhere"),
    "simulate": ("simulate", "replay the recorded past through rules, and count"),
    "backfill": ("backfill", "reconcile days of the past with 1C; writes only on demand"),
    "explain": ("explain", "why and why not, for every rule of an object"),
    "check": ("check", "all mistakes of the configuration at once"),
    "test": ("test", "run the rule tests"),
    "report": ("report", "build a report now, as it would be mailed"),
    "stock": ("stock", "what suppliers have: refresh, find, show, check a source"),
    "status": ("status", "last cycle, ages of sources, waiting and failed intents"),
    "journal": ("journal", "the outbox, its dead letters, and the audit log"),
    "ack": ("silence", "silence what a rule says about one object"),
    "mute": ("silence", "silence a rule, an object, or everything"),
    "release": ("silence", "lift the flood brake"),
    "doctor": ("doctor", "try what the contracts leave open, read-only"),
    "schema": ("schema", "JSON Schema for editors"),
    "reload": ("reload", "ask the running daemon to read its configuration again"),
    "adopt": ("adopt", "accept a state file that came from another host"),
    "sandbox": ("sandbox", "serve a stand-in of Megaplan on loopback"),
}


class Parser(argparse.ArgumentParser):
    """An argument parser that ends with the exit code of sysexits."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and end with 64."""
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def parse(argv: list[str]) -> argparse.Namespace:
    """Return the parsed arguments; ``module`` in them names the module to run.

    Ends the process with 0 for ``--help`` and ``--version``, with 64 for what cannot be run.
    """
    top = top_parser()
    known, rest = top.parse_known_args(_before_command(argv))
    if rest:
        top.error(f"unknown option {rest[0]}")
    command = known.command
    if command not in COMMANDS:
        top.error(_unknown(command))
    parser = command_parser(command)
    arguments = argv[argv.index(command) + 1 :]
    return parser.parse_args(arguments, known)


def _before_command(argv: list[str]) -> list[str]:
    """Return the arguments up to and including the command's name."""
    skip = False
    for index, word in enumerate(argv):
        if skip:
            skip = False
        elif word == "--config":
            skip = True
        elif not word.startswith("-"):
            return argv[: index + 1]
    return argv


def _unknown(command: str | None) -> str:
    if command is None:
        return "name a command; see westsync --help"
    from difflib import get_close_matches  # noqa: PLC0415 - only for a wrong word

    near = get_close_matches(command, COMMANDS, n=1)
    hint = f"; did you mean '{near[0]}'?" if near else "; see westsync --help"
    return f"there is no command '{command}'{hint}"


def top_parser() -> Parser:
    """Return the parser of what stands before and of the command's name."""
    width = max(map(len, COMMANDS))
    listed = "\n".join(f"  {name:<{width}}  {help_}" for name, (_, help_) in COMMANDS.items())
    parser = Parser(
        prog="westsync",
        usage="westsync [--config DIR] [--json] [-v] COMMAND ...",
        description=f"{_DESCRIPTION}\n\ncommands:\n{listed}",
        epilog=f"westsync COMMAND --help tells more of one.\n\n{_EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"westsync {__version__}")
    add_globals(parser)
    parser.add_argument("command", nargs="?", metavar="COMMAND", help=argparse.SUPPRESS)
    return parser


def command_parser(command: str) -> Parser:
    """Return the parser of one command."""
    module, help_ = COMMANDS[command]
    parser = Parser(prog=f"westsync {command}", description=f"{command}: {help_}.")
    parser.set_defaults(module=f"westsync.cli.{module}")
    add_globals(parser, again=True)
    add = _ARGUMENTS.get(command)
    if add is not None:
        add(parser)
    return parser


def add_globals(parser: argparse.ArgumentParser, *, again: bool = False) -> None:
    """Add what every command takes, before its name or behind it."""
    keep = argparse.SUPPRESS  # what stood before the command's name stays
    parser.add_argument(
        "--config",
        metavar="DIR",
        default=keep if again else None,
        help="configuration directory (else $WESTSYNC_CONFIG, ./config, /etc/westsync)",
    )
    parser.add_argument(
        "--json",
        action="store_true",
        default=keep if again else False,
        help="machine-readable result on stdout",
    )
    parser.add_argument(
        "-v",
        "--verbose",
        action="count",
        default=keep if again else 0,
        help="more of the log; twice for all of it",
    )


def _demo(parser: Parser) -> None:
    parser.add_argument("--days", type=int, default=5, help="working days to play (default 5)")
    parser.add_argument("--speed", choices=["max", "slow"], default="max", help="slow: to watch it")
    parser.add_argument("--seed", type=int, default=1, help="another seed, another company week")


def _sandbox(parser: Parser) -> None:
    parser.add_argument("--port", type=int, default=8480, help="port (default 8480)")
    parser.add_argument("--seed", type=int, default=1, help="seed of ids and names")
    parser.add_argument("--onec", action="store_true", help="a 1C base as well, one port higher")
    parser.add_argument("--supplier", action="store_true", help="a supplier, two ports higher")


def _at(parser: Parser) -> None:
    parser.add_argument("--at", metavar="T", help="set the clock; only if all hosts are loopback")


def _plan(parser: Parser) -> None:
    _at(parser)
    parser.add_argument("--rules", metavar="DIR", help="compare with the rules of this directory")
    parser.add_argument("--save", metavar="FILE", help="keep the plan as JSON")
    parser.add_argument(
        "--from", dest="earlier", metavar="FILE", help="show what is different from a kept plan"
    )


def _simulate(parser: Parser) -> None:
    parser.add_argument(
        "--from", dest="since", metavar="D", required=True, help="first day, 2026-11-01, or moment"
    )
    parser.add_argument(
        "--to", dest="until", metavar="D", required=True, help="last day, counted in, or moment"
    )
    parser.add_argument("--rules", metavar="DIR", help="try the rules of this directory instead")
    parser.add_argument("--account", help="account, if there are several")


def _backfill(parser: Parser) -> None:
    parser.add_argument(
        "--since", metavar="D", required=True, help="first day, 2026-01-01, of the 1C server's zone"
    )
    parser.add_argument("--until", metavar="D", help="last day, counted in (default: today)")
    parser.add_argument(
        "--only", metavar="LIST", help="of invoices,payments,clients,tasks (default: all)"
    )
    parser.add_argument(
        "--apply",
        metavar="CATEGORY",
        nargs="+",
        choices=["missing_in_1c", "missing_in_megaplan", "differs", "ambiguous"],
        help="do what can be done about these, through the journal",
    )
    parser.add_argument("--out", metavar="FILE", help="write all rows as .xlsx or .csv")
    parser.add_argument("--account", help="account, if there are several")
    _at(parser)


def _explain(parser: Parser) -> None:
    kinds = ["deal", "client", "task", "ledger", "stock_source", "report"]
    parser.add_argument("kind", choices=kinds)
    parser.add_argument("id", metavar="ID", help="id of the object, or name of the report")
    parser.add_argument("--rule", metavar="RULE", help="only this rule")
    _report_source(parser, "report: ")
    parser.add_argument(
        "--cell", metavar="PATH", help="report: the figure whose objects are listed (else all)"
    )
    _at(parser)


def _report(parser: Parser) -> None:
    parser.add_argument(
        "name", metavar="NAME", help="secretary-daily, sales-daily or process-weekly"
    )
    _report_source(parser)
    parser.add_argument("--out", metavar="DIR", help="write HTML, text and XLSX files here")
    _at(parser)


def _report_source(parser: Parser, prefix: str = "") -> None:
    """Add what a report is built from.

    Args:
        parser: Of the command.
        prefix: What the help says before each, where the command is about other things too.
    """
    parser.add_argument(
        "--date", metavar="D", help=f"{prefix}a date it is about, 2026-11-24 (else its own)"
    )
    parser.add_argument("--account", help=f"{prefix}account, if there are several")
    parser.add_argument(
        "--offline",
        action="store_true",
        help=f"{prefix}ask Megaplan nothing, count what is known already",
    )


def _check(parser: Parser) -> None:
    parser.add_argument("--offline", action="store_true", help="say nothing of missing secrets")


def _test(parser: Parser) -> None:
    parser.add_argument("path", nargs="?", metavar="PATH", help="a test file, or part of a name")
    parser.add_argument("--junit", metavar="FILE", help="write the results as JUnit XML")


def _stock(parser: Parser) -> None:
    parser.add_argument(
        "action",
        choices=[
            *("list", "refresh", "find", "show", "check"),
            *("accept", "reject", "load", "link", "resume", "cookies"),
        ],
        help="list; refresh [SUPPLIER]; find TEXT; show ARTICLE; check SUPPLIER [FILE]; "
        "accept or reject SUPPLIER; load SUPPLIER FILE; link OUR_ID SUPPLIER CODE; "
        "resume SUPPLIER (a stopped portal); cookies SUPPLIER FILE (of a browser)",
    )
    parser.add_argument("words", nargs="*", metavar="WORD", help="what the action is about")
    parser.add_argument("--limit", type=int, default=20, help="find: at most so many (default 20)")
    parser.add_argument("--name", help="show: name of the article")
    parser.add_argument("--brand", help="show: its brand")
    parser.add_argument("--barcode", help="show: its barcode")
    parser.add_argument("--our-key", metavar="ID", help="show: our own id, for what people linked")
    parser.add_argument("--need", type=int, default=1, help="show: pieces wanted (default 1)")
    parser.add_argument("--supplier", help="show: ask only this source")
    parser.add_argument("--portal", action="store_true", help="show: ask portals as well (slow)")
    parser.add_argument("--by", help="accept, reject, load, link: who decides (your login)")


def _journal(parser: Parser) -> None:
    parser.add_argument("action", choices=["list", "show", "retry", "drop", "verify"])
    parser.add_argument(
        "key", nargs="?", metavar="KEY", help="key or marker of the intent (show, retry, drop)"
    )
    parser.add_argument("--state", metavar="STATE", help="list: only those in this state")
    parser.add_argument("--limit", type=int, default=50, help="list: at most so many (default 50)")


def _ack(parser: Parser) -> None:
    parser.add_argument("rule", metavar="RULE")
    parser.add_argument("object", metavar="OBJECT", help="e.g. deal-43")
    _expiry(parser)


def _mute(parser: Parser) -> None:
    parser.add_argument("scope", metavar="SCOPE", help="a rule id, deal-43, or '*'")
    _expiry(parser)


def _release(parser: Parser) -> None:
    parser.add_argument("scope", metavar="RULE", nargs="?", default="*")
    _expiry(parser)


def _expiry(parser: Parser) -> None:
    parser.add_argument(
        "--for", dest="duration", help="how long (default: what the rule's ack says, else 1h)"
    )
    parser.add_argument("--by", help="who decides this (default: your login)")
    parser.add_argument("--account", help="account, if there are several")


def _doctor(parser: Parser) -> None:
    parser.add_argument(
        "system",
        nargs="?",
        choices=["megaplan", "onec", "suppliers"],
        help="one system; all without it",
    )
    parser.add_argument(
        "--write-probes",
        action="store_true",
        help="also probes that write, only on '[westsync test]' objects",
    )


def _schema(parser: Parser) -> None:
    kinds = ["rules", "settings", "suppliers"]
    parser.add_argument("what", nargs="?", choices=kinds, default="rules")


_ARGUMENTS = {
    "demo": _demo,
    "cycle": _at,
    "plan": _plan,
    "simulate": _simulate,
    "backfill": _backfill,
    "explain": _explain,
    "report": _report,
    "check": _check,
    "test": _test,
    "stock": _stock,
    "journal": _journal,
    "ack": _ack,
    "mute": _mute,
    "release": _release,
    "doctor": _doctor,
    "schema": _schema,
    "sandbox": _sandbox,
}

"""What can be typed. Nothing is imported here that a command needs only when it runs (P16)."""

from __future__ import annotations

import argparse
from typing import Any, NoReturn

from westsync import __version__

USAGE = 64

_DESCRIPTION = """\
Keeps a company's written standards beside its Megaplan: watches deals, creates the tasks that
people forget, escalates the steps that stall."""

_EXIT_CODES = """\
exit codes: 0 done; 1 the check found something; 64 usage; 69 a needed system is unavailable;
70 a bug; 75 try later; 77 access denied; 78 configuration or state needs a person"""


class Parser(argparse.ArgumentParser):
    """An argument parser that ends with the exit code of sysexits."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and end with 64."""
        self.print_usage()
        self.exit(USAGE, f"{self.prog}: {message}\n")


def build_parser() -> Parser:
    """Return the parser of all commands; each names the module that runs it."""
    parser = Parser(
        prog="westsync",
        description=_DESCRIPTION,
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"westsync {__version__}")
    _add_globals(parser, default=None)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    commands.required = True
    _add_playing(commands)
    _add_working(commands)
    _add_looking(commands)
    _add_deciding(commands)
    return parser


def _add_globals(parser: argparse.ArgumentParser, default: object) -> None:
    """Add what every command takes, before or after its name."""
    missing = {"default": default}
    parser.add_argument(
        "--config",
        metavar="DIR",
        help="configuration directory (else $WESTSYNC_CONFIG, ./config, /etc/westsync)",
        **missing,  # type: ignore[arg-type]  # argparse takes any default
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="machine-readable result on stdout",
        default=False if default is None else default,
    )
    parser.add_argument(
        "-v",
        "--verbose",
        action="count",
        help="more of the log; twice for all of it",
        default=0 if default is None else default,
    )


Commands = Any  # argparse has no public name for what add_subparsers returns


def _command(commands: Commands, name: str, module: str, help_: str) -> Parser:
    parser: Parser = commands.add_parser(name, help=help_, description=help_)
    _add_globals(parser, default=argparse.SUPPRESS)
    parser.set_defaults(module=f"westsync.cli.{module}")
    return parser


def _add_playing(commands: Commands) -> None:
    demo = _command(commands, "demo", "demo", "play working days with planted lapses on loopback")
    demo.add_argument("--days", type=int, default=5, help="working days to play (default 5)")
    demo.add_argument("--speed", choices=["max", "slow"], default="max", help="slow: to watch it")
    demo.add_argument("--seed", type=int, default=1, help="another seed, another company week")
    sandbox = _command(commands, "sandbox", "sandbox", "serve a stand-in of Megaplan on loopback")
    sandbox.add_argument("--port", type=int, default=8480, help="port (default 8480)")
    sandbox.add_argument("--seed", type=int, default=1, help="seed of ids and names")


def _add_working(commands: Commands) -> None:
    _command(commands, "run", "run", "the daemon: cycles until it is told to stop")
    cycle = _command(commands, "cycle", "cycle", "one full cycle now: observe, decide, act")
    _add_at(cycle)
    plan = _command(commands, "plan", "plan", "what a cycle would do; writes nothing anywhere")
    _add_at(plan)
    plan.add_argument("--rules", metavar="DIR", help="compare with the rules of this directory")
    plan.add_argument("--save", metavar="FILE", help="keep the plan as JSON")
    plan.add_argument(
        "--from", dest="earlier", metavar="FILE", help="show what is different from a kept plan"
    )
    _command(commands, "adopt", "adopt", "accept a state file that came from another host")
    _command(commands, "reload", "reload", "ask the running daemon to read its configuration again")


def _add_looking(commands: Commands) -> None:
    explain = _command(commands, "explain", "explain", "why and why not, for every rule")
    explain.add_argument("kind", choices=["deal", "client", "task"])
    explain.add_argument("id", metavar="ID")
    explain.add_argument("--rule", metavar="RULE", help="only this rule")
    _add_at(explain)
    check = _command(commands, "check", "check", "all mistakes of the configuration at once")
    check.add_argument("--offline", action="store_true", help="say nothing of missing secrets")
    test = _command(commands, "test", "test", "run the rule tests")
    test.add_argument("path", nargs="?", metavar="PATH", help="a test file, or part of a name")
    test.add_argument("--junit", metavar="FILE", help="write the results as JUnit XML")
    _command(
        commands, "status", "status", "last cycle, ages of sources, waiting and failed intents"
    )
    doctor = _command(commands, "doctor", "doctor", "try what the contracts leave open, read-only")
    doctor.add_argument("system", nargs="?", choices=["megaplan"], default="megaplan")
    doctor.add_argument(
        "--write-probes",
        action="store_true",
        help="also probes that write, only on '[westsync test]' objects",
    )
    schema = _command(commands, "schema", "schema", "JSON Schema for editors")
    schema.add_argument("what", nargs="?", choices=["rules", "settings"], default="rules")


def _add_deciding(commands: Commands) -> None:
    journal = _command(commands, "journal", "journal", "the outbox and its dead letters")
    actions = journal.add_subparsers(dest="action", metavar="ACTION", parser_class=Parser)
    actions.required = True
    listing = actions.add_parser("list", help="list intents")
    listing.add_argument("--state", metavar="STATE", help="only those in this state")
    listing.add_argument("--limit", type=int, default=50, help="at most so many (default 50)")
    for name, text in (
        ("show", "one intent, whole"),
        ("retry", "send a failed or held intent again; looked up first"),
        ("drop", "give an intent up for good"),
    ):
        one = actions.add_parser(name, help=text)
        one.add_argument("key", metavar="KEY", help="key or marker of the intent")
        _add_globals(one, default=argparse.SUPPRESS)
    _add_globals(listing, default=argparse.SUPPRESS)
    ack = _command(commands, "ack", "silence", "silence what a rule says about one object")
    ack.add_argument("rule", metavar="RULE")
    ack.add_argument("object", metavar="OBJECT", help="e.g. deal-43")
    mute = _command(commands, "mute", "silence", "silence a rule, an object, or everything")
    mute.add_argument("scope", metavar="SCOPE", help="a rule id, deal-43, or '*'")
    release = _command(commands, "release", "silence", "lift the flood brake")
    release.add_argument("scope", metavar="RULE", nargs="?", default="*")
    for parser in (ack, mute, release):
        parser.add_argument("--for", dest="duration", default="1h", help="how long (default 1h)")
        parser.add_argument("--by", help="who decides this (default: your login)")
        _add_account(parser)


def _add_at(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--at", metavar="T", help="set the clock; only where all hosts are loopback"
    )


def _add_account(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--account", help="account, if there are several")

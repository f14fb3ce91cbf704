"""docs/reference/commands.md and exit-codes.md: what can be typed and what comes back."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Final

from docs._generate.markdown import code, page, table
from westsync.cli import main as entry
from westsync.cli.parser import COMMANDS, command_parser, top_parser

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

EXIT_PROSE: Final[Mapping[str, tuple[str, str]]] = {
    "DONE": ("done", ""),
    "FOUND": (
        "the check found differences, a test failed, or a guard has tripped",
        "read what it printed",
    ),
    "USAGE": ("the command cannot be run like this", "`westsync COMMAND --help`"),
    "UNAVAILABLE": (
        "a system that is needed does not answer, or answered what nobody understands",
        "later again; `westsync status`",
    ),
    "BUG": ("a mistake in westsync", "report it, with the lines of the log around it"),
    "LATER": ("another process holds the state, or a source is busy", "later again"),
    "DENIED": (
        "credentials or rights are missing",
        "the password, the token, or the rights of westsync's account",
    ),
    "CONFIG": (
        "a configuration file is wrong, or the state needs a person",
        "`westsync check`; systemd does not restart after 78",
    ),
    "INTERRUPTED": ("a person pressed Ctrl-C", ""),
    "PIPE_CLOSED": ("who read the output went away", ""),
    "TERMINATED": ("somebody ended it with SIGTERM; the daemon ends with 0", ""),
}
"""Name of a code in westsync/cli/main.py -> what it means, and what to do."""


def exit_codes() -> Mapping[str, int]:
    """Return the exit codes of the program by their names."""
    return {
        name.strip("_"): value
        for name, value in vars(entry).items()
        if name.isupper() and isinstance(value, int)
    }


def exit_codes_page() -> str:
    """Return the page of exit codes."""
    rows = []
    for name, number in sorted(exit_codes().items(), key=lambda pair: pair[1]):
        means, cure = EXIT_PROSE[name]
        rows.append((str(number), means, cure))
    return page(
        "Exit codes",
        ["westsync/cli/main.py"],
        "Numbers from 64 on are those of sysexits. Every foreseen error is one line on stderr.",
        table(["code", "means", "then"], rows),
    )


def commands_page() -> str:
    """Return the page of commands."""
    blocks = []
    for name, (_, does) in COMMANDS.items():
        parser = command_parser(name)
        rows = list(_arguments(parser))
        blocks += [
            f"## {name}",
            f"{code(_usage(name, parser))}: {does}.",
            table(["argument", "meaning"], rows) if rows else "",
        ]
    return page(
        "Commands",
        ["westsync/cli/parser.py"],
        "`westsync --version` names the version, `westsync COMMAND --help` tells this page's part. "
        "What every command takes, before its name or behind it:",
        table(["argument", "meaning"], _arguments(top_parser(), also_globals=True)),
        "How a command ends: [exit codes](exit-codes.md).",
        *blocks,
    )


def _usage(name: str, parser: argparse.ArgumentParser) -> str:
    positional = [action for action in _actions(parser) if not action.option_strings]
    words = [f"[{_value(a)}]" if a.nargs == "?" else _value(a) for a in positional]
    return " ".join(["westsync", name, *words])


def _arguments(
    parser: argparse.ArgumentParser, *, also_globals: bool = False
) -> Iterator[tuple[str, str]]:
    """Yield the arguments of a parser; those of every command only if asked for."""
    everywhere = {action.dest for action in _actions(top_parser())}
    for action in _actions(parser):
        if action.help == argparse.SUPPRESS or action.dest in {"help", "version"}:
            continue
        if action.dest in everywhere and not also_globals:
            continue
        yield _written(action), _meaning(action)


def _actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    return parser._actions  # noqa: SLF001 - argparse has no public way to list arguments


def _written(action: argparse.Action) -> str:
    takes = "" if action.nargs == 0 or not action.option_strings else _value(action)
    names = action.option_strings or [_value(action)]
    return ", ".join(code(f"{name} {takes}".strip()) for name in names)


def _value(action: argparse.Action) -> str:
    if isinstance(action.metavar, str):
        return action.metavar
    return action.dest.upper()


def _meaning(action: argparse.Action) -> str:
    choices = " or ".join(code(str(choice)) for choice in action.choices or ())
    told = action.help or ""
    default = action.default
    shown = ""
    if action.nargs != 0 and default not in {None, argparse.SUPPRESS} and "default" not in told:
        shown = f"default {code(str(default))}"
    return "; ".join(filter(None, [told, choices, shown]))

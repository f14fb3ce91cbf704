"""``westsync test``: the rule tests, with a virtual clock."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from westsync.cli.beginning import configuration
from westsync.cli.main import DONE, FOUND
from westsync.cli.output import emit, say
from westsync.errors import ConfigError
from westsync.settings import yaml12

if TYPE_CHECKING:
    import argparse

    from westsync.app.configuration import Configuration
    from westsync.domain.places import Node, Problem
    from westsync.rules.trial import TrialResult


def run(args: argparse.Namespace) -> int:
    """Run the tests; exit 1 if one fails."""
    config = _configuration(args)
    only, documents = args.path, None
    if args.path and Path(args.path).exists():
        only, documents = None, _documents(Path(args.path))
    results = config.run_trials(only, documents)
    failed = [result for result in results if not result.passed]
    if args.junit:
        Path(args.junit).write_text(_junit(results), encoding="utf-8")
    if args.json:
        emit(
            [
                {"name": r.name, "rule": r.rule, "passed": r.passed, "failures": r.failures}
                for r in results
            ]
        )
    else:
        for result in failed:
            say(f"{result.place}: {result.rule}: {result.name}")
            for failure in result.failures:
                say(f"    {failure}")
        say(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    return FOUND if failed else DONE


def _configuration(args: argparse.Namespace) -> Configuration:
    """Return the configuration with the rules that sleep until a supplier is connected.

    Their tests need no supplier. Rules that are not right yet may sleep on: that is no mistake.
    """
    config = configuration(args).must_be_right()
    if config.asks_stock:
        return config
    awake = configuration(args, as_with_stock=True)
    return config if awake.problems else awake


def _documents(path: Path) -> list[Node]:
    files = sorted(path.rglob("*.yaml")) if path.is_dir() else [path]
    nodes: list[Node] = []
    problems: list[Problem] = []
    for file in files:
        document = yaml12.parse(file.read_bytes(), file=str(file))
        problems += document.problems
        if document.root is not None:
            nodes.append(document.root)
    if problems:
        raise ConfigError(problems)
    return nodes


def _junit(results: tuple[TrialResult, ...]) -> str:
    from xml.sax.saxutils import escape, quoteattr  # noqa: PLC0415 - --junit only

    failed = sum(not result.passed for result in results)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuite name="westsync rules" tests="{len(results)}" failures="{failed}">',
    ]
    for result in results:
        case = f"  <testcase classname={quoteattr(result.rule)} name={quoteattr(result.name)}"
        if result.passed:
            lines.append(f"{case}/>")
            continue
        text = "\n".join(result.failures)
        lines.append(f"{case}>")
        lines.append(
            f"    <failure message={quoteattr(result.failures[0])}>{escape(text)}</failure>"
        )
        lines.append("  </testcase>")
    return "\n".join([*lines, "</testsuite>", ""])

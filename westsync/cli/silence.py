"""``westsync ack``, ``mute`` and ``release``: what people silence, always with an expiry."""

from __future__ import annotations

import getpass
import re
from typing import TYPE_CHECKING

from westsync.cli.beginning import configuration
from westsync.cli.main import UsageError
from westsync.cli.orders import give
from westsync.domain.backfill import RULE
from westsync.domain.durations import Duration

if TYPE_CHECKING:
    import argparse

    from westsync.app.configuration import Configuration

_OBJECT = re.compile(r"(deal|client|task)-(.+)")


def run(args: argparse.Namespace) -> int:
    """Hand the decision to the daemon, or record it if none runs."""
    config = configuration(args).must_be_right()
    try:
        duration = Duration.parse(args.duration) if args.duration else _usual(config, args)
        seconds = duration.wall().total_seconds()
    except ValueError as exc:
        raise UsageError(str(exc)) from None
    if seconds <= 0:
        raise UsageError("--for needs some time; what never ends is a change of the rules")
    order: dict[str, object] = {
        "order": args.command,
        "seconds": seconds,
        "by": args.by or getpass.getuser(),
    }
    if args.command == "ack":
        _must_exist(config, args.rule)
        _may_acknowledge(config, args)
        if not _OBJECT.fullmatch(args.object):
            raise UsageError(f"'{args.object}' is no object; write deal-43")
        order |= {"rule": args.rule, "object": args.object}
    else:
        is_rule = args.scope != "*" and not _OBJECT.fullmatch(args.scope)
        if is_rule and (args.command, args.scope) != ("release", RULE):
            _must_exist(config, args.scope)
        order |= {"scope": args.scope}
    return give(config, order, account=args.account)


def _may_acknowledge(config: Configuration, args: argparse.Namespace) -> None:
    """Refuse a person whom the rule's ``ack.by`` does not name."""
    for company in config.companies.values():
        rule = company.ruleset.rule(args.rule)
        if rule is None or rule.ack is None:
            continue
        fit = company.staff.logins(rule.ack.by)
        if None not in fit and args.by not in fit:
            named = ", ".join(sorted(login for login in fit if login is not None))
            raise UsageError(f"'{args.rule}' is acknowledged by {named}; say who: --by LOGIN")


def _must_exist(config: Configuration, rule: str) -> None:
    if all(company.ruleset.rule(rule) is None for company in config.companies.values()):
        raise UsageError(f"there is no rule '{rule}'")


def _usual(config: Configuration, args: argparse.Namespace) -> Duration:
    """Return how long the rule itself wants to be silent after an ack; an hour for the rest."""
    if args.command == "ack":
        for company in config.companies.values():
            rule = company.ruleset.rule(args.rule)
            if rule is not None and rule.ack is not None:
                return rule.ack.mutes
    return Duration.parse("1h")

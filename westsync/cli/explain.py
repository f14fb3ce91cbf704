"""``westsync explain``: why and why not, for every rule of an object."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from westsync.app.installation import open_stores, read_only_company
from westsync.app.planning import explain
from westsync.app.rule_words import rule_words
from westsync.cli.beginning import clock_for, configuration
from westsync.cli.main import DONE, FOUND, UsageError
from westsync.cli.output import emit, say
from westsync.domain.intents import ObjectRef
from westsync.jobs.recall import Recollection, is_past, recall
from westsync.rules.traces import condition_lines, verdict_word

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from westsync.domain.facts import Facts
    from westsync.jobs.company import Company
    from westsync.jobs.judge import Judgement
    from westsync.journal.entries import Entry
    from westsync.journal.port import Store
    from westsync.rules.model import Rule
    from westsync.rules.steps import Due
    from westsync.rules.watch import Outcome


def run(args: argparse.Namespace) -> int:
    """Print the trace of every rule, also of those that did not fire, and the journal."""
    if args.kind == "report":
        from westsync.cli.report import explain_report  # noqa: PLC0415 - only for reports

        return explain_report(args)
    config = configuration(args).must_be_right()
    clock = clock_for(args, config, writes=False)
    obj = ObjectRef(kind=args.kind, id=args.id)
    found = False
    documents = []
    with open_stores(config, clock) as stores:
        for store in stores:
            company = read_only_company(config.companies[store.account], store)
            if args.rule is not None and company.ruleset.rule(args.rule) is None:
                raise UsageError(f"there is no rule '{args.rule}'")
            at = clock.now()
            if args.at and is_past(store, at):
                known = recall(store, company, obj, at, rule_words(config))
            else:
                known = Recollection(judgement=explain(store, company, clock, obj))
            if known.judgement is None or known.judgement.facts is None:
                if known.recorded_since is not None:
                    since = known.recorded_since.astimezone(company.setup.zone)
                    sys.stderr.write(f"{store.account}: recorded since {since:%d.%m.%Y %H:%M}\n")
                continue
            found = True
            page = _Page(store, company, known, at, args.rule)
            documents.append(page.as_json()) if args.json else page.show()
    if args.json:
        emit(documents)
    if not found:
        sys.stderr.write(f"{obj} was never seen in Megaplan, or is gone\n")
        return FOUND
    return DONE


class _Page:
    """The explanation of one object of one account."""

    def __init__(
        self,
        store: Store,
        company: Company,
        known: Recollection,
        now: datetime,
        only: str | None,
    ) -> None:
        if known.judgement is None or known.judgement.facts is None:
            raise AssertionError("only seen objects are explained")
        self._store = store
        self._company = company
        self._known = known
        self._judgement: Judgement = known.judgement
        self._facts: Facts = known.judgement.facts
        self._now = now
        self._rules = [
            rule
            for rule in company.ruleset.rules
            if rule.id in self._judgement.outcomes and only in {None, rule.id}
        ]

    @property
    def _journal(self) -> list[Entry]:
        """What had been recorded for the object by then."""
        entries = self._store.outbox.of_object(self._judgement.obj)
        return [entry for entry in entries if entry.decided_at <= self._now]

    def _source(self, rule: Rule) -> str:
        """Return what an explanation of a rule rests on."""
        if self._known.recorded_since is None:
            return "observed"
        return "stored" if rule.id in self._known.stored else "recomputed"

    def _leaves(self, rule: Rule) -> list[str]:
        entry = self._known.stored.get(rule.id)
        if entry is not None:
            return entry.trace.splitlines()
        formatter = self._company.formatter
        return list(condition_lines(rule.when, self._facts, self._now, formatter))

    def show(self) -> None:
        for rule in self._rules:
            for line in self._lines(rule, self._judgement.outcomes[rule.id]):
                say(line)
            say()
        entries = self._journal
        if entries:
            say(f"journal of {self._judgement.obj}")
        for entry in entries:
            when = self._at(entry.last_sent_at or entry.decided_at)
            note = entry.cause or entry.note or ""
            say(
                f"  {when}  {entry.state.value:<10} {entry.action:<13} {entry.rule} "
                f"{entry.step}  {entry.ref or ''}  {note}".rstrip()
            )

    def as_json(self) -> dict[str, object]:
        return {
            "account": self._store.account,
            "object": str(self._judgement.obj),
            "at": self._now,
            "recorded_since": self._known.recorded_since,
            "rules": [
                {
                    "rule": rule.id,
                    "version": rule.version,
                    "step": rule.step_id,
                    "verdict": verdict_word(outcome.verdict).lower(),
                    "reason": outcome.reason,
                    "source": self._source(rule),
                    "decided_at": self._known.stored[rule.id].decided_at
                    if rule.id in self._known.stored
                    else self._now,
                    "episode_started_at": outcome.episode.started_at if outcome.episode else None,
                    "leaves": self._leaves(rule),
                    "steps": [
                        {"step": due.step.id, "due": due.at, "fired": due.fired >= 0}
                        for due in outcome.steps
                    ],
                }
                for rule in self._rules
                for outcome in (self._judgement.outcomes[rule.id],)
            ],
            "journal": [
                {
                    "key": entry.key,
                    "rule": entry.rule,
                    "step": entry.step,
                    "kind": entry.action,
                    "state": entry.state.value,
                    "ref": entry.ref,
                    "cause": entry.cause,
                    "decided_at": entry.decided_at,
                    "trace": entry.trace.splitlines(),
                }
                for entry in self._journal
            ],
        }

    def _lines(self, rule: Rule, outcome: Outcome) -> list[str]:
        facts, formatter = self._facts, self._company.formatter
        head = [
            f"{self._judgement.obj.kind} {facts.values.get('number', facts.id)}",
            f"rule {rule.id}@{rule.version} ({rule.step_id})",
            f"{self._at(self._now)}",
            f"verdict {verdict_word(outcome.verdict)}",
        ]
        episode = outcome.episode
        if episode is not None and episode.cleared_at is None:
            counted = rule.clock.calendar.between(
                min(episode.started_at, self._now), self._now, episode.pauses
            )
            head.append(f"episode since {self._at(episode.started_at)}")
            head.append(f"counted {formatter.duration(counted)}")
        entry = self._known.stored.get(rule.id)
        if entry is not None:
            head.append(f"stored decision of {self._at(entry.decided_at)}")
        elif self._source(rule) == "recomputed":
            head.append("recomputed from history")
        lines = [" · ".join(head)]
        if outcome.reason:
            lines.append(f"  --  {outcome.reason}")
        lines += [f"  {line}" for line in self._leaves(rule)]
        lines += [f"  step {self._step(due)}" for due in outcome.steps]
        return lines

    def _step(self, due: Due) -> str:
        when = f"due {self._at(due.at)}" if due.at is not None else "paused"
        state = "done" if due.fired >= 0 else ("now" if due.repeat >= 0 else "")
        again = f"repeated {due.fired}x" if due.fired > 0 else ""
        return f"{due.step.id:<12} {when}  {state} {again}".rstrip()

    def _at(self, at: datetime) -> str:
        return f"{at.astimezone(self._company.setup.zone):%d.%m.%Y %H:%M}"

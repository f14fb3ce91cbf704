"""``westsync backfill``: a one-off reconciliation of Megaplan with 1C over a span of days."""

from __future__ import annotations

import getpass
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from westsync.app.backfill import Question, reconciliation, words_of, zone_of
from westsync.app.installation import open_for_preview, open_for_work
from westsync.cli.beginning import clock_for, configuration, start_log
from westsync.cli.main import DONE, FOUND, UsageError
from westsync.cli.output import emit, say, table
from westsync.cli.progress import progress
from westsync.domain.backfill import Category, Span, Subject
from westsync.jobs.backfill.export import FORMS, export
from westsync.jobs.backfill.reconciliation import DIFFERING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from westsync.app.account import OpenAccount
    from westsync.app.configuration import Configuration
    from westsync.domain.backfill import Finding
    from westsync.jobs.backfill.reconciliation import Applied, Reconciliation
    from westsync.jobs.backfill.words import BackfillWords
    from westsync.ports import Clock

_MOST_SHOWN = 200


def run(args: argparse.Namespace) -> int:
    """Reconcile every account, or one; print what was found and what was done about it.

    Raises:
        UsageError: The span, a subject or the file's name is none.
    """
    config = configuration(args).must_be_right()
    out = _out(args)
    only = _only(args)
    start_log(args, config)
    clock = clock_for(args, config, writes=bool(args.apply))
    remaining, documents = 0, []
    with progress(args, "backfill") as done, _opened(args, config, clock, done) as accounts:
        for account in accounts:
            question = Question(span=_span(args, account, clock), only=only)
            with reconciliation(config, account, question, clock, progress=done) as made:
                page = _Page(made, words_of(config), account, question.span)
                applied = _apply(args, account, made)
                if out is not None:
                    page.export(out if len(accounts) == 1 else _of_account(out, account.name))
                page_remaining = made.remaining()
                remaining += page_remaining
                if args.json:
                    documents.append(page.as_json(applied, page_remaining))
                else:
                    page.show(applied, page_remaining)
    if args.json:
        emit(documents[0] if len(documents) == 1 else documents)
    return FOUND if remaining else DONE


@contextmanager
def _opened(
    args: argparse.Namespace, config: Configuration, clock: Clock, done: Callable[[], None]
) -> Iterator[tuple[OpenAccount, ...]]:
    """Open the accounts that are asked for; without ``--apply`` nothing can be written."""
    if args.account is not None and args.account not in config.companies:
        raise UsageError(f"there is no account '{args.account}'")
    opened = open_for_work if args.apply else open_for_preview
    with opened(config, clock, progress=done) as accounts:
        yield tuple(one for one in accounts if args.account in {None, one.name})


def _apply(args: argparse.Namespace, account: OpenAccount, made: Reconciliation) -> Applied | None:
    writers = account.desk.writers
    if not args.apply or writers is None:
        return None
    categories = [Category(one) for one in args.apply]
    return made.apply(categories, writers, account.desk.limits, getpass.getuser())


def _span(args: argparse.Namespace, account: OpenAccount, clock: Clock) -> Span:
    since = _day(args.since)
    today = clock.now().astimezone(zone_of(account)).date()
    last = _day(args.until) if args.until else today
    if last < since:
        raise UsageError(f"from {since} to {last} is no span of days")
    return Span(since=since, until=last + timedelta(days=1))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"'{text}' is not a day; write 2026-01-31") from None


def _only(args: argparse.Namespace) -> tuple[Subject, ...]:
    known = [subject.value for subject in Subject]
    asked = [word.strip() for word in (args.only or "").split(",") if word.strip()]
    for word in asked:
        if word not in known:
            raise UsageError(f"there is nothing called '{word}' to compare; {', '.join(known)} are")
    return tuple(Subject(word) for word in dict.fromkeys(asked))


def _out(args: argparse.Namespace) -> Path | None:
    if args.out is None:
        return None
    path = Path(args.out)
    if path.suffix not in FORMS:
        raise UsageError(f"--out {args.out}: the name must end in {' or '.join(FORMS)}")
    if not path.absolute().parent.is_dir():
        raise UsageError(f"--out {args.out}: there is no directory {path.parent}")
    return path


def _of_account(path: Path, account: str) -> Path:
    return path.with_name(f"{path.stem}-{account}{path.suffix}")


class _Page:
    """What is told of one account."""

    def __init__(
        self, made: Reconciliation, words: BackfillWords, account: OpenAccount, span: Span
    ) -> None:
        self._made = made
        self._words = words
        self._account = account.name
        self._span = span

    def export(self, path: Path) -> None:
        try:
            export(path, self._made.rows(tuple(Category)), self._made.counts(), self._words)
        except OSError as exc:
            raise UsageError(f"--out {path}: {exc}") from exc

    def as_json(self, applied: Applied | None, remaining: int) -> dict[str, object]:
        """Return the reconciliation as a document; all differing rows, matches only counted."""
        return {
            "account": self._account,
            "since": self._span.since.isoformat(),
            "until": (self._span.until - timedelta(days=1)).isoformat(),
            "counts": [
                {"subject": subject.value, "category": category.value, "count": count}
                for (subject, category), count in sorted(self._made.counts().items())
            ],
            "rows": [self._row(finding, standing) for finding, standing in self._made.rows()],
            "applied": None
            if applied is None
            else {
                "new": applied.new,
                "known": applied.known,
                "acted": [
                    {
                        "key": one.key,
                        "kind": one.kind,
                        "state": one.state.value,
                        "ref": one.ref,
                        "cause": one.cause,
                    }
                    for one in applied.acted
                ],
            },
            "remaining": remaining,
        }

    def _row(self, finding: Finding, standing: str) -> dict[str, object]:
        return {
            "subject": finding.subject.value,
            "category": finding.category.value,
            "code": finding.reason,
            "reason": self._words.reason(finding),
            "deal": finding.deal,
            "bill": finding.bill,
            "client": finding.client,
            "task": finding.task,
            "ref": finding.ref,
            "number": finding.number,
            "dated": None if finding.dated is None else finding.dated.isoformat(),
            "inn": finding.inn,
            "name": finding.name,
            "amount": finding.amount,
            "differences": [
                {
                    "field": one.field,
                    "megaplan": one.megaplan,
                    "1c": one.onec,
                    "owner": one.owner.value,
                }
                for one in finding.differences
            ],
            "candidates": list(finding.candidates),
            "remedy": finding.remedy.value,
            "standing": standing,
        }

    def show(self, applied: Applied | None, remaining: int) -> None:
        counts = self._made.counts()
        last = self._span.until - timedelta(days=1)
        table(
            ["", *(self._words.category(category) for category in Category)],
            [
                (
                    self._words.subject(subject),
                    *(counts.get((subject, category), 0) for category in Category),
                )
                for subject in Subject
            ],
            title=f"{self._account}: {self._span.since} .. {last}",
        )
        self._show_rows(sum(n for (_, one), n in counts.items() if one in DIFFERING))
        if applied is not None:
            say(f"{applied.new} new intents, {applied.known} known, {len(applied.acted)} acted")
        say(f"{remaining} differences remain")

    def _show_rows(self, count: int) -> None:
        if not count:
            return
        shown = [
            (
                self._words.category(finding.category),
                self._words.subject(finding.subject),
                finding.deal,
                finding.number or finding.task or finding.inn,
                "; ".join(
                    [
                        self._words.reason(finding),
                        *(self._words.difference(one) for one in finding.differences),
                    ]
                ),
                self._words.texts[f"standings.{standing}"],
            )
            for finding, standing in islice(self._made.rows(), _MOST_SHOWN)
        ]
        names = ("category", "subject", "deal", "number", "reason", "done")
        table([self._words.texts[f"columns.{name}"] for name in names], shown)
        if count > _MOST_SHOWN:
            say(f"{count - _MOST_SHOWN} more rows; --out FILE.xlsx writes all of them")

"""A reconciliation of one account, put together from its connections and its working file."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from westsync.domain.backfill import Subject
from westsync.domain.places import Map, Place, Problem, Scalar, did_you_mean
from westsync.domain.settlement.values import Terms
from westsync.errors import ConfigError
from westsync.jobs.backfill.reading import Sources
from westsync.jobs.backfill.reconciliation import Reconciliation
from westsync.jobs.backfill.words import KEYS, BackfillWords
from westsync.journal.backfill import Run
from westsync.journal.backfill_opening import discard_workbook, open_workbook
from westsync.journal.ledger import Kind
from westsync.settings import decoding, yaml12
from westsync.settings.files import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from westsync.app.account import OpenAccount
    from westsync.app.configuration import Configuration
    from westsync.domain.backfill import Span
    from westsync.domain.places import Node
    from westsync.ports import Clock

FILE = "reports/backfill.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is to be reconciled.

    Attributes:
        only: What to compare; empty: all that the account's channels tell.
    """

    span: Span
    only: tuple[Subject, ...] = ()


def words_of(configuration: Configuration) -> BackfillWords:
    """Return what findings are called.

    Raises:
        ConfigError: ``config/reports/backfill.yaml`` is not there or lacks words.
    """
    path = configuration.loaded.directory / FILE
    name = shown(path)
    content = decoding.read_bytes(path, file=name)
    if isinstance(content, Problem):
        raise ConfigError([content])
    document = yaml12.parse(content, file=name)
    texts = {} if document.root is None else dict(_texts(document.root))
    problems = list(document.problems)
    problems += [
        Problem(place=Place(file=name), text=f"there are no words for '{key}'")
        for key in KEYS
        if key not in texts
    ]
    problems += [
        Problem(
            place=Place(file=name),
            text=f"nothing says '{key}'",
            cure=did_you_mean(key, KEYS) or "remove it",
        )
        for key in texts
        if key not in KEYS
    ]
    if problems:
        raise ConfigError(problems)
    return BackfillWords(texts)


def subjects_of(account: OpenAccount, asked: tuple[Subject, ...]) -> tuple[Subject, ...]:
    """Return what of the asked subjects an account can tell; all of them if none is asked.

    Raises:
        ConfigError: Something is asked by name that no configured channel of 1C tells.
    """
    told = _told(account)
    lacking = [one.value for one in asked if one not in told]
    if lacking:
        place = Place(file="westsync.yaml")
        text = f"no channel of 1C tells what is needed for {', '.join(lacking)}"
        cure = f"see accounts.{account.name}.onec.channels"
        raise ConfigError([Problem(place=place, text=text, cure=cure)])
    return tuple(one for one in Subject if one in (asked or told))


@contextmanager
def reconciliation(
    configuration: Configuration,
    account: OpenAccount,
    question: Question,
    clock: Clock,
    *,
    progress: Callable[[], None],
) -> Iterator[Reconciliation]:
    """Open the working file of an account, read and compare; the file goes when all was told.

    A killed run leaves its file, and the same question goes on with it.

    Args:
        configuration: Right.
        account: Connected, with or without writers.
        question: What to reconcile.
        clock: Time.
        progress: Called whenever something was read.

    Raises:
        ConfigError: Words are missing, or no channel tells what is asked for.
        ConnectorError: A system could not be read; run again and it goes on from there.
        LockHeld: Another reconciliation of this account runs.
    """
    words = words_of(configuration)
    only = subjects_of(account, question.only)
    desk = account.desk
    run = Run(span=question.span, only=only, began_at=clock.now(), version=desk.company.version)
    path = working_file(configuration, account.name)
    with open_workbook(path, account.name, clock, run) as workbook:
        made = Reconciliation(
            workbook,
            _sources(account),
            desk.known_company(),
            words,
            clock=clock,
            progress=progress,
        )
        made.look(question.span, only)
        yield made
    discard_workbook(path)


def working_file(configuration: Configuration, account: str) -> Path:
    """Return where the reconciliation of an account works: beside the state file."""
    state = configuration.loaded.state_path
    return state.with_name(f"{state.name}.backfill-{account}")


def zone_of(account: OpenAccount) -> ZoneInfo:
    """Return the zone whose days are reconciled: of the 1C server, else of the office."""
    books = account.desk.books
    return account.desk.company.setup.zone if books is None else books.zone


def _sources(account: OpenAccount) -> Sources:
    desk = account.desk
    return Sources(
        crm=desk.reader,
        ledger=None if desk.books is None else desk.books.reader,
        memory=desk.store,
        terms=Terms() if desk.books is None else desk.books.terms,
        zone=zone_of(account),
    )


def _told(account: OpenAccount) -> frozenset[Subject]:
    books = account.desk.books
    kinds = frozenset() if books is None else books.kinds
    told = {Subject.TASKS}
    if Kind.INVOICES in kinds:
        told |= {Subject.INVOICES, Subject.CLIENTS}
        if Kind.PAYMENTS in kinds:
            told.add(Subject.PAYMENTS)
    return frozenset(told)


def _texts(node: Node, prefix: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(node, Scalar):
        yield prefix.removesuffix("."), str(node.value or "")
    elif isinstance(node, Map):
        for key, _, inside in node.entries:
            yield from _texts(inside, f"{prefix}{key}.")

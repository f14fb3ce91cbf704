"""Keeping the history: what its masked texts must still tell, and how long it lasts."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from westsync.journal.history_masking import Senses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from westsync.journal.port import Store
    from westsync.rules.fact_setup import FactSetup

_STARTED = "history.started"
_CHOICE = re.compile(r"\[(.)[^]]*\]")

log = structlog.get_logger()


def keep_history(store: Store, now: datetime) -> None:
    """Begin the history of a state that has none, and drop what is too old; done once a night.

    Args:
        store: One account's.
        now: UTC.
    """
    if store.keepsakes.get(_STARTED) is None:
        found = store.mirror.start_history(now)
        store.keepsakes.put(_STARTED, now.isoformat())
        log.info("history.started", objects=found)
    dropped = store.mirror.history.forget_old(now)
    if dropped:
        log.info("history.shortened", versions=dropped)


def senses_of(setup: FactSetup) -> Senses:
    """Return what texts of this company must still tell.

    Args:
        setup: Words that a comment can say, and patterns by which a file's kind is known.
    """
    return Senses(said=_said_words(setup), file_name=_file_names(setup))


def _said_words(setup: FactSetup) -> Callable[[str], Iterable[str]]:
    """Return what finds the configured words that a comment says, negated ones left out."""
    words = sorted({word for group in setup.words.values() for word in group})
    single = replace(setup, words={word: (word,) for word in words})
    return lambda text: [word for word in words if single.says(word, text)]


def _file_names(setup: FactSetup) -> Callable[[str], str | None]:
    """Return what names a file by the plain letters of the first pattern that fits it.

    A pattern whose plain letters do not fit it themselves gives no name: what nobody can be told by
    is worth more than the kind.
    """
    plain = {
        kind: next(
            (name for name in map(_letters, patterns) if setup.attachment_kind(name) == kind), None
        )
        for kind, patterns in setup.attachment_kinds.items()
    }

    def name_of(name: str) -> str | None:
        kind = setup.attachment_kind(name)
        return None if kind is None else plain[kind]

    return name_of


def _letters(pattern: str) -> str:
    """Return a file name that fits a pattern, made of its own letters."""
    return _CHOICE.sub(r"\1", pattern).replace("*", "").replace("?", "x")

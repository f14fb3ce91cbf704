"""Pseudonyms: what the history keeps instead of what tells about persons.

Names, phones, addresses, numbers of taxpayers and free texts become a keyed hash of 14 characters.
Equal values (letter case and outer blanks aside) have equal pseudonyms and what is empty stays
empty, so conditions on them are decided as before; the value itself cannot be got back without the
secret of the installation and the value. Numbers, sums, moments, ids, stages, articles and the
choices of built-in custom fields say nothing about a person and stay.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from westsync.domain.catalogue.kinds import BUILT_IN_CUSTOM
from westsync.journal.clients import plain_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from westsync.domain.records import (
        ClientRecord,
        DealRecord,
        FieldValue,
        TaskRecord,
        TodoRecord,
        Touch,
    )

SIGN = "~"
"""Every pseudonym begins with it."""

_BYTES = 7
_BETWEEN_WORDS = " · "


def no_words(text: str) -> Iterable[str]:
    """Return nothing: no word of a comment has a sense of its own."""
    del text
    return ()


def no_kind(name: str) -> str | None:
    """Return None: no file name tells what the file is."""
    del name
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Senses:
    """What a masked text must still tell, because facts are read from it.

    Attributes:
        said: Comment -> the words of the configuration that it says; they stay.
        file_name: Name of a file -> a name of nobody that tells the same kind; None if it tells
            none.
    """

    said: Callable[[str], Iterable[str]] = no_words
    file_name: Callable[[str], str | None] = no_kind


class Masker:
    """Masks the records of one installation."""

    def __init__(self, secret: bytes, senses: Senses | None = None) -> None:
        """Use a secret of 16 to 64 bytes; with another one every pseudonym is another."""
        self._secret = secret
        self._senses = senses or Senses()

    def text(self, value: str) -> str:
        """Return the pseudonym of a text; a text that is empty or blank stays."""
        folded = value.casefold().strip()
        if not folded:
            return value
        hashed = hashlib.blake2b(folded.encode(), key=self._secret, digest_size=_BYTES)
        return SIGN + hashed.hexdigest()

    def comment(self, value: str) -> str:
        """Return the words with a sense that a comment says, and its pseudonym."""
        if not value.strip():
            return value
        return _BETWEEN_WORDS.join((*self._senses.said(value), self.text(value)))

    def file_name(self, value: str) -> str:
        """Return a file name that tells the same kind as this one, or its pseudonym."""
        return self._senses.file_name(value) or self.text(value)

    def deal(self, deal: DealRecord) -> DealRecord:
        """Return a deal without its name, its file names and the texts of its own fields."""
        return replace(
            deal,
            name=self.text(deal.name),
            attachments=tuple(
                replace(file, name=self.file_name(file.name)) for file in deal.attachments
            ),
            custom={name: self._field(name, value) for name, value in deal.custom.items()},
        )

    def client(self, client: ClientRecord) -> ClientRecord:
        """Return a client with pseudonyms for everything that finds or names him."""
        return replace(
            client,
            name=self.text(plain_name(client.name) or client.name),
            phones=tuple(map(self.text, client.phones)),
            emails=tuple(map(self.text, client.emails)),
            inn=None if client.inn is None else self.text(client.inn),
            kpp=None if client.kpp is None else self.text(client.kpp),
        )

    def task(self, task: TaskRecord) -> TaskRecord:
        """Return a task without its title."""
        return replace(task, name=self.text(task.name))

    def todos(self, todos: Iterable[TodoRecord]) -> tuple[TodoRecord, ...]:
        """Return calls and meetings without their titles."""
        return tuple(replace(todo, name=self.text(todo.name)) for todo in todos)

    def touches(self, touches: Iterable[Touch]) -> tuple[Touch, ...]:
        """Return entries of a CRM history without what was written in them."""
        return tuple(replace(touch, text=self.comment(touch.text)) for touch in touches)

    def _field(self, name: str, value: FieldValue) -> FieldValue:
        if name in BUILT_IN_CUSTOM:
            return value
        match value:
            case str():
                return self.text(value)
            case tuple():
                return tuple(map(self.text, value))
            case _:
                return value


def unmasked_deal(deal: DealRecord, known: Mapping[str, str]) -> DealRecord:
    """Return a masked deal with the words put back that a rule names.

    A draft rule may compare a custom field with a word. Who knows the word knows its pseudonym.

    Args:
        deal: As the history keeps it.
        known: Pseudonym -> word.
    """
    custom = {
        name: known.get(value, value) if isinstance(value, str) else value
        for name, value in deal.custom.items()
    }
    return deal if custom == deal.custom else replace(deal, custom=custom)

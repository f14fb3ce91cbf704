"""The words behind ``westsync stock ACTION``."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from westsync.cli.main import UsageError

if TYPE_CHECKING:
    import argparse


def words_of(args: argparse.Namespace, count: int, need: str) -> list[str]:
    """Return the words of an action that takes so many.

    Raises:
        UsageError: There are more or fewer; its text is `need`.
    """
    words: list[str] = args.words
    if len(words) != count:
        raise UsageError(need)
    return words


def file_of(text: str) -> Path:
    """Return the file of a name.

    Raises:
        UsageError: There is none.
    """
    path = Path(text)
    if not path.is_file():
        raise UsageError(f"there is no file {text}")
    return path


def person(args: argparse.Namespace) -> str:
    """Return who decides: ``--by``, else the login."""
    return args.by or getpass.getuser()

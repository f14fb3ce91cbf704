"""What SQLite's errors mean for whoever holds a file of ours."""

from __future__ import annotations

import sqlite3
from enum import Enum

_LATER = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_DISK = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class Trouble(Enum):
    """What to do about an error."""

    LATER = "there is no room, or somebody else holds the file: it works again later"
    DISK = "the disk or its rights failed: nobody knows what is on it"
    DAMAGE = "the file itself is broken: a person acts"
    OURS = "the statement is wrong: a mistake of the program"


def trouble_of(exc: sqlite3.Error) -> Trouble:
    """Return what an error means; an extended code counts as its primary one."""
    code = getattr(exc, "sqlite_errorcode", 0) & 0xFF
    if code in _LATER:
        return Trouble.LATER
    if code in _DISK:
        return Trouble.DISK
    return Trouble.DAMAGE if code in _DAMAGE else Trouble.OURS

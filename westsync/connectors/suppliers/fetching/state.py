"""What one fetch tells the next: validators and bookmarks, kept by the caller as opaque text."""

from __future__ import annotations

from typing import TypeVar

import msgspec


class HttpState(msgspec.Struct, frozen=True, tag="http"):
    """Validators of an answer, and the address they belong to (hashed, as it may be a secret)."""

    address: str
    etag: str = ""
    last_modified: str = ""


class FilesState(msgspec.Struct, frozen=True, tag="files"):
    """Names, sizes and moments of the files that were taken."""

    files: tuple[tuple[str, int, str], ...]


class MailState(msgspec.Struct, frozen=True, tag="mail"):
    """Bookmark in a mailbox: the letter that was taken last."""

    folder: str
    validity: int
    uid: int


FetchState = HttpState | FilesState | MailState
_K = TypeVar("_K", HttpState, FilesState, MailState)
_decoder = msgspec.json.Decoder(FetchState)


def written(state: FetchState) -> str:
    """Return the state as text."""
    return msgspec.json.encode(state).decode()


def remembered(text: str, kind: type[_K]) -> _K | None:
    """Return the state of a text; None if it is empty, of another kind, or not ours."""
    try:
        state = _decoder.decode(text) if text else None
    except msgspec.DecodeError:
        return None
    return state if isinstance(state, kind) else None

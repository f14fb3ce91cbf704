"""How values are written in the state file: moments as integers, records as JSON."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_T = TypeVar("_T")

# Keys of mappings are sorted: equal values have equal bytes, and so equal hashes.
_encoder = msgspec.json.Encoder(order="deterministic")


def to_us(moment: datetime) -> int:
    """Return whole microseconds since 1970-01-01 UTC.

    Raises:
        TypeError: The moment is naive.
    """
    return (moment - EPOCH) // _MICROSECOND


def from_us(microseconds: int) -> datetime:
    """Return the aware UTC moment of `to_us`."""
    return EPOCH + timedelta(microseconds=microseconds)


def to_us_or_none(moment: datetime | None) -> int | None:
    """Return `to_us` of a moment, None for None."""
    return None if moment is None else to_us(moment)


def from_us_or_none(microseconds: int | None) -> datetime | None:
    """Return `from_us` of a number, None for None."""
    return None if microseconds is None else from_us(microseconds)


def encode(value: object) -> bytes:
    """Return a domain value as canonical JSON."""
    return _encoder.encode(value)


def listed(texts: Iterable[str]) -> str:
    """Return texts as SQL takes many at once: ``IN (SELECT value FROM json_each(?))``."""
    return _encoder.encode(tuple(texts)).decode()


def decoder(kind: type[_T]) -> Callable[[bytes], _T]:
    """Return a function that reads what `encode` wrote of this type.

    It raises `msgspec.DecodeError` (or its subclass ``ValidationError``) if the bytes do not fit.
    """
    return msgspec.json.Decoder(kind).decode


def digest(content: bytes, *, secret: bytes = b"") -> bytes:
    """Return 16 bytes that stand for a content; with a secret nobody else can recompute them."""
    return hashlib.blake2b(content, digest_size=16, key=secret).digest()

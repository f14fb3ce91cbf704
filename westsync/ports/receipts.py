"""What every writer gives back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Proof that an effect exists in the other system.

    Attributes:
        ref: Its id there, e.g. the task id; empty when the effect has no object of its own.
        note: What a person should know (``already closed``, ``left alone: edited by 1000003``).
        linked: For a task: whether its deal was seen on it; None if the answer did not tell.
        version: Of a document of 1C as it was left; empty if it has none.
    """

    ref: str
    note: str = ""
    linked: bool | None = None
    version: str = ""

"""What a rule wants done, as values with a permanent key.

The key names the situation, never the moment: account, rule, object, start of the episode, step,
repetition and action. Wanting twice is wanting once. The marker is the key's keyed hash and travels
inside the effect, so that an effect whose outcome is unknown can be found again (reliability 2.2).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - msgspec reads annotations at run time
from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:
    from westsync.domain.actions import Action

MARKER_PREFIX = "ws:"
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"

Key = NewType("Key", str)
Marker = NewType("Marker", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectRef:
    """The object that a rule watches.

    Attributes:
        kind: deal, task, client, invoice, payment, ledger or stock_source.
        id: Its id in the system of record.
    """

    kind: str
    id: str

    def __str__(self) -> str:
        """Render as ``deal-43``; part of every key."""
        return f"{self.kind}-{self.id}"


def intent_key(
    *,
    account: str,
    rule: str,
    obj: ObjectRef,
    episode: datetime,
    step: str,
    repeat: int,
    action: str,
) -> Key:
    """Return the permanent key of an intent.

    Args:
        account: Account name of the settings.
        rule: Rule id.
        obj: The watched object.
        episode: Start of the episode (aware).
        step: Step id; ``clear`` for what happens when the condition clears.
        repeat: 0 for the first time.
        action: Kind of the action and, where a step has several, its position.
    """
    start = episode.strftime("%Y%m%dT%H%M%SZ")
    return Key(f"{account}:{rule}:{obj}:{start}:{step}:{repeat}:{action}")


def marker_of(key: Key, installation: bytes) -> Marker:
    """Return the 16 Crockford base32 characters (80 bits) that stand for a key outside.

    Args:
        key: The intent's key.
        installation: Random secret of this installation: a test copy can never adopt
            production objects.
    """
    digest = hashlib.blake2b(key.encode(), key=installation, digest_size=10).digest()
    number = int.from_bytes(digest, "big")
    return Marker("".join(_CROCKFORD[(number >> shift) & 31] for shift in range(75, -1, -5)))


def marker_line(marker: Marker) -> str:
    """Return the last line of a task's body or a comment, e.g. ``ws:7k3m9q2x4r8t6v5w``."""
    return f"{MARKER_PREFIX}{marker}"


def marker_in(text: str) -> Marker | None:
    """Return the marker that stands as a whole last word of a text; None if there is none.

    Matching is exact and case-sensitive, on our own line format only.
    """
    words = text.split()
    if not words or not words[-1].startswith(MARKER_PREFIX):
        return None
    marker = words[-1][len(MARKER_PREFIX) :]
    if len(marker) == 16 and all(char in _CROCKFORD for char in marker):
        return Marker(marker)
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A durable promise to do one thing once.

    Attributes:
        key: Permanent identity.
        account, rule, step: Where it comes from; ``rule_hash`` says which text of the rule.
        obj: The object whose situation asks for it; intents of one object run in sequence.
        action: What to do.
        decided_at: UTC.
        shadow: Decide and record, send nothing.
        defect: Why it cannot be done as it is (a text without a value, nobody to send it to);
            such an intent becomes a dead letter at once. None for a sound one.
        trace: Why, in the lines of `westsync explain`.
        due_at: When its step fell due (UTC); None for what no step asks for. Not kept.
        group: Values of the rule's ``group_by``; None if it has none. Not kept.
    """

    key: Key
    account: str
    rule: str
    rule_hash: str
    step: str
    repeat: int
    obj: ObjectRef
    action: Action
    decided_at: datetime
    shadow: bool = False
    defect: str | None = None
    trace: str = ""
    due_at: datetime | None = None
    group: tuple[str, ...] | None = None

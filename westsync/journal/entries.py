"""What stands in the outbox: an intent, how far it is, and what is known of its effect."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - part of a public dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, assert_never

import msgspec

from westsync.domain.actions import (
    ACTION_NAMES,
    Action,
    AskSupplier,
    AttachFile,
    CloseTask,
    CommentDeal,
    CreateInvoice,
    EnsureTask,
    JoinDigest,
    LinkTask,
    MoveDeal,
    Notify,
    PostInvoice,
    PrintInvoice,
    SendReport,
    SetDealField,
    SetInvoiceStatus,
)
from westsync.domain.intents import Key, Marker, ObjectRef
from westsync.journal.codec import decoder, from_us, from_us_or_none
from westsync.journal.refusal_records import read_refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from westsync.domain.refusals import Refusal


class IntentState(StrEnum):
    """How far an intent is.

    ``waiting``: nothing was sent. ``acting``: being sent; found so at a start, the process died.
    ``in_doubt``: it may or may not have happened. ``postponed``: it certainly has not, try later.
    ``held``: in doubt too often, or not to be repeated blindly: a person decides. ``done``,
    ``failed`` (a dead letter), ``withdrawn`` (no longer wanted, never sent), ``shadowed``
    (recorded by a rule in shadow mode, never sent).
    """

    WAITING = "waiting"
    ACTING = "acting"
    IN_DOUBT = "in_doubt"
    POSTPONED = "postponed"
    HELD = "held"
    DONE = "done"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"
    SHADOWED = "shadowed"


class Policy(StrEnum):
    """What follows when an outcome stays unknown after the look-up found nothing.

    ``resend``: a duplicate is cheaper than a miss. ``hold``: a person decides. ``skip``: let it go.
    """

    RESEND = "resend"
    HOLD = "hold"
    SKIP = "skip"


class Target(StrEnum):
    """The system an effect goes to; intents of one object run in sequence per target.

    ``digest`` is no system: what is a line of a digest waits there for it, in nobody's way.
    ``files`` are those that come from 1C into the CRM: one of the two that is away must not keep
    back what goes to the other.
    """

    CRM = "crm"
    MAIL = "mail"
    LEDGER = "ledger"
    FILES = "files"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One intent as the outbox holds it. All moments are UTC.

    Attributes:
        number: Order of recording.
        action: Name of the kind of action, e.g. ``task.ensure``.
        payload: What to do; None once it was cleared (30 days after done) or if it is unreadable.
        attempts: How often it was marked for sending.
        doubts: How often the outcome was unknown.
        deaths: How many of those because our own process ended, which says nothing about the
            other system.
        leaving: The last send came to the point from which on it may have happened; known for
            targets that tell (mail).
        searched_from: Look-ups go back to this moment of the server's clock; None: never sent.
        ref: Id of the effect in the other system; None unless done.
        note: What the other system said of the effect.
        cause: Why it is in doubt, postponed, held or failed.
        refusal: What people can mend of a failed one; None if that is for the administrator.
    """

    number: int
    key: Key
    account: str
    rule: str
    rule_hash: str
    step: str
    repeat: int
    obj: ObjectRef
    action: str
    target: Target
    marker: Marker
    payload: Action | None
    policy: Policy
    state: IntentState
    attempts: int
    doubts: int
    deaths: int
    leaving: bool
    decided_at: datetime
    not_before: datetime
    first_sent_at: datetime | None
    last_sent_at: datetime | None
    searched_from: datetime | None
    ref: str | None
    note: str | None
    cause: str | None
    refusal: Refusal | None
    trace: str


ENTRY_QUERY = (
    "SELECT number, key, account, rule, rule_hash, step, repeat, kind, object, action, target,"
    " marker, payload, policy, state, attempts, doubts, deaths, leaving, decided_at,"
    " not_before, first_sent_at, last_sent_at, hwm, ref, note, cause, refusal, trace FROM intent"
)

_decoders: dict[str, Callable[[bytes], Action]] = {
    name: decoder(kind) for kind, name in ACTION_NAMES.items()
}


def read_entry(row: tuple[Any, ...]) -> Entry:
    """Return the entry of a row of `ENTRY_QUERY`."""
    (
        number,
        key,
        account,
        rule,
        rule_hash,
        step,
        repeat,
        kind,
        object_id,
        action,
        target,
        marker,
        payload,
        policy,
        state,
        attempts,
        doubts,
        deaths,
        leaving,
        decided_at,
        not_before,
        first_sent_at,
        last_sent_at,
        searched_from,
        ref,
        note,
        cause,
        refusal,
        trace,
    ) = row
    return Entry(
        number=number,
        key=key,
        account=account,
        rule=rule,
        rule_hash=rule_hash,
        step=step,
        repeat=repeat,
        obj=ObjectRef(kind=kind, id=object_id),
        action=action,
        target=Target(target),
        marker=marker,
        payload=None if payload is None else _payload(action, payload),
        policy=Policy(policy),
        state=IntentState(state),
        attempts=attempts,
        doubts=doubts,
        deaths=deaths,
        leaving=bool(leaving),
        decided_at=from_us(decided_at),
        not_before=from_us(not_before),
        first_sent_at=from_us_or_none(first_sent_at),
        last_sent_at=from_us_or_none(last_sent_at),
        searched_from=from_us_or_none(searched_from),
        ref=ref,
        note=note,
        cause=cause,
        refusal=read_refusal(refusal),
        trace=trace,
    )


def target_of(action: Action) -> Target:
    """Return the system that an action goes to."""
    match action:
        case Notify(via="email") | SendReport() | AskSupplier():
            return Target.MAIL
        case CreateInvoice() | PostInvoice():
            return Target.LEDGER
        case PrintInvoice():
            return Target.FILES
        case JoinDigest():
            return Target.DIGEST
        case (
            EnsureTask()
            | LinkTask()
            | CloseTask()
            | CommentDeal()
            | SetDealField()
            | MoveDeal()
            | Notify()
            | SetInvoiceStatus()
            | AttachFile()
        ):
            return Target.CRM
        case _:
            assert_never(action)


def policy_of(action: Action) -> Policy:
    """Return what follows when an action's outcome stays unknown (reliability 2.3).

    Tasks and comments can be looked for, and a duplicate of those is cheap. An invoice is asked
    for by its own key, under which there can be only one. A mail that may have left cannot be
    found again: a person decides.
    """
    match action:
        case Notify(via="email") | SendReport() | AskSupplier():
            return Policy.HOLD
        case (
            EnsureTask()
            | LinkTask()
            | CloseTask()
            | CommentDeal()
            | SetDealField()
            | MoveDeal()
            | Notify()
            | SetInvoiceStatus()
            | CreateInvoice()
            | PostInvoice()
            | PrintInvoice()
            | AttachFile()
            | JoinDigest()
        ):
            return Policy.RESEND
        case _:
            assert_never(action)


def _payload(action: str, payload: bytes) -> Action | None:
    try:
        return _decoders[action](payload)
    except (KeyError, msgspec.DecodeError):
        return None

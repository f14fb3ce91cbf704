"""Whether a reading may replace the last good snapshot (suppliers contract 10).

Pure: counts in, verdict out. The worst finding decides; a stale source is accepted, but its answers
are marked. What a person does about it (``stock accept``) is the store's affair.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from statistics import median
from typing import TYPE_CHECKING

from westsync.connectors.suppliers.reading.results import Note, Refusal
from westsync.domain.stock import Flag, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from westsync.connectors.suppliers.profile import AcceptRules, Profile
    from westsync.connectors.suppliers.reading.results import Reading


class GuardCode(StrEnum):
    """What a guard found; codes of a refused file are those of `RefusalCode`."""

    TOO_FEW_ROWS = "too_few_rows"
    LAYOUT_CHANGED = "layout_changed"
    BAD_ROWS = "bad_rows"
    UNKNOWN_QUANTITY = "unknown_quantity"
    ROWS_DROP = "rows_drop"
    STOCK_DROP = "stock_drop"
    KEYS_CHANGED = "keys_changed"
    PRICE_SHIFT = "price_shift"
    PRICE_ORDER = "price_order"
    ODD_ROWS = "odd_rows"
    UNDECODABLE = "undecodable"
    UNQUOTED = "unquoted"
    FIRST = "first"
    PROFILE_CHANGED = "profile_changed"
    STALE = "stale"
    UNCHANGED_TOO_LONG = "unchanged_too_long"
    REPAIRED = "repaired"
    AS_OF_FUTURE = "as_of_future"
    AS_OF_UNREADABLE = "as_of_unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What is known of the snapshots of this source that were accepted.

    Attributes:
        items: Of the last accepted ones, newest first; five are looked at.
        in_stock: Of the last accepted one.
        fingerprint: Of the last accepted one's headers.
        revision: Of the profile the last accepted one was read by.
        keys_kept: Share of its codes that are still there, 0 to 1; None: not compared.
        price_ratio: Median of new price by old price; None: nothing to compare.
        unchanged_since: Since when (UTC) the very same bytes come; None: they are new.
    """

    items: tuple[int, ...]
    in_stock: int
    fingerprint: str = ""
    revision: str = ""
    keys_kept: Decimal | None = None
    price_ratio: Decimal | None = None
    unchanged_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing a guard found.

    Attributes:
        code: A `GuardCode` or `RefusalCode`.
        verdict: What it alone would lead to; ``accepted``: a warning.
        detail: Figures and cure, one English sentence.
    """

    code: str
    verdict: Verdict
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The verdict on one reading.

    Attributes:
        findings: The worst first.
        stale: The data are older than ``accept.max_age``: answers become ``ask``.
    """

    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    stale: bool = False


_GRAVITY = {Verdict.ACCEPTED: 0, Verdict.STAGED: 0, Verdict.HELD: 1, Verdict.REJECTED: 2}
_ODD = (Flag.DUPLICATE_CONFLICT, Flag.NEGATIVE, Flag.RESERVE_EXCEEDS, Flag.SCIENTIFIC)
_REMEMBERED = 5


def judge(
    outcome: Reading | Refusal,
    profile: Profile,
    past: Past | None,
    *,
    as_of: datetime,
    now: datetime,
) -> Judgement:
    """Return the verdict on a reading.

    Args:
        outcome: What `read_source` returned.
        profile: By which it was read.
        past: None before the first acceptance.
        as_of: Moment (UTC) of the data: stated by the supplier, else of the file, else of fetching.
        now: Present, UTC.
    """
    if isinstance(outcome, Refusal):
        finding = Finding(code=outcome.code, verdict=Verdict.REJECTED, detail=outcome.detail)
        return Judgement(verdict=Verdict.REJECTED, findings=(finding,))
    rules = profile.accept
    found = [*_of_the_file(outcome, rules), *_of_the_past(outcome, profile, past, now)]
    stale = now - as_of > rules.max_age
    if stale:
        age = now - as_of
        found.append(
            _warned(
                GuardCode.STALE,
                f"the data are of {as_of:%Y-%m-%d %H:%M} UTC, {age.days} days old; answers ask a"
                " person until newer ones come",
            )
        )
    found.sort(key=lambda finding: -_GRAVITY[finding.verdict])
    return Judgement(
        verdict=found[0].verdict if found else Verdict.ACCEPTED,
        findings=tuple(found),
        stale=stale,
    )


def _of_the_file(reading: Reading, rules: AcceptRules) -> Iterator[Finding]:
    """Look at the reading alone."""
    items = reading.items
    wanted = max(rules.min_rows or 0, 1)
    if items < wanted and Note.DELTA not in reading.notes:
        detail = f"{items} items, at least {wanted} are expected (accept.min_rows)"
        yield Finding(code=GuardCode.TOO_FEW_ROWS, verdict=Verdict.REJECTED, detail=detail)
    if reading.missing:
        yield _held(
            GuardCode.LAYOUT_CHANGED,
            f"not found: {', '.join(reading.missing)}; compare the header and correct the fields"
            " (or say where it stands: table.header.row)",
        )
    if reading.bad_rows > items * rules.bad_rows:
        yield _held(GuardCode.BAD_ROWS, f"{reading.bad_rows} of {items} items are bad rows")
    if reading.unknown_quantities > items * rules.unknown_quantity:
        yield _held(
            GuardCode.UNKNOWN_QUANTITY,
            f"the stock of {reading.unknown_quantities} of {items} items is not understood; add the"
            " texts to quantity.map",
        )
    if reading.broken_order > reading.compared_prices * rules.role_order:
        yield _held(
            GuardCode.PRICE_ORDER,
            f"dealer <= wholesale <= retail fails in {reading.broken_order} of"
            f" {reading.compared_prices} items; are the price columns swapped?",
        )
    for flag in _ODD:
        count = reading.flags.get(flag, 0)
        if count > items * rules.odd_rows:
            yield _held(GuardCode.ODD_ROWS, f"{count} of {items} items are {flag}")
    unquoted = reading.flags.get(Flag.UNQUOTED, 0)
    if unquoted > items * rules.unquoted:
        yield _held(
            GuardCode.UNQUOTED,
            f"{unquoted} of {items} rows have broken quotes; if all do, set read.quote to ''",
        )
    yield from _noted(reading)


def _noted(reading: Reading) -> Iterator[Finding]:
    """Say what was odd about the whole file."""
    for note in reading.notes:
        match note:
            case Note.UNDECODABLE:
                yield _held(
                    GuardCode.UNDECODABLE,
                    f"the text is not all {reading.encoding}; correct read.encoding",
                )
            case Note.REPAIRED:
                yield _warned(GuardCode.REPAIRED, "the XML was not well-formed and was repaired")
            case Note.AS_OF_FUTURE:
                yield _warned(
                    GuardCode.AS_OF_FUTURE,
                    "the stated moment lies in the future and is not used; see accept.as_of.format",
                )
            case Note.AS_OF_UNREADABLE:
                yield _warned(
                    GuardCode.AS_OF_UNREADABLE,
                    "the stated moment cannot be read; see accept.as_of.format",
                )
            case Note.DELTA:
                pass  # The store takes a missing row of a delta for an unchanged one.


def _of_the_past(
    reading: Reading, profile: Profile, past: Past | None, now: datetime
) -> Iterator[Finding]:
    """Compare the reading with those that were accepted before."""
    rules = profile.accept
    asks = rules.first != "auto"
    if past is None:
        if asks:
            yield _held(
                GuardCode.FIRST, "the first reading of this source; look at it and accept it"
            )
        return
    if asks and past.revision and past.revision != profile.revision:
        yield _held(GuardCode.PROFILE_CHANGED, "the source's profile was changed; accept it anew")
    if past.fingerprint and past.fingerprint != reading.fingerprint and not reading.missing:
        yield _warned(
            GuardCode.LAYOUT_CHANGED, "the header changed, all required columns are still there"
        )
    if past.unchanged_since is not None and now - past.unchanged_since > rules.max_unchanged:
        yield _warned(
            GuardCode.UNCHANGED_TOO_LONG,
            f"the same bytes since {past.unchanged_since:%Y-%m-%d}; is the export still running?",
        )
    ratio = past.price_ratio
    if ratio is not None and not 1 / rules.price_shift <= ratio <= rules.price_shift:
        yield _held(
            GuardCode.PRICE_SHIFT,
            f"prices are {ratio:.2f} times the last ones (median); another currency or column?",
        )
    if Note.DELTA not in reading.notes:
        yield from _shrunk(reading, rules, past)


def _shrunk(reading: Reading, rules: AcceptRules, past: Past) -> Iterator[Finding]:
    """Find lists that lost rows, stock or codes; a delta is never whole, so it is not asked."""
    usual = median(past.items[:_REMEMBERED]) if past.items else 0
    if reading.items < Decimal(usual) * rules.rows_drop:
        yield _held(
            GuardCode.ROWS_DROP, f"{reading.items} items, usually {usual:.0f}; half a file?"
        )
    if reading.in_stock < past.in_stock * rules.stock_drop:
        yield _held(
            GuardCode.STOCK_DROP,
            f"{reading.in_stock} items in stock, {past.in_stock} the last time",
        )
    if past.keys_kept is not None and past.keys_kept < rules.keys_kept:
        yield _held(
            GuardCode.KEYS_CHANGED,
            f"only {past.keys_kept:.0%} of the last codes are still there; another file, or zeros"
            " lost at the front?",
        )


def _held(code: GuardCode, detail: str) -> Finding:
    """Return a finding that needs a person."""
    return Finding(code=code, verdict=Verdict.HELD, detail=detail)


def _warned(code: GuardCode, detail: str) -> Finding:
    """Return a finding that is only said."""
    return Finding(code=code, verdict=Verdict.ACCEPTED, detail=detail)

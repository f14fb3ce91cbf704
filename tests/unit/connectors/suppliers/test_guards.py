"""Every acceptance guard, tripped and not (suppliers contract 10)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from westsync.connectors.suppliers.guards import Judgement, Past, judge
from westsync.connectors.suppliers.profile import AcceptRules, Profile
from westsync.connectors.suppliers.reading.results import (
    Layout,
    Note,
    Reading,
    Refusal,
    RefusalCode,
)
from westsync.domain.stock import Flag, SourceId, Verdict

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
RULES = AcceptRules(min_rows=100)
GOOD = Reading(items=1000, in_stock=600, fingerprint="f", compared_prices=1000)
PAST = Past(
    items=(1000, 990, 1010),
    in_stock=600,
    fingerprint="f",
    revision="r",
    keys_kept=Decimal("0.95"),
    price_ratio=Decimal("1.05"),
)


def verdict(
    reading: Reading | Refusal = GOOD,
    past: Past | None = PAST,
    *,
    rules: AcceptRules = RULES,
    age: timedelta = timedelta(hours=1),
    revision: str = "r",
) -> Judgement:
    profile = Profile(id=SourceId("lira"), revision=revision, accept=rules)
    return judge(reading, profile, past, as_of=NOW - age, now=NOW)


def codes(judgement: Judgement) -> list[str]:
    return [finding.code for finding in judgement.findings]


def test_a_good_reading_is_accepted_without_a_word() -> None:
    found = verdict()

    assert (found.verdict, found.findings, found.stale) == (Verdict.ACCEPTED, (), False)


@pytest.mark.parametrize("code", list(RefusalCode))
def test_an_unusable_file_is_rejected(code: RefusalCode) -> None:
    found = verdict(Refusal(code=code, detail="x"))

    assert (found.verdict, codes(found)) == (Verdict.REJECTED, [code])


@pytest.mark.parametrize(
    ("change", "code", "worst"),
    [
        ({"items": 99, "in_stock": 60}, "too_few_rows", Verdict.REJECTED),
        ({"layouts": (Layout(missing=("supplier_code",)),)}, "layout_changed", Verdict.HELD),
        ({"bad_rows": 21}, "bad_rows", Verdict.HELD),
        ({"unknown_quantities": 101}, "unknown_quantity", Verdict.HELD),
        ({"items": 499}, "rows_drop", Verdict.HELD),
        ({"in_stock": 239}, "stock_drop", Verdict.HELD),
        ({"broken_order": 51}, "price_order", Verdict.HELD),
        ({"flags": {Flag.NEGATIVE: 51}}, "odd_rows", Verdict.HELD),
        ({"flags": {Flag.RESERVE_EXCEEDS: 51}}, "odd_rows", Verdict.HELD),
        ({"flags": {Flag.SCIENTIFIC: 51}}, "odd_rows", Verdict.HELD),
        ({"flags": {Flag.DUPLICATE_CONFLICT: 51}}, "odd_rows", Verdict.HELD),
        ({"flags": {Flag.UNQUOTED: 11}}, "unquoted", Verdict.HELD),
        ({"notes": (Note.UNDECODABLE,)}, "undecodable", Verdict.HELD),
    ],
)
def test_a_suspicious_reading_does_not_replace_the_last_good_one(
    change: dict[str, Any], code: str, worst: Verdict
) -> None:
    found = verdict(replace(GOOD, **change))

    assert found.verdict is worst
    assert code in codes(found)


@pytest.mark.parametrize(
    "change",
    [
        {"items": 500, "in_stock": 300},
        {"bad_rows": 20},
        {"unknown_quantities": 100},
        {"in_stock": 240},
        {"broken_order": 50},
        {"flags": {Flag.NEGATIVE: 50, Flag.FROM_NUMBER: 1000, Flag.UNQUOTED: 10}},
        {"layouts": (Layout(absent=("eta",)),)},
    ],
)
def test_what_is_within_the_limits_is_accepted(change: dict[str, Any]) -> None:
    assert verdict(replace(GOOD, **change)).verdict is Verdict.ACCEPTED


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"keys_kept": Decimal("0.59")}, "keys_changed"),
        ({"price_ratio": Decimal("2.01")}, "price_shift"),
        ({"price_ratio": Decimal("0.49")}, "price_shift"),
    ],
)
def test_another_file_or_other_prices_are_held(change: dict[str, Any], code: str) -> None:
    found = verdict(past=replace(PAST, **change))

    assert (found.verdict, codes(found)) == (Verdict.HELD, [code])


@pytest.mark.parametrize(
    "change",
    [{"keys_kept": Decimal("0.6")}, {"price_ratio": Decimal(2)}, {"price_ratio": Decimal("0.5")}],
)
def test_ordinary_changes_are_accepted(change: dict[str, Any]) -> None:
    assert verdict(past=replace(PAST, **change)).verdict is Verdict.ACCEPTED


def test_the_first_reading_waits_for_a_person() -> None:
    assert codes(verdict(past=None)) == ["first"]
    assert verdict(past=None).verdict is Verdict.HELD


def test_a_changed_profile_waits_for_a_person() -> None:
    assert (codes(verdict(revision="other")), verdict(revision="other").verdict) == (
        ["profile_changed"],
        Verdict.HELD,
    )


def test_a_source_may_be_trusted_from_the_start() -> None:
    trusting = replace(RULES, first="auto")

    assert verdict(past=None, rules=trusting).verdict is Verdict.ACCEPTED
    assert verdict(rules=trusting, revision="other").verdict is Verdict.ACCEPTED


def test_old_data_are_accepted_but_marked() -> None:
    old, young = verdict(age=timedelta(days=3, minutes=1)), verdict(age=timedelta(days=3))

    assert (old.verdict, old.stale, codes(old)) == (Verdict.ACCEPTED, True, ["stale"])
    assert not young.stale


def test_bytes_that_never_change_are_worth_a_warning() -> None:
    frozen = verdict(past=replace(PAST, unchanged_since=NOW - timedelta(days=5)))
    fresh = verdict(past=replace(PAST, unchanged_since=NOW - timedelta(days=4)))

    assert (frozen.verdict, codes(frozen)) == (Verdict.ACCEPTED, ["unchanged_too_long"])
    assert fresh.findings == ()


def test_a_new_header_with_all_columns_is_only_a_warning() -> None:
    found = verdict(replace(GOOD, fingerprint="g"))

    assert (found.verdict, codes(found)) == (Verdict.ACCEPTED, ["layout_changed"])


def test_a_delta_may_be_small() -> None:
    small = replace(GOOD, items=3, in_stock=0, compared_prices=3, notes=(Note.DELTA,))

    assert verdict(small, replace(PAST, keys_kept=Decimal("0.01"))).verdict is Verdict.ACCEPTED


def test_an_empty_list_is_rejected_whatever_the_profile_says() -> None:
    empty = replace(GOOD, items=0, in_stock=0, compared_prices=0)

    assert verdict(empty, rules=AcceptRules()).verdict is Verdict.REJECTED


def test_the_worst_finding_decides_and_comes_first() -> None:
    reading = replace(GOOD, items=50, in_stock=0, bad_rows=50, notes=(Note.REPAIRED,))

    found = verdict(reading)

    assert found.verdict is Verdict.REJECTED
    assert codes(found)[0] == "too_few_rows"
    assert codes(found)[-1] == "repaired"

"""What a status and a Retry-After mean for the caller (reliability 2.3, 4.1)."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.clock import NOON
from westsync.errors import AccessDenied, OutcomeUnknown, Rejected, Unavailable
from westsync.transport import Effect, failure_of_status, retry_after_s


@pytest.mark.parametrize("status", [400, 403, 404, 405, 410, 413, 415, 422, 431])
@pytest.mark.parametrize("effect", list(Effect))
def test_a_definite_no_is_rejected_with_its_status(status: int, effect: Effect) -> None:
    failure = failure_of_status("megaplan", "POST /task", status, "нет", effect)

    assert isinstance(failure, Rejected)
    assert failure.status == status


@pytest.mark.parametrize("status", [408, 409, 500, 502, 503, 504, 599])
def test_a_create_that_may_have_happened_is_in_doubt(status: int) -> None:
    failure = failure_of_status("megaplan", "POST /task", status, "", Effect.CREATE)

    assert isinstance(failure, OutcomeUnknown)


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
@pytest.mark.parametrize("effect", [Effect.READ, Effect.SET])
def test_what_may_be_repeated_is_only_unavailable(status: int, effect: Effect) -> None:
    failure = failure_of_status("megaplan", "GET /deal", status, "", effect)

    assert type(failure) is Unavailable


def test_409_on_a_set_is_looked_up() -> None:
    failure = failure_of_status("megaplan", "POST /deal/1", 409, "", Effect.SET)

    assert isinstance(failure, OutcomeUnknown)


def test_401_is_for_whoever_owns_the_token() -> None:
    failure = failure_of_status("megaplan", "GET /deal", 401, "", Effect.READ)

    assert isinstance(failure, AccessDenied)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("17", 17.0),
        ("0", 0.0),
        ("", 30.0),
        ("soon", 30.0),
        ("-5", 30.0),
        ("1000000000", 30.0),
        ("9" * 400, 30.0),
        ("²", 30.0),
        ("3600", 3600.0),
    ],
)
def test_retry_after_in_seconds_is_obeyed_unless_it_is_absurd(text: str, seconds: float) -> None:
    assert retry_after_s({"retry-after": text}, NOON) == seconds


def test_a_missing_retry_after_means_half_a_minute() -> None:
    assert retry_after_s({}, NOON) == 30.0


def test_a_date_counts_from_the_servers_own_clock() -> None:
    theirs = NOON - timedelta(minutes=10)
    headers = {
        "date": format_datetime(theirs, usegmt=True),
        "retry-after": format_datetime(theirs + timedelta(seconds=90), usegmt=True),
    }

    assert retry_after_s(headers, NOON) == 90.0


@given(st.text(max_size=60))
def test_no_retry_after_can_break_or_freeze_us(text: str) -> None:
    seconds = retry_after_s({"retry-after": text}, NOON)

    assert 0 <= seconds <= 24 * 3600

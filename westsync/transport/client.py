"""One system, one account: pace, deadline, repetition and the class of every outcome."""

from __future__ import annotations

import secrets
import threading
from typing import TYPE_CHECKING, TypeVar

import structlog
from tenacity import RetryCallState, Retrying

from westsync.errors import ConnectorError, Unavailable
from westsync.transport.breaker import Breaker, RetryBudget
from westsync.transport.calls import Call, Effect, InnerFailure, Reply, Unreadable
from westsync.transport.outcomes import failure_of_status, perhaps, retry_after_s
from westsync.transport.tally import Tally
from westsync.transport.wire import Broken, NothingSent, Wire

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from westsync.ports import Clock
    from westsync.transport.limiter import RateLimiter

T = TypeVar("T")

ATTEMPTS = {Effect.READ: 4, Effect.SET: 3, Effect.CREATE: 1}
BACKOFF_BASE_S = 0.5
BACKOFF_CAP_S = 30.0
PARKED_AFTER_S = 15 * 60.0

_log = structlog.get_logger(__name__)


class Transport:
    """Sends calls to one account of one system.

    Reads are tried 4 times and sets 3 times, with full jitter from 0.5 s up to 30 s and a common
    deadline; creates are never repeated here, the journal does that after looking. Repetition is
    bounded by a budget, a system that is down by a breaker (reliability 4.1).

    Thread-safe; one request is on its way at a time (performance 0.2: one paced stream is enough).
    """

    def __init__(
        self,
        *,
        system: str,
        base_url: str,
        clock: Clock,
        limiter: RateLimiter,
        ca_file: Path | None = None,
        explain: Callable[[Reply], str] | None = None,
        judge: Callable[[Call, Reply], ConnectorError | None] | None = None,
        keeps_cookies: bool = True,
        random: Callable[[], float] | None = None,
    ) -> None:
        """Prepare; nothing is sent.

        Args:
            system: Name for errors and logs, with the account, e.g. ``megaplan``.
            base_url: Scheme, host and port.
            clock: Time, also for all waiting between tries.
            limiter: The account's pace.
            ca_file: A company's own certificate authority (PEM).
            explain: Makes one line of a refusal's body, without personal data.
            judge: Asked first what an answer means, for a system whose HTTP status does not say
                it; None leaves the answer to its status.
            keeps_cookies: Whether cookies that the system sets go back to it by themselves.
            random: Source of jitter in [0, 1).
        """
        self._system = system
        self._clock = clock
        self._limiter = limiter
        self._explain = explain or _size_only
        self._random = random or secrets.SystemRandom().random
        self._judge = judge
        self._wire = Wire(base_url, ca_file=ca_file, keeps_cookies=keeps_cookies)
        self._breaker = Breaker(clock, self._random)
        self._budget = RetryBudget(clock)
        self._one_at_a_time = threading.Lock()
        self._tally = Tally()

    @property
    def outcomes(self) -> Mapping[str, int]:
        """Return how many requests ended how since the transport was made (`Tally`)."""
        return self._tally.counts

    @property
    def state(self) -> str:
        """Return the breaker's state for `westsync status`: closed, open or probing."""
        return self._breaker.state

    @property
    def limiter(self) -> RateLimiter:
        """Return the account's pace, whose learned rate is worth keeping."""
        return self._limiter

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()

    def send(self, call: Call, decode: Callable[[Reply], T], headers: Mapping[str, str]) -> T:
        """Send a call and return its decoded answer.

        Args:
            call: What to send.
            decode: Reads a 2xx answer; may raise `Unreadable` or `InnerFailure`.
            headers: Added to the call's own, e.g. the bearer token.

        Raises:
            Unavailable: Certainly not done (or a read or set that may be repeated later).
            OutcomeUnknown: A create that may have been carried out.
            Rejected: A definite no.
            AccessDenied: 401; the owner of the token may renew it once and send again.
        """
        end = self._clock.monotonic() + call.budget_s
        retrying = Retrying(
            stop=lambda state: self._must_stop(state, call, end),
            wait=self._pause_before_retry,
            sleep=self._clock.wait,
            retry=lambda state: isinstance(_failure(state), Unavailable),
            before_sleep=lambda state: self._log_retry(state, call),
            reraise=True,
        )
        answer: T = retrying(self._attempt, call, decode, headers, end)
        return answer

    def _attempt(
        self, call: Call, decode: Callable[[Reply], T], headers: Mapping[str, str], end: float
    ) -> T:
        self._refuse_while_open(call)
        come_back_s = self._limiter.acquire(call.priority, end - self._clock.monotonic())
        if come_back_s > 0:
            raise Unavailable(self._system, call.name, "asked to wait", come_back_s)
        self._budget.called()
        if call.sink is not None:
            call.sink.seek(0)
            call.sink.truncate()
        with self._tally.counting():
            return self._exchange(call, decode, headers, end)

    def _exchange(
        self, call: Call, decode: Callable[[Reply], T], headers: Mapping[str, str], end: float
    ) -> T:
        try:
            with self._one_at_a_time:
                reply = self._wire.exchange(
                    call, headers, max(end - self._clock.monotonic(), 0.001)
                )
            return self._read(call, reply, decode)
        except NothingSent as exc:
            self._breaker.failed()
            raise Unavailable(self._system, call.name, f"not sent: {exc}") from exc
        except (Broken, Unreadable) as exc:
            self._breaker.failed()
            raise perhaps(self._system, call.name, str(exc), call.effect) from exc

    def _read(self, call: Call, reply: Reply, decode: Callable[[Reply], T]) -> T:
        """Decode a success, raise what a refusal means."""
        verdict = None if self._judge is None else self._judge(call, reply)
        if verdict is not None:
            self._breaker.succeeded()  # it answered in earnest, be it with a refusal
            raise verdict
        if 200 <= reply.status < 300:
            try:
                decoded = decode(reply)
            except InnerFailure as inner:
                raise self._failed(call, reply, inner.status, inner.detail) from inner
            self._breaker.succeeded()
            return decoded
        raise self._failed(call, reply, reply.status, self._explain(reply))

    def _failed(self, call: Call, reply: Reply, status: int, detail: str) -> ConnectorError:
        failure = failure_of_status(self._system, call.name, status, detail, call.effect)
        if status == 429:
            self._obey(retry_after_s(reply.headers, self._clock.now()), failure)
        elif status >= 500 or status == 408:
            self._breaker.failed()
        else:
            self._breaker.succeeded()
        return failure

    def _obey(self, asked_s: float, failure: ConnectorError) -> None:
        """Slow down and leave the whole account alone for as long as it asks, never shorter."""
        wait = asked_s * (1 + 0.1 * self._random())
        self._limiter.slow_down()
        self._limiter.pause(wait)
        if isinstance(failure, Unavailable):
            failure.retry_after_s = wait
        if asked_s > PARKED_AFTER_S:
            _log.error("connector.parked", system=self._system, wait_s=round(wait))

    def _refuse_while_open(self, call: Call) -> None:
        closed_for = self._breaker.closed_for_s()
        if closed_for > 0:
            detail = f"it failed repeatedly; the next try is in {closed_for:.0f} s"
            raise Unavailable(self._system, call.name, detail, closed_for)

    def _must_stop(self, state: RetryCallState, call: Call, end: float) -> bool:
        """Whether this failure is the call's answer: tries, time or budget are used up."""
        if state.attempt_number >= (call.attempts or ATTEMPTS[call.effect]):
            return True
        # A 500 also stands for combinations that Megaplan does not support (contract 6).
        if state.attempt_number >= 3 and _is_500(state):
            return True
        if self._clock.monotonic() + state.upcoming_sleep >= end:
            return True
        return self._breaker.state == "open" or not self._budget.take()

    def _pause_before_retry(self, state: RetryCallState) -> float:
        """Return full jitter, or what the other side asked for if that is longer."""
        ceiling = min(BACKOFF_CAP_S, BACKOFF_BASE_S * 2.0 ** (state.attempt_number - 1))
        failure = _failure(state)
        asked = failure.retry_after_s if isinstance(failure, Unavailable) else None
        return max(asked or 0.0, ceiling * self._random())

    def _log_retry(self, state: RetryCallState, call: Call) -> None:
        _log.warning(
            "connector.retry_scheduled",
            system=self._system,
            operation=call.name,
            attempt=state.attempt_number,
            wait_s=round(state.upcoming_sleep, 1),
            error=str(_failure(state)),
        )


def plain_decode(reply: Reply) -> Reply:
    """Return the answer as it is, for calls whose success says everything."""
    return reply


def _size_only(reply: Reply) -> str:
    return f"{len(reply.body)} bytes of {reply.headers.get('content-type', 'unknown type')}"


def _failure(state: RetryCallState) -> BaseException | None:
    return None if state.outcome is None else state.outcome.exception()


def _is_500(state: RetryCallState) -> bool:
    failure = _failure(state)
    return isinstance(failure, ConnectorError) and failure.detail.startswith("500")

"""The daemon: timetable, signals, and nothing that a cycle does not do as well.

One thread owns the state and runs the cycles. The ticker only wakes it, so a late tick is still one
cycle and a missed one is never lost: what is due is read from the state, not from the timetable.
"""

from __future__ import annotations

import signal
import threading
from contextlib import suppress
from datetime import timedelta
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

import structlog

from westsync.app.acceptance import must_draw_its_reports, must_pass_its_tests
from westsync.app.installation import Installation
from westsync.attendants import Attendants
from westsync.errors import (
    AccessDenied,
    ConfigError,
    ConnectorError,
    GuardTripped,
    Unavailable,
    WestsyncError,
)
from westsync.jobs import orders
from westsync.jobs.standing import CONFIG_NOTE
from westsync.pulse import SILENT_AFTER_S, Outcome, Phase, Pulse
from westsync.systemd import Notifier, watchdog_limit_s
from westsync.ticker import Ticker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from westsync.app.account import OpenAccount
    from westsync.app.configuration import Configuration
    from westsync.ports import Clock, Engine

_SOON_S = 1.0
_LONGEST_WAIT_S = 30.0
_DENIED_WAIT_S = 300.0
_BREATH = timedelta(seconds=5)
# Events come in bursts: one edit makes several, and so does each effect of ours.
_GATHER_S = 1.0
_HINTED_EVERY_S = 5.0

log = structlog.get_logger()


class Daemon:
    """Runs cycles until it is told to stop."""

    def __init__(
        self,
        read: Callable[[], Configuration],
        clock: Clock,
        environ: Mapping[str, str],
        engine: Callable[[str], Engine] = Ticker,
    ) -> None:
        """Prepare.

        Args:
            read: Reads the configuration anew, for each reload.
            clock: Time.
            environ: For systemd's notification socket and watchdog.
            engine: Makes the ticker for an office zone.
        """
        self._read = read
        self._clock = clock
        self._engine = engine
        self._notifier = Notifier.from_environment(environ)
        limit = watchdog_limit_s(environ)
        self._beat_s = min(_LONGEST_WAIT_S, limit / 3) if limit else _LONGEST_WAIT_S
        self._beaten_at = float("-inf")
        self._pulse = Pulse(clock, limit or SILENT_AFTER_S)
        # Signal handlers put into it while the main thread may be inside `get`: an Event would
        # deadlock there, a SimpleQueue may be entered anew.
        self._wake: SimpleQueue[None] = SimpleQueue()
        self._stopping = threading.Event()
        self._reloading = threading.Event()
        self._nightly = threading.Event()
        self._polling = threading.Event()
        self._hinted_at: float | None = None

    def run(self, configuration: Configuration) -> None:
        """Run until SIGTERM or SIGINT.

        Args:
            configuration: What to begin with.

        Raises:
            ConfigError: The configuration is wrong.
            LockHeld, StateError: As `Installation.open` says.
        """
        self._handle_signals()
        _report_failing_tests(configuration.must_be_right())
        configuration = configuration.without_documents()
        with Installation.open(configuration, self._clock) as installation:
            attendants = Attendants(
                installation,
                self._pulse,
                self._clock,
                refreshed=lambda: self._set(self._polling),
                hinted=self._hear,
            )
            try:
                with attendants.following(configuration) as questions:
                    installation.connect(
                        configuration, progress=self._progress, questions=questions
                    )
                engine = self._start_ticker(configuration)
                self._polling.set()
                try:
                    self._loop(installation, configuration, attendants)
                finally:
                    engine.stop()
            finally:
                self._notifier.stopping()
                attendants.stop()
        log.info("daemon.stopped")

    # -- the loop ------------------------------------------------------------------------------

    def _loop(
        self, installation: Installation, configuration: Configuration, attendants: Attendants
    ) -> None:
        ready = False
        while not self._stopping.is_set():
            if self._reloading.is_set():
                self._reloading.clear()
                configuration = self._reload(installation, configuration, attendants)
            self._polling.clear()
            self._hinted_at = None
            self._forget_wakes()
            note = self._work(installation)
            if installation.is_broken:
                raise Unavailable("state", "write", "the disk failed; a new process must look")
            if not ready:
                self._pulse.enter(Phase.READY)
                ready = self._notifier.ready(note) or True
                log.info("daemon.ready", note=note)
            self._notifier.status(note)
            self._wait(installation)

    def _work(self, installation: Installation) -> str:
        """Carry out orders, run one cycle of each account, and say how it went."""
        stores = [account.desk.store for account in installation.accounts]
        orders.take(installation.state_path, stores, self._clock.now())
        notes = [self._cycle(account) for account in installation.accounts]
        if self._nightly.is_set():
            self._nightly.clear()
            for account in installation.accounts:
                self._fenced(account.housekeeping, "housekeeping")
        return "; ".join(notes)

    def _cycle(self, account: OpenAccount) -> str:
        """Run one cycle of an account, note how it ended, and say so."""
        began = self._clock.monotonic()
        outcome, note = self._cycle_of(account)
        self._pulse.cycle_ended(account.name, outcome, began)
        return f"{account.name}: {note}"

    def _cycle_of(self, account: OpenAccount) -> tuple[Outcome, str]:
        try:
            report = account.cycle(self._must_stop)
        except AccessDenied as exc:
            log.error("source.denied", account=account.name, error=str(exc))  # noqa: TRY400 - a person acts; no stack helps
            account.rest(self._clock.now() + timedelta(seconds=_DENIED_WAIT_S))
            return Outcome.DENIED, "degraded: access denied"
        except GuardTripped as exc:
            log.warning("guard.tripped", account=account.name, error=str(exc))
            return Outcome.GUARDED, str(exc)
        except ConnectorError as exc:
            log.warning("source.unavailable", account=account.name, error=str(exc))
            return Outcome.DEGRADED, f"degraded: {exc}"
        except WestsyncError:
            raise
        except Exception:
            log.exception("cycle.crashed", account=account.name)
            return Outcome.CRASHED, "the cycle crashed; see the log"
        if not report.observed.is_whole:
            return Outcome.DEGRADED, f"degraded: {report.unavailable[0][0]} is unavailable"
        outcome = Outcome.WHOLE if report.guard is None else Outcome.GUARDED
        return outcome, f"{report.decided.objects} decided, {len(report.acted)} acted"

    def _fenced(self, work: Callable[[], None], name: str) -> None:
        try:
            work()
        except Exception:
            log.exception("job.crashed", job=name)

    def _wait(self, installation: Installation) -> None:
        """Wait for the ticker, a signal, a hint or the next timer; the watchdog hears of us."""
        rested_from = self._clock.monotonic()
        due = installation.next_due()
        if due is not None:
            # What is still due after a cycle could not be done (a guard, a source): no hurry.
            due = max(due, self._clock.now() + _BREATH)
        while not self._must_wake():
            self._live()
            pause = self._beat_s
            if self._hinted_at is not None:
                at = max(self._hinted_at + _GATHER_S, rested_from + _HINTED_EVERY_S)
                pause = min(pause, at - self._clock.monotonic())
            if due is not None:
                pause = min(pause, (due - self._clock.now()).total_seconds())
            if pause <= 0:
                return
            with suppress(Empty):
                self._wake.get(timeout=max(pause, 0.01))
            self._forget_wakes()  # whoever woke us has said why before

    def _forget_wakes(self) -> None:
        with suppress(Empty):
            while True:
                self._wake.get_nowait()

    def _must_wake(self) -> bool:
        reasons = (self._stopping, self._reloading, self._polling, self._nightly)
        return any(reason.is_set() for reason in reasons)

    def _hear(self) -> None:
        """Have a cycle follow soon because an event of Megaplan's was kept."""
        if self._hinted_at is None:
            self._hinted_at = self._clock.monotonic()
        self._wake.put(None)

    def _must_stop(self) -> bool:
        """Asked by the acting job before each send; a sign of life at the same time."""
        self._progress()
        return self._stopping.is_set()

    def _progress(self) -> None:
        """Tell the watchdog that something was done, not oftener than once a second."""
        now = self._clock.monotonic()
        if now - self._beaten_at >= _SOON_S:
            self._beaten_at = now
            self._live()

    def _live(self) -> None:
        """Give a sign of life, to systemd and to whoever asks /health."""
        self._pulse.beat()
        self._notifier.watchdog()

    # -- timetable and signals -----------------------------------------------------------------

    def _start_ticker(self, configuration: Configuration) -> Engine:
        settings = configuration.settings
        engine = self._engine(settings.timezone)
        polls = [account.megaplan.poll_every for account in settings.accounts.values()]
        sweeps = [account.megaplan.full_sweep_at for account in settings.accounts.values()]
        engine.every(float(min(polls)), lambda: self._set(self._polling), name="poll")
        engine.daily(str(min(sweeps)), lambda: self._set(self._nightly), name="night")
        engine.start()
        return engine

    def _set(self, event: threading.Event) -> None:
        event.set()
        self._wake.put(None)

    def _handle_signals(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop())
        signal.signal(signal.SIGHUP, lambda *_: self._set(self._reloading))

    def stop(self) -> None:
        """Have the daemon stop after the send that is under way."""
        self._pulse.enter(Phase.STOPPING)
        self._notifier.stopping()
        self._set(self._stopping)

    # -- reload --------------------------------------------------------------------------------

    def _reload(
        self, installation: Installation, current: Configuration, attendants: Attendants
    ) -> Configuration:
        """Take a new configuration if it is right and passes its tests, else keep the last good."""
        self._notifier.reloading()
        try:
            fresh = self._read().must_be_right()
            must_pass_its_tests(fresh)
            must_draw_its_reports(fresh)
            fresh = fresh.without_documents()
            with attendants.following(fresh) as questions:
                installation.connect(fresh, progress=self._progress, questions=questions)
        except WestsyncError as exc:
            log.error("config.rejected", error=str(exc), version=current.loaded.version)  # noqa: TRY400 - the problems are the news
            self._note(installation, str(exc))
            self._notifier.ready("configuration refused; the last good one stays")
            return current
        except Exception as exc:
            # A bug in reading must not stop a daemon that works by the last good configuration.
            log.exception("config.rejected", version=current.loaded.version)
            self._note(installation, f"a bug: {exc!r}; see the log")
            self._notifier.ready("configuration refused; the last good one stays")
            return current
        log.info("config.reloaded", version=fresh.loaded.version)
        self._note(installation, "")
        self._notifier.ready("configuration reloaded")
        return fresh

    def _note(self, installation: Installation, text: str) -> None:
        for account in installation.accounts:
            account.desk.store.keepsakes.put(CONFIG_NOTE, text)


def _report_failing_tests(configuration: Configuration) -> None:
    try:
        must_pass_its_tests(configuration)
    except ConfigError as exc:
        log.error("config.tests_failed", error=str(exc))  # noqa: TRY400 - the failures are the news

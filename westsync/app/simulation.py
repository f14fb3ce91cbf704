"""Simulations: rules tried on the recorded past, several processes sharing the objects."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from multiprocessing import get_context
from typing import TYPE_CHECKING

from westsync.app.configuration import read_configuration
from westsync.app.installation import read_only_company
from westsync.app.rule_words import rule_words
from westsync.clocks import SystemClock
from westsync.jobs.cycle import LAST_CYCLE
from westsync.jobs.past import Past
from westsync.jobs.simulate import Simulated, Span, simulate
from westsync.journal.opening import open_for_reading
from westsync.journal.store import SqliteStore
from westsync.logs import configure

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from westsync.jobs.company import Company

_FEW = 200
_MOST_PROCESSES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What one process is asked to replay; everything in it can be sent to another process.

    Attributes:
        directory: Of the configuration.
        rules_from: Directory of the draft rules; None for those of the configuration.
        account: Which account.
        span: The stretch that is counted.
        part, parts: This process takes every so-and-so-many-th object, from this one on.
        log_level: As for `westsync.logs.configure`.
    """

    directory: Path
    rules_from: Path | None
    account: str
    span: Span
    part: int = 0
    parts: int = 1
    log_level: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A simulation of one account.

    Attributes:
        company: With the rules that were tried.
        span: The stretch that was counted: what was asked for, as far as anything was observed.
        recorded_since: Since when everything was recorded (UTC); None if nothing was.
    """

    company: Company
    span: Span
    recorded_since: datetime | None
    done: Simulated


def run_simulation(task: Task, progress: Callable[[], None]) -> Outcome:
    """Replay an account in as many processes as there are processors.

    Args:
        task: The whole of it.
        progress: Called for each object, or for each process that is done.

    Raises:
        ConfigError: The configuration or the draft rules have mistakes.
        StateError: There is no state, or it is damaged.
    """
    with closing(_Bench(task)) as bench:
        task = replace(task, span=bench.span)
        count = len(bench.past.objects())
        processes = min(os.cpu_count() or 1, _MOST_PROCESSES, count // _FEW)
        done = bench.replay(progress) if processes <= 1 else _shared(task, processes, progress)
        done.fired.sort(key=lambda one: (one.at, str(one.obj), one.rule, one.step, one.repeat))
        return Outcome(
            company=bench.company, span=bench.span, recorded_since=bench.past.begins_at, done=done
        )


def _shared(task: Task, processes: int, progress: Callable[[], None]) -> Simulated:
    # Started afresh, not forked: a process must not inherit an open database.
    done = Simulated()
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        parts = [
            pool.submit(_replay_part, replace(task, part=part, parts=processes))
            for part in range(processes)
        ]
        for finished in as_completed(parts):
            done.add(finished.result())
            progress()
    return done


def _replay_part(task: Task) -> Simulated:
    with closing(_Bench(task)) as bench:
        return bench.replay(lambda: None)


class _Bench:
    """An account's past and the rules to try on it, opened in this process."""

    def __init__(self, task: Task) -> None:
        configuration = read_configuration(
            task.directory, os.environ, rules_from=task.rules_from
        ).must_be_right()
        configure(configuration.settings.log.format, task.log_level)
        self._task = task
        self._database = open_for_reading(configuration.loaded.state_path, SystemClock())
        store = SqliteStore(self._database, task.account)
        self.company = read_only_company(configuration.companies[task.account], store)
        self.past = Past(store, self.company, rule_words(configuration, task.rules_from))
        self.span = task.span
        last = store.keepsakes.get(LAST_CYCLE)
        if last is not None:  # nobody knows what happened after the last look
            self.span = replace(task.span, until=min(task.span.until, datetime.fromisoformat(last)))

    def replay(self, progress: Callable[[], None]) -> Simulated:
        mine = self.past.objects()[self._task.part :: self._task.parts]
        return simulate(self.past, self.company, mine, self.span, progress)

    def close(self) -> None:
        self._database.close()

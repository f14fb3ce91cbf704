"""Playing the days: staff act, the daemon's cycles run, and the judge looks after each of them."""

from __future__ import annotations

import heapq
import os
import re
from contextlib import ExitStack
from datetime import timedelta
from itertools import count
from pathlib import Path
from random import Random
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from westsync.app.configuration import Configuration, read_configuration
from westsync.app.installation import is_drill, open_for_work
from westsync.cli.stage import office
from westsync.cli.stage.clientele import Clientele
from westsync.cli.stage.clock import StageClock
from westsync.cli.stage.in_order import to_the_end
from westsync.cli.stage.lapses import Kind
from westsync.cli.stage.programme import firms_wanted, programme
from westsync.cli.stage.result import Result
from westsync.cli.stage.scene import Scene
from westsync.cli.stage.score import Score
from westsync.cli.stage.stands import ACCOUNT, raised
from westsync.cli.stage.watcher import Line, Tone, Watcher
from westsync.domain.intents import marker_in
from westsync.domain.places import Place, Problem
from westsync.errors import ConfigError
from westsync.journal.entries import IntentState
from westsync.sandbox import breaches as megaplan_breaches
from westsync.sandbox.megaplan import company
from westsync.sandbox.onec import breaches as onec_breaches

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from westsync.app.account import OpenAccount
    from westsync.cli.stage.lapses import Effect
    from westsync.cli.stage.score import Finding
    from westsync.cli.stage.stands import Stands

POLL = timedelta(minutes=1)
AT_NIGHT = timedelta(hours=1)
# After the last closing the daemon still has this long to answer what is due.
AFTERWARDS = timedelta(minutes=20)
_ADDRESS = re.compile(r"[:,]?\s*https?://\S+")


def play(config: Path, *, days: int, seed: int, watcher: Watcher) -> Result:
    """Play working days of the company and judge what the daemon did.

    Args:
        config: Directory of the configuration; it is copied, never written.
        days: How many working days, from Monday 02.11.2026.
        seed: Names, goods, minutes; the same seed plays the same days.
        watcher: Who looks on.

    Raises:
        ConfigError: The configuration is wrong or not that of the sandbox's company.
    """
    chosen = office.WORK_DAYS[:days]
    draws = Random(seed)  # noqa: S311 - the same seed plays the same days; no secret
    with ExitStack() as stack:
        stands = stack.enter_context(raised(seed))
        clientele = Clientele(stands.world, stands.accounting, draws, firms_wanted(days))
        stands.world.set_now(chosen[0].opens_at - timedelta(minutes=5))
        stage = Path(stack.enter_context(TemporaryDirectory(prefix="westsync-demo-")))
        copytree(config, stage / "config")
        environ = stands.environ(os.environ, stage)
        configuration = read_configuration(stage / "config", environ).must_be_right()
        _must_be_playable(configuration, config)
        clock = StageClock(stands.world)
        (account,) = stack.enter_context(open_for_work(configuration, clock))
        working_days = _Play(
            stands=stands,
            clientele=clientele,
            clock=clock,
            account=account,
            configuration=configuration,
            days=chosen,
            random=draws,
            watcher=watcher,
        )
        return working_days.run()


def _must_be_playable(configuration: Configuration, origin: Path) -> None:
    """Refuse a configuration of another company, and one that reaches beyond this machine.

    Raises:
        ConfigError: It is one.
    """
    place = Place(file=str(origin / "westsync.yaml"))
    if set(configuration.companies) != {ACCOUNT}:
        text = f"the demo plays one account that is called '{ACCOUNT}'"
        raise ConfigError([Problem(place=place, text=text, cure="name the shipped configuration")])
    if not is_drill(configuration):
        text = "the demo connects to nothing but this machine, and this names other hosts too"
        raise ConfigError([Problem(place=place, text=text, cure="leave out mail")])


class _Play:
    """One run through the days."""

    def __init__(
        self,
        *,
        stands: Stands,
        clientele: Clientele,
        clock: StageClock,
        account: OpenAccount,
        configuration: Configuration,
        days: tuple[office.WorkDay, ...],
        random: Random,
        watcher: Watcher,
    ) -> None:
        self._world, self._base = stands.world, stands.base
        self._clock = clock
        self._account = account
        self._days = days
        self._watcher = watcher
        self._steps = {
            rule.id: rule.step_id for rule in configuration.companies[ACCOUNT].ruleset.rules
        }
        self._score = Score(
            world=self._world,
            base=self._base,
            me=company.WESTSYNC,
            step_of_notice=self._step_behind_marker,
        )
        self._scene = Scene(
            world=self._world,
            accounting=stands.accounting,
            clientele=clientele,
            score=self._score,
            random=random,
            days=days,
            tell=self._tell,
        )
        self._order = count()
        self._acts: list[tuple[datetime, int, Iterator[datetime]]] = []
        self._cycles = 0
        self._troubled: set[str] = set()
        self._something_happened = True
        self._clients_read_at = self._world.now

    def run(self) -> Result:
        """Play from the first morning until shortly after the last closing."""
        for at, story in programme(self._scene):
            self._put(at, to_the_end(self._scene, story(self._scene)))
        end = self._days[-1].closes_at + AFTERWARDS
        tick = self._days[0].opens_at
        while tick <= end:
            self._act_until(tick)
            self._clock.go_to(tick)
            self._watcher.pass_time(tick)
            if self._is_worth_a_cycle(tick):
                self._cycle()
            tick = self._next_tick(tick)
        return self._result()

    # -- staff ---------------------------------------------------------------------------------

    def _put(self, at: datetime, story: Iterator[datetime]) -> None:
        heapq.heappush(self._acts, (at, next(self._order), story))

    def _act_until(self, moment: datetime) -> None:
        while self._acts and self._acts[0][0] <= moment:
            at, _, story = heapq.heappop(self._acts)
            self._clock.go_to(at)
            following = next(story, None)
            self._something_happened = True
            if following is not None:
                self._put(max(following, at), story)

    # -- the daemon ----------------------------------------------------------------------------

    def _is_worth_a_cycle(self, now: datetime) -> bool:
        """Whether a cycle could do anything.

        The daemon polls every minute. A poll after which nothing has changed outside, while no
        timer and no send is due and neither the clients nor 1C need be read, answers with two short
        lists that were seen already and leaves no trace; those are left out to save the watcher's
        time.
        """
        due = self._account.next_due()
        desk = self._account.desk
        return (
            self._something_happened
            or (due is not None and due <= now)
            or now - self._clients_read_at >= desk.company.pace.clients
            or (desk.books is not None and desk.books.is_due(now))
        )

    def _next_tick(self, tick: datetime) -> datetime:
        """Return when the daemon wakes next: each minute by day, each hour when nobody works.

        As in life it wakes in between for what it still owes: a repetition, a look-up.
        """
        day = next((day for day in self._days if day.on == tick.date()), None)
        if day is None or not day.opens_at <= tick <= day.closes_at + AFTERWARDS:
            return min(tick + AT_NIGHT, office.opening(tick))
        owed = self._account.desk.store.delivery.next_due()
        if owed is not None and tick < owed < tick + POLL:
            # Rounded up, since a clock of whole seconds must not come before it.
            return owed.astimezone(office.ZONE).replace(microsecond=0) + timedelta(seconds=1)
        return tick + POLL

    def _cycle(self) -> None:
        self._something_happened = False
        clients_due = self._clock.now() - self._clients_read_at
        if clients_due >= self._account.desk.company.pace.clients:
            self._clients_read_at = self._clock.now()
        report = self._account.cycle()
        self._cycles += 1
        if report.guard is not None:
            self._tell(Tone.WRONG, f"held back by a guard: {report.guard}")
        for source, why in report.unavailable:
            self._tell(Tone.FAULT, f"not read: {source}: {why}")
        for item in report.acted:
            if item.state is IntentState.DONE and item.key in self._troubled:
                self._tell(Tone.FAULT, f"{item.kind} is settled, once: {item.ref}")
            elif item.state is not IntentState.DONE:
                self._troubled.add(item.key)
                self._tell(Tone.FAULT, f"{item.kind} is {item.state.value}: {item.cause}")
        for finding in self._score.look():
            self._report(finding)

    def _step_behind_marker(self, text: str) -> str | None:
        marker = marker_in(text)
        entry = self._account.desk.store.outbox.with_marker(marker) if marker else None
        return self._steps.get(entry.rule) if entry is not None else None

    # -- telling -------------------------------------------------------------------------------

    def _tell(self, tone: Tone, text: str, step: str = "") -> None:
        now = self._clock.now().astimezone(office.ZONE)
        self._watcher.tell(Line(at=now, tag=step, text=text, tone=tone))

    def _report(self, finding: Finding) -> None:
        effect = finding.effect
        text = f"{_happened(effect)}: {_ADDRESS.sub('', effect.words)}"
        tone = Tone.CLOSED if effect.kind is Kind.CLOSED else Tone.CAUGHT
        if finding.doubles:
            text, tone = f"DOUBLED, {finding.doubles}: {text}", Tone.WRONG
        elif finding.lapse is None:
            text, tone = f"FALSE: {text}", Tone.WRONG
        at = effect.at.astimezone(office.ZONE)
        self._watcher.tell(Line(at=at, tag=effect.step, text=text, tone=tone))

    # -- the end -------------------------------------------------------------------------------

    def _result(self) -> Result:
        requests, of_onec = self._world.requests, self._base.requests
        counts = self._account.desk.store.outbox.counts()
        hours = sum((shut - begin for d in self._days for begin, shut in d.windows), timedelta())
        return Result(
            rows=self._score.rows(),
            days=self._days,
            deals=len(self._scene.entered),
            cycles=self._cycles,
            faults=sum(entry.fault is not None for entry in (*requests, *of_onec)),
            armed=len(self._world.faults.armed) + len(self._base.faults.armed),
            working_hours=hours / timedelta(hours=1),
            routes=requests.counts(),
            onec_routes=of_onec.counts(),
            breaches=[*megaplan_breaches(requests), *onec_breaches(of_onec)],
            missed=[lapse for lapse in self._score.lapses if not lapse.is_caught],
            wrong=[f for f in self._score.findings if f.lapse is None],
            unfinished=sum(
                n for state, n in counts.items() if state.value not in {"done", "withdrawn"}
            ),
        )


def _happened(effect: Effect) -> str:
    """Return what the daemon did, and for whom."""
    people = ", ".join(_name(login) for login in sorted(effect.to))
    match effect.kind:
        case Kind.TASK:
            return f"task for {people}"
        case Kind.NOTICE:
            return f"notice to {people}" if people else "told in the deal"
        case Kind.CLOSED:
            return f"closed for {people}"
        case Kind.INVOICE:
            return "invoice in 1C"


def _name(login: str) -> str:
    person = company.PERSON[login]
    return f"{person.last} {person.first}"

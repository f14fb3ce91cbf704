"""Playing the days: staff act, the daemon's cycles run, and the judge looks after each of them."""

from __future__ import annotations

import heapq
import os
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
from westsync.app.suppliers import open_suppliers
from westsync.cli.stage import office
from westsync.cli.stage.clientele import Clientele
from westsync.cli.stage.clock import StageClock
from westsync.cli.stage.in_order import to_the_end
from westsync.cli.stage.programme import firms_wanted, programme
from westsync.cli.stage.result import Result
from westsync.cli.stage.running import RunningDaemon
from westsync.cli.stage.scene import Scene
from westsync.cli.stage.score import Score
from westsync.cli.stage.stands import ACCOUNT, raised
from westsync.cli.stage.supplier import connect
from westsync.cli.stage.teller import Teller
from westsync.domain.places import Place, Problem
from westsync.errors import ConfigError
from westsync.sandbox import breaches as megaplan_breaches
from westsync.sandbox.megaplan import company
from westsync.sandbox.onec import breaches as onec_breaches

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from westsync.cli.stage.stands import Stands
    from westsync.cli.stage.watcher import Watcher


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
        connect(stage / "config", stands.list_url)
        environ = stands.environ(os.environ, stage)
        configuration = read_configuration(stage / "config", environ).must_be_right()
        _must_be_playable(configuration, config)
        clock = StageClock(stands.world)
        (account,) = stack.enter_context(open_for_work(configuration, clock))
        stock = stack.enter_context(open_suppliers(configuration, clock))
        working_days = _Play(
            stands=stands,
            clientele=clientele,
            clock=clock,
            daemon=RunningDaemon(account, stock, chosen),
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
        daemon: RunningDaemon,
        days: tuple[office.WorkDay, ...],
        random: Random,
        watcher: Watcher,
    ) -> None:
        self._world, self._base = stands.world, stands.base
        self._clock = clock
        self._days = days
        self._daemon = daemon
        self._teller = Teller(watcher, clock)
        self._score = Score(
            world=self._world,
            base=self._base,
            me=company.WESTSYNC,
            step_of_notice=self._daemon.step_behind_marker,
            mailroom=stands.mailroom,
            behind_letter=self._daemon.behind_letter,
        )
        self._scene = Scene(
            world=self._world,
            accounting=stands.accounting,
            clientele=clientele,
            supplier=stands.supplier,
            score=self._score,
            random=random,
            days=days,
            tell=self._teller.tell,
        )
        self._order = count()
        self._acts: list[tuple[datetime, int, Iterator[datetime]]] = []
        self._something_happened = True

    def run(self) -> Result:
        """Play from the first morning until the last report of the last day."""
        for at, story in programme(self._scene):
            self._put(at, to_the_end(self._scene, story(self._scene)))
        end = office.evening(self._days[-1].closes_at)
        tick = self._days[0].opens_at
        while tick <= end:
            self._act_until(tick)
            self._clock.go_to(tick)
            self._teller.pass_time()
            self._something_happened |= self._daemon.refresh_stock()
            if self._something_happened or self._daemon.has_work(tick):
                self._cycle()
            tick = self._daemon.next_tick(tick)
        return self._result()

    def _cycle(self) -> None:
        self._something_happened = False
        self._teller.tell_troubles(self._daemon.cycle())
        for finding in self._score.look():
            self._teller.tell_finding(finding)

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

    # -- the end -------------------------------------------------------------------------------

    def _result(self) -> Result:
        requests, of_onec = self._world.requests, self._base.requests
        hours = sum((shut - begin for d in self._days for begin, shut in d.windows), timedelta())
        return Result(
            rows=self._score.rows(),
            days=self._days,
            deals=len(self._scene.entered),
            cycles=self._daemon.cycles,
            faults=sum(entry.fault is not None for entry in (*requests, *of_onec)),
            armed=len(self._world.faults.armed) + len(self._base.faults.armed),
            working_hours=hours / timedelta(hours=1),
            routes=requests.counts(),
            onec_routes=of_onec.counts(),
            breaches=[*megaplan_breaches(requests), *onec_breaches(of_onec)],
            missed=[lapse for lapse in self._score.lapses if not lapse.is_caught],
            wrong=[f for f in self._score.findings if f.lapse is None],
            unfinished=self._daemon.unfinished,
            letters=len(self._score.mailroom.letters),
            report=self._score.last_report(),
        )

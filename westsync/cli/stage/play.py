"""Playing the days: staff act, the daemon's cycles run, and the judge looks after each of them."""

from __future__ import annotations

import heapq
import os
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from westsync.app.configuration import Configuration, read_configuration
from westsync.app.installation import OpenAccount, open_for_work
from westsync.cli.stage import office
from westsync.cli.stage.clock import StageClock
from westsync.cli.stage.programme import programme
from westsync.cli.stage.scene import Scene
from westsync.cli.stage.score import Row, Score
from westsync.domain.intents import marker_in
from westsync.sandbox import Breach, Server, World, breaches
from westsync.sandbox.megaplan import company

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from westsync.cli.stage.lapses import Lapse
    from westsync.cli.stage.score import Finding

POLL = timedelta(minutes=1)
AT_NIGHT = timedelta(hours=1)
# After the last closing the daemon still has this long to answer what is due.
AFTERWARDS = timedelta(minutes=20)
# Long before `active_from`: what was there already is nobody's lapse.
THE_ACCOUNT_IS_OPENED = datetime(2026, 3, 2, 9, 0, tzinfo=office.ZONE)
_PREFIX = "WESTSYNC__ACCOUNTS__MAIN__MEGAPLAN__"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Something worth telling.

    Attributes:
        at: When, office zone.
        tag: P-id, or ``fault``, ``staff``, ``night``.
        text: One sentence.
        tone: ``lapse``, ``caught``, ``closed``, ``false``, ``fault`` or ``plain``.
    """

    at: datetime
    tag: str
    text: str
    tone: str = "plain"


@dataclass(slots=True, kw_only=True)
class Result:
    """What a play came to.

    Attributes:
        deals: How many deals were entered.
        cycles: How many cycles the daemon ran.
        faults: Faults that struck; ``armed`` those that never met a request.
        working_hours: Hours of the played working days.
        routes: Requests by route.
        breaches: Of the contract, by the daemon.
        missed: Lapses without their effects.
        wrong: Effects that no lapse explains, and doubles.
        unfinished: Intents in the journal that are neither done nor withdrawn.
    """

    rows: list[Row]
    days: tuple[office.WorkDay, ...]
    deals: int
    cycles: int
    faults: int
    armed: int
    working_hours: float
    routes: Counter[str]
    breaches: list[Breach]
    missed: list[Lapse]
    wrong: list[Finding]
    unfinished: int

    @property
    def requests(self) -> int:
        """All requests of the daemon."""
        return sum(self.routes.values())

    @property
    def is_clean(self) -> bool:
        """Whether nothing was missed, false, doubled, left over, or against the contract."""
        return (
            all(row.is_clean for row in self.rows)
            and not self.breaches
            and not self.armed
            and not self.unfinished
        )


@dataclass(slots=True, kw_only=True)
class Watcher:
    """Who looks on.

    Attributes:
        tell: Gets each line.
        pass_time: Called with each moment that the play comes to.
    """

    tell: Callable[[Line], None] = field(default=lambda _: None)
    pass_time: Callable[[datetime], None] = field(default=lambda _: None)


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
    world = World(start=THE_ACCOUNT_IS_OPENED, seed=seed)
    world.set_now(chosen[0].opens_at - timedelta(minutes=5))
    with ExitStack() as stack:
        server = stack.enter_context(Server(world))
        stage = Path(stack.enter_context(TemporaryDirectory(prefix="westsync-demo-")))
        copytree(config, stage / "config")
        configuration = read_configuration(
            stage / "config", _environ(os.environ, server.url, stage)
        )
        clock = StageClock(world)
        (account,) = stack.enter_context(open_for_work(configuration.must_be_right(), clock))
        return _Play(world, clock, account, configuration, chosen, Random(seed), watcher).run()  # noqa: S311 - a reproducible play, no secret


def _environ(environ: Mapping[str, str], url: str, state: Path) -> dict[str, str]:
    """Return the environment that points the company's own configuration at the stand-in."""
    person = company.PERSON["westsync"]
    foreign = {name: value for name, value in environ.items() if not name.startswith("WESTSYNC__")}
    return foreign | {
        "STATE_DIRECTORY": str(state),
        f"{_PREFIX}URL": url,
        f"{_PREFIX}LOGIN": person.mail,
        f"{_PREFIX}PASSWORD": company.PASSWORD,
    }


class _Play:
    """One run through the days."""

    def __init__(
        self,
        world: World,
        clock: StageClock,
        account: OpenAccount,
        configuration: Configuration,
        days: tuple[office.WorkDay, ...],
        random: Random,
        watcher: Watcher,
    ) -> None:
        self._world = world
        self._clock = clock
        self._account = account
        self._days = days
        self._watcher = watcher
        self._steps = {
            rule.id: rule.step_id for rule in configuration.companies["main"].ruleset.rules
        }
        self._score = Score(
            world=world, me=company.WESTSYNC, step_of_notice=self._step_behind_marker
        )
        self._scene = Scene(world, self._score, random, days, self._tell)
        self._order = count()
        self._acts: list[tuple[datetime, int, Iterator[datetime]]] = []
        self._cycles = 0
        self._something_happened = True
        self._clients_read_at = world.now

    def run(self) -> Result:
        """Play from the first morning until shortly after the last closing."""
        for at, story in programme(self._scene):
            self._put(at, story(self._scene))
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
        timer and no send is due and the clients need not be read, answers with two short lists
        that were seen already and leaves no trace; those are left out to save the watcher's time.
        """
        due = self._account.next_due()
        clients = self._account.desk.company.pace.clients
        return (
            self._something_happened
            or (due is not None and due <= now)
            or now - self._clients_read_at >= clients
        )

    def _next_tick(self, tick: datetime) -> datetime:
        """Return when the daemon wakes next: each minute by day, each hour when nobody works."""
        day = next((day for day in self._days if day.on == tick.date()), None)
        if day is not None and day.opens_at <= tick <= day.closes_at + AFTERWARDS:
            return tick + POLL
        return min(tick + AT_NIGHT, office.opening(tick))

    def _cycle(self) -> None:
        self._something_happened = False
        clients_due = self._clock.now() - self._clients_read_at
        if clients_due >= self._account.desk.company.pace.clients:
            self._clients_read_at = self._clock.now()
        report = self._account.cycle()
        self._cycles += 1
        if report.guard is not None:
            self._tell("guard", report.guard, "false")
        for source, why in report.unavailable:
            self._tell("fault", f"not read: {source}: {why}", "fault")
        for item in report.acted:
            if item.state.value in {"in_doubt", "postponed", "failed", "held"}:
                self._tell("journal", f"{item.kind} {item.state.value}: {item.cause}", "fault")
        for finding in self._score.look():
            self._report(finding)

    def _step_behind_marker(self, text: str) -> str | None:
        marker = marker_in(text)
        entry = self._account.desk.store.outbox.with_marker(marker) if marker else None
        return self._steps.get(entry.rule) if entry is not None else None

    # -- telling -------------------------------------------------------------------------------

    def _tell(self, tag: str, text: str, tone: str = "plain") -> None:
        now = self._clock.now().astimezone(office.ZONE)
        self._watcher.tell(Line(at=now, tag=tag, text=text, tone=tone))

    def _report(self, finding: Finding) -> None:
        effect = finding.effect
        people = ", ".join(_name(login) for login in sorted(effect.to)) or "nobody"
        text = {
            "task": f"task for {people}: {effect.words}",
            "notice": f"notice to {people}: {effect.words}",
            "closed": f"closed for {people}: {effect.words}",
        }[effect.kind.value]
        tone = "closed" if effect.kind.value == "closed" else "caught"
        if finding.doubles:
            text, tone = f"DOUBLED, {finding.doubles}: {text}", "false"
        elif finding.lapse is None:
            text, tone = f"FALSE: {text}", "false"
        self._watcher.tell(
            Line(at=effect.at.astimezone(office.ZONE), tag=effect.step, text=text, tone=tone)
        )

    # -- the end -------------------------------------------------------------------------------

    def _result(self) -> Result:
        requests = self._world.requests
        counts = self._account.desk.store.outbox.counts()
        hours = sum((shut - begin for d in self._days for begin, shut in d.windows), timedelta())
        return Result(
            rows=self._score.rows(),
            days=self._days,
            deals=self._scene.deals,
            cycles=self._cycles,
            faults=sum(entry.fault is not None for entry in requests),
            armed=len(self._world.faults.armed),
            working_hours=hours / timedelta(hours=1),
            routes=requests.counts(),
            breaches=breaches(requests),
            missed=[lapse for lapse in self._score.lapses if not lapse.is_caught],
            wrong=[f for f in self._score.findings if f.lapse is None],
            unfinished=sum(
                n for state, n in counts.items() if state.value not in {"done", "withdrawn"}
            ),
        )


def _name(login: str) -> str:
    person = company.PERSON[login]
    return f"{person.last} {person.first}"

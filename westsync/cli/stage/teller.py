"""What the watcher is told, in sentences."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from westsync.cli.stage import office
from westsync.cli.stage.lapses import Kind
from westsync.cli.stage.watcher import Line, Tone, Watcher
from westsync.journal.entries import IntentState
from westsync.sandbox.megaplan import company

if TYPE_CHECKING:
    from westsync.cli.stage.clock import StageClock
    from westsync.cli.stage.lapses import Effect
    from westsync.cli.stage.score import Finding
    from westsync.jobs.cycle import CycleReport

_ADDRESS = re.compile(r"[:,]?\s*https?://\S+")


class Teller:
    """Tells a watcher what happens, when it does."""

    def __init__(self, watcher: Watcher, clock: StageClock) -> None:
        """Tell a watcher; the clock is that of the play."""
        self._watcher = watcher
        self._clock = clock
        self._troubled: set[str] = set()

    def pass_time(self) -> None:
        """Show how far the play is."""
        self._watcher.pass_time(self._clock.now().astimezone(office.ZONE))

    def tell(self, tone: Tone, text: str, step: str = "") -> None:
        """Tell one sentence, about a P-id or about none."""
        now = self._clock.now().astimezone(office.ZONE)
        self._watcher.tell(Line(at=now, tag=step, text=text, tone=tone))

    def tell_troubles(self, report: CycleReport) -> None:
        """Tell what a cycle could not read or send, and what was settled of earlier troubles."""
        if report.guard is not None:
            self.tell(Tone.WRONG, f"held back by a guard: {report.guard}")
        for source, why in report.unavailable:
            self.tell(Tone.FAULT, f"not read: {source}: {why}")
        for item in report.acted:
            if item.state is IntentState.DONE and item.key in self._troubled:
                self.tell(Tone.FAULT, f"{item.kind} is settled, once: {item.ref}")
            elif item.state is not IntentState.DONE:
                self._troubled.add(item.key)
                self.tell(Tone.FAULT, f"{item.kind} is {item.state.value}: {item.cause}")

    def tell_finding(self, finding: Finding) -> None:
        """Tell what the daemon did, and how it is judged if it was wrong."""
        effect = finding.effect
        text = f"{_happened(effect)}: {_ADDRESS.sub('', effect.words)}"
        tone = Tone.CLOSED if effect.kind is Kind.CLOSED else Tone.CAUGHT
        if finding.doubles:
            text, tone = f"DOUBLED, {finding.doubles}: {text}", Tone.WRONG
        elif finding.lapse is None:
            text, tone = f"FALSE: {text}", Tone.WRONG
        at = effect.at.astimezone(office.ZONE)
        self._watcher.tell(Line(at=at, tag=effect.step, text=text, tone=tone))


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
        case Kind.LETTER:
            return f"letter to {people}"


def _name(login: str) -> str:
    person = company.PERSON.get(login)
    return f"{person.last} {person.first}" if person is not None else f"mailbox {login}"

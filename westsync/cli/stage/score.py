"""The judge: reads what the daemon did in the stand-ins, and holds it against what was planted."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from westsync.cli.stage.accounting import marked_invoices
from westsync.cli.stage.lapses import About, Effect, Kind, Lapse
from westsync.cli.stage.steps import STEPS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from westsync.sandbox import World
    from westsync.sandbox.mail import Mailroom
    from westsync.sandbox.onec import OneCWorld

_STEP = re.compile(r"\((P\d+\.\d+)\)")
_MARKER = re.compile(r"ws:\S+\s*$")
_PARAGRAPH = re.compile(r"</p>|<br ?/?>")
_TAG = re.compile(r"<[^>]+>")
_CLOSED = frozenset({"completed", "cancelled", "rejected", "expired"})
_UNKNOWN = "?"
_ISSUED = "P4.2"
_REPORTS = frozenset({"P8.1", "P8.2"})

# Entities of the stand-in are JSON objects of a foreign API.
Doc = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """An effect and how it is judged: explained by a lapse, false, or there already."""

    effect: Effect
    lapse: Lapse | None
    doubles: str = ""


@dataclass(slots=True, kw_only=True)
class Row:
    """One P-id of the final table."""

    step: str
    planted: int = 0
    caught: int = 0
    missed: int = 0
    false: int = 0
    doubled: int = 0

    @property
    def is_clean(self) -> bool:
        """Whether everything was caught and nothing was said in vain."""
        return not (self.missed or self.false or self.doubled)


@dataclass(slots=True)
class _Made:
    """A task of the daemon as it was found."""

    effect: Effect
    title: str


@dataclass(slots=True)
class Score:
    """Keeps the lapses and judges what the daemon does.

    Attributes:
        step_of_notice: Gives the P-id behind a comment's marker line; people read no P-id there.
        mailroom: Every letter that was mailed.
        behind_letter: Gives the P-id and the deal, if it is about one, behind a Message-ID.
        findings: All effects so far, judged.
    """

    world: World
    base: OneCWorld
    me: str
    step_of_notice: Callable[[str], str | None]
    mailroom: Mailroom
    behind_letter: Callable[[str], tuple[str | None, str | None]]
    lapses: list[Lapse] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    _made: dict[str, _Made] = field(default_factory=dict)
    _ended: set[str] = field(default_factory=set)
    _markers: dict[str, str] = field(default_factory=dict)
    _issued: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    _last_comment: int = 0
    _letters_read: int = 0

    def ended_by_staff(self, task: str) -> None:
        """Take note that a person finished one of the daemon's tasks."""
        self._ended.add(task)

    def look(self) -> list[Finding]:
        """Judge what the daemon did since the last look."""
        with self.world.lock, self.base.lock:
            found = [
                *self._new_tasks(),
                *self._new_notices(),
                *self._closings(),
                *self._new_invoices(),
                *self._new_letters(),
            ]
        self.findings += found
        return found

    def rows(self) -> list[Row]:
        """Return the table, one row per P-id that was planted or spoken of."""
        rows = {step: Row(step=step) for step in STEPS}
        for lapse in self.lapses:
            row = rows[lapse.step]
            row.planted += 1
            row.caught += lapse.is_caught
            row.missed += not lapse.is_caught
        for finding in self.findings:
            row = rows.setdefault(finding.effect.step, Row(step=finding.effect.step))
            if finding.doubles:
                row.doubled += 1
            elif finding.lapse is None:
                row.false += 1
        return list(rows.values())

    def last_report(self) -> str:
        """Return the page of the last report that was mailed; empty if none was."""
        ids = {f.effect.ref for f in self.findings if f.effect.step in _REPORTS}
        with self.mailroom.lock:
            pages = [letter.body("html") for letter in self.mailroom.letters if letter.id in ids]
        return pages[-1] if pages else ""

    # -- what is there -------------------------------------------------------------------------

    def _new_tasks(self) -> Iterator[Finding]:
        for doc in self.world.store.all("Task"):
            if doc["owner"]["id"] != self.me or doc["id"] in self._made:
                continue
            lines = _lines(doc["subject"])
            step = _STEP.search(" ".join(lines))
            deals, client = doc["deals"], doc["contractor"]
            about = _about(deals[0]) if deals else _about(client) if client else None
            effect = Effect(
                kind=Kind.TASK,
                step=step[1] if step else _UNKNOWN,
                about=about,
                to=frozenset({self._login(doc["responsible"]["id"])}),
                at=_moment(doc["timeCreated"]),
                ref=doc["id"],
                words=doc["name"],
                deadline=_moment(doc["deadline"]) if doc["deadline"] else None,
            )
            title = lines[0] if lines else ""
            doubles = self._same_marker(effect, doc["subject"]) or self._same_duty(effect, title)
            self._made[effect.ref] = _Made(effect, title)
            yield self._judged(effect, doubles)

    def _new_notices(self) -> Iterator[Finding]:
        newest = self._last_comment
        for doc in self.world.store.all("Comment"):
            newest = max(newest, int(doc["id"]))
            is_new = int(doc["id"]) > self._last_comment
            # Below a task stands the proof with which it was closed; that is judged as a closing.
            if (
                not is_new
                or doc["owner"]["id"] != self.me
                or doc["subject"]["contentType"] == "Task"
            ):
                continue
            lines = _lines(doc["content"])
            effect = Effect(
                kind=Kind.NOTICE,
                step=self.step_of_notice(" ".join(lines)) or _UNKNOWN,
                about=_about(doc["subject"]),
                to=frozenset(self._told(doc)),
                at=_moment(doc["timeCreated"]),
                ref=doc["id"],
                words=" ".join(line for line in lines if not _MARKER.match(line)),
            )
            yield self._judged(effect, self._same_marker(effect, doc["content"]))
        self._last_comment = newest

    def _closings(self) -> Iterator[Finding]:
        for ref, made in self._made.items():
            doc = self.world.store.get("Task", ref)
            if ref in self._ended or doc is None or doc["status"] not in _CLOSED:
                continue
            self._ended.add(ref)
            effect = Effect(
                kind=Kind.CLOSED,
                step=made.effect.step,
                about=made.effect.about,
                to=made.effect.to,
                at=_moment(doc["statusChangeTime"]),
                ref=ref,
                words=made.effect.words,
            )
            yield self._judged(effect, "")

    def _new_invoices(self) -> Iterator[Finding]:
        """Yield what was posted for a deal; a second document for the same one is a double."""
        for row, deal, count in marked_invoices(self.base):
            known = self._issued.setdefault((deal, count), [])
            if row["Ref"] in known or not (known or row["Posted"]):
                continue
            doubles = f"the deal has its invoice {count} already" if known else ""
            known.append(row["Ref"])
            effect = Effect(
                kind=Kind.INVOICE,
                step=_ISSUED,
                about=About(kind="Deal", id=deal),
                to=frozenset(),
                at=self.world.now.replace(microsecond=0),
                ref=row["Number"],
                words=f"{row['Number']}, {row['СуммаДокумента']} roubles",
            )
            yield self._judged(effect, doubles)

    def _new_letters(self) -> Iterator[Finding]:
        """Yield what was mailed; a Message-ID that came before is a double."""
        with self.mailroom.lock:
            letters = list(self.mailroom.letters)
        earlier = {letter.id for letter in letters[: self._letters_read]}
        for letter in letters[self._letters_read :]:
            step, deal = self.behind_letter(letter.id)
            effect = Effect(
                kind=Kind.LETTER,
                step=step or _UNKNOWN,
                about=About(kind="Deal", id=deal) if deal is not None else None,
                to=frozenset(address.partition("@")[0] for address in letter.to),
                at=letter.at.replace(microsecond=0),
                ref=letter.id,
                words=str(letter.message["Subject"]),
            )
            yield self._judged(effect, "the same letter came before" * (letter.id in earlier))
            earlier.add(letter.id)
        self._letters_read = len(letters)

    def _told(self, comment: Doc) -> Iterator[str]:
        for doc in self.world.store.all("Notification"):
            if doc["subject"]["id"] == comment["id"]:
                yield self._login(doc["_recipient"]["id"])

    def _login(self, employee: str) -> str:
        return str(self.world.store.need("Employee", employee)["login"]).partition("@")[0]

    # -- what it means -------------------------------------------------------------------------

    def _judged(self, effect: Effect, doubles: str) -> Finding:
        if doubles:
            return Finding(effect=effect, lapse=None, doubles=doubles)
        for lapse in self.lapses:
            if lapse.step == effect.step and lapse.about == effect.about:
                for expected in lapse.expected:
                    if expected.fits(effect):
                        expected.found = effect
                        return Finding(effect=effect, lapse=lapse)
        return Finding(effect=effect, lapse=None)

    def _same_marker(self, effect: Effect, content: str) -> str:
        lines = _lines(content)
        marker = _MARKER.search(lines[-1]) if lines else None
        if marker is None:
            return ""
        earlier = self._markers.setdefault(marker[0], effect.ref)
        return "" if earlier == effect.ref else f"carries the marker of {earlier}"

    def _same_duty(self, effect: Effect, title: str) -> str:
        """Return which open task asks the same person for the same thing already."""
        for ref, made in self._made.items():
            same = made.title == title and made.effect.about == effect.about
            if same and made.effect.to == effect.to:
                doc = self.world.store.need("Task", ref)
                if doc["status"] not in _CLOSED | {"done"}:
                    return f"while task {ref} is open"
        return ""


def _about(pointer: Doc) -> About:
    return About(kind=str(pointer["contentType"]), id=str(pointer["id"]))


def _moment(value: Doc) -> datetime:
    return datetime.fromisoformat(str(value["value"]))


def _lines(content: object) -> list[str]:
    """Return the lines of a text in Megaplan's HTML."""
    text = _TAG.sub("", _PARAGRAPH.sub("\n", str(content)))
    return [line.strip() for line in html.unescape(text).splitlines() if line.strip()]

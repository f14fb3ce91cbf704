"""Digests: many notices to one person become one, and none of them is lost.

Two things make a digest. A rule that says ``group_by`` has its notices about objects that agree
gathered. And after an outage, what fell due while nobody decided is told each person in one letter
instead of a burst: an escalation that comes a day late helps nobody by itself (reliability 43, 46).

Each gathered notice keeps its own intent and key, which waits for the digest: so it is known as
told, and deciding again tells nobody twice.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from westsync.domain.actions import CommentDeal, EnsureTask, JoinDigest, Notify
from westsync.domain.intents import Intent, Key, ObjectRef, intent_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from westsync.domain.people import Person
    from westsync.jobs.company import Company
    from westsync.jobs.judge import Judgement
    from westsync.rules.texts import Template

OUTAGE = timedelta(minutes=30)
"""So long without a decision is an outage."""

_LATE = timedelta(minutes=15)
_STILL_ACTIONABLE = timedelta(hours=4)
_MAIL = "email"
_CRM = "megaplan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What gathering came to.

    Attributes:
        judgements: As before, with gathered notices turned into lines of digests.
        digests: The digests themselves; to be recorded before their lines.
    """

    judgements: Sequence[Judgement]
    digests: Sequence[Intent]


@dataclass(slots=True)
class _Digest:
    """A digest in the making."""

    lines: list[tuple[Intent, str]] = field(default_factory=list)


class Digester:
    """Gathers the notices of one round of decisions."""

    def __init__(self, company: Company, now: datetime, *, outage_since: datetime | None) -> None:
        """Bind the present.

        Args:
            company: Whose people and words.
            now: The moment of the decisions (UTC).
            outage_since: When the last decision was made before an outage; None if there was none.
        """
        self._company = company
        self._now = now
        self._since = outage_since
        self._urls: dict[ObjectRef, str] = {}

    def gather(self, judgements: Sequence[Judgement], *, most: int) -> Gathered:
        """Turn what belongs into digests.

        Args:
            judgements: Of one round.
            most: After an outage late tasks are told in the digest as well if, without that,
                more new things than this were wanted at once.
        """
        self._urls = {
            one.obj: str(one.facts.values.get("url") or "")
            for one in judgements
            if one.facts is not None
        }
        wanted = [intent for one in judgements for intent in one.intents]
        lines: dict[Key, tuple[Key, ...]] = {}
        digests: list[Intent] = []
        if self._since is not None:
            late = [intent for intent in wanted if self._is_late(intent)]
            notices = [intent for intent in late if isinstance(intent.action, Notify)]
            if len(wanted) - len(notices) <= most:
                late = notices
            digests += self._of_outage(late, lines)
        grouped = [one for one in wanted if one.group is not None and one.key not in lines]
        digests += self._of_groups(grouped, lines)
        if not digests:
            return Gathered(judgements=judgements, digests=())
        return Gathered(
            judgements=[_joined(judgement, lines) for judgement in judgements], digests=digests
        )

    # -- after an outage -----------------------------------------------------------------------

    def _is_late(self, intent: Intent) -> bool:
        """Return whether a sound intent fell due while nobody decided."""
        if intent.shadow or intent.defect is not None or intent.due_at is None:
            return False
        if not isinstance(intent.action, Notify | EnsureTask):
            return False
        return self._since is not None and self._since < intent.due_at <= self._now - _LATE

    def _of_outage(
        self, late: Iterable[Intent], lines: dict[Key, tuple[Key, ...]]
    ) -> Iterator[Intent]:
        by_person: dict[str, _Digest] = defaultdict(_Digest)
        for intent in late:
            for login in self._told(intent):
                by_person[login].lines.append((intent, _words(intent)))
        ruleset = self._company.ruleset
        for login, digest in sorted(by_person.items()):
            person = self._company.staff.person(login)
            told = {intent.key for intent, _ in digest.lines}
            if person is None or len(told) < 2:  # one alone is told as it is
                continue
            made = self._to_person(person, digest, ruleset.digests.outage)
            for key in told:
                lines[key] = (*lines.get(key, ()), made.key)
            yield made

    def _told(self, intent: Intent) -> frozenset[str]:
        """Return the logins of those an intent is addressed to."""
        staff = self._company.staff
        match intent.action:
            case Notify(via=via, to=to) if via == _CRM:
                return frozenset(staff.login_of(one) for one in to)
            case Notify(to=to):
                return frozenset(login for login in map(staff.login_of_email, to) if login)
            case EnsureTask(assignee=assignee):
                return frozenset({staff.login_of(assignee)})
            case _:
                return frozenset()

    def _to_person(self, person: Person, digest: _Digest, frame: Template) -> Intent:
        text = self._text(digest, frame)
        subject = text.partition("\n")[0]
        if person.email is not None and self._company.sends_mail:
            notice = Notify(via=_MAIL, to=(person.email,), text=text, subject=subject)
            return self._intent(digest, notice, rule="outage", person=person.login)
        task = EnsureTask(
            assignee=person.crm_id or "",
            title=subject,
            body=text,
            deadline=self._company.calendar.end_of_day(self._now),
        )
        return self._intent(digest, task, rule="outage", person=person.login)

    # -- group_by ------------------------------------------------------------------------------

    def _of_groups(
        self, grouped: Iterable[Intent], lines: dict[Key, tuple[Key, ...]]
    ) -> Iterator[Intent]:
        groups: dict[tuple[object, ...], _Digest] = defaultdict(_Digest)
        for intent in grouped:
            notice = intent.action
            if isinstance(notice, Notify) and intent.defect is None and not intent.shadow:
                same = (intent.rule, intent.step, notice.via, notice.to, intent.group)
                groups[same].lines.append((intent, _words(intent)))
        for digest in groups.values():
            if len(digest.lines) < 2:
                continue
            first = digest.lines[0][0]
            notice = first.action
            if not isinstance(notice, Notify):
                continue
            text = self._text(digest, self._company.ruleset.digests.group, notice.subject)
            made = self._intent(
                digest,
                replace(notice, text=text),
                rule=first.rule,
                person="+".join(sorted(self._told(first))),
            )
            for intent, _ in digest.lines:
                lines[intent.key] = (made.key,)
            yield made

    # -- making one ----------------------------------------------------------------------------

    def _text(self, digest: _Digest, frame: Template, title: str = "") -> str:
        formatter = self._company.formatter
        values = {"count": len(digest.lines), "title": title}
        head = formatter.render(frame, values).strip()
        return "\n".join([head, "", *self._lines(digest)])

    def _lines(self, digest: _Digest) -> Iterator[str]:
        """Yield the lines: what can still be helped first, then the oldest first."""
        line = self._company.ruleset.digests.line
        for intent, words in sorted(digest.lines, key=self._rank):
            url = self._urls.get(intent.obj, "")
            text = words if url in words else f"{words} {url}"
            values = {"text": text, "due": intent.due_at}
            yield self._company.formatter.render(line, values).strip()

    def _rank(self, line: tuple[Intent, str]) -> tuple[bool, datetime, str]:
        intent, _ = line
        due_at = intent.due_at or self._now
        waited = self._company.calendar.between(min(due_at, self._now), self._now)
        return waited >= _STILL_ACTIONABLE, due_at, intent.key

    def _intent(
        self, digest: _Digest, action: Notify | EnsureTask, *, rule: str, person: str
    ) -> Intent:
        keys = "\n".join(sorted(intent.key for intent, _ in digest.lines))
        obj = ObjectRef(kind="person", id=person)
        key = intent_key(
            account=self._company.account,
            rule=rule,
            obj=obj,
            episode=max(intent.due_at or self._now for intent, _ in digest.lines),
            step="digest",
            repeat=0,
            action=hashlib.sha256(keys.encode()).hexdigest()[:16],
        )
        return Intent(
            key=key,
            account=self._company.account,
            rule=rule,
            rule_hash="",
            step="digest",
            repeat=0,
            obj=obj,
            action=action,
            decided_at=self._now,
            trace=f"{len(digest.lines)} lines",
        )


def _words(intent: Intent) -> str:
    """Return what a line of a digest says."""
    match intent.action:
        case Notify(text=text) | CommentDeal(text=text):
            return " ".join(text.split())
        case EnsureTask(title=title):
            return title
        case _:
            raise AssertionError(f"{intent.key} tells nobody anything")


def _joined(judgement: Judgement, lines: dict[Key, tuple[Key, ...]]) -> Judgement:
    """Return the judgement with gathered intents turned into lines."""
    if not any(intent.key in lines for intent in judgement.intents):
        return judgement
    outcomes = {
        rule: outcome._replace(
            intents=tuple(
                replace(
                    intent,
                    action=JoinDigest(digests=lines[intent.key], line=_words(intent)),
                )
                if intent.key in lines
                else intent
                for intent in outcome.intents
            ),
        )
        for rule, outcome in judgement.outcomes.items()
    }
    return replace(judgement, outcomes=outcomes)

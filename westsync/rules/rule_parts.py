"""What all kinds of rules have: an identity, an owner, a version, facts that decide."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from westsync.domain.places import Map, plain
from westsync.rules.step_reading import KEBAB

if TYPE_CHECKING:
    from collections.abc import Iterable

    from westsync.rules.conditions import Condition
    from westsync.rules.model import ClockSpec, Step
    from westsync.rules.reading import Reader
    from westsync.rules.vocabulary import Vocabulary

_LONGEST_ID = 64


def read_identity(top: Reader) -> tuple[str, str] | None:
    """Read ``id`` and ``title``; None if one of them is missing."""
    top.require("id")
    top.require("title")
    name, title = top.text("id"), top.text("title")
    if name is not None and (not KEBAB.fullmatch(name) or len(name) > _LONGEST_ID):
        top.problems.add(
            top.at("id"), f"'{name}' is no rule id", "write small words joined by hyphens"
        )
    if title is not None and not title.strip():
        top.problems.add(
            top.at("title"), "'title' of rule is empty", "say what is wrong, in a line"
        )
    return None if name is None or title is None else (name, title)


def read_owner(top: Reader, vocabulary: Vocabulary) -> str | None:
    """Read ``owner``, a person or role of this company."""
    owner = top.text("owner")
    if owner is not None:
        known = vocabulary.people | vocabulary.roles
        vocabulary.check("person or role", owner, known, top.at("owner"), top.problems)
    return owner


def decided_by(when: Condition, clock: ClockSpec, steps: Iterable[Step]) -> frozenset[str]:
    """Return the facts that conditions and the clock read."""
    conditions = [when, clock.pause_when]
    for step in steps:
        conditions += [step.when, step.unless]
    names = (condition.reads for condition in conditions if condition is not None)
    return frozenset({clock.start}).union(*names)


def version_of(node: Map) -> str:
    """Return the first characters of the hash of a rule's content."""
    text = json.dumps(plain(node), ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:6]

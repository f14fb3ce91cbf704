"""Reading the small parts of a rule: needs, ack, deliver, inhibit_by, group_by, limit, reopen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.domain.facts import SOURCES
from westsync.domain.places import Map, Scalar
from westsync.rules.model import Ack, Deliver, Outside
from westsync.rules.reading import Reader, as_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from westsync.domain.facts import FactSpec
    from westsync.rules.actions import ActionReader
    from westsync.rules.vocabulary import Vocabulary


def read_needs(top: Reader, vocabulary: Vocabulary) -> Mapping[str, timedelta]:
    """Read ``needs``: source -> oldest useful age; one that is not connected is hinted at."""
    needs = _part(top, "needs", "{megaplan: 10m}")
    if needs is None:
        return {}
    needs.allow(*sorted(SOURCES), what="source")
    for source in sorted(SOURCES.intersection(needs.node.keys()) - vocabulary.sources):
        top.problems.hint(
            needs.node.place_of(source),
            f"'{source}' is not connected, so the rule never knows enough to speak",
            f"add only_with: [{source}]",
        )
    ages = {source: needs.wall_duration(source) for source in needs.node.keys()}  # noqa: SIM118 - a node is no dict
    return {source: age for source, age in ages.items() if age is not None}


def read_ack(top: Reader, actions: ActionReader) -> Ack | None:
    """Read ``ack``: who may silence an episode, for how long."""
    ack = _part(top, "ack", "{by: [role:x], mutes: 1h}")
    if ack is None:
        return None
    ack.allow("by", "mutes")
    by = actions.required_who(ack, "by")
    mutes = ack.duration("mutes") if ack.require("mutes") is not None else None
    return None if mutes is None or by is None else Ack(by=by, mutes=mutes)


def read_deliver(top: Reader, vocabulary: Vocabulary) -> Deliver | None:
    """Read ``deliver``: the hours in which steps may run, and what happens outside of them."""
    deliver = _part(top, "deliver", "{calendar: office, outside: defer}")
    if deliver is None:
        return None
    deliver.allow("calendar", "outside")
    name = deliver.word("calendar", vocabulary.calendars, "office")
    outside = deliver.word("outside", [choice.value for choice in Outside], "defer")
    calendar = vocabulary.calendars.get(name or "")
    if calendar is None or outside is None:
        return None
    return Deliver(calendar=calendar, outside=Outside(outside))


def read_inhibitors(top: Reader, known: Mapping[str, Map]) -> tuple[str, ...]:
    """Read ``inhibit_by``: ids of rules that keep this one silent while they hold."""
    return _names(top, "inhibit_by", "rule", "", known)


def read_grouping(top: Reader, facts: Mapping[str, FactSpec], kind: str) -> tuple[str, ...] | None:
    """Read ``group_by``: facts; notices about objects that agree in them become one digest."""
    return _names(top, "group_by", "fact", f" of {kind}", facts) if top.has("group_by") else None


def read_limit(top: Reader) -> int | None:
    """Read ``limit``: how many steps may run in an hour."""
    limit = _part(top, "limit", "{per_hour: 30}")
    if limit is None:
        return None
    limit.allow("per_hour")
    return limit.number("per_hour", least=1) if limit.require("per_hour") is not None else None


def read_reopen(top: Reader) -> timedelta | None:
    """Read ``reopen``: within which time the same episode goes on; None: a new one begins."""
    node = top.node.get("reopen")
    if node is None or (isinstance(node, Scalar) and node.value == "new"):
        return None
    if isinstance(node, Map) and node.keys() == ("same_within",):
        return Reader(node, "reopen", top.problems).wall_duration("same_within")
    top.problems.add(node.place, "reopen is 'new' or {same_within: 1h}")
    return None


def _part(top: Reader, key: str, form: str) -> Reader | None:
    node = top.node.get(key)
    if node is None:
        return None
    if isinstance(node, Map):
        return Reader(node, key, top.problems)
    top.problems.add(node.place, f"{key} is written {form}")
    return None


def _names(
    top: Reader, key: str, what: str, of: str, known: Mapping[str, object]
) -> tuple[str, ...]:
    names = []
    for item in top.items(key):
        name = as_text(item)
        if name is None or name not in known:
            top.problems.unknown(item.place, what, str(name), of, known)
        else:
            names.append(name)
    return tuple(names)

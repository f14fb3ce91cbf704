"""Reading one module rule: ``use`` and ``params`` become rules of the common grammar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.domain.places import Map, Scalar, Seq
from westsync.rules.modules import MODULES
from westsync.rules.modules.shape import Use, grown
from westsync.rules.reading import Problems, Reader
from westsync.rules.rule_parts import read_identity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from westsync.domain.places import Node, Place
    from westsync.rules.vocabulary import Vocabulary

# What the rules of a module take over from the `use` rule unless they say otherwise.
_INHERITED = ("owner", "mode", "needs", "deliver", "ack", "limit", "inhibit_by", "group_by")
MODULE_RULE_KEYS = ("id", "title", "step", "only_with", "use", "params", *_INHERITED)


def expand_module_rule(node: Map, vocabulary: Vocabulary, problems: Problems) -> Iterator[Map]:
    """Yield the rules that a ``use`` rule stands for; none after a mistake.

    Args:
        node: Its mapping.
        vocabulary: The names of this company.
        problems: Where mistakes are noted.
    """
    top = Reader(node, "rule", problems)
    top.allow(*MODULE_RULE_KEYS)
    identity = read_identity(top)
    name = top.word("use", MODULES)
    module = MODULES.get(name or "")
    if module is None or identity is None:
        return
    for source in sorted(module.needs - vocabulary.sources):
        problems.add(top.at("use"), f"module '{name}' needs '{source}', which is not configured")
    params = Reader(_params(top), f"params of {name}", problems)
    params.allow(*module.params)
    use = Use(
        id=identity[0],
        title=identity[1],
        step=top.text("step") or "",
        module=str(name),
        phrases=vocabulary.phrases,
        sources=vocabulary.sources,
        params=params,
    )
    before = problems.noted
    drafts = module.expand(use)
    if problems.noted == before:
        for draft in drafts:
            yield _whole(draft, use, node, dict(_texts(params.node)))


def _params(top: Reader) -> Map:
    node = top.node.get("params")
    if node is None:
        return Map((), top.place)
    if isinstance(node, Map):
        return node
    top.problems.add(node.place, "params is a mapping")
    return Map((), node.place)


def _texts(params: Node) -> Iterator[tuple[str, Place]]:
    """Yield the texts among params, so that what is wrong with one is told at its place."""
    match params:
        case Scalar(value=str() as text, place=place):
            yield text, place
        case Scalar():
            return
        case Seq(items=items):
            yield from (pair for item in items for pair in _texts(item))
        case Map(entries=entries):
            yield from (pair for _, _, item in entries for pair in _texts(item))


def _whole(draft: Mapping[str, object], use: Use, node: Map, written: Mapping[str, Place]) -> Map:
    """Return a draft as a rule, with what it takes over from the ``use`` rule."""
    place = node.place
    own = {"id": use.id, "title": use.title, **({"step": use.step} if use.step else {}), **draft}
    entries: list[tuple[str, Place, Node]] = [
        (key, place, grown(value, place, written)) for key, value in own.items()
    ]
    entries += [
        (key, where, value)
        for key, where, value in node.entries
        if key in _INHERITED and key not in own
    ]
    return Map(tuple(entries), place)

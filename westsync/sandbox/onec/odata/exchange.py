"""Nodes of an exchange plan: what changed for whom since the last message (contract 4.11)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from westsync.sandbox.onec.bp30 import EXCHANGE
from westsync.sandbox.onec.refusals import FUNCTION_FAILED, MISSING_ARGUMENT, OneCRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from westsync.sandbox.onec.store import Store
    from westsync.sandbox.onec.values import Ref, Row


@dataclass(slots=True)
class _Node:
    """What waits for one node: reference -> number of the message it was sent with, or None."""

    waiting: dict[Ref, int | None] = field(default_factory=dict)


class Exchange:
    """Registers every change for every node until the node confirms it."""

    def __init__(self, store: Store) -> None:
        """Follow a store from now on."""
        self._store = store
        self._nodes: dict[str, _Node] = {}
        store.watchers.append(self._watch)

    def select(self, node: Row, message: int) -> list[Ref]:
        """Return what waits for a node, and remember with which message it goes.

        Raises:
            OneCRefused: The number is not above what the node has confirmed.
        """
        if message <= node["ReceivedNo"]:
            raise OneCRefused(FUNCTION_FAILED, f"Номер сообщения {message} уже принят")
        waiting = self._nodes[node["Ref"]].waiting
        for ref in waiting:
            waiting[ref] = message
        return list(waiting)

    def confirm(self, node: Row, message: int) -> None:
        """Forget what went to a node up to a message."""
        kept = self._nodes[node["Ref"]]
        kept.waiting = {
            ref: sent for ref, sent in kept.waiting.items() if sent is None or sent > message
        }

    def _watch(self, ref: Ref, old: Row | None, new: Row | None) -> None:
        if ref.entity == EXCHANGE:
            if old is None and new is not None and not new["ThisNode"]:
                self._nodes[ref.key] = _Node()
            return
        if "Ref" in (new or old or {}):
            for node in self._nodes.values():
                node.waiting[ref] = None


def message_number(given: Mapping[str, str]) -> int:
    """Return ``MessageNo`` of a call.

    Raises:
        OneCRefused: Code 12: it is missing or no number.
    """
    text = given.get("MessageNo", "")
    if not text.isdecimal():
        raise OneCRefused(MISSING_ARGUMENT, "Не указан аргумент MessageNo")
    return int(text)

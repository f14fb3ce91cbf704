"""The words that rules compare facts with, for reading what the history keeps masked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from westsync.domain.places import Map, Scalar, Seq
from westsync.settings import yaml12

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from westsync.app.configuration import Configuration
    from westsync.domain.places import Node

_QUOTED = re.compile(r"""(['"])(.*?)\1""")


def rule_words(configuration: Configuration, rules_from: Path | None = None) -> frozenset[str]:
    """Return every word that stands in rule files, for `westsync.jobs.past.Past`.

    Args:
        configuration: A right one.
        rules_from: Directory of draft rules that are used instead.
    """
    if rules_from is None:
        documents: Sequence[yaml12.Document] = configuration.loaded.rule_documents
    else:
        files = sorted(rules_from.glob("*.yaml"))
        documents = [yaml12.parse(file.read_bytes(), file=str(file)) for file in files]
    roots = (document.root for document in documents if document.root is not None)
    return frozenset(word for root in roots for word in _words(root))


def _words(node: Node) -> Iterator[str]:
    match node:
        case Map():
            for _, _, value in node.entries:
                yield from _words(value)
        case Seq():
            for item in node.items:
                yield from _words(item)
        case Scalar():
            if isinstance(node.value, str):
                yield node.value
                yield from (quoted for _, quoted in _QUOTED.findall(node.value))

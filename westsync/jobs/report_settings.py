"""``config/reports/reports.yaml``: channels of sources, limits of rules, the words of reports."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from westsync.domain.places import Map, Scalar
from westsync.reports.gathered import Channel
from westsync.reports.words import Words
from westsync.rules.reading import Problems, Reader, as_items, as_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from westsync.domain.places import Node, Place

_VERSION = 1
_NAMED_CHANNELS = (Channel.INCOMING_CALL, Channel.OUTGOING_CALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSettings:
    """What reports are made with.

    Attributes:
        channels: Source, letter case folded -> channel.
        limits: Rule -> its step at which the limit has passed.
        words: Every Russian word of the reports.
        word_places: Dotted key -> where the words stand.
        templates: File name -> source.
    """

    words: Words
    channels: Mapping[str, Channel] = field(default_factory=dict)
    limits: Mapping[str, str] = field(default_factory=dict)
    word_places: Mapping[str, Place] = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict)

    def channel_of(self, source: object) -> Channel:
        """Return the channel of a deal's field ``source``: a text, a set of texts, or nothing.

        Of several words in a set the first one that names a call decides.
        """
        named = source if isinstance(source, tuple) else (source,)
        words = [word.strip().casefold() for word in named if isinstance(word, str)]
        for word in words:
            if word in self.channels:
                return self.channels[word]
        return Channel.REQUEST if any(words) else Channel.UNKNOWN


def read_report_settings(
    root: Node,
    templates: Mapping[str, str],
    steps: Mapping[str, frozenset[str]],
    problems: Problems,
) -> ReportSettings | None:
    """Read ``reports.yaml``; mistakes are noted at their places.

    Args:
        root: The file.
        templates: Templates beside it by their file names.
        steps: Every rule of the configuration, also one that is off -> ids of its steps.
        problems: Where mistakes are noted.

    Returns:
        None if the file is no mapping at all.
    """
    if not isinstance(root, Map):
        problems.add(root.place, "the file must be a mapping", "begin it with 'version: 1'")
        return None
    reader = Reader(root, "reports", problems)
    reader.allow("version", "channels", "limits", "words")
    if reader.number("version") != _VERSION:
        problems.add(reader.at("version"), f"'version' must be {_VERSION}")
    texts: dict[str, str] = {}
    places: dict[str, Place] = {}
    for key, place, text in _texts(reader.require("words"), "", problems):
        texts[key], places[key] = text, place
    return ReportSettings(
        channels=_channels(root.get("channels"), problems),
        limits=_limits(root.get("limits"), steps, problems),
        words=Words(texts),
        word_places=places,
        templates=templates,
    )


def _texts(node: Node | None, prefix: str, problems: Problems) -> Iterator[tuple[str, Place, str]]:
    """Yield (dotted key, place, text) of nested words."""
    if node is None:
        return
    if not isinstance(node, Map):
        problems.add(node.place, "words must be a mapping of keys to texts")
        return
    for key, place, value in node.entries:
        if isinstance(value, Map):
            yield from _texts(value, f"{prefix}{key}.", problems)
            continue
        text = as_text(value)
        if text is None:
            problems.add(value.place, f"'{prefix}{key}' must be a text")
        else:
            yield f"{prefix}{key}", place, text


def _channels(node: Node | None, problems: Problems) -> dict[str, Channel]:
    found: dict[str, Channel] = {}
    if node is None:
        return found
    if not isinstance(node, Map):
        problems.add(node.place, "channels must be a mapping of channels to sources")
        return found
    for key, place, value in node.entries:
        if key not in _NAMED_CHANNELS:
            problems.unknown(place, "channel", key, "", _NAMED_CHANNELS)
            continue
        for item in as_items(value):
            source = as_text(item)
            if source is None:
                problems.add(item.place, f"a source of '{key}' must be a text")
                continue
            known = found.setdefault(source.strip().casefold(), Channel(key))
            if known != key:
                problems.add(item.place, f"source '{source}' is in two channels", "leave it in one")
    return found


def _limits(
    node: Node | None, steps: Mapping[str, frozenset[str]], problems: Problems
) -> dict[str, str]:
    found: dict[str, str] = {}
    if node is None or (isinstance(node, Scalar) and node.value is None):
        return found
    if not isinstance(node, Map):
        problems.add(node.place, "limits must be a mapping of rules to their steps")
        return found
    for rule, place, value in node.entries:
        step = as_text(value)
        if rule not in steps:
            problems.unknown(place, "rule", rule, " in limits", steps)
        elif step is None or step not in steps[rule]:
            problems.unknown(value.place, "step", str(step), f" of rule '{rule}'", steps[rule])
        else:
            found[rule] = step
    return found

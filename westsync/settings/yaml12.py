"""YAML 1.2 into nodes that know their place, or into problems that know theirs.

libyaml (PyYAML's C parser) tells the events, about ten times as fast as the Python one; what they
mean is decided here: the core schema of `scalars`, unique text keys, no foreign tags, one document,
bounded depth, bounded aliases. The nodes are built with a stack of our own, so that no nesting can
exhaust the interpreter's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import yaml

from westsync.domain.places import Map, Node, Place, Problem, Scalar, Seq
from westsync.settings import decoding, scalars
from westsync.settings.syntax import explain

if TYPE_CHECKING:
    from pathlib import Path

MAX_DEPTH = 60
# After aliases are written out. A thousand rules have about 50,000.
MAX_NODES = 200_000

HAS_LIBYAML = yaml.__with_libyaml__
_LOADER = yaml.CSafeLoader if HAS_LIBYAML else yaml.SafeLoader
LIBYAML_NOTICE = (
    "PyYAML was built without libyaml: files are read by its Python parser, "
    "correctly but about ten times slower"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One YAML file as read.

    Attributes:
        file: How messages call it.
        root: What it says, without the parts that are named in ``problems``; None if nothing
            of it can be trusted. A file without content is a null scalar.
        problems: Every mistake that could be seen, in the order of the file.
    """

    file: str
    root: Node | None
    problems: tuple[Problem, ...] = ()


def read_yaml(path: Path, *, file: str | None = None) -> Document:
    """Read a YAML file.

    Args:
        path: Where it is.
        file: How messages call it; the path if None.
    """
    name = file or str(path)
    content = decoding.read_bytes(path, file=name)
    if isinstance(content, Problem):
        return Document(file=name, root=None, problems=(content,))
    return parse(content, file=name)


def parse(source: bytes | str, *, file: str) -> Document:
    """Read YAML that is already in memory; never raises for anything the text holds.

    Args:
        source: Bytes of a file, or its text.
        file: How messages call it.
    """
    if isinstance(source, bytes):
        text = decoding.decode(source, file=file)
    else:
        text = decoding.forbidden(source, file=file) or source
    if isinstance(text, Problem):
        return Document(file=file, root=None, problems=(text,))
    builder = _Builder(file)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.YAMLError as exc:
        problems = (*builder.problems, explain(exc, text, file))
        return Document(file=file, root=None, problems=problems)
    except _Refused as exc:
        return Document(file=file, root=None, problems=(*builder.problems, exc.problem))
    root = builder.root or Scalar(None, Place(file=file))
    return Document(file=file, root=root, problems=tuple(builder.problems))


def _remove_tag(tag: str | None) -> str:
    return f"remove the tag '{(tag or '').replace('tag:yaml.org,2002:', '!!')}'"


class _Refused(Exception):
    """Reading on makes no sense or is dangerous."""

    def __init__(self, place: Place, text: str, cure: str) -> None:
        super().__init__(text)
        self.problem = Problem(place=place, text=text, cure=cure)


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not been seen yet."""

    is_map: bool
    place: Place
    anchor: str | None
    items: list[Node] = field(default_factory=list)
    entries: list[tuple[str, Place, Node]] = field(default_factory=list)
    seen: dict[str, Place] = field(default_factory=dict)
    awaits_value: bool = False
    key: tuple[str, Place] | None = None
    size: int = 1


class _Builder:
    """Makes nodes of parser events."""

    def __init__(self, file: str) -> None:
        self.problems: list[Problem] = []
        self.root: Node | None = None
        self._file = file
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._size = 0
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        """Take the next event of the parser."""
        match event:
            case yaml.ScalarEvent():
                self._complete(self._scalar(event), 1, event.anchor)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._begin(event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._end()
            case yaml.AliasEvent():
                self._alias(event)
            case yaml.DocumentStartEvent():
                self._document(event)
            case _:
                pass  # begin and end of the stream, end of the document

    def _place(self, event: yaml.Event) -> Place:
        mark = event.start_mark
        if mark is None:  # only events that somebody made by hand have no mark
            return Place(file=self._file)
        return Place(file=self._file, line=mark.line + 1, column=mark.column + 1)

    def _complain(self, place: Place, text: str, cure: str) -> None:
        self.problems.append(Problem(place=place, text=text, cure=cure))

    def _document(self, event: yaml.DocumentStartEvent) -> None:
        self._documents += 1
        if self._documents > 1:
            raise _Refused(
                self._place(event),
                "a second document begins here",
                "keep one document per file: remove the line '---'",
            )
        if event.version and tuple(event.version) != (1, 2):
            self._complain(
                self._place(event),
                "the file declares another version of YAML than 1.2",
                "remove the line '%YAML'",
            )

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        place = self._place(event)
        text: str = event.value
        plain = event.tag is None and event.implicit[0]
        value: scalars.Value = text
        try:
            if event.tag is not None:
                value = scalars.tagged(text, event.tag)
            elif plain:
                value = scalars.resolve(text)
        except ValueError as exc:
            cure = "put it in quotes if it is text"
            if event.tag is not None:
                cure = _remove_tag(event.tag)
            self._complain(place, str(exc), cure)
        return Scalar(value, place, text, plain)

    def _begin(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        place = self._place(event)
        is_map = isinstance(event, yaml.MappingStartEvent)
        if len(self._open) >= MAX_DEPTH:
            raise _Refused(place, f"more than {MAX_DEPTH} levels of nesting", "flatten it")
        if event.tag not in {None, "!", f"tag:yaml.org,2002:{'map' if is_map else 'seq'}"}:
            self._complain(place, "a tag outside of YAML's core schema", _remove_tag(event.tag))
        if event.anchor:
            # An alias to it from inside itself must not find an older anchor of the same name.
            self._anchors.pop(event.anchor, None)
        self._open.append(_Open(is_map, place, event.anchor))

    def _end(self) -> None:
        done = self._open.pop()
        node: Node = (
            Map(tuple(done.entries), done.place)
            if done.is_map
            else Seq(tuple(done.items), done.place)
        )
        self._complete(node, done.size, done.anchor)

    def _alias(self, event: yaml.AliasEvent) -> None:
        place = self._place(event)
        name = event.anchor
        if any(container.anchor == name for container in self._open):
            raise _Refused(place, f"'*{name}' stands inside of itself", "write the value out")
        if name not in self._anchors:
            raise _Refused(
                place,
                f"'*{name}' refers to nothing above",
                f"write '&{name}' before the value it means, or quote a text that begins with '*'",
            )
        node, size = self._anchors[name]
        self._complete(node, size, None)

    def _complete(self, node: Node, size: int, anchor: str | None) -> None:
        """Put a finished node where it belongs."""
        self._size += size
        if self._size > MAX_NODES:
            raise _Refused(
                node.place,
                f"more than {MAX_NODES} values once the aliases are written out",
                "use fewer aliases, or split the file",
            )
        if anchor:
            self._anchors[anchor] = (node, size)
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        parent.size += size
        if not parent.is_map:
            parent.items.append(node)
        elif parent.awaits_value:
            parent.awaits_value = False
            if parent.key is not None:
                parent.entries.append((*parent.key, node))
        else:
            parent.awaits_value = True
            parent.key = self._key(node, parent)

    def _key(self, node: Node, parent: _Open) -> tuple[str, Place] | None:
        """Return a usable key; None after a complaint (its value is then left out)."""
        if not isinstance(node, Scalar):
            self._complain(
                node.place,
                "a list or mapping cannot be a key",
                "put a text that begins with '{' or '[' in quotes",
            )
            return None
        name = node.value
        if not isinstance(name, str):
            self._complain(
                node.place,
                f"the key '{node.source}' is not text",
                f'write "{node.source}" in quotes',
            )
            return None
        if name == "<<" and node.plain:
            self._complain(
                node.place,
                "YAML 1.2 has no merge key '<<'",
                "write the keys out, or use '*name' for a whole value",
            )
            return None
        if first := parent.seen.get(name):
            self._complain(
                node.place,
                f"key '{name}' stands here a second time; first at {first.line}:{first.column}",
                "remove one of them",
            )
            return None
        parent.seen[name] = node.place
        return name, node.place

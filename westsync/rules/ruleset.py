"""All rules of a configuration, with the texts they share, ready to decide."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from westsync.domain.facts import FactType
from westsync.domain.places import Map, Node, Place
from westsync.rules.grammar import Sleep, read_rules, sleeping_rules
from westsync.rules.model import Mode, Rule
from westsync.rules.reading import Problems, Reader, as_text
from westsync.rules.refusal_texts import refusal_templates
from westsync.rules.texts import Template, Words, compile_template, known_paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from westsync.domain.places import Problem
    from westsync.domain.refusals import RefusalCode
    from westsync.rules.vocabulary import Vocabulary

# Which frame serves a rule that watches this kind of object, and what it frames.
_TASK_FRAMES = {
    "deal": "task",
    "client": "client_task",
    "task": "task_task",
    "payment": "payment_task",
    "ledger": "ledger_task",
    "stock_source": "stock_source_task",
    "schedule": "schedule_task",
}
_CLOSE_FRAME = "close_note"
_TWIN_FRAME = "twin_note"
# Frames of digests: name -> (what stands there if the texts have none, what it may name).
_DIGEST_FRAMES: Mapping[str, tuple[str, Mapping[str, FactType]]] = {
    "outage_digest": ("Overdue: {count}", {"count": FactType.NUMBER}),
    "group_digest": ("{title}: {count}", {"count": FactType.NUMBER, "title": FactType.TEXT}),
    "digest_line": (
        "{text} ({due|dt|default:-})",
        {"text": FactType.TEXT, "due": FactType.MOMENT},
    ),
}
_FRAMES = (*_TASK_FRAMES.values(), _CLOSE_FRAME, _TWIN_FRAME, *_DIGEST_FRAMES)
_BARE_TASK = "{rule.title} ({rule.step})\n\n{text}\n\n{script}"
_BARE_NOTE = "{text}"
_NO_PLACE = Place(file="-")
_TEXTS_VERSION = 1
_WORDS = ("minutes", "hours", "days", "currency", "yes", "no", "joiner", "labels")


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What ``config/texts/*.yaml`` holds.

    Attributes:
        scripts: Name -> (text, where it stands).
        letters: What mails say: name -> (text, where it stands); the first line is the subject.
        frames: Name -> (text, where it stands).
        phrases: What rule modules say: name -> (text, where it stands).
        refusals: What staff read when 1C refuses: code -> (text, where it stands).
        words: The language's own words.
    """

    phrases: Mapping[str, tuple[str, Place]] = field(default_factory=dict)
    scripts: Mapping[str, tuple[str, Place]] = field(default_factory=dict)
    letters: Mapping[str, tuple[str, Place]] = field(default_factory=dict)
    frames: Mapping[str, tuple[str, Place]] = field(default_factory=dict)
    refusals: Mapping[str, tuple[str, Place]] = field(default_factory=dict)
    words: Words = field(default_factory=Words)


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestFrames:
    """Frames of digests: what stands above the lines, and one line.

    Attributes:
        outage: Head of the digest after an outage.
        group: Head of the digest of a rule with ``group_by``.
        line: One line of either.
    """

    outage: Template
    group: Template
    line: Template


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """Compiled rules, dispatched by kind of object and stage.

    Attributes:
        rules: All rules that are not off; those that inhibit others come before them.
        task_frames, close_frames: Kind of object -> frame of task bodies and closing notes.
        digests: Frames of digests.
        twin_note: What stands on a task that is closed because it was there twice.
        words: For the formatter.
        refusals: What staff read when 1C refuses.
        sleeping: Rules that need what is not configured: id -> what is missing.
        hints: What may be meant so, and should be looked at.
    """

    rules: tuple[Rule, ...]
    task_frames: Mapping[str, Template]
    close_frames: Mapping[str, Template]
    digests: DigestFrames
    twin_note: str
    words: Words
    refusals: Mapping[RefusalCode, Template] = field(default_factory=dict)
    sleeping: Mapping[str, Sleep] = field(default_factory=dict)
    hints: tuple[Problem, ...] = ()
    _by_stage: dict[tuple[str, str | None], dict[str, Rule]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def for_object(self, kind: str, stage: str | None, live: Iterable[str]) -> Sequence[Rule]:
        """Return the rules that can say something about an object.

        Args:
            kind: Of the object, one of `WATCHED`.
            stage: Its stage; None if it has none.
            live: Rules that have a living episode for it, whatever the stage.
        """
        by_id = self._by_stage.get((kind, stage))
        if by_id is None:
            by_id = {r.id: r for r in self.rules if r.kind == kind and _is_for(r, stage)}
            self._by_stage[kind, stage] = by_id
        behind = [rule for rule in live if rule not in by_id] if live else ()  # of stages left
        if not behind:
            return tuple(by_id.values())
        return [
            rule
            for rule in self.rules
            if rule.kind == kind and (rule.id in by_id or rule.id in behind)
        ]

    def is_asleep(self, name: str) -> bool:
        """Return whether a rule, or the module rule that it comes from, sleeps."""
        return any(name == one or name.startswith(f"{one}-") for one in self.sleeping)

    def rule(self, name: str) -> Rule | None:
        """Return a rule by id."""
        return next((rule for rule in self.rules if rule.id == name), None)


def _is_for(rule: Rule, stage: str | None) -> bool:
    return rule.stages is None or stage in rule.stages


def read_texts(documents: Iterable[Node], problems: Problems) -> Texts:
    """Read the text files; a name that stands twice is a mistake."""
    scripts: dict[str, tuple[str, Place]] = {}
    letters: dict[str, tuple[str, Place]] = {}
    frames: dict[str, tuple[str, Place]] = {}
    phrases: dict[str, tuple[str, Place]] = {}
    refusals: dict[str, tuple[str, Place]] = {}
    words: dict[str, object] = {}
    for document in documents:
        if not isinstance(document, Map):
            problems.add(document.place, "a text file is a mapping with 'version'")
            continue
        top = Reader(document, "the text file", problems)
        top.allow("version", "scripts", "letters", "frames", "phrases", "refusals", "words")
        if top.require("version") is not None and top.number("version") != _TEXTS_VERSION:
            problems.add(
                top.at("version"), f"this westsync reads version {_TEXTS_VERSION} of texts"
            )
        _read_section(document.get("scripts"), scripts, "script", problems)
        _read_section(document.get("letters"), letters, "letter", problems)
        _read_section(document.get("frames"), frames, "frame", problems)
        _read_section(document.get("phrases"), phrases, "phrase", problems)
        _read_section(document.get("refusals"), refusals, "refusal", problems)
        if isinstance(node := document.get("frames"), Map):
            Reader(node, "frames", problems).allow(*_FRAMES, what="frame")
        _read_words(document.get("words"), words, problems)
    return Texts(
        scripts=scripts,
        letters=letters,
        frames=frames,
        phrases=phrases,
        refusals=refusals,
        words=Words(**words),  # type: ignore[arg-type]  # checked by _read_words
    )


def _read_section(
    node: Node | None, into: dict[str, tuple[str, Place]], what: str, problems: Problems
) -> None:
    if node is None:
        return
    if not isinstance(node, Map):
        problems.add(node.place, f"{what}s are a mapping of names to texts")
        return
    for name, place, value in node.entries:
        text = as_text(value)
        if text is None:
            problems.add(value.place, f"{what} '{name}' must be a text")
        elif name in into:
            problems.add(place, f"{what} '{name}' is there already, at {into[name][1]}")
        else:
            into[name] = (text, value.place)


def _read_words(node: Node | None, into: dict[str, object], problems: Problems) -> None:
    if node is None:
        return
    if not isinstance(node, Map):
        problems.add(node.place, "words are a mapping")
        return
    for name, place, value in node.entries:
        if name not in _WORDS:
            problems.unknown(place, "word", name, "", _WORDS)
        elif name == "labels" and isinstance(value, Map):
            labels = {key: as_text(label) for key, _, label in value.entries}
            for key, where, _ in value.entries:
                if labels[key] is None:
                    problems.add(where, f"label '{key}' must be a text")
            into[name] = {key: label for key, label in labels.items() if label is not None}
        elif name != "labels" and (text := as_text(value)) is not None:
            into[name] = text
        else:
            problems.add(value.place, f"word '{name}' has the wrong form")


def build_ruleset(
    rule_documents: Iterable[Node], texts: Texts, vocabulary: Vocabulary, *, idle: bool = True
) -> tuple[RuleSet, tuple[Problem, ...]]:
    """Compile rules and frames.

    Args:
        rule_documents: Top nodes of the rule files.
        texts: From `read_texts`.
        vocabulary: The names of this company; its scripts and letters are those of the texts.
        idle: Hint at the mistakes of rules that sleep as well.

    Returns:
        The rule set and every mistake; with mistakes the set holds only the sound rules.
    """
    problems = Problems()
    phrases = {name: text for name, (text, _) in texts.phrases.items()}
    vocabulary = replace(vocabulary, scripts=texts.scripts, letters=texts.letters, phrases=phrases)
    documents = list(rule_documents)
    rules = read_rules(documents, vocabulary, problems, idle=idle)
    task_frames, close_frames = {}, {}
    for kind, facts in vocabulary.catalogue.kinds.items():
        known = dict(known_paths(kind, facts)) | {"text": FactType.TEXT, "script": FactType.TEXT}
        body, place = texts.frames.get(_TASK_FRAMES[kind], (_BARE_TASK, _NO_PLACE))
        task_frames[kind] = compile_template(body, place, known, problems)
        note, place = texts.frames.get(_CLOSE_FRAME, (_BARE_NOTE, _NO_PLACE))
        close_frames[kind] = compile_template(note, place, known, problems)
    active = _in_order([rule for rule in rules if rule.mode is not Mode.OFF])
    ruleset = RuleSet(
        rules=active,
        task_frames=task_frames,
        close_frames=close_frames,
        digests=_digest_frames(texts, problems),
        twin_note=texts.frames.get(_TWIN_FRAME, ("", _NO_PLACE))[0],
        words=texts.words,
        refusals=refusal_templates(texts.refusals, problems),
        sleeping=sleeping_rules(documents, vocabulary),
        hints=tuple(problems.hints),
    )
    return ruleset, tuple(problems.found)


def _digest_frames(texts: Texts, problems: Problems) -> DigestFrames:
    outage, group, line = (
        compile_template(*texts.frames.get(name, (bare, _NO_PLACE)), known, problems)
        for name, (bare, known) in _DIGEST_FRAMES.items()
    )
    return DigestFrames(outage=outage, group=group, line=line)


def _in_order(rules: list[Rule]) -> tuple[Rule, ...]:
    """Put inhibitors before those they inhibit; of a ring, which is a mistake, in any order."""
    by_id = {rule.id: rule for rule in rules}
    asked: set[str] = set()
    placed: list[Rule] = []

    def place(rule: Rule) -> None:
        if rule.id in asked:
            return
        asked.add(rule.id)
        for name in rule.inhibit_by:
            if name in by_id:
                place(by_id[name])
        placed.append(rule)

    for rule in rules:
        place(rule)
    return tuple(placed)

"""Texts for staff: ``{path|filter}`` placeholders, checked when they are read.

Data is never a template: what a client typed is put in as it is and not looked at again. A value
that is missing and has no ``default`` raises `MissingValue`, never becomes the word None.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from westsync.domain.facts import FactType, Unknown
from westsync.rules.operators import is_empty
from westsync.rules.stock_words import BRIEF, RETAIL, pruned, stock_answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from zoneinfo import ZoneInfo

    from westsync.domain.facts import FactSpec
    from westsync.domain.places import Place
    from westsync.rules.reading import Problems

MAX_RENDERED = 10_000
_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_PATH = re.compile(r"[a-z_]+(\.[a-z_]+)?")

FILTERS: Mapping[str, str] = {
    "dt": "date and time in the office zone, 24.11.2026 10:05",
    "dur": "length of time, 1 ч 30 мин",
    "money": "roubles, 120 000,00 ₽",
    "default": "default:words: what to say when there is no value",
    "upper": "capital letters",
    "label": "the words that `labels` of config/texts has for a choice or for codes",
    "list": "entries joined by commas; stock answers one a line, with all that staff may know",
    "retail": "stock answers without the prices that suppliers ask of us",
    "brief": "stock answers on one line, without contacts and without those prices",
}

# What texts may name besides the facts of the watched object.
SITUATION: Mapping[str, FactType | None] = {
    "episode.started_at": FactType.MOMENT,
    "episode.age": None,  # a length of time: counted since the start
    "step.id": FactType.TEXT,
    "step.due": FactType.MOMENT,
    "rule.id": FactType.TEXT,
    "rule.title": FactType.TEXT,
    "rule.step": FactType.TEXT,
    "now": FactType.MOMENT,
}


class MissingValue(Exception):
    """A text needs a value that is not there.

    Attributes:
        path: The placeholder's path.
    """

    def __init__(self, path: str, why: str) -> None:
        """Name the placeholder and the reason."""
        self.path = path
        super().__init__(f"{{{path}}} {why}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The language's own words, from ``config/texts`` (``words:``).

    Attributes:
        labels: What a fact is called in a sentence (``missing``): fact name -> word.
    """

    minutes: str = "min"
    hours: str = "h"
    days: str = "d"
    currency: str = "RUB"
    yes: str = "yes"
    no: str = "no"
    joiner: str = ", "
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Hole:
    """A placeholder; the fact's type decides how its value is shown."""

    path: str
    kind: FactType | None
    filters: tuple[tuple[str, str], ...]

    def instead_of(self, value: object) -> str | None:
        """Return what stands here if there is no value; None if there is one.

        Raises:
            MissingValue: There is neither value nor default.
        """
        if value == "" and "." not in self.path:
            return ""  # a part of a frame, e.g. {script}: a task without a script has none
        if not isinstance(value, Unknown) and not is_empty(value):
            return None
        default = dict(self.filters).get("default")
        if default is None:
            why = value.why if isinstance(value, Unknown) else "has no value"
            raise MissingValue(self.path, why)
        return default


@dataclass(frozen=True, slots=True)
class Template:
    """A text with placeholders, ready to render.

    Attributes:
        parts: Literal texts and placeholders in order.
    """

    parts: tuple[str | _Hole, ...]

    @property
    def paths(self) -> frozenset[str]:
        """The paths that the text names."""
        return frozenset(part.path for part in self.parts if isinstance(part, _Hole))

    @property
    def bare_paths(self) -> frozenset[str]:
        """The paths that the text names without a default: they must have a value."""
        return frozenset(
            part.path
            for part in self.parts
            if isinstance(part, _Hole) and all(name != "default" for name, _ in part.filters)
        )

    def check(self, values: Mapping[str, object]) -> None:
        """Make sure that it can be rendered with these values.

        Raises:
            MissingValue: A placeholder has neither value nor default.
        """
        for part in self.parts:
            if isinstance(part, _Hole):
                part.instead_of(values.get(part.path))


def compile_template(
    text: str,
    place: Place,
    known: Mapping[str, FactType | None],
    problems: Problems,
) -> Template:
    """Compile a text.

    Args:
        text: As written in the configuration; ``{{`` and ``}}`` are literal braces.
        place: Where it stands.
        known: Paths that exist and their types; None as a type is a length of time.
        problems: Where an unknown path or filter is noted.
    """
    parts: list[str | _Hole] = []
    end = 0
    for match in _PLACEHOLDER.finditer(text):
        parts.append(text[end : match.start()])
        end = match.end()
        token = match.group(0)
        if token in {"{{", "}}"}:
            parts.append(token[0])
        elif match.group(1) is None:
            problems.add(place, f"a lone '{token}' in a text", f"write '{token * 2}'")
        else:
            parts.append(_hole(match.group(1), place, known, problems))
    parts.append(text[end:])
    return Template(tuple(part for part in parts if part != ""))


def _hole(
    inside: str, place: Place, known: Mapping[str, FactType | None], problems: Problems
) -> _Hole:
    path, *raw = (piece for piece in inside.split("|"))
    path = path.strip()
    if path not in known:
        what = "value" if _PATH.fullmatch(path) else "placeholder"
        problems.unknown(place, what, path, " in a text", known)
    filters = []
    for piece in raw:
        name, _, argument = piece.strip().partition(":")
        if name not in FILTERS:
            problems.unknown(place, "filter", name, f" of {{{path}}}", FILTERS)
            continue
        if name == "default" and not argument:
            problems.add(place, f"'default' of {{{path}}} has no words", "write default:words")
        if name in _FILTER_TYPES and path in known and known[path] not in _FILTER_TYPES[name]:
            problems.add(place, f"filter '{name}' does not fit {{{path}}}")
        filters.append((name, argument))
    return _Hole(path, known.get(path), tuple(filters))


_FILTER_TYPES: Mapping[str, frozenset[FactType | None]] = {
    "dt": frozenset({FactType.MOMENT}),
    "dur": frozenset({None}),
    "money": frozenset({FactType.MONEY, FactType.NUMBER}),
    "label": frozenset({FactType.CHOICE, FactType.TEXTS}),
    "list": frozenset({FactType.TEXTS, FactType.RECORDS}),
    "retail": frozenset({FactType.RECORDS}),
    "brief": frozenset({FactType.RECORDS}),
}


def known_paths(kind: str, facts: Mapping[str, FactSpec]) -> Mapping[str, FactType | None]:
    """Return the paths that a rule about this kind of object may name."""
    return {f"{kind}.{name}": fact.type for name, fact in facts.items()} | dict(SITUATION)


class Formatter:
    """Renders values for people: office zone, Russian words from the configuration, names."""

    def __init__(self, zone: ZoneInfo, words: Words, names: Mapping[str, str]) -> None:
        """Bind the company's settings.

        Args:
            zone: Office zone of all shown times.
            words: The language's own words.
            names: Login -> name of a person.
        """
        self.zone = zone
        self._words = words
        self._names = names

    def render(self, template: Template, values: Mapping[str, object]) -> str:
        """Render a text.

        Args:
            template: The text.
            values: Path -> value.

        Raises:
            MissingValue: A placeholder has neither value nor default.
        """
        rendered = "".join(
            part if isinstance(part, str) else self._fill(part, values) for part in template.parts
        )
        return rendered[:MAX_RENDERED]

    def _fill(self, hole: _Hole, values: Mapping[str, object]) -> str:
        value = values.get(hole.path)
        instead = hole.instead_of(value)
        if instead is not None:
            return instead
        text = self._shown(hole, value)
        return text.upper() if ("upper", "") in hole.filters else text

    def _shown(self, hole: _Hole, value: object) -> str:
        if hole.kind is FactType.PERSON and isinstance(value, str):
            return self._names.get(value, value)
        if hole.path.endswith(".missing") or ("label", "") in hole.filters:
            words = value if isinstance(value, tuple) else (value,)
            return self._words.joiner.join(self.label(str(word)) for word in words)
        if isinstance(value, tuple) and ("brief", "") in hole.filters:
            return "; ".join(self._entries(pruned(value, BRIEF)))
        if isinstance(value, tuple) and ("retail", "") in hole.filters:
            return self.show(pruned(value, RETAIL))
        return self.show(value)

    def label(self, fact: str) -> str:
        """Return what a fact is called in a sentence; its name if the texts have no word."""
        return self._words.labels.get(fact, fact)

    def show(self, value: object) -> str:
        """Return one value for people: moments in the office zone, money with two decimals.

        Args:
            value: A fact's value; texts are shown as they are.
        """
        match value:
            case bool():
                return self._words.yes if value else self._words.no
            case datetime():
                return f"{value.astimezone(self.zone):%d.%m.%Y %H:%M}"
            case date():
                return f"{value:%d.%m.%Y}"
            case timedelta():
                return self.duration(value)
            case Decimal():
                return self.money(value)
            case tuple() if any(isinstance(e, dict) and "verdict" in e for e in value):
                return "\n".join(self._entries(value))
            case tuple():
                return self._words.joiner.join(self._entries(value))
            case _:
                return str(value)

    def _entries(self, value: tuple[object, ...]) -> Iterator[str]:
        for entry in value:
            yield self._record(entry) if isinstance(entry, dict) else self.show(entry)

    def _record(self, entry: Mapping[str, object]) -> str:
        """Show an entry of a list by its name; twins, who share it, by number and likeness too."""
        name = str(entry.get("name") or entry.get("number") or entry.get("id"))
        if "verdict" in entry:
            return stock_answer(name, entry, label=self.label, show=self.show)
        same = entry.get("by")
        if not isinstance(same, tuple):
            return name
        alike = self._words.joiner.join(self.label(str(kind)) for kind in same)
        return f"{name} (№ {entry.get('id')}: {alike})"

    def money(self, amount: Decimal) -> str:
        """Return roubles: ``120 000,00 ₽``."""
        grouped = f"{amount:,.2f}".replace(",", "\N{NO-BREAK SPACE}").replace(".", ",")
        return f"{grouped}\N{NO-BREAK SPACE}{self._words.currency}"

    def duration(self, length: timedelta) -> str:
        """Return a length of time in its two largest units: ``1 ч 30 мин``."""
        minutes = int(length.total_seconds()) // 60
        days, minutes = divmod(minutes, 24 * 60)
        hours, minutes = divmod(minutes, 60)
        units = (
            (days, self._words.days),
            (hours, self._words.hours),
            (minutes, self._words.minutes),
        )
        shown = [f"{count} {word}" for count, word in units if count][:2]
        return " ".join(shown) or f"0 {self._words.minutes}"

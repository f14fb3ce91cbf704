"""docs/reference/log-events.md: every event that the code can log, found by reading it."""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from docs._generate.log_prose import EVENT_PROSE
from docs._generate.markdown import code, page, table
from westsync.redaction import Promise, promised

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT: Final = Path(__file__).parents[2]
_LEVELS: Final = ("debug", "info", "warning", "error", "critical", "exception")
_LOGGERS: Final = ("log", "_log")
_SHOWN: Final = {
    Promise.IDENTIFIER: "",
    Promise.SENTENCE: " (masked)",
    Promise.NOTHING: " *n*",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LogCall:
    """One place that logs.

    Attributes:
        event: Its name.
        level: ``error`` for ``log.exception``.
        keys: Keys of the call, in its order.
        module: Path of the file in the repository.
    """

    event: str
    level: str
    keys: tuple[str, ...]
    module: str


def log_events_page() -> str:
    """Return the page."""
    by_event: dict[str, list[LogCall]] = defaultdict(list)
    for call in log_calls():
        by_event[call.event].append(call)
    areas: dict[str, list[str]] = defaultdict(list)
    for event in sorted(by_event):
        areas[event.partition(".")[0]].append(event)
    blocks = []
    for area, events in areas.items():
        rows = (_row(event, by_event[event]) for event in events)
        head = ["event", "level", "means", "keys", "from"]
        blocks += [f"## {area}", table(head, rows)]
    return page(
        "Log events",
        ["westsync", "docs/_generate/log_prose.py"],
        "A line has `at` (UTC), `level`, `event` and the keys below, and `logger`, `account`, "
        "`trace` where they are known. Levels: *debug* is detail, *info* says that something "
        "changed, *warning* heals by itself, *error* wants a person.",
        "Identifiers, counts, moments and states are written as they are. Sentences are *masked*: "
        "credentials, addresses, long numbers and words in other than Latin letters are cut out. "
        "Keys marked *n* are shown if they are numbers or moments; a text there becomes a hash "
        "that tells two values apart within one run "
        "([decision 7](../decisions/0007-structlog-behind-an-allow-list.md)). The journal has the "
        "full words: `westsync journal show KEY`.",
        *blocks,
    )


def log_calls() -> Iterator[LogCall]:
    """Yield every log call of the package, by file and line.

    Raises:
        ValueError: The name of an event is not written out, so that nobody could look it up.
    """
    for path in sorted((ROOT / "westsync").rglob("*.py")):
        module = path.relative_to(ROOT).as_posix()
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        for node in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
            level = _level(node.func)
            if level is None:
                continue
            event = node.args[0] if node.args else None
            name = event.value if isinstance(event, ast.Constant) else None
            if not isinstance(name, str):
                raise ValueError(f"{module}:{node.lineno}: write the event's name out")  # noqa: TRY004 - of the code that is read, not of an argument
            keys = tuple(word.arg for word in node.keywords if word.arg is not None)
            yield LogCall(event=name, level=level, keys=keys, module=module)


def _level(called: ast.expr) -> str | None:
    """Return the level of ``log.info``, ``_log.info`` and ``self._log.info``; else None."""
    if not isinstance(called, ast.Attribute) or called.attr not in _LEVELS:
        return None
    logger = called.value
    name = logger.attr if isinstance(logger, ast.Attribute) else getattr(logger, "id", None)
    if name not in _LOGGERS:
        return None
    return "error" if called.attr == "exception" else called.attr


def _row(event: str, calls: list[LogCall]) -> tuple[str, str, str, str, str]:
    keys = dict.fromkeys(key for call in calls for key in call.keys)
    return (
        code(event),
        " ".join(_once(call.level for call in calls)),
        EVENT_PROSE.get(event, ""),
        ", ".join(code(key) + _SHOWN[promised(key)] for key in keys),
        " ".join(
            f"[{Path(module).stem}](../../{module})" for module in _once(c.module for c in calls)
        ),
    )


def _once(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))

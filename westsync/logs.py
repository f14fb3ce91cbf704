"""Log lines: one event, one line, on stderr; coloured text on a terminal, JSON otherwise.

An event is named ``area.past_participle``; its values are keys, and only values that
`westsync.redaction` lets pass are written. Nothing here imports more than the standard library,
so that modules may take a logger at import and `--help` stays quick (decisions 0007).
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal

from westsync.redaction import allowed, described, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

LogFormat = Literal["auto", "console", "json"]
"""Values of the setting ``log.format`` (design 4)."""

Level = Literal["debug", "info", "warning", "error"]

_WEIGHT: Final[Mapping[Level, int]] = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_SYSLOG: Final[Mapping[Level, str]] = {
    "debug": "<7>",
    "info": "<6>",
    "warning": "<4>",
    "error": "<3>",
}
_COLOUR: Final[Mapping[Level, str]] = {"debug": "2", "info": "32", "warning": "33", "error": "31"}
_RESERVED: Final = frozenset({"at", "level", "event", "logger", "trace"})


class Logger:
    """Writes events of one module; cheap to make and safe to keep at module level."""

    __slots__ = ("_name", "_values")

    def __init__(self, name: str, values: Mapping[str, object] | None = None) -> None:
        """Prefer `get_logger`."""
        self._name = name
        self._values = dict(values or {})

    def bind(self, **values: object) -> Logger:
        """Return a logger that adds these values to every line, e.g. ``account="main"``."""
        return Logger(self._name, {**self._values, **values})

    def debug(self, event: str, /, **values: object) -> None:
        """Write a detail that only somebody who searches for a mistake wants to see."""
        _output.write("debug", self._name, event, {**self._values, **values})

    def info(self, event: str, /, **values: object) -> None:
        """Write that something changed."""
        _output.write("info", self._name, event, {**self._values, **values})

    def warning(self, event: str, /, **values: object) -> None:
        """Write about something that heals by itself."""
        _output.write("warning", self._name, event, {**self._values, **values})

    def error(self, event: str, /, **values: object) -> None:
        """Write that a person must act."""
        _output.write("error", self._name, event, {**self._values, **values})

    def exception(self, event: str, /, **values: object) -> None:
        """Write an error with the exception in hand: its kind, its causes and where it came from.

        Frames are told as ``file:line function``; no locals and no foreign message texts.
        """
        found = sys.exception()
        told = {**self._values, "error": found, **values}
        _output.write("error", self._name, event, told, trace=tuple(_frames(found)))


class _Output:
    """Where lines go and what they look like; one per process."""

    def __init__(self) -> None:
        self._format: LogFormat = "auto"
        self._threshold = _WEIGHT["warning"]  # until `configure`: a library is quiet
        self._lock = threading.Lock()

    def configure(self, log_format: LogFormat, verbosity: int) -> None:
        self._format = log_format
        self._threshold = _WEIGHT["info"] - 10 * verbosity

    def write(
        self,
        level: Level,
        name: str,
        event: str,
        values: Mapping[str, object],
        trace: Sequence[str] = (),
    ) -> None:
        if _WEIGHT[level] < self._threshold:
            return
        shown = {
            key: allowed(key, value)
            for key, value in values.items()
            if key.isidentifier() and key.isascii() and key not in _RESERVED
        }
        if trace:
            shown["trace"] = list(trace)
        # A full disk or a restarting journald must not stop a duty that is being done.
        with contextlib.suppress(OSError, ValueError):
            self._print(level, name, one_line(event)[:100], shown)

    def _print(self, level: Level, name: str, event: str, shown: Mapping[str, object]) -> None:
        stream = sys.stderr
        if stream is None:
            return
        # The machine's clock, whatever clock the program runs on: a log line is evidence.
        stamp = datetime.fromtimestamp(time.time_ns() / 1e9, UTC)
        terminal = stream.isatty()
        if self._format == "console" or (self._format == "auto" and terminal):
            line = _console(stamp, level, event, shown, colour=terminal)
        else:
            head = {"at": stamp.isoformat(timespec="milliseconds"), "level": level}
            line = json.dumps({**head, "event": event, "logger": name, **shown}, default=str)
            if _reaches_journald():
                line = _SYSLOG[level] + line
        with self._lock:
            stream.write(line + "\n")
            stream.flush()


_output: Final = _Output()


def get_logger(name: str) -> Logger:
    """Return the logger of a module.

    Args:
        name: ``__name__`` of the module; stands in every JSON line as ``logger``.
    """
    return Logger(name)


def configure(log_format: LogFormat = "auto", verbosity: int = 0) -> None:
    """Choose form and detail of the lines, and take over what libraries log.

    Args:
        log_format: ``console``, ``json``, or ``auto``: console if stderr is a terminal.
        verbosity: 0 shows info and above, 1 (``-v``) also debug, -1 only warnings and errors.
    """
    _output.configure(log_format, verbosity)
    _take_over_libraries()


def _take_over_libraries() -> None:
    """Let warnings of libraries through as events that name the place and not the content.

    zeep logs whole bodies and HTTP clients log URLs, so the text of a library's record is told
    only where it is a template of its code and the values stand apart in ``args``.
    """
    import logging  # noqa: PLC0415 - costs a third of the bare interpreter's start; --help is quick

    class Bridge(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            raised = record.exc_info[1] if record.exc_info else None
            values: dict[str, object] = {
                "component": record.name,
                "place": f"{record.module}:{record.lineno}",
            }
            if record.args and isinstance(record.msg, str):
                values["note"] = record.msg
            if raised is not None:
                values["error"] = raised
            level: Level = "error" if record.levelno >= logging.ERROR else "warning"
            _output.write(level, "library", "library.warned", values, tuple(_frames(raised)))

    logging.basicConfig(level=logging.WARNING, handlers=[Bridge()], force=True)


def _frames(error: BaseException | None) -> Iterator[str]:
    """Yield where an error came from, outermost call first, then the same for its causes."""
    seen = error
    while seen is not None:
        step = seen.__traceback__
        while step is not None:
            code = step.tb_frame.f_code
            yield f"{_short(code.co_filename)}:{step.tb_lineno} {code.co_name}"
            step = step.tb_next
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
        if seen is not None:
            yield f"caused by {described(seen)}"


def _short(path: str) -> str:
    """Cut a path down to what is the same on every machine."""
    for root in ("site-packages", "westsync"):
        _, found, rest = path.rpartition(f"/{root}/")
        if found:
            return rest if root == "site-packages" else f"{root}/{rest}"
    return os.path.basename(path)  # noqa: PTH119 - pathlib is not worth its import here


def _console(
    stamp: datetime, level: Level, event: str, values: Mapping[str, object], *, colour: bool
) -> str:
    """Render for eyes: local time, level, event, then ``key=value``."""
    word = f"{level:<7}"
    if colour and not os.environ.get("NO_COLOR"):
        word = f"\x1b[{_COLOUR[level]}m{word}\x1b[0m"
    told = " ".join(f"{key}={_bare(value)}" for key, value in values.items())
    return f"{stamp.astimezone():%H:%M:%S} {word} {event:<24} {told}".rstrip()


def _bare(value: object) -> str:
    """Write a plain word without quotes and everything else as JSON, which stays on one line."""
    if isinstance(value, str) and value and " " not in value and value.isascii():
        return value
    return json.dumps(value, ensure_ascii=True, default=str)


def _reaches_journald() -> bool:
    """Tell whether stderr is journald itself, which then takes the ``<priority>`` off the line.

    The environment names device and inode of that stream (systemd.exec(5), ``JOURNAL_STREAM``).
    """
    told = os.environ.get("JOURNAL_STREAM")
    if not told:
        return False
    try:
        status = os.fstat(2)
    except OSError:
        return False
    return told == f"{status.st_dev}:{status.st_ino}"

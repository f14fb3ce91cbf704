"""Log lines: structlog, configured so that an event is one line on stderr with nobody's data in it.

Modules write ``log = structlog.get_logger()`` and ``log.info("intent.done", key=...)``: an event is
named ``area.past_participle``, its values are keys, and only values that `westsync.redaction` lets
pass are written. Importing this module makes every such logger safe and quiet (warnings and
errors); `configure` then chooses form and detail. Commands import it when they run, because
structlog costs more than `--help` may (decisions 0007).

What all lines of a piece of work carry is bound once, around it, in the same thread::

    with structlog.contextvars.bound_contextvars(account="main"): ...
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
import threading
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal

import structlog

from westsync.redaction import allowed, described, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import CodeType

    from structlog.typing import EventDict

LogFormat = Literal["auto", "console", "json"]
"""Values of the setting ``log.format`` (design 4)."""

_WEIGHT: Final = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
    "critical": logging.CRITICAL,
}
_SYSLOG: Final = {"debug": 7, "info": 6, "warning": 4, "error": 3, "critical": 2}
_COLOUR: Final = {"debug": 2, "info": 32, "warning": 33, "error": 31, "critical": 31}
_MAX_EVENT: Final = 100
_HEAD: Final = ("at", "level", "event", "logger", "trace")
"""Keys that only this module fills; a value of that name is dropped."""


class _Lines:
    """The chain of processors behind every logger; one per process."""

    def __init__(self) -> None:
        self._form: LogFormat = "auto"
        self._threshold = logging.WARNING

    def choose(self, form: LogFormat, threshold: int) -> None:
        self._form, self._threshold = form, threshold

    def wanted(self, _logger: object, method: str, event_dict: EventDict) -> EventDict:
        """Stop a line that is below the threshold.

        structlog would filter by the class of the logger, but loggers are made once and cached,
        and a reload or ``-v`` must reach those that have written already.
        """
        if _WEIGHT[method] < self._threshold:
            raise structlog.DropEvent
        return event_dict

    def rendered(self, _logger: object, _method: str, event_dict: EventDict) -> str:
        """Turn a redacted event into its line: JSON for machines, words for eyes."""
        terminal = _is_terminal()
        if self._form == "console" or (self._form == "auto" and terminal):
            return _console(event_dict, colour=terminal and not os.environ.get("NO_COLOR"))
        priority = f"<{_SYSLOG[event_dict['level']]}>" if _reaches_journald() else ""
        return priority + json.dumps(event_dict, default=str)


class _Stderr:
    """The end of the chain: today's stderr, whole lines, and never an error.

    A full disk, a closed terminal or a restarting journald must not stop a duty that is being done.
    """

    _lock: Final = threading.Lock()

    def __init__(self, name: str | None = None) -> None:
        self.name = name

    def write(self, line: str) -> None:
        with self._lock, contextlib.suppress(OSError, ValueError):
            if sys.stderr is not None:  # pythonw and a daemon that closed its streams have none
                sys.stderr.write(line + "\n")
                sys.stderr.flush()

    debug = info = warning = error = critical = write


class _Libraries(logging.Handler):
    """Lets warnings of libraries through as events that name the place and not the content.

    zeep logs whole bodies and HTTP clients log URLs, so the text of a library's record is told
    only where it is a template of its code and the values stand apart in ``args``.
    """

    _log = structlog.get_logger("library")

    def emit(self, record: logging.LogRecord) -> None:
        told: dict[str, object] = {
            "component": record.name,
            "place": f"{record.module}:{record.lineno}",
        }
        if record.args and isinstance(record.msg, str):
            told["note"] = record.msg
        if record.exc_info:
            told["exc_info"] = record.exc_info[1]
        if record.levelno >= logging.ERROR:
            self._log.error("library.failed", **told)
        else:
            self._log.warning("library.warned", **told)


_lines: Final = _Lines()
_libraries: Final = _Libraries(logging.WARNING)


def configure(log_format: LogFormat = "auto", verbosity: int = 0) -> None:
    """Choose form and detail of all lines from now on, also of loggers that exist already.

    Args:
        log_format: ``console``, ``json``, or ``auto``: console if stderr is a terminal.
        verbosity: 0 shows info and above, 1 (``-v``) also debug, -1 only warnings and errors.
    """
    _lines.choose(log_format, logging.INFO - 10 * verbosity)
    _take_over()


def _take_over() -> None:
    """Put our chain behind structlog and our handler behind the standard library's logging.

    A library that brings handlers of its own (uvicorn) must be told not to: ``log_config=None``.
    """
    structlog.configure(
        processors=[
            _lines.wanted,
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            _redacted,
            _lines.rendered,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
        logger_factory=_Stderr,
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    if _libraries not in root.handlers:
        root.addHandler(_libraries)


def _redacted(logger: _Stderr, _method: str, event_dict: EventDict) -> EventDict:
    """Keep of an event only what may be written, head first."""
    raised = _raised(event_dict.pop("exc_info", None))
    if raised is not None:
        event_dict.setdefault("error", raised)
    line: EventDict = {
        "at": event_dict["at"],
        "level": event_dict["level"],
        "event": one_line(str(event_dict["event"]))[:_MAX_EVENT],
    }
    if logger.name:
        line["logger"] = logger.name
    for key, value in event_dict.items():
        if key.isidentifier() and key.isascii() and key not in _HEAD:
            line[key] = allowed(key, value)
    if raised is not None:
        line["trace"] = list(_frames(raised))
    return line


def _raised(exc_info: object) -> BaseException | None:
    """Return the exception a line is about; ``log.exception`` says True, others hand it over."""
    if isinstance(exc_info, BaseException):
        return exc_info
    return sys.exception() if exc_info else None


def _frames(error: BaseException) -> Iterator[str]:
    """Yield where an error came from, outermost call first, then the same for its causes.

    Frames are told as ``file:line function``: no locals and no foreign message texts.
    """
    seen: BaseException | None = error
    told: set[int] = set()
    while seen is not None and id(seen) not in told:
        told.add(id(seen))
        step = seen.__traceback__
        while step is not None:
            code = step.tb_frame.f_code
            yield f"{_origin(code)}:{step.tb_lineno} {code.co_name}"
            step = step.tb_next
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
        if seen is not None:
            yield f"caused by {described(seen)}"


def _origin(code: CodeType) -> str:
    """Cut a path down to what is the same on every machine."""
    for root in ("site-packages", "westsync"):
        _, found, rest = code.co_filename.rpartition(f"/{root}/")
        if found:
            return rest if root == "site-packages" else f"{root}/{rest}"
    return code.co_filename.rpartition("/")[2]


def _console(event_dict: Mapping[str, object], *, colour: bool) -> str:
    """Render for eyes: local time, level, event, then ``key=value``."""
    moment = datetime.fromisoformat(str(event_dict["at"])).astimezone()
    level = str(event_dict["level"])
    word = f"{level:<7}"
    if colour:
        word = f"\x1b[{_COLOUR[level]}m{word}\x1b[0m"
    told = " ".join(
        f"{key}={_bare(value)}"
        for key, value in event_dict.items()
        if key == "trace" or key not in _HEAD
    )
    return f"{moment:%H:%M:%S} {word} {event_dict['event']!s:<24} {told}".rstrip()


def _bare(value: object) -> str:
    """Write a plain word without quotes and everything else as JSON, which stays on one line."""
    if isinstance(value, str) and value and " " not in value and value.isascii():
        return value
    return json.dumps(value, ensure_ascii=True, default=str)


def _is_terminal() -> bool:
    try:
        return sys.stderr is not None and sys.stderr.isatty()
    except ValueError:  # it was closed
        return False


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


_take_over()  # so that nothing is written unredacted before `configure`, or without it

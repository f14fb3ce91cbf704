"""From arguments to an exit code; every foreseen error is one line on stderr."""

from __future__ import annotations

import signal
import sys
from importlib import import_module
from typing import NoReturn

from westsync.cli.parser import parse

DONE, FOUND, USAGE, UNAVAILABLE, BUG, LATER, DENIED, CONFIG = 0, 1, 64, 69, 70, 75, 77, 78
_INTERRUPTED = 130
_PIPE_CLOSED = 141
_TERMINATED = 143


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    if argv is None:  # a process of our own; servers and the daemon have handlers of theirs
        signal.signal(signal.SIGTERM, _terminate)
    args = parse(sys.argv[1:] if argv is None else argv)
    try:
        code: int = import_module(args.module).run(args)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return _PIPE_CLOSED
    except Exception as exc:  # noqa: BLE001 - the last fence: a person sees one line, not a stack
        return _failed(exc, verbose=bool(args.verbose))
    return code


def _terminate(*_: object) -> NoReturn:
    """End as after Ctrl-C, so that what a command put into the temporary directory is removed."""
    raise SystemExit(_TERMINATED)


def _failed(exc: Exception, *, verbose: bool) -> int:
    from westsync import errors  # noqa: PLC0415 - only a failing command needs the error tree

    codes: tuple[tuple[type[Exception], int], ...] = (
        (errors.ConfigError, CONFIG),
        (errors.StateError, CONFIG),
        (errors.LockHeld, LATER),
        (errors.GuardTripped, FOUND),
        (errors.AccessDenied, DENIED),
        (errors.Unavailable, UNAVAILABLE),
        (errors.ConnectorError, UNAVAILABLE),
        (UsageError, USAGE),
    )
    for kind, code in codes:
        if isinstance(exc, kind):
            sys.stderr.write(f"{exc}\n")
            return code
    sys.stderr.write(f"westsync: internal error: {type(exc).__name__}; please report it\n")
    if verbose:
        import traceback  # noqa: PLC0415 - as above

        traceback.print_exc()
    else:
        sys.stderr.write("run again with -v to see where\n")
    return BUG


class UsageError(Exception):
    """The command cannot be run like this (exit 64)."""

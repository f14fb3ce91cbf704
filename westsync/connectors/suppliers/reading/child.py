"""The limited process that reads one untrusted file (suppliers contract 11).

Run as ``python -m westsync.connectors.suppliers.reading.child PARENT``, with the process id of our
parent, for we do not outlive it. The task comes on standard input, pickled by that parent; the
result leaves on standard output as JSON, because whoever has taken over this process must not be
able to hand the parent objects.
"""

from __future__ import annotations

import gc
import pickle
import sys
from typing import TYPE_CHECKING

import msgspec

from westsync.connectors.suppliers.reading.limits import confine, die_with
from westsync.connectors.suppliers.reading.pipeline import Task, read_file
from westsync.connectors.suppliers.reading.results import FileRefused, Reading, Refusal, RefusalCode

if TYPE_CHECKING:
    from collections.abc import Callable

READ, REFUSED, FAILED = 0, 3, 1
"""Exit codes: a `Reading`, or a `Refusal`, is on standard output; or nothing is."""


def main() -> int:
    """Read the task, confine the process, read the file, print what came of it."""
    die_with(int(sys.argv[1]))
    task = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by our own parent, never by a supplier
    assert isinstance(task, Task)  # noqa: S101 - as above
    confine(task.profile.limits)
    # Short-lived and without cycles to speak of: collecting them only costs time.
    gc.disable()
    code, result = _outcome(lambda: read_file(task))
    sys.stdout.buffer.write(msgspec.json.encode(result))
    return code


def _outcome(read: Callable[[], Reading]) -> tuple[int, Reading | Refusal]:
    """Return the exit code and what to print."""
    try:
        return READ, read()
    except FileRefused as refused:
        return REFUSED, refused.refusal
    except MemoryError:
        return REFUSED, Refusal(
            code=RefusalCode.READER_CRASHED,
            detail="reading took more memory than allowed; raise limits.memory_mib if it is honest",
        )


if __name__ == "__main__":
    sys.exit(main())

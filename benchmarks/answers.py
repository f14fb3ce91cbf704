"""What a measured process says it did, so that a wrong answer is never called fast."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The outcome of a pull.

    Attributes:
        count: Deals in the database.
        digest: Of every id with the moment of its last change.
        requests: Requests for pages of deals.
        rss_mb: Peak memory of the process, in megabytes.
    """

    count: int
    digest: str
    requests: int
    rss_mb: float

    @classmethod
    def of(cls, changed: Mapping[str, str], *, requests: int, rss_mb: float) -> Answer:
        """Make the answer from id -> ISO moment of the last change."""
        lines = "\n".join(f"{name} {changed[name]}" for name in sorted(changed))
        digest = hashlib.sha256(lines.encode()).hexdigest()[:16]
        return cls(count=len(changed), digest=digest, requests=requests, rss_mb=rss_mb)

    @classmethod
    def from_output(cls, output: str) -> Answer:
        """Read the answer from the last line that a process printed."""
        return cls(**json.loads(output.splitlines()[-1]))

    def agrees_with(self, other: Answer) -> bool:
        """Whether the same was copied."""
        return (self.count, self.digest) == (other.count, other.digest)

    def to_json(self) -> str:
        """Return one line of JSON."""
        return json.dumps(asdict(self))


def peak_rss_mb() -> float:
    """Return the peak memory of this process in megabytes.

    From ``/proc``, because ``ru_maxrss`` of a child begins with the memory of its parent.
    """
    status = Path("/proc/self/status").read_text("ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    if found is None:
        raise RuntimeError("/proc/self/status names no VmHWM; peak memory needs Linux")
    return int(found.group(1)) / 1024

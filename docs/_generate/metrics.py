"""docs/reference/metrics.md: every metric that /metrics exposes, from the table it is made from."""

from __future__ import annotations

from docs._generate.markdown import code, page, table
from westsync.web.metrics import METRICS


def metrics_page() -> str:
    """Return the page."""
    rows = (
        (code(one.name), one.kind, " ".join(code(label) for label in one.labels), one.means)
        for one in METRICS
    )
    return page(
        "Metrics",
        ["westsync/web/metrics.py"],
        "`GET /metrics`, in the text form of Prometheus, where `http.listen` is set "
        "([how to watch the daemon](../howto/watch.md)). Labels hold names from the configuration, "
        "states and counts; nothing that a person typed into Megaplan.",
        "Counters begin at 0 with each start of the daemon, those of requests also with each "
        "reload. A metric without a value (a source that was never read) is missing.",
        table(["metric", "kind", "labels", "means"], rows),
    )

"""westsync's own first pull: the real connector into the real mirror, nothing left out.

Run ``python -m benchmarks.peers.westsync_pull URL DATABASE``; the last line is its answer.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.answers import Answer, peak_rss_mb
from benchmarks.generation import FIELDS, PROGRAM
from westsync.clocks import SystemClock
from westsync.connectors.megaplan.config import MegaplanConfig
from westsync.connectors.megaplan.reader import MegaplanReader
from westsync.connectors.megaplan.session import open_session
from westsync.journal.opening import open_state
from westsync.journal.store import SqliteStore

UNPACED = 1_000_000.0  # requests per second: the server of this measurement has no limit


def pull(url: str, path: str) -> Answer:
    """Walk all deals and keep every page, one transaction each, at ``synchronous=FULL``."""
    clock = SystemClock()
    config = MegaplanConfig(
        account="main",
        url=url,
        programs={"sales": PROGRAM},
        fields=FIELDS,
        requests_per_second=UNPACED,
    )
    database = open_state(Path(path), clock, machine="")
    store = SqliteStore(database, "main")
    session = open_session(config, "an application token", clock=clock, store=store.tokens)
    pages = 0
    for page in MegaplanReader(session, config).changed_deals(None):
        store.mirror.keep_page(page, clock.now())
        pages += 1
    session.close()
    changed: dict[str, str] = {}
    after = ""
    while rows := database.rows(
        "SELECT id, json_extract(CAST(record AS TEXT), '$.updated_at') FROM deal"
        " WHERE account = 'main' AND id > ? ORDER BY id LIMIT 1000",
        (after,),
    ):
        changed |= {name: moment.replace("Z", "+00:00") for name, moment in rows}
        after = rows[-1][0]
    database.close()
    return Answer.of(changed, requests=pages, rss_mb=peak_rss_mb())


if __name__ == "__main__":
    print(pull(sys.argv[1], sys.argv[2]).to_json())

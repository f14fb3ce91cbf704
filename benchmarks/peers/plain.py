"""The script that somebody would write in an hour: every page through ``resp.json()`` into SQLite.

Run ``python -m benchmarks.peers.plain URL DATABASE``; the last line of the output is its answer.
"""

from __future__ import annotations

import json
import sys

import httpx
import sqlite_utils

from benchmarks.answers import Answer, peak_rss_mb

LIMIT = 100


def pull(url: str, path: str) -> Answer:
    """Copy all deals of the account into a table."""
    database = sqlite_utils.Database(path)
    database.enable_wal()
    pages = 0
    after = None
    with httpx.Client(base_url=url) as client:
        while True:
            query: dict[str, str | int] = {"limit": LIMIT} | ({"after": after} if after else {})
            reply = client.get("/api/v3/deal", params=query)
            reply.raise_for_status()
            page = reply.json()
            pages += 1
            database.table("deal").upsert_all(page["data"], pk="id")
            if not page["meta"]["pagination"]["hasMoreNext"]:
                break
            after = page["data"][-1]["id"]
    rows = database.query("SELECT id, timeUpdated FROM deal")
    changed = {row["id"]: json.loads(row["timeUpdated"])["value"] for row in rows}
    return Answer.of(changed, requests=pages, rss_mb=peak_rss_mb())


if __name__ == "__main__":
    print(pull(sys.argv[1], sys.argv[2]).to_json())

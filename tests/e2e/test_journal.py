"""What was done, by whom and why, can be read back; and a hand in the log is noticed."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from tests.e2e.office import SOURCE

if TYPE_CHECKING:
    from tests.e2e.office import Office


def a_task_made(office: Office) -> str:
    """Let a cycle make a task and return the key of its intent."""
    client = office.world.create_client(first="Пётр", last="Сидоров", phones=["+79990000001"])
    office.world.create_deal(
        name="Yamaha DTX6", client=client, manager="ivanov", fields={SOURCE: "Сайт"}
    )
    office.cycle(office.at(9, 5))
    found = json.loads(office.run("journal", "list", "--state", "done", "--json").stdout)
    return str(found[0]["key"])


def test_an_intent_shows_its_whole_history_in_order(office: Office) -> None:
    key = a_task_made(office)

    shown = json.loads(office.run("journal", "show", key, "--json").stdout)
    told = office.run("journal", "show", key).stdout

    assert [row["what"] for row in shown["history"]] == ["recorded", "acting", "done"]
    assert shown["history"][-1]["ref"] == shown["ref"]
    assert told.index(" recorded ") < told.index(" acting ") < told.index(" done ")


def test_a_log_that_nobody_touched_is_sound_and_a_changed_line_is_named(office: Office) -> None:
    a_task_made(office)

    sound = office.run("journal", "verify")
    with closing(sqlite3.connect(office.config / "westsync.db")) as meddler, meddler:
        meddler.execute("DROP TRIGGER audit_keeps")
        meddler.execute("UPDATE audit SET actor = 'nobody' WHERE number = 2")
    changed = office.run("journal", "verify")

    assert (sound.returncode, sound.stdout) == (
        0,
        "the audit log is sound: every line fits the one before it\n",
    )
    assert changed.returncode == 1
    assert "line 2 does not fit the one before it" in changed.stdout

"""What an administrator sees of rules before they are live, on the past and on the present."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.office import SOURCE
from westsync.sandbox import breaches

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.office import Office

P1 = "p1-secretary.yaml"


@pytest.fixture
def draft(office: Office, tmp_path: Path) -> Path:
    """Return a copy of the shipped rules in which the first call has more time."""
    directory = tmp_path / "draft"
    shutil.copytree(office.config / "rules", directory, ignore=shutil.ignore_patterns("tests"))
    text = (directory / P1).read_text(encoding="utf-8")
    changed = text.replace("        after: 5m\n        always: true", "        after: 8m", 1)
    assert changed != text
    (directory / P1).write_text(changed, encoding="utf-8")
    return directory


def a_request(office: Office) -> str:
    client = office.world.create_client(first="Пётр", last="Сидоров", phones=["+79990000001"])
    return office.world.create_deal(
        name="Yamaha DTX6", client=client, manager="ivanov", fields={SOURCE: "Сайт"}
    )


def a_morning(office: Office) -> str:
    """Let a request come at nine, wait for its call, and get it at twenty past."""
    deal = a_request(office)
    with office.opened(office.at(9)) as drive:
        for minute in range(1, 20):
            drive.go_to(office.at(9, minute))
        office.world.clock.set(office.at(9, 20))
        office.world.comment(deal, by="sidorova", text="Созвонились, ждёт менеджера")
        drive.go_to(office.at(9, 21))
        drive.go_to(office.at(9, 27))
    return deal


def json_of(office: Office, *args: str, code: int = 0) -> Any:
    done = office.run("--json", *args)
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout)


def first_contact(document: Any) -> Any:
    return next(rule for rule in document["rules"] if rule["rule"] == "first-contact")


def test_a_simulation_of_the_present_rules_finds_what_they_did_and_writes_nothing(
    office: Office,
) -> None:
    a_morning(office)
    before = len(office.world.requests)

    (found,) = json_of(office, "simulate", "--from", "2026-11-24", "--to", "2026-11-24")

    rule = first_contact(found)
    assert rule["actions"] == {"notify": 1, "task.close": 1, "task.ensure": 1}
    assert rule["first"] == office.at(9, 5).isoformat()
    assert rule["last"] == office.at(9, 10).isoformat()
    assert rule["by_day"] == {"2026-11-24": 2}
    people = {one["person"]: one["fires"] for one in found["people"]}
    assert people["sidorova"] >= 1
    assert office.requests_since(before) == []


def test_a_draft_is_simulated_instead_of_the_rules_and_shown_to_people(
    office: Office, draft: Path
) -> None:
    a_morning(office)

    (found,) = json_of(
        office, "simulate", "--from", "2026-11-24", "--to", "2026-11-24", "--rules", str(draft)
    )
    shown = office.run("simulate", "--from", "2026-11-24", "--to", "2026-11-24")

    assert first_contact(found)["first"] == office.at(9, 8).isoformat()
    assert shown.returncode == 0, shown.stderr
    assert "first-contact" in shown.stdout
    assert "09:00" in shown.stdout


def test_a_past_moment_is_explained_from_the_record_or_decided_again(office: Office) -> None:
    deal = a_morning(office)
    args = ("explain", "deal", deal, "--rule", "first-contact")

    (early,) = json_of(office, *args, "--at", "2026-11-24T09:03")
    (then,) = json_of(office, *args, "--at", "2026-11-24T09:05:30")
    (now,) = json_of(office, *args, "--at", "2026-11-24T09:30")

    assert [(doc["rules"][0]["source"], doc["rules"][0]["verdict"]) for doc in (early, then)] == [
        ("recomputed", "true"),
        ("stored", "true"),
    ]
    assert now["rules"][0]["source"] == "observed"
    assert not any(step["fired"] for step in early["rules"][0]["steps"])
    assert early["journal"] == []
    assert [entry["step"] for entry in then["journal"]] == ["call"]


def test_a_past_in_which_nothing_was_recorded_is_said_so(office: Office) -> None:
    deal = a_morning(office)

    done = office.run("explain", "deal", deal, "--at", "2026-11-01T10:00")

    assert done.returncode == 1
    assert "recorded since 24.11.2026" in done.stderr


def test_a_draft_shows_moved_times_and_reads_the_account_once(office: Office, draft: Path) -> None:
    a_request(office)
    office.cycle(office.at(9, 2))
    office.world.clock.set(office.at(9, 3))
    before = len(office.world.requests)

    found = json_of(
        office, "plan", "--rules", str(draft), "--at", office.at(9, 3).isoformat(), code=1
    )

    asked = office.requests_since(before)
    assert (found["new"], found["gone"]) == ([], [])
    (moved,) = found["moved"]
    assert (moved["rule"], moved["step"]) == ("first-contact", "call")
    assert moved["due_before"].startswith("2026-11-24T06:05")
    assert moved["due"].startswith("2026-11-24T06:08")
    assert not [line for line in asked if line.startswith("POST") and "bulk" not in line]
    assert asked.count("GET /api/v3/deal") <= 3  # one look, and an idle poll of each rule set
    assert list(breaches(office.world.requests)) == []


def test_what_is_due_by_one_set_and_later_by_the_other_has_moved(
    office: Office, draft: Path
) -> None:
    a_request(office)
    office.cycle(office.at(9, 2))
    at = office.at(9, 6)
    office.world.clock.set(at)

    found = json_of(office, "plan", "--rules", str(draft), "--at", at.isoformat(), code=1)

    assert (found["new"], found["gone"]) == ([], [])
    (moved,) = found["moved"]
    assert (moved["step"], moved["state"]) == ("call", "ahead")


def test_a_rule_that_is_added_or_taken_away_is_new_or_gone(office: Office, draft: Path) -> None:
    a_request(office)
    office.cycle(office.at(9, 2))
    office.world.clock.set(office.at(9, 6))
    (draft / P1).unlink()
    at = (office.at(9, 6) + timedelta(seconds=1)).isoformat()

    found = json_of(office, "plan", "--rules", str(draft), "--at", at, code=1)

    assert {item["rule"] for item in found["gone"]} >= {"first-contact"}
    assert not [item for item in found["new"] if item["rule"] == "first-contact"]


def test_the_same_rules_show_no_difference(office: Office) -> None:
    a_request(office)
    office.cycle(office.at(9, 2))
    at = office.at(9, 6).isoformat()
    office.world.clock.set(office.at(9, 6))

    done = office.run("plan", "--rules", str(office.config / "rules"), "--at", at)

    assert (done.returncode, done.stdout) == (0, "no difference\n"), done.stdout + done.stderr

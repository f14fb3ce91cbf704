"""``simulate``, ``plan --rules``: what is refused, and how two plans are told apart."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from westsync.cli.main import main
from westsync.cli.plan_difference import AHEAD, show_difference

if TYPE_CHECKING:
    from westsync.cli.plan_difference import Item

SHIPPED = Path(__file__).parents[3] / "config"


@pytest.mark.parametrize(
    "args",
    [
        ("simulate", "--from", "2026-11-25", "--to", "2026-11-24"),
        ("simulate", "--from", "yesterday", "--to", "2026-11-24"),
        ("simulate", "--from", "2026-11-24", "--to", "2026-11-24", "--rules", "nowhere"),
        ("simulate", "--from", "2026-11-24", "--to", "2026-11-24", "--account", "other"),
        ("plan", "--rules", "nowhere"),
        ("plan", "--rules", ".", "--from", "plan.json"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(
    args: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["--config", str(SHIPPED), *args])

    said = capsys.readouterr()
    assert (code, said.out) == (64, "")
    assert len(said.err.strip().splitlines()) == 1


def test_a_state_that_is_not_there_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path))

    code = main(
        ["--config", str(SHIPPED), "simulate", "--from", "2026-11-24", "--to", "2026-11-24"]
    )

    assert code == 78
    assert "does not exist yet" in capsys.readouterr().err


def an_item(key: str, *, step: str = "call", due: str | None = None, state: str = "new") -> Item:
    return {
        "key": key,
        "account": "main",
        "rule": "first-contact",
        "object": "deal-43",
        "step": step,
        "kind": "task.ensure",
        "to": ["sidorova"],
        "title": "Позвонить",
        "text": "",
        "due": due,
        "state": state,
    }


def difference(
    before: list[Item], after: list[Item], capsys: pytest.CaptureFixture[str]
) -> tuple[int, dict[str, list[Item]]]:
    code = show_difference({"intents": before}, {"intents": after}, as_json=True)
    return code, json.loads(capsys.readouterr().out)


def test_equal_plans_do_not_differ(capsys: pytest.CaptureFixture[str]) -> None:
    plan = [an_item("a"), an_item("b", step="to-head", due="10:00")]

    code, found = difference(plan, plan, capsys)

    assert (code, found) == (0, {"gone": [], "new": [], "moved": []})


def test_what_is_only_in_one_plan_is_new_or_gone(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = difference([an_item("a", step="x")], [an_item("b", step="y")], capsys)

    assert code == 1
    assert [item["key"] for item in found["gone"]] == ["a"]
    assert [item["key"] for item in found["new"]] == ["b"]


def test_another_due_time_is_a_move(capsys: pytest.CaptureFixture[str]) -> None:
    _, found = difference([an_item("a", due="10:00")], [an_item("a", due="10:30")], capsys)

    assert [(item["due_before"], item["due"]) for item in found["moved"]] == [("10:00", "10:30")]
    assert (found["gone"], found["new"]) == ([], [])


def test_a_step_that_is_due_now_and_was_ahead_has_moved_with_all_its_actions(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ahead = an_item("step", due="10:30", state=AHEAD)
    actions = [an_item("task", due="10:10"), an_item("notice")]

    _, sooner = difference([ahead], actions, capsys)
    _, later = difference(actions, [ahead], capsys)

    assert [item["due_before"] for item in sooner["moved"]] == ["10:30", "10:30"]
    assert [item["key"] for item in later["moved"]] == ["step"]
    assert sooner["gone"] == sooner["new"] == later["gone"] == later["new"] == []


def test_people_see_a_sign_for_each_kind_of_difference(
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = [an_item("a", step="x"), an_item("c", step="z", due="10:00")]
    after = [an_item("b", step="y"), an_item("c", step="z", due="10:30")]

    show_difference({"intents": before}, {"intents": after}, as_json=False)

    signs = [line.split()[0] for line in capsys.readouterr().out.splitlines()[1:]]
    assert signs == ["-", "+", "~"]

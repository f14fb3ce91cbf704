"""Promises of ``westsync report`` and ``explain report``: the real command over real HTTP."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from tests.e2e.office import SOURCE, Office, an_office

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AT = ("--at", "2026-11-24T19:30")


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office after a day: a request, a call, a paid bill, a cycle in the morning."""
    with an_office(tmp_path_factory.mktemp("office")) as office:
        world = office.world
        deals = []
        for number, source in enumerate(("Сайт", "Входящий звонок")):
            client = world.create_client(
                first="Пётр", last="Сидоров", phones=[f"+7999000000{number}"]
            )
            fields = {SOURCE: source}
            deals.append(
                world.create_deal(name="=1+1", client=client, manager="ivanov", fields=fields)
            )
        office.cycle(office.at(9, 1))
        world.clock.set(office.at(9, 30))
        world.comment(deals[0], by="sidorova", text="Созвонились")
        world.issue_invoice(deals[0], Decimal("1234.50"), by="ivanov", status="paid")
        call = world.add_todo(deals[0], "Звонок", by="ivanov", category="call")
        world.finish_todo(call, by="ivanov")
        world.clock.set(office.at(19, 30))
        yield office


def reported(office: Office, *args: str) -> Any:
    done = office.run(*args, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def figures(document: Any) -> dict[str, object]:
    return {one["cell"]: one["value"] for one in document["figures"]}


def test_a_report_is_of_this_moment_and_writes_nothing_in_megaplan(busy: Office) -> None:
    before = len(busy.world.requests)

    found = reported(busy, "report", "secretary-daily", "--date", "2026-11-24", *AT)

    said = figures(found)
    assert (said["calls"], said["requests"], said["late"], said["median"]) == (1, 1, 1, 30.0)
    assert found["notes"] == []
    written = [r for r in busy.requests_since(before) if not r.startswith("GET")]
    assert [r for r in written if "bulk" not in r and "access_token" not in r] == []


def test_the_files_are_written_where_they_are_wanted_and_money_is_text(
    busy: Office, tmp_path: Path
) -> None:
    found = reported(busy, "report", "sales-daily", *AT, "--out", str(tmp_path / "out"))

    files = {path.suffix: path for path in (tmp_path / "out").iterdir()}
    assert found["files"] == [str(files[end]) for end in (".html", ".txt", ".xlsx")]
    assert figures(found)["issued_sum"] == "1234.50"
    assert (found["first"], found["last"]) == ("2026-11-24", "2026-11-24")
    assert "1\N{NO-BREAK SPACE}234,50" in files[".html"].read_text(encoding="utf-8")
    assert "Оплаты" in openpyxl.load_workbook(files[".xlsx"]).sheetnames


def test_without_a_place_the_text_of_the_mail_is_shown(busy: Office) -> None:
    done = busy.run("report", "process-weekly", "--date", "2026-11-24", *AT)

    assert done.returncode == 0
    assert "Стандарты за неделю" in done.stdout


def test_offline_nobody_is_asked_and_the_report_says_how_old_it_is(busy: Office) -> None:
    before = len(busy.world.requests)

    found = reported(busy, "report", "secretary-daily", "--date", "2026-11-24", "--offline", *AT)

    assert busy.requests_since(before) == []
    assert "24.11.2026 09:01" in found["notes"][0]


def test_a_figure_leads_to_its_deals(busy: Office) -> None:
    day = ("--date", "2026-11-24", *AT)

    found = reported(
        busy, "explain", "report", "secretary-daily", *day, "--cell", "sources/Сайт/all"
    )
    every = busy.run("explain", "report", "secretary-daily", *day)

    assert [one["object"] for one in found["objects"]] == ["deal-501"]
    assert found["objects"][0]["url"].endswith("/deals/501/card/")
    assert "sources/Сайт/all: 1" in every.stdout


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("report", "secretary-dayly"), "did you mean 'secretary-daily'?"),
        (("report", "sales-daily", "--date", "24.11.2026"), "is not a date; write 2026-11-24"),
        (("explain", "report", "sales-daily", *AT, "--cell", "issud"), "did you mean 'issued'?"),
    ],
)
def test_a_mistake_on_the_command_line_is_named_with_its_cure(
    busy: Office, args: tuple[str, ...], said: str
) -> None:
    done = busy.run(*args)

    assert done.returncode == 64
    assert said in done.stderr


def test_check_finds_a_broken_template_and_report_refuses_it(busy: Office) -> None:
    template = busy.config / "reports" / "report.txt.j2"
    right = template.read_text(encoding="utf-8")
    template.write_text("{{ period }}\n{{ repot.title }}\n", encoding="utf-8")

    checked = busy.run("check")
    refused = busy.run("report", "sales-daily", *AT)
    template.write_text(right, encoding="utf-8")

    assert checked.returncode == refused.returncode == 78
    assert "report.txt.j2:2:1: UndefinedError: 'repot' is undefined" in checked.stdout
    assert "report.txt.j2:2:1" in refused.stderr

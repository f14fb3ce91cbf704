"""Promises of ``westsync stock``: what is said, and with which exit code."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.suppliers import FolderFetcher, ShelfPortal
from tests.unit.jobs.stock_office import HEADER, LIRA, a_profile
from westsync.app.stock import SupplierAccess, open_desk
from westsync.cli.main import DENIED, DONE, FOUND, UNAVAILABLE, UsageError, main
from westsync.cli.parser import parse
from westsync.cli.stock import act
from westsync.domain.matching.brands import BrandTable
from westsync.domain.stock import SourceId
from westsync.errors import AccessDenied, Rejected, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from westsync.app.stock import StockDesk

F310 = "1;F310;Гитара Yamaha F310;Yamaha;5;12990"
F370 = "2;F370;Гитара Yamaha F370;Yamaha;0;15990"
MANY = [f"{n};A{n};Стойка {n};K&M;1;100" for n in range(10, 20)]

SHIPPED = Path(__file__).parents[3] / "config"
SOURCE = """\
id: folder
title: Папка
fetch: {{kind: disk, path: "{path}"}}
read: {{format: csv, encoding: utf-8, delimiter: ";"}}
fields:
  supplier_code: {{column: [Код], required: true}}
  vendor_code: {{column: [Артикул]}}
  name: {{column: [Наименование], required: true}}
  brand: {{column: [Бренд]}}
  stock: {{column: [Остаток]}}
  prices: {{rrp: {{column: [Цена]}}}}
accept: {{min_rows: 1}}
"""


@dataclass(slots=True, kw_only=True)
class Counter:
    """A desk, and a person in front of it."""

    desk: StockDesk
    fetcher: FolderFetcher
    price_list: Path
    capsys: pytest.CaptureFixture[str]

    def publish(self, *rows: str) -> None:
        self.price_list.write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")

    def run(self, *words: str) -> tuple[int, Any]:
        code = act(parse(["stock", *words, "--json"]), self.desk)
        return code, json.loads(self.capsys.readouterr().out)

    def said(self, *words: str) -> str:
        act(parse(["stock", *words]), self.desk)
        return self.capsys.readouterr().out


@pytest.fixture
def counter(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Counter]:
    price_list = tmp_path / "ostatki.csv"
    fetcher = FolderFetcher(price_list)
    access = SupplierAccess(
        profiles=[a_profile()],
        brands=BrandTable({"Yamaha": ["Ямаха"]}),
        fetcher=fetcher,
        zone=ZoneInfo("Europe/Moscow"),
    )
    with open_desk(access, tmp_path, FakeClock()) as desk:
        counter = Counter(desk=desk, fetcher=fetcher, price_list=price_list, capsys=capsys)
        counter.publish(F310, F370, *MANY)
        yield counter


def test_a_refresh_says_what_came_of_each_source(counter: Counter) -> None:
    code, [done] = counter.run("refresh")

    assert (code, done["outcome"], done["snapshot"]["items"]) == (DONE, "accepted", 12)
    assert counter.run("refresh", "lira")[1][0]["outcome"] == "unchanged"


@pytest.mark.parametrize(
    ("failure", "exit_code"),
    [
        (Unavailable("lira", "GET", "timeout"), UNAVAILABLE),
        (Rejected("lira", "GET", "404", 404), UNAVAILABLE),
        (AccessDenied("lira", "GET", "401"), DENIED),
    ],
)
def test_a_failed_refresh_ends_with_its_cause(
    counter: Counter, failure: Unavailable, exit_code: int
) -> None:
    counter.fetcher.break_next(failure)

    code, [done] = counter.run("refresh", "lira")

    assert code == exit_code
    assert str(failure) in done["detail"]


def test_what_is_brought_by_hand_or_searched_is_not_fetched(counter: Counter) -> None:
    lira = counter.desk.sources[LIRA]
    portal = replace(lira, id=SourceId("ton"), fetches=False, asks_portal=True)
    manual = replace(lira, id=SourceId("hand"), by_hand=True)
    off = replace(lira, id=SourceId("off"), enabled=False)
    sources = {one.id: one for one in (portal, manual, off)}
    counter.desk = replace(counter.desk, sources=sources)

    assert counter.run("refresh") == (DONE, [])
    for name, hint in (("ton", "show ARTICLE --portal"), ("hand", "stock load hand FILE")):
        with pytest.raises(UsageError, match=hint):
            counter.run("refresh", name)


@pytest.fixture
def portal(counter: Counter) -> ShelfPortal:
    """Give the desk a second source, which is a portal."""
    portal = ShelfPortal((), FakeClock())
    lira = counter.desk.sources[LIRA]
    ton = replace(lira, id=SourceId("ton"), fetches=False, asks_portal=True)
    counter.desk = replace(
        counter.desk,
        sources={LIRA: lira, ton.id: ton},
        suppliers=replace(counter.desk.suppliers, portal=portal),
    )
    return portal


def test_a_stopped_portal_is_resumed_by_a_person(counter: Counter, portal: ShelfPortal) -> None:
    portal.stopped = True

    assert counter.run("resume", "ton") == (DONE, {"source": "ton", "was_stopped": True})
    assert counter.run("resume", "ton")[1]["was_stopped"] is False
    with pytest.raises(UsageError, match="lira has no portal"):
        counter.run("resume", "lira")


def test_a_browsers_session_is_taken_over(
    counter: Counter, portal: ShelfPortal, tmp_path: Path
) -> None:
    file = tmp_path / "cookies.txt"
    file.write_text("# Netscape HTTP Cookie File\na\nb\n", encoding="utf-8")

    assert counter.run("cookies", "ton", str(file))[0] == DONE

    assert portal.cookies == 2
    file.write_text("{}", encoding="utf-8")
    with pytest.raises(UsageError, match="Netscape"):
        counter.run("cookies", "ton", str(file))


def test_an_unknown_source_is_told_with_the_nearest(counter: Counter) -> None:
    with pytest.raises(UsageError, match="did you mean 'lira'"):
        counter.run("refresh", "lyra")


def test_people_find_rows_by_code_first_and_by_words(counter: Counter) -> None:
    counter.run("refresh")

    code, [by_code] = counter.run("find", "f-310")
    assert (code, by_code["vendor_code"], by_code["prices"]["rrp"]["amount"]) == (
        DONE, "F310", "12990.00",
    )  # fmt: skip
    assert [row["vendor_code"] for row in counter.run("find", "гитара", "yam")[1]] == [
        "F310", "F370",
    ]  # fmt: skip
    assert len(counter.run("find", "стойка", "--limit", "3")[1]) == 3
    assert counter.run("find", "барабан") == (FOUND, [])


def test_an_article_is_shown_as_it_would_be_answered(counter: Counter) -> None:
    counter.run("refresh")

    code, [given] = counter.run("show", "F310", "--need", "2")
    assert (code, given["decision"], given["verdict"]) == (DONE, "yes", "exact")
    assert given["as_of"] == "2026-11-24T09:00:00+00:00"

    code, [given] = counter.run("show", "--name", "Ямаха F310 гитара")
    assert (code, given["decision"], given["verdict"]) == (FOUND, "ask", "likely")
    assert [row["vendor_code"] for row in given["candidates"]] == ["F310"]


def test_a_file_is_checked_and_nothing_of_it_is_kept(counter: Counter, tmp_path: Path) -> None:
    odd = tmp_path / "other.csv"
    odd.write_text(f"{HEADER}\n3;C40;Гитара Yamaha C40;Yamaha;пара-тройка;9990\n", encoding="utf-8")

    code, found = counter.run("check", "lira", str(odd))

    assert (code, found["verdict"]) == (FOUND, "held")
    assert [one["code"] for one in found["findings"]] == ["unknown_quantity"]
    assert found["quantities"][0]["text"] == "пара-тройка"
    assert found["sample"][0]["vendor_code"] == "C40"
    assert counter.run("find", "C40") == (FOUND, [])
    assert counter.run("check", "lira")[0] == DONE


def test_a_person_sees_how_a_file_is_read(counter: Counter) -> None:
    shown = counter.said("check", "lira")

    for what in ("csv", "12 items", "Артикул", "F310", "text of stock", "verdict: accepted"):
        assert what in shown


def test_a_held_list_is_accepted_or_rejected_by_a_person(counter: Counter) -> None:
    counter.run("refresh")
    counter.publish(F370)
    assert counter.run("refresh")[0] == FOUND
    assert "westsync stock accept lira" in counter.said("refresh")
    code, [listed] = counter.run("list")
    assert (code, listed["trouble"]) == (FOUND, "held")

    code, [done] = counter.run("reject", "lira", "--by", "ivanov")
    assert (code, done["snapshot"]["decided_by"]) == (DONE, "ivanov")
    assert counter.run("accept", "lira") == (FOUND, [])
    assert counter.run("reject", "lira") == (FOUND, [])

    counter.publish(F370, *MANY[:1])
    counter.run("refresh")
    assert counter.run("accept", "lira")[0] == DONE
    assert counter.run("find", "F310") == (FOUND, [])


def test_a_file_is_loaded_by_hand(counter: Counter, tmp_path: Path) -> None:
    brought = tmp_path / "из почты.csv"
    brought.write_text("\n".join((HEADER, F310, *MANY)), encoding="utf-8")

    code, [done] = counter.run("load", "lira", str(brought), "--by", "ivanov")

    assert (code, done["snapshot"]["manual"]) == (DONE, True)
    assert brought.exists()


def test_a_row_is_linked_with_our_article(counter: Counter) -> None:
    counter.run("refresh")

    assert counter.run("link", "p1", "lira", "F310")[0] == DONE

    [given] = counter.run("show", "--name", "наша гитара", "--our-key", "p1")[1]
    assert (given["level"], given["decision"]) == ("link", "yes")
    with pytest.raises(UsageError, match="it must be one"):
        counter.run("link", "p1", "lira", "F999")


def test_the_sources_are_listed_with_their_age(counter: Counter) -> None:
    counter.run("refresh")

    shown = counter.said("list")

    assert "lira" in shown
    assert "ok" in shown


@pytest.mark.parametrize(
    "words",
    [
        ["accept"],
        ["load", "lira"],
        ["load", "lira", "nowhere.csv"],
        ["check"],
        ["find"],
        ["find", "x", "--limit", "0"],
        ["show"],
        ["show", "F310", "--need", "0"],
        ["link", "p1", "lira"],
        ["refresh", "lira", "more"],
    ],
)
def test_what_cannot_be_done_is_told(counter: Counter, words: list[str]) -> None:
    with pytest.raises(UsageError):
        counter.run(*words)


def test_the_installed_command_reads_a_source_from_its_configuration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config"
    shutil.copytree(SHIPPED, config)
    prices = tmp_path / "prices"
    prices.mkdir()
    (prices / "ostatki.csv").write_text(f"{HEADER}\n{F310}\n{F370}", encoding="utf-8")
    os.utime(prices / "ostatki.csv", (1_700_000_000, 1_700_000_000))
    source = SOURCE.format(path=prices / "*.csv")
    (config / "suppliers" / "folder.yaml").write_text(source, encoding="utf-8")

    def run(*words: str) -> tuple[int, Any]:
        code = main(["--config", str(config), *words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    assert run("stock", "refresh", "folder")[1][0]["outcome"] == "held"
    assert run("stock", "accept", "folder")[0] == DONE
    assert run("stock", "find", "ямаха f310")[0] == FOUND  # words are found as they are written
    assert [row["vendor_code"] for row in run("stock", "find", "yamaha f310")[1]] == ["F310"]
    code, [given] = run("stock", "show", "F310", "--supplier", "folder")
    assert (code, given["decision"], given["verdict"]) == (FOUND, "ask", "unknown")  # old data
    code, probes = run("doctor", "suppliers")
    assert ("folder", "fine") in {(one["account"], one["verdict"]) for one in probes}

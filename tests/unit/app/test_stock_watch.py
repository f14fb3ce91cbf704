"""The daemon's own thread for supplier stock: it fetches, tells troubles once, and ends."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from tests.fakes.clock import FakeClock
from westsync.app.configuration import read_configuration
from westsync.app.stock_watch import StockWatch
from westsync.app.suppliers import open_suppliers
from westsync.jobs.cycle import idle
from westsync.jobs.portal_questions import PortalQuestions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from westsync.app.configuration import Configuration

SHIPPED = Path(__file__).parents[3] / "config"
SUPPLIER = """\
id: rig
title: Риг
enabled: true
schedule: {{ every: 1h }}
fetch: {{ kind: disk, path: "{path}", settle: 0s }}
read: {{ format: auto }}
fields:
  supplier_code: {{ column: ["Код"], required: true }}
  name: {{ column: ["Наименование"], required: true }}
  stock: {{ column: ["Остаток"] }}
match: {{ keys: [supplier_code] }}
accept: {{ min_rows: 1, max_age: 10d, absence: out }}
"""


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    """One enabled source, whose first list waits for a person."""
    folder = tmp_path / "config"
    shutil.copytree(SHIPPED, folder)
    price_list = tmp_path / "ostatki.csv"
    price_list.write_text("Код;Наименование;Остаток\n101;Колонка SRM450;3\n", encoding="utf-8")
    (folder / "suppliers" / "rig.yaml").write_text(
        SUPPLIER.format(path=price_list), encoding="utf-8"
    )
    return read_configuration(folder, {"WESTSYNC__STATE": str(tmp_path / "state" / "westsync.db")})


def a_watch(configuration: Configuration, refreshed: Callable[[], None]) -> StockWatch:
    clock = FakeClock()
    return StockWatch(configuration, clock, PortalQuestions(clock.now()), refreshed=refreshed)


def watched(configuration: Configuration) -> list[Any]:
    """Let the thread go once over its sources; return what it logged."""
    fetched = threading.Event()
    with capture_logs() as logs:
        watch = a_watch(configuration, fetched.set)
        watch.start()
        assert fetched.wait(30)
        watch.stop()
    return logs


def named(logs: Iterable[Any], event: str) -> list[Any]:
    return [line for line in logs if line["event"] == event]


def test_what_a_person_must_look_at_is_told_with_its_cause(configuration: Configuration) -> None:
    logs = watched(configuration)

    [told] = named(logs, "stock.troubled")
    assert (told["source"], told["trouble"], told["log_level"]) == ("rig", "held", "error")
    assert "accept it" in told["cause"]


def test_the_same_situation_is_told_once_and_another_one_again(
    configuration: Configuration, tell: Callable[[StockWatch], list[str]]
) -> None:
    watched(configuration)
    watch = a_watch(configuration, idle)
    first, again = tell(watch), tell(watch)
    with open_suppliers(configuration, FakeClock()) as desk:
        desk.refresh.reject(desk.source("rig"), by="admin1")

    assert (first, again, tell(watch)) == (["held"], [], ["rejected"])


def test_a_source_in_order_is_not_told(
    configuration: Configuration, tell: Callable[[StockWatch], list[str]]
) -> None:
    watched(configuration)
    with open_suppliers(configuration, FakeClock()) as desk:
        desk.refresh.accept(desk.source("rig"), by="admin1")

    assert tell(a_watch(configuration, idle)) == []


@pytest.fixture
def tell(configuration: Configuration) -> Callable[[StockWatch], list[str]]:
    """Return what lets a watch tell troubles now, and returns which."""

    def told(watch: StockWatch) -> list[str]:
        with capture_logs() as logs, open_suppliers(configuration, FakeClock()) as desk:
            watch._tell_troubles(desk)
        return [line["trouble"] for line in named(logs, "stock.troubled")]

    return told

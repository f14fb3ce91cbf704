"""Server-side filters with their traps (contract 2.9, 9.6)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.conftest import link

if TYPE_CHECKING:
    from tests.sandbox.conftest import Api
    from westsync.sandbox import World

CITY = "Category1000061CustomFieldGorod"
TODAY = {"contentType": "DateOnly", "year": 2026, "month": 10, "day": 24}
YESTERDAY = {**TODAY, "day": 23}


def term(kind: str, field: str, value: object, comparison: str = "equals") -> dict[str, Any]:
    return {
        "contentType": f"FilterTerm{kind}",
        "field": field,
        "comparison": comparison,
        "value": value,
    }


def where(
    *terms: object, kind: str = "TradeFilter", join: str = "and", **more: object
) -> dict[str, Any]:
    group = {"contentType": "FilterTermGroup", "join": join, "terms": list(terms)}
    config = {"contentType": "FilterConfig", "termGroup": group}
    return {"contentType": kind, "id": None, "config": config, **more}


@pytest.fixture
def deals(world: World) -> list[str]:
    """Two deals of yesterday (one moved on), one of today."""
    world.advance(timedelta(days=-1))
    one = world.create_deal(name="Колонки", manager="ivanov", fields={"city": "Тверь"})
    two = world.create_deal(name="Барабаны", manager="petrova", lines=[("Yamaha", 1, 500.0)])
    world.move_deal(two, "qualify", by="petrova")
    world.advance(timedelta(days=1))
    three = world.create_deal(name="Свет", manager="ivanov", fields={"urgent": True})
    return [one, two, three]


def found(api: Api, given: object, path: str = "/deal") -> list[str]:
    return [item["id"] for item in api.data(path, filter=given)]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (where(term("Ref", "manager", [link("Employee", 1000003)])), [0, 2]),
        (where(term("Ref", "manager", [link("Employee", "1000003")], "not_equals")), [1]),
        (where(term("Ref", "state", [link("ProgramState", "128")])), [1]),
        (where(term("String", "name", "ко", "starts_with")), [0]),
        (where(term("String", "name", "а", "contains")), [1]),
        (where(term("String", CITY, "Тверь"), program=link("Program", "14")), [0]),
        (where(term("Bool", "Category1000061CustomFieldSrochno", True)), [2]),
        (where(term("Number", "price", 400, "more")), [1]),
        (where(term("Enum", "result", ["active"])), [0, 1, 2]),
        (where(term("Date", "timeCreated", TODAY)), [2]),
        (
            where(
                term(
                    "Date",
                    "timeCreated",
                    {"contentType": "IntervalDates", "from": YESTERDAY, "to": YESTERDAY},
                )
            ),
            [0, 1],
        ),
        (
            where(
                term(
                    "Date",
                    "timeUpdated",
                    {
                        "contentType": "FilterTermDateValue",
                        "mode": "past",
                        "unit": "hour",
                        "value": 1,
                    },
                )
            ),
            [2],
        ),
        (where(program=link("Program", "all")), [0, 1, 2]),
        (where(program=link("Program", "14")), [0, 1, 2]),
    ],
)
def test_each_kind_of_term_selects(
    api: Api, deals: list[str], given: object, expected: list[int]
) -> None:
    assert found(api, given) == [deals[place] for place in expected]


@pytest.mark.parametrize(
    "trap",
    [
        term("Ref", "responsible", [link("Employee", "1000002")]),
        term("String", "nonsense", "x"),
        term("String", "description", "нет такого"),
    ],
)
def test_what_the_server_does_not_know_filters_nothing(
    api: Api, deals: list[str], trap: object
) -> None:
    assert found(api, where(trap)) == deals


@pytest.mark.parametrize(
    "given",
    [
        where(term("Date", "timeUpdated", TODAY, "more")),
        where({"field": "name", "comparison": "equals", "value": "x"}),
        {"contentType": "TradeFilter", "config": {"termGroup": {}}},
        {"contentType": "DealFilter", "id": "all"},
        where(term("Ref", "manager", ["1000003"])),
        where(term("Bool", "isFavorite", "yes")),
        where(term("Date", "timeUpdated", {"contentType": "IntervalDates", "from": "2026-11-24"})),
    ],
)
def test_what_does_not_fit_its_type_is_422(api: Api, deals: list[str], given: object) -> None:
    assert deals
    assert api.get("/deal", filter=given).status_code == 422


def test_or_can_be_accepted_or_refused(api: Api, world: World, deals: list[str]) -> None:
    either = where(term("String", "name", "Колонки"), term("String", "name", "Свет"), join="or")

    accepted = found(api, either)
    world.turn(or_join=False)
    refused = api.get("/deal", filter=either)

    assert accepted == [deals[0], deals[2]]
    assert refused.status_code == 422


def test_task_status_takes_filter_codes_not_statuses(api: Api, world: World) -> None:
    one = world.create_task("Открыта", by="ivanov")
    two = world.create_task("Закрыта", by="ivanov")
    world.finish_task(two, by="ivanov")

    def by_code(code: str) -> list[str]:
        return found(api, where(term("Enum", "status", [code]), kind="TaskFilter"), "/task")

    assert by_code("filter_any") == [one, two]
    assert by_code("filter_actual") == [one]
    assert by_code("completed") == []


def test_participants_of_a_task_are_all_its_people(api: Api, world: World) -> None:
    one = world.create_task("Для Петровой", by="ivanov", responsible="petrova")
    world.create_task("Для Орлова", by="orlov")

    given = where(term("Ref", "participant", [link("Employee", "1000003")]), kind="TaskFilter")

    assert found(api, given, "/task") == [one]


def test_a_saved_filter_is_known_by_its_name(api: Api, world: World) -> None:
    world.create_task("Своя", by="ivanov")
    mine = world.create_task("Для робота", by="ivanov", responsible="westsync")

    assert found(api, {"contentType": "TaskFilter", "id": "incoming"}, "/task") == [mine]
    assert api.get("/task", filter={"contentType": "TaskFilter", "id": "x"}).status_code == 404

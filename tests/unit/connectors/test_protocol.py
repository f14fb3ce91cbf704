"""What we send exists in the vendor's facts and has the contract's form (contract 2)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from westsync.connectors.megaplan import wire
from westsync.connectors.megaplan.config import MegaplanConfig
from westsync.connectors.megaplan.protocol import (
    Endpoint,
    any_status_filter,
    bulk_body,
    comment_body,
    deal_update_body,
    notifying_comment_body,
    page_query,
    program_filter,
    task_action_body,
)
from westsync.connectors.megaplan.tasks import new_task_body
from westsync.domain.actions import EnsureTask
from westsync.domain.intents import Marker
from westsync.sandbox.megaplan.typebook import typebook

LISTED = {
    wire.Deal: ("Deal",),
    wire.Task: ("Task", "Project"),
    wire.Contractor: ("ContractorHuman", "ContractorCompany"),
    wire.Payer: ("Payer",),
    wire.Employee: ("Employee",),
    wire.Todo: ("Todo",),
    wire.Comment: ("Comment",),
    wire.Changeset: ("Changeset",),
}
FORBIDDEN = ("passport", "address", "birthday")


@pytest.mark.parametrize("endpoint", list(Endpoint))
def test_every_endpoint_exists(endpoint: Endpoint) -> None:
    assert str(endpoint) in typebook().endpoints


@pytest.mark.parametrize("kind", list(LISTED))
def test_every_field_exists_on_every_type_of_its_list(kind: type[wire.Entity]) -> None:
    for name in wire.asked_fields(kind):
        for content_type in LISTED[kind]:
            assert typebook().field(content_type, name) is not None, f"{content_type}.{name}"


@pytest.mark.parametrize("kind", list(LISTED))
def test_nothing_personal_is_asked_for(kind: type[wire.Entity]) -> None:
    asked = " ".join(wire.asked_fields(kind)).lower()

    assert not any(word in asked for word in FORBIDDEN)


def test_every_type_with_fields_is_covered() -> None:
    kinds = {kind for kind in wire.Entity.__subclasses__() if kind.__module__ == wire.__name__}

    assert kinds == set(LISTED)


@pytest.mark.parametrize(
    ("content_type", "key"),
    [("Deal", "timeUpdated"), ("Task", "activity"), ("ContractorHuman", "timeUpdated")]
    + [("ContractorCompany", "timeUpdated"), ("Employee", "name")]
    + [(one, "timeCreated") for one in ("Deal", "Task", "ContractorHuman", "ContractorCompany")],
)
def test_every_sort_key_is_sortable(content_type: str, key: str) -> None:
    found = typebook().field(content_type, key)

    assert found is not None
    assert found.sortable


def a_body(**changes: object) -> dict[str, object]:
    config = MegaplanConfig(account="main", url="https://mp1.megaplan.test", programs={"s": "14"})
    task = EnsureTask(
        assignee="1000003",
        title="Позвонить",
        body="Срок 10 минут",
        deadline=datetime(2026, 11, 24, 9, tzinfo=UTC),
        deal="501",
        client="1000777",
        client_kind="person",
        auditors=("1000010",),
    )
    return {**new_task_body(task, Marker("7k3m9q2x4r8t6v5w"), config), **changes}


BODIES = [
    a_body(),
    comment_body("<p>x</p>"),
    notifying_comment_body("<p>x</p>", "501", ["1000010"]),
    task_action_body("act_done", "ok"),
    deal_update_body("501", {"attaches": []}),
    bulk_body(["/api/v3/deal/1/history"]),
    program_filter("14"),
    any_status_filter(),
]


def objects_in(value: object) -> list[dict[str, object]]:
    if isinstance(value, dict):
        return [value, *(one for part in value.values() for one in objects_in(part))]
    if isinstance(value, list):
        return [one for part in value for one in objects_in(part)]
    return []


@pytest.mark.parametrize("body", BODIES, ids=lambda body: str(body["contentType"]))
def test_every_object_names_its_type_and_only_known_fields(body: dict[str, object]) -> None:
    for one in objects_in(body):
        content_type = str(one["contentType"])
        for name in one:
            assert typebook().field(content_type, name) is not None, f"{content_type}.{name}"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), json_values, min_size=1, max_size=4))
def test_a_query_is_one_json_object_encoded_whole(query: dict[str, object]) -> None:
    target = Endpoint.DEALS.target("", query)  # type: ignore[arg-type]  # any JSON object

    path, _, raw = target.partition("?")
    assert path == "/api/v3/deal"
    assert all(char.isalnum() or char in "-._~%" for char in raw)
    assert json.loads(unquote(raw)) == query


def test_a_page_names_its_order_and_continues_after_a_link() -> None:
    after = {"contentType": "Deal", "id": "501"}

    query = page_query(limit=100, fields=("name",), sort_by="timeUpdated", after=dict(after))

    assert query == {
        "limit": 100,
        "fields": ["name"],
        "onlyRequestedFields": True,
        "sortBy": [{"contentType": "SortField", "fieldName": "timeUpdated", "desc": True}],
        "pageAfter": after,
    }


def test_an_id_cannot_leave_its_place_in_the_path() -> None:
    assert Endpoint.DEAL.target("../task?x#y") == "/api/v3/deal/..%2Ftask%3Fx%23y"


@pytest.mark.parametrize("limit", [0, 101])
def test_a_page_size_beyond_the_contract_is_refused(limit: int) -> None:
    with pytest.raises(ValueError, match=r"1\.\.100"):
        MegaplanConfig(account="a", url="https://x.test", programs={}, page_limit=limit)


@pytest.mark.parametrize("url", ["mp1.megaplan.ru", "https://x.test/api", "ftp://x.test"])
def test_an_address_is_scheme_and_host_only(url: str) -> None:
    with pytest.raises(ValueError, match="scheme and host"):
        MegaplanConfig(account="a", url=url, programs={})

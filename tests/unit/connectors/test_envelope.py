"""The shell of an answer and the links in it, in every shape a server may choose (contract 2)."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from westsync.connectors.megaplan.envelope import (
    explain,
    read_document,
    read_entity,
    read_list,
)
from westsync.connectors.megaplan.resolver import resolve
from westsync.transport import InnerFailure, Reply, Unreadable

IVANOV = {"contentType": "Employee", "id": "1000003", "name": "Иванов Пётр"}
BARE = {"contentType": "Employee", "id": "1000003"}


def a_reply(body: object, status: int = 200) -> Reply:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(status=status, headers={"content-type": "application/json"}, body=content)


def ok(data: object, **more: object) -> Reply:
    return a_reply({"meta": {"status": 200, "errors": [], "pagination": []}, "data": data, **more})


@pytest.mark.parametrize(
    ("pagination", "more"),
    [
        ({"hasMoreNext": True}, True),
        ({"hasMoreNext": False}, False),
        ({}, None),
        ([], None),
        (None, None),
        ({"hasMoreNext": "yes"}, None),
    ],
)
def test_whether_more_follows_is_told_or_not(pagination: object, more: bool | None) -> None:
    answer = a_reply({"meta": {"status": 200, "pagination": pagination}, "data": []})

    assert read_list(answer).has_more is more


@pytest.mark.parametrize("data", [[], {}])
def test_an_empty_list_may_come_as_an_empty_object(data: object) -> None:
    assert read_list(ok(data)).data == []


def test_a_php_array_with_gaps_is_a_list() -> None:
    assert read_list(ok({"0": BARE, "2": BARE})).data == [BARE, BARE]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!DOCTYPE html><title>log in</title>",
        b"  \n<html>",
        b'{"meta": {"status": 200}',
        b"[]",
        b"null",
        b'{"meta": {"status": 200}}',
        b'{"meta": {"status": 200}, "data": "x"}',
        b'{"meta": {"status": 200}, "data": [NaN]}',
        b"\xff\xfe",
        b'{"data": ' + b"[" * 100_000,
    ],
)
def test_what_is_no_answer_is_never_an_empty_list(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read_list(a_reply(body))


@pytest.mark.parametrize("status", [401, "403", 422, 500])
def test_an_inner_status_wins_over_http(status: int | str) -> None:
    answer = a_reply(
        {
            "meta": {"status": status, "errors": [{"field": "program", "message": "пусто"}]},
            "data": [],
        }
    )

    with pytest.raises(InnerFailure, match="program: пусто") as caught:
        read_document(answer)

    assert caught.value.status == int(status)


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        ([{"field": None, "message": "нет"}], "нет"),
        ([{"message": {"a": 1}}, {"field": 7}], "{'a': 1}; 7"),
        ([], ""),
        ({}, ""),
        (None, ""),
        ("text", ""),
    ],
)
def test_errors_are_told_whatever_their_types(errors: object, said: str) -> None:
    assert explain(a_reply({"meta": {"status": 422, "errors": errors}, "data": []}, 422)) == said


def test_the_token_services_errors_are_told_too() -> None:
    body = {"error": "invalid_grant", "error_description": "wrong"}

    assert explain(a_reply(body, 401)) == "invalid_grant; wrong"


@pytest.mark.parametrize("data", [[], None, {}, {"contentType": "Task"}, {"id": "5"}])
def test_a_created_thing_without_its_kind_and_id_is_in_doubt(data: object) -> None:
    with pytest.raises(Unreadable):
        read_entity(ok(data), "Task")


def test_a_created_thing_of_another_kind_is_in_doubt() -> None:
    with pytest.raises(Unreadable, match="'Deal' came"):
        read_entity(ok({"contentType": "Deal", "id": "5"}), "Task")


def test_a_number_as_id_becomes_text() -> None:
    assert read_entity(ok({"contentType": "Task", "id": 1006301}), "Task")["id"] == "1006301"


def test_a_later_bare_link_gets_the_first_full_form() -> None:
    data = [{"contentType": "Deal", "id": "1", "manager": IVANOV}, {"manager": BARE}]

    assert read_list(ok(data)).data[1]["manager"]["name"] == "Иванов Пётр"  # type: ignore[index,call-overload]  # known shape


def test_a_bare_link_before_the_full_form_gets_it_as_well() -> None:
    data = [{"manager": {"contentType": "Employee", "id": 1000003}}, {"manager": IVANOV}]

    assert read_list(ok(data)).data[0]["manager"]["name"] == "Иванов Пётр"  # type: ignore[index,call-overload]  # known shape


def test_included_forms_serve_as_well() -> None:
    answer = ok([{"contentType": "Deal", "id": "1", "manager": BARE}], included=[IVANOV])

    assert read_list(answer).data[0]["manager"]["name"] == "Иванов Пётр"  # type: ignore[index,call-overload]  # known shape


def test_entities_that_mention_each_other_can_be_read() -> None:
    task = {"contentType": "Task", "id": "7", "deals": [{"contentType": "Deal", "id": "1"}]}
    deal = {"contentType": "Deal", "id": "1", "name": "x", "tasks": [{**BARE, "id": "7"}, task]}

    found = read_list(ok([deal])).data

    assert found[0]["tasks"][1]["deals"][0]["name"] == "x"  # type: ignore[index,call-overload]  # known shape


entities = st.builds(
    lambda kind, number, extra: {"contentType": kind, "id": number, **extra},
    st.sampled_from(["Deal", "Task"]),
    st.sampled_from(["1", "2", 3]),
    st.dictionaries(st.sampled_from(["a", "b"]), st.integers(), max_size=2),
)
documents = st.recursive(
    entities | st.integers() | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=12,
)


@given(documents)
def test_after_resolving_no_link_is_bare_whose_full_form_was_in_the_answer(
    document: object,
) -> None:
    known = {_key(one) for one in _entities(document) if len(one) > 2}

    resolve(document)  # type: ignore[arg-type]  # JSON of any shape

    inner = list(_entities(document))[1:] if isinstance(document, dict) else _entities(document)
    assert all(len(one) > 2 for one in inner if _key(one) in known)


def _entities(document: object) -> list[dict[str, object]]:
    found = []
    if isinstance(document, dict):
        if "contentType" in document and "id" in document:
            found.append(document)
        for value in document.values():
            found += _entities(value)
    elif isinstance(document, list):
        for value in document:
            found += _entities(value)
    return found


def _key(entity: dict[str, object]) -> tuple[str, str]:
    return str(entity["contentType"]), str(entity["id"])

"""Promises of reading events: the object and nothing else, whatever the body is (contract 5)."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from westsync.domain.hints import Happened
from westsync.domain.intents import ObjectRef
from westsync.web.events import Foreign, Unreadable, read_event

APPLICATION = "8a7d0000-0000-4000-8000-000000000001"


def a_body(**changes: object) -> bytes:
    event: dict[str, object] = {
        "event": "on_after_update",
        "data": {"contentType": "Deal", "id": "501", "name": "Заявка с сайта 10482"},
        "accountInfo": {"uuid": "1f0c", "integrationUuid": APPLICATION, "model": "Deal"},
    }
    return json.dumps({**event, **changes}, ensure_ascii=False).encode()


def about(model: object, **more: object) -> dict[str, object]:
    return {"uuid": "1f0c", "integrationUuid": APPLICATION, "model": model, **more}


@pytest.mark.parametrize(
    ("model", "kind"),
    [
        ("Deal", "deal"),
        ("Task", "task"),
        ("ContractorHuman", "client"),
        ("ContractorCompany", "client"),
    ],
)
def test_a_model_that_is_watched_is_named(model: str, kind: str) -> None:
    arrival = read_event(a_body(accountInfo=about(model)), None)

    assert arrival.obj == ObjectRef(kind=kind, id="501")


@pytest.mark.parametrize("model", ["Todo", "Project", "Employee", "Invoice", "", 7, ["Deal"], {}])
def test_any_other_model_is_nothing_to_read(model: object) -> None:
    data = {"contentType": "Todo", "id": "501"}

    assert read_event(a_body(data=data, accountInfo=about(model)), None).obj is None


def test_the_type_of_the_data_tells_the_model_where_nothing_else_does() -> None:
    arrival = read_event(a_body(accountInfo={}), None)

    assert arrival.obj == ObjectRef(kind="deal", id="501")


@pytest.mark.parametrize(
    ("event", "happened"),
    [
        ("on_after_create", Happened.CREATED),
        ("on_after_update", Happened.UPDATED),
        ("on_after_drop", Happened.DROPPED),
        ("on_after_party", Happened.UPDATED),
        (17, Happened.UPDATED),
    ],
)
def test_what_happened_is_told(event: object, happened: Happened) -> None:
    assert read_event(a_body(event=event), None).happened is happened


@pytest.mark.parametrize(
    "id_", ["", "501/../../x", "٥٠١", "1" * 20, "-1", None, True, 1.5, ["501"], {"id": 1}]
)
def test_an_id_that_is_none_never_becomes_a_path(id_: object) -> None:
    assert read_event(a_body(data={"contentType": "Deal", "id": id_}), None).obj is None


def test_an_id_may_come_as_a_number() -> None:
    arrival = read_event(a_body(data={"id": 501}), None)

    assert arrival.obj == ObjectRef(kind="deal", id="501")


def test_a_scenarios_request_names_its_deal_without_an_application() -> None:
    body = json.dumps({"data": {"deal": {"Id": 501, "Description": "Клиент просит"}}}).encode()

    arrival = read_event(body, APPLICATION)

    assert arrival.obj == ObjectRef(kind="deal", id="501")


def test_repetitions_have_one_identity_and_other_events_another() -> None:
    first = read_event(a_body(), None)
    again = read_event(a_body(data={"contentType": "Deal", "id": "501", "name": "Иначе"}), None)
    other = read_event(a_body(accountInfo=about("Deal", uuid="2f0c")), None)
    nameless = read_event(a_body(accountInfo={"model": "Deal"}), None)

    assert first.identity == again.identity
    assert len({first.identity, other.identity, nameless.identity}) == 3


@pytest.mark.parametrize(
    "named", [None, "", "another", 5, ["8a7d0000-0000-4000-8000-000000000001"]]
)
def test_an_event_of_another_application_is_foreign(named: object) -> None:
    body = a_body(accountInfo=about("Deal", integrationUuid=named))

    with pytest.raises(Foreign):
        read_event(body, APPLICATION)


def test_the_applications_id_may_be_written_in_capitals() -> None:
    assert read_event(a_body(), f" {APPLICATION.upper()} ").obj is not None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"null",
        b"[]",
        b"5",
        b'"on_after_update"',
        b"{}",
        b'{"data": []}',
        b'{"data": {}, "accountInfo": [1]}',
        b"\xff\xfe{",
        b"<html></html>",
        b"a=1&b=2",
        a_body()[:-1],
        b'{"data":' + 5000 * b"[" + 5000 * b"]" + b"}",
        b'{"data": {"id": ' + 5000 * b"9" + b"}}",
        b'{"data": {"id": NaN}}',
    ],
)
def test_a_body_that_is_no_event_is_called_unreadable_or_names_nothing(body: bytes) -> None:
    try:
        named = read_event(body, None).obj
    except Unreadable:
        named = None

    assert named is None


@example(b'{"data": {"deal": {"Id": []}}}')
@given(
    st.binary(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["event", "data", "id", "deal", "Id", "accountInfo", "model", "uuid"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    ).map(lambda value: json.dumps(value).encode())
)
def test_no_body_breaks_the_reading(body: bytes) -> None:
    try:
        arrival = read_event(body, None)
    except Unreadable:
        return

    assert len(arrival.identity) == 16
    assert arrival.obj is None or arrival.obj.id.isdecimal()

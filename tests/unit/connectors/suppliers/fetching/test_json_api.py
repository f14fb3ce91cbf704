"""A JSON API: all rows or none, a file inside an answer, and no second try of a password."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.fakes.http_server import ScriptedServer, reply
from westsync.connectors.suppliers.fetching.verdicts import NotAFile, Truncated
from westsync.connectors.suppliers.profile_fetch import (
    JsonApiFetch,
    JsonLogin,
    JsonRequest,
    Paging,
)
from westsync.errors import AccessDenied, Rejected, UnexpectedReply

if TYPE_CHECKING:
    from tests.fakes.clock import FakeClock
    from tests.unit.connectors.suppliers.fetching.errands import Errands
    from westsync.sandbox.supplier import SupplierServer


def a_walk(url: str, paging: Paging, items: str = "products") -> JsonApiFetch:
    request = JsonRequest(method="GET", url=f"{url}/api/products", bearer="${secret:token}")
    return JsonApiFetch(request=request, paging=paging, items=items)


def a_list(url: str) -> JsonApiFetch:
    login = JsonRequest(
        method="POST",
        url=f"{url}/api/auth/",
        body=json.dumps({"login": "dealer", "password": "${secret:password}"}),
        error="error",
    )
    request = JsonRequest(
        method="POST",
        url=f"{url}/api/pricelist/get/",
        body=json.dumps({"token": "{token}", "format": "xlsx"}),
        error="error",
        file_base64="file_content",
    )
    return JsonApiFetch(request=request, login=JsonLogin(request=login, token="token"))


def page(*rows: int, total: int | None = None, **more: object) -> bytes:
    told = {} if total is None else {"total": total}
    return reply({"products": [{"id": row} for row in rows], **told, **more})


def test_all_pages_become_one_list(errands: Errands, supplier: SupplierServer) -> None:
    how = a_walk(supplier.url, Paging(kind="offset", param="offset", step=3000, total="total"))

    found = errands.file(how, token="dealer-token")

    rows = json.loads(found.path.read_bytes())
    assert [row["id"] for row in rows] == [good.code for good in supplier.shop.goods]
    assert found.name == "products.json"


def test_a_server_that_gives_fewer_rows_than_asked_loses_none(
    errands: Errands, web: ScriptedServer
) -> None:
    web.answers.extend([page(1, 2), page(3), page()])

    how = a_walk(web.url, Paging(kind="offset", param="offset", step=100))
    found = errands.file(how, token="t0ken")

    assert json.loads(found.path.read_bytes()) == [{"id": 1}, {"id": 2}, {"id": 3}]
    assert [seen.target.partition("?")[2] for seen in web.seen] == [
        "offset=0",
        "offset=2",
        "offset=3",
    ]


def test_rows_that_are_missing_are_noticed(errands: Errands, web: ScriptedServer) -> None:
    web.answers.extend([page(1, 2, total=5), page(total=5)])
    how = a_walk(web.url, Paging(kind="offset", param="offset", total="total"))

    with pytest.raises(Truncated, match="2 of 5 rows"):
        errands.run(how, token="t0ken")

    assert errands.left_behind() == []


def test_numbered_pages_are_walked_to_the_empty_one(errands: Errands, web: ScriptedServer) -> None:
    web.answers.extend([page(1), page(2), page()])

    errands.file(a_walk(web.url, Paging(kind="page", param="p", first=1)), token="t0ken")

    assert [seen.target.partition("?")[2] for seen in web.seen] == ["p=1", "p=2", "p=3"]


def test_cursors_are_followed_to_the_last(errands: Errands, web: ScriptedServer) -> None:
    web.answers.extend([page(1, next="a=b"), page(2, next=None)])
    how = a_walk(web.url, Paging(kind="cursor", param="after", next="next"))

    found = errands.file(how, token="t0ken")

    assert json.loads(found.path.read_bytes()) == [{"id": 1}, {"id": 2}]
    assert [seen.target for seen in web.seen] == ["/api/products", "/api/products?after=a%3Db"]


def test_a_server_that_repeats_its_page_is_not_asked_for_ever(
    errands: Errands, web: ScriptedServer
) -> None:
    web.usual = page(1, 2)
    how = a_walk(web.url, Paging(kind="offset", param="skip"))

    with pytest.raises(UnexpectedReply, match="is 'skip' the parameter"):
        errands.run(how, token="t0ken")

    assert len(web.seen) == 2


def test_calls_keep_their_distance(errands: Errands, web: ScriptedServer, clock: FakeClock) -> None:
    web.answers.extend([page(1), page(2), page()])
    walk = a_walk(web.url, Paging(kind="offset", param="offset"))

    errands.file(
        JsonApiFetch(request=walk.request, paging=walk.paging, items=walk.items, pause=Decimal(6)),
        token="t0ken",
    )

    assert clock.waits == [6.0, 6.0]


def test_a_file_inside_the_answer_is_taken_out(errands: Errands, supplier: SupplierServer) -> None:
    found = errands.file(a_list(supplier.url), password="dealer-password")

    assert found.path.read_bytes().startswith(b"PK")


def test_a_refused_password_is_tried_once(errands: Errands, supplier: SupplierServer) -> None:
    with pytest.raises(AccessDenied, match="check user and secret"):
        errands.run(a_list(supplier.url), password="wrong-password")

    assert [seen.path for seen in supplier.shop.seen] == ["/api/auth/"]


def test_secrets_with_quotes_stay_inside_their_string(
    errands: Errands, web: ScriptedServer
) -> None:
    web.answers.append(reply({"token": "t"}))
    web.answers.append(reply({"file_content": "UEsDBA=="}))

    errands.file(a_list(web.url), password='a"b\\c')

    assert web.seen[0].json == {"login": "dealer", "password": 'a"b\\c'}
    assert web.seen[1].json == {"token": "t", "format": "xlsx"}


def test_an_error_in_the_answer_is_no_data(errands: Errands, web: ScriptedServer) -> None:
    web.answers.append(reply({"token": "t"}))
    web.answers.append(reply({"error": "price list is being built"}))

    with pytest.raises(Rejected, match="price list is being built"):
        errands.run(a_list(web.url), password="x" * 8)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        pytest.param(reply(b"<html>log in</html>"), NotAFile, id="page"),
        pytest.param(reply(b"{"), UnexpectedReply, id="cut JSON"),
        pytest.param(reply({"other": []}), UnexpectedReply, id="no list"),
        pytest.param(reply({}, 401), AccessDenied, id="token refused"),
    ],
)
def test_what_is_not_the_data_is_refused(
    errands: Errands, web: ScriptedServer, answer: bytes, error: type[Exception]
) -> None:
    web.usual = answer

    with pytest.raises(error):
        errands.run(a_walk(web.url, Paging(kind="offset", param="offset")), token="t0ken")

    assert errands.left_behind() == []


def test_an_answer_without_pages_is_kept_as_its_list(errands: Errands, web: ScriptedServer) -> None:
    web.answers.append(reply({"data": {"rows": [1, 2]}}))
    request = JsonRequest(method="GET", url=f"{web.url}/all")

    found = errands.file(JsonApiFetch(request=request, items="data.rows"))

    assert json.loads(found.path.read_bytes()) == [1, 2]

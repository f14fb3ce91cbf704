"""Who may come in, sessions, licences (contract 2.1-2.3, 10.1, 10.10)."""

from __future__ import annotations

import base64
import socket
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.sandbox.conftest import NO_TLS
from tests.sandbox.onec.conftest import JSON, PARTIES, OData, code
from westsync.sandbox.onec.breaches import breaches

if TYPE_CHECKING:
    from westsync.sandbox.onec import OneCServer, OneCWorld


def basic(text: bytes) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(text).decode()}"}


def test_the_contracts_credentials_open_the_base(odata: OData) -> None:
    headers = {"Authorization": "Basic 0JjQvdGC0LXQs9GA0LDRhtC40Y860L/QsNGA0L7Qu9GM"}

    response = httpx.get(f"{odata.http.base_url}?$format=json", headers=headers, verify=NO_TLS)

    assert response.status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{}, basic("Интеграция:не тот".encode()), basic("Интеграция:пароль".encode("cp1251"))],
)
@pytest.mark.parametrize("path", ["/odata/standard.odata/", "/ws/westsync.1cws?wsdl"])
def test_who_is_not_known_gets_401_without_json(
    onec: OneCServer, headers: dict[str, str], path: str
) -> None:
    response = httpx.get(f"{onec.url}{path}", headers=headers, verify=NO_TLS)

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Basic realm="1C:Enterprise 8.3"'
    assert response.content == b""


def test_a_name_in_another_code_page_is_a_breach(onec: OneCServer, base: OneCWorld) -> None:
    headers = basic("Интеграция:пароль".encode("cp1251"))

    httpx.get(f"{onec.url}/odata/standard.odata/", headers=headers, verify=NO_TLS)

    assert "basic-encoding" in {breach.rule for breach in breaches(base.requests)}


def test_a_user_without_rights_is_refused_with_code_20(onec: OneCServer) -> None:
    guest = OData(onec, user="Гость")

    response = guest.get(PARTIES)
    guest.http.close()

    assert (response.status_code, code(response)) == (401, "20")


def test_restricted_rows_need_to_be_left_out_on_purpose(odata: OData, base: OneCWorld) -> None:
    key = base.add_counterparty("Тайна")
    base.restrict(key)

    refused = odata.get(PARTIES)
    allowed = odata.raw("GET", PARTIES, "$format=json&allowedOnly=true").json()["value"]

    assert (refused.status_code, code(refused)) == (401, "20")
    assert len(allowed) == 3
    assert key not in {row["Ref_Key"] for row in allowed}


def test_a_session_lives_from_start_to_finish(odata: OData, base: OneCWorld) -> None:
    started = odata.get(PARTIES, headers={"IBSession": "start"})
    cookie = started.headers["Set-Cookie"].partition(";")[0]

    within = odata.get(PARTIES, headers={"Cookie": cookie})
    last = odata.get(PARTIES, headers={"Cookie": cookie, "IBSession": "finish"})
    after = odata.get(PARTIES, headers={"Cookie": cookie})

    assert cookie.startswith("ibsession=")
    assert [one.status_code for one in (within, last)] == [200, 200]
    assert after.status_code == 500
    assert "Сеанс" in after.json()["odata.error"]["message"]["value"]
    assert base.requests[-1].code == -1


def test_a_session_dies_of_idleness(odata: OData, base: OneCWorld) -> None:
    odata.get(PARTIES, headers={"IBSession": "start"})
    base.advance(timedelta(seconds=21))

    response = odata.get(PARTIES)

    assert response.status_code == 500


@pytest.mark.parametrize("status", [200, 503])
def test_without_a_licence_there_is_a_page(odata: OData, base: OneCWorld, status: int) -> None:
    base.turn(licences=1, licence_status=status)
    odata.get(PARTIES, headers={"IBSession": "start"})
    odata.http.cookies.clear()

    response = odata.get(PARTIES)

    assert response.status_code == status
    assert response.headers["Content-Type"].startswith("text/html")
    assert "лицензия" in response.text


def test_a_post_without_length_may_be_refused_by_the_web_server(
    onec: OneCServer, base: OneCWorld
) -> None:
    base.turn(length_required=True)
    host, _, port = onec.origin.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=5) as line:
        line.sendall(b"POST /base/odata/standard.odata/X HTTP/1.1\r\nHost: x\r\n\r\n")

        answer = line.recv(100)

    assert answer.startswith(b"HTTP/1.1 411")
    assert "content-length" in {breach.rule for breach in breaches(base.requests)}


@pytest.mark.parametrize(
    ("switch", "path"),
    [
        ("odata_published", "/odata/standard.odata/Catalog_Валюты"),
        ("soap_published", "/ws/westsync.1cws?wsdl"),
    ],
)
def test_what_is_not_published_is_404_without_json(
    odata: OData, onec: OneCServer, switch: str, path: str
) -> None:
    onec.world.turn(**{switch: False})

    response = odata.http.get(f"{onec.url}{path}")

    assert response.status_code == 404
    assert response.headers["Content-Type"].startswith("text/html")


def test_json_may_be_asked_for_by_the_header_alone(odata: OData) -> None:
    response = odata.get(PARTIES, form="", headers={"Accept": f"application/{JSON}"})

    assert len(response.json()["value"]) == 3

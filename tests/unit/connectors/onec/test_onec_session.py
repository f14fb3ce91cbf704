"""Promises of the session: what each answer means for the caller (1C contract 2.2, 2.3, 4.6)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.fakes.http_server import reply, reset
from tests.unit.connectors.onec.small_base import INVOICE, JSON, page, refusal, small_base
from westsync.connectors.onec.config import SessionMode
from westsync.connectors.onec.outcomes import AlreadyExists, Conflict, Misfit, Refused
from westsync.errors import AccessDenied, OutcomeUnknown, Rejected, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fakes.http_server import Answer
    from tests.unit.connectors.onec.small_base import SmallBase
    from westsync.connectors.onec.values import Json
    from westsync.errors import ConnectorError

ENTITY = "Document_СчетНаОплатуПокупателю"
HTML = {"Content-Type": "text/html; charset=utf-8"}
BODY: dict[str, Json] = {"Ref_Key": INVOICE, "СуммаДокумента": Decimal("120000.00")}


@pytest.fixture
def onec() -> Iterator[SmallBase]:
    """Return a connector to a written server."""
    with small_base() as small:
        yield small


def test_user_and_password_travel_as_utf_8(onec: SmallBase) -> None:
    onec.session.rows("Catalog_Организации")

    assert onec.server.seen[0].headers["authorization"] == (
        "Basic 0JjQvdGC0LXQs9GA0LDRhtC40Y860L/QsNGA0L7Qu9GM"
    )
    assert onec.server.seen[0].headers["accept"] == "application/json;odata=nometadata"


def test_a_bom_before_json_is_no_part_of_it(onec: SmallBase) -> None:
    onec.answer(reply(b'\xef\xbb\xbf{"value": [{"a": 0.10}]}', headers=JSON))

    assert onec.session.rows("Catalog_Организации") == [{"a": Decimal("0.10")}]


def test_money_travels_as_a_number_with_its_places(onec: SmallBase) -> None:
    onec.answer(reply({"Ref_Key": INVOICE}, status=201, headers=JSON))

    onec.session.create(ENTITY, BODY)

    seen = onec.server.seen[0]
    assert b'"\xd0\xa1\xd1\x83\xd0\xbc\xd0\xbc\xd0\xb0' in seen.body
    assert b":120000.00" in seen.body
    assert seen.headers["content-type"] == "application/json; charset=utf-8"


def test_a_posting_has_no_body_and_says_so(onec: SmallBase) -> None:
    onec.answer(reply(b"", headers={"Content-Type": "text/html"}))

    onec.session.post_document(ENTITY, INVOICE)

    assert onec.server.seen[0].headers["content-length"] == "0"
    assert onec.server.seen[0].target.endswith(
        "/Post?$format=json;odata=nometadata&PostingModeOperational=false"
    )


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (reply(b"<html>login</html>", headers=HTML), Unavailable, "licence"),
        (reply(b"<!DOCTYPE html>", headers={"Content-Type": "text/plain"}), Unavailable, "licence"),
        (reply(b"", status=401, headers=HTML), AccessDenied, "401"),
        (reply(b"", status=403, headers=HTML), AccessDenied, "403"),
        (reply(b"no such page", status=404, headers=HTML), Misfit, "published"),
        (refusal("20", "Нет прав", 401), AccessDenied, "right"),
        (refusal("8", status=404), Misfit, "composition"),
        (refusal("10", status=400), Misfit, "code 10"),
        (refusal("14", status=400), Misfit, "code 14"),
        (refusal("19", status=405), Misfit, "code 19"),
        (refusal("-1", 'Поле "Договор" не заполнено'), Refused, "Договор"),
        (refusal("-1", "Объект заблокирован"), Unavailable, "заблокирован"),
        (refusal("4", status=400), Rejected, "code 4"),
        (reply(b"", status=503, headers=HTML), Unavailable, "503"),
        (reply(b"", status=429, headers={"Retry-After": "7"}), Unavailable, "429"),
        (reply(b'{"value": [', headers=JSON), Unavailable, "not JSON"),
        (reply({"values": []}, headers=JSON), Unavailable, "no list"),
        (reset, Unavailable, "Error"),
    ],
)
def test_a_read_ends_as_the_contract_says(
    onec: SmallBase, answer: Answer, error: type[ConnectorError], said: str
) -> None:
    onec.server.usual = answer

    with pytest.raises(error, match=said):
        onec.session.rows(ENTITY)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refusal("15", status=400), AlreadyExists),
        (refusal("15", status=409), AlreadyExists),
        (refusal("15", status=500), AlreadyExists),
        (refusal("-1", "Период закрыт"), Refused),
        (refusal("5", status=400), Rejected),
        (reply(b"", status=412), Conflict),
        (refusal("2", "Версия не совпадает", 412), Conflict),
        (reply(b"oops", status=500, headers=HTML), OutcomeUnknown),
        (reply(b"", status=502), OutcomeUnknown),
        (reply(b"", status=504), OutcomeUnknown),
        (reply(b"{", status=201, headers=JSON), OutcomeUnknown),
        (reply(b"", status=201, headers=JSON), OutcomeUnknown),
        (reset, OutcomeUnknown),
        (reply(b"<html>", headers=HTML), Unavailable),
    ],
)
def test_a_write_ends_as_the_contract_says(
    onec: SmallBase, answer: Answer, error: type[ConnectorError]
) -> None:
    onec.server.usual = answer

    with pytest.raises(error):
        onec.session.create(ENTITY, BODY)


def test_a_write_of_unknown_outcome_is_sent_once(onec: SmallBase) -> None:
    onec.server.usual = reply(b"oops", status=500, headers=HTML)

    with pytest.raises(OutcomeUnknown):
        onec.session.create(ENTITY, BODY)

    assert len(onec.server.seen) == 1


def test_a_lock_that_passes_is_waited_for(onec: SmallBase) -> None:
    onec.answer(refusal("-1", "Таблица заблокирована"), reply({"Ref_Key": INVOICE}, headers=JSON))

    assert onec.session.create(ENTITY, BODY)["Ref_Key"] == INVOICE


def test_a_read_that_broke_is_made_again(onec: SmallBase) -> None:
    onec.server.answers.extend([reset, reply(b"", status=502)])
    onec.answer(page([{"a": 1}]))

    assert onec.session.rows(ENTITY) == [{"a": 1}]


def test_no_instance_is_a_normal_answer(onec: SmallBase) -> None:
    onec.answer(refusal("9", status=404))

    assert onec.session.entity(f"{ENTITY}(guid'{INVOICE}')") is None


def test_a_wrong_password_is_tried_twice_and_then_left_alone(onec: SmallBase) -> None:
    onec.server.usual = reply(b"", status=401, headers=HTML)

    for _ in range(4):
        with pytest.raises(AccessDenied):
            onec.session.rows(ENTITY)
    onec.server.usual = page([])
    onec.clock.advance(timedelta(hours=7))

    assert len(onec.server.seen) == 2
    assert onec.session.rows(ENTITY) == []


def test_a_manual_session_is_begun_used_and_finished() -> None:
    cookie = {"Set-Cookie": "ibsession=11112222-aaaa; Path=/base", **JSON}
    with small_base(session=SessionMode.MANUAL) as onec:
        onec.answer(reply({"value": []}, headers=cookie))
        onec.session.rows(ENTITY)
        onec.session.rows(ENTITY)
    first, second, last = onec.server.seen

    assert first.headers["ibsession"] == "start"
    assert "cookie" not in first.headers
    assert second.headers["cookie"] == "ibsession=11112222-aaaa"
    assert "ibsession" not in second.headers
    assert (last.headers["ibsession"], last.headers["cookie"]) == (
        "finish",
        "ibsession=11112222-aaaa",
    )
    assert last.headers["accept"] == "application/json;odata=nometadata"


def test_a_session_that_begins_with_a_refusal_is_kept_all_the_same() -> None:
    cookie = {"Set-Cookie": "ibsession=11112222-aaaa; Path=/base", **JSON}
    with small_base(session=SessionMode.MANUAL) as onec:
        error = {"code": "9", "message": {"lang": "ru", "value": "не найден"}}
        onec.answer(reply({"odata.error": error}, status=404, headers=cookie))
        missing = onec.session.entity(ENTITY)
        onec.session.rows(ENTITY)

    assert missing is None
    assert onec.server.seen[1].headers["cookie"] == "ibsession=11112222-aaaa"
    assert "ibsession" not in onec.server.seen[1].headers


def test_a_dead_session_is_begun_anew_for_a_read_and_in_doubt_for_a_write() -> None:
    cookie = {"Set-Cookie": "ibsession=11112222-aaaa; Path=/base", **JSON}
    dead = reply("Сеанс работы завершен".encode(), status=400, headers=HTML)
    with small_base(session=SessionMode.MANUAL) as onec:
        onec.answer(
            reply({"value": []}, headers=cookie), dead, reply({"value": [{}]}, headers=cookie)
        )
        onec.session.rows(ENTITY)

        assert onec.session.rows(ENTITY) == [{}]
        assert onec.server.seen[2].headers["ibsession"] == "start"
        assert "cookie" not in onec.server.seen[2].headers

        onec.answer(dead)
        with pytest.raises(OutcomeUnknown):
            onec.session.create(ENTITY, BODY)


def test_without_sessions_of_ours_no_cookie_goes_back() -> None:
    cookie = {"Set-Cookie": "ibsession=11112222-aaaa; Path=/", **JSON}
    with small_base() as onec:
        onec.answer(reply({"value": []}, headers=cookie))
        onec.session.rows(ENTITY)
        onec.session.rows(ENTITY)

    assert "cookie" not in onec.server.seen[1].headers
    assert "ibsession" not in onec.server.seen[0].headers

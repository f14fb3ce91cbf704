"""A portal is asked slowly, believed carefully, and left alone as soon as it minds."""

from __future__ import annotations

import stat
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.unit.connectors.suppliers.portal.conftest import RIGHT, TON
from westsync.connectors.suppliers.portal.verdicts import (
    Blocked,
    CaptchaShown,
    LayoutChanged,
    PasswordRefused,
)
from westsync.domain.matching.questions import Question
from westsync.domain.stock import Availability, PriceRole, StockStatus
from westsync.errors import AccessDenied, Rejected, Unavailable
from westsync.sandbox.supplier import Good, assortment

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fakes.clock import FakeClock
    from tests.unit.connectors.suppliers.portal.conftest import Reopen
    from westsync.connectors.suppliers.portal.portal import Portals
    from westsync.connectors.suppliers.profile import Profile
    from westsync.sandbox.supplier import Shop

MIXER = Good(
    code="T-77",
    article="MX-800 USB",
    name="Микшерный пульт Aurora MX-800 USB",
    brand="Aurora",
    category="Пульты",
    pieces={"основной": "***"},
    price=Decimal(20000),
    dealer=Decimal("15600.50"),
    transit="ожидается 12.03",
)


def paths(shop: Shop) -> list[tuple[str, str]]:
    return [(seen.method, seen.asked or seen.path) for seen in shop.seen]


def searches(shop: Shop) -> list[str]:
    return [seen.asked for seen in shop.seen if seen.path == "/catalog/search/" and seen.asked]


def log_ins(shop: Shop) -> int:
    return sum(seen.method == "POST" for seen in shop.seen)


# -- answers -----------------------------------------------------------------------------------


def test_rows_are_read_as_a_files_would_be(portals: Portals, shop: Shop) -> None:
    shop.restock([MIXER])

    (row,) = portals.look_up(TON, Question(article="MX-800 USB")).rows

    assert (row.supplier_code, row.vendor_code, row.brand) == ("T-77", "MX-800 USB", "Aurora")
    assert row.name == "Микшерный пульт Aurora MX-800 USB"
    assert row.availability.status is StockStatus.IN_STOCK
    assert row.availability.qty_min == 1
    assert row.prices[PriceRole.DEALER].amount == Decimal("15600.50")
    transit = row.stock_by_place["транзит"]
    assert transit.status is StockStatus.EXPECTED


def test_the_first_question_logs_in_and_the_next_ones_reuse_the_session(
    portals: Portals, reopened: Reopen, shop: Shop
) -> None:
    portals.look_up(TON, Question(article="MX-105"))
    reopened().look_up(TON, Question(article="SK-101"))

    assert log_ins(shop) == 1
    assert paths(shop)[:4] == [
        ("GET", "/"),
        ("POST", "/"),
        ("GET", "/"),
        ("GET", "MX-105"),
    ]


def test_hidden_inputs_and_the_value_against_forged_forms_go_with_the_log_in(
    portals: Portals, shop: Shop
) -> None:
    portals.look_up(TON, Question(article="MX-105"))

    (posted,) = [seen.posted for seen in shop.seen if seen.method == "POST"]
    assert posted == ("AUTH_FORM", "TYPE", "USER_LOGIN", "USER_PASSWORD", "sessid")


def test_we_say_who_we_are(portals: Portals, shop: Shop) -> None:
    portals.look_up(TON, Question(article="MX-105"))

    agents = {seen.agent for seen in shop.seen}
    assert len(agents) == 1
    assert agents.pop().endswith("(+mailto:it@west.example)")


def test_an_article_that_is_found_is_not_searched_by_other_means(
    portals: Portals, shop: Shop
) -> None:
    rows = portals.look_up(TON, Question(article="MX-105", name="Пульт MX-105")).rows

    assert "MX-105" in {row.vendor_code for row in rows}
    assert searches(shop) == ["MX-105"]


def test_an_article_that_is_not_found_is_searched_loosely_and_then_by_model(
    portals: Portals, shop: Shop
) -> None:
    question = Question(article="ZZ-1 00", name="Синтезатор Norden SK 101", brand="Norden")

    rows = portals.look_up(TON, question).rows

    assert searches(shop) == ["ZZ-1 00", "ZZ100", "Norden SK 101"]
    assert [row.vendor_code for row in rows] == ["SK-101"]


def test_a_name_without_a_model_asks_for_no_whole_catalogue(portals: Portals, shop: Shop) -> None:
    rows = portals.look_up(TON, Question(name="Синтезатор Norden", brand="Norden")).rows

    assert rows == ()
    assert shop.seen == type(shop.seen)()


def test_nothing_found_must_be_proved(portals: Portals, shop: Shop) -> None:
    shop.switches.layout = "empty_table"

    with pytest.raises(LayoutChanged, match="portal_layout_changed"):
        portals.look_up(TON, Question(article="MX-105"))


def test_nothing_found_is_an_answer(portals: Portals, clock: FakeClock) -> None:
    found = portals.look_up(TON, Question(article="нет такого"))

    assert found.rows == ()
    assert found.as_of == clock.now()


def test_further_pages_are_read_up_to_the_limit(portals: Portals, shop: Shop) -> None:
    shop.restock(replace(good, article=f"ALL-{good.code}") for good in assortment(50))
    shop.switches.page_size = 10

    rows = portals.look_up(TON, Question(article="ALL")).rows

    assert len(rows) == 30
    assert len(searches(shop)) == 3


# -- politeness --------------------------------------------------------------------------------


def test_requests_keep_their_distance(portals: Portals, shop: Shop, clock: FakeClock) -> None:
    portals.look_up(TON, Question(article="MX-105"))

    # Half of the three seconds of jitter on top of five; a redirect follows at once.
    assert clock.waits == [6.5, 6.5]
    assert len(shop.seen) == 4


def test_the_distance_is_kept_over_a_restart(reopened: Reopen, clock: FakeClock) -> None:
    reopened().look_up(TON, Question(article="MX-105"))
    clock.waits.clear()

    reopened().look_up(TON, Question(article="SK-101"))

    assert clock.waits == [6.5]


def test_outside_its_hours_a_portal_hears_nothing(
    portals: Portals, shop: Shop, clock: FakeClock
) -> None:
    clock.advance(timedelta(hours=9))  # 21:00 in Moscow

    with pytest.raises(Unavailable, match="08:00 to 20:00") as caught:
        portals.look_up(TON, Question(article="MX-105"))

    assert caught.value.retry_after_s == 11 * 3600
    assert len(shop.seen) == 0


def test_the_budget_of_an_hour_is_kept(reopened: Reopen, profile: Profile, shop: Shop) -> None:
    assert profile.portal is not None
    pace = replace(profile.portal.pace, per_hour=4)
    slow = replace(profile, portal=replace(profile.portal, pace=pace))
    portals = reopened(changed=slow)
    portals.look_up(TON, Question(article="MX-105"))
    portals.look_up(TON, Question(article="SK-101"))

    with pytest.raises(Unavailable, match="budget") as caught:
        portals.look_up(TON, Question(article="F-103"))

    assert caught.value.retry_after_s is not None
    assert 3500 < caught.value.retry_after_s <= 3600
    assert "F-103" not in searches(shop)


@pytest.mark.parametrize(
    ("retry_after", "pauses"), [("", [300, 900, 3600, 3600]), ("120", [120, 120, 120, 120])]
)
def test_a_portal_that_says_later_is_asked_later(
    reopened: Reopen, shop: Shop, clock: FakeClock, retry_after: str, pauses: list[int]
) -> None:
    shop.switches.status, shop.switches.retry_after = 429, retry_after
    found = []

    for _ in pauses:
        with pytest.raises(Unavailable) as caught:
            reopened().look_up(TON, Question(article="MX-105"))
        found.append(caught.value.retry_after_s)
        with pytest.raises(Unavailable, match="asked us to come later"):
            reopened().look_up(TON, Question(article="MX-105"))
        clock.advance(timedelta(seconds=caught.value.retry_after_s or 0))

    assert found == pauses
    assert len(shop.seen) == len(pauses)


def test_maintenance_with_status_200_is_waited_for(portals: Portals, shop: Shop) -> None:
    shop.switches.maintenance = True

    with pytest.raises(Unavailable):
        portals.look_up(TON, Question(article="MX-105"))


# -- sessions ----------------------------------------------------------------------------------


def test_a_session_that_ended_with_status_200_is_begun_anew_once(
    portals: Portals, shop: Shop
) -> None:
    portals.look_up(TON, Question(article="MX-105"))
    shop.end_sessions()

    rows = portals.look_up(TON, Question(article="SK-101")).rows

    assert [row.vendor_code for row in rows] == ["SK-101"]
    assert log_ins(shop) == 2
    assert searches(shop) == ["MX-105", "SK-101", "SK-101"]


def test_a_session_that_is_too_old_is_not_used(
    portals: Portals, shop: Shop, clock: FakeClock
) -> None:
    clock.advance(timedelta(hours=-2))
    portals.look_up(TON, Question(article="MX-105"))
    clock.advance(timedelta(hours=8))

    portals.look_up(TON, Question(article="SK-101"))

    assert log_ins(shop) == 2


def test_log_ins_are_few_whatever_happens(portals: Portals, shop: Shop) -> None:
    for article in ("MX-105", "SK-101"):
        portals.look_up(TON, Question(article=article))
        shop.end_sessions()

    with pytest.raises(Unavailable, match="logged in too often"):
        portals.look_up(TON, Question(article="F-103"))

    assert log_ins(shop) == 2


def test_what_is_remembered_is_for_our_eyes_only(portals: Portals, tmp_path: Path) -> None:
    portals.look_up(TON, Question(article="MX-105"))

    memory = tmp_path / "portals" / "ton_portal.json"
    assert stat.S_IMODE(memory.stat().st_mode) == 0o600
    assert "dealer-password" not in memory.read_text()


# -- stops -------------------------------------------------------------------------------------


def test_a_refused_password_is_tried_exactly_once(
    reopened: Reopen, shop: Shop, clock: FakeClock
) -> None:
    wrong = {**RIGHT, "ton_password": "wrong-password"}

    for _ in range(3):
        with pytest.raises(PasswordRefused, match="password_refused"):
            reopened(wrong).look_up(TON, Question(article="MX-105"))
        clock.advance(timedelta(days=1))

    assert log_ins(shop) == 1
    assert shop.wrong_passwords == 1


def test_a_corrected_password_is_tried_again(reopened: Reopen, shop: Shop) -> None:
    with pytest.raises(PasswordRefused):
        reopened({**RIGHT, "ton_password": "wrong-password"}).look_up(
            TON, Question(article="MX-105")
        )

    rows = reopened().look_up(TON, Question(article="MX-105")).rows

    assert len(rows) == 1
    assert log_ins(shop) == 2


@pytest.mark.parametrize(("switch", "error"), [("captcha", CaptchaShown), ("blocked", Blocked)])
def test_a_portal_that_wants_a_person_hears_nothing_until_one_has_acted(
    reopened: Reopen, shop: Shop, clock: FakeClock, switch: str, error: type[Exception]
) -> None:
    reopened().look_up(TON, Question(article="MX-105"))
    shop.switches.turn(**{switch: True})
    with pytest.raises(error):
        reopened().look_up(TON, Question(article="SK-101"))
    asked = len(shop.seen)
    shop.switches.turn(**{switch: False})
    clock.advance(timedelta(days=1))

    with pytest.raises(error, match="since 2026-11-24"):
        reopened().look_up(TON, Question(article="SK-101"))
    assert len(shop.seen) == asked

    assert reopened().resume(TON) is True
    assert len(reopened().look_up(TON, Question(article="SK-101")).rows) == 1
    assert reopened().resume(TON) is False


def test_status_403_is_a_block(portals: Portals, shop: Shop) -> None:
    shop.switches.status = 403

    with pytest.raises(Blocked):
        portals.look_up(TON, Question(article="MX-105"))


def test_a_changed_page_is_kept_and_looked_at_again_after_an_hour(
    reopened: Reopen, shop: Shop, clock: FakeClock, tmp_path: Path
) -> None:
    shop.switches.layout = "changed"
    with pytest.raises(LayoutChanged, match="page kept as portals/pages/ton_portal-"):
        reopened().look_up(TON, Question(article="MX-105"))
    asked = len(shop.seen)

    with pytest.raises(LayoutChanged):
        reopened().look_up(TON, Question(article="MX-105"))
    assert len(shop.seen) == asked

    shop.switches.layout = "classic"
    clock.advance(timedelta(hours=1))
    assert len(reopened().look_up(TON, Question(article="MX-105")).rows) == 1
    (page,) = (tmp_path / "portals" / "pages").iterdir()
    assert "grid" in page.read_text()
    assert stat.S_IMODE(page.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("td.code", "td.kod", id="required field"),
        pytest.param("td.qty", "td.rest", id="quantity"),
    ],
)
def test_a_field_that_vanished_from_every_row_is_a_changed_layout(
    reopened: Reopen, profile: Profile, old: str, new: str
) -> None:
    fields = profile.fields
    places = fields.stock.places
    if old == "td.code":
        assert fields.supplier_code is not None
        fields = replace(fields, supplier_code=replace(fields.supplier_code, css=new))
    else:
        available = places[0].available
        assert available is not None
        first = replace(places[0], available=replace(available, css=new))
        fields = replace(fields, stock=replace(fields.stock, places=(first, *places[1:])))

    with pytest.raises(LayoutChanged, match=new):
        reopened(changed=replace(profile, fields=fields)).look_up(TON, Question(article="MX-105"))


def test_a_missing_secret_is_named_before_anything_is_sent(reopened: Reopen, shop: Shop) -> None:
    with pytest.raises(AccessDenied, match="WESTSYNC__SUPPLIERS__TON_USER"):
        reopened({}).look_up(TON, Question(article="MX-105"))

    assert len(shop.seen) == 0


def test_a_source_without_a_portal_is_refused(reopened: Reopen, profile: Profile) -> None:
    with pytest.raises(Rejected, match="no portal"):
        reopened(changed=replace(profile, portal=None)).look_up(TON, Question(article="1"))


# -- sessions of a browser ---------------------------------------------------------------------


def test_cookies_of_a_browser_are_used_where_only_a_browser_can_log_in(
    reopened: Reopen, profile: Profile, shop: Shop, tmp_path: Path
) -> None:
    assert profile.portal is not None
    by_hand = replace(profile, portal=replace(profile.portal, transport="browser"))
    with pytest.raises(AccessDenied, match="bring its cookies"):
        reopened(changed=by_hand).look_up(TON, Question(article="MX-105"))
    shop.sessions["brought"] = 0
    cookies = tmp_path / "cookies.txt"
    cookies.write_text(
        "# Netscape HTTP Cookie File\n127.0.0.1\tFALSE\t/\tFALSE\t0\tPHPSESSID\tbrought\n"
    )

    reopened(changed=by_hand).use_cookies(TON, cookies)
    rows = reopened(changed=by_hand).look_up(TON, Question(article="MX-105")).rows

    assert len(rows) == 1
    assert log_ins(shop) == 0


def test_a_quantity_nobody_understands_is_not_told_as_stock(portals: Portals, shop: Shop) -> None:
    shop.restock([replace(MIXER, pieces={"основной": "5/3"}, transit="")])

    (row,) = portals.look_up(TON, Question(article="MX-800 USB")).rows

    assert row.availability == Availability(status=StockStatus.UNKNOWN)
    assert row.raw


def test_a_selector_nobody_can_read_is_a_mistake_of_the_profile(
    reopened: Reopen, profile: Profile
) -> None:
    assert profile.portal is not None
    result = replace(profile.portal.result, row="tr:unheard-of(1)")
    broken = replace(profile, portal=replace(profile.portal, result=result))

    with pytest.raises(Rejected, match="a selector of the profile cannot be read"):
        reopened(changed=broken).look_up(TON, Question(article="MX-105"))

"""The parts of a portal that need no network: signs, forms, hours, budgets, selectors."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some
from selectolax.lexbor import LexborHTMLParser

from westsync.connectors.suppliers.portal.classification import (
    Kind,
    classified,
    classified_result,
)
from westsync.connectors.suppliers.portal.css_fields import CssLocator, parted
from westsync.connectors.suppliers.portal.forms import FormMissing, csrf_headers, filled_form
from westsync.connectors.suppliers.portal.pacing import closed_for, distance, used_up_for
from westsync.connectors.suppliers.portal.page import Page
from westsync.connectors.suppliers.profile_fields import Field
from westsync.connectors.suppliers.profile_portal import (
    Csrf,
    Detect,
    Login,
    Pace,
    ResultPage,
    Sign,
)

NOON = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DETECT = Detect(
    blocked=Sign(text=("доступ ограничен",)),
    captcha=Sign(css="input[name=captcha_word]"),
    maintenance=Sign(text=("технические работы",)),
    login_required=Sign(url="login=yes", css="form[name=form_auth]"),
)
RESULT = ResultPage(row="tr.item", must_have="table.catalog", empty=Sign(text=("не найдено",)))
FORM = '<form name="form_auth"></form>'
ROW = '<table class="catalog"><tr class="item"><td>1</td></tr></table>'


def a_page(
    body: str, status: int = 200, url: str = "https://ton.example/", kind: str = "text/html"
) -> Page:
    return Page(status=status, url=url, headers={"content-type": kind}, body=body.encode())


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        pytest.param(a_page(ROW, 429), Kind.RETRY_LATER, id="429"),
        pytest.param(a_page(FORM, 503), Kind.RETRY_LATER, id="503 before anything else"),
        pytest.param(a_page(ROW, 403), Kind.BLOCKED, id="403"),
        pytest.param(
            a_page('<b>ДОСТУП  ограничен</b><input name="captcha_word">'),
            Kind.BLOCKED,
            id="block before captcha",
        ),
        pytest.param(
            a_page(f'<input name="captcha_word">технические работы{FORM}'),
            Kind.CAPTCHA,
            id="captcha before maintenance",
        ),
        pytest.param(
            a_page(f"<p>Технические&nbsp;работы</p>{FORM}"),
            Kind.RETRY_LATER,
            id="maintenance before log-in",
        ),
        pytest.param(a_page(FORM + ROW), Kind.LOGGED_OUT, id="log-in form with 200"),
        pytest.param(
            a_page(ROW, url="https://ton.example/?login=yes"), Kind.LOGGED_OUT, id="by address"
        ),
        pytest.param(a_page(ROW, 401), Kind.LOGGED_OUT, id="401"),
        pytest.param(a_page(ROW, 404), Kind.LAYOUT_CHANGED, id="404"),
        pytest.param(a_page("{}", kind="application/json"), Kind.LAYOUT_CHANGED, id="no page"),
        pytest.param(a_page("<p>Каталог</p>"), Kind.LAYOUT_CHANGED, id="no table, no proof"),
        pytest.param(
            a_page('<table><tr class="item"></tr></table>'),
            Kind.LAYOUT_CHANGED,
            id="must_have missing",
        ),
        pytest.param(a_page("<p>Ничего не найдено</p>"), Kind.EMPTY, id="proved empty"),
        pytest.param(a_page(f"не найдено, похожие: {ROW}"), Kind.FINE, id="rows beside the proof"),
        pytest.param(a_page(ROW), Kind.FINE, id="result"),
        pytest.param(
            a_page(f"<script>'технические работы'</script>{ROW}"), Kind.FINE, id="words of a script"
        ),
    ],
)
def test_every_answer_is_classified_in_the_contracts_order(page: Page, kind: Kind) -> None:
    assert classified_result(page, DETECT, RESULT) is kind


def test_the_form_is_no_sign_on_the_log_in_page() -> None:
    page = a_page(FORM, url="https://ton.example/?login=yes")

    assert classified(page, DETECT, on_login=True) is Kind.FINE


def test_a_log_in_page_may_come_as_401() -> None:
    assert classified(a_page(FORM, 401), DETECT, on_login=True) is Kind.FINE


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        pytest.param("Кабинет".encode("cp1251"), "text/html; charset=windows-1251", id="header"),
        pytest.param('<meta charset="cp1251">Кабинет'.encode("cp1251"), "text/html", id="meta"),
        pytest.param("Кабинет".encode("cp1251"), "text/html", id="guessed"),
        pytest.param("Кабинет".encode(), "text/html", id="UTF-8"),
        pytest.param("Кабинет".encode(), "text/html; charset=nonsense", id="unknown charset"),
    ],
)
def test_pages_are_read_in_their_encoding(body: bytes, kind: str) -> None:
    page = Page(status=200, url="https://x.example/", headers={"content-type": kind}, body=body)

    assert "кабинет" in page.words


LOGIN = Login(page="/", form="form#f", fields=(("user", "u"),), csrf=Csrf(input="_token"))
FULL = (
    '<form id="f" action="/in"><input type="hidden" name="_token" value="t">'
    '<input type="hidden" name="back" value="/a"><input name="user" value="old">'
    '<input type="submit" name="go" value="1"></form>'
)


def test_a_form_is_filled_as_a_browser_would() -> None:
    form = filled_form(a_page(FULL), LOGIN, {"user": "u"}, {})

    assert form.url == "https://ton.example/in"
    assert form.values == {"_token": "t", "back": "/a", "user": "u"}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param("<p>", "no form", id="no form"),
        pytest.param(FULL.replace('name="user"', 'name="login"'), "no input 'user'", id="input"),
        pytest.param(FULL.replace('value="t"', ""), "'_token' is missing or empty", id="csrf"),
    ],
)
def test_a_password_is_sent_only_to_the_form_of_the_profile(body: str, said: str) -> None:
    with pytest.raises(FormMissing, match=said):
        filled_form(a_page(body), LOGIN, {"user": "u"}, {})


@pytest.mark.parametrize(
    "csrf",
    [
        pytest.param(Csrf(meta="csrf-token", header="X-T"), id="meta"),
        pytest.param(Csrf(cookie="XSRF", header="X-T"), id="cookie"),
        pytest.param(Csrf(response_header="X-Bitrix-New-Csrf", header="X-T"), id="header"),
    ],
)
def test_the_value_against_forged_forms_is_found_wherever_it_is(csrf: Csrf) -> None:
    page = Page(
        status=200,
        url="https://ton.example/",
        headers={"x-bitrix-new-csrf": "v"},
        body=b'<meta name="csrf-token" content="v">',
    )

    assert csrf_headers(page, csrf, {"XSRF": "v"}) == {"X-T": "v"}


def test_fields_are_texts_attributes_and_the_chosen_one_of_several() -> None:
    row = LexborHTMLParser(
        '<div class="r"><a href="/7" data-id="9">Пульт <b>MX</b></a><i>1</i><i>2</i></div>'
    ).css_first("div.r")
    locator = CssLocator()

    def text(css: str, index: int = 0) -> str:
        found = locator.find(Field(css=css, index=index))
        assert found is not None
        return str(found[0](row))

    assert text("a") == "Пульт MX"
    assert text("a@href") == "/7"
    assert text("i", -1) == "2"
    assert text("u") == ""


def test_an_at_sign_inside_a_selector_is_no_attribute() -> None:
    assert parted("a[href*='x@y']") == ("a[href*='x@y']", "")
    assert parted("a[title='x@y']@href") == ("a[title='x@y']", "href")


@pytest.mark.parametrize(
    ("at", "hours"), [("05:00", 0), ("04:59:59", 1 / 3600), ("17:00", 12), ("16:59", 0)]
)
def test_hours_are_the_portals_own(at: str, hours: float) -> None:
    moment = datetime.combine(NOON.date(), time.fromisoformat(at), UTC)

    assert closed_for(Pace(), moment) == timedelta(hours=hours)


def test_hours_may_go_over_midnight() -> None:
    pace = Pace(window=(time(22), time(6)))

    assert closed_for(pace, datetime(2026, 11, 24, 20, 0, tzinfo=UTC)) == timedelta()
    assert closed_for(pace, datetime(2026, 11, 24, 9, 0, tzinfo=UTC)) == timedelta(hours=10)


@given(
    gaps=some.lists(some.integers(min_value=0, max_value=7200), max_size=60),
    per_hour=some.integers(1, 10),
    per_day=some.integers(1, 40),
)
def test_whoever_waits_as_told_never_exceeds_a_budget(
    gaps: list[int], per_hour: int, per_day: int
) -> None:
    now = NOON
    done: list[datetime] = []

    for gap in gaps:
        now += timedelta(seconds=gap)
        now += used_up_for(done, per_hour, per_day, now)
        done.append(now)

    for at in done:
        within = [other for other in done if at - timedelta(hours=1) < other <= at]
        assert len(within) <= per_hour
        assert sum(at - timedelta(days=1) < other <= at for other in done) <= per_day


@given(back_s=some.integers(0, 100_000), chance=some.floats(0, 1))
def test_a_clock_that_was_set_back_makes_nobody_wait_long(back_s: int, chance: float) -> None:
    moments = [NOON + timedelta(seconds=back_s)]

    wait = distance(Pace(), moments, NOON, chance)

    assert timedelta() <= wait <= timedelta(seconds=8)

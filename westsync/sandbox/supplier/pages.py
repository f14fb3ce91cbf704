"""Pages of the stand-in's portal, in the manner of a Bitrix shop (suppliers contract 9, 13.4)."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from westsync.sandbox.supplier.goods import Good

_LOGOUT = '<a href="/?logout=yes">Выйти</a>'


def page(body: str, *, logged_in: bool = False) -> str:
    """Return a whole page."""
    head = '<meta charset="utf-8"><title>Кабинет дилера</title>'
    return (
        f"<!DOCTYPE html><html><head>{head}</head><body>{_LOGOUT if logged_in else ''}"
        f"<main>{body}</main></body></html>"
    )


def login_form(sessid: str, error: str = "", *, captcha: bool = False) -> str:
    """Return the log-in page."""
    told = f'<div class="errortext">{escape(error)}</div>' if error else ""
    word = '<input name="captcha_word">' if captcha else ""
    return page(
        f'{told}<form name="form_auth" method="post" action="/?login=yes">'
        '<input type="hidden" name="AUTH_FORM" value="Y"><input type="hidden" name="TYPE" '
        f'value="AUTH"><input type="hidden" name="sessid" value="{sessid}">'
        '<input name="USER_LOGIN"><input type="password" name="USER_PASSWORD">'
        f'{word}<input type="submit" name="Login" value="Войти"></form>'
    )


def home() -> str:
    """Return what is seen after the log-in."""
    return page("<p>Добро пожаловать.</p>", logged_in=True)


def captcha() -> str:
    """Return the page that wants to see a person."""
    return page('<form><div class="smart-captcha"></div><input name="captcha_word"></form>')


def blocked() -> str:
    """Return the page for whom the portal does not want."""
    return page("<h1>Доступ ограничен</h1><p>Обратитесь к вашему менеджеру.</p>")


def maintenance() -> str:
    """Return the page of a night with works, which comes with 200."""
    return page("<h1>Ведутся технические работы</h1><p>Зайдите позже.</p>")


def error() -> str:
    """Return an error page that comes with 200."""
    return page("<h1>Ошибка</h1><p>Файл не сформирован.</p>")


def results(
    goods: Sequence[Good], *, layout: str = "classic", more: str = "", asked: str = ""
) -> str:
    """Return a page of results.

    Args:
        goods: Its rows.
        layout: As the switch says.
        more: Address of the next page; empty: this is the last one.
        asked: What was searched for.
    """
    if layout == "empty_table":
        return page('<table class="catalog"></table>', logged_in=True)
    if not goods:
        told = f"<p>По запросу «{escape(asked)}» ничего не найдено.</p>"
        return page(told, logged_in=True)
    rows = "".join(_changed_row(good) if layout == "changed" else _row(good) for good in goods)
    table = f'<table class="{"grid" if layout == "changed" else "catalog"}">{rows}</table>'
    link = f'<a class="next" href="{escape(more)}">Дальше</a>' if more else ""
    return page(table + link, logged_in=True)


def _row(good: Good) -> str:
    pieces = next(iter(good.pieces.values()), "")
    return (
        f'<tr class="item"><td class="code">{escape(good.code)}</td>'
        f'<td class="article">Арт.: {escape(good.article)}</td>'
        f'<td class="name"><a href="/catalog/{escape(good.code)}/">{escape(good.name)}</a></td>'
        f'<td class="brand">{escape(good.brand)}</td><td class="qty">{escape(pieces)}</td>'
        f'<td class="transit">{escape(good.transit)}</td>'
        f'<td class="price">{good.dealer} руб.</td></tr>'
    )


def _changed_row(good: Good) -> str:
    return f'<tr class="card"><td>{escape(good.name)}</td><td>{good.dealer}</td></tr>'

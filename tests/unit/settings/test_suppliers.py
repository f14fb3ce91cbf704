"""Supplier files: every mistake at its place, no secret in them, complete profiles out of them."""

from __future__ import annotations

import json
from datetime import time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from westsync.connectors.suppliers import profile_fetch as fetching
from westsync.connectors.suppliers.profile import Format
from westsync.domain.stock import Availability, PriceRole, StockStatus
from westsync.settings import yaml12
from westsync.settings.supplier_schema import suppliers_schema
from westsync.settings.suppliers import read_suppliers

if TYPE_CHECKING:
    from tests.unit.settings.configuration import ConfigDirectory
    from westsync.connectors.suppliers.profile import Profile
    from westsync.settings.suppliers import Suppliers

SHIPPED = sorted((Path(__file__).parents[3] / "config" / "suppliers").glob("*.yaml"))
SMALL = """\
id: lira
title: Лира
fetch: { kind: http, url: "https://lira.example/price.xls" }
fields:
  supplier_code: { column: [Код], required: true }
  stock: { column: [Остаток] }
accept: { min_rows: 10 }
"""


def read(*texts: str, **secrets: str) -> Suppliers:
    documents = [
        yaml12.parse(text, file=f"s{number}.yaml") for number, text in enumerate(texts, start=1)
    ]
    assert not [problem for document in documents for problem in document.problems]
    return read_suppliers(documents, secrets)


def complaints(text: str) -> list[str]:
    return [str(problem).removeprefix("s1.yaml:") for problem in read(text).problems]


def profile(text: str, **secrets: str) -> Profile:
    found = read(text, **secrets)
    assert not found.problems
    return found.profiles[0]


def shipped(name: str) -> Profile:
    path = next(path for path in SHIPPED if path.stem == name)
    return profile(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_source_is_right_without_its_secrets_and_rests(path: Path) -> None:
    found = read(path.read_text(encoding="utf-8"))

    assert found.problems == ()
    assert [one.enabled for one in found.profiles] == [False]
    assert found.missing == ()


def test_the_double_header_source_becomes_what_the_reader_needs() -> None:
    lira = shipped("lira_music")

    assert isinstance(lira.fetch, fetching.HttpFetch)
    assert lira.fetch.max_bytes == 32 * 1024 * 1024
    assert lira.schedule.every == timedelta(hours=1)
    assert lira.schedule.window == (time(8), time(20))
    assert lira.schedule.days == frozenset(range(6))
    assert lira.table.sheets == ("TDSheet",)
    assert (lira.table.header.rows, lira.table.header.join) == (2, " / ")
    assert [place.name for place in lira.fields.stock.places] == ["Москва", "Новосибирск"]
    assert lira.fields.stock.places[1].lead_days == 7
    assert [role for role, _ in lira.fields.prices] == [PriceRole.RRP, PriceRole.DEALER]
    assert lira.quantity.map == (
        ("***", Availability(status=StockStatus.IN_STOCK, qty_min=10)),
        ("~по звонку", Availability(status=StockStatus.ASK)),
    )
    assert lira.match.strip_prefixes == ("L-",)
    assert lira.accept.max_age == timedelta(days=2)
    assert lira.accept.as_of is not None
    assert lira.accept.as_of.format == "%d.%m.%y %H:%M:%S"


def test_the_csv_source_becomes_positions_and_an_ftp_server() -> None:
    sz = shipped("svet_i_zvuk")

    assert isinstance(sz.fetch, fetching.FtpFetch)
    assert (sz.fetch.path, sz.fetch.tls) == ("/out/pricelist_*.csv", "when_offered")
    assert (sz.read.format, sz.read.encoding, sz.read.delimiter) == (Format.CSV, "cp1251", ";")
    assert sz.read.expect_columns == 16
    assert sz.fields.active is not None
    assert sz.fields.active.map == (("да", True), ("yes", True), ("нет", False), ("no", False))
    assert sz.price.decimal == ","
    assert sz.match.duplicates == "sum"


def test_the_yml_source_looks_for_stock_in_the_written_order() -> None:
    rig = shipped("rig_shop")

    assert isinstance(rig.fetch, fetching.HttpFetch)
    assert rig.fetch.auth.kind == "basic"
    options = rig.fields.stock.first_of
    assert options[0].sum == "outlets/outlet/@instock"
    assert [option.field.path for option in options if option.field is not None] == [
        "count",
        "quantity_in_stock",
        "quantity",
    ]
    assert options[-1].flag is not None
    assert options[-1].false == Availability(status=StockStatus.ON_ORDER, qty_min=0, qty_max=0)
    ((_, price),) = rig.fields.prices
    assert price.currency_field is not None
    assert price.currency_field.path == "currencyId"


def test_the_portal_source_becomes_log_in_signs_and_searches() -> None:
    portal = shipped("ton_portal").portal

    assert portal is not None
    assert portal.login is not None
    assert portal.login.csrf is not None
    assert portal.login.csrf.input == "sessid"
    assert [name for name, _ in portal.login.fields] == ["USER_LOGIN", "USER_PASSWORD"]
    assert [(search.by, search.path) for search in portal.search] == [
        ("article", "/catalog/search/"),
        ("name", "/catalog/search/"),
    ]
    assert (portal.result.next_page, portal.result.pages) == ("a.next", 3)
    assert portal.pace.window == (time(8), time(20))
    assert portal.session_age == timedelta(hours=8)


# The fragments of suppliers contract 13.5, each in a file of its own.
MAIL = (
    'fetch: { kind: imap, host: imap.yandex.ru, user: "${secret:mail_user}", password: '
    '"${secret:mail_app_password}", folder: INBOX, from: ["stock@x.example"], subject: '
    '"~остатки", attachment: "~\\\\.(zip|xlsx?)$", max_age: 3d }\n'
    'unpack: { member: "~остатки.*\\\\.xlsx?$" }\n'
)
API_FILE = """\
fetch:
  kind: json_api
  login:
    post: "https://b2b.x.example/api/auth/"
    json: { login: "${secret:x_login}", password: "${secret:x_password}" }
    token: token
    error: error
  request:
    post: "https://b2b.x.example/api/pricelist/get/"
    json: { token: "{token}", format: xlsx }
    file_base64: file_content
    error: error
"""
API_PAGES = """\
fetch:
  kind: json_api
  request: { get: "https://y.example/api/products", bearer: "${secret:y_token}" }
  paging: { kind: offset, param: offset, step: 3000, total: total }
  items: products
"""
HEAD = "id: x\ntitle: Икс\naccept: { min_rows: 10 }\n"


def test_the_contracts_fragment_for_mail_is_understood() -> None:
    mail = profile(HEAD + MAIL)

    assert isinstance(mail.fetch, fetching.ImapFetch)
    assert mail.fetch.senders == ("stock@x.example",)
    assert mail.fetch.attachment == "~\\.(zip|xlsx?)$"
    assert mail.fetch.max_age == timedelta(days=3)
    assert mail.unpack.member.startswith("~остатки")


def test_the_contracts_fragment_for_a_file_in_json_is_understood() -> None:
    api = profile(HEAD + API_FILE).fetch

    assert isinstance(api, fetching.JsonApiFetch)
    assert api.login is not None
    assert api.login.token == "token"
    assert json.loads(api.request.body) == {"token": "{token}", "format": "xlsx"}
    assert api.request.file_base64 == "file_content"


def test_the_contracts_fragment_for_pages_is_understood() -> None:
    api = profile(HEAD + API_PAGES).fetch

    assert isinstance(api, fetching.JsonApiFetch)
    assert api.paging == fetching.Paging(
        kind="offset", param="offset", step=3000, first=0, total="total"
    )
    assert api.items == "products"


def test_the_contracts_fragment_for_a_bounded_quantity_is_understood() -> None:
    text = SMALL.replace(
        "stock: { column: [Остаток] }",
        "stock: { each: locations, name: description, available: { value: quantity.value, "
        "more: quantity.isGreatThan }, eta: deliveryDate }",
    )

    each = profile(text).fields.stock.each

    assert each is not None
    assert (each.each, each.name) == ("locations", "description")
    assert (each.available.value, each.available.more) == (
        "quantity.value",
        "quantity.isGreatThan",
    )
    assert each.eta is not None
    assert each.eta.path == "deliveryDate"


def test_the_contracts_fragment_for_colours_and_a_join_are_understood() -> None:
    text = SMALL.replace(
        "stock: { column: [Остаток] }",
        'stock: { fill: { "FFFFFF00": { status: in_stock, qty_min: 1 }, default: '
        "{ status: on_order } }, column: [Модель] }",
    )
    text += "read: { format: xlsx, styles: true }\n"
    text += "join: { source: lira_prices, on: supplier_code, take: [prices] }\n"

    found = read(text, SMALL.replace("id: lira", "id: lira_prices"))

    assert found.problems == ()
    fill = found.profiles[0].fields.stock.fill
    assert fill is not None
    assert fill.fills == (("FFFFFF00", Availability(status=StockStatus.IN_STOCK, qty_min=1)),)
    assert fill.field.column == ("Модель",)
    assert found.profiles[0].join is not None


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        pytest.param(
            "title: Лира",
            "titel: Лира",
            "1:1: 'title' is missing; add it: What people call it.",
            id="missing key",
        ),
        pytest.param(
            "title: Лира",
            "title: Лира\nfecth: 1",
            "3:1: fecth: unknown key; did you mean 'fetch'?",
            id="unknown key",
        ),
        pytest.param(
            "kind: http", "kind: htttp", "3:16: fetch.kind: unknown kind; did you mean 'http'?",
            id="unknown kind",
        ),
        pytest.param(
            "kind: http, url", "kind: http, ulr",
            "3:22: fetch.ulr: unknown key; did you mean 'url'?", id="unknown key of a kind",
        ),
        pytest.param(
            "required: true", "requird: true",
            "5:35: fields.supplier_code.requird: unknown key; did you mean 'required'?",
            id="unknown key of a field",
        ),
        pytest.param(
            "{ column: [Код], required: true }", "{ required: true }",
            "5:3: fields.supplier_code: names not exactly one of column, letter, path, css, const, "
            "template, value; write exactly one of column, letter, path, css, const, template, "
            "value",
            id="field without a place",
        ),
        pytest.param(
            "column: [Остаток]", "column: [Остаток], letter: Q",
            "6:3: fields.stock: must say in exactly one way where the quantity is; write a field "
            "(column, letter, path, css), places, first_of or each",
            id="stock in two places",
        ),
        pytest.param(
            "column: [Код]", 'column: ["~(Код"]',
            "5:29: fields.supplier_code.column.0: '~(Код' is not a regular expression (missing ), "
            "unterminated subpattern at position 0); check its brackets; in double quotes a "
            "backslash is written twice",
            id="regular expression",
        ),
        pytest.param(
            "min_rows: 10", "max_age: 3",
            "7:20: accept.max_age: '3' must be a length of time; write it like 30s, 5m, 2h or 3d",
            id="length of time",
        ),
        pytest.param(
            "accept: { min_rows: 10 }", "accept: { absence: out }",
            "1:1: accept.min_rows is missing; write how many rows a whole list has at least",
            id="no least number of rows",
        ),
        pytest.param(
            "price.xls", "{day}.xls",
            "3:27: fetch.url: has the unknown placeholder {day}; known are {date:%d.%m.%y} and "
            "{timestamp}",
            id="placeholder",
        ),
        pytest.param(
            "https://lira", "https://user:pass@lira",
            "3:27: fetch.url: has a user name or password in it; write them under auth:",
            id="password in an address",
        ),
        pytest.param(
            "title: Лира", 'title: "${secret:name}"',
            "2:8: title: a secret is not resolved here; only fetch, portal, contact and unpack may "
            "refer to secrets",
            id="secret where none is resolved",
        ),
        pytest.param(
            "https://lira.example/price.xls", "${env:LINK}",
            "3:27: fetch.url: this is no reference to a secret; write it like "
            "${secret:sz_password}",
            id="reference of another form",
        ),
        pytest.param(
            "title: Лира", "title: Лира\njoin: { source: lirra }",
            "3:17: join.source: there is no source 'lirra'; did you mean 'lira'?",
            id="join with nothing",
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_told_at_its_place_with_a_cure(old: str, new: str, complaint: str) -> None:
    assert old in SMALL

    assert complaint in complaints(SMALL.replace(old, new))


def test_mistakes_of_all_files_come_at_once() -> None:
    second = SMALL.replace("min_rows: 10", "min_rows: 0").replace("[Код]", "[]")

    found = [str(problem) for problem in read(SMALL.replace("kind: http", "kind: ftp"), second)
             .problems]  # fmt: skip

    assert any(text.startswith("s1.yaml:3:") and "'host' is missing" in text for text in found)
    assert any(text.startswith("s1.yaml:3:") and "'path' is missing" in text for text in found)
    assert any(text.startswith("s2.yaml:1:5: id: 'lira' is the id of s1.yaml") for text in found)
    assert any(text.startswith("s2.yaml:7:") and "min_rows" in text for text in found)


@pytest.mark.parametrize(
    "literal",
    [
        'auth: { kind: basic, user: u, password: "hunter2hunter2" }',
        "auth: { kind: bearer, token: hunter2hunter2 }",
        "headers: { Authorization: hunter2hunter2 }",
        "headers: { Api-Token: hunter2hunter2 }",
        "method: POST, form: { passwd: hunter2hunter2 }",
        "method: POST, form: { password: 13371337 }",
    ],
)
def test_a_secret_written_out_is_refused_and_never_repeated(literal: str) -> None:
    text = SMALL.replace('price.xls" }', f'price.xls", {literal} }}')

    found = complaints(text)

    assert any("a secret must not stand here; change it" in told for told in found)
    assert any("WESTSYNC__SUPPLIERS__NAME" in told for told in found)
    assert "hunter2" not in "".join(found)
    assert "1337" not in "".join(found)


def test_a_secret_in_the_query_of_a_link_is_refused() -> None:
    found = complaints(SMALL.replace("price.xls", "price.xls?token=hunter2hunter2"))

    assert any("fetch.url: a secret must not stand here" in told for told in found)
    assert "hunter2" not in "".join(found)


def test_credentials_are_never_sent_where_nobody_checks_the_certificate() -> None:
    auth = 'auth: { kind: bearer, token: "${secret:lira_token}" }, tls: { insecure: true } }'

    found = complaints(SMALL.replace('price.xls" }', f'price.xls", {auth}'))

    assert any("insecure would hand the credentials to anybody" in told for told in found)


def test_a_missing_secret_of_an_enabled_source_is_named_and_hinders_nothing() -> None:
    text = SMALL.replace("https://lira.example/price.xls", "${secret:lira_link}")

    assert read(text).missing == (("lira", "lira_link"),)
    assert read(text).problems == ()
    assert read(text, lira_link="https://x.example/").missing == ()
    assert read(f"{text}enabled: false\n").missing == ()


def test_contacts_come_out_of_the_secrets_for_people_to_see() -> None:
    text = SMALL + 'contact: { email: "${secret:lira_mail}", hours: "Mon-Fri" }\n'

    assert profile(text, lira_mail="anna@lira.example").contact.email == "anna@lira.example"
    assert profile(text).contact.email == ""


def test_an_archives_password_comes_out_of_the_secrets() -> None:
    text = SMALL + 'unpack: { member: "*.xls", password: "${secret:lira_zip}" }\n'

    assert profile(text, lira_zip="0pen").unpack.password == "0pen"
    assert "0pen" not in repr(profile(text, lira_zip="0pen"))


def test_the_revision_changes_with_what_is_read_and_not_with_words_for_people() -> None:
    before = profile(SMALL).revision

    assert profile(SMALL + "notes: звонить Анне\nenabled: false\n").revision == before
    assert profile(SMALL + "schedule: { every: 2h }\n").revision == before
    assert profile(SMALL.replace("Остаток", "Склад")).revision != before
    assert profile(SMALL + "quantity: { blank: out }\n").revision != before


def test_shares_stay_exact() -> None:
    accept = profile(SMALL.replace("min_rows: 10", "min_rows: 10, bad_rows: 0.07")).accept

    assert accept.bad_rows == Decimal("0.07")
    assert accept.rows_drop == Decimal("0.5")


def test_xml_may_be_longer_than_other_files() -> None:
    yml = profile(SMALL.replace("column: [Код]", 'path: "@id"') + "read: { format: yml }\n")
    other = profile(SMALL)

    assert isinstance(yml.fetch, fetching.HttpFetch)
    assert isinstance(other.fetch, fetching.HttpFetch)
    assert yml.fetch.max_bytes == 512 * 1024 * 1024
    assert other.fetch.max_bytes == 64 * 1024 * 1024


def test_what_can_be_ordered_now_is_at_least_one_piece() -> None:
    words = 'quantity: { map: { "есть": in_stock, "мало": low, "нет": out, "?": ask } }\n'

    meanings = dict(profile(SMALL + words).quantity.map)

    assert meanings["есть"].qty_min == 1
    assert meanings["мало"].qty_min == 1
    assert (meanings["нет"].qty_min, meanings["нет"].qty_max) == (0, 0)
    assert meanings["?"].qty_min is None


def test_the_schema_covers_every_kind_and_writes_spans_as_files_do() -> None:
    schema = suppliers_schema()
    text = json.dumps(schema)

    definitions = schema["$defs"]
    assert isinstance(definitions, dict)
    assert {"HttpSettings", "FtpSettings", "ImapSettings", "DiskSettings"} <= set(definitions)
    assert {"ManualSettings", "JsonApiSettings", "PortalSettings"} <= set(definitions)
    assert schema["additionalProperties"] is False
    assert '"default": "2h"' in text
    assert '"default": "3d"' in text


def test_supplier_files_and_their_secrets_are_part_of_the_configuration(
    config: ConfigDirectory, tmp_path: Path
) -> None:
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "suppliers.lira_link").write_text("https://a.example/secret\n")
    (credentials / "suppliers.lira_link").chmod(0o600)
    config.write("suppliers/lira.yaml", SMALL)
    before = config.read()

    config.write("suppliers/lira.yaml", SMALL + "notes: x\n")
    after = config.read({"WESTSYNC__SUPPLIERS__LIRA_TOKEN": "t0ken"}, credentials)

    assert after.problems == ()
    assert after.version != before.version
    assert [document.file for document in after.supplier_documents] == [
        "config/suppliers/lira.yaml"
    ]
    told = {name: value.get_secret_value() for name, value in after.supplier_secrets.items()}
    assert told == {"lira_link": "https://a.example/secret", "lira_token": "t0ken"}


def test_a_syntax_error_of_a_supplier_file_is_told_with_the_others(
    config: ConfigDirectory,
) -> None:
    config.write("suppliers/lira.yaml", "id: lira\nid: lira2\n")

    (complaint,) = config.complaints()
    assert complaint.startswith(
        "config/suppliers/lira.yaml:2:1: key 'id' stands here a second time; first at 1:1"
    )


def test_a_credential_that_no_file_can_refer_to_is_told(
    config: ConfigDirectory, tmp_path: Path
) -> None:
    (tmp_path / "suppliers.Ton-User").write_text("x")

    (problem,) = config.read({}, tmp_path).problems

    assert str(problem) == (
        "$CREDENTIALS_DIRECTORY/suppliers.Ton-User:1:1: no supplier file can refer to this name; "
        "name it suppliers.NAME, with a-z, 0-9 and _ as in ${secret:NAME}"
    )


@pytest.mark.parametrize("css", ["td[", "a::", "tr >", ".item,", "a[href='x]", "td..x"])
def test_a_selector_that_ends_in_the_middle_is_told(css: str) -> None:
    text = SMALL.replace("column: [Код]", f'css: "{css}"')

    assert any("is not a CSS selector" in told for told in complaints(text))


@pytest.mark.parametrize(
    "css", ["td.code", "a[href*='logout=yes']", "tr > td:nth-child(2)", "a.item@href", "b, i"]
)
def test_a_selector_of_the_usual_forms_is_right(css: str) -> None:
    assert complaints(SMALL.replace("column: [Код]", f'css: "{css}"')) == []

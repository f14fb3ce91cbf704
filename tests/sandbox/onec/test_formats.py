"""JSON at three levels, Atom, numbers, errors (contract 4.1, 4.2, 4.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import etree

from tests.sandbox.onec.conftest import INVOICES, PARTIES, by_key, code
from westsync.sandbox.onec.furnishing import BUYER, ITEM
from westsync.sandbox.onec.odata.atom_answers import ATOM, DATA, META

if TYPE_CHECKING:
    from tests.sandbox.onec.conftest import OData
    from westsync.sandbox.onec import OneCWorld

NAMES = {"a": ATOM, "d": DATA, "m": META}


@pytest.mark.parametrize(
    ("form", "accept", "media"),
    [
        ("json;odata=nometadata", "*/*", "application/json;odata=nometadata;charset=utf-8"),
        ("json", "*/*", "application/json;odata=minimalmetadata;charset=utf-8"),
        ("", "application/json", "application/json;odata=minimalmetadata;charset=utf-8"),
        (
            "",
            "application/json; odata=fullmetadata",
            "application/json;odata=fullmetadata;charset=utf-8",
        ),
        ("json", "application/atom+xml", "application/json;odata=minimalmetadata;charset=utf-8"),
        ("", "*/*", "application/atom+xml;type=feed;charset=utf-8"),
    ],
)
def test_the_option_wins_over_the_header_and_atom_is_the_default(
    odata: OData, form: str, accept: str, media: str
) -> None:
    response = odata.get(PARTIES, form=form, headers={"Accept": accept})

    assert response.headers["Content-Type"] == media
    assert response.headers["DataServiceVersion"] == "3.0;"


def test_a_format_that_does_not_exist_is_not_acceptable(odata: OData) -> None:
    response = odata.get(PARTIES, form="csv")

    assert response.status_code == 406
    assert b"<m:code>3</m:code>" in response.content


def test_each_level_adds_its_metadata(odata: OData, base: OneCWorld) -> None:
    key = base.make_invoice(BUYER.key, "120000.50")

    none = odata.get(by_key(INVOICES, key)).json()
    some = odata.get(by_key(INVOICES, key), form="json").json()
    full = odata.get(by_key(INVOICES, key), form="json;odata=fullmetadata").json()

    assert not [name for name in none if "odata" in name or "@" in name]
    assert some["odata.metadata"].endswith(f"$metadata#{INVOICES}/@Element")
    assert some["Контрагент@navigationLinkUrl"] == f"{by_key(INVOICES, key)}/Контрагент"
    assert full["odata.type"] == f"StandardODATA.{INVOICES}"
    assert full["odata.id"].endswith(f"/odata/standard.odata/{by_key(INVOICES, key)}")
    assert full["Date@odata.type"] == "Edm.DateTime"
    assert {name: full[name] for name in none} == none


def test_numbers_are_exact_and_have_no_trailing_zeros(odata: OData, base: OneCWorld) -> None:
    whole = base.make_invoice(BUYER.key, "120000.00")
    broken = base.make_invoice(BUYER.key, "1234567890123.45")

    text = odata.get(by_key(INVOICES, whole)).text
    large = odata.get(by_key(INVOICES, broken)).text

    assert '"СуммаДокумента":120000,' in text
    assert '"LineNumber":"1"' in text
    assert '"СуммаДокумента":1234567890123.45,' in large


def test_the_root_lists_what_is_published_in_both_forms(odata: OData, base: OneCWorld) -> None:
    listed = odata.get("", form="json").json()
    service = etree.fromstring(odata.get("", form="", headers={"Accept": "*/*"}).content)
    base.turn(composition="empty")
    empty = odata.get("").json()

    assert {"name": INVOICES, "url": INVOICES} in listed["value"]
    assert listed["odata.metadata"].endswith("/odata/standard.odata/$metadata")
    hrefs = service.xpath("//*[local-name()='collection']/@href")
    assert hrefs == [row["name"] for row in listed["value"]]
    assert empty == {"value": []}


def test_atom_holds_the_same_values_with_their_types(odata: OData, base: OneCWorld) -> None:
    key = base.make_invoice(BUYER.key, 500)

    content = odata.get(INVOICES, form="", headers={"Accept": "*/*"}, expand="Контрагент").content

    entry = etree.fromstring(content).find("a:entry", NAMES)
    assert entry is not None
    found = entry.find("a:content/m:properties", NAMES)
    assert found is not None
    assert found.findtext("d:Ref_Key", namespaces=NAMES) == key
    total = found.find("d:СуммаДокумента", NAMES)
    assert total is not None
    assert (total.text, total.get(f"{{{META}}}type")) == ("500", "Edm.Double")
    item = found.findtext("d:Товары/d:element/d:Номенклатура", namespaces=NAMES)
    assert item == ITEM.key
    inner = "a:link/m:inline/a:entry/a:content/m:properties/d:ИНН"
    assert entry.findtext(inner, namespaces=NAMES) == "9990000019"


def test_an_error_comes_in_the_form_that_was_asked_for(odata: OData) -> None:
    path = by_key(INVOICES, BUYER.key)

    plain = odata.get(path)
    atom = etree.fromstring(odata.get(path, form="", headers={"Accept": "*/*"}).content)

    assert (plain.status_code, code(plain)) == (404, "9")
    assert plain.json()["odata.error"]["message"] == {
        "lang": "ru",
        "value": f'Экземпляр сущности "{INVOICES}" не найден',
    }
    assert (atom.tag, atom.findtext("m:code", namespaces=NAMES)) == (f"{{{META}}}error", "9")


def test_json_may_begin_with_a_byte_order_mark(odata: OData, base: OneCWorld) -> None:
    base.turn(bom=True)

    content = odata.get(PARTIES).content

    assert content.startswith(b"\xef\xbb\xbf{")

"""YML, CommerceML and other XML (suppliers contract 5.3, 5.4, 11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.connectors.suppliers.reading.conftest import Read, a_profile
from tests.unit.connectors.suppliers.reading.files import yml, zipped
from westsync.connectors.suppliers.profile import Format
from westsync.connectors.suppliers.profile import Read as Reading
from westsync.connectors.suppliers.profile_fields import Field, Fields, PriceField, Stock
from westsync.connectors.suppliers.reading.results import FileRefused, Note, RefusalCode
from westsync.domain.stock import PriceRole, StockStatus

if TYPE_CHECKING:
    from pathlib import Path

FEED = a_profile(fields=Fields())
OUTLETS = '<outlets><outlet id="1" instock="2"/><outlet id="2" instock="3"/></outlets>'
OFFER = (
    '<offer id="7" available="true"><price>1234.50</price><currencyId>RUR</currencyId>'
    "<categoryId>2</categoryId><vendor>Yamaha</vendor><vendorCode>F310</vendorCode>"
    "<name>Гитара F310</name><count>5</count></offer>"
)
CATALOGUE = (
    '<КоммерческаяИнформация ВерсияСхемы="2.08" ДатаФормирования="2026-11-20T10:00:00">'
    "<Каталог><Товары><Товар><Ид>p1</Ид><Артикул>F310</Артикул><Наименование>Гитара</Наименование>"
    "<Штрихкод>4006381333931</Штрихкод></Товар><Товар><Ид>p2</Ид><Наименование>Бас</Наименование>"
    "</Товар></Товары></Каталог></КоммерческаяИнформация>"
)


def test_a_feed_is_read_without_a_word_in_the_profile(read: Read) -> None:
    found = read(yml(OFFER), FEED)

    offer = found.offer("7")
    assert (offer.vendor_code, offer.brand, offer.name) == ("F310", "Yamaha", "Гитара F310")
    assert offer.category == "Гитары / Акустические"
    assert offer.availability.qty_max == 5
    assert offer.prices[PriceRole.RRP].currency == "RUB"
    assert str(found.reading.as_of) == "2026-11-20 07:00:00+00:00"


@pytest.mark.parametrize(
    ("inside", "flag", "status", "least"),
    [
        (f"{OUTLETS}<count>9</count>", "true", "in_stock", 5),
        ("<count>0</count>", "true", "out", 0),
        ("<count>4</count>", "false", "in_stock", 4),
        ("<quantity>7</quantity><quantity_in_stock>3</quantity_in_stock>", "true", "in_stock", 3),
        ('<param name="Остаток">много</param>', "true", "in_stock", 1),
        ("<count/>", "true", "in_stock", 1),
        ("", "true", "in_stock", 1),
        ("", "false", "on_order", 0),
        ("", "", "unknown", None),
        ("", "maybe", "unknown", None),
        ("<available>true</available>", "", "in_stock", 1),
        ("<available>false</available>", "", "on_order", 0),
    ],
)  # fmt: skip
def test_a_number_beats_the_flag_and_the_first_place_wins(
    read: Read, inside: str, flag: str, status: str, least: int | None
) -> None:
    attribute = f' available="{flag}"' if flag else ""

    found = read(yml(f'<offer id="1"{attribute}><name>x</name>{inside}</offer>'), FEED)

    availability = found.offers[0].availability
    assert (availability.status.value, availability.qty_min) == (status, least)


def test_outlets_are_places(read: Read) -> None:
    outlets = '<outlets><outlet warehouse_name="Москва" id="1" instock="2"/></outlets>'

    found = read(yml(f'<offer id="1"><name>x</name>{outlets}</offer>'), FEED)

    assert found.offers[0].stock_by_place["Москва"].qty_min == 2


def test_a_name_is_put_together_where_there_is_none(read: Read) -> None:
    parts = "<typePrefix>Гитара</typePrefix><vendor>Yamaha</vendor><model>F310</model>"

    found = read(yml(f'<offer id="1" type="vendor.model">{parts}</offer>'), FEED)

    assert found.offers[0].name == "Гитара Yamaha F310"


def test_the_profile_picks_one_of_several_params(read: Read) -> None:
    params = '<param name="Артикул">P-1</param><param name="Артикул">P-1-BK</param>'
    field = Field(path="param[@name='Артикул']", index=-1, default=Field(path="vendorCode"))
    profile = a_profile(fields=Fields(vendor_code=field))
    offers = f'<offer id="1">{params}</offer><offer id="2"><vendorCode>V</vendorCode></offer>'

    found = read(yml(offers), profile)

    assert [one.vendor_code for one in found.offers] == ["P-1-BK", "V"]


def test_a_doctype_is_tolerated_and_never_loaded(read: Read) -> None:
    found = read(yml(OFFER, head='<!DOCTYPE yml_catalog SYSTEM "shops.dtd">'), FEED)

    assert found.reading.items == 1


def test_a_feed_in_cp1251_is_read(read: Read) -> None:
    text = yml(OFFER).replace("UTF-8", "windows-1251")

    assert read(text.encode("cp1251"), FEED).offers[0].name == "Гитара F310"


@pytest.mark.parametrize(
    ("name", "read_as"),
    [
        ("Allen & Heath", "Allen & Heath"),
        ("A&nbsp;B", "A B"),
        ("A&laquo;B&raquo;", "A«B»"),
        ("A\x01B", "AB"),
        ("A&#2;B", "AB"),
        ("AT&T;", "AT&T;"),
        ("R&amp;D & <![CDATA[x & y &nbsp;]]>", "R&D & x & y &nbsp;"),
    ],
)
def test_the_usual_mistakes_of_feeds_are_repaired_and_noted(
    read: Read, name: str, read_as: str
) -> None:
    found = read(yml(f'<offer id="1"><name>{name}</name></offer>'), FEED)

    assert found.offers[0].name == read_as
    assert found.reading.notes == (Note.REPAIRED,)


@pytest.mark.parametrize("blanks", ["\n", "\r\n  \t", "\ufeff\n"])
def test_blanks_before_the_declaration_do_no_harm(read: Read, blanks: str) -> None:
    found = read(blanks + yml(OFFER), FEED)

    assert found.offer("7").name == "Гитара F310"
    assert found.reading.notes == (Note.REPAIRED,)


def test_a_repair_works_across_the_borders_of_blocks(read: Read) -> None:
    offers = "".join(
        f'<offer id="{n}"><name>{"я" * (n % 97)} A & B&nbsp;C</name></offer>' for n in range(3000)
    )

    found = read(yml(offers), FEED)

    assert found.reading.items == 3000
    assert all(one.name.endswith("A & B C") for one in found.offers)


def test_a_repair_may_be_forbidden(read: Read) -> None:
    profile = a_profile(fields=Fields(), read=Reading(repair=False))

    with pytest.raises(FileRefused) as refused:
        read(yml('<offer id="1"><name>A & B</name></offer>'), profile)

    assert refused.value.refusal.code is RefusalCode.DAMAGED


@pytest.mark.parametrize("keep", [0.4, 0.8, 0.97])
def test_a_cut_feed_is_never_a_short_one(read: Read, keep: float) -> None:
    whole = yml(OFFER * 50)

    with pytest.raises(FileRefused) as refused:
        read(whole[: int(len(whole) * keep)], FEED)

    assert refused.value.refusal.code is RefusalCode.TRUNCATED


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
    ],
)
def test_entities_are_refused(read: Read, head: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read(yml("<offer id='1'><name>&b;&a;</name></offer>", head=head), FEED)

    assert refused.value.refusal.code is RefusalCode.ENTITY_DECLARED


def test_xml_nested_without_end_is_refused(read: Read) -> None:
    with pytest.raises(FileRefused) as refused:
        read(yml("<offer id='1'>" + "<a>" * 5000 + "</a>" * 5000 + "</offer>"), FEED)

    assert refused.value.refusal.code is RefusalCode.DAMAGED


def test_a_suppliers_own_xml_needs_the_name_of_its_element(read: Read) -> None:
    text = '<?xml version="1.0"?><list xmlns="urn:x"><g><art>A-1</art><q>3</q></g></list>'
    fields = Fields(supplier_code=Field(path="art"), stock=Stock(field=Field(path="q")))

    found = read(text, a_profile(fields=fields, read=Reading(format=Format.XML, item="g")))

    assert found.offer("A-1").availability.qty_min == 3
    with pytest.raises(FileRefused, match=r"read\.item"):
        read(text, a_profile(fields=fields))


def test_commerceml_is_joined_over_its_files(read: Read, tmp_path: Path) -> None:
    offers = (
        '<КоммерческаяИнформация xmlns="urn:1C.ru:commerceml_2"><ПакетПредложений'
        ' СодержитТолькоИзменения="true"><Предложения><Предложение><Ид>p1#v1</Ид>'
        "<Наименование>Гитара красная</Наименование><Цены><Цена><ИдТипаЦены>t1</ИдТипаЦены>"
        "<ЦенаЗаЕдиницу>100,5</ЦенаЗаЕдиницу><Валюта>RUB</Валюта></Цена></Цены>"
        '<Склад ИдСклада="w1" КоличествоНаСкладе="2"/><Склад ИдСклада="w2" КоличествоНаСкладе="3"/>'
        "</Предложение></Предложения></ПакетПредложений></КоммерческаяИнформация>"
    )
    path = zipped(
        tmp_path / "a.zip",
        {"import0_1.xml": CATALOGUE.encode(), "offers0_1.xml": offers.encode()},
    )
    price = Field(path="Цены/Цена[ИдТипаЦены='t1']/ЦенаЗаЕдиницу")
    profile = a_profile(fields=Fields(prices=((PriceRole.DEALER, PriceField(field=price)),)))

    found = read(path, profile)

    offer = found.offer("p1#v1")
    assert (offer.name, offer.vendor_code, offer.barcode) == (
        "Гитара красная",
        "F310",
        "4006381333931",
    )
    assert offer.availability.qty_min == 5
    assert set(offer.stock_by_place) == {"w1", "w2"}
    assert found.offer("p2").availability.status is StockStatus.UNKNOWN
    assert found.reading.notes == (Note.DELTA,)
    assert str(found.reading.as_of) == "2026-11-20 07:00:00+00:00"


def test_rests_are_added_up_over_warehouses(read: Read) -> None:
    rests = (
        "<КоммерческаяИнформация><ПакетПредложений><Предложения><Предложение><Ид>p1</Ид><Остатки>"
        "<Остаток><Склад><Ид>w1</Ид><Количество>2</Количество></Склад></Остаток>"
        "<Остаток><Склад><Ид>w2</Ид><Количество>0</Количество></Склад></Остаток>"
        "</Остатки></Предложение></Предложения></ПакетПредложений></КоммерческаяИнформация>"
    )

    found = read(rests, FEED)

    assert found.offer("p1").availability.qty_max == 2
    assert found.offer("p1").stock_by_place["w2"].status is StockStatus.OUT


@pytest.mark.parametrize(
    "stock",
    [
        "<Остатки><Остаток><Количество>2</Количество></Остаток>{}</Остатки>".format(
            "<Остаток><Склад>w2</Склад><Количество>5</Количество></Остаток>"
        ),
        '<Склады КоличествоНаСкладе="2"/><Склады КоличествоНаСкладе="5"/>',
        '<Склад КоличествоНаСкладе="2"/><Склад КоличествоНаСкладе="5"/><Количество>9</Количество>',
    ],
)
def test_every_way_to_write_rests_is_added_up(read: Read, stock: str) -> None:
    offer = f"<Предложение><Ид>p1</Ид>{stock}</Предложение>"

    found = read(
        f"<КоммерческаяИнформация><Предложения>{offer}</Предложения></КоммерческаяИнформация>", FEED
    )

    assert found.offer("p1").availability.qty_max == 7


@pytest.mark.parametrize(
    ("date", "moment"),
    [
        ("2026-11-20T10:00:00+03:00", "2026-11-20 07:00:00+00:00"),
        ("2026.11.20 10:00", "2026-11-20 07:00:00+00:00"),
        ("2026-11-20T8:00:00", "2026-11-20 05:00:00+00:00"),
        ("2026-11-20 8:00", "2026-11-20 05:00:00+00:00"),
        ("20.11.2026 8:00", "2026-11-20 05:00:00+00:00"),
        ("2026-11-20MSK10:00:00+03:00", "2026-11-20 07:00:00+00:00"),
        ("2026-11-20MSK10:00:00", "2026-11-20 07:00:00+00:00"),
        ("2026-11-20UTC10:00:00", "2026-11-20 10:00:00+00:00"),
        ("Fri, 20 Nov 2026 10:00:00 +0300", "2026-11-20 07:00:00+00:00"),
    ],
)
def test_the_moment_is_read_as_exporters_write_it(read: Read, date: str, moment: str) -> None:
    found = read(yml(OFFER).replace("2026-11-20 10:00", date), FEED)

    assert str(found.reading.as_of) == moment


@pytest.mark.parametrize("date", ["1763625600", "0001-01-01", "вчера"])
def test_a_moment_that_cannot_be_is_noted(read: Read, date: str) -> None:
    found = read(yml(OFFER).replace("2026-11-20 10:00", date), FEED)

    assert (found.reading.as_of, found.reading.notes) == (None, (Note.AS_OF_UNREADABLE,))


def test_an_encoding_nobody_knows_is_refused_by_name(read: Read) -> None:
    with pytest.raises(FileRefused, match=r"UTF88.*read\.encoding") as refused:
        read(yml(OFFER).replace("UTF-8", "UTF88"), FEED)

    assert refused.value.refusal.code is RefusalCode.DAMAGED

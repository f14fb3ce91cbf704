"""Availability from end to end: a supplier's price list, a deal in Megaplan, and what is said."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from tests.e2e.test_daemon import a_daemon, now_office
from tests.fakes.mail_server import PostOffice, a_post_office
from westsync.app.configuration import read_configuration
from westsync.app.suppliers import open_suppliers
from westsync.sandbox.supplier import SupplierServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.office import Drive, Office
    from westsync.sandbox.supplier import Shop

__all__ = ["now_office"]

SUPPLIER = """\
id: rig
title: Риг
enabled: true
contact: {{ name: "Пётр Риг", phone: "+7 999 000-00-00" }}
schedule: {{ every: 1h }}
fetch: {{ kind: disk, path: "{folder}/*.csv", settle: 0s }}
read: {{ format: auto }}
fields:
  supplier_code: {{ column: ["Код"], required: true }}
  vendor_code: {{ column: ["Артикул"] }}
  name: {{ column: ["Наименование"], required: true }}
  stock: {{ column: ["Остаток"] }}
  prices:
    dealer: {{ column: ["Цена"] }}
price: {{ currency: RUB }}
match: {{ keys: [supplier_code, vendor_code] }}
accept: {{ min_rows: 1, first: auto, max_age: 10d, absence: out }}
"""


PORTAL = """\
id: ton
title: Тон-Портал
enabled: true
schedule: {{ on_demand: true }}
portal:
  base_url: "{url}"
  transport: http
  pace: {{ min_interval: 1s, jitter: 0s, window: null }}
  login:
    page: "/?login=yes"
    form: "form[name=form_auth]"
    fields: {{ USER_LOGIN: "${{secret:ton_user}}", USER_PASSWORD: "${{secret:ton_password}}" }}
    csrf: {{ input: sessid }}
    success: {{ css: "a[href*='logout=yes']" }}
    failure: {{ css: ".errortext" }}
  detect:
    login_required: {{ url: "login=yes", css: "form[name=form_auth]" }}
    captcha: {{ css: "input[name=captcha_word], .smart-captcha" }}
  search:
    - {{ by: article, get: "/catalog/search/", params: {{ q: "{{article}}" }} }}
  result:
    must_have: "table.catalog"
    empty: {{ text: ["ничего не найдено"] }}
    row: "table.catalog tr.item"
fields:
  supplier_code: {{ css: "td.code", required: true }}
  vendor_code: {{ css: "td.article", regex: "(?:Арт\\\\.?:?\\\\s*)?(\\\\S.*)" }}
  name: {{ css: "td.name a", required: true }}
  brand: {{ css: "td.brand" }}
  stock: {{ places: [{{ name: основной, available: {{ css: "td.qty" }} }}] }}
  prices: {{ dealer: {{ css: "td.price" }} }}
match: {{ keys: [supplier_code, vendor_code] }}
accept: {{ cache: 2h }}
"""


@pytest.fixture
def shop(now_office: Office) -> Iterator[Shop]:
    """Connect a supplier who has nothing but a portal."""
    with SupplierServer() as server:
        text = PORTAL.format(url=server.url)
        (now_office.config / "suppliers" / "ton.yaml").write_text(text, encoding="utf-8")
        now_office.env |= {
            "WESTSYNC__SUPPLIERS__TON_USER": "dealer",
            "WESTSYNC__SUPPLIERS__TON_PASSWORD": "dealer-password",
            "WESTSYNC__ACTIVE_FROM": "2020-01-01",
        }
        yield server.shop


@pytest.fixture
def price_list(office: Office) -> Path:
    """Connect a supplier whose list says "three", and return the list."""
    folder = office.directory / "prices"
    folder.mkdir()
    text = SUPPLIER.format(folder=folder)
    (office.config / "suppliers" / "rig.yaml").write_text(text, encoding="utf-8")
    found = folder / "ostatki.csv"
    publish(found, 3)
    return found


def publish(price_list: Path, quantity: int) -> None:
    rows = (
        "Код;Артикул;Наименование;Остаток;Цена",
        f"101;SRM450;Акустическая система Mackie SRM450;{quantity};45000",
        "102;DTX6;Барабаны Yamaha DTX6;5;90000",
    )
    price_list.write_text("\n".join(rows) + "\n", encoding="utf-8")


def refresh(office: Office, drive: Drive) -> None:
    configuration = read_configuration(office.config, office.env)
    with open_suppliers(configuration, drive.clock) as desk:
        desk.refresh.refresh(desk.source("rig"))


def settle(office: Office, drive: Drive) -> None:
    configuration = read_configuration(office.config, office.env)
    with open_suppliers(configuration, drive.clock) as desk:
        desk.refresh.accept(desk.source("rig"), by="admin1")


def a_deal_to_answer(office: Office, stage: str, article: str = "SRM450") -> str:
    line = ("Акустическая система", 2, 60000.0)
    office.world.add_product("Акустическая система", 60000.0, article=article)
    deal = office.world.create_deal(name="Сцена", manager="ivanov", lines=[line])
    office.world.put_deal(deal, stage, by="ivanov")
    return deal


def told(office: Office) -> list[str]:
    texts = (str(one["content"]) for one in office.world.store.all("Comment"))
    return [text for text in texts if "Наличие" in text]


def asked(office: Office) -> list[str]:
    names = (str(one["name"]) for one in office.world.store.all("Task"))
    return [name for name in names if "поставщик" in name]


def test_an_answer_is_told_once_and_a_changed_one_asks_a_person(
    office: Office, price_list: Path
) -> None:
    with office.opened(office.at(10)) as drive:
        refresh(office, drive)
        a_deal_to_answer(office, "availability")
        for _ in range(3):
            drive.advance(minutes=1)
        first = told(office), asked(office)
        publish(price_list, 0)
        drive.clock.set(office.at(12))
        refresh(office, drive)
        for _ in range(3):
            drive.advance(minutes=1)

    assert len(first[0]) == 1
    assert "в наличии" in first[0][0]
    assert "45" in first[0][0]
    assert "Риг" in first[0][0]
    assert first[1] == []
    assert len(told(office)) == 2
    assert len(asked(office)) == 1
    assert "Договориться с поставщиком" in asked(office)[0]
    [task] = [one for one in office.world.store.all("Task") if "поставщик" in str(one["name"])]
    assert "Пётр Риг, +7 999 000-00-00" in str(task["statement"])


def test_a_list_that_the_guards_hold_is_one_task_of_the_administrator(
    office: Office, price_list: Path
) -> None:
    with office.opened(office.at(10)) as drive:
        refresh(office, drive)
        drive.advance(minutes=1)
        rows = price_list.read_text(encoding="utf-8").replace("45000", "450000")
        price_list.write_text(rows.replace("90000", "900000"), encoding="utf-8")
        refresh(office, drive)
        for _ in range(4):
            drive.advance(minutes=10)
        [task] = [
            one for one in office.world.store.all("Task") if "ждёт решения" in str(one["name"])
        ]
        before = dict(task)
        settle(office, drive)
        for _ in range(4):
            drive.advance(minutes=10)
        [after] = [one for one in office.world.store.all("Task") if one["id"] == task["id"]]

    told = office.run("explain", "stock_source", "rig").stdout
    assert "state in [held, rejected, denied, wrong, stale, unread]" in told
    assert before["name"] == "Риг: прайс ждёт решения"
    assert "цены изменились в разы" in str(before["statement"])
    assert "westsync stock accept rig" in str(before["statement"])
    assert (before["status"], after["status"]) == ("assigned", "completed")


def test_a_deal_that_goes_on_is_asked_nothing_any_more(office: Office, price_list: Path) -> None:
    publish(price_list, 0)
    with office.opened(office.at(10)) as drive:
        refresh(office, drive)
        deal = a_deal_to_answer(office, "availability")
        drive.advance(minutes=1)
        [task] = [one for one in office.world.store.all("Task") if "поставщик" in str(one["name"])]
        office.world.put_deal(deal, "offer", by="ivanov")
        drive.advance(minutes=1)
        drive.advance(minutes=1)
        [after] = [one for one in office.world.store.all("Task") if one["id"] == task["id"]]
        quiet = [drive.advance(seconds=10).decided.objects for _ in range(3)]

    assert after["status"] == "completed"
    assert quiet == [0, 0, 0]


def test_a_deal_in_another_stage_is_told_nothing(office: Office, price_list: Path) -> None:
    assert price_list.exists()
    with office.opened(office.at(10)) as drive:
        refresh(office, drive)
        a_deal_to_answer(office, "offer")
        for _ in range(3):
            drive.advance(minutes=1)

    assert told(office) == []


def test_the_daemon_reads_suppliers_beside_its_cycles_and_stops_with_them(
    now_office: Office, price_list: Path
) -> None:
    assert price_list.exists()
    with a_daemon(now_office) as daemon:
        while "stock.refreshed" not in {event["event"] for event in daemon.events()}:
            daemon.hear("STATUS=")
        status = now_office.run("status")
        code = daemon.stop()

    assert code == 0
    assert "stock rig" in status.stdout
    assert "job.crashed" not in {event["event"] for event in daemon.events()}


def test_a_daemon_without_suppliers_keeps_no_stock_until_a_reload_brings_one(
    now_office: Office, price_list: Path
) -> None:
    supplier = now_office.config / "suppliers" / "rig.yaml"
    enabled = supplier.read_text("utf-8")
    supplier.write_text(enabled.replace("enabled: true", "enabled: false"), "utf-8")
    memory = read_configuration(now_office.config, now_office.env).loaded.state_path
    with a_daemon(now_office) as daemon:
        daemon.hear("READY=1")
        before = (memory.parent / "stock.db").exists()

        supplier.write_text(enabled, "utf-8")
        daemon.process.send_signal(signal.SIGHUP)
        while "stock.refreshed" not in {event["event"] for event in daemon.events()}:
            daemon.hear("STATUS=")
        code = daemon.stop()

    assert price_list.exists()
    assert (before, code) == (False, 0)
    assert (memory.parent / "stock.db").exists()


def test_a_damaged_stock_file_stops_with_the_cure_and_a_missing_one_does_not(
    office: Office, price_list: Path
) -> None:
    state = read_configuration(office.config, office.env).loaded.state_path
    memory = state.parent / "stock.db"
    memory.parent.mkdir(exist_ok=True)
    memory.write_bytes(b"no database" * 1000)

    office.world.clock.set(office.at(10))
    damaged = office.run("cycle", "--at", office.at(10).isoformat())
    memory.unlink()
    office.cycle(office.at(11))

    assert price_list.exists()
    assert damaged.returncode == 78
    assert "stock.db" in damaged.stderr
    assert "aside" in damaged.stderr


def test_the_daemon_asks_a_portal_beside_its_cycles_and_tells_what_it_showed(
    now_office: Office, shop: Shop
) -> None:
    good = next(good for good in shop.goods if good.pieces_of_all() > 10)
    a_deal_to_answer(now_office, "availability", good.article)

    with a_daemon(now_office) as daemon:
        while not told(now_office):
            daemon.hear("STATUS=")
        code = daemon.stop()

    [text] = told(now_office)
    assert code == 0
    assert "Тон-Портал" in text
    assert "в наличии" in text
    assert "закупочная цена" in text


def test_a_portal_that_refuses_the_password_is_told_as_unknown_and_not_tried_again(
    now_office: Office, shop: Shop
) -> None:
    now_office.env["WESTSYNC__SUPPLIERS__TON_PASSWORD"] = "former-word"
    a_deal_to_answer(now_office, "availability", shop.goods[0].article)

    with a_daemon(now_office) as daemon:
        while not told(now_office):
            daemon.hear("STATUS=")
        daemon.stop()

    [text] = told(now_office)
    assert "личный кабинет закрыт для westsync" in text
    assert len([one for one in shop.seen if one.method == "POST"]) == 1
    assert "former-word" not in daemon.log.read_text("utf-8")


@pytest.fixture
def mail() -> Iterator[PostOffice]:
    with a_post_office() as opened:
        yield opened


def ask_suppliers_by_mail(office: Office, mail: PostOffice) -> None:
    """Connect mail, switch the requests on, and say whose brand it is."""
    rules = office.config / "rules" / "p3-availability.yaml"
    text = rules.read_text(encoding="utf-8")
    switched = text.replace("mail_supplier: false", "mail_supplier: true")
    rules.write_text(switched.replace("reserve: false", "reserve: true"), encoding="utf-8")
    for reports in office.config.glob("rules/**/p8-reports.yaml"):
        reports.unlink()  # they wake with mail, and have their own play
    brands = office.config / "brands.yaml"
    known = brands.read_text(encoding="utf-8")
    carried = known.replace("Mackie: [Маки]", "Mackie: { spellings: [Маки], suppliers: [rig] }")
    brands.write_text(carried, encoding="utf-8")
    supplier = office.config / "suppliers" / "rig.yaml"
    contact = supplier.read_text(encoding="utf-8").replace(
        'phone: "+7 999 000-00-00"', 'email: "${secret:rig_manager}"'
    )
    supplier.write_text(contact, encoding="utf-8")
    office.env |= {
        "WESTSYNC__ACCOUNTS__MAIN__MAIL__SMTP": f"smtp://127.0.0.1:{mail.port}?tls=none",
        "WESTSYNC__ACCOUNTS__MAIN__MAIL__FROM": "westsync@example.test",
        "WESTSYNC__SUPPLIERS__RIG_MANAGER": "petr@rig.test",
    }


def test_what_only_the_supplier_can_tell_he_is_mailed_once_and_reads_nothing_of_the_client(
    office: Office, price_list: Path, mail: PostOffice
) -> None:
    ask_suppliers_by_mail(office, mail)
    with office.opened(office.at(10)) as drive:
        refresh(office, drive)
        client = office.world.create_client(first="Пётр", last="Сидоров", phones=["+79990000001"])
        line = ("Акустическая система Mackie SRM550", 2, 60000.0)
        deal = office.world.create_deal(name="Сцена", manager="ivanov", client=client, lines=[line])
        for offer in office.world.store.all("Offer"):
            office.world.store.change(offer, article="SRM550")
        office.world.put_deal(deal, "availability", by="ivanov")
        for _ in range(3):
            drive.advance(minutes=1)
        publish(price_list, 7)
        drive.clock.set(office.at(15))
        refresh(office, drive)
        for _ in range(3):
            drive.advance(minutes=1)

    (received,) = mail.received
    body = received.letter.get_body(("plain",))
    assert body is not None
    text = str(body.get_content())
    assert received.to == ("petr@rig.test",)
    assert received.letter["Reply-To"] == "ivanov@example.test"
    assert "SRM550 Акустическая система Mackie SRM550: 2 шт." in text
    assert "резерв" in text
    assert [word for word in ("Сидоров", "7999", "60", "megaplan", "http") if word in text] == []
    assert "Запросить наличие у поставщика" in asked(office)[0]


def test_requests_to_suppliers_without_mail_are_a_mistake_with_its_place(
    office: Office, price_list: Path, mail: PostOffice
) -> None:
    assert price_list.exists()
    ask_suppliers_by_mail(office, mail)
    for name in ("SMTP", "FROM"):
        del office.env[f"WESTSYNC__ACCOUNTS__MAIN__MAIL__{name}"]

    checked = office.run("check")

    assert checked.returncode == 78
    assert "p3-availability.yaml" in checked.stdout
    assert "'supplier.ask' needs mail, which is not configured; add a 'mail:'" in checked.stdout


def test_a_supplier_without_an_address_is_noted_by_check(
    office: Office, price_list: Path, mail: PostOffice
) -> None:
    assert price_list.exists()
    ask_suppliers_by_mail(office, mail)
    del office.env["WESTSYNC__SUPPLIERS__RIG_MANAGER"]

    checked = office.run("check")

    assert checked.returncode == 0
    assert "supplier 'rig' has no contact.email" in checked.stderr

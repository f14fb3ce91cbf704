"""What people silence stays silent, with an expiry, and no longer than its cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.e2e.office import SOURCE
from westsync.domain.intents import ObjectRef

if TYPE_CHECKING:
    from tests.e2e.office import Drive, Office


def a_request(office: Office) -> str:
    client = office.world.create_client(first="Пётр", last="Сидоров", phones=["+79990000001"])
    return office.world.create_deal(
        name="Yamaha DTX6", client=client, manager="ivanov", fields={SOURCE: "Сайт"}
    )


def kinds(report: object) -> list[str]:
    return [acted.kind for acted in report.acted]  # type: ignore[attr-defined]  # a CycleReport


def ack(drive: Drive, office: Office, deal: str) -> None:
    store, now = drive.account.desk.store, drive.clock.now()
    obj = ObjectRef(kind="deal", id=deal)
    with store.transaction():
        store.silences.ack("first-contact", obj, until=office.at(9, 50), by="orlov", now=now)


def test_an_acknowledged_request_is_not_escalated_until_the_ack_ends(office: Office) -> None:
    deal = a_request(office)
    with office.opened(office.at(9, 1)) as drive:
        drive.go_to(office.at(9, 5))
        ack(drive, office, deal)

        quiet = [kinds(drive.go_to(office.at(9, minute))) for minute in (10, 20, 40, 49)]
        loud = kinds(drive.go_to(office.at(9, 50)))

    assert quiet == [[], [], [], []]
    assert loud == ["notify"]


def test_an_ack_dies_with_its_episode(office: Office) -> None:
    deal = a_request(office)
    with office.opened(office.at(9, 1)) as drive:
        drive.go_to(office.at(9, 5))
        ack(drive, office, deal)
        office.world.comment(deal, by="sidorova", text="Созвонились")
        drive.go_to(office.at(9, 11))

        left = drive.account.desk.store.silences.active(drive.clock.now())

    assert left == ()


def test_an_order_for_nothing_is_refused(office: Office) -> None:
    assert office.run("ack", "no-such-rule", "deal-1").returncode == 64
    assert office.run("mute", "first-contact", "--for", "0m").returncode == 64
    assert office.run("ack", "first-contact", "501").returncode == 64


def test_only_those_whom_the_rule_names_acknowledge(office: Office) -> None:
    deal = f"deal-{a_request(office)}"
    office.cycle(office.at(9, 5))

    stranger = office.run("ack", "first-contact", deal, "--by", "ivanov")
    named = office.run("ack", "first-contact", deal, "--by", "orlov")

    assert stranger.returncode == 64
    said = "'first-contact' is acknowledged by director1, director2, orlov; say who: --by LOGIN"
    assert said in stranger.stderr
    assert named.returncode == 0

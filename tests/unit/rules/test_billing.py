"""From a deal to an invoice: exact money, the rate of the day, and no guess about the buyer."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.rules.company import ZONE, deal, msk
from westsync.domain.facts import Unknown
from westsync.rules.billing import Billing, Unbillable

if TYPE_CHECKING:
    from westsync.domain.ledger import InvoiceSpec

AT = msk("2026-11-24 10:00")
BILLING = Billing(zone=ZONE)
COMPANY: dict[str, Any] = {
    "client_name": "Сцена ООО",
    "client_kind": "organisation",
    "client_inn": "9990000019",
    "client_kpp": "999001001",
}
LINE: dict[str, Any] = {
    "article": "SRM450",
    "name": "Акустическая система",
    "quantity": Decimal(2),
    "price": Decimal(60000),
}


def spec(at: str = "2026-11-24 10:00", **values: Any) -> InvoiceSpec:
    facts = deal(AT, **(COMPANY | {"id": "1000345", "lines": (LINE,)} | values))
    return BILLING.spec(facts, 1, msk(at))


def test_an_invoice_has_the_key_and_the_marker_of_the_contract() -> None:
    made = spec()

    assert made.ref.count("-") == 4
    assert made.marker.endswith(":invoice:1")


@pytest.mark.parametrize(
    ("at", "rate", "vat"),
    [
        ("2025-12-31 23:59", "НДС20", "20000.00"),
        ("2026-01-01 00:00", "НДС22", "21639.34"),
    ],
)
def test_the_rate_is_that_of_the_day_in_the_servers_zone(at: str, rate: str, vat: str) -> None:
    (line,) = spec(at).lines

    assert (line.vat_rate, line.vat_amount) == (rate, Decimal(vat))


def test_amounts_are_rounded_half_up_to_kopecks() -> None:
    odd = LINE | {"quantity": Decimal("1.5"), "price": Decimal("0.33")}

    made = spec(lines=(odd,))

    assert made.lines[0].amount == Decimal("0.50")
    assert made.total == Decimal("0.50")


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"lines": ()}, "no positions"),
        ({"lines": (LINE | {"quantity": None},)}, "position 1 has no quantity"),
        ({"lines": (LINE, LINE | {"price": Decimal(0)})}, "position 2 has no price"),
        ({"client_name": None}, "no name"),
        ({"client_inn": None}, "no ИНН"),
        ({"client_inn": "9990000018"}, "ИНН 9990000018 is not valid"),
        ({"client_kpp": None}, "КПП"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_guessed(values: dict[str, Any], why: str) -> None:
    with pytest.raises(Unbillable, match=why):
        spec(**values)


def test_the_contract_of_the_deal_goes_into_the_invoice_of_an_organisation() -> None:
    assert spec(contract_number=" 15/25 ").contract_number == "15/25"
    assert spec(contract_number=None).contract_number is None
    assert spec(contract_number="15/25", client_kind="person").contract_number is None


def test_a_contract_that_cannot_be_read_is_not_guessed() -> None:
    with pytest.raises(Unbillable, match="hidden"):
        spec(contract_number=Unknown("hidden in Megaplan"))


@pytest.mark.parametrize("inn", [None, "999000000143"])
def test_a_private_person_needs_no_inn_and_has_no_kpp(inn: str | None) -> None:
    made = spec(client_kind="person", client_inn=inn, client_kpp=None)

    assert not made.buyer.is_organisation
    assert (made.buyer.inn, made.buyer.kpp) == (inn or "", "")


def test_a_sole_trader_is_a_person_to_1c() -> None:
    made = spec(client_inn="999000000143", client_kpp=None)

    assert not made.buyer.is_organisation

"""The doctor's probes tell one kind of base from another (1C contract 11)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.contract.onec_books import OneCBooks, a_clock, a_world
from westsync.connectors.onec.probes import ReadingProbes
from westsync.connectors.onec.session import OneCSession
from westsync.connectors.onec.soap_probes import ServiceProbes
from westsync.connectors.onec.writing_probes import WritingProbes
from westsync.domain.probes import Verdict
from westsync.sandbox.onec import bp30
from westsync.sandbox.onec.furnishing import BUYER
from westsync.sandbox.onec.server import OneCServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from westsync.domain.probes import ProbeResult

SUM = Decimal("120000.00")
TEST_BUYER = "[westsync test] doctor"


class Patient:
    """A base and what the doctor asks it through."""

    def __init__(self, server: OneCServer, books: OneCBooks) -> None:
        """Hold both."""
        self.world = server.world
        assert books.ledger.base is not None
        self.base = books.ledger.base

    def read(self) -> dict[int, ProbeResult]:
        """Run the probes that read."""
        return {one.number: one for one in ReadingProbes(self.base).run()}

    def write(self) -> dict[int, ProbeResult]:
        """Run the probes that write."""
        return {one.number: one for one in WritingProbes(self.base).run()}


@pytest.fixture
def patient() -> Iterator[Patient]:
    """Return a base with an invoice that was paid and shipped."""
    clock = a_clock()
    with OneCServer(a_world(clock)) as server:
        books = OneCBooks(server, clock, "odata")
        one = Patient(server, books)
        invoice = one.world.make_invoice(BUYER.key, SUM)
        one.world.pay_invoice(invoice)
        one.world.ship(invoice, upd=True)
        one.world.set_status(invoice, "Оплачен")
        yield one
        books.close()


def test_a_sound_base_gets_no_advice(patient: Patient) -> None:
    found = patient.read()

    assert {one.verdict for one in found.values()} == {Verdict.FINE}
    assert "1 of 1 receipts are linked" in found[7].seen
    assert "'Оплачен': 1" in found[8].seen
    assert found[9].seen == "9999-999999 (1)"
    assert found[15].seen == "1 of 1 shipments are УПД"


def test_what_is_not_published_is_named(patient: Patient) -> None:
    patient.world.turn(unpublished=(bp30.CARD_IN, bp30.PARTIES))

    found = patient.read()

    assert found[1].verdict is Verdict.CHANGE
    assert bp30.PARTIES in found[1].seen


def test_a_clock_of_another_zone_is_seen(patient: Patient) -> None:
    ahead = patient.world.wall_clock + timedelta(hours=4)
    patient.world.make_invoice(BUYER.key, SUM, at=ahead)

    found = patient.read()

    assert found[2].verdict is Verdict.CHANGE
    assert "timezone" in found[2].advice


@pytest.mark.parametrize(
    ("switches", "number", "seen"),
    [
        ({}, 10, "code 15 with HTTP 400"),
        ({"duplicate_status": 500}, 10, "code 15 with HTTP 500"),
        ({"client_ref": False}, 10, "Ref_Key is ignored"),
        ({}, 11, "a stale version is refused (412)"),
        ({"if_match": "ignored"}, 11, "If-Match is ignored"),
        ({"contract_to_post": "everybody"}, 12, "оговор"),
        ({}, 12, "is posted"),
        ({"item_link": "key"}, 13, "1 of 1 positions kept"),
    ],
)
def test_writing_tells_what_only_writing_can_tell(
    patient: Patient, switches: dict[str, object], number: int, seen: str
) -> None:
    patient.world.add_counterparty(TEST_BUYER, "9990000033", "999001001")
    patient.world.turn(**switches)

    found = patient.write()

    assert seen in found[number].seen


def test_an_unposted_draft_of_a_probe_is_marked_for_deletion(patient: Patient) -> None:
    patient.world.add_counterparty(TEST_BUYER, "9990000033", "999001001")
    patient.world.turn(contract_to_post="everybody")

    patient.write()

    (draft,) = [row for row in patient.world.store.all(bp30.INVOICE) if not row["Posted"]]
    assert draft["DeletionMark"]
    assert "[westsync test]" in draft["Комментарий"]


def test_nothing_is_written_for_anybody_else(patient: Patient) -> None:
    before = patient.world.store.written

    (found,) = patient.write().values()

    assert found.verdict is Verdict.SKIPPED
    assert patient.world.store.written == before


def test_the_service_tells_its_clock_and_its_faults(patient: Patient) -> None:
    session = OneCSession(patient.base.config, patient.base.session.clock)

    found = {one.number: one for one in ServiceProbes(session).run()}
    session.close()

    assert found[2].verdict is Verdict.FINE
    assert "+0 s off ours" in found[2].seen
    assert "HTTP 500" in found[17].seen

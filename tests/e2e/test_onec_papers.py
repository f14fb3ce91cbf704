"""P6.1 from end to end: 1C is asked for shipping papers often while a deal waits, and only then."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.firm import Firm
    from tests.e2e.office import Drive

SHIPMENTS = "GET Document_РеализацияТоваровУслуг"
FACTURAS = "GET Document_СчетФактураВыданный"
TITLE = "Подготовить документы к отгрузке"


class Morning:
    """The morning of a firm; minutes are after nine."""

    def __init__(self, firm: Firm, drive: Drive) -> None:
        self.firm, self.drive, self.base = firm, drive, firm.base

    def looks(self, *minutes: int) -> Counter[str]:
        """Run cycles and return how often 1C was asked for papers meanwhile."""
        before = len(self.base.requests)
        for minute in minutes:
            self.at(minute)
            self.drive.go_to(self.firm.office.at(9, minute))
        routes = (str(one.route) for one in self.base.requests[before:])
        return Counter(route for route in routes if route in {SHIPMENTS, FACTURAS})

    def at(self, minute: int) -> None:
        """Let 1C's clock stand at a minute."""
        self.base.set_now(self.firm.office.at(9, minute))

    @property
    def tasks(self) -> list[str]:
        """States of the tasks to have papers printed."""
        made = self.firm.office.world.store.all("Task")
        return [str(one["status"]) for one in made if str(one["name"]).startswith(TITLE)]


@contextmanager
def morning(firm: Firm) -> Iterator[Morning]:
    with firm.office.opened(firm.office.at(9, 0)) as drive:
        yield Morning(firm, drive)


def paid(firm: Firm) -> str:
    """Enter a deal whose money is there and whose goods leave at once; return its invoice."""
    _, invoice = firm.bill()
    firm.base.pay_invoice(invoice)
    (deal,) = firm.office.world.store.all("Deal")
    firm.office.world.put_deal(str(deal["id"]), "paid", by="ivanov")
    return invoice


def test_a_task_to_print_closes_in_the_first_look_after_the_papers_are_posted(firm: Firm) -> None:
    invoice = paid(firm)
    with morning(firm) as office:
        office.looks(1, 12)
        asked = office.tasks
        office.at(13)
        firm.base.ship(invoice, upd=True)

        office.looks(18)

        assert asked == ["assigned"]
        assert office.tasks == ["completed"]


def test_papers_that_are_posted_in_time_are_never_asked_of_a_person(firm: Firm) -> None:
    invoice = paid(firm)
    with morning(firm) as office:
        office.looks(1)
        office.at(3)
        firm.base.ship(invoice, factura=True)

        office.looks(7, 12, 18)

        assert office.tasks == []


def test_a_factura_that_comes_days_after_its_shipment_is_seen_as_soon(firm: Firm) -> None:
    invoice = paid(firm)
    days_ago = firm.office.at(10, day=14).replace(tzinfo=None)
    shipment = firm.base.ship(invoice, at=days_ago)
    with morning(firm) as office:
        office.looks(1, 12)
        lacking = office.tasks
        office.at(13)
        firm.base.issue_factura(shipment)

        office.looks(18)

        assert lacking == ["assigned"]
        assert office.tasks == ["completed"]


def test_waiting_costs_two_questions_in_five_minutes_and_none_when_the_papers_are_there(
    firm: Firm,
) -> None:
    invoice = paid(firm)
    with morning(firm) as office:
        office.looks(1)
        while_waiting = office.looks(7, 9, 13, 19)
        firm.base.ship(invoice, upd=True)
        office.looks(25)

        assert while_waiting == {SHIPMENTS: 3, FACTURAS: 3}
        assert office.looks(31, 37, 43) == {}


def test_a_deal_that_is_not_paid_yet_costs_no_question(firm: Firm) -> None:
    firm.bill()
    with morning(firm) as office:
        office.looks(1)

        assert office.looks(7, 13, 19) == {}

"""A company with Megaplan and 1C, both played by stand-ins, driven by the installed command."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.e2e.office import TUESDAY, Office, an_office
from tests.e2e.test_kills import ours
from westsync.domain.ledger_keys import invoice_marker, invoice_ref
from westsync.sandbox import breaches as megaplan_breaches
from westsync.sandbox.onec import OneCServer, OneCWorld, breaches
from westsync.sandbox.onec.furnishing import BUYER
from westsync.sandbox.onec.world import PASSWORD, USER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

INVOICES = "Document_СчетНаОплатуПокупателю"
ONEC = "WESTSYNC__ACCOUNTS__MAIN__ONEC__"
INN, KPP = "9990000019", "999001001"
"""Of the buyer whom the stand-in of 1C knows."""
TOTAL = Decimal("120000.00")


@dataclass
class Firm:
    """A company with Megaplan and 1C, and a client whom both know."""

    office: Office
    base: OneCWorld
    client: str

    @property
    def invoices(self) -> list[dict[str, Any]]:
        """What stands in 1C."""
        return list(self.base.store.all(INVOICES))

    @property
    def comments(self) -> list[str]:
        """What westsync told in the deals, without its markers."""
        found = (str(one["content"]) for one in self.office.world.store.all("Comment"))
        return [text.partition("</p>")[0].removeprefix("<p>") for text in found]

    @property
    def tasks(self) -> list[str]:
        """Titles of westsync's tasks."""
        return [str(one["name"]) for one in self.office.world.store.all("Task")]

    @property
    def task_texts(self) -> list[str]:
        """Texts of westsync's tasks."""
        return [str(one["statement"]) for one in self.office.world.store.all("Task")]

    def deal(self, stage: str = "supplier_invoice") -> str:
        """Enter a deal for two loudspeakers, with the supplier's invoice attached."""
        world = self.office.world
        line = ("Акустическая система", 2, 60000.0)
        deal = world.create_deal(name="Сцена", client=self.client, manager="ivanov", lines=[line])
        world.attach_file(deal, "Счет поставщика 17.pdf", by="ivanov")
        world.put_deal(deal, stage, by="ivanov")
        return deal

    def draft(self, deal: str, total: Decimal = TOTAL) -> None:
        """Leave our unposted invoice in 1C, of which the journal knows nothing."""
        self.base.make_invoice(
            BUYER.key,
            total,
            key=invoice_ref(deal, 1),
            comment=invoice_marker(deal, 1),
            post=False,
        )

    def bill(self, status: str = "drawn") -> tuple[str, str]:
        """Enter a deal whose bill the accountant entered in 1C under the same number.

        Returns:
            The bill in Megaplan, the invoice in 1C.
        """
        world = self.office.world
        bill = world.issue_invoice(self.deal("invoice_sent"), TOTAL, by="ivanov", status=status)
        number = f"0000-{int(world.store.need('Invoice', bill)['number']):06d}"
        return bill, self.base.make_invoice(BUYER.key, TOTAL, number=number)

    def pdfs(self, deal: str) -> list[str]:
        """Return the names of the prints of 1C that hang on a deal."""
        store = self.office.world.store
        files = (store.follow(item) for item in store.need("Deal", deal)["attaches"])
        return [
            str(one["name"])
            for one in files
            if one and str(one["name"]).startswith("Счёт клиенту ")
        ]

    def status_of(self, bill: str) -> str:
        """Return the status of a bill in Megaplan."""
        return str(self.office.world.store.need("Invoice", bill)["status"])

    def cycle(self, hours: int, minutes: int) -> dict[str, Any]:
        """Run a cycle with all three clocks at that time of Tuesday."""
        at = self.office.at(hours, minutes)
        self.base.set_now(at)
        return self.office.cycle(at)

    def kill_cycle(self, hours: int, minutes: int, when: Callable[[], bool]) -> None:
        """Run a cycle and kill it as soon as something is so."""
        at = self.office.at(hours, minutes)
        self.base.set_now(at)
        process = self.office.begin_cycle(at)
        while not when():
            assert process.poll() is None, "the cycle ended before it could be killed"
        process.kill()
        process.wait()

    def written(self) -> Counter[str]:
        """Return what was asked of 1C other than to read, by route."""
        return Counter(str(one.route) for one in self.base.requests if one.method != "GET")

    def assert_one_invoice(self, deal: str) -> None:
        """See the deal's one invoice in 1C, posted, and its number once in the deal."""
        (invoice,) = self.invoices
        assert invoice["Posted"]
        assert invoice["СуммаДокумента"] == TOTAL
        assert invoice["Комментарий"] == invoice_marker(deal, 1)
        told = [text for text in self.comments if f"Счёт {invoice['Number']} выставлен" in text]
        assert len(told) == 1
        assert set(ours(self.office, "Comment", "content").values()) == {1}


@contextmanager
def a_firm(directory: Path) -> Iterator[Firm]:
    """Open a company; at its end neither stand-in may have seen a breach of its contract."""
    base = OneCWorld(start=TUESDAY)
    with OneCServer(base) as server, an_office(directory) as office:
        office.env |= {
            f"{ONEC}URL": server.url,
            f"{ONEC}USER": USER,
            f"{ONEC}PASSWORD": PASSWORD,
            f"{ONEC}ORGANIZATION_INN": "7701234560",
            f"{ONEC}READONLY": "false",
        }
        client = office.world.create_client(company_name="Сцена", inn=INN, kpp=KPP)
        office.world.add_product("Акустическая система", 60000.0, article="SRM450")
        yield Firm(office, base, client)
        assert list(breaches(base.requests)) == []
        assert list(megaplan_breaches(office.world.requests)) == []

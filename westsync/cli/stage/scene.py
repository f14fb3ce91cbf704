"""What the stories are told with: people who ask, staff who act, lapses that are planted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from westsync.cli.stage import office
from westsync.cli.stage.casting import CITIES, DELIVERIES, GOODS, Goods
from westsync.cli.stage.clientele import Client
from westsync.cli.stage.lapses import About, Lapse
from westsync.cli.stage.watcher import Tone

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from random import Random

    from westsync.cli.stage.accounting import Accounting
    from westsync.cli.stage.clientele import Clientele
    from westsync.cli.stage.score import Score
    from westsync.cli.stage.supplier import Supplier
    from westsync.sandbox import World

SECRETARY, HEAD = "sidorova", "orlov"
DIRECTORS = ("director1", "director2")
MANAGERS = ("ivanov", "petrova")
WEB = "admin1"  # the site's requests come in under the administrator's account
SITE, CALL, AGAIN = "Заявка с сайта", "Входящий звонок", "Повторное обращение"

_ASKING = "availability"

Line = tuple[str, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """A deal as entered.

    Attributes:
        manager: Login of its responsible.
        opened_at: When it was entered, whole seconds.
        line: What the client wants.
        city: Where he lives.
    """

    id: str
    client: Client
    manager: str
    opened_at: datetime
    line: Line
    city: str

    @property
    def total(self) -> Decimal:
        """What the client has to pay, roubles."""
        _, quantity, price = self.line
        return (Decimal(str(quantity)) * Decimal(str(price))).quantize(Decimal("0.01"))


class Scene:
    """The company, as the stories see it. Every act happens at the present moment of the play.

    Attributes:
        entered: Every deal so far.
    """

    def __init__(
        self,
        *,
        world: World,
        accounting: Accounting,
        clientele: Clientele,
        supplier: Supplier,
        score: Score,
        random: Random,
        days: tuple[office.WorkDay, ...],
        tell: Callable[[Tone, str, str], None],
    ) -> None:
        """Set the scene.

        Args:
            world: The stand-in of Megaplan.
            accounting: The stand-in of 1C and who works in it.
            clientele: Who comes.
            supplier: The stand-in of a supplier and who keeps its list.
            score: Who keeps the lapses.
            random: Draws of names, goods and minutes.
            days: The working days that are played.
            tell: Gets (what it is about, sentence, P-id or nothing) for the timeline.
        """
        self.world = world
        self.accounting = accounting
        self.clientele = clientele
        self.supplier = supplier
        self.score = score
        self.random = random
        self.days = days
        self.tell = tell
        self.entered: list[Deal] = []
        self._with_goods: set[str] = set()
        self._away: dict[str, tuple[datetime, datetime]] = {}

    # -- time ----------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """The present, whole seconds, as Megaplan stamps it."""
        return self.world.now.replace(microsecond=0).astimezone(office.ZONE)

    def soon(self, minutes: float) -> datetime:
        """Return the moment so many working minutes from now."""
        return office.after(self.now, minutes)

    @property
    def after_the_play(self) -> datetime:
        """A moment at which somebody plans something that this play will not see."""
        return office.workdays_later(self.days[-1].at("12:00"), 3)

    # -- who -----------------------------------------------------------------------------------

    def manager(self) -> str:
        """Return a manager who is there all the rest of the week, or today at least."""
        return self.random.choice([m for m in MANAGERS if not self.is_away(m)])

    def is_away(self, login: str) -> bool:
        """Whether somebody is on leave now."""
        first, last = self._away.get(login, (self.now, self.now))
        return first <= self.now < last

    def grant_leave(self, login: str, first: office.WorkDay, last: office.WorkDay) -> None:
        """Enter an absence, both days inclusive."""
        self.world.send_on_leave(login, first.on, last.on)
        begin, end = first.at("00:00"), last.at("00:00") + timedelta(days=1)
        self._away[login] = (begin, end)
        name = self.world.store.need("Employee", self.world.employee(login))["name"]
        dates = f"{first.on:%d.%m.}-{last.on:%d.%m.}"
        self.tell(Tone.STAFF, f"{name} will be on leave {dates}", "")

    def stands_in_for(self, manager: str, at: datetime) -> str:
        """Return who answers for a manager at a moment: he, or his colleague during his leave."""
        first, last = self._away.get(manager, (at, at))
        return next(m for m in MANAGERS if m != manager) if first <= at < last else manager

    # -- entering ------------------------------------------------------------------------------

    def client(self, *, phone: str | None = None) -> Client:
        """Enter a client who was never here, with his own phone if none is given."""
        return self.clientele.newcomer(phone)

    def deal(
        self,
        source: str,
        *,
        manager: str | None = None,
        client: Client | None = None,
        goods: Goods | None = None,
        city: bool = False,
        by: str | None = None,
    ) -> Deal:
        """Enter a deal in the first stage.

        Args:
            source: Where the request came from.
            manager: Responsible; one of those who are there if None.
            client: A new one if None.
            goods: What he wants; something that the supplier has if None.
            city: Whether the city is known already.
            by: Who enters it; by the source if None.
        """
        who = client or self.client()
        name, price, _ = goods or self.random.choice(GOODS)
        town = self.random.choice(CITIES)
        responsible = manager or self.manager()
        fields = {"source": source} | ({"city": town} if city else {})
        id_ = self.world.create_deal(
            name=f"{name}, {who.name}",
            client=who.id,
            manager=responsible,
            fields=fields,
            by=by or (WEB if source == SITE else SECRETARY),
        )
        ordered = (name, float(self.random.choice((1, 1, 1, 2, 4))), price)
        deal = Deal(
            id=id_, client=who, manager=responsible, opened_at=self.now, line=ordered, city=town
        )
        self.entered.append(deal)
        return deal

    # -- acting --------------------------------------------------------------------------------

    def say(self, deal: Deal, by: str, text: str) -> None:
        """Comment on a deal."""
        self.world.comment(deal.id, by=by, text=text)

    def fill_city(self, deal: Deal, by: str = SECRETARY) -> None:
        """Enter the city."""
        self.world.edit_deal(deal.id, {"city": deal.city}, by=by)

    def fill_order(self, deal: Deal, by: str) -> None:
        """Enter what was talked about: goods, way and day of delivery."""
        self.world.set_lines(deal.id, [deal.line], by=by)
        day = self.after_the_play
        details = {"delivery_kind": self.random.choice(DELIVERIES), "delivery_at": day}
        self.world.edit_deal(deal.id, details, by=by)
        self._with_goods.add(deal.id)
        if self.world.stage_of(deal.id) == _ASKING:
            self.availability_asked(deal)

    def plan(self, deal: Deal, by: str, deadline: datetime, name: str) -> str:
        """Set the responsible a task about a deal and return its id."""
        return self.world.create_task(
            name, by=by, responsible=deal.manager, deal=deal.id, deadline=deadline
        )

    def move(self, deal: Deal, by: str, *stages: str) -> None:
        """Move a deal through stages."""
        for stage in stages:
            self.world.move_deal(deal.id, stage, by=by)
        if stages[-1] == _ASKING and deal.id in self._with_goods:
            self.availability_asked(deal)

    def availability_asked(self, deal: Deal) -> None:
        """A deal with goods stands at ``availability``: the supplier's stock is told in it."""
        lapse = self.lapse(
            "P3.3", deal, "nobody has looked whether the goods are there", told=False
        )
        lapse.word(self.now)

    def attach_supplier_invoice(self, deal: Deal) -> None:
        """Attach the supplier's invoice; the accountant enters it in 1C as well."""
        self.world.attach_file(deal.id, f"Счет поставщика {deal.id}.pdf", by=deal.manager)
        self.accounting.enter_supplier_invoice(deal)

    def do(self, lapse: Lapse, by: str, text: str) -> None:
        """Finish the task that the daemon made of a lapse, if it did."""
        if task := lapse.task_made():
            self.score.ended_by_staff(task)
            self.world.finish_task(task, by=by, text=text)

    def win(self, deal: Deal) -> None:
        """Close a deal as won if it is open."""
        if self.world.stage_of(deal.id) != "lost":
            self.world.put_deal(deal.id, "won", by=self.stands_in_for(deal.manager, self.now))

    # -- planting ------------------------------------------------------------------------------

    def lapse(self, step: str, of: Deal | Client | str, what: str, *, told: bool = True) -> Lapse:
        """Plant a lapse; what must follow is told to it afterwards.

        Args:
            step: P-id.
            of: The deal or client; of a payment that nobody can place or a supplier, its name.
            what: The lapse in a few words.
            told: Whether the watcher hears of it; not of what happens in every deal.
        """
        about: About | None = None
        if isinstance(of, Deal):
            about, named = About(kind="Deal", id=of.id), f"deal {of.id}"
        elif isinstance(of, Client):
            about, named = About(kind=of.kind, id=of.id), of.name
        else:
            named = of
        lapse = Lapse(step=step, about=about, number=named, what=what, planted_at=self.now)
        self.score.lapses.append(lapse)
        if told:
            self.tell(Tone.LAPSE, f"{what} ({named})", step)
        return lapse

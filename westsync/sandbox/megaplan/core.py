"""The account itself: its entities, clock and doubts, which every operation works on."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from westsync.sandbox.megaplan import company
from westsync.sandbox.megaplan.furnishing import furnish
from westsync.sandbox.megaplan.requestlog import Request
from westsync.sandbox.megaplan.store import Store
from westsync.sandbox.megaplan.switches import Switches
from westsync.sandbox.megaplan.tokens import Tokens
from westsync.sandbox.megaplan.wire import Doc, link, moment
from westsync.sandbox.standin.world import StandIn

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


class Core(StandIn[Switches, Request]):
    """One Megaplan account.

    Attributes:
        store: Its entities.
        tokens: Who may come in.
        zone: The account's zone, in which ``DateOnly`` days are meant.
        custom: Content type -> custom field name -> its description.
    """

    def __init__(
        self,
        *,
        start: datetime | None = None,
        source: Callable[[], datetime] | None = None,
        seed: int = 0,
        switches: Switches | None = None,
    ) -> None:
        """Open the account.

        Args:
            start: Moment at which the clock stands; Tuesday 24.11.2026 09:00 Moscow by default,
                or the source's present.
            source: Running clock to follow; None for a clock that stands still.
            seed: Same seed and same acts give the same ids, tokens and faults.
            switches: Doubts to decide otherwise than by default.
        """
        self.zone = ZoneInfo(company.ZONE)
        super().__init__(switches or Switches(), start=start, source=source, seed=seed)

    def open(self, seed: int) -> None:
        """Fill the account with the company and nothing else, whatever was there before.

        Args:
            seed: Same seed and same acts give the same ids, tokens and faults.
        """
        super().open(seed)
        self.store = Store(lambda: self.clock.now)
        furnish(self.store, self.stamp())
        self.custom = self._custom_fields()
        self.tokens = Tokens(
            seed,
            {person.mail: (company.PASSWORD, person.id) for person in company.PEOPLE},
            lambda: self.clock.now,
        )

    @property
    def written(self) -> int:
        """Number of the store's last write."""
        return self.store.written

    def stamp(self) -> Doc:
        """Return the present as a ``DateTime``."""
        return moment(self.now)

    def new(self, content_type: str, **fields: object) -> Doc:
        """Store a new entity under the next id of its type."""
        entity_id = self.store.next_id(content_type)
        return self.store.put({"contentType": content_type, "id": entity_id, **fields})

    def employee(self, who: str) -> str:
        """Return the id of an employee given by login or id.

        Raises:
            KeyError: There is no such person.
        """
        person = company.PERSON.get(who)
        entity_id = person.id if person else who
        if self.store.get("Employee", entity_id) is None:
            raise KeyError(f"no employee '{who}'; there are {', '.join(company.PERSON)}")
        return entity_id

    def staff(self, who: str) -> Doc:
        """Return the link to an employee given by login or id."""
        return link("Employee", self.employee(who))

    def _custom_fields(self) -> dict[str, dict[str, Doc]]:
        found: dict[str, dict[str, Doc]] = {}
        for kind in ("StringField", "DateTimeField", "EnumField", "BoolField", "RefSetField"):
            for doc in self.store.all(kind):
                if not doc["isSystem"]:
                    found.setdefault(doc["_of"], {})[doc["name"]] = doc
        return found

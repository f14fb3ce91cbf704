"""The clients: who comes anew, and whom Megaplan and 1C know from former years."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from westsync.cli.stage.casting import (
    COMPANIES,
    FIRM_KINDS,
    FIRM_NAMES,
    FIRST_NAMES,
    KPP,
    LAST_NAMES,
    inn,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from random import Random

    from westsync.cli.stage.accounting import Accounting
    from westsync.sandbox import World

_COMPANY, _PERSON = "ContractorCompany", "ContractorHuman"


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A client as entered."""

    id: str
    kind: str
    name: str
    phone: str


class Clientele:
    """Everybody who may want something, no two alike."""

    def __init__(self, world: World, accounting: Accounting, random: Random, firms: int) -> None:
        """Mix the names and enter organisations from former years in Megaplan and 1C.

        Args:
            world: The stand-in of Megaplan.
            accounting: The one of 1C and who works in it.
            random: Draws of names and numbers.
            firms: How many organisations.
        """
        self._world = world
        self._accounting = accounting
        self._random = random
        self._names = deque(
            self._mixed(f"{last} {first}" for last in LAST_NAMES for first in FIRST_NAMES)
        )
        self._companies = deque(self._mixed(COMPANIES))
        self._phone = 9_160_000_000 + random.randrange(1_000_000)
        names = self._mixed(f"{kind} «{name}»" for kind in FIRM_KINDS for name in FIRM_NAMES)
        self._firms: deque[Client] = deque()
        for number, name in enumerate(names[:firms]):
            phone, code = self._number(), inn(number)
            id_ = world.create_client(company_name=name, phones=[phone], inn=code, kpp=KPP)
            accounting.enter_firm(id_, name, code, KPP)
            self._firms.append(Client(id=id_, kind=_COMPANY, name=name, phone=phone))

    def newcomer(self, phone: str | None = None) -> Client:
        """Enter a client: mostly private persons, some organisations."""
        number = phone or self._number()
        if self._companies and self._random.random() < 0.15:
            name, kind = self._companies.popleft(), _COMPANY
            id_ = self._world.create_client(company_name=name, phones=[number])
        else:
            return self._person(number)
        return Client(id=id_, kind=kind, name=name, phone=number)

    def person(self) -> Client:
        """Enter a private person whom 1C knows as well."""
        client = self._person(self._number())
        self._accounting.enter_person(client.id, client.name)
        return client

    def firm(self) -> Client:
        """Return an organisation that has ordered nothing yet in this play.

        Raises:
            IndexError: All of them have.
        """
        return self._firms.popleft()

    def _person(self, phone: str) -> Client:
        name = self._names.popleft()
        last, first = name.split()
        id_ = self._world.create_client(first=first, last=last, phones=[phone])
        return Client(id=id_, kind=_PERSON, name=name, phone=phone)

    def _number(self) -> str:
        self._phone += 7
        return f"+7{self._phone}"

    def _mixed(self, items: Iterable[str]) -> list[str]:
        mixed = list(items)
        self._random.shuffle(mixed)
        return mixed

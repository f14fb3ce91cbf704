"""Who the staff are, which role they have, and who is there to do something now."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from westsync.domain.absences import Absences


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A member of staff.

    Attributes:
        login: Name in the configuration; ``#1000003`` for an employee who is not in it.
        name: As colleagues read it.
        crm_id: Employee id in Megaplan; None if he has no account there.
        deputy: Login of the one who stands in while he is away.
        is_working: False for a dismissed one, who never gets anything.
    """

    login: str
    name: str
    crm_id: str | None
    email: str | None = None
    deputy: str | None = None
    is_working: bool = True


class WhoKind(StrEnum):
    """How a rule names somebody."""

    MANAGER = "manager"
    ROLE = "role"
    USER = "user"


@dataclass(frozen=True, slots=True)
class Who:
    """One entry of a ``to:`` list: the manager of the object, a role, or a person.

    Attributes:
        kind: Which of the three.
        name: Role or login; empty for the manager.
    """

    kind: WhoKind
    name: str = ""

    def __str__(self) -> str:
        """Render as the rule file writes it."""
        return "deal.manager" if self.kind is WhoKind.MANAGER else f"{self.kind}:{self.name}"


class Staff:
    """The staff at one moment of the configuration: people, roles, absences, deputies."""

    def __init__(
        self,
        people: Sequence[Person],
        roles: Mapping[str, Sequence[str]],
        absences: Absences,
    ) -> None:
        """Index the people.

        Args:
            people: All of them, also those who are known from Megaplan only.
            roles: Role -> logins, the first is asked first.
            absences: Who is away when.
        """
        self._people = {person.login: person for person in people}
        self._by_crm_id = {p.crm_id: p for p in people if p.crm_id is not None}
        self._by_email = {p.email: p.login for p in people if p.email is not None}
        self._roles = roles
        self._absences = absences

    @property
    def names(self) -> Mapping[str, str]:
        """Login -> name, for texts."""
        return {login: person.name for login, person in self._people.items()}

    def person(self, login: str) -> Person | None:
        """Return a person by login."""
        return self._people.get(login)

    def login_of(self, crm_id: str) -> str:
        """Return the login of an employee; ``#id`` if the configuration does not know him."""
        person = self._by_crm_id.get(crm_id)
        return person.login if person is not None else f"#{crm_id}"

    def login_of_email(self, address: str) -> str | None:
        """Return the login of the one whose mail address this is; None if it is nobody's."""
        return self._by_email.get(address)

    def members(self, role: str) -> tuple[str, ...]:
        """Return the logins of a role."""
        return tuple(self._roles.get(role, ()))

    def logins(self, whom: Sequence[Who]) -> frozenset[str | None]:
        """Return everybody whom a list names, absent ones too; None among them: the manager."""
        return frozenset(
            login
            for who in whom
            for login in (
                (None,)
                if who.kind is WhoKind.MANAGER
                else self.members(who.name)
                if who.kind is WhoKind.ROLE
                else (who.name,)
            )
        )

    def first_of(self, whom: Sequence[Who], manager: str | None, at: datetime) -> Person | None:
        """Return the first who is available: the one that gets a task.

        Args:
            whom: In the order of the rule.
            manager: Login of the object's responsible; None if it has none.
            at: When.

        Returns:
            Somebody who is working and not away, a deputy counting as his principal; if all are
            away, the first who at least still works here; None if there is nobody at all.
        """
        candidates = [p for who in whom for p in self._named(who, manager)]
        for person in candidates:
            found = self._present(person, at)
            if found is not None:
                return found
        return next((person for person in candidates if person.is_working), None)

    def all_of(self, whom: Sequence[Who], manager: str | None, at: datetime) -> tuple[Person, ...]:
        """Return everybody that the first fitting entry names: those who get a notice.

        A role means all its members who are available, an absent one is replaced by his deputy.
        """
        for who in whom:
            present = [self._present(person, at) for person in self._named(who, manager)]
            found = {p.login: p for p in present if p is not None}
            if found:
                return tuple(found.values())
        fallback = self.first_of(whom, manager, at)
        return () if fallback is None else (fallback,)

    def _named(self, who: Who, manager: str | None) -> Iterator[Person]:
        match who.kind:
            case WhoKind.MANAGER:
                logins: tuple[str, ...] = () if manager is None else (manager,)
            case WhoKind.ROLE:
                logins = self.members(who.name)
            case WhoKind.USER:
                logins = (who.name,)
        for login in logins:
            person = self._people.get(login)
            if person is not None:
                yield person

    def _present(self, person: Person, at: datetime) -> Person | None:
        """Return the person, or the nearest deputy who is there."""
        asked: set[str] = set()
        current: Person | None = person
        while current is not None and current.login not in asked:
            asked.add(current.login)
            if current.is_working and not self._absences.is_absent(current.login, at):
                return current
            current = self._people.get(current.deputy) if current.deputy else None
        return None

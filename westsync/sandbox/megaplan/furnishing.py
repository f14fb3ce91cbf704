"""Putting the company of `company` into an empty account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.sandbox.megaplan.company import (
    CLIENT_TYPE,
    DEAL_FIELDS,
    DEPARTMENTS,
    FIRST_TRANSITION,
    OTHER_FIELDS,
    PEOPLE,
    PERSON,
    PROGRAM,
    PROJECT,
    STAGES,
    SUPPLIER_TYPE,
    TODO_CATEGORIES,
    TODO_STATUSES,
    TRIGGER,
    Person,
)
from westsync.sandbox.megaplan.wire import Doc, link

if TYPE_CHECKING:
    from westsync.sandbox.megaplan.store import Store


def furnish(store: Store, at: Doc) -> None:
    """Put the company into an empty store.

    Args:
        store: The account's entities.
        at: ``DateTime`` at which everything was created.
    """
    for entity_id, name in DEPARTMENTS.items():
        _seed(store, "Department", entity_id, name=name, parent=None)
    _seed(store, "EmployeeStatus", "1", name="В офисе", masterType="in-office")
    for person in PEOPLE:
        _employ(store, person, at)
    _program(store)
    _fields(store)
    for entity_id, master in TODO_CATEGORIES.items():
        _seed(store, "TodoCategory", entity_id, name=master.capitalize(), masterType=master)
    for entity_id, master in TODO_STATUSES.items():
        _seed(store, "TodoStatus", entity_id, name=master, masterType=master)
    for entity_id, name, kind in (
        (CLIENT_TYPE, "Клиент", "client"),
        (SUPPLIER_TYPE, "Поставщик", "supplier"),
    ):
        _seed(store, "ContractorType", entity_id, name=name, type=kind, requiredFields=[])
    _seed(store, "Country", "RU", name="Россия", isDefault=True)
    _seed(store, "Currency", "1", name="Рубль", abbreviation="RUB", rate=1)
    _seed(store, "Tax", "1", name="НДС 22%", rate=22)
    _seed(store, "Tax", "2", name="Без НДС", rate=0)
    _seed(store, "Unit", "1", name="шт")
    _seed(store, "OfferCategory", "1", name="Звук и свет", type="product")
    _seed(store, "InvoiceTemplate", "1", name="Счёт на оплату", isDefault=True, isCustom=False)
    _seed(store, "FinOperationType", "1", name="Оплата от клиента")
    _seed(store, "FinRealAccount", "1", name="Расчётный счёт")
    _own_company(store, at)
    _filters(store)
    _project(store, at)


def _seed(store: Store, content_type: str, entity_id: str, **fields: object) -> Doc:
    return store.put({"contentType": content_type, "id": entity_id, **fields}, quietly=True)


def _employ(store: Store, person: Person, at: Doc) -> None:
    _seed(
        store,
        "Employee",
        person.id,
        name=f"{person.last} {person.first}",
        firstName=person.first,
        middleName="",
        lastName=person.last,
        position=person.position,
        department=link("Department", person.department),
        uid=int(person.id) + 207,
        login=person.mail,
        isWorking=True,
        canLogin=True,
        fireDay=None,
        isOnline=False,
        status=link("EmployeeStatus", "1"),
        nearestVacation=None,
        contactInfo=[
            {
                "contentType": "ContactInfo",
                "type": "email",
                "value": person.mail,
                "comment": None,
                "isMain": True,
            }
        ],
        timeCreated=at,
    )


def _program(store: Store) -> None:
    """Build the sales program: one or two stages forward, one back, a refusal from anywhere."""
    names = list(STAGES)
    active = [name for name in names if STAGES[name][2] == "active"]
    for name, (state, label, kind) in STAGES.items():
        _seed(
            store,
            "ProgramState",
            state,
            name=label,
            entryPointName=label if name == "new" else "",
            type=kind,
            color="#dd525a" if name == "new" else "#7db5e6",
            description="",
            isEntry=name == "new",
            program=link("Program", PROGRAM),
        )
    number = FIRST_TRANSITION
    chain = [*active, "won"]
    transitions = []
    for place, name in enumerate(active):
        targets = [*chain[place + 1 : place + 3], *([active[place - 1]] if place else []), "lost"]
        for target in targets:
            _seed(
                store,
                "ProgramTransition",
                str(number),
                name="",
                description="",
                **{"from": link("ProgramState", STAGES[name][0])},
                to=link("ProgramState", STAGES[target][0]),
                reasons=[],
                enabled=True,
                operations=[],
            )
            transitions.append(link("ProgramTransition", number))
            number += 1
    _seed(
        store,
        "ProgramTrigger",
        TRIGGER,
        name="Автоназначение",
        type="auto",
        enabled=True,
        reasons=[],
        possibleOperations=[],
        operations=[],
        program=link("Program", PROGRAM),
    )
    _seed(
        store,
        "Program",
        PROGRAM,
        name="Продажи",
        isBpm=False,
        roles=[],
        possibleActions=["can_create"],
        states=[link("ProgramState", state) for state, _, _ in STAGES.values()],
        transitions=transitions,
        triggers=[link("ProgramTrigger", TRIGGER)],
    )


def _fields(store: Store) -> None:
    """Describe custom fields; for deals also a few system ones, as the server does (4.11)."""
    number = 1000390
    described = [("Deal", *spec) for spec in DEAL_FIELDS.values()]
    described += [(owner, name, kind, label, ()) for owner, name, kind, label in OTHER_FIELDS]
    described += [
        ("Deal", "manager", "RefLinkField", "Менеджер", ()),
        ("Deal", "contractor", "RefLinkField", "Клиент", ()),
    ]
    for position, (owner, name, kind, label, values) in enumerate(described, 1):
        is_custom = "CustomField" in name
        fields: Doc = {
            "name": name,
            "hrName": label,
            "type": kind.removesuffix("Field"),
            "isRequired": False,
            "isMultiple": kind == "RefSetField",
            "isSystem": not is_custom,
            "isSortable": kind != "RefSetField",
            "orderPos": position * 10,
            "settings": [],
            "_of": owner,
        }
        if values:
            fields |= {"enumValues": list(values), "newValuesAllowed": False}
        _seed(store, kind, str(number), **fields)
        number += 1


def _own_company(store: Store, at: Doc) -> None:
    """The company itself and its payer, the recipient of invoices."""
    _seed(
        store,
        "ContractorCompany",
        "1000700",
        name="West technology",
        type=link("ContractorType", SUPPLIER_TYPE),
        contactInfo=[],
        responsibles=[],
        isDropped=False,
        humanNumber=700,
        timeCreated=at,
        timeUpdated=at,
    )
    _seed(
        store,
        "Payer",
        "3000",
        name="ООО «Западные технологии»",
        type="Legal",
        country=link("Country", "RU"),
        inn="7701234560",
        kpp="770101001",
        contractor=link("ContractorCompany", "1000700"),
        isDropped=False,
    )


def _filters(store: Store) -> None:
    for name, title in (
        ("all", "Все"),
        ("incoming", "Входящие"),
        ("outgoing", "Исходящие"),
        ("responsible", "Ответственный"),
    ):
        _seed(store, "TaskFilter", name, title=title, shared=True)
    _seed(store, "TradeFilter", "all", title="Все сделки", shared=True)


def _project(store: Store, at: Doc) -> None:
    """A project, because task lists are mixed (4.3.1)."""
    admin = link("Employee", PERSON["admin1"].id)
    _seed(
        store,
        "Project",
        PROJECT,
        name="Переезд склада",
        status="accepted",
        isTemplate=False,
        owner=admin,
        responsible=admin,
        humanNumber=5001,
        timeCreated=at,
        activity=at,
        statusChangeTime=at,
        deals=[],
    )

"""The company that the stand-in's account belongs to: people, the sales program, its fields.

Ids are those of ``config/westsync.yaml`` and of the contract's examples. Passwords are the
stand-in's own and open nothing else.

| login    | id      | who                      |
| -------- | ------- | ------------------------ |
| sidorova | 1000001 | secretary                |
| orlov    | 1000002 | head of sales            |
| ivanov   | 1000003 | manager                  |
| petrova  | 1000004 | manager                  |
| director1| 1000005 | management               |
| director2| 1000006 | management               |
| driver1  | 1000007 | driver                   |
| admin1   | 1000008 | administrator            |
| westsync | 1000099 | the daemon's own account |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from westsync.sandbox.megaplan.wire import Doc, link

if TYPE_CHECKING:
    from westsync.sandbox.megaplan.store import Store

ZONE = "Europe/Moscow"
PASSWORD = "sandbox"  # noqa: S105 - the stand-in's own, on loopback only
PROGRAM = "14"
TRIGGER = "31"
FIRST_TRANSITION = 824
PROJECT = "1005001"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A member of staff: short login, employee id, names, position."""

    login: str
    id: str
    first: str
    last: str
    position: str
    department: str

    @property
    def mail(self) -> str:
        """The log-in name, an e-mail address (contract 1.2)."""
        return f"{self.login}@example.test"


def _person(login: str, number: int, name: str, position: str, department: str) -> Person:
    last, first = name.split()
    return Person(
        login=login,
        id=str(1_000_000 + number),
        first=first,
        last=last,
        position=position,
        department=department,
    )


PEOPLE = (
    _person("sidorova", 1, "Сидорова Анна", "Секретарь", "1"),
    _person("orlov", 2, "Орлов Дмитрий", "Руководитель отдела продаж", "2"),
    _person("ivanov", 3, "Иванов Пётр", "Менеджер", "2"),
    _person("petrova", 4, "Петрова Мария", "Менеджер", "2"),
    _person("director1", 5, "Соколов Андрей", "Директор", "1"),
    _person("director2", 6, "Соколова Елена", "Директор", "1"),
    _person("driver1", 7, "Кузнецов Олег", "Водитель", "3"),
    _person("admin1", 8, "Волков Игорь", "Администратор", "1"),
    _person("westsync", 99, "Помощник Автоматический", "Служебная запись", "1"),
)
PERSON = {person.login: person for person in PEOPLE}
WESTSYNC = PERSON["westsync"].id

DEPARTMENTS = {"1": "Администрация", "2": "Отдел продаж", "3": "Доставка"}

# name of design.md section 4 -> (state id, label, type)
STAGES = {
    "new": ("127", "Новая заявка", "active"),
    "qualify": ("128", "Выяснение потребности", "active"),
    "availability": ("129", "Проверка наличия", "active"),
    "offer": ("130", "Предложение", "active"),
    "requisites": ("131", "Данные клиента", "active"),
    "supplier_invoice": ("132", "Счёт поставщика", "active"),
    "invoice_sent": ("133", "Счёт выставлен", "active"),
    "paid": ("134", "Оплачено", "active"),
    "purchase": ("135", "Закупка", "active"),
    "shipping": ("136", "Отгрузка", "active"),
    "delivered": ("137", "Доставлено", "active"),
    "quality": ("138", "Контроль качества", "active"),
    "won": ("139", "Завершена", "positive"),
    "lost": ("140", "Отказ", "negative"),
}
STAGE_OF_STATE = {state: name for name, (state, _, _) in STAGES.items()}

# short name -> (field name, description type, label, enumeration)
DEAL_FIELDS: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "source": ("Category1000061CustomFieldIstochnik", "StringField", "Источник", ()),
    "city": ("Category1000061CustomFieldGorod", "StringField", "Город", ()),
    "delivery_at": ("Category1000061CustomFieldDataDostavki", "DateTimeField", "Дата доставки", ()),
    "delivery_kind": (
        "Category1000061CustomFieldDostavka",
        "EnumField",
        "Доставка",
        ("Самовывоз", "Доставка", "Транспортная компания"),
    ),
    "urgent": ("Category1000061CustomFieldSrochno", "BoolField", "Срочно", ()),
    "long_lead": ("Category1000061CustomFieldDlitelnyy", "BoolField", "Длительный", ()),
}
OTHER_FIELDS = (
    ("Task", "Category130CustomFieldWestsyncKey", "StringField", "Ключ westsync"),
    ("ContractorCompany", "Category183CustomFieldDogovor", "RefSetField", "Договор"),
    ("ContractorHuman", "Category183CustomFieldDogovor", "RefSetField", "Договор"),
)

TODO_CATEGORIES = {"1": "event", "2": "meeting", "3": "call", "4": "todo", "5": "private"}
TODO_STATUSES = {
    "1": "scheduled",
    "2": "finished",
    "3": "success",
    "4": "fail",
    "5": "finish_without_result",
}
CLIENT_TYPE = "1"
SUPPLIER_TYPE = "2"


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

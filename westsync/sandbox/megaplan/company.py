"""The company that the stand-in's account belongs to: people, the sales program, its fields.

Ids are those of ``config/westsync.yaml`` and of the contract's examples. Passwords are the
stand-in's own and open nothing else.

| login    | id      | who                      |
| -------- | ------- | ------------------------ |
| sidorova | 1000001 | secretary                |
| petrova  | 1000002 | manager                  |
| ivanov   | 1000003 | manager                  |
| orlov    | 1000004 | head of sales            |
| director1| 1000010 | management               |
| director2| 1000011 | management               |
| driver1  | 1000012 | driver                   |
| admin1   | 1000013 | administrator            |
| westsync | 1000099 | the daemon's own account |
"""

from __future__ import annotations

from dataclasses import dataclass

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
    _person("petrova", 2, "Петрова Ольга", "Менеджер", "2"),
    _person("ivanov", 3, "Иванов Пётр", "Менеджер", "2"),
    _person("orlov", 4, "Орлов Сергей", "Руководитель отдела продаж", "2"),
    _person("director1", 10, "Громов Андрей", "Директор", "1"),
    _person("director2", 11, "Белова Марина", "Директор", "1"),
    _person("driver1", 12, "Кузнецов Иван", "Водитель", "3"),
    _person("admin1", 13, "Лебедев Максим", "Администратор", "1"),
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

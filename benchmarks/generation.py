"""Seeded deals in the form in which Megaplan shows them (contract 2.1, 2.4, 4.1, 4.6, 4.9, 4.11).

A deal is about 3.9 KB of JSON, the size of performance.md 2. Manager, program and state are bare
links, as they are for all but the first occurrence in an answer; the client stands in full.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

PROGRAM = "14"
STATES = {
    "127": "active",
    "128": "active",
    "129": "active",
    "130": "active",
    "131": "active",
    "132": "active",
    "133": "active",
    "134": "active",
    "135": "active",
    "136": "active",
    "137": "active",
    "138": "active",
    "139": "positive",
    "140": "negative",
}
EMPLOYEES = (
    "1000001",
    "1000002",
    "1000003",
    "1000004",
    "1000010",
    "1000011",
    "1000012",
    "1000013",
    "1000099",
)
FIELD_PREFIX = "Category1000061CustomField"
FIELDS = {
    "source": f"{FIELD_PREFIX}Istochnik",
    "city": f"{FIELD_PREFIX}Gorod",
    "delivery_at": f"{FIELD_PREFIX}DataDostavki",
    "delivery_kind": f"{FIELD_PREFIX}Dostavka",
    "urgent": f"{FIELD_PREFIX}Srochno",
    "long_lead": f"{FIELD_PREFIX}Dlitelnyy",
}
SOURCES = ("Сайт", "Вопрос с сайта", "Почта", "Входящий звонок", "Лид", "Повторный контакт")
CITIES = ("Москва", "Тула", "Казань", "Пермь", "Омск", None)
GOODS = (
    "Цифровое пианино",
    "Акустическая система",
    "Микшерный пульт",
    "Радиосистема",
    "Синтезатор",
)
NEWEST = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
"""No generated deal changed later than this."""

_SPACING = timedelta(minutes=1)
_DESCRIPTION = (
    "<p>Клиент просит подобрать комплект для небольшого зала: две колонки, пульт, четыре "
    "микрофона и стойки. Важны срок поставки и наличие гарантии, монтаж своими силами.</p>"
)
_SIZE_BYTES = 3_900


@dataclass(frozen=True, slots=True, kw_only=True)
class Generator:
    """Makes deals; the same seed and index give the same bytes everywhere.

    Attributes:
        seed: Of everything that is drawn.
    """

    seed: int = 1

    def updated_at(self, index: int) -> datetime:
        """Return when the deal at an index changed last (UTC, whole seconds)."""
        age = _SPACING * (index + 1)
        share = random.Random(f"{self.seed}/{index}/updated").random()
        return (NEWEST - age * share).replace(microsecond=0)

    def deal(self, index: int, updated_at: datetime | None = None) -> bytes:
        """Return one deal as JSON.

        Args:
            index: From 0; deals of larger index are older.
            updated_at: ``timeUpdated`` (UTC); None draws one. A changed deal has another price.
        """
        draw = random.Random(f"{self.seed}/{index}")
        created = NEWEST - _SPACING * (index + 1)
        updated = self.updated_at(index)
        state = draw.choice(list(STATES))
        price = draw.randrange(10, 900) * 1000
        if updated_at is not None:
            updated, price = updated_at, price + int(updated_at.timestamp()) % 977
        deal: dict[str, object] = {
            "contentType": "Deal",
            "id": deal_id(index),
            "number": deal_id(index),
            "name": f"{draw.choice(GOODS)}, заявка {deal_id(index)}",
            "program": _link("Program", PROGRAM),
            "state": _link("ProgramState", state),
            "stateTimeUpdated": _moment(created + (updated - created) / 2),
            "result": STATES[state],
            "manager": _link("Employee", draw.choice(EMPLOYEES[:4])),
            "contractor": _client(index),
            "timeCreated": _moment(created),
            "timeUpdated": _moment(updated),
            "price": _money(price),
            "positions": [_position(draw, index, row) for row in range(draw.randrange(1, 4))],
            "attaches": [_file(index, created)] if draw.random() < 0.4 else [],
            "invoices": [_invoice(index, price, updated)] if draw.random() < 0.5 else [],
            FIELDS["source"]: draw.choice(SOURCES),
            FIELDS["city"]: draw.choice(CITIES),
            FIELDS["delivery_at"]: _date(updated) if draw.random() < 0.5 else None,
            FIELDS["delivery_kind"]: draw.choice(("курьер", "самовывоз", None)),
            FIELDS["urgent"]: draw.random() < 0.1,
            FIELDS["long_lead"]: False,
        }
        return _filled_up(deal)


def deal_id(index: int) -> str:
    """Return the id of the deal at an index."""
    return str(500_000 + index)


def deal_index(identity: str) -> int:
    """Return the index of the deal with an id."""
    return int(identity) - 500_000


def employees() -> list[dict[str, object]]:
    """Return the staff of the shipped example configuration."""
    return [
        {
            "contentType": "Employee",
            "id": one,
            "name": f"Сотрудник {one}",
            "isWorking": True,
            "contactInfo": [],
            "nearestVacation": None,
        }
        for one in EMPLOYEES
    ]


def program() -> dict[str, object]:
    """Return the sales program with its states."""
    states = [
        {"contentType": "ProgramState", "id": state, "name": state, "type": kind}
        for state, kind in STATES.items()
    ]
    return {"contentType": "Program", "id": PROGRAM, "name": "Продажи", "states": states}


def program_fields() -> list[dict[str, object]]:
    """Return the descriptions of the custom fields."""
    return [
        {"contentType": "StringField", "id": str(number), "name": name, "hrName": name}
        for number, name in enumerate(FIELDS.values(), start=1)
    ]


def _link(kind: str, identity: str) -> dict[str, object]:
    return {"contentType": kind, "id": identity}


def _moment(at: datetime) -> dict[str, object]:
    return {"contentType": "DateTime", "value": at.replace(microsecond=0).isoformat()}


def _date(at: datetime) -> dict[str, object]:
    return {"contentType": "DateOnly", "year": at.year, "month": at.month - 1, "day": at.day}


def _money(amount: int) -> dict[str, object]:
    return {
        "contentType": "Money",
        "currency": "RUB",
        "value": amount,
        "valueInMain": amount,
        "rate": 1,
    }


def _client(index: int) -> dict[str, object]:
    number = index - index % 4 if index % 4 < 2 else index  # some clients have two deals
    created = NEWEST - _SPACING * (number + 5)
    is_person = number % 3 > 0
    contacts = [
        {"contentType": "ContactInfo", "type": "phone", "value": f"+7 9{number:09d}"},
        {"contentType": "ContactInfo", "type": "email", "value": f"client{number}@example.test"},
    ]
    return {
        "contentType": "ContractorHuman" if is_person else "ContractorCompany",
        "id": str(2_000_000 + number),
        "name": f"Клиент {number}" if is_person else f"ООО «Клиент {number}»",
        "contactInfo": contacts,
        "responsibles": [_link("Employee", EMPLOYEES[number % 4])],
        "timeCreated": _moment(created),
        "timeUpdated": _moment(created),
        "isDropped": False,
    }


def _position(draw: random.Random, index: int, row: int) -> dict[str, object]:
    goods, price = draw.choice(GOODS), draw.randrange(1, 300) * 1000
    return {
        "contentType": "OfferRow",
        "id": f"{index}0{row}",
        "name": goods,
        "quantity": draw.randrange(1, 5),
        "price": _money(price),
        "offer": {
            "contentType": "Offer",
            "id": f"{index}1{row}",
            "name": goods,
            "article": f"A-{draw.randrange(10_000, 99_999)}",
            "originalOffer": _link("Offer", str(draw.randrange(1000))),
        },
    }


def _file(index: int, at: datetime) -> dict[str, object]:
    return {
        "contentType": "File",
        "id": f"9{index}",
        "name": "счет поставщика.pdf" if index % 2 else "реквизиты.pdf",
        "extension": "pdf",
        "size": 140_336,
        "timeCreated": _moment(at),
    }


def _invoice(index: int, total: int, at: datetime) -> dict[str, object]:
    return {
        "contentType": "Invoice",
        "id": f"8{index}",
        "number": f"С-{index}",
        "status": "drawn",
        "sum": _money(total),
        "invoiceDate": _date(at),
    }


def _filled_up(deal: dict[str, object]) -> bytes:
    """Give the deal as much of a description as makes it the usual size."""
    bare = json.dumps({**deal, "description": ""}, ensure_ascii=False, separators=(",", ":"))
    missing = max(0, _SIZE_BYTES - len(bare.encode()))
    said = _DESCRIPTION * (missing // len(_DESCRIPTION.encode()) + 1)
    text = said.encode()[:missing].decode("utf-8", "ignore")
    full = {**deal, "description": text}
    return json.dumps(full, ensure_ascii=False, separators=(",", ":")).encode()

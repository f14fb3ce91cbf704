"""Price lists of invented goods whose siblings differ by as little as real ones do.

One series of a brand has neighbours in number, suffix, colour and size, and things made for it: the
cases in which likeness of names promises the wrong article. Questions are names as another shop
would write them.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from westsync.domain.matching.brands import BrandTable
from westsync.domain.matching.questions import Question
from westsync.domain.stock import Availability, Offer, Price, PriceRole, SourceId, StockStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = SourceId("bench")

_BRANDS = {
    "Yamaha": "Ямаха",
    "Behringer": "Берингер",
    "Roland": "Роланд",
    "Shure": "Шур",
    "Korg": "Корг",
    "Fender": "Фендер",
    "Involight": "Инволайт",
    "Soundcraft": "Саундкрафт",
    "Audio-Technica": "Аудио-Техника",
    "Allen & Heath": "Аллен Хит",
}
_KINDS = (
    "Гитара акустическая", "Микшерный пульт", "Усилитель мощности", "Микрофон динамический",
    "Прожектор светодиодный", "Барабанная установка", "Кабель инструментальный", "Наушники",
    "Синтезатор", "Радиосистема вокальная", "Стойка микрофонная", "Акустическая система",
)  # fmt: skip
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXZ"
_SUFFIXES = ("", "", "", "PRO", "MKII", "S", "USB")
_COLOURS = (("", ""), ("", ""), ("черный", "BK"), ("белый", "WH"), ("красный", "RD"))
_SIZES = ("", "", "", "3 м", "5 м", "10 м", '12"', "300 Вт", "16 кан")
_WORDS = ("для сцены", "с корпусом из дерева", "профессиональная", "серия 2", "новинка")
BRANDS = BrandTable({brand: [russian] for brand, russian in _BRANDS.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One article as it is, before anybody writes its name."""

    kind: str
    brand: str
    letters: str
    number: int
    suffix: str
    colour: tuple[str, str]
    size: str
    is_case: bool

    def listed(self) -> str:
        """Return its name as the supplier writes it."""
        model = f"{self.letters}{self.number}{'-' if self.suffix else ''}{self.suffix}"
        kind = "Чехол для" if self.is_case else self.kind
        return " ".join(
            part for part in (kind, self.brand, model, self.colour[0], self.size) if part
        )

    def asked(self, draw: random.Random) -> str:
        """Return its name as another shop would write it."""
        model = f"{self.letters}{draw.choice(('', ' ', '-'))}{self.number}"
        if self.suffix:
            model += draw.choice((" ", "-", "")) + self.suffix
        if self.colour[1] and draw.random() < 0.5:
            model += draw.choice((" ", "-")) + self.colour[1]
            colour = ""
        else:
            colour = self.colour[0]
        kind = "Чехол для" if self.is_case else draw.choice((self.kind, self.kind.split()[0], ""))
        brand = draw.choice((self.brand, self.brand.upper(), _BRANDS[self.brand]))
        parts = [kind, brand, model, colour, self.size if draw.random() < 0.8 else ""]
        if draw.random() < 0.2:
            parts.append(draw.choice(_WORDS))
        if not self.is_case and draw.random() < 0.2:
            parts[0], parts[2] = parts[2], parts[0]
        return " ".join(part for part in parts if part)


def things(count: int, seed: int) -> Iterator[Thing]:
    """Draw different things; series have several siblings each."""
    draw = random.Random(seed)
    seen: set[Thing] = set()
    while len(seen) < count:
        kind, brand = draw.choice(_KINDS), draw.choice(tuple(_BRANDS))
        letters = "".join(draw.choice(_LETTERS) for _ in range(draw.randint(1, 3)))
        base = draw.randrange(1, 10_000) * 10
        for _ in range(draw.randint(1, 6)):
            thing = Thing(
                kind=kind,
                brand=brand,
                letters=letters,
                number=base + draw.randrange(10),
                suffix=draw.choice(_SUFFIXES),
                colour=draw.choice(_COLOURS),
                size=draw.choice(_SIZES),
                is_case=draw.random() < 0.05,
            )
            if thing not in seen and len(seen) < count:
                seen.add(thing)
                yield thing


def offer(number: int, thing: Thing) -> Offer:
    """Return a thing as a row of a price list."""
    return Offer(
        source=SOURCE,
        row_no=number,
        supplier_code=f"{number:08}",
        vendor_code=f"{thing.letters}-{thing.number}{thing.suffix}{thing.colour[1]}/{number % 97}",
        brand=thing.brand,
        name=thing.listed(),
        availability=Availability(status=StockStatus.IN_STOCK, qty_min=5, qty_max=5),
        prices={PriceRole.RRP: Price(amount=Decimal(1000 + number % 5000))},
    )


def question(thing: Thing, draw: random.Random) -> Question:
    """Return a thing as it is asked for by name."""
    return Question(name=thing.asked(draw))

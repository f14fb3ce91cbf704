"""What the stand-in supplier sells: invented goods whose codes look like real ones."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_BRANDS = ("Aurora", "Norden", "Quartz", "Велес", "Lumen")
_KINDS = (
    ("Микшерный пульт", "MX", 12_000),
    ("Синтезатор", "SK", 34_000),
    ("Прожектор", "PAR", 8_500),
    ("Акустическая гитара", "F", 15_900),
    ("Радиосистема", "RW", 21_300),
)
_PLACES = ("Москва", "Новосибирск")


@dataclass(frozen=True, slots=True, kw_only=True)
class Good:
    """One article.

    Attributes:
        code: The supplier's own.
        article: The maker's.
        pieces: Of each place; text as a supplier writes it, e.g. ``***`` or ``по звонку``.
        reserved: Of each place.
        price: Recommended retail price, roubles.
        dealer: Our price, roubles.
        transit: Text of the next delivery; empty if none is known.
        sold: False: no longer in the range.
    """

    code: str
    article: str
    name: str
    brand: str
    category: str
    pieces: Mapping[str, str]
    reserved: Mapping[str, str] = field(default_factory=dict)
    price: Decimal
    dealer: Decimal
    transit: str = ""
    sold: bool = True

    def pieces_of_all(self) -> int:
        """Return the pieces that are told as numbers, of all places together."""
        return sum(int(text) for text in self.pieces.values() if text.isdigit())


def assortment(count: int, seed: int = 0) -> list[Good]:
    """Return invented goods; the same seed gives the same ones.

    Args:
        count: How many.
        seed: Of the random numbers.
    """
    chance = random.Random(seed)  # noqa: S311 - invented goods are no secret
    goods = []
    for number in range(1, count + 1):
        kind, letters, base = _KINDS[number % len(_KINDS)]
        brand = _BRANDS[number % len(_BRANDS)]
        model = f"{letters}-{100 + number}"
        price = Decimal(base + 10 * (number % 97))
        goods.append(
            Good(
                code=f"{number:05}",
                article=model,
                name=f"{kind} {brand} {model}",
                brand=brand,
                category=kind,
                pieces={place: str(chance.choice((0, 0, 1, 2, 5, 12))) for place in _PLACES},
                reserved={place: str(chance.choice((0, 0, 0, 1))) for place in _PLACES},
                price=price,
                dealer=(price * Decimal("0.78")).quantize(Decimal("0.01")),
            )
        )
    return goods

"""Offers and questions as the tests of matching need them; what is not said does not matter."""

from __future__ import annotations

from itertools import count
from typing import Any

from westsync.domain.matching.brands import BrandTable
from westsync.domain.matching.matcher import Matcher
from westsync.domain.matching.questions import Link, Match, MatchPolicy, Question
from westsync.domain.matching.shelf import Shelf
from westsync.domain.stock import Availability, Offer, StockStatus

BRANDS = BrandTable(
    {
        "Yamaha": ["Ямаха"],
        "Behringer": ["Берингер"],
        "Allen & Heath": ["Аллен Хит"],
        "Shure": ["Шур"],
        "Pioneer DJ": ["Pioneer"],
    }
)
_rows = count(1)


def pieces(number: int) -> Availability:
    if number == 0:
        return Availability(status=StockStatus.OUT, qty_min=0, qty_max=0)
    return Availability(status=StockStatus.IN_STOCK, qty_min=number, qty_max=number)


def an_offer(**fields: Any) -> Offer:
    given = {"row_no": next(_rows), "availability": pieces(5), **fields}
    return Offer(**given)


def match(question: Question, *offers: Offer, link: Link | None = None, **policy: Any) -> Match:
    return Matcher(Shelf(offers, BRANDS), MatchPolicy(**policy), BRANDS).match(question, link)

"""Which cell, element or node of a row holds which field of an offer (suppliers contract 13).

One `Field` serves tables (column names, letters), records (paths) and HTML (CSS); a source fills
the one that fits its format.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from westsync.domain.stock import Availability, PriceRole


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Where one text comes from, and what is done to it.

    Exactly one of `column`, `letter`, `path`, `css`, `const`, `template` is filled, in that order
    of precedence.

    Attributes:
        column: Header texts, synonyms in order; ``~`` starts a regex.
        letter: Real Excel letters of the column, ``A``..``XFD``.
        path: XML: ``a/b/@c``, ``param[@name='X']``, ``@id``; JSON: ``a.b.c``. ``/`` first means
            from the root.
        css: Selector inside the row's node; ``@attr`` at the end takes an attribute.
        const: The same text for every row; None: not a constant.
        template: Text with ``{child}`` names of the record.
        regex: Searched in the text; the first group, else the whole match, is kept.
        strip: Characters taken off both ends besides blanks.
        index: Which of several values; negative from the end.
        default: Used when this field is empty.
        required: A row without it is a bad row, a header without it a changed layout.
        map: Cleaned text -> what it says; a text outside a non-empty map is a bad row.
        lookup: ``categories``: the text is an id of the feed's category tree.
        value, more: Paths inside an object that is a bound: ``{"value": 5, "more": true}``.
    """

    column: tuple[str, ...] = ()
    letter: str = ""
    path: str = ""
    css: str = ""
    const: str | None = None
    template: str = ""
    regex: str = ""
    strip: str = ""
    index: int = 0
    default: Field | str | None = None
    required: bool = False
    map: tuple[tuple[str, bool | str], ...] = ()
    lookup: str = ""
    value: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One warehouse of a row with a column per warehouse.

    Attributes:
        reserved: Pieces that are taken; subtracted, never below zero.
        eta: Day or text of the next delivery.
        lead_days: Days until goods of this place are here.
        counts: Whether its pieces count into the offer's availability (transit does not).
    """

    name: str
    available: Field | None = None
    reserved: Field | None = None
    eta: Field | None = None
    lead_days: int | None = None
    counts: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class StockOption:
    """One place of a record where stock may be told; the first that is present wins.

    Exactly one of `sum`, `field` and `flag` is filled.

    Attributes:
        sum: Path of several numbers that are added up (``outlets/outlet/@instock``).
        flag: A yes/no that stands for `true` and `false`.
    """

    sum: str = ""
    field: Field | None = None
    flag: Field | None = None
    true: Availability | None = None
    false: Availability | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EachPlace:
    """A list of places inside a record (suppliers contract 13.5).

    Attributes:
        each: Path of the repeated element or object.
        name: Path of the place's name inside it.
    """

    each: str
    name: str = ""
    available: Field
    reserved: Field | None = None
    eta: Field | None = None
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FillStock:
    """Colour of a cell means stock; needs ``read.styles`` (suppliers contract 5.1, 13.5).

    Attributes:
        field: The cell that is coloured.
        fills: ARGB of the fill, e.g. ``FFFFFF00`` -> meaning.
        default: Meaning of any other colour.
    """

    field: Field
    fills: tuple[tuple[str, Availability], ...]
    default: Availability


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """Where the quantity is. At most one of the first five is filled; none: no stock is told.

    A file without stock never becomes stock (suppliers contract 1): its offers are ``unknown``.

    Attributes:
        excluded: Names of places that are kept but never count (transit, shop floor).
    """

    field: Field | None = None
    places: tuple[Place, ...] = ()
    first_of: tuple[StockOption, ...] = ()
    each: EachPlace | None = None
    fill: FillStock | None = None
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceField:
    """Where one price is.

    Attributes:
        currency: ISO 4217 for the whole column; empty: the cell or the file says.
        currency_field: Where the row says its currency.
    """

    field: Field
    currency: str = ""
    currency_field: Field | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """All fields of an offer; None: the source has no such field.

    Attributes:
        active: A yes/no (through `Field.map`); no means ``discontinued``.
        reserved: Pieces taken from the total of `stock`.
        eta: Day or text of the next delivery, used when nothing is there.
    """

    supplier_code: Field | None = None
    vendor_code: Field | None = None
    barcode: Field | None = None
    brand: Field | None = None
    name: Field | None = None
    category: Field | None = None
    unit: Field | None = None
    pack: Field | None = None
    active: Field | None = None
    stock: Stock = Stock()
    reserved: Field | None = None
    eta: Field | None = None
    prices: tuple[tuple[PriceRole, PriceField], ...] = ()

"""How the stock cells of a row are got and read, for each way a profile can tell stock.

A plan splits a row in two steps: its stock cells become one hashable key, and a reader turns such
a key into availability. Price lists repeat themselves, so the second step runs once per key.
Cells are got first and made a key later, so that rows can be read column by column.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from westsync.connectors.suppliers.reading.stock_cells import PlaceCells, StockCells, StockReading

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from westsync.connectors.suppliers.profile_fields import (
        EachPlace,
        Field,
        Fields,
        FillStock,
        Place,
        StockOption,
    )
    from westsync.connectors.suppliers.reading.fields import Getter, Locator, Node, Value
    from westsync.domain.stock import Availability

Key = tuple[Any, ...]
"""The stock cells of a row, in an order their reader knows."""


@dataclass(frozen=True, slots=True)
class StockPlan:
    """Two steps from a row to what it says of stock.

    Attributes:
        getters: Of the stock cells; at least one.
        read: From a key to what it says.
    """

    getters: tuple[Getter, ...]
    read: Callable[[Any, StockCells], StockReading]

    def keys(self, columns: Sequence[Sequence[Value]]) -> list[Key]:
        """Return the key of every row from the columns that `getters` got."""
        return [*zip(*map(_hashables, columns), strict=True)]


class Compiler(Protocol):
    """What compiles single fields and notes where they are (`plan.PlanMaker`)."""

    locator: Locator

    def get(self, name: str, wanted: Field | None, *, required: bool = False) -> Getter | None:
        """Return how to get a field; None if the profile or the file has none."""
        ...


def plan_stock(compiler: Compiler, fields: Fields) -> StockPlan:
    """Compile whichever way of telling stock the profile has."""
    stock = fields.stock
    eta = compiler.get("eta", fields.eta) or _nothing
    if stock.places:
        return _places(compiler, stock.places, eta)
    if stock.first_of:
        return _first_of(compiler, stock.first_of, eta)
    if stock.each is not None:
        return _each(compiler, stock.each, eta)
    if stock.fill is not None:
        return _fill(compiler, stock.fill, eta)
    if stock.field is not None:
        getter = compiler.get("stock", stock.field, required=True)
        reserved = compiler.get("reserved", fields.reserved) or _nothing
        if getter is not None:
            return StockPlan((getter, reserved, eta), lambda key, cells: cells.one(*key))
    return _not_told(eta)


def _not_told(eta: Getter) -> StockPlan:
    """No stock; at most the day when something comes."""
    return StockPlan((eta,), lambda key, cells: cells.nothing(*key))


def _places(compiler: Compiler, places: tuple[Place, ...], eta: Getter) -> StockPlan:
    """A stock cell per place."""
    kept: list[tuple[Place, bool]] = []
    getters: list[Getter] = []
    for place in places:
        name = f"stock.{place.name}"
        available = compiler.get(name, place.available, required=True)
        reserved = compiler.get(f"{name}.reserved", place.reserved)
        due = compiler.get(f"{name}.eta", place.eta)
        if available is not None or due is not None:
            kept.append((place, available is not None))
            getters += (available or _nothing, reserved or _nothing, due or _nothing)

    # Nearly all of these are not there: only what is becomes a part of the key.
    getters.append(eta)
    told = [at for at, get in enumerate(getters) if get is not _nothing] or [0]

    def read(key: Key, cells: StockCells) -> StockReading:
        cell: list[Value] = [None] * len(getters)
        for at, value in zip(told, key, strict=True):
            cell[at] = value
        return cells.several(
            tuple(
                PlaceCells(
                    name=place.name,
                    available=_stated(cell[3 * at]) if stated else None,
                    reserved=cell[3 * at + 1],
                    eta=cell[3 * at + 2],
                    counts=place.counts,
                )
                for at, (place, stated) in enumerate(kept)
            ),
            cell[-1],
        )

    return StockPlan(tuple(getters[at] for at in told), read)


def _first_of(compiler: Compiler, options: tuple[StockOption, ...], eta: Getter) -> StockPlan:
    """The first place of a record where stock is told."""
    getters: list[Getter] = []
    used: list[StockOption] = []
    for number, option in enumerate(options, start=1):
        if option.sum:
            getter = _summed(compiler, option.sum)
        else:
            getter = compiler.get(f"stock.{number}", option.field or option.flag)
        if getter is not None:
            getters.append(getter)
            used.append(option)

    def key(row: Node) -> Hashable:
        for number, getter in enumerate(getters):
            cell = getter(row)
            if cell is None or cell in ("", ()):
                continue
            if used[number].flag is None or _flagged(cell, used[number]) is not None:
                return (number, _hashable(cell), _hashable(eta(row)))
        return (None, None, _hashable(eta(row)))

    def read(key: tuple[Key], cells: StockCells) -> StockReading:
        [(number, cell, due)] = key
        if number is None:
            return cells.nothing(due)
        option = used[number]
        meaning = _flagged(cell, option) if option.flag is not None else None
        if meaning is not None:
            return cells.known(cells.with_eta(meaning, due), str(cell))
        if option.sum:
            places = tuple(PlaceCells(name=name, available=text) for name, text in cell)
            return cells.several(places, due)
        return cells.one(cell, None, due)

    return StockPlan((key,), read)


def _summed(compiler: Compiler, path: str) -> Getter | None:
    """Return pairs of place and text for every node of a path such as ``outlets/outlet/@instock``.

    A place is called by its warehouse's name, else its id, else its number.
    """
    each, _, last = path.rpartition("/")
    nodes = compiler.locator.each(each)
    text = compiler.locator.named(last)
    names = [compiler.locator.named(name) for name in _PLACE_NAMES]
    if nodes is None or text is None:
        return None

    def get(row: Node) -> tuple[tuple[str, Value], ...]:
        found = []
        for number, node in enumerate(nodes(row), start=1):
            cell = text(node)
            if cell is not None and cell != "":
                label = next((one for name in names if name and (one := name(node))), number)
                found.append((str(label), _hashable(cell)))
        return tuple(found)

    return get


def _each(compiler: Compiler, each: EachPlace, eta: Getter) -> StockPlan:
    """A list of places inside a record."""
    nodes = compiler.locator.each(each.each)
    available = compiler.get("stock", each.available, required=True)
    reserved = compiler.get("stock.reserved", each.reserved) or _nothing
    due = compiler.get("stock.eta", each.eta) or _nothing
    name = (compiler.locator.named(each.name) if each.name else None) or _nothing
    if nodes is None or available is None:
        return _not_told(eta)

    getters = (name, available, reserved, due)

    def key(row: Node) -> Hashable:
        places = (tuple(_hashable(get(node)) for get in getters) for node in nodes(row))
        return (*places, _hashable(eta(row)))

    def read(row: tuple[Key], cells: StockCells) -> StockReading:
        [key] = row
        places = tuple(
            PlaceCells(
                name=str(label or number),
                available=_stated(have),
                reserved=taken,
                eta=day,
                counts=label not in each.excluded,
            )
            for number, (label, have, taken, day) in enumerate(key[:-1], start=1)
        )
        return cells.several(places, key[-1]) if places else cells.nothing(key[-1])

    return StockPlan((key,), read)


def _fill(compiler: Compiler, fill: FillStock, eta: Getter) -> StockPlan:
    """The colour of a cell."""
    getter = compiler.get("stock", fill.field, required=True)
    if getter is None:
        return _not_told(eta)
    meanings = dict(fill.fills)

    def colour(row: Node) -> Value:
        # The reader with styles gives rows whose colours stand beside their values.
        return getter(getattr(row, "fills", row))

    def read(key: Key, cells: StockCells) -> StockReading:
        meaning = meanings.get(str(key[0]), fill.default)
        return cells.known(cells.with_eta(meaning, key[1]), str(key[0]))

    return StockPlan((colour, eta), read)


def _flagged(cell: Value, option: StockOption) -> Availability | None:
    """Return what a yes/no says; None if it is neither, or says nothing to this source."""
    text = str(cell).strip().casefold()
    if text in {"true", "1", "yes", "да"}:
        return option.true
    return option.false if text in {"false", "0", "no", "нет"} else None


def _nothing(_: Node) -> None:
    """Return nothing, where the profile has no such field."""


def _stated(cell: Value) -> Value:
    """Return the cell of a place that has a stock column: an empty one is a statement too."""
    return "" if cell is None else cell


def _hashable(cell: Value) -> Value:
    """Return a cell under which a reading can be kept: True must not meet 1, nor a list a dict."""
    if cell is True or cell is False:
        return "true" if cell else "false"
    return str(cell) if isinstance(cell, list | dict) else cell


def _hashables(cells: Sequence[Value]) -> Sequence[Value]:
    """Return a column as parts of keys."""
    return cells if _HASHABLE.issuperset(map(type, cells)) else [*map(_hashable, cells)]


_PLACE_NAMES = ("@warehouse_name", "@id", "@ИдСклада", "Ид")
"""Where feeds name a place: marketplace dialects, Retail Rocket, CommerceML (contract 5.3, 5.4)."""

_HASHABLE = frozenset({str, float, int, type(None), tuple})

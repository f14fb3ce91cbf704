"""The profile's fields, compiled for one header or one kind of record."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from westsync.connectors.suppliers.reading.fields import Getter, Lookups, compiled
from westsync.connectors.suppliers.reading.stock_plan import StockPlan, plan_stock

if TYPE_CHECKING:
    from westsync.connectors.suppliers.profile_fields import Field, Fields
    from westsync.connectors.suppliers.reading.fields import Locator

TEXT_FIELDS = (
    "supplier_code", "vendor_code", "barcode", "brand", "name", "category", "unit", "pack",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PricePlan:
    """How one price of a row is got.

    Attributes:
        role: As plain text, for the hot loop.
        raw: Name of the cell in `raw`.
    """

    role: str
    raw: str
    get: Getter
    currency: str
    get_currency: Getter | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All fields of an offer, compiled.

    Attributes:
        texts: Field name -> getter, for the fields of `TEXT_FIELDS` that are there.
        required: Those of them a row must have.
        columns, missing, absent: See `results.Layout`.
    """

    texts: dict[str, Getter]
    required: tuple[str, ...]
    prices: tuple[PricePlan, ...]
    active: Getter | None
    stock: StockPlan
    columns: dict[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


class PlanMaker:
    """Compiles fields one after another, noting where each is, or that it is not there."""

    def __init__(self, locator: Locator, lookups: Lookups) -> None:
        """Start with nothing found.

        Args:
            locator: Of the format.
            lookups: Of the file.
        """
        self.locator = locator
        self.columns: dict[str, str] = {}
        self.missing: list[str] = []
        self.absent: list[str] = []
        self._lookups = lookups

    def get(self, name: str, wanted: Field | None, *, required: bool = False) -> Getter | None:
        """Compile one field; None if the profile has none, or the file has no such place."""
        if wanted is None:
            return None
        found = compiled(wanted, self.locator, self._lookups)
        if found is None:
            (self.missing if wanted.required or required else self.absent).append(name)
            return None
        self.columns[name] = found[1]
        return found[0]

    def plan(self, fields: Fields) -> Plan:
        """Compile all fields."""
        wanted = {name: getattr(fields, name) for name in TEXT_FIELDS}
        texts = {name: get for name, one in wanted.items() if (get := self.get(name, one))}
        return Plan(
            texts=texts,
            required=tuple(name for name, one in wanted.items() if one and one.required),
            prices=tuple(self._prices(fields)),
            active=self.get("active", fields.active),
            stock=plan_stock(self, fields),
            columns=self.columns,
            missing=tuple(self.missing),
            absent=tuple(self.absent),
        )

    def _prices(self, fields: Fields) -> list[PricePlan]:
        """Compile the prices that are there."""
        found = []
        for role, price in fields.prices:
            getter = self.get(f"prices.{role}", price.field)
            if getter is not None:
                currency = self.get(f"prices.{role}.currency", price.currency_field)
                found.append(
                    PricePlan(role.value, f"prices.{role}", getter, price.currency, currency)
                )
        return found

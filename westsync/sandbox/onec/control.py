"""What the control API of 1C's stand-in knows besides the common part.

| request                            | does                                                   |
| ---------------------------------- | ------------------------------------------------------ |
| ``GET /entities/Catalog_Валюты``   | all rows of an entity set, as OData shows them         |
| ``POST /entities/Document_...``    | ``{...}`` as in a POST to OData; ``Posted`` is heeded  |
| ``POST /bank_file``                | a statement as bytes; attributes of `statement`        |
| ``POST /sessions``                 | ``{"end": "all"}``                                     |
"""

from __future__ import annotations

from base64 import b64decode
from datetime import date, datetime
from typing import TYPE_CHECKING

from starlette.responses import Response

from westsync.sandbox.onec.bank_file import Layout, statement
from westsync.sandbox.onec.breaches import breaches
from westsync.sandbox.onec.odata import json_answers
from westsync.sandbox.onec.odata.entries import Selection
from westsync.sandbox.standin.control import OK, Control, Values, no_control

if TYPE_CHECKING:
    from collections.abc import Sequence

    from westsync.sandbox.onec.world import OneCWorld
    from westsync.sandbox.standin.breaches import Breach

ACTS = frozenset(
    {
        "add_contract",
        "add_counterparty",
        "add_item",
        "bill_order",
        "attach_file",
        "change_payment",
        "close_period",
        "delete_document",
        "edit",
        "edit_total",
        "hide_once",
        "issue_factura",
        "link_payment",
        "make_invoice",
        "make_order",
        "make_supplier_invoice",
        "mark_document",
        "move_date",
        "pay_invoice",
        "pay_out",
        "pay_supplier",
        "pay_together",
        "post_document",
        "receive",
        "receive_for_order",
        "receive_goods",
        "refund",
        "refuse_posting",
        "restrict",
        "set_order_state",
        "set_status",
        "ship",
        "unpost_document",
    }
)
DAYS = frozenset({"day", "until", "since"})


class OneCControl(Control["OneCWorld"]):
    """ASGI application beside the base's own."""

    def __init__(self, world: OneCWorld) -> None:
        """Control a base."""
        super().__init__(world, ACTS)

    def _response(self, result: object) -> Response:
        if isinstance(result, bytes):
            return Response(result, media_type="application/octet-stream")
        return Response(json_answers.encoded(result), media_type="application/json")

    def _breaches(self, since: int) -> Sequence[Breach]:
        return breaches(self._world.requests[since:])

    def _own(self, method: str, what: str, rest: str, values: Values) -> object:
        match method, what:
            case "GET", "entities":
                return self._entities(rest)
            case "POST", "entities":
                return {"result": self._world.write_row(rest, values)}
            case "POST", "bank_file":
                return self._bank_file(values)
            case "POST", "sessions":
                self._world.end_sessions()
                return OK
            case _:
                raise no_control(method, what)

    def _entities(self, entity: str) -> list[Values]:
        kind = self._world.known[entity]
        selection = Selection(self._world, kind)
        rows = self._world.store.all(entity)
        return [json_answers.plain(selection.entry(row).values) for row in rows]

    def _bank_file(self, values: Values) -> bytes:
        layout = Layout(**values.get("layout", {}))
        since, until = (date.fromisoformat(str(values[name])) for name in ("since", "until"))
        return statement(self._world, since, until, layout)

    def _argument(self, act: str, key: str, value: object) -> object:  # noqa: ARG002 - the same of every act
        if key in {"amount", "total"} and value is not None:
            return str(value)
        if key == "at" and isinstance(value, str):
            return datetime.fromisoformat(value)
        if key in DAYS and isinstance(value, str):
            return date.fromisoformat(value)
        if key == "content" and isinstance(value, str):
            return b64decode(value)
        if key == "links" and isinstance(value, list):
            return [(str(invoice), str(amount)) for invoice, amount in value]
        return value

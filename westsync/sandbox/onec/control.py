"""The loopback control API, ``/_sandbox/...``: for harnesses and people in another process.

| request                            | does                                                   |
| ---------------------------------- | ------------------------------------------------------ |
| ``GET /clock``                     | ``{"now": ...}``                                       |
| ``POST /clock``                    | ``{"now": ISO 8601}`` or ``{"advance_s": seconds}``    |
| ``GET /switches``                  | all switches                                           |
| ``POST /switches``                 | turn some                                              |
| ``GET /faults``                    | armed faults                                           |
| ``POST /faults``                   | arm one: attributes of `Fault`                         |
| ``DELETE /faults``                 | disarm all                                             |
| ``GET /requests?since=N``          | the log after request N                                |
| ``GET /counters``                  | requests per route                                     |
| ``GET /breaches?since=N``          | breaches of the contract                               |
| ``GET /entities/Catalog_Валюты``   | all rows of an entity set, as OData shows them         |
| ``POST /entities/Document_...``    | ``{...}`` as in a POST to OData; ``Posted`` is heeded  |
| ``POST /act/pay_invoice``          | an act of `OneCWorld`; moments as ISO 8601             |
| ``POST /bank_file``                | a statement as bytes; attributes of `statement`        |
| ``POST /sessions``                 | ``{"end": "all"}``                                     |
| ``POST /reset``                    | ``{"seed": N, "now": ...}``: a fresh base              |
"""

from __future__ import annotations

import inspect
import json
from base64 import b64decode
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from westsync.sandbox.megaplan.faults import Fault
from westsync.sandbox.onec.bank_file import Layout, statement
from westsync.sandbox.onec.breaches import breaches
from westsync.sandbox.onec.odata import json_answers
from westsync.sandbox.onec.odata.entries import Selection
from westsync.sandbox.onec.refusals import OneCRefused

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from westsync.sandbox.onec.world import OneCWorld

Values = dict[str, Any]
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


class Control:
    """ASGI application beside the base's own."""

    def __init__(self, world: OneCWorld) -> None:
        """Control a world."""
        self._world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; what cannot be done is 400 with a sentence."""
        http = HttpRequest(scope, receive)
        body = await http.body()
        status = 200
        try:
            values = _values(body)
            with self._world.lock:
                result = self._answer(http, values)
        except (ValueError, TypeError, KeyError, AttributeError, OneCRefused) as exc:
            result, status = {"error": f"{exc}"}, 400
        is_file = isinstance(result, bytes)
        content = result if isinstance(result, bytes) else json_answers.encoded(result)
        media = "application/octet-stream" if is_file else "application/json"
        await Response(content, status, media_type=media)(scope, receive, send)

    def _answer(self, http: HttpRequest, values: Values) -> object:
        world = self._world
        what, _, rest = http.url.path.removeprefix("/_sandbox/").partition("/")
        since = int(http.query_params.get("since", "0"))
        match http.method, what:
            case "GET", "requests":
                return [entry.as_json() for entry in world.requests[since:]]
            case "GET", "counters":
                return dict(world.requests.counts())
            case "GET", "breaches":
                return [breach.as_json() for breach in breaches(world.requests[since:])]
            case "GET", "entities":
                return self._entities(rest)
            case "POST", "entities":
                return {"result": world.write_row(rest, values)}
            case "POST", "act":
                return {"result": self._act(rest, values)}
            case "POST", "bank_file":
                return self._bank_file(values)
            case "POST", "sessions":
                world.end_sessions()
            case "POST", "reset":
                start = values.get("now")
                at = datetime.fromisoformat(start) if start else None
                world.reset(int(values.get("seed", world.seed)), at)
            case _:
                return self._settings(http.method, what, values)
        return {"ok": True}

    def _settings(self, method: str, what: str, values: Values) -> object:
        world = self._world
        match method, what:
            case "POST", "clock":
                if "now" in values:
                    world.set_now(datetime.fromisoformat(str(values["now"])))
                else:
                    world.advance(timedelta(seconds=float(values["advance_s"])))
            case "POST", "switches":
                world.turn(**values)
            case "POST", "faults":
                fault = Fault.read(values)
                world.faults.add(fault, at=world.now, written=world.store.written)
            case "DELETE", "faults":
                world.faults.clear()
            case "GET", _:
                pass
            case _:
                raise ValueError(f"{method} /_sandbox/{what}: no such control")
        return self._shown(what)

    def _shown(self, what: str) -> object:
        world = self._world
        match what:
            case "clock":
                return {"now": world.now.isoformat()}
            case "switches":
                return asdict(world.switches)
            case "faults":
                return [asdict(fault) for fault in world.faults.armed]
            case _:
                raise ValueError(f"GET /_sandbox/{what}: no such control")

    def _entities(self, entity: str) -> list[Values]:
        kind = self._world.known[entity]
        selection = Selection(self._world, kind)
        rows = self._world.store.all(entity)
        return [json_answers.plain(selection.entry(row).values) for row in rows]

    def _act(self, name: str, values: Values) -> object:
        if name not in ACTS:
            raise ValueError(f"no act '{name}'; there are {', '.join(sorted(ACTS))}")
        act = getattr(self._world, name)
        given = {key: _argument(key, value) for key, value in values.items()}
        inspect.signature(act).bind(**given)
        result: object = act(**given)
        return result

    def _bank_file(self, values: Values) -> bytes:
        layout = Layout(**values.get("layout", {}))
        since, until = (date.fromisoformat(str(values[name])) for name in ("since", "until"))
        return statement(self._world, since, until, layout)


def _values(body: bytes) -> Values:
    values = json.loads(body) if body else {}
    if not isinstance(values, dict):
        raise TypeError("the body must be a JSON object")
    return values


def _argument(key: str, value: object) -> object:
    """Turn a JSON argument into what the act takes."""
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

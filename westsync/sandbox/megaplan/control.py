"""The loopback control API, ``/_sandbox/...``: for harnesses and people in another process.

| request                     | does                                                  |
| --------------------------- | ----------------------------------------------------- |
| ``GET /clock``              | ``{"now": ...}``                                      |
| ``POST /clock``             | ``{"now": ISO 8601}`` or ``{"advance_s": seconds}``   |
| ``GET /switches``           | all switches                                          |
| ``POST /switches``          | turn some                                             |
| ``GET /faults``             | armed faults                                          |
| ``POST /faults``            | arm one: attributes of `Fault`                        |
| ``DELETE /faults``          | disarm all                                            |
| ``GET /requests?since=N``   | the log after request N                               |
| ``GET /counters``           | requests per route                                    |
| ``GET /breaches?since=N``   | breaches of the contract                              |
| ``GET /entities/Task``      | all entities of a type, as stored                     |
| ``POST /act/create_deal``   | an act of `World`, its arguments; moments as ISO 8601 |
| ``POST /tokens``            | ``{"revoke": "access"}`` or ``{"revoke": "all"}``     |
| ``GET /webhooks``           | what waits and what was delivered                     |
| ``POST /webhooks``          | ``{"url": ..., "streams": [...]}``; null url stops    |
| ``POST /reset``             | ``{"seed": N, "now": ...}``: a fresh account          |
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response

from westsync.sandbox.megaplan.breaches import breaches
from westsync.sandbox.megaplan.faults import Fault
from westsync.sandbox.megaplan.wire import Refused

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from westsync.sandbox.megaplan.wire import Doc
    from westsync.sandbox.megaplan.world import World

ACTS = frozenset(
    {
        "act_on_task",
        "add_todo",
        "attach_file",
        "comment",
        "comment_task",
        "create_client",
        "create_deal",
        "create_task",
        "delete_deal",
        "dismiss",
        "edit_deal",
        "edit_task",
        "finish_task",
        "finish_todo",
        "issue_invoice",
        "move_deal",
        "put_deal",
        "send_on_leave",
        "set_lines",
        "set_transition",
        "stage_of",
        "trigger_edit",
    }
)
MOMENTS = frozenset({"at", "deadline"})
DAYS = frozenset({"first", "last"})


class Control:
    """ASGI application beside the account's own."""

    def __init__(self, world: World) -> None:
        """Control a world."""
        self._world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; what cannot be done is 400 with a sentence."""
        http = HttpRequest(scope, receive)
        body = await http.body()
        response: Response
        try:
            values = _values(body)
            with self._world.lock:
                response = JSONResponse(self._answer(http, values))
        except (ValueError, TypeError, KeyError, AttributeError, Refused) as exc:
            response = JSONResponse({"error": f"{exc}"}, 400)
        await response(scope, receive, send)

    def _answer(self, http: HttpRequest, values: Doc) -> object:
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
                return world.store.all(rest)
            case "POST", "act":
                return {"result": self._act(rest, values)}
            case "POST", "tokens":
                if values.get("revoke") == "all":
                    world.tokens.revoke_all()
                else:
                    world.tokens.revoke_access()
            case "POST", "webhooks":
                self._webhooks(values)
            case "POST", "reset":
                start = values.get("now")
                at = datetime.fromisoformat(start) if start else None
                world.reset(int(values.get("seed", world.seed)), at)
            case _:
                return self._settings(http.method, what, values)
        return {"ok": True}

    def _settings(self, method: str, what: str, values: Doc) -> object:
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
            case "webhooks":
                hooks = world.webhooks
                counts = ("waiting", "delivered", "attempts", "integration")
                return {name: getattr(hooks, name) for name in counts}
            case "faults":
                return [asdict(fault) for fault in world.faults.armed]
            case _:
                raise ValueError(f"GET /_sandbox/{what}: no such control")

    def _act(self, name: str, values: Doc) -> object:
        if name not in ACTS:
            raise ValueError(f"no act '{name}'; there are {', '.join(sorted(ACTS))}")
        given = {key: _argument(name, key, value) for key, value in values.items()}
        result: object = getattr(self._world, name)(**given)
        return result

    def _webhooks(self, values: Doc) -> None:
        hooks = self._world.webhooks
        hooks.duplicate_next = int(values.get("duplicate_next", 0))
        hooks.reverse = values.get("reverse") is True
        if values.get("url") is None:
            hooks.unsubscribe()
            return
        streams = values.get("streams")
        if streams is None:
            hooks.subscribe(str(values["url"]))
        else:
            hooks.subscribe(str(values["url"]), tuple(streams))


def _values(body: bytes) -> Doc:
    values = json.loads(body) if body else {}
    if not isinstance(values, dict):
        raise TypeError("the body must be a JSON object")
    return values


def _argument(act: str, key: str, value: object) -> object:
    """Turn a JSON argument into what the act takes."""
    if key in MOMENTS and isinstance(value, str):
        return datetime.fromisoformat(value)
    if act == "send_on_leave" and key in DAYS:
        return date.fromisoformat(str(value))
    if key == "total":
        return Decimal(str(value))
    if key == "content":
        return str(value).encode()
    if key == "lines" and isinstance(value, list):
        return [tuple(line) for line in value]
    return value

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
| ``POST /act/NAME``          | an act of the world, its arguments; moments ISO 8601  |
| ``POST /reset``             | ``{"seed": N, "now": ...}``: a fresh world            |

Each stand-in has further ones of its own.
"""

from __future__ import annotations

import inspect
import json
from abc import ABC, abstractmethod
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response

from westsync.sandbox.standin.faults import Fault
from westsync.sandbox.standin.refusal import Refusal
from westsync.sandbox.standin.world import StandIn

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from starlette.types import Receive, Scope, Send

    from westsync.sandbox.standin.breaches import Breach

W = TypeVar("W", bound=StandIn[Any, Any])

Values = dict[str, Any]
OK = {"ok": True}


class Control(ABC, Generic[W]):
    """ASGI application beside the world's own."""

    def __init__(self, world: W, acts: Collection[str]) -> None:
        """Control a world.

        Args:
            world: What is controlled.
            acts: Names of its methods that people may call from outside.
        """
        self._world = world
        self._acts = acts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; what cannot be done is 400 with a sentence."""
        http = HttpRequest(scope, receive)
        body = await http.body()
        try:
            values = _values(body)
            with self._world.lock:
                response = self._response(self._answer(http, values))
        except (ValueError, TypeError, KeyError, AttributeError, Refusal) as exc:
            response = JSONResponse({"error": f"{exc}"}, 400)
        await response(scope, receive, send)

    @abstractmethod
    def _breaches(self, since: int) -> Sequence[Breach]:
        """Return the breaches of the requests after the first so many."""

    @abstractmethod
    def _own(self, method: str, what: str, rest: str, values: Values) -> object:
        """Do what only this stand-in knows; `no_control` for anything else."""

    @abstractmethod
    def _argument(self, act: str, key: str, value: object) -> object:
        """Turn a JSON argument into what an act takes."""

    def _response(self, result: object) -> Response:
        return JSONResponse(result)

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
                return [breach.as_json() for breach in self._breaches(since)]
            case "POST", "act":
                return {"result": self._act(rest, values)}
            case "POST", "reset":
                start = values.get("now")
                at = datetime.fromisoformat(start) if start else None
                world.reset(int(values.get("seed", world.seed)), at)
                return OK
            case _, "clock" | "switches" | "faults":
                return self._settings(http.method, what, values)
            case _:
                return self._own(http.method, what, rest, values)

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
                world.arm(Fault.read(values))
            case "DELETE", "faults":
                world.faults.clear()
            case "GET", _:
                pass
            case _:
                raise no_control(method, what)
        match what:
            case "clock":
                return {"now": world.now.isoformat()}
            case "switches":
                return asdict(world.switches)
            case _:
                return [asdict(fault) for fault in world.faults.armed]

    def _act(self, name: str, values: Values) -> object:
        if name not in self._acts:
            raise ValueError(f"no act '{name}'; there are {', '.join(sorted(self._acts))}")
        act = getattr(self._world, name)
        given = {key: self._argument(name, key, value) for key, value in values.items()}
        inspect.signature(act).bind(**given)
        result: object = act(**given)
        return result


def no_control(method: str, what: str) -> ValueError:
    """Return the complaint about a request that no control answers."""
    return ValueError(f"{method} /_sandbox/{what}: no such control")


def _values(body: bytes) -> Values:
    values = json.loads(body) if body else {}
    if not isinstance(values, dict):
        raise TypeError("the body must be a JSON object")
    return values

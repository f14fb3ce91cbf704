"""What the control API of Megaplan's stand-in knows besides the common part.

| request                     | does                                                  |
| --------------------------- | ----------------------------------------------------- |
| ``GET /entities/Task``      | all entities of a type, as stored                     |
| ``POST /tokens``            | ``{"revoke": "access"}`` or ``{"revoke": "all"}``     |
| ``GET /webhooks``           | what waits and what was delivered                     |
| ``POST /webhooks``          | ``{"url": ..., "streams": [...]}``; null url stops    |
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from westsync.sandbox.megaplan.breaches import breaches
from westsync.sandbox.standin.control import OK, Control, Values, no_control

if TYPE_CHECKING:
    from collections.abc import Sequence

    from westsync.sandbox.megaplan.world import World
    from westsync.sandbox.standin.breaches import Breach

ACTS = frozenset(
    {
        "act_on_task",
        "add_product",
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


class MegaplanControl(Control["World"]):
    """ASGI application beside the account's own."""

    def __init__(self, world: World) -> None:
        """Control an account."""
        super().__init__(world, ACTS)

    def _breaches(self, since: int) -> Sequence[Breach]:
        return breaches(self._world.requests[since:])

    def _own(self, method: str, what: str, rest: str, values: Values) -> object:
        world = self._world
        match method, what:
            case "GET", "entities":
                return world.store.all(rest)
            case "POST", "tokens":
                if values.get("revoke") == "all":
                    world.tokens.revoke_all()
                else:
                    world.tokens.revoke_access()
            case "POST", "webhooks":
                self._webhooks(values)
            case "GET", "webhooks":
                counts = ("waiting", "delivered", "attempts", "integration")
                return {name: getattr(world.webhooks, name) for name in counts}
            case _:
                raise no_control(method, what)
        return OK

    def _webhooks(self, values: Values) -> None:
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

    def _argument(self, act: str, key: str, value: object) -> object:
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

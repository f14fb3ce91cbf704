"""What nobody knows about Megaplan yet, as switches: each side of each doubt can be tried.

The defaults are the kinder reading where the contract infers one, the stricter where staying
strict costs a correct client nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from westsync.sandbox.standin.doubts import Doubts

Unauthorized = Literal["http", "inner"]
LinkWith = Literal["works", "404"]
TaskList = Literal["active", "all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches(Doubts):
    """One possible Megaplan.

    Attributes:
        deals_on_create: ``deals`` in a new task's body are honoured, else ignored (4.3.3).
        link_with: ``linkWith``/``unlinkWith`` work, or are not there (4.3.3).
        or_join: Filter groups may join by ``or``, else 422 (2.9).
        unauthorized: A refused token shows as HTTP 401, or as HTTP 200 with an inner 401 (1.5).
        bulk: ``/bulk`` exists, else 404 (4.14).
        hidden_fields: ``Type.field`` names that the account hides from answers (2.7).
        list_lag_s: Seconds after which a write shows in lists (6).
        task_list: What an unfiltered task list shows (4.3.1).
        state_names_in_lists: ``ProgramState.name`` comes with deals in lists (2.7).
        comment_sort: Comments may be sorted by ``timeCreated``, else 422 (2.5).
        comment_touches_deal: A comment changes ``Deal.timeUpdated`` (2.10).
        task_touches_deal: A newly linked task changes ``Deal.timeUpdated`` (2.10).
        deadline_time: ``deadline`` of a task may be a ``DateTime``, else 422 (4.3.2).
        transition_body: Body forms that ``applyTransition`` takes (4.1).
        owner_may_finish: Who set a task may close it for the responsible (4.3.2).
        token_life_s: ``expires_in`` of new tokens (1.2).
        refresh_leeway_s: How long a superseded refresh token is still honoured (1.3).
        max_limit: Largest page (2.5).
    """

    deals_on_create: bool = True
    link_with: LinkWith = "works"
    or_join: bool = True
    unauthorized: Unauthorized = "http"
    bulk: bool = True
    hidden_fields: tuple[str, ...] = ()
    list_lag_s: float = 0
    task_list: TaskList = "active"
    state_names_in_lists: bool = False
    comment_sort: bool = True
    comment_touches_deal: bool = False
    task_touches_deal: bool = False
    deadline_time: bool = True
    transition_body: Literal["any", "raml", "sdk"] = "any"
    owner_may_finish: bool = True
    token_life_s: int = 172_800
    refresh_leeway_s: float = 5
    max_limit: int = 100

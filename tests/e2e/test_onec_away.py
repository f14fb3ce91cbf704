"""1C that cannot be read is told to the administrator, once, and untold when it answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.e2e.firm import ONEC
from westsync.sandbox.onec.world import PASSWORD

if TYPE_CHECKING:
    from tests.e2e.firm import Firm


def states(firm: Firm) -> list[tuple[str, str]]:
    """Titles and states of the tasks in Megaplan."""
    tasks = firm.office.world.store.all("Task")
    return [(str(one["name"]), str(one["status"])) for one in tasks]


def test_a_refused_password_is_one_task_that_closes_when_it_is_right_again(firm: Firm) -> None:
    title = "1С не принимает пользователя или пароль"
    firm.office.env[f"{ONEC}PASSWORD"] = "yesterday's"
    firm.cycle(9, 5)
    firm.cycle(9, 10)
    told = states(firm)
    explained = json.loads(firm.office.run("explain", "ledger", "onec", "--json").stdout)
    firm.office.env[f"{ONEC}PASSWORD"] = PASSWORD

    firm.cycle(9, 15)

    assert told == [(title, "assigned")]
    assert "ledger-refuses" in json.dumps(explained)
    assert states(firm) == [(title, "completed")]
    refused = [one for one in firm.base.requests if one.status == 401]
    assert len(refused) <= 2

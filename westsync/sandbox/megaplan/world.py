"""The whole stand-in of a Megaplan account: entities, people, doubts, faults, request log.

The demo and the tests play days of the company through the acts of `DealActs` and `WorkActs`;
each happens at the moment where the stand-in's clock stands and leaves the traces (history,
states, counters) that the same act leaves when it is done over the API.
"""

from __future__ import annotations

from westsync.sandbox.megaplan.deal_acts import DealActs
from westsync.sandbox.megaplan.webhooks import Webhooks
from westsync.sandbox.megaplan.work_acts import WorkActs


class World(DealActs, WorkActs):
    """One Megaplan account and its staff.

    Attributes:
        webhooks: The event stream.
    """

    def open(self, seed: int) -> None:
        """Fill the account with the company; nobody is subscribed to its events."""
        super().open(seed)
        self.webhooks = Webhooks(self)

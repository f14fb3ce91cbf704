"""Stand-ins of the outside systems on loopback, for the demo, tests and trying rules.

The stand-in of Megaplan: a `World` is the account and its people, a `Server` serves it over HTTP,
`breaches` reads its request log for breaches of the contract, `serve` is what
``westsync sandbox`` runs.
"""

from westsync.sandbox.megaplan.breaches import breaches
from westsync.sandbox.megaplan.requestlog import Request
from westsync.sandbox.megaplan.server import Server, serve
from westsync.sandbox.megaplan.switches import Switches
from westsync.sandbox.megaplan.wire import Refused
from westsync.sandbox.megaplan.world import World
from westsync.sandbox.standin.breaches import Breach
from westsync.sandbox.standin.faults import Fault, FaultKind

__all__ = [
    "Breach",
    "Fault",
    "FaultKind",
    "Refused",
    "Request",
    "Server",
    "Switches",
    "World",
    "breaches",
    "serve",
]

"""A stand-in of 1C:Enterprise on loopback that behaves as contract section 10 demands.

An `OneCWorld` is the base and the people at it, an `OneCServer` serves it over HTTP as OData and
SOAP, `breaches` reads its request log for breaches of the contract, `statement` writes what the
bank would export, `serve` runs it in the foreground.
"""

from westsync.sandbox.onec.bank_file import Layout, statement
from westsync.sandbox.onec.breaches import breaches
from westsync.sandbox.onec.refusals import OneCRefused
from westsync.sandbox.onec.requestlog import Request
from westsync.sandbox.onec.server import OneCServer, serve
from westsync.sandbox.onec.switches import OneCSwitches
from westsync.sandbox.onec.world import OneCWorld
from westsync.sandbox.standin.breaches import Breach
from westsync.sandbox.standin.faults import Fault, FaultKind

__all__ = [
    "Breach",
    "Fault",
    "FaultKind",
    "Layout",
    "OneCRefused",
    "OneCServer",
    "OneCSwitches",
    "OneCWorld",
    "Request",
    "breaches",
    "serve",
    "statement",
]

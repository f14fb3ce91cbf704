"""What the inside asks of the outside: the clock, the CRM, the mail; `ledger` and `stock` beside.

Readers and writers are separate types, so that a dry run is the program built without writers.
Every port raises only the errors of `westsync.errors`.
"""

from westsync.ports.clock import Clock, Engine
from westsync.ports.crm import CrmReader, CrmWriter, TokenPair, TokenStore
from westsync.ports.mail import (
    Attachment,
    Letter,
    LetterSender,
    Messenger,
    ReportSender,
    nothing,
)
from westsync.ports.receipts import Receipt

__all__ = [
    "Attachment",
    "Clock",
    "CrmReader",
    "CrmWriter",
    "Engine",
    "Letter",
    "LetterSender",
    "Messenger",
    "Receipt",
    "ReportSender",
    "TokenPair",
    "TokenStore",
    "nothing",
]

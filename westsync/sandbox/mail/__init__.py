"""The stand-in of a company's mail server: it takes letters by SMTP and keeps them.

A `Mailroom` is what arrived; a `MailServer` serves it on loopback.
"""

from westsync.sandbox.mail.room import Letter, Mailroom
from westsync.sandbox.mail.server import MailServer

__all__ = ["Letter", "MailServer", "Mailroom"]

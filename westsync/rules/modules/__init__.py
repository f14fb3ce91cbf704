"""The rule modules: duties that exchange something with another system.

A module is a function from its typed parameters to rules of the same grammar that administrators
write. So what it decides is decided, traced, tested and simulated like everything else; what it
exchanges are actions of their own kind. One line here makes a module known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.rules.modules.availability import AVAILABILITY
from westsync.rules.modules.client_invoice import CLIENT_INVOICE
from westsync.rules.modules.payments import PAYMENTS
from westsync.rules.modules.shipping_documents import SHIPPING_DOCUMENTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from westsync.rules.modules.shape import RuleModule

MODULES: Mapping[str, RuleModule] = {
    "availability": AVAILABILITY,
    "client_invoice": CLIENT_INVOICE,
    "payments": PAYMENTS,
    "shipping_documents": SHIPPING_DOCUMENTS,
}

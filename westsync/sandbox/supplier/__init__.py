"""A stand-in of a supplier on loopback: price lists by link, a JSON API, and a dealers' portal.

Written from the suppliers contract, not from our connector, so that it cannot share its mistakes.
A `Shop` is the supplier, a `SupplierServer` serves it.
"""

from westsync.sandbox.supplier.goods import Good, assortment
from westsync.sandbox.supplier.server import SupplierServer
from westsync.sandbox.supplier.shop import Account, Seen, Shop, SupplierSwitches

__all__ = [
    "Account",
    "Good",
    "Seen",
    "Shop",
    "SupplierServer",
    "SupplierSwitches",
    "assortment",
]

"""A stand-in of a supplier on loopback: price lists by link and FTP, JSON, a dealers' portal.

Written from the suppliers contract, not from our connector, so that it cannot share its mistakes.
A `Shop` is the supplier, a `SupplierServer` serves it over HTTP, an `FtpServer` over FTP.
"""

from westsync.sandbox.supplier.ftp import FtpServer
from westsync.sandbox.supplier.goods import Good, assortment
from westsync.sandbox.supplier.server import SupplierServer
from westsync.sandbox.supplier.shop import Account, Seen, Shop, SupplierSwitches

__all__ = [
    "Account",
    "FtpServer",
    "Good",
    "Seen",
    "Shop",
    "SupplierServer",
    "SupplierSwitches",
    "assortment",
]
